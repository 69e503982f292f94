"""From a published cycle to kept advice, to observations, to the scorecard that is served."""

import json
from pathlib import Path

import pandas as pd
import pytest

from forecast.store.advice import AdviceLedger
from forecast.store.advice.water_state import water_path
from tests.support import alps
from tests.support.commands import Server, environment, refusal, succeed
from tests.support.data import shared_data

APPLE = "apple.orchard.bohai"
REGION = """
name = "isere"
label_zh = "伊泽尔"
label_en = "Isere"
timezone = "Europe/Paris"
spacing = 0.02
terrain = "{terrain}"

[box]
west = 5.4
south = 44.9
east = 6.2
north = 45.6

[[advice]]
crop = "apple.orchard.bohai"
latitude = 45.188
longitude = 5.724
zone = "Grenoble"

[[advice]]
crop = "apple.orchard.bohai"
latitude = 45.3
longitude = 6.0
elevation = 1800
zone = "high"
"""
AFTER = "2018-05-06T00:00:00Z"


class Isere:
    """A region of the Alps in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "isere.toml"
        self.store = folder / "store" / "isere"
        self.folder = folder

    def env(self, now: str = alps.NOW) -> dict[str, str]:
        return environment(
            store=self.folder / "store", regions=self.file, now=now, downloads=self.folder
        )

    def run(self, *options: str) -> str:
        ended = succeed(
            *("run", "--region", self.file, "--source", "files"),
            *("--input", *alps.run_files(), *options),
            env=self.env(),
        )
        return ended.stderr


@pytest.fixture(scope="module")
def isere(tmp_path_factory: pytest.TempPathFactory) -> Isere:
    """A cycle whose advice was kept, and a station in Grenoble that saw what was forecast."""
    made = Isere(tmp_path_factory.mktemp("isere"))
    terrain = shared_data(alps.TERRAIN)
    made.file.write_text(REGION.format(terrain=terrain), encoding="utf-8")
    made.said = made.run()  # type: ignore[attr-defined]
    told = succeed(
        *("point", "--lat", "45.188", "--lon", "5.724", "--json"),
        *("--hourly", "temperature_2m"),
        env=made.env(),
    )
    document = json.loads(told.stdout)
    table = pd.DataFrame(
        {
            "station": "garden",
            "latitude": 45.19,
            "longitude": 5.72,
            "elevation": document["passport"]["cell"]["elevation_m"],
            "time": document["hourly"]["time"],
            "temperature_2m": document["hourly"]["temperature_2m"],
        }
    )
    table.to_csv(made.folder / "garden.csv", index=False)
    succeed(
        *("observations", "add", made.folder / "garden.csv", "--region", made.file),
        env=made.env(AFTER),
    )
    return made


def test_a_run_keeps_its_advice_and_says_so(isere: Isere) -> None:
    said = isere.said  # type: ignore[attr-defined]
    assert "kept for 2 watches" in said
    assert "scorecard: 0 pairs of advice and truth" in said
    days = AdviceLedger.open(isere.store / "advice.sqlite").days()
    assert set(days["zone"]) == {"Grenoble", "high"}
    bloom = days[days["rule"] == "frost.bloom"]
    assert set(bloom["state"]) <= {"none", "1", "2", "4", "no-data"}


def test_the_same_advice_is_not_kept_twice(isere: Isere) -> None:
    before = len(AdviceLedger.open(isere.store / "advice.sqlite").days())
    assert "advice of cycle" not in isere.run("--no-advice")
    assert len(AdviceLedger.open(isere.store / "advice.sqlite").days()) == before


def test_what_was_forecast_and_came_is_scored_without_misses(isere: Isere) -> None:
    told = succeed(
        *("scorecard", "--region", isere.file, "--crop", APPLE, "--zone", "Grenoble", "--json"),
        env=isere.env(AFTER),
    )
    document = json.loads(told.stdout)
    rows = [
        row
        for row in document["rows"]
        if (row["rule"], row["lead"]) == ("frost.bloom", "all") and row["n"]
    ]
    # the day of 1 May from the advice at 06 UTC on; of the next one the run has half
    assert [row["n"] for row in rows] == [1, 1, 1]
    assert all(row["misses"] == row["false_alarms"] == 0 for row in rows)
    spots = {spot["zone"]: spot for spot in document["spots"]}
    assert spots["Grenoble"]["station"] == "garden"
    assert "allowed are 10 km and 100 m" in spots["high"]["reason"]


def test_the_scorecard_is_served_as_the_command_tells_it(isere: Isere) -> None:
    told = succeed("scorecard", "--region", isere.file, "--json", env=isere.env(AFTER))
    with Server(isere.env(AFTER)) as server:
        served = server.get("/v1/scorecard", region="isere")
    assert served["rows"] == json.loads(told.stdout)["rows"]


def test_an_expired_cycle_is_published_and_advises_nothing(isere: Isere) -> None:
    ended = succeed(
        *("run", "--region", isere.file, "--source", "files"),
        *("--input", *alps.run_files()),
        env=isere.env(AFTER),
    )
    assert "the cycle is published, but its advice could not be kept: advice was" in ended.stderr


def test_a_crop_that_is_not_known_fails_no_run(isere: Isere, tmp_path: Path) -> None:
    other = Isere(tmp_path)
    other.file.write_text(
        isere.file.read_text(encoding="utf-8").replace(APPLE, "mango"), encoding="utf-8"
    )
    assert "its advice could not be kept: crop 'mango' was asked" in other.run()
    assert refusal("scorecard", "--region", other.file, env=other.env())[0] == 7


def test_without_hours_of_the_past_no_soil_water_is_kept_and_that_is_said(isere: Isere) -> None:
    said = isere.said  # type: ignore[attr-defined]
    assert f"soil water of {APPLE}: the hours of 2018-04-30 are not at hand" in said
    assert not water_path(isere.store, APPLE, simulated=False).exists()
