"""A province or prefecture typed alone is no place: what lies in it may be meant."""

from typing import Final

import numpy as np

from forecast.query.place import KINDS, Place
from forecast.query.place_file import Reader

MOST: Final = 50


def places_in(reader: Reader, name: str, *, counties_named: bool) -> list[Place]:
    """Cities and counties of a province or prefecture, the most important first.

    Args:
        reader: of the shipped places.
        name: folded, as typed.
        counties_named: whether a county has this name too; then a prefecture is not meant.

    Returns:
        At most fifty; none where the name is of no such area.
    """
    contents = reader.contents
    numbers = list(contents.named_areas.get(name, ()))
    if not numbers:
        return []
    columns = slice(3, 4) if counties_named else slice(3, 5)
    kinds = [KINDS.index("city"), KINDS.index("county")]
    points = contents.points
    inside = np.isin(points[:, columns], numbers).any(axis=1) & np.isin(points[:, 6], kinds)
    return [reader.place(row) for row in reader.rows(map(int, points[inside, 0][:MOST]))]
