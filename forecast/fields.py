"""The dataset contract between stages: checked by `check`, attributes set by `describe`."""

from collections.abc import Hashable
from typing import cast

import numpy as np
import xarray as xr

from forecast.errors import DataError
from forecast.variables import catalogue, variable

# bottleneck, which the scores library brings, adds float32 in float32: the mean of four million
# values of 280.1 comes out as 270.06
xr.set_options(use_bottleneck=False)  # type: ignore[no-untyped-call]

STEP_FLAG = "step_flag"
"""Companion of the data: uint8 [variable, time]; 0 model, 1 interpolated in time, 2 missing."""

FLAG_MODEL, FLAG_INTERPOLATED, FLAG_MISSING = 0, 1, 2

_COMPANIONS = frozenset({STEP_FLAG})
_REQUIRED_COORDS = ("forecast_reference_time", "forecast_period")
_GRID_DIMS = ("latitude", "longitude")


def check(dataset: xr.Dataset, *, stage: str) -> xr.Dataset:
    """Assert the dataset contract and hand the dataset on, still lazy.

    Dims are `time, latitude, longitude` (or `time, node` on an irregular model grid),
    `realization` first where there are members; latitude and longitude ascend; data are
    float32 under known names.

    Args:
        dataset: what a stage produced.
        stage: its name, for the sentence.

    Raises:
        DataError: the contract is broken; the sentence names stage, field and fault.
    """
    for coordinate in _REQUIRED_COORDS:
        if coordinate not in dataset.coords:
            raise DataError(f"{stage}: the dataset lacks the coordinate {coordinate!r}")
    for axis in (*_GRID_DIMS, "time"):
        if axis in dataset.dims:
            _check_ascending(dataset, axis, stage)
    for name, field in dataset.data_vars.items():
        if name not in _COMPANIONS:
            _check_field(name, field, stage)
    return dataset


def describe(dataset: xr.Dataset) -> xr.Dataset:
    """Return a copy whose variables carry the vocabulary's attributes, nothing computed."""
    described = dataset.copy(deep=False)
    names = catalogue()
    for name in described.data_vars:
        if name in names:
            kept = {
                key: value
                for key, value in described[name].attrs.items()
                if key not in ("units", "long_name", "standard_name", "cell_methods")
            }
            described[name].attrs = {**variable(str(name)).attributes(), **kept}
    if "time" in described.coords:
        described["time"].attrs = {"standard_name": "time", "long_name": "valid time, UTC"}
    if "forecast_reference_time" in described.coords:
        described["forecast_reference_time"].attrs = {
            "standard_name": "forecast_reference_time",
            "long_name": "start of the model run, UTC",
        }
    if "forecast_period" in described.coords:
        described["forecast_period"].attrs = {
            "standard_name": "forecast_period",
            "long_name": "time since the start of the model run",
        }
    return described


def cycle_of(dataset: xr.Dataset) -> np.datetime64:
    """Start of the model run that a dataset belongs to, UTC, in nanoseconds."""
    return cast(
        np.datetime64, dataset["forecast_reference_time"].values.astype("datetime64[ns]")[()]
    )


def spatial_dims(field: xr.DataArray | xr.Dataset) -> tuple[str, ...]:
    """The horizontal dims of a field: `latitude, longitude`, `node` or `point`.

    Raises:
        DataError: it has none of them.
    """
    for dims in (_GRID_DIMS, ("node",), ("point",)):
        if all(dim in field.dims for dim in dims):
            return dims
    raise DataError(
        f"a field has dims {tuple(field.dims)}; allowed are latitude and longitude, node, or point"
    )


def _check_ascending(dataset: xr.Dataset, axis: str, stage: str) -> None:
    values = dataset[axis].values
    if values.size > 1 and not np.all(values[1:] > values[:-1]):
        raise DataError(f"{stage}: {axis} does not ascend strictly")


def _check_field(name: Hashable, field: xr.DataArray, stage: str) -> None:
    if name not in catalogue():
        raise DataError(f"{stage}: {name!r} is not in the vocabulary")
    if field.dtype != np.float32:
        raise DataError(f"{stage}: {name!r} has type {field.dtype}; allowed is float32")
    role = catalogue()[str(name)].role
    horizontal = spatial_dims(field)
    static = role == "terrain" or str(name).startswith("model_")
    expected = horizontal if static else ("time", *horizontal)
    if "realization" in field.dims:
        expected = ("realization", *expected)
    if tuple(field.dims) != expected:
        raise DataError(f"{stage}: {name!r} has dims {tuple(field.dims)}; allowed are {expected}")
