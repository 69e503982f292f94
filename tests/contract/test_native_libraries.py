"""The libraries with C code live together in one process, whoever is imported first.

Newer ecCodes wheels load a second PROJ with global symbols and abort the process beside pyproj:
docs/adr/0002-eccodes-pin.md. A crash cannot be caught in process, hence one child each.
"""

import subprocess
import sys

import pytest

LIBRARIES = ("eccodes", "pyproj", "rasterio", "netCDF4", "h5py")

USE = """
import eccodes, pyproj, rasterio.warp
assert pyproj.Transformer.from_crs(4326, 3857).transform(39.45, 117.72)[0] > 1.3e7
assert rasterio.warp.transform("EPSG:4326", "EPSG:3857", [117.72], [39.45])[0][0] > 1.3e7
message = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
assert eccodes.codes_get(message, "edition") == 2
eccodes.codes_release(message)
"""


def _orders() -> list[tuple[str, ...]]:
    """Every library first once, and every pair in both orders."""
    rotations = [LIBRARIES[i:] + LIBRARIES[:i] for i in range(len(LIBRARIES))]
    return [*rotations, LIBRARIES[::-1]]


@pytest.mark.parametrize("order", _orders(), ids="-".join)
def test_any_import_order_ends_without_a_crash(order: tuple[str, ...]) -> None:
    code = "\n".join(f"import {name}" for name in order) + USE
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
