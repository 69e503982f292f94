"""A map of grades as a small PNG with a palette, for a page to show."""

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.export.colours import ABSENT, colour_table
from forecast.export.grades import pixels

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
WIDEST: Final = 640
"""Pixels across, up to which each cell is drawn as a square of several."""

_EIGHT_BITS, _PALETTE = 8, 3


def png(codes: npt.NDArray[np.int8], kind: str) -> bytes:
    """Draw codes, the north above; cells without data are transparent (PNG 1.2, colour type 3).

    Args:
        codes: -2 to 4 [row from the south, column].
        kind: of the map, as `hazard` or `window`.
    """
    plane = pixels(codes)
    times = max(WIDEST // max(plane.shape), 1)
    plane = plane.repeat(times, axis=0).repeat(times, axis=1)
    table = colour_table(kind)
    colours = bytes(
        part for code in range(ABSENT + 1) for part in table.get(code, (0, 0, 0, 0))[:3]
    )
    alphas = bytes(table.get(code, (0, 0, 0, 0))[3] for code in range(ABSENT + 1))
    height, width = plane.shape
    header = struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _PALETTE, 0, 0, 0)
    # each row begins with its filter: none
    rows = np.pad(plane, ((0, 0), (1, 0))).tobytes()
    chunks = (
        (b"IHDR", header),
        (b"PLTE", colours),
        (b"tRNS", alphas),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
