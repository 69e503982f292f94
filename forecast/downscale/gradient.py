"""The local vertical gradient of a surface quantity, as a static linear operator on the mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from forecast.parameters import chosen
from grids.geometry import EARTH_RADIUS_M
from grids.regrid import Mesh, Neighbours, neighbours

PRIOR_TEMPERATURE: Final = chosen("temperature_gradient_prior")
"""K km-1, the standard atmosphere (ISO 2533:1975)."""

PRIOR_DEW_POINT: Final = chosen("dew_point_gradient_prior")
"""K km-1, near the median of the analyses of four models."""

STEEPEST: Final = -9.8
"""K km-1, the dry adiabat: a steeper fall of temperature overturns."""

STRONGEST_INVERSION: Final = chosen("strongest_inversion")
"""K km-1; over the depth to which an inversion is followed no more than 0.3 K."""

RIDGE: Final = chosen("gradient_ridge")
"""km², pulls the fit to the prior where the window has little relief: as much as 25 nodes whose
heights differ by 110 m."""

NARROWEST: Final = round(chosen("gradient_narrowest"))
WIDEST: Final = round(chosen("gradient_widest"))
"""Width of the window, nodes."""

REACH_KM: Final = chosen("gradient_reach")
"""Width of the window where these allow it: 5 x 5 nodes at 0.25°, 9 x 9 at 0.1°."""

_CLOSE: Final = 3
"""Width of the close window, nodes: the narrowest from which a plane and a slope can be told."""

_FEWEST_NODES: Final = 4
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GradientOperator:
    """Ridge regression of a quantity on height in the window of each node.

    Attributes:
        matrix: scipy CSR (node, node), K per km from K.
        close: the same over the 3 x 3 nodes around and with little ridge; says where it is warm
            above cold.
        elevation_km: height of the nodes, float64 (node,).
        usable: nodes that take part, bool (node,).
    """

    matrix: sparse.csr_array
    close: sparse.csr_array
    elevation_km: Doubles
    usable: npt.NDArray[np.bool_]

    def gradient(
        self,
        values: npt.NDArray[np.float32],
        *,
        prior: float,
        sun: npt.NDArray[np.floating] | None = None,
    ) -> npt.NDArray[np.float32]:
        """Gradient at the nodes, K m-1, float32 (node, time).

        Γ = Γ0 + L (T - Γ0 h), kept within -9.8 and 5 K km-1. With the sun low, a fall with height
        is taken back as the close neighbourhood goes from -3 K km-1 to isothermal: a wide window
        joins valleys with the free air above them and misses the inversion in between.

        Args:
            values: degC (node, time); NaN where missing.
            prior: Γ0, K km-1.
            sun: sine of the height of the sun (node, time); inversions are not looked for without.
        """
        known = np.where(np.isfinite(values), values, 0.0)
        departure = known - prior * self.elevation_km[:, np.newaxis]
        fitted = prior + self.matrix @ departure
        if sun is not None:
            inverted = _inverted(prior + self.close @ departure) * _low_sun(sun)
            fitted = np.where(fitted < 0.0, fitted * (1.0 - inverted), fitted)
        kept = np.clip(fitted, STEEPEST, STRONGEST_INVERSION) / 1000.0
        return np.where(np.isnan(values), np.float32(np.nan), kept.astype(np.float32))


def gradient_operator(
    mesh: Mesh,
    elevation: npt.NDArray[np.floating],
    *,
    usable: npt.NDArray[np.bool_],
    window: int | None = None,
) -> GradientOperator:
    """The regression of every node, made once for a mesh and its orography.

    For each node, over the usable nodes j of its window, minimise
    sum_j w_j (T_j - a - b x_j - c y_j - Γ h_j)² + λ (Γ - Γ0)² with w = exp(-r² / 2 s²), s half the
    width of the window. With r_j the residual of h after the plane in x and y,
    Γ - Γ0 = sum_j w_j r_j (T_j - Γ0 h_j) / (sum_j w_j r_j² + λ): linear in T. Without the plane
    the fit takes horizontal contrasts for vertical ones.

    Args:
        mesh: the nodes.
        elevation: model elevation, m (node,).
        usable: nodes on land with known values and height (node,).
        window: width in nodes, odd; by the spacing of the mesh when None.
    """
    height = np.where(usable, np.asarray(elevation, dtype=np.float64), 0.0) / 1000.0
    wide = _regression(neighbours(mesh, window=window or window_width(mesh)), height, usable, RIDGE)
    close = neighbours(mesh, window=_CLOSE)
    close_matrix = _regression(close, height, usable, chosen("inversion_ridge"))
    return GradientOperator(wide, close_matrix, height, usable)


def _regression(
    around: Neighbours, height: Doubles, usable: npt.NDArray[np.bool_], ridge: float
) -> sparse.csr_array:
    weight = _weights(around, usable)
    residual = _residual_height(around, weight, height)
    relief = (weight * residual**2).sum(axis=1) + ridge
    enough = (weight > 0).sum(axis=1) >= _FEWEST_NODES
    shares = weight * residual / relief[:, np.newaxis] * enough[:, np.newaxis]
    count, width = around.nodes.shape
    starts = np.arange(0, count * width + 1, width)
    return sparse.csr_array(
        (shares.ravel(), around.nodes.ravel().astype(np.int64), starts), shape=(count, count)
    )


def _inverted(close: Doubles) -> Doubles:
    """How far the close neighbourhood (K km-1) shows warm above cold, 0 to 1."""
    onset = chosen("inversion_onset")
    return np.clip((close - onset) / -onset, 0.0, 1.0)


def _low_sun(sine: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """1 with the sun down or low, 0 where it stands high enough to mix the air by convection."""
    high, low = np.sin(np.deg2rad([chosen("inversion_sun"), chosen("inversion_sun") / 3.0]))
    return np.clip((high - sine) / (high - low), 0.0, 1.0)


def window_width(mesh: Mesh) -> int:
    """Nodes across the window: odd, 5 to 9, about 110 km where these allow it."""
    nodes = round(REACH_KM / spacing_km(mesh)) + 1
    return min(max(nodes // 2 * 2 + 1, NARROWEST), WIDEST)


def spacing_km(mesh: Mesh) -> float:
    """Median distance of a node to its nearest neighbour in latitude or in the plane, km."""
    radius_km = EARTH_RADIUS_M / 1000.0
    if mesh.kind == "regular" and mesh.row_latitudes.size > 1:
        return float(np.deg2rad(np.median(np.diff(mesh.row_latitudes))) * radius_km)
    if mesh.size < 2:
        return REACH_KM
    distance = np.asarray(mesh.tree.query(mesh.tree.data, k=2)[0])
    return float(np.median(distance[:, 1]) * radius_km)


def _weights(around: Neighbours, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    distance = np.hypot(around.east.astype(np.float64), around.north.astype(np.float64))
    # each window's own, so that a node's weights do not depend on how much lies around it
    width = np.maximum(distance.max(axis=1, keepdims=True), 1e-6) / np.sqrt(2.0)
    return np.where(usable[around.nodes], np.exp(-0.5 * (distance / width) ** 2), 0.0)


def _residual_height(
    around: Neighbours, weight: npt.NDArray[np.float64], height: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Height (km) of the window's nodes after the weighted plane in east and north."""
    scale = max(float(np.abs(around.east).max()), float(np.abs(around.north).max()), 1e-6)
    east, north = around.east / scale, around.north / scale
    plane = np.stack([np.ones_like(east), east, north], axis=-1).astype(np.float64)
    level = height[around.nodes]
    normal = np.einsum("nk,nki,nkj->nij", weight, plane, plane)
    normal += 1e-9 * np.maximum(weight.sum(axis=1), 1e-9)[:, np.newaxis, np.newaxis] * np.eye(3)
    right = np.einsum("nk,nki,nk->ni", weight, plane, level)
    fitted = np.linalg.solve(normal, right[..., np.newaxis])
    return np.asarray(level - (plane @ fitted)[..., 0])
