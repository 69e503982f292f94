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
RUN_HOUR: Final = ["station", "time", "reference_time"]
"""What names an hour of a run at a station."""


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
    still = still_air(found, now=now)
    evidence = calibrate.Evidence(
        stations=found.stations,
        pairs={
            name: _pairs(found, name, still=still, now=now)
            for name in CORRECTED
            if name in found.variables
        },
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
    if found is None or not found.variables:
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


def _pairs(
    found: Witnesses, name: str, *, still: pd.DataFrame | None, now: datetime
) -> pd.DataFrame:
    """Pairs of the runs before and of this one, with the stillness of the air where it is known."""
    before = found.store.pairs(
        variable=name,
        since=now - HISTORY,
        until=now,
        methods=(UNCORRECTED,),
        source=found.source,
    )
    here = _of_this_run(found, name, now=now)
    both = pd.concat([part[list(PAIR)] for part in (before, here) if not part.empty] or [here])
    return both if still is None else both.merge(still, on=RUN_HOUR, how="left")


def _of_this_run(found: Witnesses, name: str, *, now: datetime) -> pd.DataFrame:
    """What this run says beside what was observed since it began."""
    made = _table(_values(found, UNCORRECTED, variables=(name,)), UNCORRECTED)
    observed = found.store.observations(start=_start(found.hourly), end=now, variables=[name])
    observed = observed.rename(columns={"value": "observed"})
    joined = made.rename(columns={"value": "forecast"}).merge(
        observed[["station", "time", "observed"]], on=["station", "time"]
    )
    return joined.assign(reference_time=to_datetime64(_start(found.hourly)))[list(PAIR)]


def still_air(found: Witnesses, *, now: datetime) -> pd.DataFrame | None:
    """How still the air was at the stations by each run; None where no run has told the wind.

    Args:
        found: from `witnesses`.
        now: hours after it are not looked at, aware UTC.

    Returns:
        station, time, reference_time, stillness.
    """
    wind, cloud = (
        found.store.forecasts(
            variable=name,
            since=now - HISTORY,
            until=now,
            methods=(UNCORRECTED,),
            source=found.source,
        )
        for name in WEATHER
    )
    places = found.stations.set_index("station")[["latitude", "longitude"]]
    wind = wind[wind["station"].isin(places.index)]
    if wind.empty:
        return None
    skies = dict(list(cloud.groupby("reference_time")))
    parts = [
        _still_air_of(run, skies.get(start), places).assign(reference_time=start)
        for start, run in wind.groupby("reference_time")
    ]
    return pd.concat(parts, ignore_index=True)


def _still_air_of(
    wind: pd.DataFrame, cloud: pd.DataFrame | None, places: pd.DataFrame
) -> pd.DataFrame:
    """Stillness of one run: station, time, stillness; a run without cloud has clear skies."""
    fields = [_field(wind)]
    if cloud is not None:
        fields.append(_field(cloud).reindex_like(fields[0]))
    where = places.loc[fields[0]["station"].values]
    axes = {name: ("station", where[name].to_numpy(np.float64)) for name in where}
    here = xr.Dataset(coords=axes)
    sun = sun_elevation(fields[0]["time"], latitude=here["latitude"], longitude=here["longitude"])
    still = stillness(fields[0], sun, cloud_cover=fields[1] if cloud is not None else None)
    return still.rename("stillness").to_dataframe().reset_index()[[*RUN_HOUR[:2], "stillness"]]


def _field(rows: pd.DataFrame) -> xr.DataArray:
    """Forecasts of one run on station and time."""
    wide = rows.pivot(index="station", columns="time", values="forecast")
    return xr.DataArray(
        wide.to_numpy(np.float64),
        dims=("station", "time"),
        coords={
            "station": wide.index.to_numpy(object),
            "time": wide.columns.to_numpy("datetime64[ns]"),
        },
    )


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
