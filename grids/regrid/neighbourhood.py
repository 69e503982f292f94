"""The nodes around each node, for fits of local gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.geometry import EARTH_RADIUS_M
from grids.regrid.circle import IndexArray, wrap_signed
from grids.regrid.mesh import Mesh, unit_vectors


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The K nodes around each node, the node itself among them.

    Attributes:
        nodes: int32 (node, K), positions in the flattened field.
        east: float32 (node, K), km east of the node.
        north: float32 (node, K), km north of the node.
    """

    nodes: NDArray[np.int32]
    east: NDArray[np.float32]
    north: NDArray[np.float32]


def neighbours(mesh: Mesh, *, window: int = 5, nodes: ArrayLike | None = None) -> Neighbours:
    """The window of nodes around each node.

    On a regular mesh these are the ``window`` x ``window`` nodes around it, closed over the
    dateline; at an edge the window is moved inwards, so that it stays full. On other meshes they
    are the ``window``² nearest nodes, the nearest first. A smaller mesh gives all it has.

    Distances are those of the equirectangular plane at the node, x = R cos(latitude) d(longitude)
    and y = R d(latitude): a field linear in longitude and latitude is a plane there.

    Args:
        mesh: the nodes.
        window: width of the window in nodes, odd.
        nodes: positions of the nodes wanted; all when None.

    Raises:
        ValueError: the window is not a positive odd number.
    """
    if window < 1 or window % 2 == 0:
        raise ValueError(f"a window of {window} nodes was asked; allowed are odd numbers from 1")
    centres = np.arange(mesh.size) if nodes is None else np.asarray(nodes, dtype=np.int64).ravel()
    around = (_in_window if mesh.kind == "regular" else _nearest)(mesh, window, centres)
    radius_km = EARTH_RADIUS_M / 1000.0
    latitude, longitude = mesh.latitude, mesh.longitude
    east_way = wrap_signed(longitude[around] - longitude[centres, np.newaxis])
    north_way = latitude[around] - latitude[centres, np.newaxis]
    narrow = np.cos(np.deg2rad(latitude[centres]))[:, np.newaxis]
    return Neighbours(
        nodes=around.astype(np.int32),
        east=(radius_km * narrow * np.deg2rad(east_way)).astype(np.float32),
        north=(radius_km * np.deg2rad(north_way)).astype(np.float32),
    )


def _in_window(mesh: Mesh, window: int, centres: IndexArray) -> IndexArray:
    table = mesh.nodes_of_rows[:, mesh.circles[0].order]
    rows, columns = table.shape
    place = np.empty(mesh.size, dtype=np.int64)
    place[table.ravel()] = np.arange(mesh.size)
    row, column = np.divmod(place[centres], columns)
    row_window = _moved_inwards(row, rows, window)
    if mesh.circles[0].closed:
        width = min(window, columns)
        column_window = (column[:, np.newaxis] + np.arange(width) - width // 2) % columns
    else:
        column_window = _moved_inwards(column, columns, window)
    around = table[row_window[:, :, np.newaxis], column_window[:, np.newaxis, :]]
    return np.asarray(around.reshape(centres.size, -1))


def _moved_inwards(position: IndexArray, count: int, window: int) -> IndexArray:
    width = min(window, count)
    first = np.clip(position - width // 2, 0, count - width)
    return np.asarray(first[:, np.newaxis] + np.arange(width))


def _nearest(mesh: Mesh, window: int, centres: IndexArray) -> IndexArray:
    count = min(window * window, mesh.size)
    places = unit_vectors(mesh.longitude[centres], mesh.latitude[centres])
    _, around = mesh.tree.query(places, k=count)
    return np.asarray(around, dtype=np.int64).reshape(centres.size, count)
