"""Normalised real runs: totals, units and refusals on files that nobody here wrote."""

import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.errors import NormaliseError
from forecast.normalise import check_physics, normalise
from tests.support.data import shared_data
from tests.support.raw_fields import raw_field

METEONET = "meteonet_arpege_arome_20180501"


def run_of(*paths):
    return ingest.read(list(paths)).fields


def meteonet(name):
    return shared_data(f"{METEONET}/{name}_SE_20180501000000.grib")


@pytest.mark.parametrize(("model", "allowed"), [("arpege_PRECIP", 1e-3), ("arome_PRECIP", 1e-3)])
def test_meteo_france_rain_adds_up_to_the_last_running_sum(model, allowed):
    """Clipping falls of the running sum may add; the mean moves by less than 0.1 %."""
    fields = run_of(meteonet(model))
    rain = normalise(fields)["precipitation"].sum("time")
    total = fields[0].isel(step=-1)
    assert float(rain.mean()) == pytest.approx(float(total.mean()), rel=allowed)
    assert float((rain - total).min()) > -1e-3


def test_arpege_run_has_its_vocabulary_and_passes_the_gates():
    fields = run_of(*map(meteonet, ("arpege_2m", "arpege_10m", "arpege_P_sea_level",
                                    "arpege_PRECIP")))  # fmt: skip
    dataset = normalise(fields)
    assert set(dataset.data_vars) >= {
        "temperature_2m", "dew_point_2m", "wind_u_10m", "wind_v_10m", "pressure_msl",
        "precipitation",
    }  # fmt: skip
    assert dataset.sizes["time"] == 25
    assert check_physics(dataset) == []
    assert dataset.attrs["source_label"] == "Météo-France"


def test_relief_on_a_finer_grid_is_averaged_when_given():
    relief = next(
        field
        for field in run_of(shared_data(f"{METEONET}/SE_masks.grib"))
        if field.attrs["short_name"] == "h"
    )
    dataset = normalise(run_of(meteonet("arpege_2m")), orography=relief)
    height = dataset["model_elevation"]
    summit = height.sel(latitude=45.85, longitude=6.85, method="nearest")
    assert 2000 < float(summit) < 4000  # Mont Blanc massif, mean of 0.1 degree


def test_gfs_six_hour_bucket_ends_at_its_time_and_begins_six_hours_before():
    dataset = normalise(run_of(shared_data("grib_global/gfs.grb")))
    assert dataset["time_bounds"].values[0].tolist() == [
        int(np.datetime64("2011-10-10T18:00", "ns").astype(int)),
        int(np.datetime64("2011-10-11T00:00", "ns").astype(int)),
    ]
    assert float(dataset["interval_hours"].sel(variable="precipitation")[0]) == 6.0
    assert 600 < float(dataset["shortwave_down"].max()) < 1100
    assert 2.0 < 4 * float(weighted_mean(dataset["precipitation"])) < 4.0  # mm a day, the globe
    assert check_physics(dataset) == []


def weighted_mean(field):
    return field.weighted(np.cos(np.deg2rad(field["latitude"]))).mean()


def test_hourly_runs_of_hrrr_join_into_one_series():
    files = sorted(shared_data("hrrr_idaho_20180722").glob("*.grib2"))[:4]
    dataset = normalise(run_of(*files))
    assert dataset.sizes["time"] == 4
    assert dataset["interval_hours"].sel(variable="precipitation").values.tolist() == [1.0] * 4
    assert dataset["shortwave_down"].attrs["step_kind"] == "instant"
    assert 600 < float(dataset["model_elevation"].min()) < 700


def test_rain_file_whose_sums_fall_by_metres_is_refused():
    """Its four `tp` fields are no sums since one start: 0.72 m at 12 h, 0.07 m at 26 h."""
    fields = run_of(shared_data("grib_global/skinnywms_20220817_tp.grib"))
    with pytest.raises(NormaliseError, match=r"precipitation \(from tp\) falls to -643\.5 mm"):
        normalise(fields)


def test_era5_hourly_sums_keep_the_month_of_rain_and_sun():
    path = shared_data("era5_davos_202001/davos_SURF_202001.nc")
    with xr.open_dataset(path, engine="scipy") as file:
        fields = [era5_field(file, name) for name in ("tp", "ssrd", "t2m", "d2m", "z")]
        rain_mm = 1000.0 * file["tp"].clip(min=0.0).sum("time").values[::-1]
        sun = file["ssrd"].mean("time").values[::-1] / 3600.0
    dataset = normalise(fields)
    np.testing.assert_allclose(dataset["precipitation"].sum("time"), rain_mm, rtol=1e-4)
    np.testing.assert_allclose(dataset["shortwave_down"].mean("time"), sun, rtol=1e-4)
    assert 1200 < float(dataset["model_elevation"].max()) < 2600


def era5_field(file, name):
    leads = (file["time"].values - file["time"].values[0]).astype("timedelta64[ns]")
    field = raw_field(name, np.zeros((1, 3, 2)), steps=[0]).isel(step=0, drop=True)
    return xr.DataArray(
        file[name].values.astype(np.float32),
        dims=("step", "latitude", "longitude"),
        coords={
            "step": ("step", leads),
            "forecast_reference_time": file["time"].values[0],
            "latitude": file["latitude"].values,
            "longitude": file["longitude"].values,
        },
        attrs={**field.attrs, "units": file[name].attrs["units"], "origin": "", "edition": 0},
    )
