"""Model surface of the scenario: the shipped terrain averaged to 0.25°."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.ndimage import gaussian_filter

from forecast.errors import UnreadableFile
from grids import BoundingBox
from grids.errors import GridsError
from grids.regrid import Mesh, cell_mean
from grids.terrain import load

Floats = npt.NDArray[np.float64]

SPACING: Final = 0.25
AREA: Final = BoundingBox(west=103.0, south=26.0, east=123.0, north=43.0)
LATITUDE: Final = np.linspace(AREA.south, AREA.north, 69)
LONGITUDE: Final = np.linspace(AREA.west, AREA.east, 81)
COARSE: Final = "global_5min.nc"

_SHAPE: Final = (LATITUDE.size, LONGITUDE.size)
_SEA: Final = 0.05
"""Land share below which a cell is sea at 0 m."""
_FILLED: Final = 0.99
"""Share of a cell that a file must fill to stand for it."""
_SMOOTHING: Final = 0.6
"""Standard deviation in cells of the smoothing that makes terrain a model's surface."""


@dataclass(frozen=True, slots=True)
class Relief:
    """Surface of the scenario's model, south to north.

    Attributes:
        elevation: m, (latitude, longitude); 0 at sea.
        land_fraction: 0..1, (latitude, longitude).
        sources: file names that it was made from.
    """

    elevation: Floats
    land_fraction: Floats
    sources: tuple[str, ...]


def relief(folder: Path) -> Relief:
    """Average the terrain files of a folder over the model cells.

    The world at 5' serves everywhere; crops at 30" replace it in the cells that they fill. Light
    smoothing makes it a model's surface.

    Args:
        folder: holds `global_5min.nc` and crops of regions, netCDF.

    Raises:
        UnreadableFile: the world's terrain is absent or does not cover the scenario.
    """
    mesh = Mesh.regular(latitude=LATITUDE, longitude=LONGITUDE)
    crops = sorted(path for path in folder.glob("*.nc") if path.name != COARSE)
    elevation, land = np.zeros(_SHAPE), np.zeros(_SHAPE)
    for path in (folder / COARSE, *crops):
        height, share, inside = _averaged(path, mesh)
        if path.name == COARSE and not inside.all():
            raise UnreadableFile(f"{path} does not cover the scenario's area, 103-123 E 26-43 N")
        elevation = np.where(inside, height, elevation)
        land = np.where(inside, share, land)
    smooth = gaussian_filter(elevation, _SMOOTHING, mode="nearest")
    surface = np.where(land < _SEA, 0.0, smooth)
    return Relief(surface, land, (COARSE, *(path.name for path in crops)))


def _averaged(path: Path, mesh: Mesh) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Mean height with the sea at 0, land share, and the cells that the file fills."""
    try:
        field = load(path, area=AREA.expand(SPACING))
        mean, land = cell_mean(field, mesh)
        covered = cell_mean(xr.ones_like(field), mesh).share
    except GridsError as error:
        raise UnreadableFile(f"terrain for the scenario: {error}") from error
    share = land.reshape(_SHAPE).astype(np.float64)
    height = np.nan_to_num(mean.reshape(_SHAPE).astype(np.float64)) * share
    return height, share, covered.reshape(_SHAPE) > _FILLED
