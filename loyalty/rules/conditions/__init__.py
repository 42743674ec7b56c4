"""Kinds of condition: one module each (or a family of close kin)."""
