"""Where target cells lie among the nodes of a mesh: what the kernel needs, tile by tile."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.downscale.coast import place_shore
from forecast.downscale.layout import Place, empty_place
from grids.regrid import Mesh, interpolation

Floats = npt.NDArray[np.float32]


def place_tile(
    mesh: Mesh, *, latitude: Any, longitude: Any, elevation: Floats, nearest: bool
) -> Place:
    """Place the cells of a rectangle of rows and columns.

    Args:
        mesh: the nodes.
        latitude: of the rows, degrees.
        longitude: of the columns, degrees.
        elevation: m, float32 [row, column].
        nearest: give all weight to the nearest node.

    Raises:
        OutsideGrid: a cell is outside the mesh.
    """
    north = np.asarray(latitude, dtype=np.float64)
    east = np.asarray(longitude, dtype=np.float64)
    surface = np.ascontiguousarray(elevation, dtype=np.float32)
    if not is_separable(mesh, north):
        return place_points(
            mesh,
            latitude=np.repeat(north, east.size),
            longitude=np.tile(east, north.size),
            elevation=surface,
            nearest=nearest,
        )
    columns = interpolation(mesh, longitude=east, latitude=np.full(east.shape, north[0]))
    lines = interpolation(mesh, longitude=np.full(north.shape, east[0]), latitude=north)
    sides = columns.nodes[:, :2].astype(np.int64)
    column_nodes, position = np.unique(sides, return_inverse=True)
    row_share = lines.weights[:, 2] + lines.weights[:, 3]
    column_share = columns.weights[:, 1] + columns.weights[:, 3]
    if nearest:
        row_share = (row_share > 0.5).astype(np.float32)
        column_share = (column_share > 0.5).astype(np.float32)
    return empty_place(
        separable=True,
        row_nodes=lines.nodes[:, ::2].astype(np.int64) - sides[0, 0],
        row_share=np.ascontiguousarray(row_share),
        column_nodes=column_nodes,
        west=np.ascontiguousarray(position.reshape(-1, 2)[:, 0]),
        east=np.ascontiguousarray(position.reshape(-1, 2)[:, 1]),
        column_share=np.ascontiguousarray(column_share),
        elevation=surface,
        latitude=north,
        longitude=np.broadcast_to(east, (north.size, east.size)).copy(),
    )


def place_points(
    mesh: Mesh, *, latitude: Any, longitude: Any, elevation: Floats, nearest: bool
) -> Place:
    """Place single points, or the cells of a tile given one by one (row-major).

    `elevation` is [row, column]; a list of points has one column. Else as `place_tile`.
    """
    weights = interpolation(mesh, longitude=longitude, latitude=latitude)
    nodes, shares = weights.nodes, weights.weights
    if nearest:
        nodes = np.repeat(weights.nearest[:, np.newaxis], 4, axis=1)
        shares = np.zeros(nodes.shape, dtype=np.float32)
        shares[:, 0] = 1.0
    surface = np.ascontiguousarray(elevation, dtype=np.float32)
    return empty_place(
        nodes=np.ascontiguousarray(nodes),
        weights=np.ascontiguousarray(shares),
        nearest=weights.nearest,
        elevation=surface,
        latitude=np.ascontiguousarray(
            np.asarray(latitude, dtype=np.float64).reshape(surface.shape)[:, 0]
        ),
        longitude=np.asarray(longitude, dtype=np.float64).reshape(surface.shape).copy(),
    )


def by_land_and_sea(place: Place, *, land: Floats, fraction: Floats) -> Place:
    """The same place, its coastal cells interpolated by land and sea: see `coast`.

    Args:
        place: of a tile or of points.
        land: land fraction of all nodes [node]; NaN where not known.
        fraction: of the cells, in the order of `place.elevation`; NaN where not known.
    """
    touched = place.nodes
    if place.separable:
        touched = np.unique(place.row_nodes)[:, np.newaxis] + place.column_nodes
    kinds = land[touched]
    kinds = kinds[np.isfinite(kinds)]
    if kinds.size == 0 or kinds.min() == kinds.max():
        return place
    nodes, weights = _corners(place) if place.separable else (place.nodes, place.weights)
    shore, shore_nodes, shore_weights = place_shore(
        nodes, weights, land=land, fraction=fraction.ravel()
    )
    return place._replace(shore=shore, shore_nodes=shore_nodes, shore_weights=shore_weights)


def _corners(place: Place) -> tuple[npt.NDArray[np.int64], Floats]:
    """The four nodes of each cell of a separable place and their weights [cell, 4]."""
    sides = np.stack([place.column_nodes[place.west], place.column_nodes[place.east]], axis=-1)
    nodes = place.row_nodes[:, np.newaxis, :, np.newaxis] + sides[np.newaxis, :, np.newaxis, :]
    up = np.stack([1.0 - place.row_share, place.row_share], axis=-1)
    along = np.stack([1.0 - place.column_share, place.column_share], axis=-1)
    weights = up[:, np.newaxis, :, np.newaxis] * along[np.newaxis, :, np.newaxis, :]
    return nodes.reshape(-1, 4), weights.reshape(-1, 4)


def is_separable(mesh: Mesh, latitude: npt.NDArray[np.float64]) -> bool:
    """Whether rows and columns can be placed apart: a regular mesh, not across a pole."""
    if mesh.kind != "regular":
        return False
    rows = mesh.row_latitudes
    within = float(latitude.min()) >= rows[0] and float(latitude.max()) <= rows[-1]
    return within or not mesh.circles[0].closed
