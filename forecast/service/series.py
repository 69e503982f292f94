"""The answer for one place, as JSON, as CSV and as rows for a terminal."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from forecast.service.columns import Column
from forecast.service.days import LABELS, ORIGIN
from forecast.service.numbers import number_lists
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts
from forecast.service.timeline import FORECAST, Timeline
from forecast.service.words import words_of
from forecast.variables import FILL, Variable, catalogue, variable

UNIT_SIGNS: Final = {
    "degC": "°C",
    "m s-1": "m/s",
    "W m-2": "W/m²",
    "MJ m-2": "MJ/m²",
    "degree": "°",
}
"""Units as people read them, where that differs from the vocabulary."""


NOTHING: Final = "–"
"""How a missing value is shown to people."""


def unit_sign(name: str) -> str:
    """Unit of a variable, or of its quantile, as people read it."""
    units = variable_behind(name).units
    return UNIT_SIGNS.get(units, units)


def variable_behind(name: str) -> Variable:
    """The variable behind a column: itself, or that of which it is a quantile."""
    return variable(name if name in catalogue() else name.rpartition("_p")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSeries:
    """Hours and days of one place: of one cycle, and of earlier ones where they were asked.

    Attributes:
        question: what was asked.
        facts: the cycle it was answered from.
        names: hourly variables, in order.
        counts: packed hourly counts [variable, time].
        first: index of the first hour in the cycle, or in the timeline.
        passport: where every number comes from.
        timezone: IANA zone of the local times.
        daily: daily variables by name, `time` first; empty where none were asked.
        timeline: where the hours come from if not all from one cycle, else None.
        columns: hourly columns beside the variables: quantiles, probabilities, corrections.
        events: documents of the joint events that were asked.
    """

    question: PointQuestion
    facts: CycleFacts
    names: tuple[str, ...]
    counts: npt.NDArray[np.int16]
    first: int
    passport: Mapping[str, Any]
    timezone: str
    daily: Mapping[str, Any] = field(default_factory=dict)
    timeline: Timeline | None = None
    columns: tuple[Column, ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()

    def values(self) -> npt.NDArray[np.float64]:
        """Hourly values [variable, time] in each variable's unit, missing is NaN."""
        if not self.names:
            return np.empty((0, self.counts.shape[1]))
        divisors = self.facts.divisors
        if self.names != self.facts.cycle.variables:
            divisors = np.array([[10.0**decimals] for decimals in self._decimals()])
        values = self.counts / divisors
        values[self.counts == FILL] = np.nan
        return values

    def document(self) -> dict[str, Any]:
        """The answer as a document; fragments that every answer shares are encoded once."""
        facts = self.facts
        hours: dict[str, Any]
        if self.timeline is None and self.counts.shape[1] == len(facts.cycle.times):
            utc, local = facts.times_json
            hours = {"time": utc, "local_time": local}
        else:
            hours = {"time": self.times(), "local_time": self.local_times()}
        if self.timeline is not None:
            hours["origin"] = self.origins()
        document: dict[str, Any] = {
            "simulated": facts.cycle.simulated,
            "place": self.question.place.to_dict() if self.question.place else None,
            "passport": self.passport,
            "timezone": self.timezone,
            "units": self.units(),
            "hourly": {**hours, **self._lists()},
        }
        if self.daily:
            document["daily_units"] = {
                name: variable_behind(name).units for name in self.daily_columns()
            }
            document["daily"] = self.daily
        if self.events:
            document["events"] = self.events
        return document

    def _lists(self) -> dict[str, orjson.Fragment]:
        """Variables and columns as JSON lists, in order."""
        counts, decimals, names = self.counts, self._decimals(), self.names
        if self.columns:
            counts = np.vstack([counts, *(column.counts for column in self.columns)])
            decimals = (*decimals, *(column.decimals for column in self.columns))
            names = (*names, *(column.name for column in self.columns))
        lists = map(orjson.Fragment, number_lists(counts, decimals))
        return dict(zip(names, lists, strict=True))

    def to_json(self) -> bytes:
        """The answer as JSON; a missing value is null."""
        return orjson.dumps(self.document())

    def to_csv(self) -> str:
        """Hours as CSV: `time,local_time`, `origin` where hours are past, then the columns.

        Missing is empty.
        """
        handle = io.StringIO()
        writer = csv.writer(handle, lineterminator="\n")
        labels = {"time": self.times(), "local_time": self.local_times()}
        if self.timeline is not None:
            labels["origin"] = self.origins()
        writer.writerow([*labels, *self.names, *(column.name for column in self.columns)])
        beside = [column.texts() for column in self.columns]
        for told, values, more in zip(
            zip(*labels.values(), strict=True),
            self._texts(),
            zip(*beside, strict=True) if beside else repeat(()),
            strict=False,
        ):
            writer.writerow([*told, *values, *more])
        return handle.getvalue()

    def units(self) -> dict[str, str]:
        """Unit of each hourly variable and column, in order."""
        if self.names == self.facts.cycle.variables and not self.columns:
            return self.facts.units
        return {
            **{name: variable(name).units for name in self.names},
            **{column.name: column.units for column in self.columns},
        }

    def rows(self, names: Sequence[str] | None = None) -> Iterator[list[str]]:
        """Local time and values of each hour as text, `–` where missing.

        Args:
            names: hourly variables of the answer, or None for all of them.
        """
        places = [self.names.index(name) for name in (self.names if names is None else names)]
        for time, values in zip(self.local_times(), self._texts(missing=NOTHING), strict=True):
            yield [time[:16].replace("T", " "), *(values[place] for place in places)]

    def daily_columns(self) -> tuple[str, ...]:
        """Daily variables and their quantiles."""
        return tuple(name for name in self.daily if name not in LABELS)

    def daily_rows(self, names: Sequence[str]) -> Iterator[list[str]]:
        """Date, its origin where that is no forecast, and values of each day as text.

        A missing value is `–`.
        """
        decimals = [variable_behind(name).decimals for name in names]
        columns = [self.daily[name] for name in names]
        days = self.daily["time"]
        origins = self.daily.get(ORIGIN, [FORECAST] * len(days))
        for date, origin, *values in zip(days, origins, *columns, strict=True):
            yield [
                date if origin == FORECAST else f"{date} {origin}",
                *(
                    NOTHING if value is None else f"{value:.{digits}f}"
                    for value, digits in zip(values, decimals, strict=True)
                ),
            ]

    def words(self) -> list[str]:
        """What a person must know before reading the numbers."""
        return words_of(self.passport, question=self.question, events=self.events)

    def column_rows(self) -> Iterator[list[str]]:
        """Local time, origin where hours are past, and the columns beside the variables."""
        beside = [column.texts() for column in self.columns]
        origins = [self.origins()] if self.timeline is not None else []
        for time, *values in zip(self.local_times(), *origins, *beside, strict=True):
            yield [time[:16].replace("T", " "), *(value or NOTHING for value in values)]

    def times(self) -> list[str]:
        """Valid time of each hour, ISO 8601 UTC."""
        if self.timeline is not None:
            return self.timeline.utc(self._hours)
        return self.facts.times_utc[self._hours]

    def local_times(self) -> list[str]:
        """The same in the region's zone, with the offset at that time."""
        if self.timeline is not None:
            return self.timeline.local(self._hours)
        return self.facts.times_local[self._hours]

    def origins(self) -> list[str]:
        """For each hour whether it is `past`, `forecast` or `missing`."""
        if self.timeline is None:
            return [FORECAST] * self.counts.shape[1]
        held = self.facts.places
        places = [held[name] for name in self.names if name in held] or list(held.values())
        return self.timeline.origins(places, self._hours)

    @property
    def _hours(self) -> slice:
        return slice(self.first, self.first + self.counts.shape[1])

    def _decimals(self) -> tuple[int, ...]:
        cycle = self.facts.cycle
        if self.names == cycle.variables:
            return cycle.decimals
        places = self.facts.places
        return tuple(
            cycle.decimals[places[name]] if name in places else variable(name).decimals
            for name in self.names
        )

    def _texts(self, *, missing: str = "") -> Iterator[list[str]]:
        decimals = self._decimals()
        for column in self.values().T:
            yield [
                missing if np.isnan(value) else f"{value:.{digits}f}"
                for value, digits in zip(column.tolist(), decimals, strict=True)
            ]
