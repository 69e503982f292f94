"""The passport of an answer: which run, which cell, how high, how old, how corrected."""

from datetime import datetime
from typing import Any, Final

from forecast.service.location import location_passport
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts
from grids.lookup import CellChoice

AGE_LIMITS_H: Final = (("fresh", 12.0), ("late", 18.0), ("stale", 36.0))
"""Ages of the model run, h, for models that run every 6 hours; older is `expired`."""

EXPIRED: Final = "expired"


def age_state(hours: float) -> str:
    """Word for the age of a model run: fresh, late, stale or expired.

    Args:
        hours: now minus the start of the run, h.
    """
    for word, limit in AGE_LIMITS_H:
        if hours <= limit:
            return word
    return EXPIRED


def cycle_passport(facts: CycleFacts, *, now: datetime) -> dict[str, Any]:
    """What an answer says of its cycle.

    Args:
        facts: of the cycle.
        now: clock of the service.
    """
    cycle = facts.cycle
    hours = (now - cycle.reference_time).total_seconds() / 3600.0
    return {
        **facts.about,
        "age": {"hours": round(hours, 2), "state": age_state(hours)},
        "degraded": cycle.degraded,
    }


def cell_passport(
    facts: CycleFacts, choice: CellChoice, *, question: PointQuestion
) -> dict[str, Any]:
    """What an answer says of its place: asked, cell, heights and correction.

    Args:
        facts: of the cycle.
        choice: the cell that was taken and why.
        question: what was asked.
    """
    row, column = choice.row, choice.column
    model = float(facts.model_elevation[row, column])
    used = float(choice.elevation if question.elevation is None else question.elevation)
    about: dict[str, Any] = {
        "asked": {
            "longitude": question.lonlat.longitude,
            "latitude": question.lonlat.latitude,
            "elevation_m": question.elevation,
        },
        "cell": {
            "row": row,
            "column": column,
            "longitude": choice.longitude,
            "latitude": choice.latitude,
            "elevation_m": round(choice.elevation, 1),
            "land_fraction": round(choice.land_fraction, 2),
            "distance_m": round(choice.distance_m),
            "reason": choice.reason,
        },
        "elevation_used_m": round(used, 1),
        "model_elevation_m": round(model, 1),
        "height_difference_m": round(used - model, 1),
        "mean_temperature_correction_k": _correction(facts, choice, question=question),
    }
    location = location_passport(facts.cycle.grid, choice, question=question)
    if location is not None:
        about["location"] = location
    return about


def _correction(facts: CycleFacts, choice: CellChoice, *, question: PointQuestion) -> float | None:
    """Mean of temperature minus plain interpolation at the cell's own height, K."""
    if question.elevation is not None:
        return None
    return round(float(facts.correction[choice.row, choice.column]), 2)
