"""A picture of palette entries as PNG: four chunks around one deflated stream, no library."""

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS, _PALETTE = 8, 3


def palette_png(
    plane: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8], *, level: int
) -> bytes:
    """Write a picture (PNG 1.2, colour type 3; every row with filter 0).

    Args:
        plane: entries of the palette [row from the top, column].
        palette: red, green, blue and opacity of each entry [entry, 4], 256 at most.
        level: of compression, 1 quickest to 9 smallest.
    """
    height, width = plane.shape
    rows = np.empty((height, width + 1), dtype=np.uint8)
    rows[:, 0], rows[:, 1:] = 0, plane
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _PALETTE, 0, 0, 0)),
        (b"PLTE", palette[:, :3].tobytes()),
        (b"tRNS", palette[:, 3].tobytes()),
        (b"IDAT", zlib.compress(rows.data, level)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
