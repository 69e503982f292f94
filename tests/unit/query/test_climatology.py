"""Normals of a file at a place: interpolated, brought to its height, and nothing made up."""

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast.errors import InvalidRequest, SettingsError
from forecast.query.climatology import Normals
from grids import LonLat
from tests.support.normals import HEIGHT, grid_file, station_file, temperature

HERE = LonLat(longitude=117.655, latitude=39.385)
DAYS = [date(2025, 1, 1), date(2025, 3, 1), date(2024, 3, 1), date(2024, 12, 31)]
NUMBERS = [1, 60, 61, 366]


def test_a_grid_is_interpolated_and_brought_to_the_height(tmp_path: Path) -> None:
    local = Normals.read(grid_file(tmp_path)).at(HERE, elevation=HEIGHT + 200.0)
    found = local.on("temperature_2m_min", DAYS)
    # the standard gradient: 6.5 K a km, so 1.3 K colder 200 m higher
    wanted = [temperature(39.385, 117.655, number) - 1.3 for number in NUMBERS]
    assert found == pytest.approx(wanted, abs=1e-4)
    assert local.on("precipitation_sum", DAYS) == pytest.approx([1.5] * 4)
    passport = local.passport
    assert passport["adjusted_k"] == {"temperature_2m_min": -1.3}
    assert passport["height_difference_m"] == 200.0
    assert passport["origin"] == "normals.nc, Normals 1991-2020"


def test_without_heights_nothing_is_adjusted_and_that_is_said(tmp_path: Path) -> None:
    local = Normals.read(grid_file(tmp_path, elevation=False)).at(HERE, elevation=900.0)
    wanted = temperature(39.385, 117.655, 1)
    assert local.on("temperature_2m_min", DAYS[:1]) == pytest.approx([wanted], abs=1e-4)
    assert local.passport["adjusted_k"] == {}
    assert local.passport["elevation_m"] is None


def test_the_nearest_station_gives_its_days_and_lacks_what_it_lacks(tmp_path: Path) -> None:
    local = Normals.read(station_file(tmp_path)).at(HERE, elevation=HEIGHT)
    assert local.passport["station"] == "near"
    # 0.045 degrees east of 117.7 at 39.4 N is 3.9 km, 0.015 north 1.7 km
    assert local.passport["distance_km"] == pytest.approx(4.2, abs=0.1)
    found = local.on("temperature_2m_min", DAYS)
    assert found[0] == pytest.approx(0.01)
    assert math.isnan(found[1])
    assert found[2:] == pytest.approx([0.61, 3.66])
    assert math.isnan(local.on("wind_speed_10m_max", DAYS)[0])


def test_a_node_that_is_missing_has_no_weight(tmp_path: Path) -> None:
    path = grid_file(tmp_path)
    table = xr.load_dataset(path, engine="netcdf4")
    table["precipitation_sum"][:, 1, 1] = np.nan
    other = tmp_path / "holes.nc"
    table.to_netcdf(other, engine="netcdf4")
    local = Normals.read(other).at(LonLat(longitude=117.5, latitude=39.49), elevation=0.0)
    assert local.on("precipitation_sum", DAYS) == pytest.approx([1.5] * 4)
    exactly = Normals.read(other).at(LonLat(longitude=117.5, latitude=39.5), elevation=0.0)
    assert math.isnan(exactly.on("precipitation_sum", DAYS)[0])


@pytest.mark.parametrize(("longitude", "reached"), [(116.76, True), (116.74, False)])
def test_a_grid_reaches_half_a_cell_beyond_its_last_node(
    tmp_path: Path, longitude: float, reached: bool
) -> None:
    normals = Normals.read(grid_file(tmp_path))
    place = LonLat(longitude=longitude, latitude=39.5)
    if reached:
        wanted = temperature(39.5, 117.0, 1)
        found = normals.at(place, elevation=HEIGHT).on("temperature_2m_min", DAYS[:1])
        assert found == pytest.approx([wanted], abs=1e-4)
    else:
        with pytest.raises(InvalidRequest, match="file covers 117 to 118 degrees"):
            normals.at(place, elevation=HEIGHT)


def test_a_station_far_away_lends_nothing(tmp_path: Path) -> None:
    normals = Normals.read(station_file(tmp_path))
    with pytest.raises(InvalidRequest, match="km away, allowed are 100 km"):
        normals.at(LonLat(longitude=104.0, latitude=30.0), elevation=0.0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.nc", None, "cannot be read"),
        ("absent.csv", None, "cannot be read"),
        ("junk.nc", "not a netCDF", "cannot be read"),
        ("empty.csv", "", "no rows"),
        ("columns.csv", "station,latitude\na,1\n", "no column 'longitude'"),
        (
            "day.csv",
            "station,latitude,longitude,elevation,dayofyear,precipitation_sum\na,1,1,1,367,1\n",
            "dayofyear 367",
        ),
        (
            "name.csv",
            "station,latitude,longitude,elevation,dayofyear,rain\na,1,1,1,1,1\n",
            "'rain' is no daily variable",
        ),
    ],
)
def test_a_file_of_another_form_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: str | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        Normals.read(path)


def test_a_unit_that_is_not_the_vocabularys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="has the unit 'K'; allowed is 'degC'"):
        Normals.read(grid_file(tmp_path, units="K"))
