"""How a field lies, worked out once for a terrain, and the soil water of the model."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from forecast.service import AdviceQuestion, ForecastService, ask_advice
from forecast.service.advice import grounds
from forecast.service.advice.grounds import Grounds
from forecast.service.advice.weather import cell_of
from tests.support.small_region import NOW, VARIABLES, SmallRegion

SOIL = ("soil_moisture_0_7cm", "soil_moisture_7_28cm", "soil_moisture_28_100cm")


def asked(service: ForecastService, **options: object) -> AdviceQuestion:
    return ask_advice(service, latitude=39.385, longitude=117.655, crop="tea", **options)


def soaked(region: SmallRegion, water: tuple[float, float, float]) -> SmallRegion:
    """The region with soil water by volume in three layers, alike everywhere."""
    held = replace(region, variables=(*VARIABLES, *SOIL))
    packed = replace(region, variables=VARIABLES).counts()
    layers = np.stack([np.full_like(packed[:, :, 0], round(1000 * one)) for one in water], axis=2)
    held.publish(packed=np.concatenate([packed, layers], axis=2))
    return held


def test_the_ground_is_worked_out_once_for_a_terrain(
    region: SmallRegion,
    serve: Callable[..., ForecastService],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    region.publish()
    served, work, counted = serve(region).served[0], grounds.gathering_ground, []
    monkeypatch.setattr(grounds, "gathering_ground", lambda field: counted.append(1) or work(field))
    held = Grounds()
    first = held.gathering(served.current())
    region.publish(version=1)
    again = served.current()
    assert held.gathering(again) is first
    assert len(counted) == 1
    lifted = replace(again, surface={**again.surface, "elevation": again.surface["elevation"] + 1})
    held.gathering(lifted)
    assert len(counted) == 2


def test_the_sea_has_no_ground(region: SmallRegion, serve: Callable[..., ForecastService]) -> None:
    region.publish()
    field = Grounds().gathering(serve(region).served[0].current())["height_above_drainage"]
    assert bool(field.isel(longitude=-1).isnull().all())
    assert bool(field.isel(longitude=0).notnull().all())


def test_moisture_of_the_model_is_that_of_the_root_zone_over_field_capacity(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(soaked(region, (0.30, 0.20, 0.10)))
    facts, question = service.served[0].current(), asked(service, soil="sandy_loam")
    roots = question.profile.water.zr_m[1]
    assert roots == 0.9
    found = Grounds().at(facts, cell_of(facts, question.point), question=question, now=NOW)
    # 7 cm of 0.30, 21 cm of 0.20, 62 cm of 0.10 over 90 cm, of a capacity of 0.23 (FAO-56)
    mean = (0.07 * 0.30 + 0.21 * 0.20 + 0.62 * 0.10) / 0.90
    assert found.model_soil_moisture == pytest.approx(100 * mean / 0.23)


def test_without_soil_or_behind_the_forecast_its_moisture_is_not_known(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    service = serve(region)
    facts, question = service.served[0].current(), asked(service)
    choice = cell_of(facts, question.point)
    assert Grounds().at(facts, choice, question=question, now=NOW).model_soil_moisture is None
    wet = serve(soaked(region, (0.3, 0.3, 0.3))).served[0].current()
    late = datetime(2025, 5, 1, tzinfo=UTC)
    assert Grounds().at(wet, choice, question=question, now=late).model_soil_moisture is None
