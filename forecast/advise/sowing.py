"""Days on which a crop may be sown or planted: gates of warmth, what to avoid, and how sure.

Every member answers for every gate; only the members that pass all of them on a day count for it.
The daily values reach back far enough for the stable passing (the year so far) and ahead as far
as is known, behind the forecast by climatology: the definition `ma5_longest_run` needs the tail.

What is to be avoided is looked for on all days of the horizon from the day on; a condition that
says itself how far it looks (`next 5 d`) is judged on the day. A day whose horizon reaches beyond
the data is not known, unless it is ruled out already.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from forecast.advise.calendar_days import within
from forecast.advise.chances import MEMBER
from forecast.advise.conditions import evaluate
from forecast.advise.profile.grammar import AnyCondition
from forecast.advise.profile.sowing import Sowing
from forecast.advise.sowing_gates import avoided, enough_warmth, warm
from forecast.advise.sowing_row import (
    AMBER,
    GREEN,
    LAST_FROST,
    LIGHTS,
    NO_DATA,
    RED,
    SEASON,
    Light,
    gate_names,
    lit,
)
from forecast.agromet.timewise import along
from forecast.agromet.truth import UNKNOWN
from forecast.errors import DataError

__all__ = [
    "AMBER",
    "GREEN",
    "LAST_FROST",
    "LIGHTS",
    "NO_DATA",
    "RED",
    "SEASON",
    "Light",
    "gates",
    "sowing_days",
]


def gates(
    sowing: Sowing,
    values: Mapping[str, xr.DataArray],
    *,
    covered: bool = False,
    year: Mapping[str, xr.DataArray] | None = None,
) -> dict[str, xr.DataArray]:
    """Whether each gate is passed on each day, three-valued, in the order of the profile.

    Args:
        sowing: of a profile.
        values: daily values by short name, dims (realization, day, …) or one forecast; by key the
            answers of models.
        covered: whether the seedbed is under film, so that the gate lies lower outdoors.
        year: values of a longer row of days for the gates of warmth, as far as it holds them; the
            gates are told on the days of `values`, and unknown where the year has them not.

    Raises:
        DataError: a value is not at hand.
    """
    found: dict[str, xr.DataArray] = {}
    warmth = {**values, **(year or {})}
    for place, thermal in enumerate(sowing.thermal):
        daily = _value(warmth, thermal.index)
        work = partial(warm, thermal, days=daily["day"].values, covered=covered)
        found[f"thermal.{place}"] = along(work, daily, dim="day", dtype=np.int8)
    if sowing.heat_sum is not None:
        mean = _value(warmth, "tmean")
        work = partial(enough_warmth, sowing.heat_sum)
        found["heat_sum"] = along(work, mean, dim="day", dtype=np.int8)
    if year:
        days = next(iter(values.values()))["day"].values
        fill = np.int8(UNKNOWN)
        found = {key: truth.reindex(day=days, fill_value=fill) for key, truth in found.items()}
    for place, condition in enumerate(sowing.avoid):
        truth = evaluate(condition, values)
        work = partial(_avoided, sowing, condition)
        found[f"avoid.{place}"] = along(work, truth, dim="day", dtype=np.int8)
    return found


def sowing_days(
    sowing: Sowing,
    passed: Mapping[str, xr.DataArray],
    *,
    least: int,
    frost: xr.DataArray | None = None,
) -> xr.Dataset:
    """The light of each day, how sure it is, and the first gate that fails.

    Args:
        sowing: of a profile.
        passed: from `gates`.
        least: members that must be known.
        frost: chance of frost after each day (`agromet.frost.frost_chance_after`), on the same
            days, where the profile asks for it.

    Returns:
        On (day, …): `light` int8 (`LIGHTS`), `probability` that all gates are passed, `known` and
        `unknown` members, `failing` int8: place in the coord `gate` of the first gate that keeps
        the day from green, -1 for none; `gate_probability` (gate, day, …).

    Raises:
        DataError: the chance of frost is needed and not given.
    """
    if sowing.last_frost is not None and frost is None:
        raise DataError(
            f"{sowing.id} was asked without the chance of frost after each day,"
            " which its profile needs"
        )
    dates = next(iter(passed.values()))["day"].values
    inside = within(dates, (sowing.earliest, sowing.latest))
    season = xr.DataArray(inside, dims="day", coords={"day": dates})
    stacked = xr.concat(list(passed.values()), dim="gate", coords="minimal", compat="override")
    single = stacked.sizes.get(MEMBER, 1) == 1
    members = stacked if MEMBER in stacked.dims else stacked.expand_dims(MEMBER)
    names = gate_names(sowing, tuple(passed))
    told = xr.apply_ufunc(
        partial(_lit, sowing=sowing, least=1 if single else least),
        members.chunk({"gate": -1, MEMBER: -1}) if members.chunks is not None else members,
        season,
        *([] if sowing.last_frost is None else [frost]),
        input_core_dims=[["gate", MEMBER], [], *([] if sowing.last_frost is None else [[]])],
        output_core_dims=[[], [], [], [], [], ["told"]],
        dask="parallelized",
        output_dtypes=[np.int8, np.float32, np.int16, np.int16, np.int8, np.float32],
        dask_gufunc_kwargs={"output_sizes": {"told": len(names)}},
    )
    fields = ("light", "probability", "known", "unknown", "failing", "gate_probability")
    order = [dim for dim in stacked.dims if dim not in {"gate", MEMBER}]
    found = dict(zip(fields, told, strict=True))
    found["gate_probability"] = found["gate_probability"].rename(told="gate")
    rows = {
        name: field.transpose("gate", *order, missing_dims="ignore")
        for name, field in found.items()
    }
    return xr.Dataset(rows).assign_coords(gate=list(names))


def _lit(passed: Any, season: Any, frost: Any = None, *, sowing: Sowing, least: int) -> Any:
    return lit(passed, season=season, frost=frost, sowing=sowing, least=least)


def _avoided(sowing: Sowing, condition: AnyCondition, truth: Any) -> Any:
    return avoided(sowing, condition, truth=truth)


def _value(values: Mapping[str, xr.DataArray], name: str) -> xr.DataArray:
    if name not in values:
        raise DataError(f"sowing was asked of {name}; at hand is {', '.join(sorted(values))}")
    return values[name]
