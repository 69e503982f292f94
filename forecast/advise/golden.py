"""Golden events: what a profile must say of weather that is known, kept beside it as data.

`events/<id>.yaml` beside a profile holds small series of hours or days, the rule, window or sowing
that is asked, and what it must answer at every step. An edit of a threshold that changes one of
these answers is told at once, by event, step and both answers.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field, ValidationError, model_validator

from forecast.advise import conditions
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.crossing import Fault
from forecast.advise.profile.faults import Refusal, located
from forecast.advise.profile.grammar import AnyCondition, AnyOf, step_of
from forecast.advise.profile.names import measure
from forecast.advise.profile.parts import Identifier, Part, Text, refusal
from forecast.advise.profile.quantities import convert
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.profile.yaml_tree import Tree, YamlRefusal, read_tree
from forecast.advise.stages import applies, by_hour, stages
from forecast.agromet.truth import NO, YES
from forecast.times import days, to_datetime64

FOLDER = "events"
NOT_KNOWN = "unknown"
NOT_APPLICABLE = "not-applicable"

_HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+-]\d\d:\d\d")

Answer = int | str


class Series(Part):
    """Values of one quantity, step by step; null is missing.

    Attributes:
        unit: in which they are written.
        values: one for each step.
    """

    unit: str
    values: tuple[float | None, ...]


class Event(Part):
    """Known weather and what must be said of it.

    Attributes:
        id: name.
        place: where.
        title: what it was, and what the series is made from.
        evidence: `observed` values, `told` by a notice from which the series was made, or `made`.
        begins: first day, or first hour with its offset.
        rule: rule that is asked, or
        window: window that is asked, or
        sowing: sowing whose conditions to avoid are asked.
        staged: whether the stages by the calendar and the season of a rule or window count.
        series: by short name, or by key of a model.
        expect: answer at each step: levels of a rule (0 for none), green, amber or red of a
            window, yes or no of a sowing; `unknown` where it cannot be known, and
            `not-applicable` in another stage where that counts.
    """

    id: Identifier
    place: Text
    title: str = Field(min_length=1)
    evidence: Literal["observed", "told", "made"]
    begins: str
    rule: str | None = None
    window: str | None = None
    sowing: str | None = None
    staged: bool = False
    series: Annotated[Mapping[str, Series], Field(min_length=1)]
    expect: tuple[Answer, ...]

    @model_validator(mode="after")
    def _sound(self) -> "Event":
        try:
            _ = _when(self, 0)
        except ValueError:
            raise refusal(
                f"begins {self.begins!r} is neither a day (2025-04-10) nor an hour with its"
                " offset (2021-03-22T20:00+08:00)"
            ) from None
        if len([name for name in (self.rule, self.window, self.sowing) if name]) != 1:
            raise refusal("one of rule, window and sowing must be given")
        if self.staged and self.sowing:
            raise refusal("staged was given for a sowing, which has no stages")
        for name, series in self.series.items():
            if len(series.values) != len(self.expect):
                raise refusal(
                    f"{name} has {len(series.values)} values, expect has {len(self.expect)}"
                )
        return self


class EventFile(Part):
    """The events of one profile."""

    profile: Identifier
    events: Annotated[tuple[Event, ...], Field(min_length=1)]


def events_path(profile: Path) -> Path:
    """File of the events that belong to a profile's file."""
    return profile.parent / FOLDER / profile.name


def check_events(profile: CropProfile, path: Path) -> tuple[Refusal, ...]:
    """Everything that is wrong with the events of a profile, or answered otherwise.

    Args:
        profile: that was read.
        path: file of its events.
    """
    try:
        tree = read_tree(path.read_text(encoding="utf-8"))
        held = EventFile.model_validate(tree.content)
    except YamlRefusal as error:
        return (Refusal(line=error.line, path="", sentence=str(error)),)
    except ValidationError as error:
        return located(error, tree)
    return tuple(_missed(profile, held, tree))


def answers(profile: CropProfile, event: Event) -> tuple[Answer, ...]:
    """What the profile says of an event, step by step.

    Raises:
        KeyError: the profile has no rule, window or sowing of that name.
        ValueError: a series has a wrong unit.
        DataError: a quantity that is asked is not among the series.
    """
    asked = _asked(profile, event)
    found = _answers(asked, event)
    if not event.staged or isinstance(asked, Sowing):
        return found
    truth = _in_stage(profile, asked, event)
    return tuple(
        NOT_APPLICABLE if held == NO else answer for held, answer in zip(truth, found, strict=True)
    )


