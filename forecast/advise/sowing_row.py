"""Sowing on bare arrays: the light of each day, the first gate that fails.

What is counted is what `forecast.advise.sowing` counts over cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self

import numpy as np

from forecast.advise.calendar_days import within
from forecast.advise.chances import ROUNDING, shares
from forecast.advise.profile.sowing import Sowing

Light = Literal["not-applicable", "no-data", "red", "amber", "green"]

NOT_APPLICABLE: Final = -2
NO_DATA: Final = -1
RED: Final = 0
AMBER: Final = 1
GREEN: Final = 2
LIGHTS: Final[Mapping[int, Light]] = {
    NOT_APPLICABLE: "not-applicable",
    NO_DATA: "no-data",
    RED: "red",
    AMBER: "amber",
    GREEN: "green",
}
"""Names of the int8 codes."""

SEASON: Final = "season"
LAST_FROST: Final = "last_frost"
STAGE: Final = "stage"
"""What is told in the place of a gate where the crop is sown already."""


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
        done: whether the crop is sown already, or past the stage of it [day].
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
    done: Any
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
            done=np.zeros(light.shape, bool),
            members=members,
        )

    def shut(self, done: Any) -> Self:
        """The same of a crop that is sown already on some days.

        Args:
            done: from `sown.done` [day].
        """
        light = np.where(done, np.int8(NOT_APPLICABLE), self.light)
        return replace(self, light=light, done=done)

    @property
    def alone(self) -> bool:
        """Whether it is one forecast, whose shares are no chances."""
        return self.members == 1

    @property
    def in_season(self) -> bool:
        """Whether any of the days lies in the season of the sowing, with nothing sown yet."""
        inside = self.gate_probability[self.gates.index(SEASON)] > 0
        return bool((inside & ~self.done).any())

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


def _failing(gates: Any, p_green: float) -> Any:
    """First gate whose chance is too low; where each one would do, the least likely of them."""
    short = ~(gates >= p_green - ROUNDING)
    least = np.argmin(np.where(np.isnan(gates), -1.0, gates), axis=-1)
    return np.where(short.any(axis=-1), np.argmax(short, axis=-1), least)
