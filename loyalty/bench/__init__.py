"""Benchmarks: how fast we are against floors, written for speed, that leave the same rows or give the same awards.

A speed is always a ratio within one run against something named. Every row of the table is one module with `measure`.
"""