def _answers(asked: Rule | Window | Sowing, event: Event) -> tuple[Answer, ...]:
    """What is said of the weather, whatever the stage."""
    if isinstance(asked, Rule):
        step = step_of(asked.levels[0].condition)
        found = conditions.levels(asked, _values(event, step))
        pairs = zip(found.sure.values.tolist(), found.possible.values.tolist(), strict=True)
        return tuple(sure if sure == possible else NOT_KNOWN for sure, possible in pairs)
    if isinstance(asked, Window):
        values = _values(event, asked.step)
        return tuple(map(_grade, _truths(asked.green, values), _truths(asked.amber, values)))
    bad = AnyOf(any=asked.avoid)
    return tuple(map(_yes_or_no, _truths(bad, _values(event, "d"))))


def _in_stage(profile: CropProfile, asked: Rule | Window, event: Event) -> list[int]:
    """Whether each step lies in a stage and the season of a rule or window, by the calendar."""
    season = asked.season if isinstance(asked, Rule) else None
    whens = [_when(event, place) for place in range(len(event.expect))]
    if not _HOUR.fullmatch(event.begins):
        dates = np.array(whens, dtype="datetime64[ns]")
        held = applies(stages(profile.phenology, dates), asked.stages, season=season)
        return [int(truth) for truth in held.values]
    times = np.array([to_datetime64(datetime.fromisoformat(when)) for when in whens])
    boundary, zone = profile.boundary, profile.zone
    dates = days(times, boundary=boundary, zone=zone).dates.astype("datetime64[ns]")
    held = applies(stages(profile.phenology, dates), asked.stages, season=season)
    return [int(truth) for truth in by_hour(held, times, boundary=boundary, zone=zone).values]


def _missed(profile: CropProfile, held: EventFile, tree: Tree) -> Iterator[Refusal]:
    if held.profile != profile.id:
        fault = Fault(("profile",), f"the events are those of {held.profile}, not of {profile.id}")
        yield Refusal.at(fault, tree)
    for number, event in enumerate(held.events):
        for sentence in _wrong(profile, event):
            yield Refusal.at(Fault(("events", number, "expect"), sentence), tree)


def _wrong(profile: CropProfile, event: Event) -> Iterator[str]:
    try:
        found = answers(profile, event)
    except KeyError as error:
        yield f"the profile has no rule, window or sowing {error.args[0]!r}"
        return
    except ValueError as error:
        yield str(error)
        return
    asked = event.rule or event.window or event.sowing
    for place, (wanted, said) in enumerate(zip(event.expect, found, strict=True)):
        if wanted != said:
            yield (
                f"{event.id}: {asked} must be {wanted} at {_when(event, place)}, the"
                f" profile says {said}"
            )


def _when(event: Event, place: int) -> str:
    """Day or hour of a step, in the zone in which the event begins."""
    if _HOUR.fullmatch(event.begins):
        return (datetime.fromisoformat(event.begins) + timedelta(hours=place)).isoformat()
    return (date.fromisoformat(event.begins) + timedelta(days=place)).isoformat()


def _asked(profile: CropProfile, event: Event) -> Rule | Window | Sowing:
    parts: tuple[Rule | Window | Sowing, ...] = (
        profile.rules if event.rule else profile.windows if event.window else profile.sowing
    )
    return {part.id: part for part in parts}[event.rule or event.window or str(event.sowing)]


def _values(event: Event, step: str) -> dict[str, xr.DataArray]:
    dim = conditions.DIM["h" if step == "h" else "d"]
    return {
        name: xr.DataArray(np.array(_numbers(name, series), dtype=np.float32), dims=dim)
        for name, series in event.series.items()
    }


def _numbers(name: str, series: Series) -> list[float]:
    """Values in the unit of the quantity; those of a model are as they are."""
    if "(" in name:
        return [np.nan if value is None else value for value in series.values]
    known = measure(name)
    return [
        np.nan
        if value is None
        else convert(f"{value} {series.unit}", known.units, what=name, difference=known.difference)
        for value in series.values
    ]


def _truths(condition: AnyCondition, values: Mapping[str, xr.DataArray]) -> list[int]:
    truth: Any = conditions.evaluate(condition, values)
    return truth.values.tolist()


def _grade(green: int, amber: int) -> str:
    if green == YES:
        return "green"
    if green != NO:
        return NOT_KNOWN
    return {YES: "amber", NO: "red"}.get(amber, NOT_KNOWN)


def _yes_or_no(truth: int) -> str:
    return {YES: "yes", NO: "no"}.get(truth, NOT_KNOWN)
