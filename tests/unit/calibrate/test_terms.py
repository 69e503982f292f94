"""The contract of a correction: terms, their sum, and what is said beside them."""

import numpy as np
import pytest

from forecast.calibrate.terms import Term, Told, assemble, check, nothing, report, total
from forecast.errors import DataError
from grids.geometry import BoundingBox
from grids.grid import Grid

GRID = Grid.from_box(BoundingBox(west=117.0, south=39.0, east=117.04, north=39.03))
TIMES = np.datetime64("2025-04-10T00", "ns") + np.arange(3) * np.timedelta64(1, "h")


def term(kind: str, level: float, weight, *, variable: str = "temperature_2m") -> Term:
    return Term(
        variable=variable,
        kind=kind,
        pattern=np.full(GRID.shape, level),
        weight=np.asarray(weight, float),
        stations=12,
        spread=np.full(GRID.shape, 0.4),
    )


def test_a_correction_is_the_sum_of_patterns_times_weights() -> None:
    terms = [
        term("bias", -1.0, [1, 1, 1]),
        term("analysis", 2.0, [1, 0.5, 0.25]),
        term("bias", 9.0, [1, 1, 1], variable="dew_point_2m"),
    ]
    made = assemble(terms, GRID, times=TIMES, told=Told())
    assert made["pattern"].dtype == made["weight"].dtype == made["spread"].dtype == np.float32
    # -1 + 2 * 0.5 = 0 ; -1 + 2 * 0.25 = -0.5
    assert (total(made, "temperature_2m", time=TIMES[1]) == 0.0).all()
    assert (total(made, "temperature_2m", time=TIMES[2]) == -0.5).all()
    assert (total(made, "dew_point_2m", time=TIMES[0]) == 9.0).all()


def test_no_terms_correct_nothing_and_say_why() -> None:
    empty = nothing(GRID, times=TIMES, refused=("no observation is newer than 12 h",))
    assert empty.sizes["term"] == 0
    assert (total(empty, "temperature_2m", time=TIMES[0]) == 0.0).all()
    assert report(empty) == {
        "observed_until": None,
        "terms": [],
        "refused": ["no observation is newer than 12 h"],
    }


def test_the_report_says_stations_size_and_hidden_error() -> None:
    told = Told(
        observed_until=TIMES[0],
        before={"analysis temperature_2m": 1.5},
        after={"analysis temperature_2m": 1.0},
    )
    made = assemble([term("analysis", -2.0, [1, 0.5, 0.25])], GRID, times=TIMES, told=told)
    assert report(made) == {
        "observed_until": "2025-04-10T00:00:00Z",
        "terms": [
            {
                "kind": "analysis",
                "variable": "temperature_2m",
                "stations": 12,
                "patterns": 1,
                "largest_k": 2.0,
                "hidden_mae_before": 1.5,
                "hidden_mae_after": 1.0,
            }
        ],
        "refused": [],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda made: made.drop_vars("weight"), "needs weight on term, time"),
        (lambda made: made.assign(pattern=made.pattern * np.nan), "not finite"),
        (lambda made: made.assign_coords(kind=("term", ["guess"])), "'guess'"),
        (lambda made: made.assign_coords(variable=("term", ["wind"])), "'wind'"),
        (lambda made: made.drop_attrs(), "'observed_until'"),
    ],
)
def test_what_breaks_the_contract_is_refused(change, words: str) -> None:
    made = assemble([term("bias", 1.0, [1, 1, 1])], GRID, times=TIMES, told=Told())
    with pytest.raises(DataError, match=words):
        check(change(made))
