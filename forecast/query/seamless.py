"""One series out of many published runs: each hour from the shortest lead that there is.

Pure: packed counts in, packed counts out, with the run and the step behind every number. Nothing
is smoothed or mixed: where two runs meet, the size of the jump is told.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.variables import FILL

DEPTH: Final = 3
"""Runs that are asked for an hour, the newest first, before it is called missing."""

NO_RUN: Final = -1
MISSING_STEP: Final = 2
HOUR: Final = np.timedelta64(1, "h")

Counts = npt.NDArray[np.int16]
Places = npt.NDArray[np.intp]
Times = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A published run as the join sees it.

    Attributes:
        name: of the run, unlike any other.
        times: valid times [time], UTC, ascending.
        flags: origin of each step [variable, time]: 0 model, 1 interpolated, 2 missing.
        read: gives the packed counts [variable, time]; called when a number is needed.
    """

    name: str
    times: Times
    flags: npt.NDArray[np.uint8]
    read: Callable[[], Counts]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joined:
    """A series that several runs make together.

    Attributes:
        times: valid times [time], UTC, hourly before the newest run begins.
        counts: packed counts [variable, time].
        flags: origin of each step in its own run [variable, time].
        run: index into `runs` [variable, time], `NO_RUN` where none has the hour.
        step: index of the hour in that run [variable, time].
        runs: names of the runs that were read, the newest, which goes on into the future, first.
        past: how many of the times lie before the newest run begins.
        records: packed counts [variable, time] of each run.
        steps_of: for each run its own step at every hour [time], `NO_RUN` where it has none.
    """

    times: Times
    counts: Counts
    flags: npt.NDArray[np.uint8]
    run: Places
    step: Places
    runs: tuple[str, ...]
    past: int
    records: tuple[Counts, ...]
    steps_of: tuple[Places, ...]

    def stretches(self, place: int) -> list[tuple[int, int]]:
        """Where a variable changes from one run to another: (first hour, run) in order.

        Args:
            place: of the variable.
        """
        row = self.run[place]
        changes = np.flatnonzero(np.diff(row)) + 1
        return [(int(first), int(row[first])) for first in (0, *changes.tolist())]

    def seams(self, place: int) -> list[tuple[int, int | None]]:
        """The jump at each change of run: (first hour of the later run, jump in counts).

        The jump is what the later run says for that hour less what the earlier one says for the
        same hour, None where one of them says nothing. It is the whole step between two runs:
        nothing else changes at a seam.

        Args:
            place: of the variable.
        """
        found: list[tuple[int, int | None]] = []
        stretches = self.stretches(place)
        for (_, before), (hour, after) in pairwise(stretches):
            older, newer = (self._count(run, place, hour=hour) for run in (before, after))
            both = older is not None and newer is not None
            found.append((hour, newer - older if both else None))  # type: ignore[operator]
        return found

    def _count(self, run: int, place: int, *, hour: int) -> int | None:
        """What a run says for an hour of the series, whether it was taken or not."""
        if run == NO_RUN or (step := int(self.steps_of[run][hour])) == NO_RUN:
            return None
        count = int(self.records[run][place, step])
        return None if count == FILL else count


def join(newest: Run, archive: Iterable[Run], *, begin: np.datetime64) -> Joined:
    """Put the hours before a run begins in front of it, each from the shortest lead there is.

    An hour comes from the newest run that started no later and has a value there; a run that is
    missing a value leaves it to the one before, at most `DEPTH` runs deep. The hours of the
    newest run are its own, gaps included; only its first hour is completed, where sums and means
    have no interval yet.

    Args:
        newest: the run that goes on into the future, hourly.
        archive: earlier runs of the same variables, newest start first; read lazily, and no
            further than there is an hour to fill.
        begin: the series holds the hours after this instant.
    """
    times, past = _axis(newest.times, begin)
    series = _Series(len(newest.flags), times)
    asked = np.zeros(len(times), dtype=np.int64)
    series.take(newest, np.arange(past, len(times)))
    asked[past + 1 :] = DEPTH
    for one in archive:
        wanted = series.is_open() & (asked < DEPTH)
        if not wanted.any():
            break
        hours = np.flatnonzero(wanted & (_steps_of(one, times) != NO_RUN))
        if hours.size:
            asked[hours] += 1
            series.take(one, hours)
    return series.joined(past)


class _Series:
    """A series on its way: what is still open is filled by the run that is offered next."""

    def __init__(self, variables: int, times: Times) -> None:
        shape = (variables, len(times))
        self._times = times
        self._counts = np.full(shape, FILL, dtype=np.int16)
        self._flags = np.full(shape, MISSING_STEP, dtype=np.uint8)
        self._run = np.full(shape, NO_RUN, dtype=np.intp)
        self._step = np.full(shape, NO_RUN, dtype=np.intp)
        self._names: list[str] = []
        self._records: list[Counts] = []
        self._steps_of: list[Places] = []

    def is_open(self) -> npt.NDArray[np.bool_]:
        """Whether a variable is still missing [time]."""
        return np.asarray((self._run == NO_RUN).any(axis=0))

    def take(self, run: Run, hours: Places) -> None:
        """Take from a run what is open at some hours, all of which it has."""
        record, steps = run.read(), _steps_of(run, self._times)
        given = record[:, steps[hours]]
        taken = (self._run[:, hours] == NO_RUN) & (given != FILL)
        number = np.full(given.shape, len(self._names), dtype=np.intp)
        for target, source in (
            (self._counts, given),
            (self._flags, run.flags[:, steps[hours]]),
            (self._step, np.broadcast_to(steps[hours], given.shape)),
            (self._run, number),
        ):
            target[:, hours] = np.where(taken, source, target[:, hours])
        self._names.append(run.name)
        self._records.append(record)
        self._steps_of.append(steps)

    def joined(self, past: int) -> Joined:
        """The series as it stands."""
        return Joined(
            times=self._times,
            counts=self._counts,
            flags=self._flags,
            run=self._run,
            step=self._step,
            runs=tuple(self._names),
            past=past,
            records=tuple(self._records),
            steps_of=tuple(self._steps_of),
        )


def alike(joined: Joined, places: Sequence[int]) -> list[list[int]]:
    """Group variables whose hours come from the same runs, in the order given.

    Args:
        joined: the series.
        places: of the variables.
    """
    groups: dict[bytes, list[int]] = {}
    for place in places:
        groups.setdefault(joined.run[place].tobytes(), []).append(place)
    return list(groups.values())


def _axis(times: Times, begin: np.datetime64) -> tuple[Times, int]:
    """Hours after `begin` that lead to the newest run's own times, and how many they are."""
    count = max(0, int(np.ceil((times[0] - begin) / HOUR)) - 1)
    before = times[0] - HOUR * np.arange(count, 0, -1)
    return np.concatenate([before.astype(times.dtype), times]), count


def _steps_of(run: Run, times: Times) -> Places:
    """Index in a run of each time of the series, `NO_RUN` where it has none."""
    places = np.searchsorted(run.times, times)
    inside = np.minimum(places, len(run.times) - 1)
    return np.where(run.times[inside] == times, inside, NO_RUN).astype(np.intp)
