"""Simple gates on a dataset: are the numbers those of an atmosphere?"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.fields import FLAG_MISSING, STEP_FLAG
from forecast.variables import catalogue, variable

_DEW_POINT_EXCESS: Final = 0.5
"""K by which packing may put the dew point above the temperature."""
_ENOUGH: Final = 0.95
"""Share of finite values below which a field counts as incomplete."""
_LAND: Final = 0.5
"""Share of land below which a node of the model may have no soil."""
_SLACK: Final = 0.01
"""Share of the valid range by which packing may overshoot it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        variable: name.
        kind: `range`, `dew-point`, `incomplete` or `one-sided`.
        sentence: what was found, what is allowed, in which unit.
        share: share of the values concerned.
    """

    variable: str
    kind: str
    sentence: str
    share: float


def check_physics(dataset: xr.Dataset) -> list[Finding]:
    """List what contradicts the vocabulary's valid ranges and simple physics.

    Values must lie in the valid range (1 % of its width is left to packing), the dew point must
    not exceed the temperature by more than 0.5 K, both wind components must be there and equally
    complete, and at times without a gap flag at least 95 % of a field must be finite (of soil
    fields: on land).

    Args:
        dataset: native or 1 km dataset; it is computed.

    Returns:
        Findings, none for a sound dataset.
    """
    findings: list[Finding] = []
    names = [str(name) for name in dataset.data_vars if name in catalogue()]
    for name in names:
        findings += _range(dataset[name], name)
        findings += _completeness(dataset, name)
    if {"temperature_2m", "dew_point_2m"} <= set(names):
        findings += _dew_point(dataset)
    findings += _wind(dataset)
    return findings


def _range(field: xr.DataArray, name: str) -> list[Finding]:
    entry = variable(name)
    slack = _SLACK * (entry.valid_max - entry.valid_min)
    outside = (field < entry.valid_min - slack) | (field > entry.valid_max + slack)
    share = float(outside.mean())
    if share == 0.0:
        return []
    lowest, highest = float(field.min()), float(field.max())
    sentence = (
        f"{name} spans {lowest:g} to {highest:g} {entry.units}; allowed are "
        f"{entry.valid_min:g} to {entry.valid_max:g} {entry.units}"
    )
    return [Finding(name, "range", sentence, share)]


def _completeness(dataset: xr.Dataset, name: str) -> list[Finding]:
    field = dataset[name]
    if "time" in field.dims:
        field = field.isel(time=np.flatnonzero(_expected(dataset, name)))
    if variable(name).land_only and "model_land_fraction" in dataset:
        field = field.where(dataset["model_land_fraction"] >= _LAND, 0.0)
    share = float(field.notnull().mean()) if field.size else 0.0
    if share >= _ENOUGH:
        return []
    sentence = f"{name} is finite in {share:.1%} of its values; allowed are {_ENOUGH:.0%} or more"
    return [Finding(name, "incomplete", sentence, 1.0 - share)]


def _expected(dataset: xr.Dataset, name: str) -> npt.NDArray[np.bool_]:
    """Times at which a variable should have values: no gap, and an interval that ends there."""
    expected = np.ones(dataset.sizes["time"], dtype=bool)
    if STEP_FLAG in dataset and name in dataset["variable"].values:
        expected &= dataset[STEP_FLAG].sel(variable=name).values != FLAG_MISSING
        lasting = dataset[name].attrs.get("step_kind", "instant") != "instant"
        if lasting and "interval_hours" in dataset.coords:
            expected &= dataset["interval_hours"].sel(variable=name).values > 0.0
    if variable(name).cell_method != "point" and "forecast_reference_time" in dataset.coords:
        expected &= dataset["time"].values > dataset["forecast_reference_time"].values
    return expected


def _dew_point(dataset: xr.Dataset) -> list[Finding]:
    excess = dataset["dew_point_2m"] - dataset["temperature_2m"]
    share = float((excess > _DEW_POINT_EXCESS).mean())
    if share == 0.0:
        return []
    sentence = (
        f"dew_point_2m exceeds temperature_2m by up to {float(excess.max()):.2f} K; allowed is "
        f"{_DEW_POINT_EXCESS} K"
    )
    return [Finding("dew_point_2m", "dew-point", sentence, share)]


def _wind(dataset: xr.Dataset) -> list[Finding]:
    pair = ("wind_u_10m", "wind_v_10m")
    present = [name for name in pair if name in dataset]
    if len(present) == 1:
        lacking = next(name for name in pair if name not in present)
        sentence = f"{present[0]} has no {lacking} beside it; both or none are allowed"
        return [Finding(lacking, "one-sided", sentence, 1.0)]
    if not present:
        return []
    differs = dataset[pair[0]].notnull() ^ dataset[pair[1]].notnull()
    share = float(differs.mean())
    if share == 0.0:
        return []
    sentence = f"{pair[0]} and {pair[1]} are missing at different places in {share:.1%} of values"
    return [Finding(pair[0], "one-sided", sentence, share)]
