"""Interpolation on scattered nodes: Delaunay triangles in a local stereographic plane.

The stereographic projection maps circles to circles, so the triangles are those of the sphere.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, QhullError

from grids.errors import InvalidGrid
from grids.regrid.circle import FloatArray, IndexArray
from grids.regrid.mesh import Mesh, unit_vectors
from grids.regrid.rowwise import Placed

FARTHEST_COSINE = np.cos(np.deg2rad(150.0))
"""Nodes farther than 150 degrees from the centre cannot be drawn in one plane."""

ON_EDGE = 1e-9
"""A point this share of a triangle's height behind an edge is on the edge."""

SLIVER_COSINE = -0.6
"""A boundary triangle with a wider angle (127 degrees) over its outer edge is left out."""

LONG_EDGE = 4.0
"""So is a boundary triangle whose outer edge exceeds this many median edges."""


class Triangulation:
    """Triangles of the nodes and the boundary of the area that they cover."""

    def __init__(self, mesh: Mesh) -> None:
        """Triangulate ``mesh``.

        Raises:
            InvalidGrid: fewer than three nodes, nodes on one line, or spread over the globe.
        """
        self._mesh = mesh
        vectors = unit_vectors(mesh.longitude, mesh.latitude)
        self._frame = _frame(vectors.mean(axis=0))
        if (vectors @ self._frame[2]).min() < FARTHEST_COSINE:
            raise InvalidGrid(
                "the scattered nodes of a mesh spread over the whole globe; allowed are nodes"
                " within 150 degrees of their centre, so cut out an area first"
            )
        self._plane = self._project(vectors)
        try:
            self._delaunay = Delaunay(self._plane)
        except (QhullError, ValueError) as error:
            raise InvalidGrid(
                f"the {mesh.size} nodes of a scattered mesh make no triangles; allowed are three"
                " nodes or more that do not lie on one line"
            ) from error
        self._inside = _without_slivers(self._delaunay, self._plane)
        self._set_boundary()

    def place(self, longitude: FloatArray, latitude: FloatArray) -> Placed:
        """Place targets (degrees) in the triangles; see ``interpolation``."""
        vectors = unit_vectors(longitude, latitude)
        points = self._project(vectors)
        nearest = np.asarray(self._mesh.tree.query(vectors)[1], dtype=np.int64)
        simplex, shares = self._walk(points, nearest)
        within = (simplex >= 0) & self._inside[simplex]
        nodes = np.repeat(nearest[:, np.newaxis], 4, axis=1).astype(np.int32)
        weights = np.zeros(nodes.shape, dtype=np.float32)
        nodes[within, :3] = self._delaunay.simplices[simplex[within]]
        shares = np.clip(shares[within], 0.0, 1.0)
        weights[within, :3] = shares / shares.sum(axis=1, keepdims=True)
        outside = np.zeros(within.shape, dtype=bool)
        for target in np.flatnonzero(~within):
            ends, share, outside[target] = self._on_boundary(points[target])
            nodes[target, :2], weights[target, :2] = ends, (1.0 - share, share)
        return Placed(nodes, weights, nearest, outside)

    def _project(self, vectors: FloatArray) -> FloatArray:
        up = np.maximum(1.0 + vectors @ self._frame[2], 1e-12)
        return np.asarray(2.0 * (vectors @ self._frame[:2].T) / up[:, np.newaxis])

    def _walk(self, points: FloatArray, nearest: IndexArray) -> tuple[IndexArray, FloatArray]:
        """The triangle of each point (-1 outside the hull) and the shares of its corners.

        Visibility walk (Devillers, Pion and Teillaud 2002) from a triangle at the nearest node:
        always over the edge that the point lies farthest behind. It is used in place of
        ``Delaunay.find_simplex``, whose preparation calls LAPACK for each single triangle.
        """
        simplex = np.maximum(self._delaunay.vertex_to_simplex[nearest], 0).astype(np.int64)
        shares = np.empty((len(points), 3))
        moving = np.arange(len(points))
        for _ in range(len(self._delaunay.simplices)):
            if moving.size == 0:
                break
            shares[moving] = self._shares(simplex[moving], points[moving])
            behind = np.argmin(shares[moving], axis=1)
            moving = moving[shares[moving, behind] < -ON_EDGE]
            behind = np.argmin(shares[moving], axis=1)
            simplex[moving] = self._delaunay.neighbors[simplex[moving], behind]
            moving = moving[simplex[moving] >= 0]
        simplex[moving] = -1
        return simplex, shares

    def _shares(self, simplex: IndexArray, points: FloatArray) -> FloatArray:
        """Barycentric coordinates of points in triangles: (point, 3)."""
        corner, other, third = np.moveaxis(self._plane[self._delaunay.simplices[simplex]], 1, 0)
        one, two, way = other - corner, third - corner, points - corner
        area = _cross(one, two)
        area = np.where(area == 0.0, 1e-300, area)
        second = _cross(way, two) / area
        last = _cross(one, way) / area
        return np.stack([1.0 - second - last, second, last], axis=-1)

    def _set_boundary(self) -> None:
        edges = _boundary(self._delaunay, self._inside)
        self._edges = edges
        self._edge_start = self._plane[edges[:, 0]]
        self._edge_way = self._plane[edges[:, 1]] - self._edge_start
        self._edge_length = np.hypot(*self._edge_way.T)

    def _on_boundary(self, point: FloatArray) -> tuple[IndexArray, float, bool]:
        """The place on the boundary nearest to a point: edge, share of its end, too far away."""
        way = np.einsum("ei,ei->e", point - self._edge_start, self._edge_way)
        share = np.clip(way / self._edge_length**2, 0.0, 1.0)
        foot = self._edge_start + share[:, np.newaxis] * self._edge_way
        distance = np.hypot(*(point - foot).T)
        edge = int(np.argmin(distance))
        too_far = bool(distance[edge] > self._edge_length[edge] / 2.0)
        return self._edges[edge], float(share[edge]), too_far


