"""`zhitian downscale` as other people's scripts use it: arguments, files, scores, refusals."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from tests.support.alps import RUN, TERRAIN
from tests.support.commands import succeed
from tests.support.data import shared_data

SYNOP = "ecmwf_t2m_synop_20181120"
BOX = "6.5,45.4,7.1,46.0"
METHODS = ("zhitian", "bilinear", "nearest", "fixed-lapse")


def arpege() -> Path:
    return shared_data(f"{RUN}/arpege_2m_SE_20180501000000.grib")


def terrain() -> Path:
    return shared_data(TERRAIN)


@pytest.fixture
def stations(tmp_path: Path) -> Path:
    """Two stations of the Alps: in a valley and on a mountain."""
    path = tmp_path / "stations.csv"
    path.write_text(
        "station,latitude,longitude,elevation\n"
        "Chamonix,45.923,6.869,1042\n"
        "Aiguille du Midi,45.879,6.887,3845\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def synop(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, pd.DataFrame]:
    """What the command prints for the SYNOP stations, and the table it writes."""
    output = tmp_path_factory.mktemp("synop") / "out.csv"
    ended = succeed(
        *("downscale", shared_data(f"{SYNOP}/t2m_grib.grib")),
        *("--points", shared_data(f"{SYNOP}/synop_20181120T12_DEV_lon_ge_14.csv")),
        *("--terrain", terrain(), "--output", output),
    )
    return ended.stdout, pd.read_csv(output)


def change(printed: str, *, group: str, method: str) -> float:
    """The change of RMSE beside bilinear, per cent, from the printed table."""
    (line,) = [
        one for one in printed.splitlines() if one.startswith(group) and f" {method} " in one
    ]
    found = re.findall(r"([+-]?\d+\.\d) %", line)
    return float(found[0])


def test_a_box_of_the_terrain_s_own_grid_is_filled(tmp_path: Path) -> None:
    output = tmp_path / "out.nc"
    succeed("downscale", arpege(), "--terrain", terrain(), "--box", BOX, "--output", output)
    with (
        xr.open_dataset(output, engine="h5netcdf") as found,
        xr.open_dataset(terrain(), engine="h5netcdf") as ground,
    ):
        assert found.sizes["time"] == 25
        heights = ground["elevation"] if "elevation" in ground else next(iter(ground.values()))
        own = heights.sortby("latitude" if "latitude" in heights.dims else "lat")
        same = own.sel(
            {
                dim: found[name].values
                for dim, name in zip(own.dims, ("latitude", "longitude"), strict=True)
            },
            method="nearest",
            tolerance=1e-5,
        )
        np.testing.assert_allclose(found["elevation"], same.values)
        west, south, east, north = map(float, BOX.split(","))
        assert found.longitude.values[0] >= west > found.longitude.values[0] - 1 / 120
        assert found.latitude.values[-1] <= north < found.latitude.values[-1] + 1 / 120
        assert (found.longitude.values[-1], found.latitude.values[0]) <= (east, north)
        assert south <= found.latitude.values[0]
        mean = found["temperature_2m"].mean("time").values.ravel()
        fitted = np.polyfit(found["elevation"].values.ravel() / 1000, mean, 1)
    assert -9.8 < fitted[0] < -3


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_documented_columns(
    tmp_path: Path, stations: Path, method: str
) -> None:
    output = tmp_path / "out.csv"
    succeed(
        *("downscale", arpege(), "--points", stations, "--terrain", terrain()),
        *("--method", method, "--output", output),
    )
    table = pd.read_csv(output)
    assert list(table.columns[:6]) == [
        *("station", "latitude", "longitude", "elevation", "time", "temperature_2m")
    ]
    assert table["station"].unique().tolist() == ["Chamonix", "Aiguille du Midi"]
    assert len(table) == 2 * 25
    assert table["time"][0] == "2018-05-01T00:00:00Z"
    assert table["elevation"].unique().tolist() == [1042.0, 3845.0]
    fall = table.groupby("station")["temperature_2m"].mean()
    per_km = (fall["Chamonix"] - fall["Aiguille du Midi"]) / 2.803
    if method in ("zhitian", "fixed-lapse"):
        assert 4 < per_km < 9.8
    else:
        assert abs(per_km) < 1.5


def test_the_named_orography_is_used_and_said(tmp_path: Path, stations: Path) -> None:
    relief = shared_data(f"{RUN}/SE_masks.grib")
    output = tmp_path / "out.csv"
    ended = succeed(
        *("downscale", arpege(), "--points", stations, "--orography", relief),
        *("--variables", "temperature_2m", "--output", output),
    )
    assert "model orography: file SE_masks.grib" in ended.stderr
    assert list(pd.read_csv(output).columns)[5:] == ["temperature_2m"]


def test_the_score_at_synop_stations_is_what_is_promised(
    synop: tuple[str, pd.DataFrame],
) -> None:
    printed, table = synop
    for method in ("bilinear", "fixed 6.5 K/km", "zhitian"):
        assert len([one for one in printed.splitlines() if f" {method} " in one]) == 3
    assert change(printed, group="all", method="zhitian") <= -15
    assert change(printed, group="|dz| > 300 m", method="zhitian") <= -30
    assert change(printed, group="|dz| < 50 m", method="zhitian") <= 1
    assert change(printed, group="all", method="zhitian") < change(
        printed, group="all", method="fixed 6.5 K/km"
    )
    assert list(table.columns) == [
        *("station", "latitude", "longitude", "elevation", "time", "temperature_2m")
    ]
    assert set(table["time"]) == {"2018-11-20T12:00:00Z"}


def test_the_printed_score_follows_from_the_written_table(
    synop: tuple[str, pd.DataFrame],
) -> None:
    printed, table = synop
    observed = pd.read_csv(shared_data(f"{SYNOP}/synop_20181120T12_DEV_lon_ge_14.csv"))
    observed = observed.drop_duplicates("WMO_station_id").set_index("WMO_station_id")
    error = table.set_index("station")["temperature_2m"] + 273.15 - observed["airTemperatureAt2M"]
    error = error[error.abs() < 15].dropna()
    (line,) = [one for one in printed.splitlines() if re.match(r"all +zhitian", one)]
    count, rmse = line.split()[2:4]
    assert abs(len(error) - int(count)) <= 5
    assert float(np.sqrt((error**2).mean())) == pytest.approx(float(rmse), abs=0.06)


def test_made_messages_move_by_the_gradient(
    tmp_path: Path, made_messages: Path, made_places: Path
) -> None:
    output = tmp_path / "out.csv"
    ended = succeed("downscale", made_messages, "--points", made_places, "--output", output)
    low, high = pd.read_csv(output)["temperature_2m"]
    # flat model ground: no local gradient, so the prior of 6.5 K per km
    assert low - high == pytest.approx(6.5, abs=0.11)
    assert "model orography: input" in ended.stderr


def test_an_era5_file_is_downscaled_to_a_fine_terrain(tmp_path: Path) -> None:
    output = tmp_path / "davos.nc"
    ended = succeed(
        *("downscale", shared_data("era5_davos_202001/davos_SURF_202001.nc")),
        *("--terrain", shared_data("era5_davos_202001/davos_dem_SRTM1.tif")),
        *("--box", "9.82,46.77,9.84,46.79", "--variables", "temperature_2m"),
        *("--output", output),
    )
    assert "model orography: input" in ended.stderr
    with xr.open_dataset(output, engine="h5netcdf") as found:
        assert found.sizes["time"] == 31 * 24
        low = found["elevation"].values.min()
        mean = found["temperature_2m"].mean("time").values
        # Davos (1594 m) had a mean of about -2 degC in January 2020, a mild month
        near = np.abs(found["elevation"].values - 1594) < 60
        assert low < 1700
        assert -5 < mean[near].mean() < 1


def test_a_lambert_grid_of_hrrr_is_downscaled(tmp_path: Path) -> None:
    points, output = tmp_path / "idaho.csv", tmp_path / "out.csv"
    points.write_text(
        "station,latitude,longitude,elevation\nreynolds,43.2,-116.75,1500\nboise,43.6,-116.2,820\n",
        encoding="utf-8",
    )
    ended = succeed(
        "downscale",
        shared_data("hrrr_idaho_20180722/hrrr.t01z.wrfsfcf01.grib2"),
        *("--points", points, "--output", output),
    )
    assert "model orography: input" in ended.stderr
    table = pd.read_csv(output).set_index("station")
    assert set(table["time"]) == {"2018-07-22T02:00:00Z"}
    # a July evening in southern Idaho, the valley warmer than the hills
    assert 20 < table["temperature_2m"]["reynolds"] < table["temperature_2m"]["boise"] < 42
    assert 840 < table["surface_pressure"]["reynolds"] < 870


def test_a_gfs_file_of_308_messages_is_downscaled(tmp_path: Path) -> None:
    points, output = tmp_path / "china.csv", tmp_path / "out.csv"
    points.write_text(
        "station,latitude,longitude,elevation\nTianjin,39.1,117.2,5\nChengde,40.98,117.95,420\n",
        encoding="utf-8",
    )
    succeed(
        *("downscale", shared_data("grib_global/gfs.grb"), "--points", points),
        *("--output", output, "--model-steps"),
    )
    table = pd.read_csv(output).set_index("station")
    assert set(table["time"]) == {"2011-10-11T00:00:00Z"}
    assert 1010 < table["pressure_msl"]["Tianjin"] < 1040
    assert 960 < table["surface_pressure"]["Chengde"] < 985
    assert (table["dew_point_2m"] <= table["temperature_2m"]).all()
