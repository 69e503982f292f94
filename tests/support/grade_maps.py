"""What maps of grades say of a cell, beside what advice at its place says."""

import numpy as np
import xarray as xr

from forecast.advise.advice import Advice, Timeline
from forecast.advise.weather import Weather

HOUR = np.timedelta64(1, "h")
STATES = {"not-applicable": -2, "no-data": -1, "none": 0, "red": 0, "amber": 1, "green": 2}


def codes(line: Timeline) -> list[int]:
    return [state if isinstance(state, int) else STATES[state] for state in line.states]


def by_days(line: Timeline, given: Weather) -> tuple[list[int], list[float]]:
    """Best light of each day, and beginning of the first hour that has it, after the cycle."""
    hours = given.days.number[-len(line.states) :]
    best, begins = [], []
    for day in given.ahead.tolist():
        places = np.flatnonzero(hours == day)
        lights = np.array(codes(line))[places]
        best.append(int(lights.max()))
        at_best = places[lights == lights.max()][0]
        instant = np.datetime64(line.times[at_best].removesuffix("Z"))
        issued = np.datetime64(given.issued.replace(tzinfo=None))
        hour = float((instant - issued) / HOUR) - 1.0
        begins.append(hour if lights.max() > 0 else np.nan)
    return best, begins


def agrees(maps: xr.Dataset, advice: Advice, given: Weather, *, row: int, column: int) -> None:
    """Every map at a cell is the timeline of its rule there."""
    here = maps.isel(latitude=row, longitude=column)
    lines = {line.rule: line for line in advice.timelines}
    for name, field in here.data_vars.items():
        kind = field.attrs.get("kind")
        line = lines[field.attrs["rule_id"]]
        if kind == "window" and line.step == "h":
            best, begins = by_days(line, given)
            np.testing.assert_array_equal(field.values, best, err_msg=str(name))
            first = here[str(name).replace("window_", "begins_")].values
            np.testing.assert_array_equal(first, begins, err_msg=str(name))
        elif kind is not None:
            np.testing.assert_array_equal(field.values, codes(line), err_msg=str(name))
        elif "level" in field.dims:
            for level, row_of_shares in line.probability.items():
                wanted = np.array(row_of_shares, dtype=float)
                found = field.sel(level=int(level)).values
                np.testing.assert_allclose(found, wanted, atol=6e-5, err_msg=str(name))
