"""Sowing on bare arrays: its gates, the light of each day, the first gate that fails.

What is counted is what `forecast.advise.sowing` counts over cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np

from forecast.advise.calendar_days import within
from forecast.advise.chances import ROUNDING, shares
from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves
from forecast.advise.profile.parts import steps_of
from forecast.advise.profile.sowing import HeatSum, Sowing, Thermal
from forecast.agromet.stable_passing import DAYS, Passing, passing_date
from forecast.agromet.timewise import padded, windows
from forecast.agromet.truth import NO, UNKNOWN, YES

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

COLDEST: Final = -273.15
"""degC, of days of which nothing is known and which may have been cold."""

_FIRST_WARM: Final = ("ma5_first_window", "consecutive_3", "consecutive_5")
"""Definitions that ask for the first warm days, whatever comes after."""

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SowingRow:
    """The light of each day ahead at one place.

    Attributes:
        sowing: of a profile.
        dates: days [day], datetime64[ns].
        light: of each day, a code of `LIGHTS` [day].
        probability: that all gates are passed [day]; NaN where too few members are known.
        known: members that are known [day].
        failing: place among the gates of the first that keeps the day from green, -1 for none.
        gates: names, in the order of the profile.
        gate_probability: chance of each gate by itself [gate, day].
        members: how many forecasts there are.
    """

    sowing: Sowing
    dates: Any
    light: Any
    probability: Any
    known: Any
    failing: Any
    gates: tuple[str, ...]
    gate_probability: Any
    members: int

    @classmethod
    def of(
        cls,
        sowing: Sowing,
        dates: Any,
        *,
        passed: Mapping[str, Any],
        frost: Any,
        least: int,
    ) -> Self:
        """Count members.

        Args:
            sowing: of a profile.
            dates: days.
            passed: whether each gate is passed, three-valued [member, day].
            frost: chance of frost after each day [day]; None where it is not asked.
            least: members that must be known.
        """
        rows = np.broadcast_arrays(*passed.values())
        members = rows[0].shape[0]
        told = lit(
            np.stack([row.T for row in rows], axis=-2),
            season=within(dates, (sowing.earliest, sowing.latest)),
            frost=frost,
            sowing=sowing,
            least=1 if members == 1 else least,
        )
        light, probability, known, _, failing, chances = told
        return cls(
            sowing=sowing,
            dates=dates,
            light=light,
            probability=probability,
            known=known,
            failing=failing,
            gates=gate_names(sowing, tuple(passed)),
            gate_probability=chances.T,
            members=members,
        )

    @property
    def alone(self) -> bool:
        """Whether it is one forecast, whose shares are no chances."""
        return self.members == 1

    @property
    def in_season(self) -> bool:
        """Whether any of the days lies in the season of the sowing."""
        return bool((self.gate_probability[self.gates.index(SEASON)] > 0).any())

    @property
    def told(self) -> int:
        """Place of the first day whose light is known; the first of all where none is."""
        return int(np.argmax(self.light != NO_DATA))

    def windows(self, light: Light = "green") -> tuple[SowingWindow, ...]:
        """Runs of days whose light is at least this one, `green` or `amber`, in order."""
        fits = self.light >= (GREEN if light == "green" else AMBER)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], fits, [False])).astype(np.int8)))
        return tuple(
            SowingWindow(
                first=self.dates[first],
                last=self.dates[after - 1],
                light=LIGHTS[int(self.light[first:after].min())],
                probability=float(self.probability[first:after].min()),
            )
            for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        )


def gate_names(sowing: Sowing, passed: Sequence[str]) -> tuple[str, ...]:
    """Names of all gates: the season, those that members pass, and frost where it is asked."""
    return (SEASON, *passed, *((LAST_FROST,) if sowing.last_frost is not None else ()))


def lit(
    passed: Any, *, season: Any, frost: Any, sowing: Sowing, least: int
) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Light of days from their gates.

    Args:
        passed: three-valued [..., gate, member].
        season: whether the day lies in the season [...].
        frost: chance of frost after the day [...]; None where it is not asked.
        sowing: of a profile.
        least: members that must be known.

    Returns:
        Light int8, chance that all gates are passed, known and unknown members, place of the
        first gate that fails [...]; chance of each gate by itself [..., gate].
    """
    probability, known, unknown = shares(passed.min(axis=-2), least=least)
    green, amber = (probability >= p - ROUNDING for p in (sowing.p_green, sowing.p_amber))
    told = ~np.isnan(probability)
    rows = [np.broadcast_to(season, probability.shape).astype(np.float32)]
    rows += list(np.moveaxis(shares(passed, least=least)[0], -1, 0))
    if sowing.last_frost is not None:
        safe = frost <= sowing.last_frost.p_green + ROUNDING
        green = green & safe
        amber = amber & (frost <= sowing.last_frost.p_amber + ROUNDING)
        told = told & ~np.isnan(frost)
        chance = np.where(np.isnan(frost), np.nan, safe).astype(np.float32)
        rows.append(np.broadcast_to(chance, probability.shape))
    light = np.where(green, GREEN, np.where(amber, AMBER, RED))
    light = np.where(season, np.where(told, light, NO_DATA), RED).astype(np.int8)
    gates = np.stack(rows, axis=-1)
    failing = np.where(light == GREEN, -1, _failing(gates, sowing.p_green)).astype(np.int8)
    return light, probability, known, unknown, failing, gates


