"""Pairs of forecast and observation that every compared method has in common.

A score of one method at more stations or other hours than another's says nothing about the
methods. So every score here takes a `Comparison`, and a `Comparison` is refused unless each of its
rows holds a finite value of each method.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd

from forecast.errors import DataError

KEY: Final = ["variable", "station", "time", "reference_time"]
"""What names a pair. Times are UTC; `reference_time` is the start of the model run."""

DAY_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several methods at the same stations and times.

    Attributes:
        table: one row a pair: `variable`, `station`, `time`, `reference_time`, `observed`, one
            column a method in the variable's unit, and what is known of the pair:
            `lead_h` (h), `longitude`, `latitude` (degrees), `dz` (station minus model, m),
            `land_fraction` (share of land around), `sun` (whether it is up).
        methods: names of the columns with forecasts.
        notes: sentences about pairs that were left out.
    """

    table: pd.DataFrame
    methods: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse pairs that not every method has.

        Raises:
            DataError: a value is missing, or a pair stands twice.
        """
        columns = [*KEY, "observed", *self.methods]
        absent = [name for name in columns if name not in self.table]
        if absent or not self.methods:
            raise DataError(f"a comparison needs the columns {', '.join(columns)}; it lacks some")
        for name in ("observed", *self.methods):
            missing = int((~np.isfinite(self.table[name].to_numpy(float))).sum())
            if missing:
                raise DataError(
                    f"methods are compared at common stations and times only; {name} lacks"
                    f" {missing} of {len(self.table)} pairs"
                )
        if self.table.duplicated(KEY).any():
            raise DataError("a comparison holds a station and time twice")

    @classmethod
    def common(
        cls, table: pd.DataFrame, methods: tuple[str, ...], *, notes: tuple[str, ...] = ()
    ) -> Self:
        """Keep the pairs that every method and the observation have, and tell what is left out.

        Args:
            table: as in `table`, values may be missing.
            methods: names of the columns with forecasts.
            notes: sentences to keep.
        """
        finite = np.isfinite(table[["observed", *methods]].to_numpy(float)).all(axis=1)
        lost = int((~finite).sum())
        said = (f"{lost} of {len(table)} pairs that not every method has are left out",)
        kept = table[finite].reset_index(drop=True)
        return cls(table=kept, methods=methods, notes=(*notes, *(said if lost else ())))

    def only(self, variable: str) -> Self:
        """The pairs of one variable."""
        part = self.table[self.table["variable"] == variable].reset_index(drop=True)
        return type(self)(table=part, methods=self.methods, notes=self.notes)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in order of first appearance."""
        return tuple(map(str, self.table["variable"].drop_duplicates()))


def persistence(table: pd.DataFrame, observed: pd.DataFrame) -> pd.Series:
    """The last observation at the same hour of the day that was known when the run started.

    Args:
        table: `variable`, `station`, `time`, `reference_time` of the pairs, UTC.
        observed: `variable`, `station`, `time` and `observed`, the whole series at hand.

    Returns:
        forecast of each row of `table`, NaN where nothing was observed then.
    """
    ahead = (table["time"] - table["reference_time"]).dt.total_seconds().to_numpy(float)
    days = np.maximum(np.ceil(ahead / DAY_SECONDS), 1.0)
    then = table["time"] - pd.to_timedelta(days, unit="D")
    wanted = pd.MultiIndex.from_arrays([table["variable"], table["station"], then])
    series = observed.drop_duplicates(["variable", "station", "time"]).set_index(
        ["variable", "station", "time"]
    )["observed"]
    return pd.Series(series.reindex(wanted).to_numpy(float), index=table.index, name="persistence")


def with_persistence(comparison: Comparison, observed: pd.DataFrame) -> Comparison | None:
    """The comparison with persistence as one more method, where it was known; else None.

    Args:
        comparison: any methods.
        observed: as in `persistence`.
    """
    table = comparison.table.assign(persistence=persistence(comparison.table, observed))
    if not table["persistence"].notna().any():
        return None
    return Comparison.common(table, (*comparison.methods, "persistence"), notes=comparison.notes)
