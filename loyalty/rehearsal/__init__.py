"""Rehearsals: a draft judges a club's real history in memory, with the functions of the write path, and writes nothing.

`stage` binds the draft, `reading` streams what was recorded, `life` folds one member's events, `tally` and `report` add
up what came of it, `run` does it for a range of members or for the whole club in one ordered stream.
"""
