"""What keeps the amount of every model cell when precipitation is spread over fine cells.

Interpolation alone does not: B[P] f has a mean over a model cell that differs from P of the cell.
The mean over each model cell (the fine cells whose nearest node it is) is a sparse operator M of
the nodal values, so one ratio per cell closes the sum: fine = B[P] f R[nearest], R = P / (M P).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from forecast.downscale.finish import HIGHEST_FACTOR, LOWEST_FACTOR
from forecast.parameters import chosen
from grids.grid import Grid
from grids.regrid import Mesh
from grids.regrid.rowwise import Placed, rowwise
from grids.regrid.scattered import triangulation

MONTHLY_INCREASE: Final = (
    *(0.35, 0.35, 0.35, 0.30, 0.25, 0.20),
    *(0.20, 0.20, 0.20, 0.25, 0.30, 0.35),
)
"""Increase of precipitation with height, km-1, January to December of the northern hemisphere
(Liston & Elder 2006, J. Hydrometeor. 7, 217, table 1); six months later in the southern."""

_BLOCK_CELLS: Final = 500_000
Doubles = npt.NDArray[np.float64]


def increase_with_height(month: int, *, latitude: float) -> float:
    """Increase of precipitation with height in a month (1 to 12), km-1.

    Of the increase in a climate the model itself resolves a part; the rest is left to us.
    """
    shift = 0 if latitude >= 0.0 else 6
    return chosen("rain_increase_share") * MONTHLY_INCREASE[(month - 1 + shift) % 12]


def cell_means(
    mesh: Mesh,
    grid: Grid,
    *,
    elevation: npt.NDArray[np.float32],
    model_elevation: npt.NDArray[np.float32],
    increase: float,
) -> sparse.csr_array:
    """The mean of B[q] f over each model cell as an operator on q: CSR (node, node).

    Model cells that the grid covers in part are completed with fine cells of factor 1. Rows of
    nodes to which no cell of the grid is nearest hold 1 on the diagonal.

    Args:
        mesh: the nodes.
        grid: the fine cells.
        elevation: of the fine cells, m [row, column].
        model_elevation: m (node,).
        increase: of precipitation with height, km-1; 0 for factor 1 everywhere.
    """
    size = mesh.size
    total = sparse.csr_array((size, size), dtype=np.float64)
    area = np.zeros(size)
    touched = np.zeros(size, dtype=bool)
    for longitude, latitude, height in _lattice(mesh, grid, elevation):
        placed = _place(mesh, longitude, latitude)
        inside = np.flatnonzero(~placed.outside)
        nodes, nearest = placed.nodes[inside], placed.nearest[inside]
        share = placed.weights[inside].astype(np.float64)
        cell_area = np.cos(np.deg2rad(latitude[inside]))
        difference = height[inside] - (share * model_elevation[nodes]).sum(axis=1)
        factor = factors(difference.astype(np.float32), increase)
        touched[nearest[np.isfinite(height[inside])]] = True
        area += np.bincount(nearest, cell_area, minlength=size)
        amount = share * (cell_area * factor)[:, np.newaxis]
        rows = np.repeat(nearest, nodes.shape[1])
        total = total + sparse.csr_array((amount.ravel(), (rows, nodes.ravel())), (size, size))
    inverse = np.where(touched, 1.0 / np.where(area > 0.0, area, 1.0), 0.0)
    means = sparse.diags_array(inverse) @ total + sparse.diags_array((~touched).astype(np.float64))
    return sparse.csr_array(means)


def closing_ratio(
    amounts: npt.NDArray[np.floating], means: sparse.csr_array
) -> npt.NDArray[np.float32]:
    """Ratio P / (M P) by which each model cell keeps its amount.

    A cell without precipitation gets 0, or 1 where none is near. As M has a positive diagonal,
    no ratio exceeds its inverse: 16/9 in the middle of a regular grid without relief. Missing
    amounts count as zero for their neighbours and have ratio 1.

    Args:
        amounts: P, mm per interval (node, time), NaN where missing.
        means: M, from `cell_means`.

    Returns:
        float32 (node, time).
    """
    wanted = np.nan_to_num(np.asarray(amounts, dtype=np.float64), nan=0.0)
    got = means @ wanted
    ratio = np.divide(wanted, got, out=np.ones_like(wanted), where=got > 0.0)
    ratio[np.isnan(amounts)] = 1.0
    return ratio.astype(np.float32)


def factors(difference: npt.NDArray[np.float32], increase: float) -> Doubles:
    """`finish.orographic_factor` of many height differences (m, float32); NaN gives 1."""
    climb = np.clip(difference * np.float32(0.001), -1.0, 1.0) * np.float32(increase)
    kept = np.clip((1.0 + climb) / (1.0 - climb), LOWEST_FACTOR, HIGHEST_FACTOR)
    return np.where(np.isnan(kept), 1.0, kept).astype(np.float64)


def _place(mesh: Mesh, longitude: Doubles, latitude: Doubles) -> Placed:
    if mesh.kind == "scattered":
        return triangulation(mesh).place(longitude, latitude)
    return rowwise(mesh, longitude=longitude, latitude=latitude)


def _lattice(
    mesh: Mesh, grid: Grid, elevation: npt.NDArray[np.float32]
) -> Iterator[tuple[Doubles, Doubles, Doubles]]:
    """Longitude, latitude and height of the cells around and in the grid, block by block."""
    reach_rows, reach_columns = _reach(mesh, grid)
    rows = np.arange(-reach_rows, grid.rows + reach_rows)
    columns = np.arange(-reach_columns, grid.columns + reach_columns)
    latitude = grid.latitudes[0] + grid.latitude_spacing * rows
    longitude = grid.longitudes[0] + grid.longitude_spacing * columns
    rows, latitude = rows[np.abs(latitude) < 90.0], latitude[np.abs(latitude) < 90.0]
    inner = slice(reach_columns, reach_columns + grid.columns)
    block = max(1, _BLOCK_CELLS // columns.size)
    for first in range(0, rows.size, block):
        some = slice(first, first + block)
        height = np.full((rows[some].size, columns.size), np.nan)
        covered = (rows[some] >= 0) & (rows[some] < grid.rows)
        height[covered, inner] = elevation[rows[some][covered]]
        yield (
            np.tile(longitude, rows[some].size),
            np.repeat(latitude[some], columns.size),
            height.ravel(),
        )


def _reach(mesh: Mesh, grid: Grid) -> tuple[int, int]:
    """Rows and columns around the grid that complete the model cells at its edge."""
    if mesh.kind == "regular":
        north = float(np.max(np.diff(mesh.row_latitudes), initial=0.0))
        east = mesh.circles[0].spacing
    else:
        distance = np.asarray(mesh.tree.query(mesh.tree.data, k=min(2, mesh.size))[0])
        north = 2.0 * float(np.rad2deg(np.quantile(distance[:, -1], 0.95)))
        widest = float(np.abs(grid.latitudes).max())
        east = north / max(np.cos(np.deg2rad(widest)), 0.05)
    rows = int(np.ceil(north / grid.latitude_spacing)) + 1
    return rows, int(np.ceil(east / grid.longitude_spacing)) + 1
