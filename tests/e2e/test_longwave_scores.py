"""Longwave radiation restored from coarser fields of two models, by day and by night."""

import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.downscale import at_points
from forecast.normalise import normalise
from forecast.pipeline.coarsening import Hidden, block_means, every_node
from tests.support.data import shared_data

HRRR = "hrrr_idaho_20180722"
DAVOS = "era5_davos_202001/davos_SURF_202001.nc"


def _fine(name: str) -> xr.Dataset:
    path = shared_data(name)
    files = sorted(path.glob("*.grib2")) if path.is_dir() else [path]
    return normalise(ingest.read(files).fields, source="files")


def _errors(fine: xr.Dataset, hidden: Hidden) -> dict[str, np.ndarray]:
    """Mean absolute error of both methods at each time, W m-2."""
    dims = ("node",) if "node" in fine.dims else ("latitude", "longitude")
    flat = fine if dims == ("node",) else fine.stack(node=dims).reset_index("node")
    truth = flat.isel(node=hidden.nodes).rename(node="point")
    points = xr.Dataset(
        {"elevation": ("point", truth.model_elevation.values.astype(float))},
        coords={name: ("point", truth[name].values) for name in ("latitude", "longitude")},
    )
    errors = {}
    for method in ("bilinear", "zhitian"):
        made = at_points(hidden.coarse, points, method=method, variables=("longwave_down",))
        wanted = truth.longwave_down.transpose("time", "point").values
        errors[method] = np.nanmean(np.abs(made.longwave_down.values - wanted), axis=1)
    return errors


@pytest.fixture(scope="module")
def hrrr() -> xr.Dataset:
    """Every second hour of a July day in Idaho."""
    wanted = ["longwave_down", "temperature_2m", "dew_point_2m", "model_elevation"]
    return _fine(HRRR)[wanted].isel(time=slice(None, None, 2))


@pytest.mark.parametrize("cells", [8, 3])
def test_hrrr_is_restored_a_quarter_better_than_bilinear_by_day_and_by_night(
    hrrr: xr.Dataset, cells: int
) -> None:
    errors = _errors(hrrr, block_means(hrrr, cells=cells))
    local = (hrrr.time.dt.hour.values - 7.8) % 24
    day = (local > 6) & (local < 19)
    for hours in (day, ~day):
        assert errors["zhitian"][hours].mean() < 0.75 * errors["bilinear"][hours].mean()


def test_no_hour_of_the_day_in_davos_is_worse_than_bilinear() -> None:
    fine = _fine(DAVOS)
    errors = _errors(fine, every_node(fine, cells=2))
    for hour in range(24):
        at = fine.time.dt.hour.values == hour
        assert errors["zhitian"][at].mean() < 1.01 * errors["bilinear"][at].mean(), hour
    assert errors["zhitian"].mean() < 0.75 * errors["bilinear"].mean()
