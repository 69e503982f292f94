"""A tile as it is drawn, and which cycles it shows."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from forecast.export.palette_png import palette_png
from forecast.service.maps.mercator import SIZE
from forecast.service.maps.scales import NOTHING
from forecast.service.served import CycleFacts
from forecast.variables import FILL

QUICKEST = 1

Entries = npt.NDArray[np.uint8]
Part = npt.NDArray[np.uint8] | npt.NDArray[np.int16]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawn tile.

    Attributes:
        body: the PNG, or the counts.
        shown: facts of the cycles that it shows, by region.
        missing: regions that it should show and does not, with the reason.
    """

    body: bytes
    shown: dict[str, CycleFacts]
    missing: dict[str, str]


class Easel:
    """A tile on its way, in entries of a palette or in counts: parts are painted one over another.

    Args:
        counts: whether it is painted in counts, `FILL` where nothing is.
    """

    def __init__(self, *, counts: bool = False) -> None:
        nothing, kind = (FILL, np.int16) if counts else (NOTHING, np.uint8)
        self._pixels = np.full((SIZE, SIZE), nothing, dtype=kind)

    def paint(self, part: Part, *, rows: Indices, columns: Indices) -> None:
        """Paint a rectangle of pixels.

        Args:
            part: entries or counts [row, column].
            rows: of the pixels, ascending without gaps.
            columns: likewise.
        """
        if rows.size and columns.size:
            down, across = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
            self._pixels[down, across] = part

    def png(self, palette: Entries) -> bytes:
        """The tile as PNG.

        Args:
            palette: colours of the entries [entry, 4].
        """
        return palette_png(self._pixels.view(np.uint8), palette, level=QUICKEST)

    def counts(self) -> bytes:
        """The counts of all pixels, row by row from the north-west, int16 little-endian."""
        return self._pixels.astype("<i2").tobytes()


@cache
def nothing() -> bytes:
    """A tile on which nothing is, as PNG."""
    return Easel().png(np.zeros((NOTHING + 1, 4), dtype=np.uint8))
