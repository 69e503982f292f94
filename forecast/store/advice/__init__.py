"""Advice of a region that is kept beside its cycles; `gc` never touches any of it.

A ledger of what was issued (`advice.sqlite`), how good it has proved (`scorecard.json`), and the
soil water of each crop in every cell (`water/`).
"""

from forecast.store.advice.issue import Issue, IssuedDay, Spot, Standing
from forecast.store.advice.ledger import AdviceLedger

__all__ = ["AdviceLedger", "Issue", "IssuedDay", "Spot", "Standing"]
