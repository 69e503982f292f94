"""Interpolation on rows of constant latitude: regular grids and reduced Gaussian grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from grids.regrid.circle import DECIMALS, FloatArray, IndexArray, bracket, wrap
from grids.regrid.mesh import Mesh

BoolArray = NDArray[np.bool_]


class Placed(NamedTuple):
    """Targets placed among nodes: nodes and weights (target, 4), nearest and outside (target,)."""

    nodes: NDArray[np.integer]
    weights: NDArray[np.floating]
    nearest: NDArray[np.integer]
    outside: BoolArray


class Side(NamedTuple):
    """Targets on one row: the nodes west and east, and the way from one to the other.

    ``distance`` is the way in degrees of longitude to the nearer of the two nodes.
    """

    west: IndexArray
    east: IndexArray
    share: FloatArray
    distance: FloatArray
    outside: BoolArray


class Columns(Protocol):
    """Finds the nodes around a longitude on given rows."""

    def place(self, row: IndexArray, longitude: FloatArray) -> Side:
        """Place longitudes (degrees) on rows (counted from the south)."""


@dataclass(frozen=True, eq=False)
class SharedColumns:
    """Columns of a regular mesh: all rows share one longitude axis."""

    mesh: Mesh

    def place(self, row: IndexArray, longitude: FloatArray) -> Side:
        """Place longitudes (degrees) on rows (counted from the south)."""
        circle = self.mesh.circles[0]
        distance = circle.east_of_start(longitude)
        west, east, share = circle.bracket(distance)
        return Side(
            west=self.mesh.nodes_of_rows[row, west],
            east=self.mesh.nodes_of_rows[row, east],
            share=share,
            distance=np.minimum(share, 1.0 - share) * circle.spacing,
            outside=_beyond(distance, circle.offsets[-1], circle.spacing, circle.closed),
        )


class OwnColumns:
    """Columns of a reduced Gaussian mesh: evenly spaced, but each row its own number."""

    def __init__(self, mesh: Mesh) -> None:
        """Tabulate the rows of ``mesh``."""
        circles = mesh.circles
        counts = np.array([circle.offsets.size for circle in circles])
        self.first = np.cumsum(counts) - counts
        self.last = counts - 1
        self.start = np.array([circle.start for circle in circles])
        self.extent = np.array([circle.offsets[-1] for circle in circles])
        self.spacing = np.array([circle.spacing for circle in circles])
        self.closed = np.array([circle.closed for circle in circles])
        self.nodes = np.concatenate(
            [nodes[circle.order] for nodes, circle in zip(mesh.rows, circles, strict=True)]
        )

    def place(self, row: IndexArray, longitude: FloatArray) -> Side:
        """Place longitudes (degrees) on rows (counted from the south)."""
        closed, spacing, last = self.closed[row], self.spacing[row], self.last[row]
        cut = np.where(closed, 0.0, (360.0 - self.extent[row]) / 2.0)
        distance = np.round(np.mod(wrap(longitude) - self.start[row] + cut, 360.0) - cut, DECIMALS)
        steps = np.divide(distance, spacing, out=np.zeros_like(distance), where=spacing > 0.0)
        steps = np.clip(np.round(steps, DECIMALS), 0.0, np.where(closed, last + 1.0, last))
        west = np.minimum(steps.astype(np.int64), last)
        following = np.where(west < last, west + 1, np.where(closed, 0, last))
        share = steps - west
        return Side(
            west=self.nodes[self.first[row] + west],
            east=self.nodes[self.first[row] + following],
            share=share,
            distance=np.minimum(share, 1.0 - share) * spacing,
            outside=_beyond(distance, self.extent[row], spacing, closed),
        )


def rowwise(mesh: Mesh, *, longitude: FloatArray, latitude: FloatArray) -> Placed:
    """Place targets (degrees) on a mesh of rows; see ``interpolation``."""
    columns: Columns = SharedColumns(mesh) if mesh.kind == "regular" else OwnColumns(mesh)
    rows = _Rows.around(mesh, latitude)
    south = columns.place(rows.south, longitude)
    over = np.flatnonzero(rows.over_pole)
    same_longitude = mesh.kind == "regular" and over.size == 0
    if same_longitude:
        north = _moved_to_row(mesh, south, rows)
    else:
        opposite = longitude.copy()
        opposite[over] += 180.0
        north = columns.place(rows.north, opposite)
    nodes = np.stack([south.west, south.east, north.west, north.east], axis=-1)
    share = rows.share
    weights = np.empty(nodes.shape, dtype=np.float32)
    weights[:, 0] = (1.0 - share) * (1.0 - south.share)
    weights[:, 1] = (1.0 - share) * south.share
    weights[:, 2] = share * (1.0 - north.share)
    weights[:, 3] = share * north.share
    outside = rows.outside | (south.outside & (share < 1.0)) | (north.outside & (share > 0.0))
    return Placed(nodes, weights, _nearer(south, north, rows, latitude), outside)


class _Rows(NamedTuple):
    """Rows south and north of targets; across a pole both are the last row."""

    south: IndexArray
    north: IndexArray
    share: FloatArray
    gap: FloatArray
    over_pole: BoolArray
    outside: BoolArray

    @classmethod
    def around(cls, mesh: Mesh, latitude: FloatArray) -> _Rows:
        levels = mesh.row_latitudes
        south, share = bracket(levels, latitude)
        north = np.minimum(south + 1, levels.size - 1)
        gap = levels[north] - levels[south]
        over_pole = np.zeros(latitude.shape, dtype=bool)
        outside = np.zeros(latitude.shape, dtype=bool)
        for end, sign in ((0, -1.0), (levels.size - 1, 1.0)):
            beyond = np.flatnonzero(sign * (latitude - levels[end]) > 0.0)
            if beyond.size == 0:
                continue
            distance = sign * (latitude[beyond] - levels[end])
            to_pole = 90.0 - sign * levels[end]
            spacing = abs(levels[end] - levels[end - int(sign)]) if levels.size > 1 else 0.0
            south[beyond] = north[beyond] = end
            if mesh.circle(end).closed and to_pole <= spacing:
                share[beyond], gap[beyond] = distance / (2.0 * to_pole), 2.0 * to_pole
                over_pole[beyond] = True
            else:
                share[beyond] = 0.0
                outside[beyond] = distance > spacing / 2.0
        return cls(south, north, share, gap, over_pole, outside)


def _moved_to_row(mesh: Mesh, south: Side, rows: _Rows) -> Side:
    """The same columns on the northern row: node numbers differ by whole rows."""
    table = mesh.nodes_of_rows
    step = table[rows.north, 0] - table[rows.south, 0]
    return south._replace(west=south.west + step, east=south.east + step)


def _nearer(south: Side, north: Side, rows: _Rows, latitude: FloatArray) -> IndexArray:
    """The nearest of the four nodes; the south-western one of equals."""
    narrow = np.cos(np.deg2rad(latitude))
    to_south = (rows.share * rows.gap) ** 2 + (south.distance * narrow) ** 2
    to_north = ((1.0 - rows.share) * rows.gap) ** 2 + (north.distance * narrow) ** 2
    north_wins = (to_north < to_south) & (rows.gap > 0.0)
    on_south = np.where(south.share > 0.5, south.east, south.west)
    on_north = np.where(north.share > 0.5, north.east, north.west)
    return np.where(north_wins, on_north, on_south)


def _beyond(
    distance: FloatArray,
    extent: FloatArray | float,
    spacing: FloatArray | float,
    closed: BoolArray | bool,
) -> BoolArray:
    """Targets more than half a node distance outside the ends of an open row."""
    past_end = np.maximum(-distance, distance - extent)
    return np.asarray((past_end > np.asarray(spacing) / 2.0) & ~np.asarray(closed))
