"""Baodi, rainstorm of 2 June, from gridded rain to the message: pumps a day ahead.

Tianjin Daily (m.lipinglong.cn/Tech/1300743.html): 450,000 mu of transplanted rice at Baodi, where
pumps were in place after a notice of one day before a warning of 50 mm. The rain is made: some 85
mm in the cells of Baodi from 02:00 to 17:00 on 2 June, next to nothing 50 km to the south, asked at
14:00 the day before; the run before that saw none.
"""

from typing import Any

import pytest

from tests.support.advice_events import BAODI_PLACE, DRY_PLACE, Garden, advisory, states

RICE = "rice.xiaozhan.ninghe"
PONDING = "field.waterlogging"


def asked(fields: Garden, place: tuple[float, float], *more: object) -> Any:
    return fields.ask("--crop", RICE, "--lat", place[0], "--lon", place[1], *more)


@pytest.fixture(scope="module")
def answer(baodi_fields: Garden) -> Any:
    return asked(baodi_fields, BAODI_PLACE, "--soil", "clay")


def test_level_1_is_told_a_day_ahead_with_the_pumps(answer: Any) -> None:
    ponding = advisory(answer, PONDING)
    assert (ponding["state"], ponding["status"]) == (1, "warn")
    assert ponding["window"]["begins"] == "2025-06-02"
    assert ponding["probability"] >= 0.8
    assert ponding["chances"]["3"] == 0.0
    assert "备好排水泵" in ponding["text"]["zh"]["action"]
    assert "pumps ready" in ponding["text"]["en"]["action"]
    assert states(answer, PONDING)["2025-06-01"] == "none"


def test_the_reason_is_rain_above_50_mm_in_a_day(answer: Any) -> None:
    because = advisory(answer, PONDING)["because"]
    assert (because["subject"], because["threshold"], because["unit"]) == ("precip", 50.0, "mm")
    assert because["value"] == pytest.approx(85.0, abs=10.0)


def test_it_is_new_since_the_run_before(answer: Any) -> None:
    ponding = advisory(answer, PONDING)
    assert (ponding["change"], ponding["notify"]) == ("raised", True)


def test_the_layer_of_the_paddy_rises_over_the_bund_and_its_hours_to_drain_are_told(
    answer: Any,
) -> None:
    water = answer["standing_water"]
    assert (water["flooded"], water["state"]) == (True, "red")
    assert water["begins"].startswith("2025-06-02")
    assert water["depth_mm_p50"] > 100.0
    assert 1.0 <= water["hours_to_drain_p50"] <= water["hours_to_drain_p90"]
    assert f"{water['hours_to_drain_p50']:.0f}小时" in water["text"]["zh"]
    assert water["soil_assumed"] is False


def test_an_upland_field_is_told_when_it_can_be_entered_again(baodi_fields: Garden) -> None:
    latitude, longitude = BAODI_PLACE
    place = ("--lat", latitude, "--lon", longitude, "--soil", "loam")
    document = baodi_fields.ask("--crop", "soybean.summer.haihe", *place)
    assert advisory(document, "waterlogging")["state"] == 1
    water = document["standing_water"]
    assert water["flooded"] is False
    assert water["state"] in {"amber", "red"}
    assert 1.0 <= water["hours_to_drain_p50"] <= 24.0
    assert water["hours_until_entry_p50"] > 24.0 + water["hours_to_drain_p50"]
    assert f"约{water['hours_until_entry_p50']:.0f}小时后可以下地" in water["text"]["zh"]


def test_the_message_fits_a_phone(answer: Any) -> None:
    message = answer["messages"]["zh"]
    assert len(message) <= 70
    assert "2日" in message
    assert "排水泵" in message


def test_a_dry_neighbour_gets_none_and_no_water(baodi_fields: Garden) -> None:
    dry = asked(baodi_fields, DRY_PLACE, "--soil", "clay")
    ponding = advisory(dry, PONDING)
    assert (ponding["state"], ponding["status"]) == ("none", "none")
    assert ponding["probability"] == 0.0
    assert dry["standing_water"]["state"] == "green"
    assert "排水泵" not in (dry["messages"]["zh"] or "")
