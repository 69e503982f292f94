"""A day of a 3 km model over Idaho, averaged to coarse cells as a model with its own orography."""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import ingest
from forecast.downscale import at_points
from forecast.meteorology import vapour_pressure_deficit
from forecast.normalise import normalise
from grids.regrid import Mesh, apply, interpolation
from tests.support.data import shared_data

ROWS, COLUMNS = 78, 41
CELL_KM = 3.0
Floats = npt.NDArray[np.floating]


@cache
def day_of_idaho() -> xr.Dataset:
    """24 hours of the model on its own cells, the forecast of one hour from each analysis."""
    files = sorted(shared_data("hrrr_idaho_20180722").glob("*.grib2"))
    return normalise(ingest.read(files).fields, source="files").compute()


class Coarsened(NamedTuple):
    """A coarse run, the fine cells inside it and what they hold.

    Attributes:
        run: block means of all fields, of the orography and of the places, on `node`.
        points: places and heights of the fine cells between the coarse nodes.
        truth: the fine model there, with `vapour_pressure_deficit` (time, point).
        cell: number of the coarse cell of each point, which is its node.
    """

    run: xr.Dataset
    points: xr.Dataset
    truth: xr.Dataset
    cell: npt.NDArray[np.int64]

    @property
    def hour(self) -> npt.NDArray[np.int64]:
        """Hours after 2018-07-22 00 UTC: 1 to 24; here night is 3 to 12."""
        since = self.truth.time.values - np.datetime64("2018-07-22")
        return since.astype("timedelta64[h]").astype(np.int64)

    def errors(self, method: str, name: str = "temperature_2m") -> Floats:
        """Error of a method (point, time)."""
        got = at_points(self.run, self.points, method=method, variables=(name,))[name]
        return np.asarray((got.values - self.truth[name].values).T)

    def interpolated(self, field: Floats) -> Floats:
        """A field of the coarse nodes at the points."""
        mesh = Mesh.from_dataset(self.run)
        place = self.points.longitude.values, self.points.latitude.values
        return apply(interpolation(mesh, longitude=place[0], latitude=place[1]), field)

    @property
    def climb(self) -> Floats:
        """Height of the points above the coarse orography, m."""
        return self.points.elevation.values - self.interpolated(self.run.model_elevation.values)


def coarsened(factor: int, *, first_row: int = 0, first_column: int = 0) -> Coarsened:
    """Block means over factor x factor cells.

    Args:
        factor: cells along a side.
        first_row: where the blocks begin.
        first_column: where the blocks begin.
    """
    fine = day_of_idaho()
    rows, columns = (ROWS - first_row) // factor * factor, (COLUMNS - first_column) // factor
    columns *= factor
    numbers = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    kept = numbers[first_row : first_row + rows, first_column : first_column + columns]
    fine = fine.isel(node=kept.ravel())
    shape = (rows // factor, factor, columns // factor, factor)

    def means(values: Floats) -> Floats:
        blocks = values.astype(np.float64).reshape(*values.shape[:-1], *shape)
        return blocks.mean((-3, -1)).reshape(*values.shape[:-1], -1)

    data = {n: v for n, v in fine.data_vars.items() if "node" in v.dims}
    run = xr.Dataset(
        {n: (v.dims, means(v.values).astype(np.float32)) for n, v in data.items()},
        coords={n: c for n, c in fine.coords.items() if "node" not in c.dims}
        | {n: ("node", means(fine[n].values)) for n in ("latitude", "longitude")},
    )
    row, column = np.mgrid[0:rows, 0:columns]
    edge = (factor - 1) / 2
    inside = (np.minimum(row, rows - 1 - row) >= edge) & (
        np.minimum(column, columns - 1 - column) >= edge
    )
    chosen = fine.isel(node=np.flatnonzero(inside))
    places = {n: ("point", chosen[n].values) for n in ("latitude", "longitude")}
    points = xr.Dataset(
        {"elevation": ("point", chosen.model_elevation.values.astype(np.float64))}, coords=places
    )
    truth = chosen[["temperature_2m", "dew_point_2m", "surface_pressure", "shortwave_down"]]
    deficit = vapour_pressure_deficit(truth.temperature_2m, truth.dew_point_2m)
    truth = truth.assign(vapour_pressure_deficit=deficit)
    cell = (row // factor) * shape[2] + column // factor
    return Coarsened(run, points, truth, cell[inside])
