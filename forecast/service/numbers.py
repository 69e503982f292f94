"""Packed counts as the text of JSON numbers, by look-up instead of arithmetic."""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.variables import FILL

_COUNTS: Final = 1 << 16
_MOST_DECIMALS: Final = 3
_END: Final = b";"
_WIDTH: Final = 8
"""Bytes of a text: sign, five digits, point and comma at most."""


def number_lists(counts: npt.NDArray[np.int16], decimals: tuple[int, ...]) -> list[bytes]:
    """Write each row of counts as a JSON list with the decimals that are stored.

    A number is taken from a table of all 65,536 texts of its decimals: exact, and half the
    time of formatting a double that was divided from the count. Missing is null.

    Args:
        counts: packed [variable, time].
        decimals: of each variable; value = counts / 10^decimals.
    """
    if counts.shape[1] == 0:
        return [b"[]" for _ in decimals]
    table = _texts()
    first = np.array(decimals, dtype=np.intp)[:, np.newaxis] * _COUNTS
    texts = np.empty((len(decimals), counts.shape[1] + 1), dtype=table.dtype)
    table.take(counts.view(np.uint16) + first, out=texts[:, :-1], mode="clip")
    texts[:, -1] = _END
    rows = texts.tobytes().translate(None, b"\0").split(_END)
    return [b"[" + row[:-1] + b"]" for row in rows[:-1]]


@cache
def _texts() -> npt.NDArray[np.bytes_]:
    """Text and comma of every count read as unsigned, for 0 to 3 decimals one after another."""
    signed = np.arange(_COUNTS, dtype=np.uint16).view(np.int16).tolist()
    return np.array(
        [
            "null," if one == FILL else f"{one / 10**decimals:.{decimals}f},"
            for decimals in range(_MOST_DECIMALS + 1)
            for one in signed
        ],
        dtype=f"S{_WIDTH}",
    )
