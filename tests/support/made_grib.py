"""GRIB messages made for a test: small, with known values, in any packing and scanning order."""

from typing import Any

import eccodes
import numpy as np
import numpy.typing as npt

ROWS, COLUMNS = 12, 16
WEST, SOUTH, SPACING = 110.0, 30.0, 0.5
LATITUDES = SOUTH + SPACING * np.arange(ROWS)
LONGITUDES = WEST + SPACING * np.arange(COLUMNS)


def smooth_field(level: float = 280.0) -> npt.NDArray[np.float64]:
    """A field [latitude ascending, longitude ascending] that no flip or transpose leaves equal."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    return level + 3.0 * np.sin(rows / 3.0) + 0.7 * columns + 0.05 * rows * columns


def scanned(
    field: npt.NDArray[Any], *, i_negative: int, j_positive: int, j_consecutive: int, alternate: int
) -> npt.NDArray[Any]:
    """Write a field (ascending axes) out as a message with these scanning flags would hold it.

    Independent of the reader: point by point, after WMO flag table 3.4.
    """
    rows, columns = field.shape
    row_order = range(rows) if j_positive else range(rows - 1, -1, -1)
    column_order = range(columns - 1, -1, -1) if i_negative else range(columns)
    lines = (
        [[field[row, column] for row in row_order] for column in column_order]
        if j_consecutive
        else [[field[row, column] for column in column_order] for row in row_order]
    )
    if alternate:
        lines = [line[::-1] if number % 2 else line for number, line in enumerate(lines)]
    return np.array([value for line in lines for value in line], dtype=np.float64)


def message(field: npt.NDArray[Any] | None = None, *, edition: int = 2, **keys: Any) -> bytes:
    """Encode one message on a 12 × 16 grid over East China.

    Args:
        field: values [latitude, longitude], ascending; NaN becomes a missing point.
        edition: 1 or 2.
        keys: further ecCodes keys, set in the order given (`packingType` last of all).
    """
    handle = eccodes.codes_grib_new_from_samples(f"regular_ll_sfc_grib{edition}")
    flags = {
        "i_negative": int(keys.pop("iScansNegatively", 0)),
        "j_positive": int(keys.pop("jScansPositively", 0)),
        "j_consecutive": int(keys.pop("jPointsAreConsecutive", 0)),
        "alternate": int(keys.pop("alternativeRowScanning", 0)),
    }
    packing = keys.pop("packingType", None)
    values = smooth_field() if field is None else np.asarray(field, dtype=np.float64)
    west_east = (LONGITUDES[0], LONGITUDES[-1])
    south_north = (LATITUDES[0], LATITUDES[-1])
    geometry = {
        "Ni": COLUMNS,
        "Nj": ROWS,
        **({"alternativeRowScanning": flags["alternate"]} if edition == 2 else {}),
        "iScansNegatively": flags["i_negative"],
        "jScansPositively": flags["j_positive"],
        "jPointsAreConsecutive": flags["j_consecutive"],
        "longitudeOfFirstGridPointInDegrees": west_east[flags["i_negative"]],
        "longitudeOfLastGridPointInDegrees": west_east[1 - flags["i_negative"]],
        "latitudeOfFirstGridPointInDegrees": south_north[1 - flags["j_positive"]],
        "latitudeOfLastGridPointInDegrees": south_north[flags["j_positive"]],
        "iDirectionIncrementInDegrees": SPACING,
        "jDirectionIncrementInDegrees": SPACING,
        "bitsPerValue": 16,
        "dataDate": 20250410,
        "dataTime": 0,
    }
    for key, value in {**geometry, "shortName": "2t", **keys}.items():
        eccodes.codes_set(handle, key, value)
    raw = scanned(values, **flags)
    if np.isnan(raw).any():
        eccodes.codes_set(handle, "bitmapPresent", 1)
        eccodes.codes_set(handle, "missingValue", 9999.0)
        raw = np.where(np.isnan(raw), 9999.0, raw)
    if packing is not None:
        eccodes.codes_set(handle, "packingType", packing)
    eccodes.codes_set_values(handle, raw)
    encoded = bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    return encoded
