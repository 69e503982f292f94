"""How grades are drawn: in colours, and in patterns for those who cannot tell these apart."""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from forecast.advise.grading import NO_DATA, NOT_APPLICABLE
from forecast.export.colours import NOT_APPLICABLE as GREY
from forecast.export.colours import Colour, colours_of
from forecast.service.maps.mercator import SIZE

Pattern = Literal["plain", "dots", "lines", "dense-lines", "cross", "sparse-dots"]

LEVELS: Final[Mapping[int, Pattern]] = {
    0: "plain",
    1: "dots",
    2: "lines",
    3: "dense-lines",
    4: "cross",
}
LIGHTS: Final[Mapping[int, Pattern]] = {0: "cross", 1: "lines", 2: "plain"}

_INK: Final = 0.55
"""Lightness of a pattern beside its colour."""

_UNKNOWN: Final[Colour] = (120, 120, 120)
_PERIOD: Final = 16
"""Pixels after which patterns repeat; it divides a tile, so they run on into the next."""

_FIRST: Final = 3
"""Codes begin at -2 and entries at 1: entry = code + 3, and the ink of a pattern stands behind."""

_INKS: Final = 8

Entries = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]


def pattern_of(kind: str, code: int) -> Pattern:
    """Pattern of a code.

    Args:
        kind: of the map: `window`, `sowing`, or that of a rule.
        code: -2 to 4.
    """
    if code == NO_DATA:
        return "sparse-dots"
    if code == NOT_APPLICABLE:
        return "plain"
    return (LIGHTS if kind in {"window", "sowing"} else LEVELS)[code]


def grade_palette(kind: str) -> Entries:
    """Colours of codes and, eight entries behind, of their patterns [entry, 4]."""
    palette = np.zeros((_FIRST + 5 + _INKS, 4), dtype=np.uint8)
    shown = {NOT_APPLICABLE: GREY, **colours_of(kind)}
    for code, colour in shown.items():
        palette[code + _FIRST] = (*colour, 255)
        palette[code + _FIRST + _INKS] = (*(round(_INK * part) for part in colour), 255)
    # where nothing is known only the dots are drawn, and what lies below is seen
    palette[NO_DATA + _FIRST + _INKS] = (*_UNKNOWN, 255)
    return palette


def drawn(codes: npt.NDArray[np.int8], *, rows: Indices, columns: Indices, kind: str) -> Entries:
    """Entries of `grade_palette` [row of pixels, column of pixels].

    Args:
        codes: of the cell under each pixel, -2 to 4.
        rows: of the pixels in their tile.
        columns: likewise.
        kind: of the map.
    """
    entries = (codes + _FIRST).astype(np.uint8)
    for code in np.unique(codes).tolist():
        inked = _ink(pattern_of(kind, code))[rows][:, columns]
        entries[(codes == code) & inked] += _INKS
    return entries


@cache
def _ink(pattern: Pattern) -> npt.NDArray[np.bool_]:
    """Pixels of a tile that the pattern inks [row, column]."""
    down, across = np.mgrid[:_PERIOD, :_PERIOD]
    rising, falling = (across + down) % _PERIOD, (across - down) % _PERIOD
    inked = {
        "plain": np.zeros_like(down, dtype=np.bool_),
        "dots": (down % 8 < 2) & (across % 8 < 2),
        "lines": rising < 2,
        "dense-lines": rising % 8 < 2,
        "cross": (rising % 8 < 2) | (falling % 8 < 2),
        "sparse-dots": (down < 2) & (across < 2),
    }[pattern]
    return np.tile(inked, (SIZE // _PERIOD, SIZE // _PERIOD))
