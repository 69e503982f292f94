"""Spans of leads: what known errors make of the coefficients, where they are refused, how kept."""

import json

import numpy as np
import pandas as pd
import pytest

from forecast.calibrate.emos import Moments, normal_crps
from forecast.calibrate.member_spread import fit_leads, hidden_score
from forecast.emos import Emos, LeadEmos, from_text, to_text
from forecast.errors import DataError

RUN = np.datetime64("2026-03-01T00", "ns")
HOUR = np.timedelta64(1, "h")


def pairs_of(*, days: int, told: float, bias: float = 0.0, longest: int = 240) -> pd.DataFrame:
    """Daily runs at eight stations: errors of sd 1 K at first, 2 K on day 10; `told` of it said."""
    draw = np.random.default_rng(11)
    rows = []
    for day in range(days):
        lead = np.tile(np.arange(0.0, min(longest, 24 * (days - day)) + 1.0, 12.0), 8)
        size = 1.0 + lead / 240.0
        rows.append(
            pd.DataFrame(
                {
                    "time": RUN + day * 24 * HOUR + lead.astype(int) * HOUR,
                    "lead_h": lead,
                    "mean": 10.0,
                    "spread": told * size,
                    "observed": 10.0 + bias + size * draw.normal(size=lead.size),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def test_every_lead_belongs_to_one_span() -> None:
    leads = np.arange(0.0, 361.0)
    spans = [one.covers(leads) for one in fit_leads(pairs_of(days=1, told=1.0), variable="x")]
    assert (np.sum(spans, axis=0) == 1).all()
    assert [int(leads[span].max()) for span in spans] == [24, 72, 144, 360]


def test_half_the_spread_is_doubled_and_the_bias_taken_off() -> None:
    found = fit_leads(pairs_of(days=45, told=0.5, bias=-0.8), variable="temperature_2m")
    assert [one.leads for one in found] == ["0 to 24 h", "24 to 72 h", "72 to 144 h", "above 144 h"]
    for one, lead in zip(found, (12.0, 48.0, 108.0, 192.0), strict=True):
        assert one.applied
        assert one.emos.shift == pytest.approx(-0.8, abs=0.2)
        real = 1.0 + lead / 240.0
        assert np.hypot(one.emos.floor, one.emos.stretch * 0.5 * real) == pytest.approx(
            real, rel=0.12
        )
        assert one.emos.crps_after < one.emos.crps_before


def test_20_days_are_refused_and_it_is_said() -> None:
    # 19 runs, the last until the next midnight: 20 days
    found = fit_leads(pairs_of(days=19, told=0.5), variable="temperature_2m")
    assert not any(one.applied for one in found)
    assert found[0].refused == "EMOS was asked with pairs of 20 days; it needs 30 or more"


def test_a_span_with_too_few_days_is_left_alone_and_the_others_are_not() -> None:
    found = fit_leads(pairs_of(days=33, told=0.5), variable="temperature_2m")
    # of the first run 156 h are on day 6, of the last ones midnight is on day 33: 28 days
    assert [one.applied for one in found] == [True, True, True, False]
    assert "pairs of 28 days; it needs 30" in found[3].refused


def test_members_that_are_right_already_are_left_as_they_are() -> None:
    found = fit_leads(pairs_of(days=45, told=1.0, longest=24), variable="temperature_2m")
    assert not found[0].applied
    assert found[0].emos is not None
    assert found[0].refused.startswith("hidden days gain nothing: CRPS ")


def test_what_is_scored_at_a_day_had_no_part_in_its_fit() -> None:
    draw = np.random.default_rng(3)
    days = np.repeat(np.arange(10), 40)
    observed = draw.normal(size=400)
    observed[days == 9] += 30.0
    moments = Moments(np.zeros(400), np.ones(400))
    score = hidden_score(moments, observed, days=days)
    # the strange day stays as strange as it was: 30 K from a normal of 1 K, hidden with day 8
    own = normal_crps(0.0, 1.0, observed=observed)
    assert score.before == pytest.approx(float(own.mean()), rel=1e-3)
    assert score.after > score.before - 0.2
    assert not score.gains


def test_many_pairs_are_thinned_and_say_the_same() -> None:
    many = pd.concat([pairs_of(days=45, told=0.5, longest=24)] * 25, ignore_index=True)
    found = fit_leads(many, variable="temperature_2m")
    assert found[0].emos.pairs == 20_000
    assert found[0].emos.days == 46


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="without spread"):
        fit_leads(pairs_of(days=2, told=1.0).drop(columns="spread"), variable="temperature_2m")


def kept(**changes: object) -> LeadEmos:
    emos = Emos(
        shift=0.5, floor=0.3, stretch=1.4, crps_before=0.9, crps_after=0.7, pairs=99, days=31
    )
    given = {"variable": "dew_point_2m", "after_h": 0.0, "until_h": 24.0, "emos": emos}
    return LeadEmos(**(given | changes))


def test_coefficients_come_back_from_their_text() -> None:
    found = (kept(), kept(until_h=None, after_h=144.0), kept(emos=None, refused="too few days"))
    assert from_text(to_text(found, refused=("no wind",))) == (found, ("no wind",))
    assert from_text(None) == ((), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "cannot be read"),
        ("[]", "cannot be read"),
        (json.dumps({"spans": [{"variable": "x"}], "refused": []}), "cannot be read"),
        (to_text((kept(variable="cloud_cover"),)), "'cloud_cover' have coefficients; allowed are"),
        (to_text((kept(emos=None),)), "has no coefficients"),
        (to_text((kept(),)).replace("0.5", "1e999"), "not finite"),
    ],
)
def test_what_is_no_coefficient_is_refused(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        from_text(text)
