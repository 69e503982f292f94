"""Times of a netCDF file: start of the run, steps, and the intervals of sums and means."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast.ingest.refusal import Refused

Instants = npt.NDArray[np.datetime64]
Steps = npt.NDArray[np.timedelta64]

TIME_NAMES: Final = ("valid_time", "time", "Time", "forecast_time", "t")
STEP_NAMES: Final = ("step", "forecast_period", "lead_time", "leadtime")
_REFERENCE_NAMES: Final = (
    "forecast_reference_time",
    "reftime",
    "reference_time",
    "analysis_time",
    "forecast_time0",
)
_HOUR: Final = np.timedelta64(1, "h").astype("timedelta64[ns]")


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Time of one file.

    Attributes:
        dim: dimension that runs over steps; None where there is one step only.
        reference: start of the run, UTC; NaT for a file without time.
        steps: valid time minus reference.
        bounds: [step, 2] start and end of intervals since the reference, where the file has them.
        note: how the reference was found, where the file does not say; else empty.
    """

    dim: str | None
    reference: np.datetime64
    steps: Steps
    bounds: Steps | None
    note: str


def time_axis(dataset: xr.Dataset) -> TimeAxis:
    """Find the run, the steps and the interval bounds of a dataset.

    Args:
        dataset: opened with times decoded and time differences not.

    Raises:
        Refused: the time cannot be told, or runs and leads both vary.
    """
    reference = _reference(dataset)
    leads = next((dataset[n] for n in STEP_NAMES if n in dataset.variables), None)
    times = _times(dataset)
    if leads is not None and times is not None and times.size == 1 and reference is None:
        return _of_leads(leads, times.values.reshape(-1)[0])
    if leads is not None and reference is not None and times is None:
        return _of_leads(leads, reference)
    if times is None:
        empty = np.array([0], dtype="timedelta64[ns]")
        reference = np.datetime64("NaT", "ns") if reference is None else reference
        return TimeAxis(None, reference, empty, None, "")
    if times.ndim > 1:
        raise Refused(f"its time {times.name!r} runs over {times.dims}; one dimension is allowed")
    values = _grads_corrected(times).reshape(-1).astype("datetime64[ns]")
    if np.isnat(values).any():
        raise Refused("its time has missing values")
    note = ""
    if reference is None:
        reference = values.min()
        note = "no start of a run is stated; the first time stands for it"
    dim = str(times.dims[0]) if times.ndim else None
    return TimeAxis(dim, reference, values - reference, _bounds(dataset, times, reference), note)


def _of_leads(leads: xr.DataArray, reference: np.datetime64) -> TimeAxis:
    if leads.ndim > 1:
        raise Refused(f"its leads run over {leads.dims}; one dimension is allowed")
    unit = str(leads.attrs.get("units", "hours")).split()[0]
    steps = pd.to_timedelta(np.atleast_1d(leads.values), unit=_unit(unit)).to_numpy()
    dim = str(leads.dims[0]) if leads.ndim else None
    return TimeAxis(
        dim, reference.astype("datetime64[ns]"), steps.astype("timedelta64[ns]"), None, ""
    )


def _unit(word: str) -> Any:
    units = {"h": "h", "m": "min", "s": "s", "d": "D", "n": "ns"}
    return "min" if word.startswith("min") else units.get(word[:1].lower(), "h")


def _times(dataset: xr.Dataset) -> xr.DataArray | None:
    for name in TIME_NAMES:
        if name in dataset.variables and np.issubdtype(dataset[name].dtype, np.datetime64):
            return dataset[name]
    for variable in dataset.coords.values():
        if variable.attrs.get("standard_name") == "time" and variable.dtype.kind == "M":
            return variable
    return None


def _grads_corrected(times: xr.DataArray) -> Instants:
    """Trust GrADS' own first time where day counts from the year 1 drift with the calendar."""
    values = times.values
    stated = times.attrs.get("grads_min")
    if stated is None:
        return values
    first = pd.to_datetime(str(stated), format="%Hz%d%b%Y", errors="coerce")
    if pd.isna(first):
        return values
    spacing = values - values.reshape(-1)[0]
    return np.asarray(first.to_datetime64().astype("datetime64[ns]") + spacing)


def _reference(dataset: xr.Dataset) -> np.datetime64 | None:
    for name, variable in dataset.variables.items():
        stated = variable.attrs.get("standard_name") == "forecast_reference_time"
        if (stated or name in _REFERENCE_NAMES) and variable.dtype.kind == "M":
            instants = np.unique(variable.values)
            if instants.size != 1:
                raise Refused(f"it holds {instants.size} runs; one run per file is allowed")
            return instants[0].astype("datetime64[ns]")
    times = _times(dataset)
    if times is not None and "reference_time" in times.attrs:
        seconds = float(times.attrs["reference_time"])
        return np.datetime64(int(seconds), "s").astype("datetime64[ns]")
    return None


def _bounds(dataset: xr.Dataset, times: xr.DataArray, reference: np.datetime64) -> Steps | None:
    name = times.attrs.get("bounds") or times.encoding.get("bounds")
    if name not in dataset.variables:
        return None
    values = dataset[name].values
    if values.shape != (times.size, 2) or values.dtype.kind != "M":
        return None
    return np.asarray(values.astype("datetime64[ns]") - reference)


def hourly_sums(axis: TimeAxis, sums: list[npt.NDArray[np.float32]]) -> bool:
    """Whether sums without bounds are those of the hour before each time (ERA5).

    That holds only where times are an hour apart and some sum falls from one time to the next,
    which no sum since the start of a run does.

    Args:
        axis: the file's time.
        sums: fields [step, …] that are sums; NaN = missing.
    """
    if axis.steps.size < 2 or not np.all(np.diff(axis.steps) == _HOUR):
        return False
    for values in sums:
        change = np.diff(values.reshape(values.shape[0], -1), axis=0)
        if change.size and np.nanmin(change) < -1e-3 * max(float(np.nanmax(values)), 1e-6):
            return True
    return False
