"""What stations say of a run: its correction before it is published, its values for them after."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from forecast import calibrate, downscale
from forecast.calibrate.evidence import PAIR, UNCORRECTED
from forecast.calibrate.terms import CORRECTED
from forecast.calibrate.terrain_features import stillness, sun_elevation
from forecast.fields import cycle_of
from forecast.pipeline.witnesses import KEPT, Witnesses, on_grid
from forecast.times import parse_instant, to_datetime, to_datetime64
from grids import BoundingBox, Grid

HISTORY: Final = timedelta(days=45)
"""How far back pairs of forecast and observation are asked."""

CALIBRATED: Final = "calibrated"
METHODS: Final = ("zhitian", "bilinear", "nearest", "fixed-lapse")
WEATHER: Final = ("wind_speed_10m", "cloud_cover")


def correct(
    found: Witnesses | None,
    hourly: xr.Dataset,
    *,
    terrain: xr.Dataset,
    now: datetime,
    simulated: bool = False,
) -> xr.Dataset:
    """The correction of a run from what stations observed; without terms where none did.

    Args:
        found: from `witnesses`.
        hourly: the run on the model grid.
        terrain: the region's.
        now: observations after it are not looked at, aware UTC.
        simulated: whether the run is a bundled scenario, which no observation can correct.
    """
    times = hourly["time"].values.astype("datetime64[ns]")
    grid = Grid.from_coordinates(
        latitude=terrain["latitude"].values, longitude=terrain["longitude"].values
    )
    if found is None:
        reason = "a simulated run" if simulated else "no station in or near the region observed"
        refused = (f"nothing is corrected: {reason}",)
        return calibrate.nothing(grid, times=times, refused=refused)
    evidence = calibrate.Evidence(
        stations=found.stations,
        pairs={name: _pairs(found, name, now=now) for name in CORRECTED if name in found.variables},
        stillness=_region_stillness(hourly, grid.bounds),
    )
    return calibrate.correction(
        evidence, terrain, times=times, reference_time=to_datetime64(_start(hourly))
    )


def keep_forecasts(
    found: Witnesses | None, correction: xr.Dataset, *, cycle_id: str, source: str
) -> tuple[str, ...]:
    """Keep what the published run says for the stations, by every method, to be scored later.

    Of the corrected values those are left out whose observations the correction knew: they would
    be scored by what they were made from.

    Args:
        found: from `witnesses`.
        correction: that the run was published with.
        cycle_id: the published cycle.
        source: name of its source.

    Returns:
        Sentences about what was kept.
    """
    if found is None:
        return ()
    tables = [_table(_values(found, method), method) for method in METHODS]
    inside = on_grid(found, correction)
    if correction.sizes["term"] and not inside.stations.empty:
        corrected = _table(_values(inside, UNCORRECTED, correction=correction), CALIBRATED)
        tables.append(corrected[corrected["time"] > _known_until(correction)])
    table = pd.concat(tables, ignore_index=True).assign(
        cycle_id=cycle_id, source=source, reference_time=_start(found.hourly)
    )
    intake = found.store.add_forecasts(table)
    return (
        f"forecasts for {len(found.stations)} stations kept for scoring",
        *found.left_out,
        *intake.words(),
    )


def _known_until(correction: xr.Dataset) -> np.datetime64:
    """Time of the newest observation behind a correction that has terms."""
    return to_datetime64(parse_instant(correction.attrs["observed_until"]))


def _values(
    found: Witnesses,
    method: str,
    *,
    variables: tuple[str, ...] | None = None,
    correction: xr.Dataset | None = None,
) -> xr.Dataset:
    """The run at the stations' own heights."""
    made = downscale.at_points(
        found.hourly,
        found.target,
        method=method,
        variables=variables or found.variables,
        correction=correction,
    )
    return made.assign_coords(station=("point", found.stations["station"].to_numpy(object)))


def _table(values: xr.Dataset, method: str) -> pd.DataFrame:
    """Station, time, variable, value and method, one row a number."""
    names = [str(name) for name in values.data_vars if name in KEPT]
    shape = (values.sizes["time"], values.sizes["point"])
    parts = [
        pd.DataFrame(
            {
                "station": np.broadcast_to(values["station"].values, shape).ravel(),
                "time": np.broadcast_to(values["time"].values[:, np.newaxis], shape).ravel(),
                "variable": name,
                "value": values[name].transpose("time", "point").values.ravel(),
            }
        )
        for name in names
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset="value").assign(method=method)


