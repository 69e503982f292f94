"""The main job on a real run: ARPEGE over the western Alps, at a kilometre, by CLI and API."""

import json
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xarray as xr

from tests.support.alps import NOW, PLACES, RUN, Alps, decoded
from tests.support.commands import PROGRAM, Server, succeed
from tests.support.data import shared_data

HOURS = 25
CELLS = 100
HALF_CELL = 0.005 + 1e-9


def by_command(alps: Alps, name: str, *arguments: str) -> dict:
    latitude, longitude = PLACES[name]
    asked = ("point", "--lat", latitude, "--lon", longitude, "--json", *arguments)
    return json.loads(succeed(*asked, env=alps.env).stdout)


def by_http(server: Server, name: str, **options: object) -> dict:
    latitude, longitude = PLACES[name]
    return server.get("/v1/forecast", lat=latitude, lon=longitude, **options)


def series(answer: dict, name: str) -> npt.NDArray[np.float64]:
    return np.array(answer["hourly"][name], dtype=float)


def raw(file: str, name: str, answer: dict) -> npt.NDArray[np.float64]:
    """Hourly values [25] of the run's own message, bilinear at the answering cell."""
    fields = decoded(shared_data(f"{RUN}/arpege_{file}_SE_20180501000000.grib"))
    cell = answer["passport"]["cell"]
    hours = sorted(hour for found, hour in fields if found == name)
    return np.array(
        [fields[name, hour].bilinear([cell["latitude"]], [cell["longitude"]])[0, 0]
         for hour in hours]
    )  # fmt: skip


def test_a_cycle_of_the_western_alps_has_a_kilometre_and_25_hours(alps: Alps) -> None:
    maps = xr.open_zarr(alps.cycle / "maps", consolidated=False)
    assert (maps.sizes["latitude"], maps.sizes["longitude"]) >= (400, 600)
    assert maps.sizes["time"] == HOURS
    assert str(maps["time"].values[0]) == "2018-05-01T00:00:00.000000000"


@pytest.mark.parametrize("place", PLACES)
def test_the_command_and_the_api_give_the_same_document(
    alps: Alps, alps_server: Server, place: str
) -> None:
    answer = by_command(alps, place)
    assert answer == by_http(alps_server, place)
    assert answer["simulated"] is False
    assert len(answer["hourly"]["time"]) == HOURS
    assert answer["passport"]["age"] == {"hours": 6.0, "state": "fresh"}


@pytest.mark.parametrize("place", PLACES)
def test_the_answer_is_what_stands_in_the_published_arrays(
    alps: Alps, alps_server: Server, place: str
) -> None:
    answer = by_http(alps_server, place)
    cell = answer["passport"]["cell"]
    maps = xr.open_zarr(alps.cycle / "maps", consolidated=False, decode_coords="all")
    column = maps.sel(latitude=cell["latitude"], longitude=cell["longitude"]).load()
    assert set(answer["units"]) == set(column.data_vars)
    for name, field in column.data_vars.items():
        np.testing.assert_allclose(series(answer, str(name)), field.values, rtol=1e-6, atol=1e-6)
    latitude, longitude = PLACES[place]
    if cell["reason"] == "nearest":
        assert abs(cell["latitude"] - latitude) <= HALF_CELL
        assert abs(cell["longitude"] - longitude) <= HALF_CELL


@pytest.mark.parametrize("place", PLACES)
def test_temperature_is_the_run_s_own_moved_along_the_slope(
    alps_server: Server, place: str
) -> None:
    answer = by_http(alps_server, place)
    passport = answer["passport"]
    plain = raw("2m", "2t", answer) - 273.15
    moved = series(answer, "temperature_2m") - plain
    assert passport["mean_temperature_correction_k"] == pytest.approx(moved.mean(), abs=0.1)
    # a kilometre lower is warmer, by 2 to 9.8 K on the mean of a day
    expected = sorted(-passport["height_difference_m"] / 1000 * rate for rate in (2.0, 9.8))
    assert expected[0] - 0.3 <= moved.mean() <= expected[1] + 0.3
    assert np.corrcoef(series(answer, "temperature_2m"), plain)[0, 1] > 0.85


@pytest.mark.parametrize("place", PLACES)
def test_pressure_follows_the_run(alps_server: Server, place: str) -> None:
    answer = by_http(alps_server, place)
    height = answer["passport"]["elevation_used_m"]
    sea_level = raw("P_sea_level", "msl", answer) / 100
    # ISO 2533 standard atmosphere, relative to sea level
    standard = sea_level * (1 - 2.25577e-5 * height) ** 5.25588
    np.testing.assert_allclose(series(answer, "surface_pressure"), standard, rtol=0.01)


