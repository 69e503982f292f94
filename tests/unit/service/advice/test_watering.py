"""Soil water of every cell: carried from cycle to cycle, assumed once, never made up."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast.advise.profile import shipped_profile
from forecast.service.advice.question import ask_advice
from forecast.service.advice.watering import CellWater, keep_water, water_state_at
from forecast.store.advice.water_state import read_water, water_path
from tests.support.small_region import CYCLE, SmallRegion

WHEAT = shipped_profile("wheat.winter.haihe")
RICE = shipped_profile("rice.xiaozhan.ninghe")
LATER = timedelta(days=1)


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion.create(tmp_path, hours=60)


def cycles(region: SmallRegion, served, *days: int, simulated: bool = False) -> None:
    """Publish a cycle at 00 UTC of each day counted from 10 April."""
    for day in days:
        region.publish(simulated=simulated, version=day, reference_time=CYCLE + day * LATER)
    served.store._served.look_again()


def at(day: int) -> datetime:
    """Six hours after the cycle of a day, 14:00 in Beijing."""
    return CYCLE + day * LATER + timedelta(hours=6)


def kept(served, day: int) -> str:
    (told,) = keep_water(served, [WHEAT], now=at(day))
    return told.sentence


def fields(served) -> dict[str, np.ndarray]:
    state = read_water(served.path, WHEAT.id, simulated=False)
    assert state is not None
    return dict(state.fields)


def ten_days(folder: Path, serve, *stops: int) -> dict[str, np.ndarray]:
    """State at the end of 21 April of cycles on 10, 15 and 20 April, kept at some of the days."""
    region = SmallRegion.create(folder, hours=150)
    served = serve(region).served[0]
    cycles(region, served, 0)
    assert kept(served, 2) == "carried to the end of 2025-04-11, assumed on 2025-04-11"
    cycles(region, served, 5)
    for stop in stops:
        assert "assumed on 2025-04-11" in kept(served, stop)
    cycles(region, served, 10)
    assert kept(served, 12) == "carried to the end of 2025-04-21, assumed on 2025-04-11"
    return fields(served)


def at_cell(served, row: int, column: int) -> CellWater | None:
    return water_state_at(served.current(), WHEAT, cell=(row, column))


def test_two_runs_of_five_days_are_one_of_ten(tmp_path: Path, serve) -> None:
    twice = ten_days(tmp_path / "twice", serve, 7)
    once = ten_days(tmp_path / "once", serve)
    assert set(twice) == {"root_zone_depletion", "root_depth"}
    for name, field in twice.items():
        assert np.isfinite(field).any()
        np.testing.assert_array_equal(field, once[name])


def test_on_first_use_the_water_is_assumed_and_the_day_is_kept(region: SmallRegion, serve) -> None:
    served = serve(region).served[0]
    cycles(region, served, 0, 1)
    # the agromet day of 10 April ended at 20:00 Beijing time; the cycles hold its hours since 08
    assert kept(served, 1) == "the hours of 2025-04-10 are not at hand"
    cycles(region, served, 2)
    assert kept(served, 2) == "carried to the end of 2025-04-11, assumed on 2025-04-11"
    assert kept(served, 2) == "known to the end of 2025-04-11"
    cycles(region, served, 3)
    assert kept(served, 3) == "carried to the end of 2025-04-12, assumed on 2025-04-11"


def test_dry_weather_draws_on_the_soil_and_sea_has_none(region: SmallRegion, serve) -> None:
    served = serve(region).served[0]
    packed = region.counts()
    packed[:, :, region.variables.index("precipitation")] = 0
    for day in (0, 1, 2, 3):
        region.publish(simulated=False, reference_time=CYCLE + day * LATER, packed=packed)
    served.store._served.look_again()
    kept(served, 2)
    before = fields(served)["root_zone_depletion"]
    kept(served, 3)
    after = fields(served)["root_zone_depletion"]
    land = region.terrain["land_fraction"].values >= 0.5
    assert (after[land] > before[land]).all()
    assert np.isnan(after[~land]).all()


def test_a_day_without_hours_is_lost_and_the_next_is_assumed_anew(
    region: SmallRegion, serve
) -> None:
    served = serve(region).served[0]
    cycles(region, served, 0, 1, 2)
    kept(served, 2)
    # the cycle of 12 April ends on the 14th at 20:00 Beijing time; nothing tells of the 15th
    cycles(region, served, 6, 7)
    assert kept(served, 7) == "lost: hours between 2025-04-11 and 2025-04-16 are not at hand"
    assert np.isnan(fields(served)["root_zone_depletion"]).all()
    cycles(region, served, 8)
    assert kept(served, 8) == "carried to the end of 2025-04-17, assumed on 2025-04-17"


def test_the_water_of_a_scenario_is_not_that_of_real_cycles(region: SmallRegion, serve) -> None:
    served = serve(region).served[0]
    cycles(region, served, 0, 1, 2, simulated=True)
    kept(served, 2)
    assert read_water(served.path, WHEAT.id, simulated=False) is None
    assert read_water(served.path, WHEAT.id, simulated=True) is not None
    cycles(region, served, 3)
    assert kept(served, 3) == "the hours of 2025-04-12 are not at hand"


def test_one_cell_of_the_kept_water_is_what_an_answer_begins_with(
    region: SmallRegion, serve
) -> None:
    served = serve(region).served[0]
    cycles(region, served, 0, 1, 2)
    assert at_cell(served, 3, 4) is None
    kept(served, 2)
    found = at_cell(served, 3, 4)
    assert found is not None
    assert (found.day, found.assumed_from) == (date(2025, 4, 11), date(2025, 4, 11))
    assert float(found.state["root_depth"]) == fields(served)["root_depth"][3, 4]
    assert at_cell(served, 3, region.region.grid.columns - 1) is None


def test_a_damaged_state_is_refused_and_counts_as_none(region: SmallRegion, serve) -> None:
    served = serve(region).served[0]
    cycles(region, served, 0, 1, 2, 3)
    kept(served, 2)
    water_path(served.path, WHEAT.id, simulated=False).write_bytes(b"zhitian-water/1 00\nxx")
    refused = at_cell(served, 3, 4)
    assert refused is not None
    assert refused.state is None
    assert "is damaged or of another format" in refused.trouble
    told = kept(served, 3)
    assert told.startswith("carried to the end of 2025-04-12, assumed on 2025-04-12; the soil")
    again = at_cell(served, 3, 4)
    assert again is not None
    assert again.document() == {"day": "2025-04-12", "assumed_from": "2025-04-12", "trouble": None}


def test_a_crop_out_of_its_season_keeps_no_water(region: SmallRegion, serve) -> None:
    served = serve(region).served[0]
    cycles(region, served, 0)
    (told,) = keep_water(served, [RICE], now=datetime(2025, 1, 10, tzinfo=UTC))
    assert told.sentence == "out of season, no soil water is kept"


def test_an_answer_begins_from_the_kept_water_and_says_since_when_it_is_assumed(
    region: SmallRegion, serve
) -> None:
    cycles(region, serve(region).served[0], 0, 1, 2, 3)
    service = serve(region, now=at(3))
    kept(service.served[0], 2)
    asked = {"latitude": 39.45, "longitude": 117.72, "crop": WHEAT.id}
    document = service.advise(ask_advice(service, **asked)).document()
    assert (document["irrigation"]["start"], document["irrigation"]["start_day"]) == (
        *("kept", "2025-04-11"),
    )
    assert document["passport"]["soil_water"]["assumed_from"] == "2025-04-11"
    told = {one["id"]: one["en"] for one in document["caveats"]}
    assert told["kept_moisture"].startswith("Soil water was assumed on 2025-04-11")
    clay = service.advise(ask_advice(service, **asked, soil="clay")).document()
    assert clay["irrigation"]["start"] == "assumed"
    path = water_path(service.served[0].path, WHEAT.id, simulated=False)
    path.write_bytes(b"zhitian-water/1 00\nxx")
    damaged = service.advise(ask_advice(service, **asked)).document()
    assert damaged["irrigation"]["start"] == "assumed"
    assert "damaged_moisture" in {one["id"] for one in damaged["caveats"]}
