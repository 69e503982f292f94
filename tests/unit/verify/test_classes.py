"""Which pairs belong to which class."""

import numpy as np
import pandas as pd
import pytest

from forecast.errors import InvalidRequest
from forecast.verify.classes import classes, parse_splits

TABLE = pd.DataFrame(
    {
        "lead_h": [0.0, 24.0, 25.0, 72.0, 73.0, 241.0],
        "dz": [-50.0, 51.0, -200.0, 201.0, 301.0, np.nan],
        "sun": [1.0, 0.0, 1.0, 0.0, 1.0, np.nan],
        "land_fraction": [0.05, 0.5, 0.95, 1.0, 0.06, np.nan],
        "time": pd.to_datetime(["2025-01-01T00", "2025-01-02T00"] * 3),
    }
)


def members(split: str) -> dict[str, list[int]]:
    return {
        "/".join(labels.values()): np.flatnonzero(mask).tolist()
        for labels, mask in classes(TABLE, parse_splits(split))
    }


def test_leads_end_with_their_hour() -> None:
    assert members("lead") == {
        "all": [0, 1, 2, 3, 4, 5],
        "0–24 h": [0, 1],
        "24–48 h": [2],
        "48–72 h": [3],
        "3–5 d": [4],
        "5–10 d": [],
        "> 10 d": [5],
    }


def test_height_differences_count_without_sign_and_an_unknown_one_is_in_no_class() -> None:
    found = members("dz")
    assert found["0–50 m"] == [0]
    assert found["50–200 m"] == [1, 2]
    assert found["> 200 m"] == [3, 4]
    assert found["> 300 m"] == [4]


def test_the_coast_lies_between_5_and_95_per_cent_of_land() -> None:
    assert members("coast") == {"all": [0, 1, 2, 3, 4, 5], "coast": [1, 4], "inland": [2, 3]}


def test_a_combination_holds_what_both_hold_and_no_empty_class() -> None:
    found = members("dz+sun")
    assert found["> 200 m/day"] == [4]
    assert found["> 200 m/night"] == [3]
    assert "0–50 m/night" not in found


def test_splits_by_comma_stand_beside_each_other() -> None:
    assert parse_splits("lead, dz+sun,lead") == (("lead",), ("dz", "sun"))
    assert members("hour") == {"all": [0, 1, 2, 3, 4, 5], "00 UTC": [0, 1, 2, 3, 4, 5]}


def test_an_unknown_split_is_one_sentence() -> None:
    with pytest.raises(InvalidRequest, match="--by wind was asked; allowed are lead, dz, sun"):
        parse_splits("lead+wind")
