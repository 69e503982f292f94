"""In which members an event happens: joint over variables and hours, then counted.

Whether two conditions hold together is not to be had from the probability of each: wind and rain
come with the same front. So every member answers for itself, all conditions in all hours, and
only then are members counted.

A window of n hours is n consecutive hourly values; it begins at the start of the first one's
hour. What a member lacks is unknown, not false: the member counts where the rest decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.errors import DataError, InvalidRequest
from forecast.query.ensemble import share_of_members
from forecast.query.events import Event
from forecast.query.rolling import windowed
from forecast.times import iso, to_datetime, to_datetime64

_HOUR = np.timedelta64(3_600_000_000_000, "ns")

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Occurrence:
    """For every member and start: whether the event happens.

    Attributes:
        event: what was asked.
        starts: beginnings of the windows [start], datetime64[ns] UTC.
        yes: whether it happens [member, …, start].
        known: whether that is known [member, …, start].
        lasting: hours in a row from the start in which all conditions are met
            [member, …, start]; -1 where the first hour is not known.
    """

    event: Event
    starts: npt.NDArray[np.datetime64]
    yes: Flags
    known: Flags
    lasting: npt.NDArray[np.int32]

    def probability(self, *, least: int | None = None) -> Floats:
        """Share of the members in which it happens […, start]; NaN where too few are known."""
        return share_of_members(self.yes, self.known, least=least)

    def members(self) -> npt.NDArray[np.int16]:
        """Number of members for which it is known […, start]."""
        return np.count_nonzero(self.known, axis=0).astype(np.int16)

    def ever(self, *, least: int | None = None) -> Floats:
        """Share of the members in which it happens at one of the starts […].

        A member in which it happens is known; one without is known if all its starts are.
        """
        happened = np.asarray((self.yes & self.known).any(axis=-1))
        known = np.asarray(happened | self.known.all(axis=-1))
        return share_of_members(happened, known, least=least)

    def expected_hours(self, *, least: int | None = None) -> Floats:
        """Mean over the members of the hours in a row from each start […, start]."""
        known = self.lasting >= 0
        count = np.count_nonzero(known, axis=0)
        total = np.where(known, self.lasting, 0).sum(axis=0)
        mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
        enough = np.isfinite(share_of_members(known, known, least=least))
        return np.where(enough, mean, np.nan).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The start with the highest probability; the earliest of equals.

    Attributes:
        start: beginning of the window, datetime64[ns] UTC.
        place: its place among the starts.
        probability: share of the members in which the event happens.
        members: members for which that is known.
        expected_hours: mean of the hours in a row from there in which all conditions are met.
        worst_member: place of the member in which it ends first; the lowest of equals.
        worst_hours: hours in a row in that member.
    """

    start: np.datetime64
    place: int
    probability: float
    members: int
    expected_hours: float
    worst_member: int
    worst_hours: int


def occurrence(
    values: Mapping[str, npt.NDArray[np.floating]],
    event: Event,
    *,
    times: npt.NDArray[np.datetime64],
) -> Occurrence:
    """Whether an event happens in each member, for a window from each possible start.

    Args:
        values: of each variable of the event, in its unit, [member, …, time], NaN where missing.
        event: what is asked.
        times: valid times [time], hourly, UTC: ends of the hours.

    Raises:
        InvalidRequest: a variable is not at hand, or no window fits between begin and end.
        DataError: the times are not hourly.
    """
    spans = np.diff(times)
    if not np.all(spans == _HOUR):
        raise DataError("events were asked of times that are not hourly; bring them to hours first")
    met, known = _hours_met(values, event)
    first, count = _starts(event, times)
    yes, certain = _enough(met, known, hours=event.hours, needed=event.needed)
    chosen = slice(first, first + count)
    return Occurrence(
        event=event,
        starts=times[chosen] - _HOUR,
        yes=yes[..., chosen],
        known=certain[..., chosen],
        lasting=spell_lengths(met, known)[..., chosen],
    )


