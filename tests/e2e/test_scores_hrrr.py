"""A 3 km model over Idaho averaged to 24 and 12 km and restored: the hidden truth is known."""

import numpy as np
import pytest

from tests.support.hrrr import Coarsened, Floats, coarsened

RATES = np.arange(-10.0, 2.01, 0.1)
"""Fixed rates searched, K km-1; each by its best score on the very hours that are scored."""

NIGHT = range(3, 13)
"""Hours after 00 UTC without sun (mean shortwave below 20 W m-2), local standard time less 7.5."""

CASES = {"24 km": (8, 0), "24 km, other blocks": (8, 6), "12 km": (4, 0)}


class Scores:
    """Errors of all methods for one way of averaging."""

    def __init__(self, case: Coarsened) -> None:
        self.case = case
        methods = ("nearest", "bilinear", "fixed-lapse", "zhitian")
        self.errors = {method: case.errors(method) for method in methods}
        self.dark = np.isin(case.hour, NIGHT)

    def mae(self, method: str, hours: Floats) -> float:
        return float(np.abs(self.errors[method][:, hours]).mean())

    def rmse(self, method: str, hours: Floats) -> float:
        return float(np.sqrt((self.errors[method][:, hours] ** 2).mean()))

    def best_fixed(self, hours: Floats) -> tuple[float, float]:
        """Smallest MAE and smallest RMSE of all fixed rates."""
        level, climb = self.errors["bilinear"][:, hours], self.case.climb[:, np.newaxis] / 1000.0
        lifted = [level + rate * climb for rate in RATES]
        return (
            float(min(np.abs(error).mean() for error in lifted)),
            float(min(np.sqrt((error**2).mean()) for error in lifted)),
        )


@pytest.fixture(scope="module", params=list(CASES))
def scores(request: pytest.FixtureRequest) -> Scores:
    factor, first_row = CASES[request.param]
    return Scores(coarsened(factor, first_row=first_row))


def test_hours_called_night_are_those_without_sun(scores: Scores) -> None:
    light = scores.case.truth.shortwave_down.mean("node").values
    np.testing.assert_array_equal(light < 20.0, scores.dark)


def test_by_day_temperature_is_better_than_with_the_best_fixed_rate(scores: Scores) -> None:
    mae, rmse = scores.best_fixed(~scores.dark)
    assert scores.mae("zhitian", ~scores.dark) < mae
    assert scores.rmse("zhitian", ~scores.dark) < rmse
    assert scores.mae("zhitian", ~scores.dark) < 0.57 * scores.mae("bilinear", ~scores.dark)
    assert scores.mae("bilinear", ~scores.dark) < scores.mae("nearest", ~scores.dark)


def test_by_night_temperature_is_better_than_with_the_best_fixed_rate(scores: Scores) -> None:
    mae, rmse = scores.best_fixed(scores.dark)
    assert scores.mae("zhitian", scores.dark) < 0.98 * mae
    assert scores.rmse("zhitian", scores.dark) < 0.98 * rmse


def test_by_night_the_error_is_15_percent_below_bilinear(scores: Scores) -> None:
    assert scores.mae("zhitian", scores.dark) < 0.85 * scores.mae("bilinear", scores.dark)
    assert scores.rmse("zhitian", scores.dark) < 0.85 * scores.rmse("bilinear", scores.dark)


def test_before_dawn_no_hour_is_worse_than_bilinear_and_few_fixed_rates_are_better(
    scores: Scores,
) -> None:
    dawn = np.isin(scores.case.hour, range(9, 14))
    for hour in range(1, 25):
        at = scores.case.hour == hour
        assert scores.mae("zhitian", at) < scores.mae("bilinear", at)
    assert scores.mae("zhitian", dawn) < scores.mae("fixed-lapse", dawn)
    assert scores.mae("zhitian", dawn) < scores.best_fixed(dawn)[0]


def test_surface_pressure_is_95_percent_better_than_bilinear(scores: Scores) -> None:
    ours, bilinear = (
        np.abs(scores.case.errors(method, "surface_pressure")).mean()
        for method in ("zhitian", "bilinear")
    )
    assert ours < 0.05 * bilinear


def test_vapour_pressure_deficit_by_day_is_40_percent_better_than_bilinear(
    scores: Scores,
) -> None:
    ours, bilinear = (
        np.abs(scores.case.errors(method, "vapour_pressure_deficit")[:, ~scores.dark]).mean()
        for method in ("zhitian", "bilinear")
    )
    assert ours < 0.60 * bilinear


def test_dew_point_by_night_is_better_than_bilinear(scores: Scores) -> None:
    ours, bilinear = (
        np.abs(scores.case.errors(method, "dew_point_2m")[:, scores.dark]).mean()
        for method in ("zhitian", "bilinear")
    )
    assert ours < 0.94 * bilinear
