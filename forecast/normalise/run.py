"""One run in the vocabulary: raw fields in, native dataset out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import fields as contract
from forecast.errors import NormaliseError
from forecast.fields import FLAG_INTERPOLATED, FLAG_MISSING, FLAG_MODEL, STEP_FLAG
from forecast.normalise.derive import derive
from forecast.normalise.layout import (
    Recognised,
    arrange,
    choose_grid,
    grid_key,
    horizontal,
    on_model_grid,
)
from forecast.normalise.names import STATIC, recognise
from forecast.normalise.resolve import Resolved, resolve, time_axis
from forecast.normalise.series import gather
from forecast.times import iso
from forecast.units import converter
from forecast.variables import catalogue, variable
from grids.geometry import BoundingBox

_CENTRES: Final = {
    "ecmf": "ECMWF",
    "kwbc": "NOAA NCEP",
    "lfpw": "Météo-France",
    "babj": "China Meteorological Administration",
    "edzw": "Deutscher Wetterdienst",
    "egrr": "Met Office",
}
_HOUR: Final = 3_600_000_000_000


def normalise(
    fields: Sequence[xr.DataArray],
    *,
    source: str | None = None,
    area: BoundingBox | None = None,
    orography: xr.DataArray | None = None,
) -> xr.Dataset:
    """Bring the raw fields of one run to the vocabulary, on the model's own grid.

    Sums and means are told apart by the interval that each field states for itself and become
    sums or means over the shortest intervals known. The result has, per `variable` and `time`,
    `interval_hours` (float32, h: the real length of the interval that ends there; 0 for an
    instant or where none ends) and `step_flag` (0 model value; 1 no value here, but the time
    lies inside a longer interval whose value stands at its end; 2 lost). The sum of a sum over
    `time` is the run's total from the first bound on, wherever no flag is 2. Where a whole step
    is lost, the time at which known intervals begin again is kept on the axis with flag 2.

    Args:
        fields: raw fields (dims [realization,] step, latitude, longitude or node).
        source: name of the source; `files` without one.
        area: keep only points within it; None keeps all.
        orography: height of the model surface (m, or geopotential by its `units`), on the run's
            grid or on a finer regular one, which is then averaged over the model cells. It is
            used where the run has none of its own.

    Returns:
        Dataset of the native contract; `attrs["ignored"]` lists fields of known quantities that
        were left out, and why.

    Raises:
        NormaliseError: nothing is known in the fields, or they contradict each other.
    """
    recognised = _recognised(fields)
    chosen = choose_grid(recognised)
    ignored = [
        f"{field.attrs.get('short_name', '?')} for {meaning.quantity}: on another grid"
        for meaning, field in recognised
        if grid_key(field) != chosen
    ]
    here = [(m, arrange(field, area)) for m, field in recognised if grid_key(field) == chosen]
    moving = [item for item in here if item[0].quantity not in STATIC]
    if not moving:
        raise NormaliseError("the run holds static fields only; at least one forecast is needed")
    resolved, left_out = _resolve_all(moving)
    model = moving[0][1]
    dataset = _on_axis(derive(resolved), model, _cycle(moving))
    for name in STATIC:
        static = [field for meaning, field in here if meaning.quantity == name]
        if static:
            dataset[name] = _static(name, static[0])
    dataset.attrs = _attributes(moving, source)
    if "model_elevation" not in dataset and orography is not None:
        dataset["model_elevation"] = _given_orography(orography, model)
    dataset.attrs["ignored"] = sorted(set(ignored + left_out))
    return contract.check(contract.describe(dataset), stage="normalise")


def _recognised(fields: Sequence[xr.DataArray]) -> list[Recognised]:
    meanings = [(recognise(field), field) for field in fields]
    found = [(meaning, field) for meaning, field in meanings if meaning is not None]
    if not found:
        names = sorted({str(field.attrs.get("short_name", "?")) for field in fields})
        raise NormaliseError(
            f"the run holds {', '.join(names) or 'no field'}; none is a quantity of the vocabulary "
            "(2t, 2d, 10u, 10v, tp …)"
        )
    return found


def _resolve_all(moving: Sequence[Recognised]) -> tuple[list[Resolved], list[str]]:
    """Resolve each quantity from its preferred carrier."""
    resolved: list[Resolved] = []
    left_out: list[str] = []
    for quantity in dict.fromkeys(meaning.quantity for meaning, _ in moving):
        carriers = [item for item in moving if item[0].quantity == quantity]
        best = min(carriers, key=lambda item: (item[0].rank, "realization" in item[1].dims))
        single = "realization" in best[1].dims
        taken = [
            field for meaning, field in carriers
            if meaning == best[0] and ("realization" in field.dims) == single
        ]  # fmt: skip
        if best[0].shape == "extreme":
            _complete_extremes(taken, carriers)
        left_out += [
            f"{field.attrs.get('short_name', '?')} for {quantity}: another carrier is preferred"
            for _, field in carriers
            if not any(field is used for used in taken)
        ]
        series = gather(best[0], taken)
        if series.records:
            resolved.append(resolve(series))
    if not resolved:
        raise NormaliseError("the run holds sums at its start only; no interval has ended yet")
    return resolved, left_out


def _complete_extremes(taken: list[xr.DataArray], carriers: Sequence[Recognised]) -> None:
    """Add carriers whose steps the taken ones all lack.

    A maximum is named by the length of its interval, and that changes along a run: the gust of
    the last 3 hours up to 144 h is one of 6 hours from there on.
    """
    for meaning, field in sorted(carriers, key=lambda item: item[0].rank):
        alike = all(
            field.attrs.get("units") == one.attrs.get("units")
            and ("realization" in field.dims) == ("realization" in one.dims)
            and not np.isin(field["step"].values, one["step"].values).any()
            for one in taken
        )
        if meaning.shape == "extreme" and alike:
            taken.append(field)


def _cycle(moving: Sequence[Recognised]) -> int:
    """Start of the run, ns since 1970; the earliest where short runs are joined."""
    starts = [field["forecast_reference_time"].values for _, field in moving]
    if any(np.isnat(start) for start in starts):
        raise NormaliseError("a forecast field has no reference time; the run's start is needed")
    return int(min(start.astype("datetime64[ns]").astype(np.int64) for start in starts))


def _on_axis(resolved: Sequence[Resolved], model: xr.DataArray, cycle: int) -> xr.Dataset:
    """Lay all quantities on the common time axis, with flags and interval lengths."""
    times = time_axis(resolved)
    space = horizontal(model)
    order = {name: place for place, name in enumerate(catalogue())}
    ordered = sorted(resolved, key=lambda item: order[item.quantity])
    hours = np.zeros((len(ordered), times.size))
    flags = np.full((len(ordered), times.size), FLAG_MISSING, dtype=np.uint8)
    dataset = xr.Dataset()
    for row, item in enumerate(ordered):
        places = np.searchsorted(times, item.ends)
        hours[row, places], flags[row, places] = (item.ends - item.begins) / _HOUR, FLAG_MODEL
        _flag_absent(flags[row], item, times, cycle)
        values = np.full((times.size, *item.values.shape[1:]), np.nan, dtype=np.float32)
        values[places] = item.values
        dims: tuple[str, ...] = ("time", *space)
        if item.realization is not None:
            values, dims = np.moveaxis(values, 1, 0), ("realization", *dims)
            dataset = dataset.assign_coords(realization=list(item.realization))
        dataset[item.quantity] = (dims, np.ascontiguousarray(values), item.attributes)
    dataset = dataset.assign_coords(variable=[item.quantity for item in ordered])
    dataset[STEP_FLAG] = (("variable", "time"), flags)
    dataset = dataset.assign_coords(_time_coordinates(times, hours, cycle))
    return dataset.assign_coords({name: model[name].variable for name in ("latitude", "longitude")})


def _flag_absent(
    flags: npt.NDArray[np.uint8], item: Resolved, times: npt.NDArray[np.int64], cycle: int
) -> None:
    """Tell times inside a longer interval, and the start of the run, from lost ones."""
    lasting = bool(np.any(item.ends > item.begins))
    for place in np.flatnonzero(flags == FLAG_MISSING):
        if item.is_interval and item.covers(int(times[place])):
            flags[place] = FLAG_INTERPOLATED
        elif lasting and times[place] <= cycle:
            flags[place] = FLAG_MODEL


def _time_coordinates(
    times: npt.NDArray[np.int64], hours: npt.NDArray[np.float64], cycle: int
) -> dict[str, tuple[tuple[str, ...] | str, object] | np.datetime64]:
    ends = times.astype("datetime64[ns]")
    start = np.datetime64(cycle, "ns")
    positive = np.where(hours > 0.0, hours, np.inf).min(axis=0)
    step = np.concatenate([[max(int(times[0]) - cycle, 0)], np.diff(times)])
    length = np.where(np.isfinite(positive), np.rint(positive * 3600) * 1e9, step).astype(np.int64)
    bounds = np.stack([times - length, times], axis=1).astype("datetime64[ns]")
    return {
        "time": ("time", ends),
        "forecast_period": ("time", ends - start),
        "forecast_reference_time": start,
        "time_bounds": (("time", "bounds"), bounds),
        "interval_hours": (("variable", "time"), hours.astype(np.float32)),
    }


def _static(name: str, field: xr.DataArray) -> xr.DataArray:
    for dim in ("step", "realization"):
        if dim in field.dims:
            field = field.isel({dim: 0}, drop=True)
    convert = converter(str(field.attrs.get("units", "")), variable(name).units)
    dims = horizontal(field)
    values = convert(field.transpose(*dims).values).astype(np.float32)
    return xr.DataArray(values, dims=dims, attrs={"origin_of_field": "run"})


def _given_orography(orography: xr.DataArray, model: xr.DataArray) -> xr.DataArray:
    static = _static("model_elevation", orography)
    placed = static.assign_coords(
        {name: orography[name].variable for name in ("latitude", "longitude")}
    )
    values, how = on_model_grid(placed, model)
    return xr.DataArray(values, dims=horizontal(model), attrs={"origin_of_field": f"given, {how}"})


def _attributes(moving: Sequence[Recognised], source: str | None) -> dict[str, object]:
    origins = sorted({str(field.attrs.get("origin", "")).lower() for _, field in moving})
    labels = [_CENTRES.get(origin, origin) for origin in origins if origin]
    simulated = any(str(f.attrs.get("simulated", "false")).lower() == "true" for _, f in moving)
    return {
        "source": source or "files",
        "source_label": ", ".join(labels) or "files",
        "simulated": "true" if simulated else "false",
        "cycle": iso(np.datetime64(_cycle(moving), "ns")),
    }
