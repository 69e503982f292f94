"""Weights from the nodes of a mesh to target places, and their application.

Regular meshes are bilinear; reduced Gaussian rows are linear in longitude on the two rows around
the target, then linear in latitude; all other meshes are barycentric in Delaunay triangles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.errors import InvalidGrid, OutsideGrid
from grids.regrid.circle import DECIMALS, FloatArray, wrap_signed
from grids.regrid.mesh import Mesh
from grids.regrid.rowwise import Placed, rowwise
from grids.regrid.scattered import triangulation

MINIMUM_WEIGHT = 0.5
"""Below this share of valid weight an interpolated value is missing."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Four nodes and their shares for each target place.

    Attributes:
        nodes: int32 (target, 4), positions in the flattened field; where fewer than four nodes
            take part the rest repeat one of them with weight 0.
        weights: float32 (target, 4), not negative, each row summing to 1.
        nearest: int32 (target,), the nearest node.
        size: number of nodes of the mesh.
    """

    nodes: NDArray[np.int32]
    weights: NDArray[np.float32]
    nearest: NDArray[np.int32]
    size: int


def interpolation(mesh: Mesh, *, longitude: ArrayLike, latitude: ArrayLike) -> Weights:
    """Nodes and weights that interpolate a field on ``mesh`` to places.

    The mesh ends half a node distance beyond its outermost nodes, as each value stands for the
    area around its node; in that outer half the edge is held. A mesh that goes round the globe
    and whose last row lies within one row distance of the pole is interpolated across the pole.
    All longitudes mean the same place at the pole.

    Args:
        mesh: the nodes.
        longitude: degrees east in any convention, any shape (flattened, row-major).
        latitude: degrees north, same shape.

    Raises:
        OutsideGrid: a target is outside; the sentence names the first one.
        InvalidGrid: the numbers of longitudes and latitudes differ.
    """
    east, north = _targets(longitude, latitude)
    placed = _placed(mesh, east, north)
    if placed.outside.any():
        first = int(np.argmax(placed.outside))
        raise OutsideGrid(_outside_sentence(mesh, east[first], north[first]))
    return Weights(
        nodes=placed.nodes.astype(np.int32, copy=False),
        weights=placed.weights.astype(np.float32, copy=False),
        nearest=placed.nearest.astype(np.int32, copy=False),
        size=mesh.size,
    )


def covers(mesh: Mesh, *, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
    """Whether ``interpolation`` reaches each place: bool (target,).

    Args:
        mesh: the nodes.
        longitude: degrees east in any convention, any shape (flattened, row-major).
        latitude: degrees north, same shape.

    Raises:
        InvalidGrid: the numbers of longitudes and latitudes differ.
        OutsideGrid: a place is not on the globe.
    """
    return np.asarray(~_placed(mesh, *_targets(longitude, latitude)).outside)


def nearest(mesh: Mesh, *, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.int32]:
    """The node nearest to each place: int32 (target,); errors as ``interpolation``."""
    return interpolation(mesh, longitude=longitude, latitude=latitude).nearest


def apply(weights: Weights, values: ArrayLike) -> NDArray[np.float32]:
    """Interpolate fields with precomputed weights (numpy reference).

    A missing node gives its weight to the others; with less than half of the weight valid the
    result is NaN.

    Args:
        weights: from ``interpolation``.
        values: (..., node), NaN = missing; leading dims ride along.

    Returns:
        float32 (..., target).

    Raises:
        InvalidGrid: the last dimension is not the mesh's.
    """
    fields = np.asarray(values)
    if fields.shape[-1:] != (weights.size,):
        raise InvalidGrid(
            f"values of shape {fields.shape} were given; the last dimension must hold the"
            f" {weights.size} nodes of the mesh"
        )
    total = np.zeros((*fields.shape[:-1], weights.nodes.shape[0]))
    valid_weight = np.zeros_like(total)
    for corner in range(weights.nodes.shape[1]):
        value = fields[..., weights.nodes[:, corner]]
        share = np.where(np.isnan(value), 0.0, weights.weights[:, corner])
        total += share * np.nan_to_num(value, nan=0.0)
        valid_weight += share
    enough = valid_weight >= MINIMUM_WEIGHT
    mean = np.divide(total, valid_weight, out=np.full_like(total, np.nan), where=enough)
    return mean.astype(np.float32)


def _placed(mesh: Mesh, east: FloatArray, north: FloatArray) -> Placed:
    if mesh.kind == "scattered":
        return triangulation(mesh).place(east, north)
    return rowwise(mesh, longitude=east, latitude=north)


def _targets(longitude: ArrayLike, latitude: ArrayLike) -> tuple[FloatArray, FloatArray]:
    north = np.round(np.asarray(latitude, dtype=np.float64).ravel(), DECIMALS)
    east = np.asarray(longitude, dtype=np.float64).ravel()
    if north.size != east.size:
        raise InvalidGrid(
            f"{east.size} longitudes and {north.size} latitudes were given; each place needs both"
        )
    bad = ~(np.isfinite(east) & (np.abs(north) <= 90.0))
    if bad.any():
        first = int(np.argmax(bad))
        raise OutsideGrid(
            f"longitude {east[first]:g}, latitude {north[first]:g} was asked;"
            " allowed are finite longitudes and latitudes of -90 to 90 degrees"
        )
    return np.where(np.abs(north) == 90.0, 0.0, east), north


def _outside_sentence(mesh: Mesh, longitude: float, latitude: float) -> str:
    west, east = mesh.longitude_range
    return (
        f"longitude {float(wrap_signed(longitude)):g}, latitude {latitude:g} was asked; the model"
        f" mesh covers {west:g} to {east:g} degrees east and {mesh.latitude.min():g} to"
        f" {mesh.latitude.max():g} degrees north, and half a node distance around"
    )
