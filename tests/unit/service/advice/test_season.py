"""The year around a forecast: past days of cycles, the forecast, normals; and past years."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast.advise.weather import Season
from forecast.service import ForecastService
from forecast.store import Cycle
from tests.support import past_years
from tests.support.archive import Archive, published
from tests.support.judged import COLUMN, ROW, TEA, weather_at
from tests.support.normals import HEIGHT, grid_file, temperature
from tests.support.past_years import dates, told
from tests.support.small_members import members_of, published_with
from tests.support.small_native import VARIABLES, downscaled_counts, native_fields
from tests.support.small_region import CYCLE, SmallRegion

Serve = Callable[..., ForecastService]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A run at 00:00 UTC for each of eleven days, each of 30 hours: 12 to 12 UTC needs two."""
    folder: Path = tmp_path_factory.mktemp("archive")
    return published(folder, range(-240, 24, 24), hours=30)


def season_at(service: ForecastService, crop: str = TEA, **given: object) -> Season:
    season = weather_at(service, crop, **given).season
    assert season is not None
    return season


def origins(season: Season) -> dict[str, str]:
    days = season.days["day"].values.astype("datetime64[D]").astype(str)
    return dict(zip(days.tolist(), season.days["origin"].values.tolist(), strict=True))


def test_a_year_is_past_then_forecast_then_normals(
    archive: Archive, serve: Serve, tmp_path: Path
) -> None:
    season = season_at(serve(archive.region), normals=grid_file(tmp_path))
    found = origins(season)
    assert (min(found), max(found), len(found)) == ("2025-01-01", "2025-12-31", 365)
    # the first run began at 08:00 in Beijing on 31 March: 1 April is the first whole day
    assert [day for day, origin in found.items() if origin == "past"] == [
        f"2025-04-{day:02d}" for day in range(1, 10)
    ]
    # the run ends at 14:00 on 11 April, so that day lacks a quarter of its hours
    assert [day for day, origin in found.items() if origin == "forecast"] == ["2025-04-10"]
    assert season.about["days"] == {"past": 9, "forecast": 1, "normals": 355, "missing": 0}
    assert season.about["past"]["left_out"] == []
    lowest = season.days["temperature_2m_min"].sel(day="2025-06-01")
    shift = -0.0065 * (float(season.days["elevation"]) - HEIGHT)
    # 1 June is day 152
    assert float(lowest) == pytest.approx(temperature(39.385, 117.655, 152) + shift, abs=1e-3)
    assert float(season.days["precipitation_sum"].sel(day="2025-06-01")) == 1.5


def test_a_past_day_is_that_of_the_newest_run_before_it_completed_by_the_next(
    archive: Archive, serve: Serve
) -> None:
    season = season_at(serve(archive.region))
    # 2 April: 12 UTC on 1 April to 12 UTC on 2 April; runs of 1 April (to 06 UTC) and of 2 April
    older, newer = archive.names[1], archive.names[2]
    assert archive.starts[older].date() == date(2025, 4, 1)
    where = {"row": ROW, "column": COLUMN}
    leads = [(older, lead) for lead in range(13, 31)] + [(newer, lead) for lead in range(7, 13)]
    hours = {
        name: [archive.value(name, cycle=cycle, lead=lead, **where) for cycle, lead in leads]
        for name in ("temperature_2m", "precipitation")
    }
    day = season.days.sel(day="2025-04-02")
    assert float(day["temperature_2m_min"]) == pytest.approx(min(hours["temperature_2m"]))
    assert float(day["temperature_2m_max"]) == pytest.approx(max(hours["temperature_2m"]))
    mean = np.mean(hours["temperature_2m"])
    assert float(day["temperature_2m_mean"]) == pytest.approx(mean, abs=1e-4)
    assert float(day["precipitation_sum"]) == pytest.approx(sum(hours["precipitation"]), abs=1e-3)


def test_what_nothing_is_known_of_is_missing(archive: Archive, serve: Serve) -> None:
    season = season_at(serve(archive.region))
    assert origins(season)["2025-06-01"] == "missing"
    assert np.isnan(season.days["temperature_2m_mean"].sel(day="2025-06-01"))
    assert season.about["days"]["missing"] == 355
    assert "ZHITIAN_NORMALS" in season.about["normals"]["reason"]
    assert season.years is None
    assert "ZHITIAN_HISTORY" in season.about["years"]["reason"]


