"""How much an answer would differ in the cells in which the field may lie."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.query.coordinate_doubt import Coordinates, boxes_of, standing
from forecast.service.calendar import Case
from forecast.service.heights import counts_at_heights
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts
from forecast.variables import FILL
from grids import Grid
from grids.lookup import LAND, CellChoice

MOST_CELLS: Final = 150
"""Cells that are looked at for one place: coordinates to 0.1 degrees touch 121 of 0.01."""

COMPARED: Final = ("temperature_2m", "precipitation")

Cell = tuple[int, int]
Doubles = npt.NDArray[np.float64]


def values_in_doubt(question: PointQuestion, grid: Grid, *, hours: int) -> int:
    """Values that are read for the cells of a place, counted before any is.

    Args:
        question: what was asked.
        grid: of the cycle.
        hours: of the answer.
    """
    given = question.coordinates
    if not question.doubt or given is None or given.rounding is None:
        return 0
    across = 2.0 * given.rounding.longitude / grid.longitude_spacing + 2.0
    along = 2.0 * given.rounding.latitude / grid.latitude_spacing + 2.0
    cells = min(len(given.readings) * across * along, MOST_CELLS)
    return int(cells) * len(COMPARED) * hours


def doubt_passport(facts: CycleFacts, case: Case, *, hours: slice) -> dict[str, Any]:
    """The cells in which the field may lie, and how much the answer differs there.

    Cells at sea are told and not compared, unless the answer is one from the sea.

    Args:
        facts: of the cycle.
        case: a question with coordinates and their rounding, its cell and its hours.
        hours: of its record; those of the cycle are compared.

    Raises:
        DamagedCycle: what was read fails its checksum.
        StoreMissing: a height was asked and the cycle has no model fields.
    """
    question, choice, past = case.question, case.choice, case.record.past
    grid, hours = facts.cycle.grid, slice(max(hours.start - past, 0), hours.stop - past)
    shares, count = _shares(grid, choice, question)
    if count > MOST_CELLS:
        return {
            "cells": None,
            "outside_region": None,
            "difference": None,
            "reason": f"the field may lie in {count} cells; allowed are {MOST_CELLS}: give the"
            " coordinates with more digits",
        }
    surface = facts.surface
    cells = [_cell(facts, cell, told) for cell, told in sorted(shares.items())]
    own = (choice.row, choice.column)
    compared = [
        cell
        for cell in sorted(shares)
        if cell != own and (choice.land_fraction < LAND or surface["land_fraction"][cell] >= LAND)
    ]
    return {
        "cells": cells,
        "outside_region": _outside(shares),
        "difference": _difference(facts, choice, compared, question=question, hours=hours),
        "reason": None,
    }


def _shares(
    grid: Grid, choice: CellChoice, question: PointQuestion
) -> tuple[dict[Cell, dict[str, float]], int]:
    """For each cell its share of the box of each datum, and how many cells are touched."""
    given, lonlat = question.coordinates or Coordinates(), question.lonlat
    stands = standing(grid, choice, lonlat=lonlat)
    boxes = boxes_of(stands, given, grid=grid, lonlat=lonlat)
    count = sum(len(box.rows) * len(box.columns) for box in boxes.values())
    shares: dict[Cell, dict[str, float]] = {}
    if count <= MOST_CELLS:
        for datum, box in boxes.items():
            for cell, share in box.cells(grid).items():
                shares.setdefault(cell, dict.fromkeys(boxes, 0.0))[datum] = share
    return shares, count


def _cell(facts: CycleFacts, cell: Cell, shares: dict[str, float]) -> dict[str, Any]:
    row, column = cell
    longitude, latitude = facts.cycle.grid.centre(row, column)
    return {
        "row": row,
        "column": column,
        "longitude": longitude,
        "latitude": latitude,
        "elevation_m": round(float(facts.surface["elevation"][cell]), 1),
        "land_fraction": round(float(facts.surface["land_fraction"][cell]), 2),
        "share": {datum: round(share, 3) for datum, share in shares.items()},
    }


def _outside(shares: dict[Cell, dict[str, float]]) -> float:
    """The largest share of a box that lies in no cell of the region."""
    inside: dict[str, float] = {}
    for told in shares.values():
        for datum, share in told.items():
            inside[datum] = inside.get(datum, 0.0) + share
    return round(max(1.0 - min(inside.values(), default=0.0), 0.0), 3)


def _difference(
    facts: CycleFacts,
    choice: CellChoice,
    cells: list[Cell],
    *,
    question: PointQuestion,
    hours: slice,
) -> dict[str, Any]:
    """Extremes over the cells of their values less those of the answer; null where not known."""
    held = [_counts(facts, choice, one, question) for one in ((choice.row, choice.column), *cells)]
    told: dict[str, Any] = {"cells": len(cells), "hours": hours.stop - hours.start}
    for name in COMPARED:
        values = None
        if name in facts.places:
            place = facts.places[name]
            counts = np.stack([counts[place, hours] for counts in held])
            values = np.where(counts == FILL, np.nan, counts / facts.divisors[place])
            # an hour that is missing in one cell is compared in none
            values = values[:, ~np.isnan(values).any(axis=0)]
        told[name] = None if values is None or not values.size else _TOLD[name](values)
    return told


def _counts(
    facts: CycleFacts, choice: CellChoice, cell: Cell, question: PointQuestion
) -> npt.NDArray[np.int16]:
    if question.elevation is None:
        return facts.cycle.point(*cell)
    there = replace(choice, row=cell[0], column=cell[1])
    return counts_at_heights(facts.cycle, [(there, question.elevation)])[0]


def _temperature(values: Doubles) -> dict[str, Any]:
    """Of temperatures [cell, hour], the answer first: differences, K, and the lowest, degC."""
    less = values - values[0]
    return {
        "mean_k": _extremes(less.mean(axis=1), decimals=2),
        "hour_k": _extremes(less, decimals=1),
        "minimum_degc": {"answer": round(float(values[0].min()), 1)}
        | _extremes(values.min(axis=1), decimals=1),
    }


def _precipitation(values: Doubles) -> dict[str, Any]:
    """Of precipitation [cell, hour], the answer first: sums over the hours, mm."""
    sums = values.sum(axis=1)
    return {"sum_mm": {"answer": round(float(sums[0]), 2)} | _extremes(sums, decimals=2)}


def _extremes(values: Doubles, *, decimals: int) -> dict[str, float]:
    return {
        # + 0.0 makes nothing of a negative zero
        "lowest": round(float(values.min()), decimals) + 0.0,
        "highest": round(float(values.max()), decimals) + 0.0,
    }


_TOLD: Final = dict(zip(COMPARED, (_temperature, _precipitation), strict=True))
