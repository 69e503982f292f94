"""Places as people ask for them, against a list whose answers come from the table of counties."""

import csv
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from forecast.query.places import Gazetteer

TABLE: Final = Path(__file__).with_name("golden_places.csv")
with TABLE.open(encoding="utf-8", newline="") as handle:
    GOLDEN: Final = list(csv.DictReader(handle))


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['kind']}-{row['query']}")
def test_the_place_that_is_meant_comes_first(row: dict[str, str]) -> None:
    found = Gazetteer.shipped().search(row["query"], limit=3)
    assert found, "nothing was found"
    if row["code"]:
        assert found[0].code == row["code"], [f"{place} {place.code}" for place in found]
    else:
        expected = (float(row["longitude"]), float(row["latitude"]))
        assert found[0].kind == "coordinates"
        assert (found[0].longitude, found[0].latitude) == pytest.approx(expected, abs=1e-5)


def test_the_list_holds_two_hundred_queries_of_every_kind() -> None:
    assert len({row["query"] for row in GOLDEN}) == len(GOLDEN) >= 200
    kinds = Counter(row["kind"] for row in GOLDEN)
    assert min(kinds.values()) >= 10
    assert set(kinds) == {
        *("zh", "alias", "pinyin", "initials", "english"),
        *("typo", "same", "code", "coordinates", "traditional"),
    }
