"""The weather of a block of cells that a profile is judged on: the numbers of each cell's advice.

Hours that are past, what members do not hold, corrections by observations and rounding are those of
`forecast.service.advice.weather`; a cell stands at its own height.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.weather import SEASON_NAMES, Weather
from forecast.query.derived import derivable, derive, needs
from forecast.query.reduction import source_of
from forecast.service.advice.block import CELLS, Cells, Wanted
from forecast.service.advice.cell_members import CellMembers
from forecast.service.advice.cell_seasons import season_of_cells
from forecast.service.advice.weather import ALIKE, days_of
from forecast.service.records import past_of, records
from forecast.service.served import CycleFacts
from forecast.store import Cycle
from forecast.times import days
from forecast.variables import FILL, pack, variable
from grids.lookup import CellChoice

Counts = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]
Times = npt.NDArray[np.datetime64]


def weather_of_cells(cells: Cells, wanted: Wanted) -> Weather:
    """Put together what a profile is judged on in a block of cells, in memory.

    Args:
        cells: the block.
        wanted: what is needed.

    Returns:
        As `weather.weather_of`, on (latitude, longitude, realization, time) and day.

    Raises:
        DamagedCycle: what was read of the cycle fails its checksum.
    """
    profile, needed = wanted.profile, wanted.needs
    names = dict.fromkeys((*needed.daily, *(SEASON_NAMES if needed.season else ())))
    sources = dict.fromkeys((*needed.hourly, *map(source_of, names)))
    past = _past(cells, wanted)
    hourly = _hours(cells, past, names=sources)
    parted = days(past.times, boundary=profile.boundary, zone=profile.zone)
    weather = Weather(
        hourly=hourly,
        daily=days_of(hourly, names, parted=parted),
        days=parted,
        zone=profile.zone,
        issued=cells.facts.cycle.reference_time,
        now=wanted.beside.now,
    )
    if not needed.season:
        return weather
    return replace(weather, season=season_of_cells(cells, wanted, weather=weather))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Past:
    """The hours of cells out of single forecasts.

    Attributes:
        times: hours [time], UTC.
        counts: packed [cell, variable, time].
        hours: how many of them lie before the newest cycle begins.
    """

    times: Times
    counts: Counts
    hours: int


def _past(cells: Cells, wanted: Wanted) -> _Past:
    """The records of all cells, each joined with the cycles before as that of a place is."""
    facts, asked, start = cells.facts, wanted.asked, wanted.start
    past = past_of(wanted.beside.archive, facts, questions=[asked], starts=[start])
    choices = [_choice(facts, *place) for place in zip(*cells.places, strict=True)]
    count = len(choices)
    held = records(facts, [asked] * count, choices=choices, past=past, starts=[start] * count)
    counts = np.stack([record.counts for record in held])
    return _Past(times=held[0].times, counts=counts, hours=held[0].past)


def _choice(facts: CycleFacts, row: int, column: int) -> CellChoice:
    """A cell that was chosen because it was asked."""
    grid = facts.cycle.grid
    return CellChoice(
        row=int(row),
        column=int(column),
        longitude=float(grid.longitudes[column]),
        latitude=float(grid.latitudes[row]),
        elevation=float(facts.surface["elevation"][row, column]),
        land_fraction=float(facts.surface["land_fraction"][row, column]),
        distance_m=0.0,
        height_difference_m=None,
        reason="nearest",
    )


def _hours(cells: Cells, past: _Past, *, names: Iterable[str]) -> xr.Dataset:
    facts = cells.facts
    cycle = facts.cycle
    members = None
    if facts.members.count > 1:
        known = cycle.unpack(past.counts[..., : past.hours + 1])
        members = CellMembers(facts, (cells.rows, cells.columns), times=past.times, known=known)
    at_hand = {*cycle.variables, *derivable(cycle.variables)}
    fields: dict[str, xr.Variable] = {}
    for name in names:
        about = variable(name).attributes()
        if members is not None and members.holds(name):
            values = cells.spread(members.of(name))
            fields[name] = xr.Variable((*CELLS, "realization", "time"), values, about)
        elif name in at_hand:
            told = about if members is None else {**about, "alike": ALIKE}
            values = cells.spread(_values(cycle, past.counts, name))
            fields[name] = xr.Variable((*CELLS, "time"), values, told)
    coords = {**cells.coordinates, "time": xr.Variable(("time",), past.times)}
    if members is not None:
        coords["realization"] = xr.Variable(("realization",), np.array(members.numbers))
    return xr.Dataset(fields, coords=coords)


def _values(cycle: Cycle, counts: Counts, name: str) -> Floats:
    """A variable as it is answered, in its unit [cell, time]; missing is NaN."""
    if name in cycle.variables:
        place = cycle.variables.index(name)
        packed, decimals = counts[:, place], cycle.decimals[place]
    else:
        own = needs(name, cycle.variables)
        values = cycle.unpack(counts)
        made = derive(name, {one: values[:, cycle.variables.index(one)] for one in own})
        packed, decimals = pack(made, name), variable(name).decimals
    told = packed / np.float32(10.0**decimals)
    told[packed == FILL] = np.nan
    return np.asarray(told, dtype=np.float32)
