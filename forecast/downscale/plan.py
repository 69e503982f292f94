"""A plan: all that a tile or a list of points needs, prepared once, opened anywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.downscale.layout import Model
from forecast.errors import DataError
from grids.grid import Grid
from grids.regrid import Mesh

_ARRAYS: Final = (
    "values",
    "ratios",
    "patchy",
    "inverted",
    "model_elevation",
    "model_land",
    "groups",
    "operations",
    "limits",
    "sun_angles",
    "times",
    "elevation",
    "land",
    "patterns",
    "term_weights",
    "longitude",
    "latitude",
    "mesh_longitude",
    "mesh_latitude",
)
NODAL: Final = ("values", "ratios", "patchy", "inverted", "model_elevation", "model_land")
"""Arrays with one entry for each node of the mesh."""

_FORMAT: Final = "zhitian-plan/2"


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """Predictors at the nodes and the target, ready for the kernel.

    Attributes:
        variables: outputs in order.
        method: how they are downscaled.
        regular: whether the mesh has latitude and longitude axes.
        moist: whether the dew point is known.
        mesh_longitude: degrees, of the columns when regular, else of the nodes.
        mesh_latitude: degrees, of the rows when regular, else of the nodes.
        grid: the target grid, or None for points.
        longitude: degrees (column,) or (point,).
        latitude: degrees (row,) or (point,).
        elevation: m, float32 (row, column) or (point,).
        land: land fraction, float32 like `elevation`; NaN where not known.
        model_land: land fraction of the nodes, float32 (node,); NaN where cells are not to be
            interpolated by land and sea.
        patterns: of a correction, K, float32 (row, column, term) or (point, term).
        times: valid times, datetime64[ns] (time,).
        notes: attributes of the result: method, model orography and the like.

    The other fields are those of `layout.Model` and the table of `sun.angles`.
    """

    variables: tuple[str, ...]
    method: str
    regular: bool
    moist: bool
    mesh_longitude: npt.NDArray[np.float64]
    mesh_latitude: npt.NDArray[np.float64]
    grid: Grid | None
    longitude: npt.NDArray[np.float64]
    latitude: npt.NDArray[np.float64]
    elevation: npt.NDArray[np.float32]
    land: npt.NDArray[np.float32]
    model_land: npt.NDArray[np.float32]
    patterns: npt.NDArray[np.float32]
    term_weights: npt.NDArray[np.float32]
    times: npt.NDArray[np.datetime64]
    values: npt.NDArray[np.float32]
    ratios: npt.NDArray[np.float32]
    patchy: npt.NDArray[np.uint8]
    inverted: npt.NDArray[np.uint8]
    model_elevation: npt.NDArray[np.float32]
    groups: npt.NDArray[np.int64]
    operations: npt.NDArray[np.int64]
    limits: npt.NDArray[np.float32]
    sun_angles: npt.NDArray[np.float64]
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """(row, column) of a grid, (point,) of points."""
        return self.elevation.shape

    @property
    def steps(self) -> int:
        """Number of valid times."""
        return int(self.times.size)

    @cached_property
    def mesh(self) -> Mesh:
        """The nodes."""
        axes = {"longitude": self.mesh_longitude, "latitude": self.mesh_latitude}
        return Mesh.regular(**axes) if self.regular else Mesh.at_nodes(**axes)

    @cached_property
    def model(self) -> Model:
        """The kernel's view of the predictors."""
        steps = self.values.shape[-1]
        nodes = self.values.shape[0]
        return Model(
            values=self.values.reshape(nodes, -1),
            ratios=self.ratios.reshape(nodes, -1),
            term_weights=self.term_weights,
            patchy=self.patchy,
            inverted=self.inverted,
            elevation=self.model_elevation,
            groups=self.groups,
            operations=self.operations,
            limits=self.limits,
            steps=steps,
            outputs=len(self.variables),
            lift=1.0 if self.method in ("zhitian", "fixed-lapse") else 0.0,
            moist=1.0 if self.moist else 0.0,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is derived, so that a plan stays small on its way."""
        return {k: v for k, v in self.__dict__.items() if k not in ("mesh", "model")}

    def save(self, directory: Path) -> Path:
        """Write the plan as .npy files and plan.json into a directory, made if absent."""
        directory.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(directory / f"{name}.npy", getattr(self, name), allow_pickle=False)
        (directory / "plan.json").write_text(self.described(), encoding="utf-8")
        return directory

    def described(self) -> str:
        """What is no array, as JSON; `from_arrays` reads it."""
        described = {
            "format": _FORMAT,
            "variables": list(self.variables),
            "method": self.method,
            "regular": self.regular,
            "moist": self.moist,
            "grid": None if self.grid is None else self.grid.to_dict(),
            "notes": self.notes,
        }
        return json.dumps(described, ensure_ascii=False, indent=1)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All arrays by name."""
        return {name: getattr(self, name) for name in _ARRAYS}

    @classmethod
    def from_arrays(cls, text: str, arrays: dict[str, Any]) -> Plan:
        """A plan from what `described` and `arrays` gave.

        Raises:
            DataError: the text describes no plan of this format.
        """
        described = json.loads(text)
        if described.pop("format", None) != _FORMAT:
            raise DataError(f"a plan was read that is not of the format {_FORMAT}")
        grid = described.pop("grid")
        described["variables"] = tuple(described["variables"])
        return cls(**described, **arrays, grid=None if grid is None else Grid.from_dict(grid))

    @classmethod
    def open(cls, directory: Path) -> Plan:
        """Open a saved plan; its arrays are memory-mapped.

        Raises:
            DataError: the directory holds no plan of this format.
        """
        try:
            text = (directory / "plan.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DataError(f"a plan was asked from {directory}; there is none") from None
        return cls.from_arrays(text, {n: _mapped(directory / f"{n}.npy") for n in _ARRAYS})


def _mapped(path: Path) -> npt.NDArray[Any]:
    # copy-on-write, and a plain array: the kernel is compiled for writable ones
    return np.load(path, mmap_mode="c", allow_pickle=False).view(np.ndarray)
