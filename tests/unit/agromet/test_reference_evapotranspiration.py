"""The worked examples of FAO-56 to the digits printed, and a station year against refet."""

import csv
from pathlib import Path

import numpy as np
import pytest
import refet

from forecast.agromet import humidity, radiation
from forecast.agromet.evapotranspiration import (
    DayWeather,
    HourWeather,
    Terms,
    daily_terms,
    form_named,
    hargreaves,
    hourly_terms,
)
from forecast.errors import InvalidRequest
from forecast.meteorology import wind_speed_at_2m

NDIAYE = {"latitude": 16 + 13 / 60, "longitude": -16.25}


def _of_night(form: str = "fao56-hourly") -> Terms:
    """FAO-56, example 19: N'Diaye, 1 October, 02 to 03 h local (UTC - 1 h)."""
    weather = HourWeather(
        temperature=28.0,
        vapour_pressure=0.90 * humidity.saturation_vapour_pressure(28.0),
        wind_2m=1.9,
        shortwave=0.0,
    )
    sun = radiation.hourly_sun(np.datetime64("1998-10-01T04:00"), **NDIAYE)
    return hourly_terms(weather, sun, elevation=8.0, night_clearness=0.8, form=form)


def _of_afternoon(form: str = "fao56-hourly") -> Terms:
    """FAO-56, example 19: N'Diaye, 1 October, 14 to 15 h local (UTC - 1 h)."""
    weather = HourWeather(
        temperature=38.0,
        vapour_pressure=0.52 * humidity.saturation_vapour_pressure(38.0),
        wind_2m=3.3,
        shortwave=2.450,
    )
    sun = radiation.hourly_sun(np.datetime64("1998-10-01T16:00"), **NDIAYE)
    return hourly_terms(weather, sun, elevation=8.0, night_clearness=0.8, form=form)


def test_april_in_bangkok_is_5_72_mm_with_every_term() -> None:
    """FAO-56 (Allen et al. 1998), example 17."""
    latitude, day = 13.73, 105
    above = radiation.extraterrestrial(latitude, day)
    daylight = radiation.daylight_hours(latitude, day)
    light = radiation.shortwave_from_sunshine(above, sunshine=8.5, daylight=daylight)
    month = DayWeather(
        temperature_max=34.8,
        temperature_min=25.6,
        vapour_pressure=2.85,
        wind_2m=2.0,
        shortwave=light,
    )
    soil = radiation.soil_heat_of_month(previous_mean=29.2, mean=30.2)
    terms = daily_terms(month, above, elevation=2.0, soil_heat=soil)
    assert soil == pytest.approx(0.14)
    assert humidity.saturation_vapour_pressure(34.8) == pytest.approx(5.56, abs=0.005)
    assert humidity.saturation_vapour_pressure(25.6) == pytest.approx(3.28, abs=0.005)
    assert above == pytest.approx(38.06, abs=0.01)
    assert daylight == pytest.approx(12.31, abs=0.005)
    assert light == pytest.approx(22.65, abs=0.005)
    assert terms.pressure == pytest.approx(101.3, abs=0.05)
    # printed from the pressure rounded to 101.3
    assert terms.psychrometric_constant == pytest.approx(0.0674, abs=6e-5)
    assert terms.slope == pytest.approx(0.246, abs=5e-4)
    assert terms.deficit == pytest.approx(1.57, abs=0.006)
    assert terms.clear_sky == pytest.approx(28.54, abs=0.01)
    assert terms.net_shortwave == pytest.approx(17.44, abs=0.005)
    assert terms.net_longwave == pytest.approx(3.11, abs=0.005)
    assert terms.net_radiation == pytest.approx(14.33, abs=0.005)
    assert terms.evapotranspiration == pytest.approx(5.72, abs=0.005)


