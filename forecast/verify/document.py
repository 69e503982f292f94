"""The skill of a region's published forecasts as one document, for the store and the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from forecast.store.skill import SKILL_FORMAT
from forecast.times import iso
from forecast.variables import variable
from forecast.verify.classes import ALL, Split
from forecast.verify.comparison import Comparison
from forecast.verify.continuous import TOLERANCE, Rule, score_table
from forecast.verify.resampling import CONFIDENCE
from forecast.verify.section import limits_of, plain

SPLITS: Final[tuple[Split, ...]] = (
    ("lead",),
    ("dz",),
    ("sun",),
    ("lead", "dz"),
    ("lead", "sun"),
    ("lead", "dz", "sun"),
)
"""What the document is split by: each dimension alone, and together with the lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where the pairs of a region come from.

    Attributes:
        region: its name.
        sources: names of the model sources.
        simulated: whether any cycle was a simulated scenario.
        made: now, aware UTC.
        dataset: name of the observations in the table of parameters, or empty.
    """

    region: str
    sources: tuple[str, ...]
    simulated: bool
    made: datetime
    dataset: str = ""


def skill_document(
    comparison: Comparison, about: About, *, reference: str, seen: Sequence[str] = ()
) -> dict[str, Any]:
    """Document of a region's skill; its shape stands in `forecast.store.skill`.

    Args:
        comparison: pairs of the region that all methods have.
        about: where they come from.
        reference: method that `skill` is measured against.
        seen: numbers of the method that were chosen with a look at these observations.

    Raises:
        InvalidRequest: the reference is not among the methods.
    """
    table = comparison.table
    scores = score_table(comparison, Rule(splits=SPLITS, reference=reference))
    filled = scores[scores["n"] > 0]
    looks = int(filled["mae_low"].notna().sum())
    return {
        "format": SKILL_FORMAT,
        "region": about.region,
        "made": iso(about.made),
        "source": list(about.sources),
        "simulated": about.simulated,
        "period": _period(table),
        "reference": reference,
        "confidence": CONFIDENCE,
        "looks": looks,
        "rows": [_row(row) for row in filled.to_dict("records")],
        "notes": list(comparison.notes),
        "limits": list(limits_of(table, seen=seen)),
        "seen": list(seen),
    }


def _period(table: pd.DataFrame) -> dict[str, Any]:
    if table.empty:
        return {"from": None, "until": None, "stations": 0, "cycles": 0, "pairs": 0}
    return {
        "from": iso(table["time"].min().to_datetime64()),
        "until": iso(table["time"].max().to_datetime64()),
        "stations": int(table["station"].nunique()),
        "cycles": int(table["reference_time"].nunique()),
        "pairs": len(table),
    }


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    name = str(row["variable"])
    return plain(
        {
            "variable": name,
            "unit": variable(name).units,
            "method": row["method"],
            **{split: row.get(split, ALL) for split in ("lead", "dz", "sun")},
            "n": row["n"],
            "stations": row["stations"],
            "mae": row["mae"],
            "rmse": row["rmse"],
            "bias": row["bias"],
            "within": row["within"],
            "tolerance": TOLERANCE.get(name),
            "skill": row["mae_reduction"],
            "low": row["mae_low"],
            "high": row["mae_high"],
            "interval_by": row["interval_by"],
            "p_value": row["dm_p"],
            "small": row["small"],
        }
    )
