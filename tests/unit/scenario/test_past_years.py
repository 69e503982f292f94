"""The demo's past years: made up and saying so, with the crops where their papers have them."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast import regions
from forecast.agromet.degree_days import degree_days
from forecast.agromet.stable_passing import stable_passing
from forecast.ingest import scenario
from forecast.query.history import History
from grids import LonLat

YUEXI = LonLat(longitude=116.20, latitude=30.92)
NINGHE = LonLat(longitude=117.72, latitude=39.45)
DAYS = np.arange("2025-01-01", "2026-01-01", dtype="datetime64[D]")
FEBRUARY_20 = 50
APRIL_10 = 99
OPENING = 153.6
"""degC d above 7 degC from 20 February at which tea is plucked (agronomy of tea, Sun et al.)."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scenario.write_past(tmp_path_factory.mktemp("past"))


@pytest.fixture(scope="module")
def history(path: Path) -> History:
    return History.read(path)


def sums_at(history: History, *, elevation: float) -> np.ndarray:
    """Degree-days above 7 degC from 20 February on [year, day]."""
    laid = history.at(YUEXI, elevation=elevation).laid_on(DAYS)
    amounts = degree_days(
        laid.values["temperature_2m_max"],
        laid.values["temperature_2m_min"],
        method="simple",
        limits=(7.0, None),
    )
    amounts[:, :FEBRUARY_20] = 0.0
    return np.asarray(amounts.cumsum(axis=1))


def test_the_file_is_small_and_says_that_it_is_made_up(path: Path, history: History) -> None:
    assert path.stat().st_size < 2_000_000
    assert history.simulated
    with xr.open_dataset(path, engine="netcdf4") as held:
        assert "SIMULATED" in held.attrs["title"]
    assert len(history.years) == 20


def test_a_second_call_leaves_the_file_as_it_is(path: Path) -> None:
    before = path.stat().st_mtime_ns
    assert scenario.write_past(path.parent) == path
    assert path.stat().st_mtime_ns == before


def test_a_torn_file_is_written_anew(tmp_path: Path) -> None:
    path = scenario.write_past(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert History.read(scenario.write_past(tmp_path)).years[0] == 2005


@pytest.mark.parametrize("name", ["tianjin", "yuexi", "chongqing"])
def test_every_default_region_lies_within(history: History, name: str) -> None:
    box = regions.load(name).grid.bounds
    for longitude in (box.west, box.east):
        for latitude in (box.south, box.north):
            local = history.at(LonLat(longitude=longitude, latitude=latitude), elevation=100.0)
            assert all(np.isfinite(rows[:, :365]).all() for rows in local.values.values())


def test_tea_is_plucked_at_300_m_and_buds_swell_at_900_m_on_10_april(history: History) -> None:
    low, high = (np.median(sums_at(history, elevation=z)[:, APRIL_10]) for z in (300.0, 900.0))
    # the stages of the profile: buds swell from 60 degC d, first plucking 153.6, late spring 330
    assert OPENING < low < 330.0
    assert 60.0 < high < OPENING


def test_first_plucking_at_300_m_comes_about_the_end_of_march(history: History) -> None:
    opened = (sums_at(history, elevation=300.0) < OPENING).sum(axis=1)
    middle = DAYS[int(np.median(opened))]
    assert np.datetime64("2025-03-25") <= middle <= np.datetime64("2025-04-03")
    assert opened.max() - opened.min() >= 7


def test_ninghe_passes_ten_degrees_in_the_first_half_of_april(history: History) -> None:
    laid = history.at(NINGHE, elevation=3.0).laid_on(DAYS)
    means = xr.DataArray(
        laid.values["temperature_2m_mean"],
        dims=("year", "day"),
        coords={"day": DAYS.astype("datetime64[ns]")},
    )
    start = stable_passing(means, 10.0)["start"].values.astype("datetime64[D]")
    middle = np.sort(start)[start.size // 2]
    assert np.datetime64("2025-04-01") <= middle <= np.datetime64("2025-04-15")


def test_rain_falls_on_a_share_of_days_and_never_below_nothing(history: History) -> None:
    rain = history.at(NINGHE, elevation=3.0).values["precipitation_sum"][:, :365]
    assert rain.min() == 0.0
    yearly = rain.sum(axis=1).mean()
    # the plain of Tianjin has 500 to 600 mm a year
    assert 400.0 < yearly < 700.0


def test_the_sun_gives_more_in_june_than_in_december(history: History) -> None:
    sun = history.at(NINGHE, elevation=3.0).values["shortwave_down_sum"]
    # Tianjin: some 7 MJ m-2 a day in December and 21 in June
    assert np.nanmean(sun[:, 334:365]) == pytest.approx(7.0, abs=2.0)
    assert np.nanmean(sun[:, 151:181]) == pytest.approx(21.0, abs=3.0)
