"""Cells of a finer model as a target: their places, heights, and what a coarser run covers."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.pipeline.offline import MARGIN_DEGREES
from grids import BoundingBox, terrain
from grids.regrid import Mesh, cell_mean

Heights = npt.NDArray[np.float32]
Nodes = npt.NDArray[np.intp]


def ground_around(path: Path | None, fine: xr.Dataset) -> xr.Dataset | None:
    """The terrain around, from which heights of a coarse model without orography are averaged.

    Args:
        path: elevation file, or None.
        fine: the finer model.
    """
    if path is None:
        return None
    area = bounds_of(fine).expand(MARGIN_DEGREES)
    return terrain.load(path, area=area).to_dataset(name="elevation")


def shared(
    fine: xr.Dataset, coarse: xr.Dataset, *, box: BoundingBox | None
) -> tuple[xr.Dataset, xr.Dataset]:
    """Both runs at their common times, the truth cut to the box and to the coarse nodes.

    Args:
        fine: the finer model.
        coarse: the coarser one, hourly.
        box: part to keep, or None.

    Raises:
        InvalidRequest: they have no time or no place in common.
    """
    times = np.intersect1d(fine["time"].values, coarse["time"].values)
    limits = bounds_of(coarse)
    edges = [limits] if box is None else [limits, box]
    inside = {
        axis: np.logical_and.reduce(
            [
                (fine[axis].values >= getattr(edge, low))
                & (fine[axis].values <= getattr(edge, high))
                for edge in edges
            ]
        )
        for axis, low, high in (("latitude", "south", "north"), ("longitude", "west", "east"))
    }
    if "node" in fine.dims:
        kept = fine.isel(node=np.flatnonzero(inside["latitude"] & inside["longitude"]))
    else:
        kept = fine.isel({axis: np.flatnonzero(mask) for axis, mask in inside.items()})
    if not times.size or 0 in kept.sizes.values():
        raise InvalidRequest("truth and forecast have no place and valid time in common")
    return kept.sel(time=times), coarse.sel(time=times)


def heights_of(fine: xr.Dataset, path: Path | None) -> Heights:
    """Heights of the truth's nodes, m [node]: its own, else the terrain averaged over its cells.

    Args:
        fine: the finer model.
        path: elevation file, or None.

    Raises:
        InvalidRequest: there are none.
    """
    if "model_elevation" in fine:
        return np.asarray(fine["model_elevation"].values.ravel(), dtype=np.float32)
    if path is None:
        raise InvalidRequest(
            "the truth brings no orography; name its file among --truth, or give --terrain"
        )
    box = bounds_of(fine).expand(1.0)
    ground = terrain.load(path, area=box).fillna(0.0)
    mean, _ = cell_mean(ground, Mesh.from_dataset(fine))
    return np.asarray(np.nan_to_num(mean.ravel()), dtype=np.float32)


def points_of(fine: xr.Dataset, heights: Heights, *, nodes: Nodes) -> xr.Dataset:
    """Nodes of the truth as points; `dz` 0 until a coarse run is known.

    Args:
        fine: the finer model.
        heights: of its nodes, m [node].
        nodes: positions of those that are wanted.
    """
    latitude, longitude = fine["latitude"].values, fine["longitude"].values
    if "node" not in fine.dims:
        latitude, longitude = (
            axis.ravel() for axis in np.meshgrid(latitude, longitude, indexing="ij")
        )
    land = np.full(heights.size, np.nan, dtype=np.float32)
    if "model_land_fraction" in fine:
        land = fine["model_land_fraction"].values.ravel()
    fields = {"latitude": latitude, "longitude": longitude, "elevation": heights}
    fields |= {"land_fraction": land, "dz": np.zeros(heights.size, dtype=np.float32)}
    return xr.Dataset({name: ("point", values[nodes]) for name, values in fields.items()})


def bounds_of(native: xr.Dataset) -> BoundingBox:
    """The box of a grid's nodes, degrees."""
    latitude, longitude = native["latitude"].values, native["longitude"].values
    return BoundingBox(
        west=float(longitude.min()),
        south=float(latitude.min()),
        east=float(longitude.max()),
        north=float(latitude.max()),
    )
