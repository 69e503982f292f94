"""How good the forecasts have proved here: the region's skill document, for one cell and height."""

from typing import Any, Final

from forecast.errors import InvalidRequest
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts, ServedRegion
from forecast.store.skill import read_skill
from forecast.variables import variable
from grids.lookup import choose_cell

ALL: Final = "all"
CLASSES: Final = (
    ("0–50 m", 0.0, 50.0),
    ("50–200 m", 50.0, 200.0),
    ("> 200 m", 200.0, float("inf")),
)
"""Classes of the height difference, cell minus model, either sign, as the document names them."""

NOT_MEASURED: Final = (
    "nothing measured yet: no observations were compared with this region's forecasts"
)
NONE_OF_IT: Final = "nothing measured yet for this variable: no station of the region reports it"
SIMULATED: Final = "measured on simulated cycles: it says nothing about the weather"


def class_of(difference: float) -> str:
    """Class of a height difference.

    Args:
        difference: cell minus model, m.
    """
    return next(name for name, _, high in CLASSES if abs(difference) <= high)


def region_skill(served: ServedRegion, *, name: str | None = None) -> dict[str, Any]:
    """What the skill document of a region says, whole or of one variable.

    Args:
        served: the region.
        name: hourly variable, or None for all.

    Raises:
        UnknownName: the vocabulary has no such variable.
        StoreError: the document cannot be read.
    """
    if name is not None:
        variable(name)
    document = read_skill(served.path)
    about: dict[str, Any] = {"region": served.region.name, "measured": False, "rows": []}
    if document is None:
        return {**about, "sentence": NOT_MEASURED}
    rows = [row for row in document["rows"] if name in (None, row["variable"])]
    kept: dict[str, Any] = {one: document[one] for one in _KEPT if one in document}
    if not rows:
        return {**about, **kept, "sentence": NONE_OF_IT if document["rows"] else NOT_MEASURED}
    sentence = SIMULATED if document.get("simulated") else _sentence(document)
    return {**about, **kept, "measured": True, "sentence": sentence, "rows": rows}


def place_skill(
    served: ServedRegion, facts: CycleFacts, *, question: PointQuestion, name: str | None = None
) -> dict[str, Any]:
    """What was measured in the class of a place: rows of its height difference and of no class.

    The figures are of stations whose height differs from the model's as the cell's does; they
    are not measurements at the place itself.

    Args:
        served: the region.
        facts: of its cycle: cells and the model's heights.
        question: the place.
        name: hourly variable, or None for all.

    Raises:
        UnknownName: the vocabulary has no such variable.
        StoreError: the document cannot be read.
    """
    choice = choose_cell(
        facts.cycle.grid,
        facts.surface,
        lonlat=question.lonlat,
        elevation=question.elevation,
        preference=question.cell,
    )
    height = float(choice.elevation if question.elevation is None else question.elevation)
    difference = height - float(facts.model_elevation[choice.row, choice.column])
    own = class_of(difference)
    told = region_skill(served, name=name)
    place = {
        "longitude": choice.longitude,
        "latitude": choice.latitude,
        "elevation_m": round(height, 1),
        "height_difference_m": round(difference, 1),
        "dz": own,
    }
    rows = [row for row in told["rows"] if row["dz"] in (ALL, own)]
    if told["rows"] and not any(row["dz"] == own for row in rows):
        place["sentence"] = f"no station of the height class {own} was measured"
    return {**told, "place": place, "rows": rows}


def refuse_two(region: str | None, *, has_place: bool) -> None:
    """Refuse a question for neither a region nor a place, or for both.

    Raises:
        InvalidRequest: it is one of them.
    """
    if (region is None) == (not has_place):
        raise InvalidRequest(
            "skill is asked of a region or of a place; give region, or place, or lat and lon"
        )


def _sentence(document: dict[str, Any]) -> str:
    period = document["period"]
    return (
        f"measured at {period['stations']} stations in {period['cycles']} cycles, from"
        f" {period['from']} until {period['until']}"
    )


_KEPT: Final = (
    *("made", "source", "simulated", "period", "reference", "confidence", "looks", "limits"),
    *("notes", "seen"),
)
