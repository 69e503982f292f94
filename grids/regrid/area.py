"""Area means of a fine field over the cells of a grid or of a model mesh."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from grids.errors import InvalidGrid
from grids.grid import Grid
from grids.regrid.circle import FloatArray
from grids.regrid.mesh import Mesh, unit_vectors


class AreaMean(NamedTuple):
    """Means over cells.

    Attributes:
        mean: float32, area-weighted mean of the valid part; NaN where nothing is valid.
        share: float32 in [0, 1], valid part of the area of the cell.
    """

    mean: NDArray[np.float32]
    share: NDArray[np.float32]


class AreaSums(NamedTuple):
    """Sums that make area means; those of several fields side by side may be added.

    Attributes:
        total: value times valid area (row, column).
        weight: valid area.
        area: area of the cell, in the same unit.
    """

    total: FloatArray
    weight: FloatArray
    area: FloatArray

    def mean(self) -> AreaMean:
        """Area mean and valid share."""
        return _mean(self.total, self.weight, self.area)


def axis_mean(
    field: xr.DataArray, *, latitude_edges: ArrayLike, longitude_edges: ArrayLike
) -> AreaMean:
    """Area mean of a fine field over cells between latitudes and longitudes.

    Each fine value counts by the area that its cell shares with the target cell, on the sphere
    (d sin(latitude) x d longitude); NaN counts as missing. Weights are separable, so this is two
    sparse products. Cells finer than the field get the overlapping values, unsmoothed.

    Args:
        field: (latitude, longitude), ascending, degrees; its cells end half way between centres.
        latitude_edges: ascending edges of the target rows, degrees (row + 1).
        longitude_edges: ascending edges of the target columns, degrees (column + 1).

    Returns:
        mean and share, both (row, column).

    Raises:
        InvalidGrid: the field has a single row or column, so its cells have no size.
    """
    return axis_sums(field, latitude_edges=latitude_edges, longitude_edges=longitude_edges).mean()


def axis_sums(
    field: xr.DataArray, *, latitude_edges: ArrayLike, longitude_edges: ArrayLike
) -> AreaSums:
    """The sums behind ``axis_mean``, for fields that come in pieces; same arguments."""
    rows = np.sin(np.deg2rad(np.clip(_edges(field["latitude"].values), -90.0, 90.0)))
    columns = _edges(field["longitude"].values)
    row_targets = np.sin(np.deg2rad(np.asarray(latitude_edges, dtype=np.float64)))
    column_targets = np.asarray(longitude_edges, dtype=np.float64)
    turned = [_overlap(columns + turn, column_targets) for turn in (-360.0, 0.0, 360.0)]
    by_row, used_rows = _used(_overlap(rows, row_targets))
    by_column, used_columns = _used(turned[0] + turned[1] + turned[2])
    part = field.transpose("latitude", "longitude")[used_rows, used_columns]
    values = np.asarray(part.values, dtype=np.float64)
    valid = np.isfinite(values)
    return AreaSums(
        total=(by_row @ np.where(valid, values, 0.0)) @ by_column.T,
        weight=(by_row @ valid.astype(np.float64)) @ by_column.T,
        area=np.outer(np.diff(row_targets), np.diff(column_targets)),
    )


def _used(overlap: sparse.csr_array) -> tuple[sparse.csr_array, slice]:
    """The columns of an overlap matrix that are not all zero, and their slice."""
    touched = np.flatnonzero(overlap.sum(axis=0))
    used = slice(int(touched[0]), int(touched[-1]) + 1) if touched.size else slice(0, 1)
    return overlap.tocsc()[:, used].tocsr(), used


def cell_mean(field: xr.DataArray, target: Grid | Mesh) -> AreaMean:
    """Area mean of a fine field over the cells of a grid or around the nodes of a mesh.

    The cells of a regular mesh end half way between its nodes. On other meshes each fine value
    belongs to its nearest node, and the share is that of the fine cells of the node.

    Args:
        field: (latitude, longitude), ascending and evenly spaced, degrees.
        target: where to average to.

    Returns:
        mean and share, (latitude, longitude) for a grid, (node,) flattened for a mesh.
    """
    if isinstance(target, Grid):
        return axis_mean(
            field,
            latitude_edges=_edges(target.latitudes, target.latitude_spacing),
            longitude_edges=_edges(target.longitudes, target.longitude_spacing),
        )
    if target.kind == "regular":
        return _mesh_mean(field, target)
    return _node_mean(field, target)


def _mesh_mean(field: xr.DataArray, mesh: Mesh) -> AreaMean:
    circle = mesh.circles[0]
    longitudes = circle.start + circle.offsets
    longitudes -= 360.0 * np.round((longitudes.mean() - float(field["longitude"].mean())) / 360.0)
    mean, share = axis_mean(
        field,
        latitude_edges=np.clip(_edges(mesh.row_latitudes), -90.0, 90.0),
        longitude_edges=_edges(longitudes),
    )
    ordered = mesh.nodes_of_rows[:, circle.order].ravel()
    flat_mean = np.empty(mesh.size, dtype=np.float32)
    flat_share = np.empty(mesh.size, dtype=np.float32)
    flat_mean[ordered], flat_share[ordered] = mean.ravel(), share.ravel()
    return AreaMean(flat_mean, flat_share)


def _node_mean(field: xr.DataArray, mesh: Mesh) -> AreaMean:
    values = field.transpose("latitude", "longitude").values
    longitude = np.asarray(field["longitude"].values, dtype=np.float64)
    total, weight, area = (np.zeros(mesh.size) for _ in range(3))
    for row, latitude in enumerate(np.asarray(field["latitude"].values, dtype=np.float64)):
        places = unit_vectors(longitude, np.full(longitude.shape, latitude))
        _, node = mesh.tree.query(places)
        size = np.full(longitude.shape, np.cos(np.deg2rad(latitude)))
        valid = np.isfinite(values[row])
        area += np.bincount(node, size, minlength=mesh.size)
        weight += np.bincount(node, size * valid, minlength=mesh.size)
        total += np.bincount(node, size * np.where(valid, values[row], 0.0), minlength=mesh.size)
    return _mean(total, weight, area)


def _mean(total: FloatArray, weight: FloatArray, area: FloatArray) -> AreaMean:
    some = weight > 1e-9 * area
    mean = np.divide(total, weight, out=np.full(total.shape, np.nan), where=some)
    share = np.divide(weight, area, out=np.zeros(total.shape), where=area > 0.0)
    return AreaMean(mean.astype(np.float32), np.clip(share, 0.0, 1.0).astype(np.float32))


def _edges(centres: ArrayLike, spacing: float | None = None) -> FloatArray:
    """Edges half way between centres (degrees), the outer ones half a step beyond."""
    axis = np.asarray(centres, dtype=np.float64)
    if axis.size == 1 and spacing is not None:
        return np.array([axis[0] - spacing / 2.0, axis[0] + spacing / 2.0])
    if axis.size < 2:
        raise InvalidGrid("the cells of a field need two rows and two columns or more")
    half = np.diff(axis) / 2.0
    return np.concatenate([[axis[0] - half[0]], axis[:-1] + half, [axis[-1] + half[-1]]])


def _overlap(source: FloatArray, target: FloatArray) -> sparse.csr_array:
    """Length that each target interval shares with each source interval: (target, source)."""
    first = np.clip(np.searchsorted(source, target[:-1], side="right") - 1, 0, source.size - 2)
    last = np.clip(np.searchsorted(source, target[1:], side="left"), 1, source.size - 1)
    counts = np.maximum(last - first, 1)
    row = np.repeat(np.arange(target.size - 1), counts)
    column = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    column += np.repeat(first, counts)
    length = np.minimum(source[column + 1], target[row + 1])
    length -= np.maximum(source[column], target[row])
    return sparse.csr_array(
        (np.maximum(length, 0.0), (row, column)), shape=(target.size - 1, source.size - 1)
    )
