"""`zhitian scorecard`: what came of issued advice, as a table with n and intervals, or as JSON."""

import json
from pathlib import Path

import pytest

from tests.support.scored_advice import LATER, TEA, fill
from tests.support.small_region import SmallRegion


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options that name a region whose advice was observed."""
    region = SmallRegion.create(tmp_path_factory.mktemp("scored"))
    region.publish(simulated=False)
    fill(region)
    return ["--store", str(region.root), "--region", str(region.file), "--now", LATER]


def test_a_table_shows_how_many_and_says_what_is_too_few(zhitian, scored) -> None:
    told = zhitian("scorecard", *scored, "--zone", "all")
    assert told.code == 0
    (row,) = [
        line for line in told.out.splitlines() if "frost.spring 1" in line and "all" in line
        if line.split()[4] == "all"
    ]  # fmt: skip
    figures = row.split()[3:]
    assert row.split()[:3] == [TEA.id, "frost.spring", "1"]
    assert figures == ["all", "all", "4", "4", "2*", "0.50", "0.50"]
    assert "too few days to judge by: 4 of at least 10" in told.err
    assert "left out: 4 days where no station is near" in told.err
    assert (
        "not scored: 高山 (高山): the nearest station is 0 km away, its height differs" in told.err
    )


def test_json_is_what_the_service_answers(zhitian, scored) -> None:
    told = zhitian("scorecard", *scored, "--zone", "茶园", "--crop", TEA.id, "--json")
    document = json.loads(told.out)
    assert document["measured"]
    assert {row["zone"] for row in document["rows"]} == {"茶园"}
    (light,) = [row for row in document["rows"] if (row["level"], row["lead"]) == ("1", "all")]
    # a hit on the 11th, a false alarm on the 12th, a miss on the 14th
    assert (light["hits"], light["false_alarms"], light["misses"]) == (1, 1, 1)
    assert light["brier"] == pytest.approx((0.1**2 + 0.3**2 + 0.0 + 0.9**2) / 4)
    assert light["pod_low"] is None


def test_a_region_without_advice_is_one_sentence(zhitian, tmp_path: Path) -> None:
    region = SmallRegion.create(tmp_path)
    told = zhitian("scorecard", "--store", str(region.root), "--region", str(region.file))
    assert told.code == 7
    assert told.err.strip().endswith("`zhitian run` makes one")


def test_a_zone_that_has_no_advice_is_refused_with_those_known(zhitian, scored) -> None:
    told = zhitian("scorecard", *scored, "--zone", "海上")
    assert told.code == 2
    assert "zone '海上' was asked; the region's advice has all, 茶园, 高山" in told.err


def test_an_unknown_crop_is_refused(zhitian, scored) -> None:
    assert zhitian("scorecard", *scored, "--crop", "mango").code == 2
