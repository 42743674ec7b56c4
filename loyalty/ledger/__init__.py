"""Entries and balances, and the proof that they agree."""
