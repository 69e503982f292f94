"""Days after the forecast are the operator's normals, flagged; without a file they are refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.service import ForecastService, ask
from tests.support import past_years
from tests.support.normals import HEIGHT, grid_file, temperature
from tests.support.small_region import SmallRegion

HERE = {"latitude": 39.385, "longitude": 117.655}
DAILY = "temperature_2m_min,precipitation_sum,wind_gust_10m_max"
Serve = Callable[..., ForecastService]


def answered(service: ForecastService, **options: Any) -> dict[str, Any]:
    return orjson.loads(service.series(ask(service, **HERE, **options)).to_json())


def test_days_behind_the_forecast_are_normals_at_the_height_of_the_cell(
    region: SmallRegion, serve: Serve, tmp_path: Path
) -> None:
    region.publish()
    service = serve(region, normals=grid_file(tmp_path))
    told = answered(service, daily=DAILY, climatology_days=3)
    daily = told["daily"]
    # the forecast ends at 08:00 on 12 April: that day has a third of its hours
    assert daily["time"] == [f"2025-04-{day}" for day in (10, 11, 12, 13, 14)]
    assert daily["origin"] == ["forecast"] * 2 + ["climatology"] * 3
    height = told["passport"]["elevation_used_m"]
    shift = -0.0065 * (height - HEIGHT)
    wanted = [temperature(39.385, 117.655, day) + shift for day in (102, 103, 104)]
    assert daily["temperature_2m_min"][2:] == pytest.approx(wanted, abs=0.051)
    assert daily["precipitation_sum"][2:] == [1.5] * 3
    assert daily["wind_gust_10m_max"][2:] == [None] * 3
    assert daily["start"][2] == "2025-04-12T00:00:00+08:00"
    assert daily["expected_hours"][2:] == [24] * 3
    about = told["passport"]["climatology"]
    assert about["days"] == 3
    assert about["adjusted_k"]["temperature_2m_min"] == pytest.approx(shift, abs=0.006)


def test_a_last_day_that_the_forecast_gives_stays_its_own(
    region: SmallRegion, serve: Serve, tmp_path: Path
) -> None:
    region.publish()
    service = serve(region, normals=grid_file(tmp_path))
    told = answered(service, daily=DAILY, climatology_days=1, day="08-08")
    # the hours 1 to 48 are two whole days from 08:00 to 08:00; hour 0 closes the day before
    assert told["daily"]["origin"] == ["forecast"] * 3 + ["climatology"]
    assert told["daily"]["time"][-2:] == ["2025-04-11", "2025-04-12"]
    assert told["daily"]["temperature_2m_min"][2] is not None


def test_past_forecast_and_normals_are_one_table(
    region: SmallRegion, serve: Serve, tmp_path: Path
) -> None:
    region.publish()
    service = serve(region, normals=grid_file(tmp_path))
    told = answered(service, daily=DAILY, climatology_days=1, past_days=1)
    assert told["daily"]["origin"] == ["past", "past and forecast", "forecast", "climatology"]
    assert told["daily"]["temperature_2m_min"][0] is None


def test_without_a_file_or_without_days_it_is_refused(
    region: SmallRegion, serve: Serve, tmp_path: Path
) -> None:
    region.publish()
    with pytest.raises(InvalidRequest, match="ZHITIAN_NORMALS"):
        answered(serve(region), daily="all", climatology_days=3)
    with pytest.raises(InvalidRequest, match="without daily"):
        answered(serve(region, normals=grid_file(tmp_path)), climatology_days=3)
    with pytest.raises(InvalidRequest, match="allowed are 0 to 366 days"):
        answered(serve(region), daily="all", climatology_days=367)


def test_normals_are_made_of_past_years_where_none_are_given(
    region: SmallRegion, serve: Serve, tmp_path: Path
) -> None:
    region.publish()
    days = past_years.dates("2021-01-01", "2022-12-31")
    history = past_years.grid_file(tmp_path, days, temperature=lambda _: 50.0)
    told = answered(serve(region, history=history), daily=DAILY, climatology_days=1)
    # 50 degC beside 2 latitude - longitude, brought to the height of the cell
    shift = -0.0065 * (told["passport"]["elevation_used_m"] - HEIGHT)
    wanted = 50.0 + 2.0 * 39.385 - 117.655 + shift
    assert told["daily"]["temperature_2m_min"][-1] == pytest.approx(wanted, abs=0.051)
    assert told["daily"]["precipitation_sum"][-1] == 1.0
    assert "mean of 2021-2022" in told["passport"]["climatology"]["origin"]


def test_made_up_normals_are_refused_behind_a_real_forecast(
    region: SmallRegion, serve: Serve, tmp_path: Path
) -> None:
    region.publish(simulated=False)
    table = xr.load_dataset(grid_file(tmp_path), engine="netcdf4").assign_attrs(simulated="true")
    normals = tmp_path / "made.nc"
    table.to_netcdf(normals, engine="netcdf4")
    with pytest.raises(InvalidRequest, match="normals of this service are simulated"):
        answered(serve(region, normals=normals), daily=DAILY, climatology_days=1)
