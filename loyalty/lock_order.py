"""In which order rows of members are locked: that of their ids, so that nobody waits in a circle."""

from __future__ import annotations

from typing import Final

IN_ORDER: Final = "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"
"""Rows are locked as a plan comes to them. By an index, and for ids that are sorted, every plan comes to members in the
order of their ids, and nobody waits in a circle; a scan of a small table comes to them as they happen to lie."""