def _pairs(found: Witnesses, name: str, *, now: datetime) -> pd.DataFrame:
    """Pairs of the runs before and of this one, with the stillness of the air in each."""
    since = now - HISTORY
    before = found.store.pairs(
        variable=name, since=since, until=now, methods=(UNCORRECTED,), source=found.source
    )
    here = _of_this_run(found, name, now=now)
    both = pd.concat([part[list(PAIR)] for part in (before, here) if not part.empty] or [here])
    return _with_stillness(found, both, since=since, now=now)


def _of_this_run(found: Witnesses, name: str, *, now: datetime) -> pd.DataFrame:
    """What this run says beside what was observed since it began."""
    made = _table(_values(found, UNCORRECTED, variables=(name,)), UNCORRECTED)
    observed = found.store.observations(start=_start(found.hourly), end=now, variables=[name])
    observed = observed.rename(columns={"value": "observed"})
    joined = made.rename(columns={"value": "forecast"}).merge(
        observed[["station", "time", "observed"]], on=["station", "time"]
    )
    return joined.assign(reference_time=to_datetime64(_start(found.hourly)))[list(PAIR)]


def _with_stillness(
    found: Witnesses, pairs: pd.DataFrame, *, since: datetime, now: datetime
) -> pd.DataFrame:
    """Pairs with a column `stillness`, from the wind and cloud that the runs gave the stations."""
    key = ["station", "reference_time", "time"]
    kept = [
        found.store.forecasts(
            variable=name, since=since, until=now, methods=(UNCORRECTED,), source=found.source
        )
        .set_index(key)["forecast"]
        .rename(name)
        for name in WEATHER
    ]
    weather = pd.concat(kept, axis=1).reset_index()
    if weather.empty or not weather[WEATHER[0]].notna().any():
        return pairs
    stations = found.stations
    places = {
        name: (float(latitude), float(longitude))
        for name, latitude, longitude in zip(
            stations["station"], stations["latitude"], stations["longitude"], strict=True
        )
    }
    parts = [
        _stillness_at(rows, *places[str(station)])
        for (station, _), rows in weather.sort_values("time").groupby(key[:2])
        if str(station) in places
    ]
    return pairs.merge(pd.concat(parts, ignore_index=True), on=key, how="left")


def _stillness_at(rows: pd.DataFrame, latitude: float, longitude: float) -> pd.DataFrame:
    """Stillness of one run at one station; a run without cloud has clear skies."""
    times = xr.DataArray(
        rows["time"].to_numpy("datetime64[ns]"), dims="time", coords={"time": rows["time"].values}
    )
    wind, cloud = (times.copy(data=rows[name].to_numpy(np.float64)) for name in WEATHER)
    still = stillness(
        wind,
        sun_elevation(times, latitude=latitude, longitude=longitude),
        cloud_cover=cloud if bool(np.isfinite(cloud).all()) else None,
    )
    return rows[["station", "reference_time", "time"]].assign(stillness=still.values)


def _region_stillness(hourly: xr.Dataset, box: BoundingBox) -> xr.DataArray | None:
    """Mean stillness over the model's nodes around a region, on its times; None without wind."""
    if not {"wind_u_10m", "wind_v_10m"} <= set(map(str, hourly.data_vars)):
        return None
    space = [dim for dim in hourly["wind_u_10m"].dims if dim != "time"]
    wind = ((hourly["wind_u_10m"] ** 2 + hourly["wind_v_10m"] ** 2) ** 0.5).mean(space)
    cloud = hourly["cloud_cover"].mean(space) if "cloud_cover" in hourly else None
    north, east = (box.south + box.north) / 2.0, (box.west + box.east) / 2.0
    sun = sun_elevation(hourly["time"], latitude=north, longitude=east)
    return stillness(wind, sun, cloud_cover=cloud)


def _start(hourly: xr.Dataset) -> datetime:
    return to_datetime(cycle_of(hourly))


def words(correction: xr.Dataset) -> tuple[str, ...]:
    """Say in sentences what a run was corrected by, or why it was not."""
    told = calibrate.report(correction)
    made = []
    for term in told["terms"]:
        said = f"{term['variable']} corrected ({term['kind']}) from {term['stations']} stations"
        before, after = term["hidden_mae_before"], term["hidden_mae_after"]
        if before is not None and after is not None:
            said += f"; error at hidden stations {before:.2f} K before, {after:.2f} K after"
        made.append(said)
    return (*made, *told["refused"])