def test_6_july_at_uccle_is_3_88_mm_with_every_term() -> None:
    """FAO-56 (Allen et al. 1998), example 18."""
    latitude, day = 50.8, 187
    vapour = humidity.vapour_pressure_from_extremes(
        21.5, 12.3, humidity_max=84.0, humidity_min=63.0
    )
    above = radiation.extraterrestrial(latitude, day)
    daylight = radiation.daylight_hours(latitude, day)
    light = radiation.shortwave_from_sunshine(above, sunshine=9.25, daylight=daylight)
    wind = wind_speed_at_2m(10.0 / 3.6)
    weather = DayWeather(
        temperature_max=21.5,
        temperature_min=12.3,
        vapour_pressure=vapour,
        wind_2m=wind,
        shortwave=light,
    )
    terms = daily_terms(weather, above, elevation=100.0)
    assert vapour == pytest.approx(1.409, abs=5e-4)
    assert humidity.mean_saturation_vapour_pressure(21.5, 12.3) == pytest.approx(1.997, abs=1e-3)
    assert wind == pytest.approx(2.078, abs=5e-4)
    assert above == pytest.approx(41.09, abs=0.005)
    assert daylight == pytest.approx(16.1, abs=0.05)
    assert light == pytest.approx(22.07, abs=0.01)
    assert terms.pressure == pytest.approx(100.1, abs=0.05)
    assert terms.psychrometric_constant == pytest.approx(0.0666, abs=5e-5)
    assert terms.slope == pytest.approx(0.122, abs=5e-4)
    assert terms.deficit == pytest.approx(0.589, abs=1e-3)
    assert terms.clear_sky == pytest.approx(30.90, abs=0.005)
    assert terms.net_shortwave == pytest.approx(17.00, abs=0.01)
    assert terms.net_longwave == pytest.approx(3.71, abs=0.01)
    assert terms.net_radiation == pytest.approx(13.28, abs=0.005)
    assert terms.evapotranspiration == pytest.approx(3.88, abs=0.005)


def test_the_sun_over_ndiaye_stands_as_printed() -> None:
    """FAO-56 (Allen et al. 1998), example 19: dr, δ, and the hour angle 0.682 at 14.5 h."""
    assert radiation.inverse_distance(274) == pytest.approx(1.0001, abs=5e-4)
    assert radiation.declination(274) == pytest.approx(-0.0753, abs=5e-5)
    sun = radiation.hourly_sun(np.datetime64("1998-10-01T16:00"), **NDIAYE)
    sunset = radiation.sunset_angle(NDIAYE["latitude"], 274)
    assert sunset - sun.before_sunset * np.pi / 12.0 == pytest.approx(0.682, abs=5e-4)


def test_an_hour_of_night_at_ndiaye_is_0_00_mm_with_every_term() -> None:
    """FAO-56 (Allen et al. 1998), example 19, 02 to 03 h; 0.0043 before rounding."""
    terms = _of_night()
    assert terms.slope == pytest.approx(0.220, abs=5e-4)
    assert terms.psychrometric_constant == pytest.approx(0.0673, abs=5e-5)
    assert humidity.saturation_vapour_pressure(28.0) == pytest.approx(3.780, abs=5e-4)
    assert terms.deficit == pytest.approx(0.378, abs=5e-4)
    assert terms.extraterrestrial == 0.0
    assert terms.net_shortwave == 0.0
    assert terms.net_longwave == pytest.approx(0.100, abs=5e-4)
    assert terms.net_radiation == pytest.approx(-0.100, abs=5e-4)
    assert terms.soil_heat == pytest.approx(-0.050, abs=5e-4)
    assert terms.evapotranspiration == pytest.approx(0.0043, abs=5e-5)


def test_an_hour_of_afternoon_at_ndiaye_is_0_63_mm_with_every_term() -> None:
    """FAO-56 (Allen et al. 1998), example 19, 14 to 15 h."""
    terms = _of_afternoon()
    assert terms.slope == pytest.approx(0.358, abs=5e-4)
    assert humidity.saturation_vapour_pressure(38.0) == pytest.approx(6.625, abs=5e-4)
    assert terms.deficit == pytest.approx(3.180, abs=5e-4)
    assert terms.extraterrestrial == pytest.approx(3.543, abs=5e-4)
    assert terms.clear_sky == pytest.approx(2.658, abs=5e-4)
    assert terms.net_shortwave == pytest.approx(1.887, abs=5e-4)
    assert terms.net_longwave == pytest.approx(0.137, abs=5e-4)
    assert terms.net_radiation == pytest.approx(1.749, abs=5e-4)
    assert terms.soil_heat == pytest.approx(0.175, abs=5e-4)
    assert terms.evapotranspiration == pytest.approx(0.63, abs=0.005)


