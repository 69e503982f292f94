"""The nodes of a regular mesh around cells: rows and columns of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from forecast.downscale.plan import Plan
from grids.regrid import Mesh, interpolation


class Block(NamedTuple):
    """Rows and columns of a regular mesh."""

    rows: slice
    columns: slice

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start

    def of(self, values: npt.NDArray[Any], mesh_shape: tuple[int, ...]) -> npt.NDArray[Any]:
        """The block's nodes of an array [node, …]."""
        square = values.reshape(*mesh_shape, *values.shape[1:])
        chosen = square[self.rows, self.columns]
        return chosen.reshape(-1, *values.shape[1:])


class MeshAxes(NamedTuple):
    """Which rows and columns of a plan's mesh its cells need.

    Attributes:
        rows: first and last mesh row of each row of cells [row, 2].
        columns: first and last mesh column of each column of cells [column, 2].
        shape: rows and columns of the mesh.
    """

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    shape: tuple[int, int]

    @classmethod
    def of(cls, plan: Plan) -> MeshAxes:
        """The axes of a plan of a grid on a regular mesh."""
        mesh: Mesh = plan.mesh
        width = plan.mesh_longitude.size
        north, east = plan.latitude, plan.longitude
        lines = interpolation(mesh, longitude=np.full(north.shape, east[0]), latitude=north)
        across = interpolation(mesh, longitude=east, latitude=np.full(east.shape, north[0]))
        shape = plan.mesh_latitude.size, width
        return cls(_ends(lines.nodes // width), _ends(across.nodes % width), shape)

    def block(self, rows: slice, columns: slice) -> Block:
        """The nodes that a window of cells needs; two rows and columns where the mesh has two."""
        return Block(
            _span(self.rows[rows], self.shape[0]), _span(self.columns[columns], self.shape[1])
        )


def _ends(nodes: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    return np.stack([nodes.min(axis=1), nodes.max(axis=1)], axis=1).astype(np.intp)


def _span(ends: npt.NDArray[np.intp], size: int) -> slice:
    first, last = int(ends[:, 0].min()), int(ends[:, 1].max())
    if first == last:
        last = min(last + 1, size - 1)
        first = max(last - 1, 0)
    return slice(first, last + 1)
