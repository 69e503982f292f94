"""Past years of a file at a place: brought to its height, laid onto another year, averaged."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast.agromet.stable_passing import stable_passing
from forecast.errors import InvalidRequest, SettingsError
from forecast.query.daily import daily
from forecast.query.history import History, LocalHistory
from forecast.times import DayBoundary
from grids import LonLat
from tests.support.data import shared_data
from tests.support.normals import HEIGHT
from tests.support.past_years import dates, grid_file, station_file, told

HERE = LonLat(longitude=117.5, latitude=39.5)
"""A node, whose temperature is 2 x 39.5 - 117.5 = -38.5 K beside what the date tells."""
PLACE = -38.5
LOWEST = "temperature_2m_min"


def at_station(folder: Path, *parts: tuple[str, str, float | None]) -> LocalHistory:
    """Past years of a station from runs of days of one temperature each; a later run wins."""
    held = {day: value for first, last, value in parts for day in dates(first, last)}
    path = station_file(folder, sorted(held.items()))
    return History.read(path).at(LonLat(longitude=117.7, latitude=39.4), elevation=HEIGHT)


def test_years_are_interpolated_and_brought_to_the_height(tmp_path: Path) -> None:
    history = History.read(grid_file(tmp_path, dates("2023-01-01", "2024-12-31")))
    local = history.at(LonLat(longitude=117.25, latitude=39.75), elevation=HEIGHT + 200.0)
    assert history.years == local.years == (2023, 2024)
    # 2 x 39.75 - 117.25 = -37.75 K, and 1.3 K less 200 m higher
    for year, number, day in ((0, 60, "2023-03-01"), (1, 60, "2024-02-29"), (1, 61, "2024-03-01")):
        wanted = told(np.datetime64(day)) - 37.75 - 1.3
        assert local.values[LOWEST][year, number - 1] == pytest.approx(wanted, abs=1e-4)
    assert np.isnan(local.values[LOWEST][0, 365])
    assert local.values["precipitation_sum"][1, 365] == pytest.approx(1.0)
    assert local.passport["origin"] == "past.nc, Past years"
    assert local.passport["whole_years"] == [2023, 2024]
    assert local.passport["adjusted_k"][LOWEST] == -1.3


def test_years_fall_on_the_same_month_and_day_of_another_year(tmp_path: Path) -> None:
    local = History.read(grid_file(tmp_path, dates("2023-01-01", "2024-12-31"))).at(
        HERE, elevation=HEIGHT
    )
    common = local.laid_on(dates("2025-01-01", "2025-12-31"))
    leap = local.laid_on(dates("2028-01-01", "2028-12-31"))
    assert common.years == leap.years == (2023, 2024)
    for laid, number, days in (
        (common, 59, ("2023-02-28", "2024-02-28")),
        (common, 60, ("2023-03-01", "2024-03-01")),
        (common, 365, ("2023-12-31", "2024-12-31")),
        # a 29 February that 2023 does not have is its 28th
        (leap, 60, ("2023-02-28", "2024-02-29")),
        (leap, 61, ("2023-03-01", "2024-03-01")),
        (leap, 366, ("2023-12-31", "2024-12-31")),
    ):
        wanted = [told(np.datetime64(day)) + PLACE for day in days]
        assert laid.values[LOWEST][:, number - 1] == pytest.approx(wanted, abs=1e-4)
    assert common.filled[LOWEST] == 0


def test_a_season_from_autumn_on_takes_each_winter_from_its_own_year(tmp_path: Path) -> None:
    local = History.read(grid_file(tmp_path, dates("2021-01-01", "2023-12-31"))).at(
        HERE, elevation=HEIGHT
    )
    laid = local.laid_on(dates("2024-10-05", "2025-12-31"))
    # 2021 has no autumn before it
    assert laid.years == (2022, 2023)
    first = [told(np.datetime64(day)) + PLACE for day in ("2021-10-05", "2022-10-05")]
    last = [told(np.datetime64(day)) + PLACE for day in ("2022-12-31", "2023-12-31")]
    assert laid.values[LOWEST][:, 0] == pytest.approx(first, abs=1e-4)
    assert laid.values[LOWEST][:, -1] == pytest.approx(last, abs=1e-4)


def test_a_year_that_is_nearly_whole_is_filled_by_the_mean_and_that_is_counted(
    tmp_path: Path,
) -> None:
    local = at_station(
        tmp_path,
        ("2021-01-01", "2021-12-31", 10.0),
        ("2022-01-01", "2022-12-31", 20.0),
        ("2022-07-01", "2022-07-03", None),
        ("2023-01-01", "2023-11-30", 99.0),
    )
    assert local.passport["whole_years"] == [2021, 2022]
    laid = local.laid_on(dates("2025-01-01", "2025-12-31"))
    assert laid.years == (2021, 2022)
    assert laid.filled == {LOWEST: 3}
    # 1 July: 21 days of 10 and of 99 degC, 18 of 20 degC; the three missing ones have no weight
    mean = (21 * 10.0 + 18 * 20.0 + 21 * 99.0) / 60
    assert laid.values[LOWEST][1, 181] == pytest.approx(mean)
    assert laid.values[LOWEST][1, 180] == 20.0
    assert laid.values[LOWEST][0, 181] == 10.0


def test_a_normal_is_the_mean_of_ten_days_to_each_side_in_all_years(tmp_path: Path) -> None:
    held = dict.fromkeys(dates("2021-01-01", "2022-12-31"), 0.0)
    held[np.datetime64("2022-07-01")] = 42.0
    held[np.datetime64("2021-12-31")] = 42.0
    normals = History.read(station_file(tmp_path, held.items())).normals
    local = normals.at(LonLat(longitude=117.7, latitude=39.4), elevation=HEIGHT)
    july = local.values[LOWEST][170:194]
    # one 42 among 2 x 21 days, for 1 July is day 182
    assert july == pytest.approx([0.0] + [1.0] * 21 + [0.0] * 2)
    assert local.values[LOWEST][0] > 0.9
    assert "mean of 2021-2022, 10 days to each side" in local.passport["origin"]


def test_years_of_which_none_is_whole_are_laid_nowhere(tmp_path: Path) -> None:
    local = at_station(tmp_path, ("2021-01-01", "2021-11-30", 10.0))
    laid = local.laid_on(dates("2025-01-01", "2025-12-31"))
    assert laid.years == ()
    assert laid.values[LOWEST].shape == (0, 365)
    assert local.passport["whole_years"] == []


def test_a_place_beyond_the_file_is_refused(tmp_path: Path) -> None:
    history = History.read(grid_file(tmp_path, dates("2023-01-01", "2023-12-31")))
    with pytest.raises(InvalidRequest, match="past years were asked at longitude 104"):
        history.at(LonLat(longitude=104.0, latitude=39.5), elevation=0.0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("near,39.4,117.7,2,2021-1-1,1", "date '2021-1-1' stands in it"),
        ("near,39.4,117.7,2,2021-02-30,1", "cannot be read"),
        ("near,39.4,117.7,2,2021-01-01,1\nnear,39.4,117.7,2,2021-01-01,2", "more than one row"),
        ("near,39.4,117.7,2,2021-01-01,mild", "could not convert"),
    ],
)
def test_a_row_of_another_form_is_refused_in_one_sentence(
    tmp_path: Path, line: str, words: str
) -> None:
    path = tmp_path / "past.csv"
    head = "station,latitude,longitude,elevation,date,temperature_2m_min"
    path.write_text(f"{head}\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=f"the past years .*{words}"):
        History.read(path)


def test_a_time_that_is_no_date_and_a_foreign_unit_are_refused(tmp_path: Path) -> None:
    path = grid_file(tmp_path, dates("2023-01-01", "2023-01-31"))
    table = xr.load_dataset(path, engine="netcdf4")
    numbered, kelvin = tmp_path / "numbered.nc", tmp_path / "kelvin.nc"
    table.assign_coords(time=np.arange(31)).to_netcdf(numbered, engine="netcdf4")
    table[LOWEST].attrs["units"] = "K"
    table.to_netcdf(kelvin, engine="netcdf4")
    with pytest.raises(SettingsError, match="no dates of the Gregorian calendar"):
        History.read(numbered)
    with pytest.raises(SettingsError, match="has the unit 'K'; allowed is 'degC'"):
        History.read(kelvin)


@pytest.fixture(scope="module")
def beijing(tmp_path_factory: pytest.TempPathFactory) -> LocalHistory:
    """Four years of a station in Beijing by days from 20:00 to 20:00, through the CSV form."""
    source = shared_data("prsa_beijing_hourly") / "Aotizhongxin.csv.gz"
    with gzip.open(source, "rt", encoding="utf-8") as handle:
        names = handle.readline().strip().split(",")
        rows = [line.split(",") for line in handle]
    column = names.index("TEMP")
    warmth = [float(row[column] or np.nan) for row in rows]
    local = np.array(
        [f"{row[0]}-{int(row[1]):02d}-{int(row[2]):02d}T{int(row[3]):02d}" for row in rows],
        dtype="datetime64[ns]",
    )
    hours = xr.Dataset(
        {"temperature_2m": ("time", np.array(warmth, dtype=np.float32))},
        coords={"time": local - np.timedelta64(8, "h")},
    )
    days = daily(hours, boundary=DayBoundary.parse("20-20"), zone="Asia/Shanghai")
    lines = ["station,latitude,longitude,elevation,date,temperature_2m_min,temperature_2m_mean"]
    for day, low, mean in zip(
        days["day"].values.astype("datetime64[D]"),
        days[LOWEST].values,
        days["temperature_2m_mean"].values,
        strict=True,
    ):
        cells = ["" if np.isnan(one) else f"{one:.1f}" for one in (low, mean)]
        lines.append(f"Aotizhongxin,39.98,116.40,45,{day},{','.join(cells)}")
    path = tmp_path_factory.mktemp("beijing") / "years.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return History.read(path).at(LonLat(longitude=116.40, latitude=39.98), elevation=45.0)


def test_years_of_a_real_station_are_whole_and_pass_ten_degrees_in_spring(
    beijing: LocalHistory,
) -> None:
    # the record runs from March 2013 to February 2017
    assert beijing.passport["whole_years"] == [2014, 2015, 2016]
    days = dates("2025-01-01", "2025-12-31")
    laid = beijing.laid_on(days)
    assert laid.years == (2014, 2015, 2016)
    assert laid.filled["temperature_2m_mean"] < 20
    means = xr.DataArray(
        laid.values["temperature_2m_mean"],
        dims=("year", "day"),
        coords={"day": days.astype("datetime64[ns]")},
    )
    # published normals of Beijing: -3 degC in January, 27 degC in July; 10 degC around 1 April
    assert float(means[:, :31].mean()) == pytest.approx(-2.5, abs=2.0)
    assert float(means[:, 181:212].mean()) == pytest.approx(27.0, abs=1.5)
    start = stable_passing(means, 10.0)["start"].values.astype("datetime64[D]")
    assert np.all((start >= np.datetime64("2025-03-10")) & (start <= np.datetime64("2025-04-15")))
