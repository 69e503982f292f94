"""What is known of the nodes beside the weather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import sparse

from forecast.downscale.correction import Terms
from forecast.downscale.gradient import GradientOperator
from forecast.downscale.native import Floats, nodal
from forecast.downscale.origins import Method
from forecast.meteorology import hypsometric_pressure, snow_share, standard_pressure, wet_bulb
from grids.regrid import Mesh


@dataclass(frozen=True, eq=False)
class Ground:
    """What is known of the nodes beside the weather.

    Attributes:
        mesh: the nodes.
        elevation: model elevation, m (node,).
        gradient: regression on height, None where height is left out.
        means: mean over model cells (see `rain.cell_means`), None for plain interpolation.
        increase: of precipitation with height, km-1.
        sun: from `sun.angles` (time, 5).
        method: how to downscale.
        land: land fraction of the nodes, NaN where cells are not interpolated by land and sea.
        correction: from observations, on the target.
    """

    mesh: Mesh
    elevation: Floats
    gradient: GradientOperator | None
    means: sparse.csr_array | None
    increase: float
    sun: npt.NDArray[np.float64]
    method: Method
    land: Floats
    correction: Terms

    @property
    def uses_height(self) -> bool:
        """Whether height differences count."""
        return self.method in ("zhitian", "fixed-lapse")


def model_pressure(native: xr.Dataset, ground: Ground, *, temperature: Floats) -> Floats:
    """Pressure at the height of the nodes, hPa (node, time).

    The model's own; else from its pressure at mean sea level; else, where it gives none at all,
    that of the standard atmosphere.

    Args:
        native: one member.
        ground: the nodes.
        temperature: at 2 m, degC (node, time).
    """
    height = ground.elevation[:, np.newaxis]
    if "surface_pressure" in native:
        return nodal(native, "surface_pressure")
    if "pressure_msl" not in native:
        return np.broadcast_to(standard_pressure(height), temperature.shape).astype(np.float32)
    column = temperature + np.float32(0.00325) * height
    level = hypsometric_pressure(nodal(native, "pressure_msl"), height, mean_temperature=column)
    return np.asarray(level)


def snow_departure(native: xr.Dataset, ground: Ground) -> Floats:
    """What the model's share of snow adds to that by its wet bulb, -1 to 1 (node, time).

    0 where the share is not known: without snow in the input, or without precipitation.

    Args:
        native: one member with precipitation, temperature and dew point.
        ground: the nodes.
    """
    total = nodal(native, "precipitation")
    if "snowfall_water" not in native:
        return np.zeros_like(total)
    snow, warm = nodal(native, "snowfall_water"), nodal(native, "temperature_2m")
    air = model_pressure(native, ground, temperature=warm)
    bulb = wet_bulb(warm, nodal(native, "dew_point_2m"), pressure=air)
    falls = (total > 0.0) & np.isfinite(snow) & np.isfinite(bulb)
    share = np.divide(snow, total, out=np.zeros_like(total), where=falls)
    departure = np.clip(share, 0.0, 1.0) - snow_share(np.where(falls, bulb, 0.0))
    return np.where(falls, departure, 0.0).astype(np.float32)
