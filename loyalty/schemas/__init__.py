"""The shapes in which purchases and members are told to the engine, checked and normalised into values.

The HTTP API and the importers of files share them.
"""

from loyalty.schemas.cancellation import load_cancellation
from loyalty.schemas.member import load_enrolment
from loyalty.schemas.purchase import load_purchase

__all__ = ["load_cancellation", "load_enrolment", "load_purchase"]
