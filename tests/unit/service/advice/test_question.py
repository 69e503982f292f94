"""What is said of a field is read strictly: each fault is one sentence."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from forecast.advise.stages import Report
from forecast.errors import InvalidRequest, UnknownName, ZhitianError
from forecast.service import ForecastService, ask_advice
from forecast.service.advice.question import check_dates
from tests.support.small_region import NINGHE, SmallRegion

AT = {"longitude": NINGHE[0], "latitude": NINGHE[1]}
END = datetime(2025, 4, 12, tzinfo=UTC)


@pytest.fixture
def service(region: SmallRegion, serve: Callable[..., ForecastService]) -> ForecastService:
    return serve(region)


def test_what_the_farmer_says_is_understood(service: ForecastService) -> None:
    question = ask_advice(
        service,
        **AT,
        crop="rice",
        sown="2025-04-05",
        stage="育秧期",
        stage_on="2025-04-09",
        covered=True,
        soil="silty_clay",
        soil_moisture=80.0,
    )
    said = question.situation
    assert question.profile.id == "rice.xiaozhan.ninghe"
    assert said.report == Report(stage="nursery", on=date(2025, 4, 9))
    assert (said.sown, said.covered) == (date(2025, 4, 5), True)
    assert (said.soil, said.soil_moisture) == ("silty_clay", 80.0)


def test_a_stage_without_a_day_is_that_of_today_by_the_clock_of_the_crop(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    late = serve(region, now=datetime(2025, 4, 10, 17, tzinfo=UTC))
    question = ask_advice(late, **AT, crop="tea", stage="bud swell")
    assert question.situation.report == Report(stage="bud_swell", on=date(2025, 4, 11))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({}, InvalidRequest, "no crop was asked; give crop, one of apple"),
        ({"crop": "ricee"}, UnknownName, "did you mean rice"),
        ({"crop": "rice", "stage": "ripe"}, InvalidRequest, r"has pre_sowing \(备播期\)"),
        ({"crop": "rice", "stage_on": "2025-04-09"}, InvalidRequest, "without stage"),
        ({"crop": "rice", "sown": "4/10"}, InvalidRequest, "dates, as in 2025-04-10"),
        ({"crop": "rice", "sown": "20250410"}, InvalidRequest, "dates, as in 2025-04-10"),
        ({"crop": "rice", "sown": "2025-02-30"}, InvalidRequest, "sown '2025-02-30'"),
        ({"crop": "rice", "soil": "mud"}, UnknownName, "the table has sand"),
        ({"crop": "rice", "soil_moisture": 151.0}, InvalidRequest, "0 to 150 % of field"),
        ({"crop": "rice", "soil_moisture": -1.0}, InvalidRequest, "0 to 150 % of field"),
        ({"crop": "rice", "soil_moisture": float("nan")}, InvalidRequest, "soil_moisture nan"),
        ({"crop": "rice", "cell": "sea"}, InvalidRequest, "land and nearest"),
        ({"crop": "rice", "elevation": 9001.0}, InvalidRequest, "-500 to 9000 m"),
        ({"crop": "rice", "place": "宁河"}, InvalidRequest, "both asked"),
        ({"crop": "rice", "as_of": "soon"}, InvalidRequest, "allowed is ISO 8601"),
    ],
)
def test_each_fault_is_one_sentence(
    service: ForecastService, options: dict, error: type[ZhitianError], words: str
) -> None:
    with pytest.raises(error, match=words) as refused:
        ask_advice(service, **AT, **options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("sown", "words"),
    [
        ("2025-04-12", None),
        ("2025-04-13", "sown 2025-04-13 was asked; allowed are days from 2024-03-06"),
        ("2024-03-06", None),
        ("2024-03-05", r"\(400 days back\) to 2025-04-12"),
    ],
)
def test_a_crop_is_sown_by_the_end_of_the_forecast_and_within_400_days(
    service: ForecastService, sown: str, words: str | None
) -> None:
    question = ask_advice(service, **AT, crop="rice", sown=sown)
    now = service.clock()
    if words is None:
        check_dates(question, now=now, last=END)
    else:
        with pytest.raises(InvalidRequest, match=words):
            check_dates(question, now=now, last=END)


def test_a_stage_is_not_seen_before_it_is_there(service: ForecastService) -> None:
    question = ask_advice(service, **AT, crop="rice", stage="nursery", stage_on="2025-04-11")
    with pytest.raises(InvalidRequest, match="stage_on 2025-04-11 .* to 2025-04-10"):
        check_dates(question, now=service.clock(), last=END)
