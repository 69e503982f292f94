"""The weather and the season of one place, with 51 members and a month of earlier cycles."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast import downscale
from forecast.api.state import service_from
from forecast.ingest.scenario import write_past
from forecast.publish import publish
from forecast.service import ForecastService
from forecast.settings import Settings
from tests.support.benchmark import Measurements, cpu_seconds
from tests.support.cycles import write_tiles
from tests.support.judged import weather_at
from tests.support.large_members import large_member
from tests.support.small_region import CYCLE, NOW, SmallRegion

COUNT, HOURS = 51, 360
PAST_DAYS = 30
BOUND_S = 0.040


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> ForecastService:
    """A run a day of 72 hours, then one of 360 hours with members."""
    folder: Path = tmp_path_factory.mktemp("season")
    region = SmallRegion.create(folder, hours=72)
    for days in range(PAST_DAYS, 0, -1):
        region.publish(version=days % 20, reference_time=CYCLE - timedelta(days=days))
    region = region.longer(HOURS)
    grid, terrain, counts = region.region.grid, region.terrain, region.counts()
    stack = downscale.MemberStack()
    with region.store.stage(region.description()) as staging:
        write_tiles(staging, counts)
        staging.write_group("terrain", terrain)
        with staging.ensemble(range(COUNT)) as writer:
            for seed in range(COUNT):
                member = large_member(grid, seed=seed, hours=HOURS)
                writer.add(stack.add(downscale.prepare(member, terrain)))
            flags = downscale.step_flags(member, stack.variables)
            staging.record(writer.finish(stack.static(flags)))
        publish(staging)
    settings = Settings(store=region.root, regions=(str(region.file),), now=NOW)
    history = write_past(folder)
    return service_from(settings.model_copy(update={"history": history}))


def test_the_weather_of_a_place_is_at_hand_at_once(
    service: ForecastService, measurements: Measurements
) -> None:
    random = np.random.default_rng(3)
    normals = service.knowledge.normals
    history = service.knowledge.history
    assert normals is not None
    assert history is not None

    def once() -> object:
        place = {
            "latitude": 39.36 + 0.01 * int(random.integers(15)),
            "longitude": 117.61 + 0.01 * int(random.integers(15)),
        }
        return weather_at(service, normals=normals, history=history, **place)

    weather = weather_at(service, normals=normals, history=history)
    assert weather.hourly.sizes["realization"] == COUNT
    assert weather.season is not None
    assert weather.season.about["days"]["past"] >= PAST_DAYS - 1
    assert weather.season.years is not None
    taken = cpu_seconds(once, repeats=20)
    measurements.add(
        "weather and season of a place",
        f"{taken * 1e3:.1f} ms",
        wanted=f"< {BOUND_S * 1e3:.0f} ms",
        how=f"{COUNT} members x {HOURS} hours, {PAST_DAYS} past days, 20 past years, any cell",
    )
    assert taken < BOUND_S
