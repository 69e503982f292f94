"""Days on which a crop may be sown or planted: gates of warmth, what to avoid, and how sure.

Every member answers for every gate; only the members that pass all of them on a day count for it.
The daily values reach back far enough for the stable passing (the year so far) and ahead as far
as is known, behind the forecast by climatology: the definition `ma5_longest_run` needs the tail.

What is to be avoided is looked for on all days of the horizon from the day on; a condition that
says itself how far it looks (`next 5 d`) is judged on the day. A day whose horizon reaches beyond
the data is not known, unless it is ruled out already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import xarray as xr

from forecast.advise.calendar_days import within
from forecast.advise.chances import chance, reaches
from forecast.advise.conditions import evaluate
from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves
from forecast.advise.profile.parts import steps_of
from forecast.advise.profile.sowing import HeatSum, Sowing, Thermal
from forecast.agromet.spells import any_in
from forecast.agromet.stable_passing import stable_passing
from forecast.agromet.timewise import along
from forecast.agromet.truth import NO, UNKNOWN, YES, all_of, negate
from forecast.errors import DataError

Light = Literal["no-data", "red", "amber", "green"]

NO_DATA: Final = -1
RED: Final = 0
AMBER: Final = 1
GREEN: Final = 2
LIGHTS: Final[Mapping[int, Light]] = {
    NO_DATA: "no-data",
    RED: "red",
    AMBER: "amber",
    GREEN: "green",
}
"""Names of the int8 codes."""

SEASON: Final = "season"
LAST_FROST: Final = "last_frost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SowingWindow:
    """A run of days on which one may sow, at one place.

    Attributes:
        first: first day, datetime64[ns].
        last: last day.
        light: `green` or `amber`: the worst of its days.
        probability: lowest of its days.
    """

    first: np.datetime64
    last: np.datetime64
    light: Light
    probability: float


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
        found[f"thermal.{place}"] = _warm(thermal, warmth, covered=covered)
    if sowing.heat_sum is not None:
        found["heat_sum"] = _enough_warmth(sowing.heat_sum, _value(warmth, "tmean"))
    if year:
        days = next(iter(values.values()))["day"].values
        fill = np.int8(UNKNOWN)
        found = {key: truth.reindex(day=days, fill_value=fill) for key, truth in found.items()}
    horizon = steps_of(sowing.horizon, "d")
    for place, condition in enumerate(sowing.avoid):
        found[f"avoid.{place}"] = negate(_ahead(condition, values, horizon=horizon))
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
    joint = chance(all_of(*passed.values()), least=least)
    singles = {name: chance(truth, least=least).probability for name, truth in passed.items()}
    dates = joint.probability["day"].values
    inside = within(dates, (sowing.earliest, sowing.latest))
    season = xr.DataArray(inside, dims="day", coords={"day": dates})
    green, amber = (reaches(joint.probability, p) for p in (sowing.p_green, sowing.p_amber))
    known = joint.probability.notnull()
    if sowing.last_frost is not None and frost is not None:
        green = green & reaches(-frost, -sowing.last_frost.p_green)
        amber = amber & reaches(-frost, -sowing.last_frost.p_amber)
        known = known & frost.notnull()
    light = xr.where(green, np.int8(GREEN), xr.where(amber, np.int8(AMBER), np.int8(RED)))
    light = xr.where(season, xr.where(known, light, np.int8(NO_DATA)), np.int8(RED))
    found = _gate_chances(sowing, singles, season, frost)
    return xr.Dataset(
        {
            "light": light.transpose(*joint.probability.dims).astype(np.int8),
            "probability": joint.probability,
            "known": joint.known,
            "unknown": joint.unknown,
            "failing": _failing(found, light, sowing.p_green),
            "gate_probability": found,
        }
    )


def sowing_windows(days: xr.Dataset, *, light: Light = "green") -> tuple[SowingWindow, ...]:
    """Runs of days at one place whose light is at least this one, in order.

    Args:
        days: from `sowing_days`, with the dim `day` only.
        light: `green` or `amber`.

    Raises:
        DataError: there are further dims.
    """
    if days["light"].dims != ("day",):
        raise DataError(f"sowing was asked at one place; the data have dims {days['light'].dims}")
    lights, dates = days["light"].values, days["day"].values
    fits = lights >= (GREEN if light == "green" else AMBER)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], fits, [False])).astype(np.int8)))
    return tuple(
        SowingWindow(
            first=dates[first],
            last=dates[after - 1],
            light=LIGHTS[int(lights[first:after].min())],
            probability=float(days["probability"].values[first:after].min()),
        )
        for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    )


def _value(values: Mapping[str, xr.DataArray], name: str) -> xr.DataArray:
    if name not in values:
        raise DataError(f"sowing was asked of {name}; at hand is {', '.join(sorted(values))}")
    return values[name]


def _warm(thermal: Thermal, values: Mapping[str, xr.DataArray], *, covered: bool) -> xr.DataArray:
    daily = _value(values, thermal.index)
    limit = thermal.threshold_celsius - (thermal.covered_offset_kelvin if covered else 0.0)
    if thermal.direction == "rising":
        return _dated(daily, _passing(thermal, daily, limit)["start"], from_then_on=True)
    down = _dated(daily, _passing(thermal, daily, limit)["end"], from_then_on=False)
    if thermal.not_below_celsius is None:
        return negate(down)
    late = _dated(
        daily, _passing(thermal, daily, thermal.not_below_celsius)["end"], from_then_on=False
    )
    return all_of(negate(down), late)


def _passing(thermal: Thermal, daily: xr.DataArray, limit: float) -> xr.Dataset:
    return stable_passing(daily, limit, method=thermal.method, step=thermal.round_to_kelvin)


def _dated(daily: xr.DataArray, date: xr.DataArray, *, from_then_on: bool) -> xr.DataArray:
    """Whether each day lies from a date on, or up to it; without a date unknown where days lack."""
    day = daily["day"]
    held = day >= date if from_then_on else day <= date
    truth = xr.where(held, np.int8(YES), np.int8(NO))
    lacking = date.isnull() & daily.isnull().any("day")
    return xr.where(lacking, np.int8(UNKNOWN), truth).transpose(*daily.dims).astype(np.int8)


def _enough_warmth(heat: HeatSum, tmean: xr.DataArray) -> xr.DataArray:
    """Whether the sum from each day until the mean falls below the base for good is right."""
    low, high = heat.bounds
    base = heat.base_celsius

    def work(data: Any) -> Any:
        warm = data > base
        last = data.shape[-1] - 1 - np.argmax(warm[..., ::-1], axis=-1)[..., np.newaxis]
        amounts = np.where(warm, data, np.where(np.isnan(data), np.nan, 0.0)).astype(np.float64)
        total = np.cumsum(amounts[..., ::-1], axis=-1)[..., ::-1]
        truth = np.where((total >= low) & (total <= high), YES, NO)
        open_end = (last == data.shape[-1] - 1) & warm.any(axis=-1, keepdims=True)
        unknown = np.isnan(total) | (open_end & ~(total > high))
        return np.where(unknown, UNKNOWN, truth).astype(np.int8)

    return along(work, tmean, dim="day", dtype=np.int8)


def _ahead(
    condition: AnyCondition, values: Mapping[str, xr.DataArray], *, horizon: int
) -> xr.DataArray:
    truth = evaluate(condition, values)
    own = any(isinstance(leaf, Comparison) and leaf.ahead for leaf in leaves(condition))
    return truth if own else any_in(truth, window=horizon, side="next", dim="day")


def _gate_chances(
    sowing: Sowing,
    singles: Mapping[str, xr.DataArray],
    season: xr.DataArray,
    frost: xr.DataArray | None,
) -> xr.DataArray:
    """Chance of each gate by itself; of the season and of frost whether they allow green."""
    template = next(iter(singles.values()))
    rows = {SEASON: season.astype(np.float32).broadcast_like(template), **singles}
    if sowing.last_frost is not None and frost is not None:
        safe = reaches(-frost, -sowing.last_frost.p_green).astype(np.float32)
        rows[LAST_FROST] = safe.where(frost.notnull()).broadcast_like(template)
    joined = xr.concat(list(rows.values()), dim="gate", coords="minimal", compat="override")
    return joined.assign_coords(gate=list(rows)).transpose("gate", *template.dims)


def _failing(found: xr.DataArray, light: xr.DataArray, p_green: float) -> xr.DataArray:
    """First gate whose chance is too low; where each one would do, the least likely of them."""
    short = ~reaches(found, p_green)
    first = short.argmax("gate")
    least = found.fillna(-1.0).argmin("gate")
    place = xr.where(short.any("gate"), first, least)
    order = [dim for dim in found.dims if dim != "gate"]
    return xr.where(light == GREEN, np.int8(-1), place).transpose(*order).astype(np.int8)
