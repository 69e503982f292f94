"""A tile as it is drawn, and which cycles it shows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.export.palette_png import palette_png
from forecast.service.maps.mercator import SIZE
from forecast.service.maps.scales import NOTHING
from forecast.service.served import CycleFacts

QUICKEST = 1

Entries = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawn tile.

    Attributes:
        body: the PNG.
        shown: facts of the cycles that it shows, by region.
        missing: regions that it should show and does not, with the reason.
    """

    body: bytes
    shown: dict[str, CycleFacts]
    missing: dict[str, str]


class Easel:
    """A tile on its way: parts are painted one over another."""

    def __init__(self) -> None:
        self._pixels = np.full((SIZE, SIZE), NOTHING, dtype=np.uint8)

    def paint(self, part: Entries, *, rows: Indices, columns: Indices) -> None:
        """Paint a rectangle of pixels.

        Args:
            part: entries of the palette [row, column].
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
        return palette_png(self._pixels, palette, level=QUICKEST)
