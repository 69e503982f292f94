"""What any file of observations is read into: stations and their reports."""

from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from forecast.stations.names import observable


def no_reports() -> pd.DataFrame:
    """A table of reports without rows."""
    return pd.DataFrame({
        "station": pd.Series(dtype="str"),
        "time": pd.Series(dtype="datetime64[ns]"),
        "variable": pd.Series(dtype="str"),
        "value": pd.Series(dtype="float64"),
    })  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stations:
    """Stations and what they observed.

    Attributes:
        points: dataset on dim `point` with station, name, latitude, longitude (degrees) and
            elevation (m), one entry a station.
        reports: every observation as it was read: station, time (datetime64[ns] UTC), variable,
            value in the unit of the vocabulary; copies and impossible values included.
        dropped: clauses about rows that were left out, as in `2 rows without a usable elevation`.
        notes: sentences about how the file was read.
        kind: `synop`, `csv` or `thermometer`.
    """

    points: xr.Dataset
    reports: pd.DataFrame = field(default_factory=no_reports)
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kind: str = "csv"

    @property
    def observations(self) -> pd.DataFrame:
        """One row a station and time, one column a variable; only values that can be at all."""
        kept = self.reports.drop_duplicates(["station", "time", "variable"])
        if kept.empty:
            return pd.DataFrame(columns=["station", "time"])
        names = kept["variable"].unique()
        low = kept["variable"].map({name: observable(name).valid_min for name in names})
        high = kept["variable"].map({name: observable(name).valid_max for name in names})
        value = kept["value"].where(kept["value"].between(low, high))
        wide = kept.assign(value=value).pivot(
            index=["station", "time"], columns="variable", values="value"
        )
        return wide.rename_axis(columns=None).reset_index()
