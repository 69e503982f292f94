"""Why advice could not be given: what the forecast lacks, or that its members are too few."""

from collections.abc import Sequence
from typing import Any, Final

from forecast.advise.advisory import State

FEW: Final = "few-members"
SOIL: Final = "relative_soil_moisture"
"""The model whose answer hangs on a moisture that somebody told, or that was kept."""


def lacks_soil(lacking: Sequence[str]) -> bool:
    """Whether the moisture of the soil, and nothing else, is lacking.

    Args:
        lacking: short names of quantities, or keys of models.
    """
    return bool(lacking) and all(name.partition("(")[0] == SOIL for name in lacking)


def why_unjudged(
    state: State, *, lacking: Sequence[str], members: int, needed: int
) -> dict[str, Any]:
    """The fields of an advisory that say why nothing can be said; none where something is.

    Args:
        state: of the advisory.
        lacking: names that it asks for and the forecast does not hold: more members would not help.
        members: that the forecast has.
        needed: members without which no chance is given; one forecast needs but itself.
    """
    if state != "no-data":
        return {}
    if lacking:
        return {"no_data": "lacking"}
    if 1 < members < needed:
        return {"no_data": FEW, "members": members, "members_needed": needed}
    return {"no_data": "missing"}
