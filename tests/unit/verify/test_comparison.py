"""Only common pairs are compared, and persistence knows only the past."""

import numpy as np
import pandas as pd
import pytest

from forecast.errors import DataError
from forecast.verify.comparison import Comparison, persistence, with_persistence

START = pd.Timestamp("2025-04-10T00:00")


def pairs(hours: list[int], **columns: list[float]) -> pd.DataFrame:
    count = len(hours)
    return pd.DataFrame(
        {
            "variable": "temperature_2m",
            "station": [f"s{n}" for n in range(count)],
            "time": [START + pd.Timedelta(hours=hour) for hour in hours],
            "reference_time": START,
            "observed": np.arange(count, dtype=float),
            **columns,
        }
    )


def test_a_method_that_lacks_a_pair_is_refused() -> None:
    table = pairs([1, 2], ours=[1.0, 2.0], plain=[1.0, np.nan])
    with pytest.raises(DataError, match="common stations and times only; plain lacks 1 of 2"):
        Comparison(table=table, methods=("ours", "plain"))


def test_a_pair_that_stands_twice_is_refused() -> None:
    table = pd.concat([pairs([1], ours=[1.0])] * 2, ignore_index=True)
    with pytest.raises(DataError, match="twice"):
        Comparison(table=table, methods=("ours",))


def test_common_keeps_what_all_have_and_tells_the_rest() -> None:
    table = pairs([1, 2, 3], ours=[1.0, np.nan, 3.0], plain=[1.0, 2.0, np.nan])
    kept = Comparison.common(table, ("ours", "plain"))
    assert kept.table["station"].tolist() == ["s0"]
    assert kept.notes == ("2 of 3 pairs that not every method has are left out",)


def observed(*days_before: int) -> pd.DataFrame:
    times = [START + pd.Timedelta(hours=6) - pd.Timedelta(days=day) for day in days_before]
    return pd.DataFrame(
        {
            "variable": "temperature_2m",
            "station": "s0",
            "time": times,
            "observed": [float(-day) for day in days_before],
        }
    )


@pytest.mark.parametrize(("hour", "day"), [(6, -1.0), (30, -1.0), (54, -1.0)])
def test_persistence_is_the_last_day_known_at_the_start_of_the_run(hour: int, day: float) -> None:
    # the value of hour 6 of the first day is not known at hour 0, however far ahead one looks
    found = persistence(pairs([hour]), observed(-2, -1, 0, 1, 2))
    assert found.tolist() == [day]


def test_persistence_without_the_day_before_is_no_comparison() -> None:
    comparison = Comparison(table=pairs([6], ours=[1.0]), methods=("ours",))
    assert with_persistence(comparison, observed(0)) is None
    beside = with_persistence(comparison, observed(0, 1))
    assert beside is not None
    assert beside.methods == ("ours", "persistence")
    assert beside.table["persistence"].tolist() == [-1.0]
