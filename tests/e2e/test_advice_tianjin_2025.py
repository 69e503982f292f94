"""Tianjin, 12-13 April 2025, from gridded members to the message: what the commission printed.

Notice of the Tianjin agricultural commission of 10 April 2025 (nync.tj.gov.cn
t20250410_6904969): gusts of force 10-11 and a fall of 8-12 degC on 12-13 April, lowest 6 degC in
the north; reinforce the film of the nurseries, and do not sow until the cold and the wind are over.
The weather is the bundled scenario with 21 members, asked on 10 April.
"""

from typing import Any

import pytest

from tests.support.advice_events import Garden, advisory, chances, states
from tests.support.commands import Server

RICE = "rice.xiaozhan.ninghe"
COLD_WIND = "nursery.cold_wind"
SOWING = "nursery_sowing"


@pytest.fixture(scope="module")
def answer(ninghe_nursery: Garden) -> Any:
    return ninghe_nursery.ask("--crop", RICE, "--place", "宁河")


def test_nurseries_are_warned_of_cold_and_wind_on_12_and_13_april(answer: Any) -> None:
    cold = advisory(answer, COLD_WIND)
    assert (cold["state"], cold["status"]) == (2, "warn")
    assert cold["window"] == {"begins": "2025-04-12", "ends": "2025-04-13"}
    assert cold["probability"] >= 0.8
    days = states(answer, COLD_WIND)
    assert [days[f"2025-04-{day}"] for day in (11, 12, 13, 14)] == ["none", 2, 2, "none"]
    likely = chances(answer, COLD_WIND, "2")
    assert all(likely[f"2025-04-{day}"] >= 0.7 for day in (12, 13))
    assert answer["passport"]["members"]["count"] == 21


def test_the_action_is_to_reinforce_the_film(answer: Any) -> None:
    text = advisory(answer, COLD_WIND)["text"]
    assert "加固棚膜" in text["zh"]["action"]
    assert "未播种的推迟到风后" in text["zh"]["action"]
    assert "fasten film" in text["en"]["action"]


def test_the_reason_is_a_night_of_6_degrees_below_the_limit_of_7(answer: Any) -> None:
    because = advisory(answer, COLD_WIND)["because"]
    assert (because["subject"], because["threshold"], because["unit"]) == ("tmin", 7.0, "degC")
    assert because["value"] == pytest.approx(6.0, abs=1.0)
    assert because["at"] in {"2025-04-12", "2025-04-13"}
    assert "tianjin_20250410" in advisory(answer, COLD_WIND)["citations"]


def test_sowing_is_red_until_the_13th_and_opens_on_the_14th(answer: Any) -> None:
    days = states(answer, SOWING)
    assert {days[f"2025-04-{day}"] for day in (11, 12, 13)} == {"red"}
    assert days["2025-04-14"] == "green"
    window = advisory(answer, SOWING)["window"]
    assert window["begins"] == "2025-04-14"
    assert chances(answer, SOWING, "all")["2025-04-14"] >= 0.7


def test_days_whose_horizon_lies_beyond_the_forecast_are_no_data_and_not_green(answer: Any) -> None:
    assert states(answer, SOWING)["2025-04-19"] == "no-data"


def test_the_message_fits_a_phone_and_holds_dates_chance_and_action(answer: Any) -> None:
    message = answer["messages"]["zh"]
    assert len(message) <= 70
    for part in ("12-13日", "低温大风", "成", "加固棚膜", "风后"):
        assert part in message, message
    assert len(answer["messages"]["en"]) <= 160


def test_all_of_it_is_marked_as_simulated(answer: Any) -> None:
    assert answer["simulated"] is True
    assert "模拟" in answer["messages"]["zh"]
    assert {caveat["id"] for caveat in answer["caveats"]} >= {"simulated", "unsigned"}


def test_the_api_says_what_the_command_says(ninghe_nursery: Garden, answer: Any) -> None:
    with Server(ninghe_nursery.env) as server:
        served = server.get("/v1/advisories", crop=RICE, place="宁河")
    assert served["messages"] == answer["messages"]
    assert advisory(served, COLD_WIND) == advisory(answer, COLD_WIND)
    assert states(served, SOWING) == states(answer, SOWING)


def test_a_harvested_field_is_not_told_that_there_is_no_risk(ninghe_nursery: Garden) -> None:
    other = ninghe_nursery.ask("--crop", RICE, "--place", "宁河", "--stage", "harvest")
    cold = advisory(other, COLD_WIND)
    assert (cold["state"], cold["status"], cold["probability"]) == (
        "not-applicable",
        "not-applicable",
        None,
    )