def best_start(found: Occurrence, *, least: int | None = None) -> Best | None:
    """The best start at one place; None where no start has enough members.

    Args:
        found: with the dims member and start only.
        least: members that must be known; see `share_of_members`.
    """
    chances = found.probability(least=least)
    if not np.isfinite(chances).any():
        return None
    place = int(np.nanargmax(chances))
    lasting = found.lasting[:, place]
    ranked = np.where(lasting >= 0, lasting, np.iinfo(np.int32).max)
    worst = int(np.argmin(ranked))
    return Best(
        start=found.starts[place],
        place=place,
        probability=float(chances[place]),
        members=int(found.members()[place]),
        expected_hours=float(found.expected_hours(least=1)[place]),
        worst_member=worst,
        worst_hours=int(lasting[worst]),
    )


def spell_lengths(met: Flags, known: Flags) -> npt.NDArray[np.int32]:
    """Hours in a row from each hour in which something is met; -1 where the hour is not known.

    A spell ends with the first hour that is not met or not known, or with the forecast.

    Args:
        met: […, time].
        known: likewise.
    """
    lasting = (met & known).astype(np.int32)
    for hour in range(lasting.shape[-1] - 2, -1, -1):
        lasting[..., hour] *= lasting[..., hour + 1] + 1
    return np.where(known, lasting, np.int32(-1))


def _hours_met(values: Mapping[str, npt.NDArray[np.floating]], event: Event) -> tuple[Flags, Flags]:
    """Hours in which all conditions are met, and hours for which that is known.

    One condition that is certainly not met decides, whatever the others are.
    """
    _at_hand(event, set(values))
    met: Flags = np.True_  # type: ignore[assignment]
    possible: Flags = np.True_  # type: ignore[assignment]
    for condition in event.conditions:
        judged = windowed(
            values[condition.variable], condition.statistic, hours=condition.over_hours
        )
        holds = condition.met(judged)
        met = met & holds
        possible = possible & (holds | np.isnan(judged))
    return met, met | ~possible


def _enough(met: Flags, known: Flags, *, hours: int, needed: int) -> tuple[Flags, Flags]:
    """Whether enough hours of the window from each hour count, and whether that is known."""
    sure = _ahead(met & known, hours)
    possible = sure + _ahead(~known, hours)
    yes = sure >= needed
    return yes, yes | (possible < needed)


def _ahead(flags: Flags, hours: int) -> npt.NDArray[np.int32]:
    """Number of flags in the window that begins with each hour; past the end they are not set."""
    total = np.zeros((*flags.shape[:-1], flags.shape[-1] + hours), dtype=np.int32)
    np.cumsum(flags, axis=-1, out=total[..., 1 : flags.shape[-1] + 1])
    total[..., flags.shape[-1] + 1 :] = total[..., flags.shape[-1], np.newaxis]
    return total[..., hours:] - total[..., :-hours]


def _starts(event: Event, times: npt.NDArray[np.datetime64]) -> tuple[int, int]:
    """Place of the first start and number of starts whose windows lie within the bounds."""
    first, last = 0, times.size - event.hours
    if event.begin is not None:
        first = int(np.searchsorted(times - _HOUR, to_datetime64(event.begin)))
    if event.end is not None:
        ended = int(np.searchsorted(times, to_datetime64(event.end), side="right"))
        last = min(last, ended - event.hours)
    if last < first:
        bounds = (
            times[0] - _HOUR if event.begin is None else to_datetime64(event.begin),
            times[-1] if event.end is None else to_datetime64(event.end),
        )
        asked, held = (
            f"{iso(to_datetime(begin))} to {iso(to_datetime(end))}"
            for begin, end in (bounds, (times[0] - _HOUR, times[-1]))
        )
        raise InvalidRequest(
            f"an event of {event.hours} h in a row was asked within {asked}; allowed are as many"
            f" hours at least, within {held}"
        )
    return first, last - first + 1


def _at_hand(event: Event, held: set[str]) -> None:
    lacking = [name for name in event.variables if name not in held]
    if lacking:
        raise InvalidRequest(
            f"an event of {', '.join(lacking)} was asked; these members hold"
            f" {', '.join(sorted(held)) or 'nothing'}"
        )