def test_fao_and_asce_differ_by_the_hour_on_purpose() -> None:
    """0.627 against 0.656 mm (refet and pyfao56 give 0.656), 0.0043 against 0.0035 at night."""
    assert _of_afternoon().evapotranspiration == pytest.approx(0.627, abs=5e-4)
    assert _of_afternoon("asce-short-hourly").evapotranspiration == pytest.approx(0.656, abs=5e-4)
    assert _of_night("asce-short-hourly").evapotranspiration == pytest.approx(0.0035, abs=5e-5)


def test_july_at_lyon_without_sun_and_humidity_is_4_56_mm_and_5_0_by_hargreaves() -> None:
    """FAO-56 (Allen et al. 1998), example 20."""
    above = radiation.extraterrestrial(45.72, 196)
    light = radiation.shortwave_from_range(above, temperature_range=26.6 - 14.8)
    weather = DayWeather(
        temperature_max=26.6,
        temperature_min=14.8,
        vapour_pressure=humidity.vapour_pressure_from_dew_point(14.8),
        wind_2m=2.0,
        shortwave=light,
    )
    terms = daily_terms(weather, above, elevation=200.0)
    assert above == pytest.approx(40.6, abs=0.05)
    assert light == pytest.approx(22.3, abs=0.05)
    assert weather.vapour_pressure == pytest.approx(1.68, abs=0.005)
    assert terms.evapotranspiration == pytest.approx(4.56, abs=0.005)
    assert hargreaves(26.6, 14.8, above=above) == pytest.approx(5.03, abs=0.005)


def test_a_station_year_is_within_0_002_mm_of_refet_on_every_day() -> None:
    """AgriMet Fallon 2015 against refet 0.5 (ASCE-EWRI 2005); the station itself sums 1,317 mm."""
    columns = _fallon()
    above = radiation.extraterrestrial(39.4575, columns["day"])
    weather = DayWeather(
        temperature_max=columns["warm"],
        temperature_min=columns["cold"],
        vapour_pressure=humidity.vapour_pressure_from_dew_point(columns["dew"]),
        wind_2m=wind_speed_at_2m(columns["wind"], height=3.0),
        shortwave=columns["light"],
    )
    for form, surface in (("fao56-daily", "eto"), ("asce-tall-daily", "etr")):
        ours = daily_terms(weather, above, elevation=1208.5, form=form).evapotranspiration
        theirs = refet.Daily(
            tmin=columns["cold"],
            tmax=columns["warm"],
            rs=columns["light"],
            uz=columns["wind"],
            zw=3.0,
            elev=1208.5,
            lat=39.4575,
            doy=columns["day"],
            tdew=columns["dew"],
        ).etsz(surface)
        np.testing.assert_allclose(ours, theirs, atol=0.002)
    ours = daily_terms(weather, above, elevation=1208.5).evapotranspiration
    assert ours.sum() == pytest.approx(1317.0, rel=0.005)


def test_an_asce_hour_of_sun_agrees_with_refet() -> None:
    ours = _of_afternoon("asce-short-hourly").evapotranspiration
    theirs = refet.Hourly(
        tmean=38.0,
        rs=2.450,
        uz=3.3,
        zw=2.0,
        elev=8.0,
        lat=NDIAYE["latitude"],
        lon=NDIAYE["longitude"],
        doy=274,
        time=15.0,
        ea=0.52 * humidity.saturation_vapour_pressure(38.0),
    ).eto()
    assert ours == pytest.approx(theirs[0], abs=1e-3)


def test_a_form_of_the_wrong_step_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="allowed are fao56-daily, asce-tall-daily"):
        form_named("fao56-hourly", ending="-daily")


def _fallon() -> dict[str, np.ndarray]:
    path = Path(__file__).with_name("data") / "fallon_2015.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    days = np.array(
        [day for day, row in enumerate(rows, start=1) if "NO RECORD" not in row.values()]
    )
    table = {
        name: np.array([float(rows[day - 1][name]) for day in days])
        for name in ("MN", "MX", "SR", "YM", "UA")
    }
    assert days.size == 364
    return {
        "day": days,
        "warm": (table["MX"] - 32.0) / 1.8,
        "cold": (table["MN"] - 32.0) / 1.8,
        "dew": (table["YM"] - 32.0) / 1.8,
        "wind": table["UA"] * 0.44704,
        "light": table["SR"] * 0.041868,
    }
