"""Soil layers are told apart by their bounds, whatever the model calls them."""

import numpy as np
import pytest
import xarray as xr

from forecast.normalise.names import recognise
from forecast.normalise.physics import check_physics
from tests.support.data import shared_data
from tests.unit.normalise.test_real_runs import run_of


def field(name, kind, level, bottom=None, *, units="K"):
    """A raw field that holds nothing but its label."""
    attributes = {"short_name": name, "type_of_level": kind, "level": level, "units": units}
    if bottom is not None:
        attributes["level_bottom"] = bottom
    return xr.DataArray(np.zeros(1), dims="step", attrs={**attributes, "step_type": "instant"})


@pytest.mark.parametrize(
    ("label", "quantity"),
    [
        (("sot", "soilLayer", 0.0, 1.0), "soil_temperature_0_7cm"),
        (("sot", "soilLayer", 1.0, 2.0), "soil_temperature_7_28cm"),
        (("vsw", "soilLayer", 2.0, 3.0), "soil_moisture_28_100cm"),
        (("st", "depthBelowLandLayer", 0.0, 0.1), "soil_temperature_0_10cm"),
        (("st", "depthBelowLandLayer", 0.0, 7.0), "soil_temperature_0_7cm"),  # GRIB 1: cm
        (("soilw", "depthBelowLandLayer", 0.1, 0.4), "soil_moisture_10_40cm"),
        (("soilw", "depthBelowLandLayer", 0.4, 1.0), "soil_moisture_40_100cm"),
        (("stl2", "surface", 0.0), "soil_temperature_7_28cm"),
        (("swvl1", "surface", 0.0), "soil_moisture_0_7cm"),
    ],
)
def test_soil_layer_is_recognised_by_its_bounds(label, quantity):
    meaning = recognise(field(*label))
    assert meaning is not None
    assert meaning.quantity == quantity


@pytest.mark.parametrize("bounds", [(1.0, 2.0), (0.0, 0.05), (3.0, 4.0)])
def test_soil_layer_of_other_bounds_is_left_alone(bounds):
    assert recognise(field("st", "depthBelowLandLayer", *bounds)) is None


def test_gfs_soil_moisture_is_there_on_land_and_missing_at_sea():
    """A file of NCEP's: 2011-10-11 00 UTC; two thirds of the globe are sea."""
    from forecast.normalise import normalise

    dataset = normalise(run_of(shared_data("grib_global/gfs.grb")))
    moisture = dataset["soil_moisture_0_10cm"].isel(time=0)
    assert float(moisture.notnull().mean()) == pytest.approx(0.342, abs=0.001)
    arabia = float(moisture.sel(latitude=20.0, longitude=50.0))
    amazon = float(moisture.sel(latitude=-2.5, longitude=-65.0))
    assert 0.0 < arabia < 0.1
    assert 0.3 < amazon < 0.5
    assert check_physics(dataset) == []
