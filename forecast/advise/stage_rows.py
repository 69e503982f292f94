"""Stages day by day on bare arrays: by degree-days, by the calendar, and as reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple, Self

import numpy as np

from forecast.advise.calendar_days import Dates, shift_to, within
from forecast.advise.profile.phenology import Phenology, Stage
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.errors import DataError, InvalidRequest

Reason = Literal["reported", "degree-days", "calendar", "not known"]


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody saw in the field.

    Attributes:
        stage: name of the stage in the profile.
        on: day on which it was seen.
    """

    stage: str
    on: date


class _Seen(NamedTuple):
    """Place of the stage that was reported, and the day."""

    place: int
    on: np.datetime64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageRow:
    """The stages of a crop on a row of days.

    Attributes:
        stages: of the profile.
        dates: days [day], datetime64[ns].
        seen: what was reported.
    """

    stages: Sequence[Stage]
    dates: Dates
    seen: _Seen | None

    @classmethod
    def of(cls, phenology: Phenology, dates: Dates, *, report: Report | None, summed: bool) -> Self:
        """Stages of a profile.

        Args:
            phenology: of the profile.
            dates: days, ascending.
            report: newest report of the farmer.
            summed: whether degree-days will be given, which must reach back to the report.

        Raises:
            InvalidRequest: the report names a stage that the profile does not have.
            DataError: the days begin after the report.
        """
        seen = None if report is None else _reported(phenology, report)
        if summed and seen is not None and seen.on < dates[0]:
            raise DataError(
                f"a stage was reported on {str(seen.on)[:10]}; degree-days are at hand from"
                f" {str(dates[0])[:10]} on, and must reach back to it"
            )
        return cls(stages=phenology.stages, dates=dates, seen=seen)

    def by_calendar(self, place: int) -> Any:
        """Whether the crop is in a stage by its calendar [day], int8."""
        plain = _in_calendar(self.stages[place], self.dates, np.timedelta64(0, "D"))
        if self.seen is None:
            return plain
        seen, on = self.seen
        moved = _in_calendar(
            self.stages[place], self.dates, shift_to(self.stages[seen].calendar, on)
        )
        if place < seen:
            moved = np.full(self.dates.size, NO, np.int8)
        elif place == seen:
            lasting = self.stages[seen].calendar is None
            moved = np.where((self.dates == on) | lasting, np.int8(YES), moved)
        return np.where(self.dates >= on, moved, plain)

    def by_sum(self, place: int, sums: Any) -> Any:
        """Whether the crop is in a stage by degree-days [..., day], int8.

        Where the sum is missing, by the calendar of the stage if it has one.
        """
        told = self._summed(place, sums)
        if self.stages[place].calendar is None:
            return told
        return np.where(told == UNKNOWN, self.by_calendar(place), told)

    def reasons(self, place: int, summed: Any) -> list[Reason]:
        """What tells a stage on each day, where degree-days are known on some [day]."""
        plain: Reason = "calendar" if self.stages[place].calendar else "not known"
        models: list[Reason] = ["degree-days" if by else plain for by in summed.tolist()]
        if self.seen is None:
            return models
        after = (self.dates >= self.seen.on).tolist()
        return ["reported" if on else model for on, model in zip(after, models, strict=True)]

    def _summed(self, place: int, sums: Any) -> Any:
        begin, end = _span(self.stages, place)
        row = _between(sums, begin, end)
        if self.seen is None:
            return row
        seen, on = self.seen
        after = self.dates >= on
        seen_from, seen_to = _span(self.stages, seen)
        if self.stages[seen].gdd_from is None or not after.any():
            return np.where(after & (place < seen), np.int8(NO), row)
        at_report = sums[..., int(np.argmax(after)), np.newaxis]
        agrees = (at_report >= seen_from) & (at_report < seen_to)
        moved = sums + np.where(agrees, 0.0, seen_from - at_report)
        anchored = np.int8(NO) if place < seen else _between(moved, begin, end)
        result = np.where(after, anchored, row)
        return np.where(self.dates == on, np.int8(YES), result) if place == seen else result


def _reported(phenology: Phenology, report: Report) -> _Seen:
    names = [stage.id for stage in phenology.stages]
    if report.stage not in names:
        raise InvalidRequest(
            f"stage {report.stage!r} was reported; the profile has {', '.join(names)}"
        )
    return _Seen(names.index(report.stage), np.datetime64(report.on, "ns"))


def _span(known: Sequence[Stage], place: int) -> tuple[float, float]:
    """Degree-days from which to which a stage lasts."""
    later = (stage.gdd_from for stage in known[place + 1 :] if stage.gdd_from is not None)
    return known[place].gdd_from or 0.0, next(later, np.inf)


def _between(sums: Any, begin: float, end: float) -> Any:
    truth = np.where((sums >= begin) & (sums < end), np.int8(YES), np.int8(NO))
    return np.where(np.isnan(sums), np.int8(UNKNOWN), truth)


def _in_calendar(stage: Stage, dates: Dates, shift: np.timedelta64) -> Any:
    if stage.calendar is None:
        return np.full(dates.size, UNKNOWN, np.int8)
    return np.where(within(dates - shift, stage.calendar), np.int8(YES), np.int8(NO))
