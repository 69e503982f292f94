"""Advice over a region: a cell of its maps says what advice at the place of the cell says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from forecast.errors import (
    ForecastExpired,
    InvalidRequest,
    OutsideArea,
    RequestTooLarge,
    UnknownName,
)
from forecast.service import ForecastService, ask_advice
from forecast.service.advice.region import RegionGrades, ask_region
from tests.support import normals, past_years
from tests.support.grade_maps import agrees
from tests.support.small_members import members_of, published_with
from tests.support.small_region import CYCLE, NAME, VARIABLES, SmallRegion

MEMBERS = 12
HELD = tuple(name for name in VARIABLES if name not in {"wind_gust_10m", "cloud_cover"})
BOX = "117.65,39.40,117.70,39.50"
PLACES = [(0, 0), (7, 13), (19, 23)]
"""A corner, a cell in the middle and one at sea."""


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    """Members of the newest cycle, and single forecasts of three days before it."""
    made = SmallRegion.create(tmp_path_factory.mktemp("members"))
    for version, days in enumerate((3, 2, 1)):
        made.publish(version=version, reference_time=CYCLE - timedelta(days=days))
    published_with(made, members_of(made, count=MEMBERS))
    return made


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("single"))
    for version, days in enumerate((2, 1, 0)):
        made.publish(version=version, reference_time=CYCLE - timedelta(days=days))
    return made


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Normals and past years of the operator."""
    folder = tmp_path_factory.mktemp("given")
    days = past_years.dates("2020-01-01", "2023-12-31")
    wave = -12.0 * np.cos(2 * np.pi * np.arange(366) / 366)

    def warmth(day: np.datetime64) -> float:
        number = int((day - day.astype("datetime64[Y]")) / np.timedelta64(1, "D"))
        return float(wave[number]) + 40.0 + 0.3 * (int(str(day)[:4]) % 3)

    history = past_years.grid_file(folder, days, temperature=warmth)
    return {"normals": normals.grid_file(folder), "history": history}


def graded(service: ForecastService, crop: str, **options: Any) -> RegionGrades:
    return service.grade_region(ask_region(service, region=NAME, crop=crop, **options))


@pytest.mark.parametrize("crop", ["rice", "tea", "cotton"])
@pytest.mark.parametrize("name", ["ensemble", "single"])
def test_a_cell_of_the_maps_is_the_advice_at_its_place(
    crop: str,
    name: str,
    given: dict[str, Any],
    serve: Callable[..., ForecastService],
    request: pytest.FixtureRequest,
) -> None:
    region: SmallRegion = request.getfixturevalue(name)
    service = serve(region, **given)
    sown = {"sown": "2025-04-02"} if crop == "cotton" else {}
    found = graded(service, crop, **sown)
    assert found.passport["members"]["count"] == (MEMBERS if name == "ensemble" else 1)
    grid = region.region.grid
    for row, column in PLACES:
        place = {"latitude": grid.latitudes[row], "longitude": grid.longitudes[column]}
        where = {key: float(number) for key, number in place.items()}
        answer = service.advise(ask_advice(service, crop=crop, cell="nearest", **where, **sown))
        assert answer.passport["cell"]["row"] == row
        assert answer.passport["cell"]["column"] == column
        agrees(found.maps, answer.advice, answer.weather, row=row, column=column)


def test_it_makes_no_difference_how_the_region_is_cut_into_blocks(
    ensemble: SmallRegion,
    serve: Callable[..., ForecastService],
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
) -> None:
    service = serve(ensemble, **given)
    asked = {"rules": "nursery.cold_wind,spray_drone,nursery_sowing", "box": BOX}
    whole = graded(service, "rice", **asked)
    monkeypatch.setattr("forecast.service.advice.canvas.LARGEST_EDGE", 3)
    told: list[tuple[str, int, int]] = []
    question = ask_region(service, region=NAME, crop="rice", **asked)
    cut = service.grade_region(question, report=lambda *now: told.append(now))
    assert cut.maps.sizes["latitude"] == 10
    assert cut.maps.sizes["longitude"] == 5
    for name, field in whole.maps.data_vars.items():
        np.testing.assert_array_equal(cut.maps[name].values, field.values, err_msg=str(name))
    assert told[-1] == ("judging cells", 50, 50)
    assert len(told) == 8


