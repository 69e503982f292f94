"""Colours of grades on maps, alike in files and pictures."""

from collections.abc import Mapping
from typing import Final

OUTSIDE: Final = 254
"""Pixel of a cell to which a rule does not apply."""

ABSENT: Final = 255
"""Pixel of a cell for which there are no data."""

Colour = tuple[int, int, int]

NOT_APPLICABLE: Final[Colour] = (214, 214, 214)
NO_DATA: Final[Colour] = (255, 255, 255)
LEVELS: Final[Mapping[int, Colour]] = {
    0: (232, 243, 232),
    1: (92, 151, 220),
    2: (250, 215, 60),
    3: (245, 145, 40),
    4: (205, 35, 45),
}
"""None, then blue, yellow, orange and red, the order of public warnings in China."""

LIGHTS: Final[Mapping[int, Colour]] = {
    0: (205, 60, 60),
    1: (245, 200, 70),
    2: (70, 160, 85),
}
"""Red, amber and green of windows and sowings."""


def colours_of(kind: str) -> Mapping[int, Colour]:
    """Colours of codes from 0 on.

    Args:
        kind: of the map: `window`, `sowing`, or that of a rule.
    """
    return LIGHTS if kind in {"window", "sowing"} else LEVELS


def colour_table(kind: str) -> dict[int, tuple[int, int, int, int]]:
    """Colours of pixels, opaque but for no data.

    Args:
        kind: of the map.
    """
    table = {code: (*colour, 255) for code, colour in colours_of(kind).items()}
    return {**table, OUTSIDE: (*NOT_APPLICABLE, 255), ABSENT: (*NO_DATA, 0)}
