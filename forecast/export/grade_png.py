"""A map of grades as a small PNG with a palette, for a page to show."""

from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.export.colours import ABSENT, colour_table
from forecast.export.grades import pixels
from forecast.export.palette_png import palette_png

WIDEST: Final = 640
"""Pixels across, up to which each cell is drawn as a square of several."""

_SMALL: Final = 6
"""Level of compression of a picture that is drawn once and sent often."""


def png(codes: npt.NDArray[np.int8], kind: str) -> bytes:
    """Draw codes, the north above; cells without data are transparent.

    Args:
        codes: -2 to 4 [row from the south, column].
        kind: of the map, as `hazard` or `window`.
    """
    plane = pixels(codes)
    times = max(WIDEST // max(plane.shape), 1)
    plane = plane.repeat(times, axis=0).repeat(times, axis=1)
    palette = np.zeros((ABSENT + 1, 4), dtype=np.uint8)
    for code, colour in colour_table(kind).items():
        palette[code] = colour
    return palette_png(plane, palette, level=_SMALL)
