"""Scores of advice on tables that can be counted by hand."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scores.continuous import relative_economic_value

from forecast.errors import DataError
from forecast.verify.advice import COLUMNS, expense, score, score_card

NAN = float("nan")


def pairs(*rows: tuple[int, float, bool, float], **changed: object) -> pd.DataFrame:
    """Rows of day of April, probability, warned and observed; level 2 at a ratio of 0.2."""
    table = pd.DataFrame(rows, columns=["day", "probability", "warned", "observed"])
    table["day"] = pd.to_datetime("2025-04-01") + pd.to_timedelta(table["day"] - 1, unit="D")
    labels = {"profile": "rice", "rule": "cold", "kind": "hazard", "level": "2"}
    return table.assign(**{**labels, "zone": "宁河", "lead_d": 0.5, "cost_loss": 0.2, **changed})


WEEK = (
    (1, 0.9, True, 1.0),
    (2, 0.8, True, 1.0),
    (3, 0.3, True, 0.0),
    (4, 0.1, False, 1.0),
    (5, 0.0, False, 0.0),
    (6, 0.1, False, 0.0),
    (7, 0.5, True, NAN),
)
"""Two hits, one miss, one false alarm, two quiet days, and a day that nobody observed."""


def test_a_week_is_counted_as_by_hand() -> None:
    told = score(pairs(*WEEK))
    assert (told["n"], told["days"], told["unknown"]) == (6, 6, 1)
    assert (told["events"], told["hits"], told["misses"]) == (3, 2, 1)
    assert (told["false_alarms"], told["correct_negatives"]) == (1, 2)
    assert told["pod"] == pytest.approx(2 / 3)
    assert told["far"] == pytest.approx(1 / 3)
    assert told["frequency"] == pytest.approx(0.5)
    # (0.1² + 0.2² + 0.3² + 0.9² + 0 + 0.1²) / 6 = 0.96 / 6, beside 0.5 (1 - 0.5)
    assert told["brier"] == pytest.approx(0.16)
    assert told["brier_skill"] == pytest.approx(1 - 0.16 / 0.25)
    assert told["small"]


def test_expense_of_the_week_as_by_hand() -> None:
    told = score(pairs(*WEEK))["expense"]
    # three warnings at 0.2 and one miss at 1, over six days
    assert told["ours"] == pytest.approx((3 * 0.2 + 1) / 6)
    assert (told["always"], told["never"], told["climatology"]) == (0.2, 0.5, 0.2)
    assert told["perfect"] == pytest.approx(0.1)
    assert told["value"] == pytest.approx((0.2 - 1.6 / 6) / 0.1)


def toy() -> tuple[np.ndarray, np.ndarray]:
    """A thousand nights, 200 with frost: chances of 0.7, 0.3 and 0.05 and what came."""
    counts = (62, 18, 99, 221, 39, 561)
    said = np.repeat([0.7, 0.7, 0.3, 0.3, 0.05, 0.05], counts)
    return said, np.repeat([True, False, True, False, True, False], counts)


def test_acting_at_the_cost_loss_ratio_is_cheaper_than_always_never_and_even_odds() -> None:
    # the expenses of the reference's toy of 2.6: cost over loss 0.15, a frost in five nights
    said, came = toy()
    at_ratio = expense(said >= 0.15, came, cost_loss=0.15)
    assert at_ratio["ours"] == pytest.approx(0.099)
    assert (at_ratio["always"], at_ratio["never"]) == (0.15, 0.2)
    assert expense(said >= 0.5, came, cost_loss=0.15)["ours"] == pytest.approx(0.150)


@pytest.mark.parametrize("ratio", [0.05, 0.15, 0.4])
def test_value_is_that_of_another_implementation(ratio: float) -> None:
    said, came = toy()
    acted = said >= 0.15
    theirs = relative_economic_value(
        xr.DataArray(acted.astype(float)), xr.DataArray(came.astype(float)), cost_loss_ratios=ratio
    )
    assert expense(acted, came, cost_loss=ratio)["value"] == pytest.approx(theirs.item())


def test_perfect_warnings_have_a_value_of_one_and_no_warnings_none() -> None:
    came = np.array([True, False, False, False, False, False, False, False, False, False])
    assert expense(came, came, cost_loss=0.2)["value"] == pytest.approx(1.0)
    assert expense(~came & came, came, cost_loss=0.2)["value"] == pytest.approx(0.0)


def test_an_event_that_never_came_has_no_skill_and_no_value() -> None:
    told = score(pairs((1, 0.1, False, 0.0), (2, 0.0, True, 0.0)))
    assert np.isnan([told["pod"], told["brier_skill"], told["value"]]).all()
    assert told["far"] == 1.0


def test_nothing_observed_is_no_score_and_not_a_zero() -> None:
    told = score(pairs((1, 0.9, True, NAN), (2, 0.1, False, NAN)))
    assert (told["n"], told["unknown"], told["expense"]) == (0, 2, None)
    assert np.isnan([told["frequency"], told["pod"], told["brier"]]).all()


def test_a_single_forecast_has_hits_and_no_brier_score() -> None:
    told = score(pairs((1, NAN, True, 1.0), (2, NAN, False, 0.0)))
    assert (told["hits"], told["chances"], told["reliability"]) == (1, 0, [])
    assert np.isnan(told["brier"])
    assert told["value"] == pytest.approx(1.0)


def test_what_has_no_ratio_has_no_expense() -> None:
    told = score(pairs(*WEEK, cost_loss=NAN))
    assert told["expense"] is None
    assert np.isnan(told["value"])
    assert told["pod"] == pytest.approx(2 / 3)


def test_reliability_holds_the_classes_that_were_said() -> None:
    told = score(pairs(*WEEK))["reliability"]
    assert [(round(row["low"], 1), row["n"]) for row in told] == [
        *((0.0, 1), (0.1, 2), (0.3, 1), (0.8, 1), (0.9, 1)),
    ]
    assert told[1]["came"] == pytest.approx(0.5)


def test_zones_and_leads_are_scored_apart_and_together() -> None:
    near, far = pairs(*WEEK[:4]), pairs(*WEEK[:2], lead_d=3.5)
    away = pairs(*WEEK[4:6], zone="宝坻", lead_d=1.0)
    rows = score_card(pd.concat([near, far, away], ignore_index=True))
    sizes = {(row["zone"], row["lead"]): row["n"] for row in rows}
    assert sizes == {
        ("all", "all"): 8,
        ("all", "0–1 d"): 6,
        ("all", "3–5 d"): 2,
        ("宁河", "all"): 6,
        ("宁河", "0–1 d"): 4,
        ("宁河", "3–5 d"): 2,
        ("宝坻", "all"): 2,
        ("宝坻", "0–1 d"): 2,
    }


def test_an_interval_needs_ten_days_and_holds_the_figure() -> None:
    nine = [(day, 0.5, day % 2 == 0, float(day % 3 == 0)) for day in range(1, 10)]
    assert np.isnan(score(pairs(*nine))["pod_low"])
    ten = score(pairs(*nine, (10, 0.5, True, 1.0)))
    assert ten["pod_low"] < ten["pod"] < ten["pod_high"]


def test_ten_zones_on_one_day_are_no_ten_days() -> None:
    # the same ten days once, and in ten zones: the interval must not shrink
    days = [(day, 0.5, day % 2 == 0, float(day % 3 == 0)) for day in range(1, 13)]
    once = score(pairs(*days))
    ten = score(pd.concat([pairs(*days, zone=str(n)) for n in range(10)], ignore_index=True))
    assert ten["n"] == 10 * once["n"]
    assert (ten["pod_low"], ten["pod_high"]) == (once["pod_low"], once["pod_high"])


def test_a_table_that_lacks_a_column_is_a_sentence() -> None:
    with pytest.raises(DataError, match="need the columns observed"):
        score_card(pairs(*WEEK).drop(columns="observed"))
    assert set(COLUMNS) == set(pairs(*WEEK).columns)