def warm(thermal: Thermal, daily: Any, *, days: Any, covered: bool) -> Any:
    """Whether the gate of warmth is passed on each day, three-valued [..., day].

    Days before the first known one count as cold where the definition asks for the first warm
    days: at worst the gate opens late.

    Args:
        thermal: the gate.
        daily: its daily temperature [..., day], degC.
        days: consecutive dates [day], datetime64[ns].
        covered: whether the seedbed is under film, so that the gate lies lower outdoors.

    Returns:
        Unknown throughout where the days are fewer than a sliding mean asks.
    """
    if days.size < DAYS:
        return np.full(daily.shape, UNKNOWN, np.int8)
    limit = thermal.threshold_celsius - (thermal.covered_offset_kelvin if covered else 0.0)
    if thermal.direction == "rising":
        known = ~np.isnan(daily).reshape(-1, days.size).all(axis=0)
        first = int(np.argmax(known)) if thermal.method in _FIRST_WARM else 0
        begun = np.where(np.arange(days.size) < first, np.float32(COLDEST), daily)
        return _dated(thermal, begun, days, limit=limit)
    down = np.int8(YES) - _dated(thermal, daily, days, limit=limit)
    if thermal.not_below_celsius is None:
        return down
    return np.minimum(down, _dated(thermal, daily, days, limit=thermal.not_below_celsius))


def enough_warmth(heat: HeatSum, mean: Any) -> Any:
    """Whether the sum from each day until the mean falls below the base for good is right.

    Args:
        heat: the gate.
        mean: daily mean [..., day], degC.
    """
    low, high = heat.bounds
    above = mean > heat.base_celsius
    last = mean.shape[-1] - 1 - np.argmax(above[..., ::-1], axis=-1)[..., np.newaxis]
    amounts = np.where(above, mean, np.where(np.isnan(mean), np.nan, 0.0)).astype(np.float64)
    total = np.cumsum(amounts[..., ::-1], axis=-1)[..., ::-1]
    truth = np.where((total >= low) & (total <= high), YES, NO)
    open_end = (last == mean.shape[-1] - 1) & above.any(axis=-1, keepdims=True)
    unknown = np.isnan(total) | (open_end & ~(total > high))
    return np.where(unknown, UNKNOWN, truth).astype(np.int8)


def avoided(sowing: Sowing, condition: AnyCondition, *, truth: Any) -> Any:
    """Whether what is to be avoided is not met from each day on, three-valued [..., day].

    Args:
        sowing: of a profile; says how far ahead is looked.
        condition: what is to be avoided; one that says itself how far it looks is judged by day.
        truth: of it [..., day].
    """
    if looks_ahead(condition):
        return np.int8(YES) - truth
    horizon = steps_of(sowing.horizon, "d")
    row = padded(truth, before=0, after=horizon - 1, fill=UNKNOWN)
    return np.int8(YES) - windows(row, length=horizon, join=np.maximum)


def looks_ahead(condition: AnyCondition) -> bool:
    """Whether a condition says itself how far ahead it looks."""
    return any(isinstance(leaf, Comparison) and leaf.ahead for leaf in leaves(condition))


def _dated(thermal: Thermal, daily: Any, days: Any, *, limit: float) -> Any:
    """Whether each day lies after a rising passing, or before the end of a falling one.

    Without a date unknown where days lack.
    """
    rising = thermal.direction == "rising"
    date = passing_date(
        daily,
        days=days,
        passing=Passing(limit, thermal.method, thermal.round_to_kelvin),
        last=not rising,
    )[..., np.newaxis]
    held = days >= date if rising else days <= date
    lacking = np.isnat(date) & np.isnan(daily).any(axis=-1, keepdims=True)
    truth = np.where(held, np.int8(YES), np.int8(NO))
    return np.where(lacking, np.int8(UNKNOWN), truth)


def _failing(gates: Any, p_green: float) -> Any:
    """First gate whose chance is too low; where each one would do, the least likely of them."""
    short = ~(gates >= p_green - ROUNDING)
    least = np.argmin(np.where(np.isnan(gates), -1.0, gates), axis=-1)
    return np.where(short.any(axis=-1), np.argmax(short, axis=-1), least)