def test_a_part_of_a_region_is_the_same_as_in_the_whole(
    single: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(single)
    whole = graded(service, "tea", rules="frost.spring")
    part = graded(service, "tea", rules="frost.spring", box=BOX)
    assert set(part.maps.data_vars) == {"state_frost_spring", "probability_frost_spring"}
    window = whole.maps.sel(latitude=part.maps["latitude"], longitude=part.maps["longitude"])
    for name, field in part.maps.data_vars.items():
        np.testing.assert_array_equal(window[name].values, field.values)
    assert part.passport["box"] == "117.65,39.4,117.7,39.5"
    assert part.grid.shape == (10, 5)


def test_a_named_cycle_answers_as_it_would_have(
    single: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(single, now=CYCLE)
    first = single.store.published()[-1].cycle_id
    asked = {"rules": "frost.spring", "box": BOX, "cycle": first}
    with pytest.raises(ForecastExpired, match="48 h old and expired: nothing is advised from it"):
        graded(service, "tea", **asked)
    then = serve(single, now=CYCLE - timedelta(days=2))
    found = graded(then, "tea", **asked)
    assert found.passport["cycle"] == first
    assert found.maps.attrs["issued"] == "2025-04-08T00:00:00Z"


def test_nothing_is_advised_from_an_expired_cycle(
    single: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(single, now=CYCLE + timedelta(hours=37))
    with pytest.raises(ForecastExpired):
        graded(service, "tea", rules="frost.spring")


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"rules": "frost.autumn"}, UnknownName, "rule 'frost.autumn' was asked; tea.cuilan"),
        ({"box": "1,2,3,4"}, OutsideArea, "box 1,2,3,4 was asked; the region covers"),
        ({"soil": "loam"}, InvalidRequest, "soil of a field was told of a whole region"),
        ({"stage": "flowering"}, InvalidRequest, "stage 'flowering' was asked"),
        ({"sown": "2026-01-01"}, InvalidRequest, "sown 2026-01-01 was asked; allowed are days"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    single: SmallRegion,
    serve: Callable[..., ForecastService],
    options: dict[str, str],
    error: type[Exception],
    sentence: str,
) -> None:
    with pytest.raises(error, match=sentence):
        graded(serve(single), "tea", **options)


def test_a_request_may_ask_for_so_much_work_and_no_more(
    ensemble: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(ensemble)
    service.limits = replace(service.limits, grade_values=480 * MEMBERS * 49 - 1)
    question = ask_region(service, region=NAME, crop="tea", rules="frost.spring")
    with pytest.raises(RequestTooLarge, match="480 cells x 12 members x 49 hours = 282,240"):
        service.grade_region(question, limited=True)


def test_maps_that_would_not_fit_are_refused_before_any_work(
    single: SmallRegion, serve: Callable[..., ForecastService], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecast.service.advice.region.MOST_BYTES", 1000)
    with pytest.raises(RequestTooLarge, match="1 rules over 480 cells were asked, maps of"):
        graded(serve(single), "tea", rules="frost.spring")


def test_an_interrupt_ends_the_work(
    single: SmallRegion, serve: Callable[..., ForecastService], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecast.service.advice.canvas.LARGEST_EDGE", 3)
    service = serve(single)
    question = ask_region(service, region=NAME, crop="tea", rules="frost.spring")
    done: list[int] = []

    def stop(stage: str, now: int, total: int) -> None:
        done.append(now)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.grade_region(question, report=stop)
    assert len(done) == 1
