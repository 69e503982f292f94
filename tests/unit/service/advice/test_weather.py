"""Advice is judged on the numbers that the forecast answers, hour by hour and member by member."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from forecast.advise.judging import needs
from forecast.advise.profile import shipped_profile
from forecast.advise.weather import Weather
from forecast.service import ForecastService, ask
from tests.support.archive import Archive, published
from tests.support.judged import HERE, RICE, TEA, weather_at
from tests.support.small_members import members_of, published_with
from tests.support.small_native import VARIABLES, downscaled_counts, native_fields
from tests.support.small_region import CYCLE, NOW, SmallRegion

COUNT = 20

Serve = Callable[..., ForecastService]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Runs every 12 hours for five days, each of 48 hours."""
    folder: Path = tmp_path_factory.mktemp("archive")
    return published(folder, range(-120, 12, 12), hours=48)


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    """Twenty members without gusts, a day after a run without members."""
    made = SmallRegion.create(tmp_path_factory.mktemp("members"), hours=48)
    made.publish(version=3, reference_time=CYCLE - timedelta(hours=24))
    published_with(made, members_of(made, count=COUNT))
    return made


def answered(service: ForecastService, **options: Any) -> dict[str, Any]:
    return orjson.loads(service.series(ask(service, **{**HERE, **options})).to_json())


def differences(weather: Weather, told: dict[str, Any]) -> dict[str, int]:
    """Hours of each variable at which the weather is not what an answer tells."""
    hours = [time.removesuffix("Z") for time in told["hourly"]["time"]]
    at = weather.hourly.sel(time=np.array(hours, dtype="datetime64[ns]"))
    found = {}
    for name in at.data_vars:
        wanted = np.array(told["hourly"][name], dtype=np.float64)
        alike = np.isclose(at[name].values, wanted, rtol=1e-6, atol=1e-6, equal_nan=True)
        found[str(name)] = int(np.count_nonzero(~alike))
    return found


@pytest.mark.parametrize("crop", [TEA, RICE])
def test_every_hour_is_what_the_forecast_answers_past_ones_too(
    archive: Archive, serve: Serve, crop: str
) -> None:
    service = serve(archive.region)
    weather = weather_at(service, crop)
    names = ",".join(map(str, weather.hourly.data_vars))
    told = answered(service, hourly=names, past_days=3, day="20-20")
    assert len(told["hourly"]["time"]) > 48 + 3 * 24
    assert set(differences(weather, told).values()) == {0}


def test_every_day_is_what_the_forecast_answers_by_the_day_of_the_profile(
    archive: Archive, serve: Serve
) -> None:
    service = serve(archive.region)
    weather = weather_at(service, RICE)
    names = [str(name) for name in weather.daily.data_vars]
    told = answered(service, daily=",".join(names), past_days=3, day="20-20")["daily"]
    days = weather.daily.sel(day=np.array(told["time"], dtype="datetime64[ns]"))
    for name in names:
        wanted = np.array(told[name], dtype=np.float64)
        assert np.isfinite(wanted).sum() >= 4, name
        np.testing.assert_allclose(days[name].values, wanted, atol=0.051, err_msg=name)


@pytest.mark.parametrize("height", [None, 90.0, 500.0])
def test_a_height_that_is_asked_is_judged_as_it_is_answered(
    tmp_path: Path, serve: Serve, height: float | None
) -> None:
    region = SmallRegion.create(tmp_path, hours=24, variables=VARIABLES)
    native = native_fields(region)
    region.publish(packed=downscaled_counts(region, native), native=native)
    service = serve(region)
    weather = weather_at(service, TEA, elevation=height)
    names = ",".join(map(str, weather.hourly.data_vars))
    told = answered(service, hourly=names, elevation=height)
    assert set(differences(weather, told).values()) == {0}
    assert float(weather.hourly["elevation"]) == pytest.approx(
        told["passport"]["elevation_used_m"], abs=0.051
    )


def test_the_hours_reach_back_as_far_as_the_profile_looks_and_begin_with_a_day(
    archive: Archive, serve: Serve
) -> None:
    back = needs(shipped_profile(RICE)).past_hours
    weather = weather_at(serve(archive.region), RICE)
    first = weather.hourly["time"].values[0]
    assert first <= np.datetime64("2025-04-10T06:00", "ns") - np.timedelta64(back, "h")
    # 21:00 in Beijing is the first hour of a day from 20:00 to 20:00
    assert str(first)[11:16] == "13:00"
    assert weather.days.complete[:-1].all()
    assert weather.now == NOW
    assert weather.issued == CYCLE


