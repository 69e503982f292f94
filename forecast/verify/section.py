"""One part of a report on skill: a table, what it is of, and what must be said with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from forecast.verify.comparison import Comparison

Kind = Literal["continuous", "frost", "rain", "members", "field", "fss", "reliability", "ranks"]

LABELS: Final = {
    "fixed-lapse": "fixed 6.5 K/km",
    "zhitian": "zhitian",
    "bilinear": "bilinear",
    "nearest": "nearest",
}
"""What methods are called in tables for people; others by their own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of scores.

    Attributes:
        title: what was scored.
        kind: which scores; says how columns are written.
        table: tidy, one row a score.
        notes: sentences that belong to it.
    """

    title: str
    kind: Kind
    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def records(self) -> dict[str, Any]:
        """The section as plain numbers and texts for JSON; NaN becomes None."""
        return {
            "title": self.title,
            "kind": self.kind,
            "notes": list(self.notes),
            "rows": [plain(row) for row in self.table.to_dict("records")],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillReport:
    """All sections of one verification.

    Attributes:
        title: of the whole.
        sections: in order.
        facts: what was compared: files, period, number of pairs.
        limits: what the figures do not show.
        pairs: what the scores were made from, for maps and plots, or None.
    """

    title: str
    sections: tuple[Section, ...]
    facts: tuple[str, ...]
    limits: tuple[str, ...]
    pairs: Comparison | None = None

    def document(self) -> dict[str, Any]:
        """The report for JSON."""
        return {
            "format": "zhitian-verification/1",
            "title": self.title,
            "facts": list(self.facts),
            "limits": list(self.limits),
            "sections": [section.records() for section in self.sections],
        }


def plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row with plain Python numbers; NaN and infinity become None."""
    return {str(name): _plain(value) for name, value in row.items()}


def limits_of(
    table: pd.DataFrame, *, seen: Iterable[str] = (), ahead: bool = True
) -> tuple[str, ...]:
    """Sentences on what a table of pairs cannot show, from the pairs themselves.

    Args:
        table: pairs with `time`, `longitude`, `latitude`, `reference_time`.
        seen: numbers of the method that were chosen with a look at these data.
        ahead: whether the forecasts are real ones; otherwise a coarse run made from the truth.
    """
    said = []
    days = table["time"].dt.floor("D").nunique()
    moments = table["time"].nunique()
    said.append(
        f"It covers {moments} valid {'time' if moments == 1 else 'times'} on {days}"
        f" {'day' if days == 1 else 'days'}: sizes, not laws; another season may differ."
    )
    china = table["longitude"].between(73.0, 135.0) & table["latitude"].between(18.0, 54.0)
    if not china.any():
        said.append("No station or cell in China is among the pairs.")
    if not ahead:
        said.append(
            "The coarse run was made from the truth itself, so the model's own errors are absent:"
            " an upper bound of what downscaling gains."
        )
    names = tuple(seen)
    said.append(
        "These data were looked at when the following numbers of the method were chosen, so the"
        f" score is not blind for them: {', '.join(f'`{name}`' for name in names)}."
        if names
        else "No number of the method is recorded as chosen on these data."
    )
    return tuple(said)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
