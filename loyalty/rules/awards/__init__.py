"""Kinds of award: one module each (or a family of close kin)."""
