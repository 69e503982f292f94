"""Where the coordinates of a question stand in its cell, and how sure that is."""

import math
from typing import Any, Final

from forecast.query.coordinate_doubt import Coordinates, boxes_of, standing, summary
from forecast.query.datum import Moved, offset
from forecast.service.question import PointQuestion
from grids import Grid, LonLat
from grids.lookup import CellChoice

SIDES: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
TOLD_M: Final = 10.0
"""An offset is told to so many metres: it says how doubtful a place is, not where it is."""


def location_passport(
    grid: Grid, choice: CellChoice, *, question: PointQuestion
) -> dict[str, Any] | None:
    """What an answer says of its coordinates; None of a place by name without a precision.

    Args:
        grid: of the cycle.
        choice: the cell that was taken and why.
        question: what was asked.
    """
    given = question.coordinates
    if given is None:
        return None
    stands, rounding = standing(grid, choice, lonlat=question.lonlat), given.rounding
    precision = radius = chance = None
    if rounding is not None:
        east, north = rounding
        precision = {"read_from": given.read_from, "longitude": east, "latitude": north}
        radius, chance = summary(stands, rounding, grid=grid, choice=choice)
        radius, chance = round(radius, 1), round(chance, 3)
    about: dict[str, Any] = {
        "datum": given.datum,
        "datum_declared": given.declared,
        "transformed": None if given.moved is None else _moved(given.moved),
        "precision": precision,
        "radius_m": radius,
        "edge_m": round(stands.edge_m),
        "chance_other_cell": chance,
    }
    if not given.is_true:
        boxes = boxes_of(stands, given, grid=grid, lonlat=question.lonlat)
        chances = {
            datum: round(1.0 - box.share(choice.row, choice.column), 3)
            for datum, box in boxes.items()
        }
        about["chance_other_cell"] = max(chances.values())
        about["readings"] = _readings(given, question.lonlat, chances)
    return about


def _readings(
    given: Coordinates, lonlat: LonLat, chances: dict[str, float]
) -> list[dict[str, Any]]:
    """For each datum that may be meant: how far and where the field lies, and the chance."""
    told = []
    for datum in given.readings:
        east, north, _ = offset(lonlat, datum)
        far = math.hypot(east, north)
        # the field lies on the other side of the coordinates
        bearing = math.degrees(math.atan2(-east, -north))
        told.append(
            {
                "datum": datum,
                "field_m": round(far / TOLD_M) * int(TOLD_M),
                "field_towards": SIDES[round(bearing / 45.0) % 8] if far else None,
                "chance_other_cell": chances[datum],
            }
        )
    return told


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "by": moved.by,
        "from": {"longitude": moved.given.longitude, "latitude": moved.given.latitude},
        "to": {"longitude": moved.to.longitude, "latitude": moved.to.latitude},
        "distance_m": round(moved.given.distance_to(moved.to)),
    }