def test_a_frost_at_22_beijing_counts_to_the_next_day(tmp_path: Path, serve: Serve) -> None:
    region = SmallRegion.create(tmp_path, hours=48)
    packed = region.counts()
    packed[:, :, region.variables.index("dew_point_2m")] = -60
    row = region.variables.index("temperature_2m")
    packed[:, :, row] = 50
    # 14:00 UTC on 10 April
    packed[:, :, row, 14] = -20
    region.publish(packed=packed)
    lowest = weather_at(serve(region), TEA).daily["temperature_2m_min"]
    assert float(lowest.sel(day="2025-04-10")) != -2.0
    assert float(lowest.sel(day="2025-04-11")) == -2.0


def test_members_are_those_of_which_the_forecast_gives_quantiles(
    ensemble: SmallRegion, serve: Serve
) -> None:
    service = serve(ensemble)
    weather = weather_at(service, TEA)
    told = answered(service, hourly="temperature_2m,precipitation", quantiles="50")
    ahead = weather.hourly.isel(time=slice(-49, None))
    for name in ("temperature_2m", "precipitation"):
        # of twenty members the tenth is the smallest with half of them at or below it
        median = np.sort(ahead[name].transpose("realization", "time").values, axis=0)[9]
        wanted = np.array(told["hourly"][f"{name}_p50"], dtype=np.float64)
        np.testing.assert_allclose(median, wanted, atol=1e-5, err_msg=name)
    assert weather.hourly["realization"].values.tolist() == list(range(COUNT))


def test_hours_that_are_past_are_alike_in_all_members(ensemble: SmallRegion, serve: Serve) -> None:
    weather = weather_at(serve(ensemble), TEA)
    warmth = weather.hourly["temperature_2m"].transpose("realization", "time")
    before = warmth.isel(time=slice(None, -49)).values
    assert np.isfinite(before).any()
    np.testing.assert_array_equal(before, np.repeat(before[:1], COUNT, axis=0))
    assert (warmth.isel(time=slice(-48, None)).std("realization") > 0).all()


def test_what_the_members_lack_is_the_main_forecast_and_says_so(
    ensemble: SmallRegion, serve: Serve
) -> None:
    service = serve(ensemble)
    weather = weather_at(service, RICE)
    gust = weather.hourly["wind_gust_10m"]
    assert gust.dims == ("time",)
    assert "alike in all members" in gust.attrs["alike"]
    assert "alike in all members" in weather.daily["wind_gust_10m_max"].attrs["alike"]
    assert "alike" not in weather.hourly["temperature_2m"].attrs
    told = answered(service, hourly="wind_gust_10m")["hourly"]["wind_gust_10m"]
    np.testing.assert_allclose(gust.values[-49:], np.array(told, dtype=float), atol=1e-6)


def test_a_day_of_a_member_is_made_of_its_own_hours(ensemble: SmallRegion, serve: Serve) -> None:
    weather = weather_at(serve(ensemble), TEA)
    # 11 April from 20:00 to 20:00 in Beijing: 13:00 UTC on the 10th to 12:00 on the 11th
    hours = weather.hourly["temperature_2m"].sel(time=slice("2025-04-10T13:00", "2025-04-11T12:00"))
    assert hours.sizes["time"] == 24
    day = weather.daily.sel(day="2025-04-11")
    np.testing.assert_array_equal(day["temperature_2m_min"], hours.min("time"))
    np.testing.assert_allclose(day["temperature_2m_mean"], hours.mean("time"), rtol=1e-6)


def test_what_the_cycle_does_not_hold_is_left_out(tmp_path: Path, serve: Serve) -> None:
    region = SmallRegion.create(tmp_path, hours=24, variables=VARIABLES)
    region.publish()
    weather = weather_at(serve(region), RICE)
    assert "wind_gust_10m" not in weather.hourly
    assert "wind_gust_10m_max" not in weather.daily
    assert "temperature_2m" in weather.hourly


def test_hours_that_no_cycle_holds_are_missing_and_never_a_number(
    tmp_path: Path, serve: Serve
) -> None:
    region = SmallRegion.create(tmp_path, hours=24)
    region.publish()
    weather = weather_at(serve(region), RICE)
    cloud = weather.hourly["cloud_cover"]
    # the run lacks cloud from 10 to 12 h, and nothing was published before it
    assert np.isnan(cloud.sel(time=slice("2025-04-10T10", "2025-04-10T12"))).all()
    assert np.isfinite(cloud.sel(time=slice("2025-04-10T13", "2025-04-11T00"))).all()
    assert np.isnan(weather.hourly["precipitation"].sel(time="2025-04-09T20:00"))
    assert np.isnan(weather.daily["precipitation_sum"].sel(day="2025-04-10"))