def test_no_record_is_read_twice_for_the_days_of_a_season(
    archive: Archive, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    plain = Cycle.point

    def counted(cycle: Cycle, row: int, column: int) -> np.ndarray:
        read.append(cycle.id)
        return plain(cycle, row, column)

    monkeypatch.setattr(Cycle, "point", counted)
    season_at(serve(archive.region))
    # once for the hours before now, once for the days before those
    assert max(read.count(name) for name in archive.names) <= 2
    assert read.count(archive.names[0]) == 1


def test_today_is_made_of_hours_that_are_past_and_of_the_forecast(
    archive: Archive, serve: Serve
) -> None:
    weather = weather_at(serve(archive.region))
    assert weather.season is not None
    # 10 April began at 12:00 UTC on the 9th, half a day before the run
    hours = weather.hourly["temperature_2m"].sel(time=slice("2025-04-09T13:00", "2025-04-10T12:00"))
    day = weather.season.days.sel(day="2025-04-10")
    assert hours.sizes["time"] == 24
    assert str(day["origin"].values) == "forecast"
    assert float(day["temperature_2m_max"]) == float(hours.max())
    assert float(day["temperature_2m_min"]) == float(hours.min())


def test_members_differ_in_the_forecast_alone(tmp_path: Path, serve: Serve) -> None:
    region = SmallRegion.create(tmp_path, hours=48)
    region.publish(version=3, reference_time=CYCLE - timedelta(hours=24))
    published_with(region, members_of(region))
    season = season_at(serve(region), normals=grid_file(tmp_path))
    lowest = season.days["temperature_2m_min"]
    assert lowest.dims == ("realization", "day")
    spread = lowest.std("realization").groupby("origin").max()
    assert float(spread.sel(origin="forecast")) > 0.1
    assert float(spread.sel(origin="normals")) == 0.0


def test_a_season_begins_with_the_sowing_of_the_autumn_before(
    archive: Archive, serve: Serve, tmp_path: Path
) -> None:
    history = past_years.grid_file(tmp_path, dates("2021-01-01", "2023-12-31"))
    since = date(2024, 10, 5)
    season = season_at(serve(archive.region, now=None), since=since, history=history)
    found = origins(season)
    assert min(found) == "2024-10-05"
    assert season.years is not None
    assert season.years["year"].values.tolist() == [2022, 2023]
    assert season.years.sizes["day"] == len(found)


def test_years_stand_at_the_height_on_the_days_of_this_one(
    archive: Archive, serve: Serve, tmp_path: Path
) -> None:
    history = past_years.grid_file(tmp_path, dates("2022-01-01", "2023-12-31"))
    season = season_at(serve(archive.region), history=history)
    assert season.years is not None
    height = float(season.days["elevation"])
    place = 2.0 * 39.385 - 117.655 - 0.0065 * (height - HEIGHT)
    found = season.years["temperature_2m_min"].sel(day="2025-07-15").values
    wanted = [told(np.datetime64(day)) + place for day in ("2022-07-15", "2023-07-15")]
    assert found == pytest.approx(wanted, abs=2e-3)
    about = season.about["years"]
    assert (about["used"], about["whole_years"]) == ([2022, 2023], [2022, 2023])
    assert about["filled_days"]["precipitation_sum"] == 0


def test_made_up_years_stay_out_of_a_real_season_and_serve_a_simulated_one(
    archive: Archive, serve: Serve, tmp_path: Path
) -> None:
    plain = past_years.grid_file(tmp_path, dates("2022-01-01", "2023-12-31"))
    table = xr.load_dataset(plain, engine="netcdf4").assign_attrs(simulated="true")
    history = tmp_path / "made.nc"
    table.to_netcdf(history, engine="netcdf4")
    real = season_at(serve(archive.region), history=history)
    assert real.years is None
    assert "simulated" in real.about["years"]["reason"]
    region = SmallRegion.create(tmp_path / "simulated", hours=30)
    region.publish(simulated=True)
    simulated = season_at(serve(region), history=history)
    assert simulated.years is not None
    assert simulated.years["year"].values.tolist() == [2022, 2023]


def test_past_days_are_brought_to_the_height_by_the_standard_gradient(
    tmp_path: Path, serve: Serve
) -> None:
    region = SmallRegion.create(tmp_path, hours=48, variables=VARIABLES)
    native = native_fields(region)
    packed = downscaled_counts(region, native)
    for back in range(144, -24, -24):
        start = CYCLE - timedelta(hours=back)
        moved = native.assign_coords(
            time=native["time"] - np.timedelta64(back, "h"),
            forecast_reference_time=native["forecast_reference_time"] - np.timedelta64(back, "h"),
            time_bounds=native["time_bounds"] - np.timedelta64(back, "h"),
        )
        region.publish(packed=packed, native=moved, reference_time=start)
    service = serve(region)
    own = season_at(service)
    height = float(own.days["elevation"]) + 90.0
    high = season_at(service, elevation=height)
    day = "2025-04-05"
    assert origins(high)[day] == "past"
    assert high.about["past"]["adjusted_k"] == pytest.approx(-0.585, abs=0.006)
    difference = high.days.sel(day=day) - own.days.sel(day=day)
    for name in ("temperature_2m_min", "temperature_2m_max", "temperature_2m_mean"):
        assert float(difference[name]) == pytest.approx(-0.585, abs=1e-3)
    assert float(difference["precipitation_sum"]) == 0.0
