"""Land and sea apart: weights by which a cell takes its weather from nodes of its own kind.

Where the nodes around a cell are partly land and partly sea, interpolation mixes what differs by
several kelvin and metres per second within a cell's width. The fine land fraction knows better
how much of each the cell is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.downscale.footprint import footprint, tells_land
from forecast.downscale.native import Orography, footprint_width_km, nodal
from forecast.parameters import chosen
from grids.regrid import Mesh

LEAST_SIDE: Final = chosen("coast_least_side")
"""Weight of land, or of sea, among the nodes of a cell below which all nodes stand for it."""

FROM_MODEL: Final = "land fraction of the model"
FROM_TERRAIN: Final = "land fraction of the terrain averaged over the model cell"

_UNCHANGED: Final = 1e-6
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def matched_weights(weights: Doubles, land: Doubles, *, fraction: Doubles) -> Doubles:
    """Weights of nodes by land and sea, float64 [cell, node]; their sum is kept.

    w'_i = f w_i l_i / Σ w l + (1 - f) w_i (1 - l_i) / Σ w (1 - l): the land share f of the cell is
    taken from land, the rest from sea. Where one of the sums is below 0.05 of Σ w, all nodes stand
    for that side. With f = Σ w l / Σ w they are the plain weights.

    Args:
        weights: plain ones [cell, node], not negative.
        land: land fraction of the nodes, 0 to 1 [cell, node].
        fraction: of the cell [cell].
    """
    total = weights.sum(axis=1, keepdims=True)
    parts = [_side(weights, share, total) for share in (land, 1.0 - land)]
    own = fraction[:, np.newaxis]
    return np.asarray(own * parts[0] + (1.0 - own) * parts[1])


def _side(weights: Doubles, share: Doubles, total: Doubles) -> Doubles:
    """Weights of the nodes for land alone, or for sea alone."""
    side = weights * share
    weight = side.sum(axis=1, keepdims=True)
    enough = weight >= LEAST_SIDE * total
    return np.where(enough, side * total / np.where(enough, weight, 1.0), weights)


def shore_cells(weights: Doubles, land: Doubles, *, fraction: Doubles) -> npt.NDArray[np.bool_]:
    """Cells whose nodes with weight differ in kind and whose own land fraction is known.

    Args:
        weights: [cell, node].
        land: of the nodes [cell, node]; NaN where not known.
        fraction: of the cells [cell]; NaN where not known.
    """
    counts = weights > 0.0
    low = np.where(counts, land, np.inf).min(axis=1)
    high = np.where(counts, land, -np.inf).max(axis=1)
    return np.asarray((high > low) & np.isfinite(fraction))


def place_shore(
    nodes: npt.NDArray[np.integer], weights: Floats, *, land: Floats, fraction: Floats
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], Floats]:
    """Which cells are interpolated by land and sea, and from what.

    Args:
        nodes: around each cell [cell, 4].
        weights: theirs [cell, 4].
        land: land fraction of all nodes [node]; NaN where not known.
        fraction: land fraction of the cells [cell]; NaN where not known.

    Returns:
        For each cell its place in the lists or -1 (empty without any such cell), nodes and
        weights of the listed ones [shore cell, 4].
    """
    around = land[nodes].astype(np.float64)
    plain = weights.astype(np.float64)
    own = np.clip(fraction.astype(np.float64), 0.0, 1.0)
    found = np.flatnonzero(shore_cells(plain, around, fraction=own))
    matched = matched_weights(plain[found], np.clip(around[found], 0.0, 1.0), fraction=own[found])
    changed = np.abs(matched - plain[found]).max(axis=1, initial=0.0) > _UNCHANGED
    found, matched = found[changed], matched[changed]
    place = np.full(nodes.shape[0] if found.size else 0, -1, dtype=np.int64)
    place[found] = np.arange(found.size)
    return place, nodes[found].astype(np.int32), np.ascontiguousarray(matched, dtype=np.float32)


def shore_origin(native: xr.Dataset, terrain: xr.Dataset | None) -> str:
    """Where the land fraction of the nodes comes from, in words; empty where from nowhere."""
    if "model_land_fraction" in native:
        return FROM_MODEL
    return FROM_TERRAIN if terrain is not None and tells_land(terrain) else ""


def node_land(
    native: xr.Dataset, mesh: Mesh, *, heights: Orography, terrain: xr.Dataset | None
) -> Floats:
    """Land fraction of the nodes [node], 0 to 1; NaN where not known.

    The model's own, else that of the terrain around the node as far as it reaches.

    Args:
        native: may hold `model_land_fraction`.
        mesh: its nodes.
        heights: from `native.model_orography`.
        terrain: the ground around the target.
    """
    origin = shore_origin(native, terrain)
    if origin == FROM_MODEL:
        return nodal(native, "model_land_fraction")
    if origin == FROM_TERRAIN and terrain is not None:
        if heights.land is not None:
            return heights.land
        return footprint(terrain, mesh, width_km=footprint_width_km(mesh)).land
    return np.full(mesh.size, np.nan, dtype=np.float32)
