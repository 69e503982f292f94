"""How good the downscaling is at stations that observed, beside simpler methods."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from forecast import downscale
from forecast.pipeline.pairing import plain_climb
from forecast.verify import ScoreRow, compare

GROSS_ERROR_K: Final = 12.0
"""A difference above this at the plain interpolation is a wrong report, not an error of it."""
STEEP_M: Final = 300.0
FLAT_M: Final = 50.0
SCORED: Final = "temperature_2m"
BESIDE: Final = {"bilinear": "bilinear", "fixed-lapse": "fixed 6.5 K/km"}
"""Methods to compare with, and what they are called in the table."""


def at_stations(
    native: xr.Dataset,
    target: downscale.Target,
    *,
    stations: xr.Dataset,
    method: str,
    variables: tuple[str, ...] | None,
) -> xr.Dataset:
    """Downscale to stations at their own heights; dims time and point, coordinate station.

    Args:
        native: model grid, one member.
        target: the stations and the terrain around them.
        stations: their names, `station` on `point`.
        method: one of `downscale.METHODS`.
        variables: names, or None for all.
    """
    result = downscale.at_points(native, target, method=method, variables=variables)
    return result.assign_coords(station=("point", stations["station"].values))


def score(
    ours: xr.Dataset,
    *,
    native: xr.Dataset,
    target: downscale.Target,
    observed: pd.DataFrame,
) -> list[ScoreRow]:
    """Score temperature against observations; empty where there are none.

    Args:
        ours: from `at_stations`.
        native: model grid, one member.
        target: the stations.
        observed: station, time (UTC) and variables, from `verify.read_stations`.
    """
    if SCORED not in observed.columns or SCORED not in ours:
        return []
    method = str(ours.attrs["downscaling"])
    forecasts = {
        label: at_stations(native, target, stations=ours, method=simple, variables=(SCORED,))
        for simple, label in BESIDE.items()
        if simple != method
    }
    forecasts.setdefault("bilinear", ours)
    forecasts[BESIDE.get(method, method)] = ours
    pairs = _pairs(forecasts, observed)
    if pairs.empty:
        return []
    pairs = pairs[pairs["bilinear"].abs() <= GROSS_ERROR_K]
    plan = downscale.prepare(native, target, variables=(SCORED,))
    height = plain_climb(plan)
    names = ours["station"].values
    climb = pairs["station"].map(dict(zip(names, height, strict=True))).abs()
    where = pd.DataFrame(
        {"longitude": target.longitude, "latitude": target.latitude}, index=names
    ).loc[pairs["station"]]
    return compare(
        {name: pairs[name].to_numpy(float) for name in forecasts},
        groups={
            "all": np.ones(len(pairs), dtype=bool),
            f"|dz| < {FLAT_M:.0f} m": (climb < FLAT_M).to_numpy(),
            f"|dz| > {STEEP_M:.0f} m": (climb > STEEP_M).to_numpy(),
        },
        longitude=where["longitude"].to_numpy(float),
        latitude=where["latitude"].to_numpy(float),
        reference="bilinear",
    )


def _pairs(forecasts: Mapping[str, xr.Dataset], observed: pd.DataFrame) -> pd.DataFrame:
    """Forecast minus observation of each method at common stations and times, all finite."""
    table = observed[["station", "time", SCORED]].dropna()
    for name, dataset in forecasts.items():
        frame = (
            pd.DataFrame(
                dataset[SCORED].transpose("point", "time").values,
                index=dataset["station"].values,
                columns=dataset["time"].values,
            )
            .rename_axis(index="station", columns="time")
            .melt(ignore_index=False, value_name=name)
            .reset_index()
        )
        table = table.merge(frame, on=["station", "time"])
        table[name] = table[name] - table[SCORED]
    return table.dropna()