def _cross(one: FloatArray, other: FloatArray) -> FloatArray:
    """Twice the signed area between plane vectors (…, 2)."""
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


@lru_cache(maxsize=8)
def triangulation(mesh: Mesh) -> Triangulation:
    """The triangulation of a mesh, made once."""
    return Triangulation(mesh)


def _frame(middle: FloatArray) -> FloatArray:
    """Unit vectors east, north and up at the middle of the nodes: (3, 3)."""
    length = np.linalg.norm(middle)
    up = middle / length if length > 1e-6 else np.array([0.0, 0.0, 1.0])
    east = np.array([-up[1], up[0], 0.0])
    length = np.linalg.norm(east)
    east = east / length if length > 1e-9 else np.array([1.0, 0.0, 0.0])
    return np.stack([east, np.cross(up, east), up])


def _without_slivers(delaunay: Delaunay, plane: FloatArray) -> NDArray[np.bool_]:
    """Triangles that belong to the mesh: those of its convex hull without the outer slivers."""
    corners = plane[delaunay.simplices]
    # edge i is opposite to corner i
    edges = np.roll(corners, -2, axis=1) - np.roll(corners, -1, axis=1)
    lengths = np.linalg.norm(edges, axis=2)
    one, other = np.roll(corners, -1, axis=1) - corners, np.roll(corners, -2, axis=1) - corners
    product = np.linalg.norm(one, axis=2) * np.linalg.norm(other, axis=2)
    cosine = np.einsum("sci,sci->sc", one, other) / np.maximum(product, 1e-300)
    poor = (cosine < SLIVER_COSINE) | (lengths > LONG_EDGE * np.median(lengths))
    whole = _cross(one[:, 0], other[:, 0]) != 0.0
    inside = whole.copy()
    around = delaunay.neighbors
    exposed = list(zip(*np.nonzero(around < 0), strict=True))
    while exposed:
        triangle, corner = exposed.pop()
        if not inside[triangle] or not poor[triangle, corner]:
            continue
        inside[triangle] = False
        others = around[triangle][around[triangle] >= 0]
        exposed.extend((other, int(np.argmax(around[other] == triangle))) for other in others)
    return inside if inside.any() else np.asarray(whole)


def _boundary(delaunay: Delaunay, inside: NDArray[np.bool_]) -> IndexArray:
    """Edges with a triangle of the mesh on one side only: nodes (edge, 2)."""
    neighbours = delaunay.neighbors
    exposed = ((neighbours < 0) | ~inside[neighbours]) & inside[:, np.newaxis]
    triangle, corner = np.nonzero(exposed)
    simplices = delaunay.simplices
    return np.stack(
        [simplices[triangle, (corner + 1) % 3], simplices[triangle, (corner + 2) % 3]], axis=-1
    ).astype(np.int64)
