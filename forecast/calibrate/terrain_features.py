"""What the terrain says about the cold of still, clear nights, as features to fit to stations.

On such nights flat ground cools more than slopes, whose air flows off and mixes: the residual of
the downscaled temperature goes with the roughness of the ground and hardly with its position in
the relief (docs/adr/0018-night.md). A feature is a static pattern on the terrain times a weight
in time between 0 (day, wind, cloud) and 1, as the terms of a correction are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import dask.array as da
import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import DataError
from forecast.meteorology import day_angle, equation_of_time, solar_declination
from forecast.parameters import chosen
from grids.geometry import EARTH_RADIUS_M

FEATURES: Final = ("roughness", "tpi_3km", "tpi_10km", "relief_10km")
"""In the order of what they explain."""

_NEAR_KM: Final = 3.0
_AROUND_KM: Final = 10.0
_PER_TPI_M: Final = 100.0
_STEFAN_BOLTZMANN: Final = 5.670374e-8
_CLEAREST_SKY: Final = 0.70
"""Emissivity of a dry clear sky, from which on the weight is full."""

Doubles = npt.NDArray[np.float64]


def terrain_features(terrain: xr.Dataset) -> xr.DataArray:
    """Static features of a terrain, each without what a model cell already knows.

    roughness: ln(1 + s / 30 m), s the standard deviation of height within 3 km; relief_10km: the
    same within 10 km; tpi_3km, tpi_10km: height above the mean within 3 or 10 km (Weiss 2001),
    in 100 m. Of each its own mean within 25 km is taken off, so that none changes the mean of a
    model cell. "Within" is a square of that half width, cut off at the edge of the terrain.

    Args:
        terrain: `elevation` (m) on latitude and longitude (degrees); NaN (sea) is left out. A
            chunked elevation stays lazy.

    Returns:
        float32 (feature, latitude, longitude), unit 1; 0 where there is no elevation.

    Raises:
        DataError: there is no elevation on latitude and longitude.
    """
    dims = ("latitude", "longitude")
    if "elevation" not in terrain or set(terrain["elevation"].dims) != set(dims):
        raise DataError("night features were asked; they need elevation on latitude and longitude")
    elevation = terrain["elevation"].transpose(*dims)
    spacing = _spacing_km(elevation)
    makers: dict[str, Callable[[Doubles, Doubles], Doubles]] = {
        "roughness": lambda height, reach: _roughness(height, reach, _NEAR_KM),
        "tpi_3km": lambda height, reach: _position(height, reach, _NEAR_KM),
        "tpi_10km": lambda height, reach: _position(height, reach, _AROUND_KM),
        "relief_10km": lambda height, reach: _roughness(height, reach, _AROUND_KM),
    }
    layers = [_layer(elevation, spacing, makers[name]) for name in FEATURES]
    stacked = da.stack(layers) if elevation.chunks is not None else np.stack(layers)
    return xr.DataArray(
        stacked,
        dims=("feature", *dims),
        coords={"feature": list(FEATURES), **{dim: elevation[dim] for dim in dims}},
        name="night_features",
        attrs={"units": "1"},
    )


def stillness(
    wind_speed: xr.DataArray,
    sun_elevation: xr.DataArray,
    *,
    cloud_cover: xr.DataArray | None = None,
    sky_emissivity: xr.DataArray | None = None,
) -> xr.DataArray:
    """How far a pool of cold air can have formed: 0 by day, in wind, under cloud; at most 1.

    The product of night (1 with the sun below -6°, 0 above 10°), calm 1 / (1 + (u / 5 m s-1)²)
    and cooling (1 - e) / (1 - 0.70), e the emissivity of the sky, follows with a lag of 2 hours.
    Cloud gives e = 0.70 (1 + 0.22 n^2.75) (Bolz 1949, Z. Meteor. 3, 201).

    Args:
        wind_speed: at 10 m, m s-1; any dims, of which `time` (datetime64) carries the lag.
        sun_elevation: degrees, from `sun_elevation`.
        cloud_cover: %; a clear sky when this and the emissivity are None.
        sky_emissivity: from `sky_emissivity`; goes before the cloud cover.

    Returns:
        float32, dims of the inputs together; NaN where an input is missing at or before a time.
    """
    night = ((10.0 - sun_elevation) / 16.0).clip(0.0, 1.0)
    calm = 1.0 / (1.0 + (wind_speed / chosen("pool_wind")) ** 2)
    weight = night * calm
    if sky_emissivity is None and cloud_cover is not None:
        share = (cloud_cover / 100.0).clip(0.0, 1.0)
        sky_emissivity = _CLEAREST_SKY * (1.0 + 0.22 * share**2.75)
    if sky_emissivity is not None:
        weight = weight * ((1.0 - sky_emissivity) / (1.0 - _CLEAREST_SKY)).clip(0.0, 1.0)
    return _lagging(weight) if "time" in weight.dims else weight.astype(np.float32)


def sun_elevation(time: xr.DataArray, *, latitude: Any, longitude: Any) -> xr.DataArray:
    """Geometric elevation of the sun, degrees (Spencer 1971, Search 2, 172; good to 0.05°).

    Args:
        time: datetime64 UTC on `time`.
        latitude: degrees, a number or a DataArray.
        longitude: degrees, a number or a DataArray.
    """
    season = xr.DataArray(day_angle(time.values), dims=time.dims, coords=time.coords)
    clock = (time - time.dt.floor("D")) / np.timedelta64(1, "h")
    noon = clock + equation_of_time(season) / 60.0 - 12.0
    hour_angle = np.deg2rad(15.0 * noon + longitude)
    declination, north = solar_declination(season), np.deg2rad(latitude)
    sine = np.sin(north) * np.sin(declination)
    sine = sine + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    return cast(xr.DataArray, np.rad2deg(np.arcsin(sine.clip(-1.0, 1.0))))


def sky_emissivity(longwave: xr.DataArray, temperature: xr.DataArray) -> xr.DataArray:
    """Effective emissivity of the sky: L / (sigma T^4), unit 1 (Stefan-Boltzmann law).

    Args:
        longwave: downward at the surface, W m-2.
        temperature: at 2 m, degC.
    """
    return longwave / (_STEFAN_BOLTZMANN * (temperature + 273.15) ** 4)


def _lagging(weight: xr.DataArray) -> xr.DataArray:
    hours = np.diff(weight["time"].values) / np.timedelta64(1, "h")
    shares = -np.expm1(-hours / chosen("pool_inertia"))

    def follow(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        result = values.astype(np.float32)
        for step, share in enumerate(shares, start=1):
            before = result[..., step - 1]
            result[..., step] = before + np.float32(share) * (result[..., step] - before)
        return result

    whole = weight.chunk({"time": -1}) if weight.chunks is not None else weight
    lagged = xr.apply_ufunc(
        follow,
        whole,
        input_core_dims=[["time"]],
        output_core_dims=[["time"]],
        dask="parallelized",
        output_dtypes=[np.float32],
    )
    return cast(xr.DataArray, lagged.transpose(*weight.dims))


def _spacing_km(elevation: xr.DataArray) -> tuple[float, Doubles]:
    """Height of a cell, and width of a cell in each row (row, 1), km."""
    degree = np.deg2rad(1.0) * EARTH_RADIUS_M / 1000.0
    north, east = elevation["latitude"].values, elevation["longitude"].values
    tall = abs(float(north[-1] - north[0])) / max(north.size - 1, 1) * degree
    wide = abs(float(east[-1] - east[0])) / max(east.size - 1, 1) * degree
    row = wide * np.maximum(np.cos(np.deg2rad(north)), 0.05)
    return max(tall, 1e-3), np.maximum(row, 1e-3)[:, np.newaxis]


def _layer(
    elevation: xr.DataArray,
    spacing: tuple[float, Doubles],
    maker: Callable[[Doubles, Doubles], Doubles],
) -> Any:
    tall, wide = spacing

    def block(height: npt.NDArray[Any], width: Doubles) -> npt.NDArray[np.float32]:
        cells = np.concatenate([np.full((height.shape[0], 1), tall), width[:, :1]], axis=1)
        exact = height.astype(np.float64)
        rough = maker(exact, cells)
        flat = rough - _mean(rough, cells, chosen("pool_filter"))
        return np.nan_to_num(flat, nan=0.0).astype(np.float32)

    if elevation.chunks is None:
        return block(elevation.values, wide)
    lazy = elevation.data
    widths = da.broadcast_to(da.from_array(wide, chunks=(lazy.chunks[0], 1)), lazy.shape)
    around = chosen("pool_filter") + _AROUND_KM
    depth = {0: int(np.ceil(around / tall)) + 1, 1: int(np.ceil(around / wide.min())) + 1}
    depth = {axis: min(cells, lazy.shape[axis] - 1) for axis, cells in depth.items()}
    return da.map_overlap(
        block, lazy, widths.rechunk(lazy.chunks), depth=depth, boundary="none", dtype=np.float32
    )


def _roughness(height: Doubles, cells: Doubles, reach: float) -> Doubles:
    middle = _mean(height, cells, reach)
    square = _mean(height**2, cells, reach) - middle**2
    rough = np.log1p(np.sqrt(np.maximum(square, 0.0)) / chosen("pool_roughness"))
    return np.where(np.isnan(height), np.nan, rough)


def _position(height: Doubles, cells: Doubles, reach: float) -> Doubles:
    return (height - _mean(height, cells, reach)) / _PER_TPI_M


def _mean(values: Doubles, cells: Doubles, reach: float) -> Doubles:
    """Mean of the known values in the square of half width `reach` (km) around each cell.

    Args:
        values: (row, column), NaN where unknown.
        cells: height and width of the cells of each row, km (row, 2).
        reach: km.
    """
    known = np.isfinite(values)
    half = np.round(reach / cells).astype(np.int64)
    columns = half[:, 1:]
    total = np.stack([np.where(known, values, 0.0), known])
    for axis, width in ((2, columns), (1, half[:, :1])):
        place = np.arange(values.shape[axis - 1])
        place = place[np.newaxis, :] if axis == 2 else place[:, np.newaxis]
        total = _window_sum(total, place, width, axis)
    return np.divide(total[0], total[1], out=np.full(values.shape, np.nan), where=total[1] > 0.5)


def _window_sum(values: Doubles, place: Any, half: Any, axis: int) -> Doubles:
    """Sums over place - half to place + half along an axis, from running sums."""
    size = values.shape[axis]
    running = np.insert(np.cumsum(values, axis=axis), 0, 0.0, axis=axis)
    shape = values.shape[1:]
    last = np.broadcast_to(np.minimum(place + half + 1, size), shape)[np.newaxis]
    first = np.broadcast_to(np.maximum(place - half, 0), shape)[np.newaxis]
    upper = np.take_along_axis(running, last, axis=axis)
    return np.asarray(upper - np.take_along_axis(running, first, axis=axis))
