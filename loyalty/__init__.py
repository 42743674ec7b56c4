"""Shamseh: an open, self-hosted engine for a gamified customer club."""
