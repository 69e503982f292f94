"""The weather that a profile is judged on at a place: the numbers that `/v1/forecast` answers.

Hours that are past come from earlier cycles, each from its shortest lead, and are alike in all
members. What the members of a cycle do not hold, as gusts, stands without the dim `realization`:
it is that of the main forecast, alike in all members, and says nothing of their spread.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.needing import needs
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.weather import SEASON_NAMES, Weather
from forecast.query.derived import derivable
from forecast.query.reduction import source_of
from forecast.service.advice.day_values import day_values
from forecast.service.advice.season import PLACE, season_of
from forecast.service.answering import Beside
from forecast.service.calendar import Case
from forecast.service.member_hours import MemberHours
from forecast.service.question import LONGEST_PAST_DAYS, PointQuestion
from forecast.service.records import past_of, records
from forecast.service.served import CycleFacts
from forecast.service.timeline import beginning
from forecast.times import Days, days, to_datetime
from forecast.variables import FILL, variable
from grids.lookup import CellChoice, choose_cell

ALIKE: Final = "the main forecast, alike in all members"
"""What a variable says of itself that the members do not hold."""

_HOURS_OF_A_DAY: Final = 24

Floats = npt.NDArray[np.float32]


def weather_of(
    facts: CycleFacts,
    question: PointQuestion,
    *,
    profile: CropProfile,
    beside: Beside,
    since: date | None = None,
) -> Weather:
    """Put together what a profile is judged on at one place.

    Args:
        facts: of the cycle.
        question: the place with its height and kind of cell; the rest of it is passed over.
        profile: says which quantities it needs, how far back, and when its days begin.
        beside: the clock, earlier cycles, normals and past years.
        since: day from which the crop counts, where it was sown; the season begins no later.

    Returns:
        Hours and days; those that the members hold on (realization, time) and (realization, day),
        all else on time and day with the attribute `alike`. What the cycle does not hold is left
        out.

    Raises:
        DamagedCycle: what was read of the cycle fails its checksum.
        StoreMissing: a height was asked and the cycle has no model fields.
    """
    wanted = needs(profile)
    names = dict.fromkeys((*wanted.daily, *(SEASON_NAMES if wanted.season else ())))
    case = _case(facts, question, profile=profile, back=wanted.past_hours, beside=beside)
    sources = dict.fromkeys((*wanted.hourly, *map(source_of, names)))
    hourly = _hours(facts, case, names=sources)
    parted = days(case.record.times, boundary=profile.boundary, zone=profile.zone)
    weather = Weather(
        hourly=hourly,
        daily=days_of(hourly, names, parted=parted),
        days=parted,
        zone=profile.zone,
        issued=facts.cycle.reference_time,
        now=beside.now,
    )
    if not wanted.season:
        return weather
    season = season_of(facts, case, weather=weather, beside=beside, since=since)
    return replace(weather, season=season)


def cell_of(facts: CycleFacts, question: PointQuestion) -> CellChoice:
    """The cell that answers for a place, as every answer chooses it.

    Raises:
        OutsideGrid: the place is not in the region.
    """
    return choose_cell(
        facts.cycle.grid,
        facts.surface,
        lonlat=question.lonlat,
        elevation=question.elevation,
        preference=question.cell,
    )


def _case(
    facts: CycleFacts, question: PointQuestion, *, profile: CropProfile, back: int, beside: Beside
) -> Case:
    """The hours of the place from the beginning of a day, `back` hours before now at the least."""
    asked, start = looking_back(facts, question, profile=profile, back=back, now=beside.now)
    choice, starts = cell_of(facts, question), [start]
    past = past_of(beside.archive, facts, questions=[asked], starts=starts)
    (record,) = records(facts, [asked], choices=[choice], past=past, starts=starts)
    return Case(question=asked, choice=choice, record=record, daily={}, zone=profile.zone)


def looking_back(
    facts: CycleFacts, question: PointQuestion, *, profile: CropProfile, back: int, now: datetime
) -> tuple[PointQuestion, datetime]:
    """A question with the past that a profile looks back on, and the instant where that begins.

    Args:
        facts: of the cycle.
        question: with its place and cycle.
        profile: says when a day begins.
        back: hours before now.
        now: what counts as now.
    """
    count = -(-back // _HOURS_OF_A_DAY)
    first = to_datetime(facts.cycle.times[0])
    anchor = min(now, first) if question.cycle else now
    boundary = profile.boundary.text
    begin = beginning(count, now=anchor, boundary=boundary, zone=profile.zone)
    asked = PointQuestion(
        lonlat=question.lonlat,
        elevation=question.elevation,
        cell=question.cell,
        cycle=question.cycle,
        as_of=question.as_of,
        day=boundary,
        past_days=min(max(count, 1), LONGEST_PAST_DAYS),
    )
    return asked, min(begin, first)


def _hours(facts: CycleFacts, case: Case, *, names: Iterable[str]) -> xr.Dataset:
    """Hourly variables that can be had, of the members where they hold them."""
    held = MemberHours(facts, case) if facts.members.count > 1 else None
    record = case.record
    fields: dict[str, xr.Variable] = {}
    at_hand = {*record.cycle.variables, *derivable(record.cycle.variables)}
    for name in names:
        about = variable(name).attributes()
        if held is not None and held.holds(name):
            fields[name] = xr.Variable(("realization", "time"), held.of(name), about)
        elif name in at_hand:
            told = about if held is None else {**about, "alike": ALIKE}
            fields[name] = xr.Variable(("time",), _values(case, name), told)
    coords = {
        "time": xr.Variable(("time",), record.times),
        "latitude": xr.Variable((), np.float64(case.choice.latitude)),
        "longitude": xr.Variable((), np.float64(case.choice.longitude)),
        "elevation": xr.Variable((), np.float64(case.elevation), {"units": "m"}),
    }
    if held is not None:
        numbers = np.array(facts.members.get().numbers)
        coords["realization"] = xr.Variable(("realization",), numbers)
    return xr.Dataset(fields, coords=coords)


def _values(case: Case, name: str) -> Floats:
    """A variable of the record as it is answered, in its unit; missing is NaN."""
    cycle = case.record.cycle
    (counts,), _ = case.record.chosen((name,), slice(None))
    decimals = dict(zip(cycle.variables, cycle.decimals, strict=True))
    values = counts / np.float32(10.0 ** decimals.get(name, variable(name).decimals))
    values[counts == FILL] = np.nan
    return np.asarray(values, dtype=np.float32)


def days_of(hourly: xr.Dataset, names: Iterable[str], *, parted: Days) -> xr.Dataset:
    """Daily values that can be had; what is alike in all members says so.

    Args:
        hourly: of a place or of cells, the hours last in its dims.
        names: daily names; those whose hours are not at hand are left out.
        parted: how the hours part into days.
    """
    hours = {str(name): field.variable for name, field in hourly.items()}
    made = day_values(hours, names, parted=parted)
    for name, values in made.items():
        if "alike" in hours[source_of(name)].attrs:
            values.attrs["alike"] = ALIKE
    coords = {name: hourly[name].variable for name in PLACE if name in hourly.coords}
    dates = parted.dates.astype("datetime64[ns]")
    return xr.Dataset(made, coords={**coords, "day": xr.Variable(("day",), dates)})
