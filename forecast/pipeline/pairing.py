"""Forecasts of several methods beside what was observed, with what is known of each pair."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast.downscale import Plan
from forecast.fields import cycle_of
from forecast.meteorology import day_angle, equation_of_time, solar_declination
from forecast.parameters import chosen
from forecast.variables import variable
from forecast.verify.comparison import Comparison
from grids.geometry import EARTH_RADIUS_M
from grids.regrid import apply, interpolation

Floats = npt.NDArray[np.float64]

SURROUNDINGS_KM: Final = 10.0
"""Half the side of the square in which the share of land is counted."""

CHECKED: Final = ("temperature_2m", "dew_point_2m")
"""Variables whose reports are held against the plain interpolation."""

MINUTES_A_TURN: Final = 1440.0
HALF_HOUR: Final = np.timedelta64(30, "m")


def at_stations(
    forecasts: Mapping[str, xr.Dataset], observed: pd.DataFrame, *, variables: tuple[str, ...]
) -> pd.DataFrame:
    """Pair forecasts at stations with a table of observations.

    Args:
        forecasts: name of the method to its Dataset over time and point, coordinate `station`.
        observed: station, time (UTC) and one column a variable.
        variables: names to pair.

    Returns:
        `variable`, `station`, `time`, `reference_time`, `observed` and one column a method;
        missing where a method has none.
    """
    first = next(iter(forecasts.values()))
    reference = cycle_of(first)
    parts = []
    for name in variables:
        part = observed[["station", "time", name]].dropna().rename(columns={name: "observed"})
        part = part[part["time"].isin(first["time"].values)]
        part = part[part["station"].isin(first["station"].values)]
        for method, dataset in forecasts.items():
            rows = pd.Index(dataset["station"].values).get_indexer(part["station"])
            steps = pd.DatetimeIndex(dataset["time"].values).get_indexer(
                pd.DatetimeIndex(part["time"])
            )
            values = dataset[name].transpose("point", "time").values[rows, steps]
            part = part.assign(**{method: np.where((rows >= 0) & (steps >= 0), values, np.nan)})
        parts.append(part.assign(variable=name, reference_time=reference))
    return pd.concat(parts, ignore_index=True)


def at_nodes(
    forecasts: Mapping[str, xr.Dataset], truth: xr.Dataset, *, variables: tuple[str, ...]
) -> pd.DataFrame:
    """Pair forecasts with a finer model's values at the same points and times.

    Args:
        forecasts: name of the method to its Dataset over time and point.
        truth: the same points and times; `station` on point.
        variables: names to pair.
    """
    times, points = truth.sizes["time"], truth.sizes["point"]
    shared = {
        "station": np.tile(truth["station"].values, times),
        "time": np.repeat(truth["time"].values, points),
        "reference_time": cycle_of(truth),
    }
    parts = [
        pd.DataFrame(
            {"variable": name, **shared, "observed": _flat(truth, name)}
            | {method: _flat(dataset, name) for method, dataset in forecasts.items()}
        )
        for name in variables
    ]
    return pd.concat(parts, ignore_index=True)


def with_places(table: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add lead, place, height difference, surroundings and sun to pairs.

    Args:
        table: pairs.
        places: by station: `longitude`, `latitude`, `dz` (m), `land_fraction`.
    """
    known = table.join(places, on="station")
    ahead = known["time"] - known["reference_time"]
    known["lead_h"] = ahead.dt.total_seconds() / 3600.0
    moments = known["time"].to_numpy("datetime64[ns]").copy()
    spans = known["variable"].map(lambda name: variable(name).cell_method != "point")
    moments[spans.to_numpy(bool)] -= HALF_HOUR
    known["sun"] = sun_height(
        moments,
        longitude=known["longitude"].to_numpy(float),
        latitude=known["latitude"].to_numpy(float),
    )
    known["sun"] = (known["sun"] > 0.0).astype(float)
    return known


def compared(table: pd.DataFrame, methods: tuple[str, ...], *, reference: str) -> Comparison:
    """Common pairs of all methods, gross errors of reports left out and told.

    Args:
        table: pairs with their places.
        methods: names of its columns with forecasts.
        reference: method that reports are held against.
    """
    limit = chosen("gross_temperature_error")
    apart = (table[reference] - table["observed"]).abs() > limit
    gross = apart & table["variable"].isin(CHECKED)
    said = (
        f"{int(gross.sum())} reports that differ by more than {limit:g} K from {reference}"
        " are taken for wrong and left out"
    )
    return Comparison.common(table[~gross], methods, notes=(said,) if gross.any() else ())


def sun_height(
    moments: npt.NDArray[np.datetime64], *, longitude: Floats, latitude: Floats
) -> Floats:
    """Sine of the sun's height above the horizon, Spencer (1971) for its position.

    Args:
        moments: UTC [pair].
        longitude: degrees east [pair].
        latitude: degrees north [pair].
    """
    angle = day_angle(moments)
    declination = solar_declination(angle)
    minutes = (moments - moments.astype("datetime64[D]")) / np.timedelta64(60, "s")
    solar = minutes + equation_of_time(angle) + longitude / 360.0 * MINUTES_A_TURN
    hour_angle = 2.0 * np.pi * (solar / MINUTES_A_TURN - 0.5)
    phi = np.deg2rad(latitude)
    sine = np.sin(phi) * np.sin(declination)
    return np.asarray(sine + np.cos(phi) * np.cos(declination) * np.cos(hour_angle), dtype=float)


def plain_climb(plan: Plan) -> npt.NDArray[np.float32]:
    """Height of points above the model's, interpolated plainly, m [point].

    Classes of height difference must not depend on the method that is scored: ours takes the
    model's height on the shore from nodes of the cell's own kind.
    """
    weights = interpolation(plan.mesh, longitude=plan.longitude, latitude=plan.latitude)
    model = apply(weights, plan.model_elevation)
    return np.asarray(plan.elevation - model, dtype=np.float32)


def land_around(elevation: xr.DataArray, *, longitude: Floats, latitude: Floats) -> Floats:
    """Share of land in the 20 km square around each place; NaN beyond the terrain.

    Args:
        elevation: from `terrain.load`: (latitude, longitude), m, NaN = sea.
        longitude: degrees east [place].
        latitude: degrees north [place].
    """
    rows, columns = elevation["latitude"].values, elevation["longitude"].values
    land = np.isfinite(elevation.transpose("latitude", "longitude").values)
    reach = np.rad2deg(SURROUNDINGS_KM * 1000.0 / EARTH_RADIUS_M)
    share = np.full(longitude.size, np.nan)
    for place, (north, east) in enumerate(zip(latitude, longitude, strict=True)):
        wide = reach / max(np.cos(np.deg2rad(north)), 1e-3)
        along = columns[0] + (east - columns[0]) % 360.0
        south, above = np.searchsorted(rows, [north - reach, north + reach])
        west, beyond = np.searchsorted(columns, [along - wide, along + wide])
        part = land[south:above, west:beyond]
        if part.size:
            share[place] = part.mean()
    return share


def _flat(dataset: xr.Dataset, name: str) -> npt.NDArray[np.float32]:
    return np.asarray(dataset[name].transpose("time", "point").values.ravel())