@pytest.mark.parametrize("place", ["Chamonix", "Grenoble"])
def test_inland_wind_is_that_of_the_run(alps_server: Server, place: str) -> None:
    answer = by_http(alps_server, place)
    u, v = raw("10m", "10u", answer), raw("10m", "10v", answer)
    speed = series(answer, "wind_speed_10m")
    assert np.all(speed >= np.hypot(u, v) - 0.06)
    assert np.all(speed <= np.hypot(u, v) + 3.0)
    toward = np.deg2rad(series(answer, "wind_direction_10m") + 180)
    brisk = np.hypot(u, v) > 1
    np.testing.assert_allclose(np.cos(toward - np.arctan2(u, v))[brisk], 1.0, atol=0.001)


def test_wind_on_the_shore_leans_to_the_nodes_of_its_own_kind(alps_server: Server) -> None:
    """Marseille is land: of the nodes around it those at sea, with more wind, count less."""
    answer = by_http(alps_server, "Marseille")
    u, v = raw("10m", "10u", answer), raw("10m", "10v", answer)
    speed = series(answer, "wind_speed_10m")
    assert answer["passport"]["cell"]["land_fraction"] > 0.9
    assert 0.0 < np.abs(speed - np.hypot(u, v)).mean() < 0.6


def test_rain_stays_near_the_run_s_own(alps_server: Server) -> None:
    for place in PLACES:
        answer = by_http(alps_server, place)
        total = raw("PRECIP", "tp", answer)[-1]
        ours = np.nansum(series(answer, "precipitation"))
        assert 0.5 * total - 0.5 <= ours <= 1.6 * total + 0.5, place
        assert answer["hourly"]["precipitation"][0] is None


def test_the_answer_for_another_height_is_moved_by_the_same_slope(
    alps: Alps, alps_server: Server
) -> None:
    here = by_http(alps_server, "Chamonix")
    used = here["passport"]["elevation_used_m"]
    same = by_http(alps_server, "Chamonix", elevation=used)
    np.testing.assert_allclose(
        series(same, "temperature_2m"), series(here, "temperature_2m"), atol=0.051
    )
    higher = by_http(alps_server, "Chamonix", elevation=used + 800)
    fall = (series(here, "temperature_2m") - series(higher, "temperature_2m")).mean()
    assert 0.8 * 2 <= fall <= 0.8 * 9.8
    assert higher == by_command(alps, "Chamonix", "--elevation", str(used + 800))


def random_cells(exported: xr.Dataset) -> tuple[npt.NDArray, npt.NDArray]:
    chance = np.random.default_rng(20180501)
    sizes = exported.sizes["latitude"], exported.sizes["longitude"]
    rows, columns = (chance.integers(0, size, CELLS) for size in sizes)
    return rows, columns


def test_the_netcdf_export_is_cf_and_equals_the_api_at_100_cells(
    alps: Alps, alps_server: Server, tmp_path: Path
) -> None:
    output = tmp_path / "alps.nc"
    succeed("export", "--region", alps.region, "--format", "netcdf", "--output", output,
            env=alps.env)  # fmt: skip
    checked = subprocess.run(
        [PROGRAM.with_name("compliance-checker"), "--test=cf:1.8", "--criteria=strict", output],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    with xr.open_dataset(output, engine="h5netcdf") as exported:
        rows, columns = random_cells(exported)
        found = exported.isel(
            latitude=xr.DataArray(rows, dims="cell"), longitude=xr.DataArray(columns, dims="cell")
        ).load()
    body = {
        "cell": "nearest",
        "points": [
            {"lat": float(lat), "lon": float(lon)}
            for lat, lon in zip(found.latitude.values, found.longitude.values, strict=True)
        ],
    }
    answers = alps_server.post("/v1/forecast", body)["answers"]
    assert len(answers) == CELLS
    for number, answer in enumerate(answers):
        assert answer["passport"]["cell"]["row"] == rows[number]
        assert answer["passport"]["cell"]["column"] == columns[number]
        for name in answer["units"]:
            exact = found[name].isel(cell=number).values
            np.testing.assert_allclose(series(answer, name), exact, rtol=1e-6, atol=1e-6)


def test_stations_are_exported_as_a_table(alps: Alps, alps_server: Server, tmp_path: Path) -> None:
    stations, output = tmp_path / "stations.csv", tmp_path / "out.csv"
    lines = [f"{name},{lat},{lon},100" for name, (lat, lon) in PLACES.items()]
    stations.write_text("station,latitude,longitude,elevation\n" + "\n".join(lines) + "\n",
                        encoding="utf-8")  # fmt: skip
    succeed("export", "--region", alps.region, "--format", "csv", "--points", stations,
            "--output", output, env=alps.env)  # fmt: skip
    table = pd.read_csv(output)
    assert list(table.columns[:5]) == ["station", "latitude", "longitude", "elevation", "time"]
    assert len(table) == len(PLACES) * HOURS
    for name in PLACES:
        answer = by_http(alps_server, name, cell="nearest")
        rows = table[table["station"] == name]
        assert rows["time"].tolist() == answer["hourly"]["time"]
        np.testing.assert_allclose(rows["temperature_2m"], series(answer, "temperature_2m"))
    assert table["time"].iloc[0] < NOW
