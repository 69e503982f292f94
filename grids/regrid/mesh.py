"""The nodes of a model and how they are arranged."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from grids.errors import InvalidGrid
from grids.regrid.circle import DECIMALS, Circle, FloatArray, IndexArray, wrap_signed

Kind = Literal["regular", "rows", "scattered"]

SHORTEST_ROW = 4
"""Rows of a reduced Gaussian grid have at least so many nodes in the median."""


def unit_vectors(longitude: ArrayLike, latitude: ArrayLike) -> FloatArray:
    """Places (degrees) as points on the unit sphere: float64 (n, 3)."""
    east, north = np.deg2rad(wrap_signed(longitude)), np.deg2rad(np.asarray(latitude, np.float64))
    return np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
    )


@dataclass(frozen=True, eq=False)
class Mesh:
    """The nodes of a model in the order of its values, flattened.

    Build it with ``Mesh.regular``, ``Mesh.at_nodes`` or ``Mesh.from_dataset``.

    Attributes:
        longitude: degrees in [-180, 180), float64 (node).
        latitude: degrees, float64 (node).
        kind: ``regular`` (latitude and longitude axes), ``rows`` (rows of constant latitude with
            longitudes of their own: reduced Gaussian) or ``scattered`` (anything else).
        rows: node numbers of each row from south to north, each from its ``circles`` order;
            empty for ``scattered``.
        circles: the longitudes of each row; one entry serves all the rows of ``regular``.
        row_latitudes: ascending latitudes of the rows, degrees.
    """

    longitude: FloatArray
    latitude: FloatArray
    kind: Kind
    rows: tuple[IndexArray, ...] = ()
    circles: tuple[Circle, ...] = ()
    row_latitudes: FloatArray = field(default_factory=lambda: np.empty(0))

    @classmethod
    def regular(cls, *, latitude: ArrayLike, longitude: ArrayLike) -> Mesh:
        """A mesh with a latitude and a longitude axis (degrees), values [latitude, longitude].

        The axes may run in either direction, in any convention of longitude. A longitude axis
        that goes round the globe is closed.

        Raises:
            InvalidGrid: an axis is empty, not finite or holds the same coordinate twice.
        """
        rows = _axis(latitude, "latitude")
        columns = _axis(longitude, "longitude")
        upward = np.argsort(rows, kind="stable")
        circle = _circle(columns)
        if np.any(np.diff(rows[upward]) <= 0.0):
            raise InvalidGrid("The latitude axis of a mesh must not hold the same latitude twice.")
        numbers = np.arange(rows.size * columns.size, dtype=np.int64).reshape(rows.size, -1)
        return cls(
            longitude=np.tile(wrap_signed(columns), rows.size),
            latitude=np.repeat(rows, columns.size),
            kind="regular",
            rows=tuple(numbers[upward]),
            circles=(circle,),
            row_latitudes=rows[upward],
        )

    @classmethod
    def at_nodes(cls, *, latitude: ArrayLike, longitude: ArrayLike) -> Mesh:
        """A mesh of single nodes (degrees, one entry a node), values [node].

        Nodes that lie on evenly spaced rows of constant latitude are taken as ``rows``, all
        others as ``scattered``.

        Raises:
            InvalidGrid: fewer than one node, or coordinates that are not finite.
        """
        north = _axis(latitude, "latitude")
        east = wrap_signed(_axis(longitude, "longitude"))
        if north.shape != east.shape:
            raise InvalidGrid(
                f"A mesh needs one longitude for each latitude, not {east.size} and {north.size}."
            )
        row_latitudes, members = _rows(north)
        circles = _even_circles(east, members)
        if circles is None:
            return cls(east, north, "scattered")
        return cls(east, north, "rows", members, circles, row_latitudes)

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset | xr.DataArray) -> Mesh:
        """The mesh of a native dataset: dims latitude and longitude, or node.

        Raises:
            InvalidGrid: it has neither.
        """
        axes = {"latitude", "longitude"}
        dims: set[Hashable] = set(dataset.dims)
        if axes <= dims:
            return cls.regular(
                latitude=dataset["latitude"].values, longitude=dataset["longitude"].values
            )
        if "node" in dims and axes <= set(dataset.coords):
            return cls.at_nodes(
                latitude=dataset["latitude"].values, longitude=dataset["longitude"].values
            )
        raise InvalidGrid(
            "A mesh needs the dimensions latitude and longitude, or node with latitude and "
            f"longitude coordinates; this dataset has {sorted(map(str, dims))}."
        )

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(self.latitude.size)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a field on the mesh: (latitude, longitude) when regular, else (node,)."""
        if self.kind == "regular":
            return (len(self.rows), self.size // len(self.rows))
        return (self.size,)

    @cached_property
    def tree(self) -> cKDTree:
        """Search tree of the nodes on the unit sphere."""
        return cKDTree(unit_vectors(self.longitude, self.latitude))

    @cached_property
    def nodes_of_rows(self) -> IndexArray:
        """Node numbers of a regular mesh, south to north: int64 (row, column as the caller's)."""
        return np.stack(self.rows)

    @property
    def longitude_range(self) -> tuple[float, float]:
        """Longitudes of the westernmost and easternmost node, degrees; the east may exceed 180."""
        if self.circles and all(circle.closed for circle in self.circles):
            return (-180.0, 180.0)
        circle = self.circles[0] if self.kind == "regular" else _span(self.longitude)
        west = float(wrap_signed(circle.start))
        return (west, west + float(circle.offsets[-1]))

    def circle(self, row: int) -> Circle:
        """The longitudes of a row, counted from the south."""
        return self.circles[0 if len(self.circles) == 1 else row]


def _axis(values: ArrayLike, name: str) -> FloatArray:
    axis = np.round(np.atleast_1d(np.asarray(values, dtype=np.float64)).ravel(), DECIMALS)
    if axis.size == 0 or not np.all(np.isfinite(axis)):
        raise InvalidGrid(f"The {name} of a mesh must be finite degrees, at least one.")
    if name == "latitude" and np.abs(axis).max() > 90.0:
        raise InvalidGrid(f"The latitude of a mesh must lie within -90 and 90, not {axis.max()}.")
    return axis


def _span(longitude: FloatArray) -> Circle:
    return Circle.cut(np.unique(longitude))


def _circle(longitude: FloatArray) -> Circle:
    try:
        return Circle.cut(longitude)
    except ValueError as error:
        raise InvalidGrid(f"The longitude axis of a mesh is no axis: {error}") from None


def _rows(latitude: FloatArray) -> tuple[FloatArray, tuple[IndexArray, ...]]:
    """Ascending distinct latitudes (to 1e-6 degree) and the nodes on each."""
    levels, level_of = np.unique(np.round(latitude, 6), return_inverse=True)
    order = np.argsort(level_of, kind="stable")
    ends = np.cumsum(np.bincount(level_of, minlength=levels.size))
    return levels, tuple(np.split(order, ends[:-1]))


def _even_circles(longitude: FloatArray, rows: tuple[IndexArray, ...]) -> tuple[Circle, ...] | None:
    """The circle of every row, or None unless all rows are evenly spaced and long enough."""
    if longitude.size < SHORTEST_ROW or np.median([row.size for row in rows]) < SHORTEST_ROW:
        return None
    circles = []
    for row in rows:
        try:
            circle = Circle.cut(longitude[row])
        except ValueError:
            return None
        even = circle.spacing * np.arange(row.size)
        if np.abs(circle.offsets - even).max() > 0.01 * circle.spacing:
            return None
        circles.append(circle)
    return tuple(circles)
