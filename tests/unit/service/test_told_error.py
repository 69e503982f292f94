"""Where members are too few, temperature has quantiles from the error that stations told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.service import ForecastService, ask
from forecast.service.told_error import METHOD, ToldError
from tests.support.small_native import VARIABLES
from tests.support.small_region import SmallRegion
from tests.unit.service.test_corrections import HERE, correction, publish_corrected

Serve = Callable[..., ForecastService]


def terms_of(*kinds: str, weights: dict[str, list[float]]) -> xr.Dataset:
    """One cell, three hours: the analysis is known to 0.6 K, still nights to 3 K."""
    spread = {"analysis": 0.6, "bias": 0.2, "cold pool": 3.0}
    return xr.Dataset(
        {
            "weight": (
                ("term", "time"),
                np.array([weights[kind] for kind in kinds]).reshape(-1, 3),
            ),
            "spread": (
                ("term", "latitude", "longitude"),
                np.array([spread[kind] for kind in kinds]).reshape(-1, 1, 1),
            ),
        },
        coords={"variable": ("term", ["temperature_2m"] * len(kinds)), "kind": ("term", [*kinds])},
    )


WEIGHTS = {"analysis": [1.0, 0.5, 0.01], "bias": [1.0] * 3, "cold pool": [0.0, 1.0, 0.1]}


def told(*kinds: str, before: float | None = None, after: float | None = None) -> ToldError:
    return ToldError(
        terms_of(*kinds, weights=WEIGHTS),
        before={} if before is None else {"analysis temperature_2m": before},
        after={} if after is None else {"bias temperature_2m": after},
    )


def test_the_error_grows_from_that_of_the_newest_residuals_to_that_of_later_days() -> None:
    # a mean absolute error of 1 K is a deviation of 1.2533 K; 0.25 x 0.36 + 0.75 x 1.5708 = 1.2681
    found = told("bias", "analysis", after=1.0).at(0, 0)
    np.testing.assert_allclose(found, [0.6, 1.1261, 1.2533], atol=2e-4)


def test_beyond_what_the_newest_residuals_reach_nothing_is_known() -> None:
    found = told("analysis", before=1.0).at(0, 0)
    np.testing.assert_allclose(found, [0.6, 1.1261, np.nan], atol=2e-4)


def test_a_still_night_in_relief_is_as_doubtful_as_its_cold_pool() -> None:
    found = told("cold pool", "bias", after=1.0).at(0, 0)
    np.testing.assert_allclose(found, [1.2533, 3.0, 1.2533], atol=2e-4)


@pytest.mark.parametrize("kinds", [(), ("cold pool",), ("bias",)])
def test_without_a_measured_error_nothing_is_known(kinds: tuple[str, ...]) -> None:
    found = told(*kinds)
    assert not found.known
    assert np.isnan(found.at(0, 0)).all()


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    folder: Path = tmp_path_factory.mktemp("told")
    made = SmallRegion.create(folder, hours=24, variables=VARIABLES)
    terms = correction(made)
    shape = terms["pattern"].shape
    spread = np.broadcast_to([[[0.7]], [[0.2]]], shape).astype(np.float32)
    publish_corrected(made, terms.assign(spread=(terms["pattern"].dims, spread)))
    return made


def answered(service: ForecastService, **options: Any) -> dict[str, Any]:
    return orjson.loads(service.series(ask(service, **HERE, **options)).to_json())


def test_one_forecast_has_quantiles_of_temperature_and_says_of_what_kind(
    corrected: SmallRegion, serve: Serve
) -> None:
    found = answered(
        serve(corrected), hourly="temperature_2m,precipitation", quantiles="10,50,90", daily="all"
    )
    hours, state = found["hourly"], found["passport"]["members"]
    own = np.array(hours["temperature_2m"])
    np.testing.assert_allclose(hours["temperature_2m_p50"], own, atol=0.051)
    # at first 0.7 K, after ten hours 1.2533 x 1.3 K = 1.63 K; 1.2816 of it to either side
    assert own[0] - hours["temperature_2m_p10"][0] == pytest.approx(0.897, abs=0.051)
    assert hours["temperature_2m_p90"][20] - own[20] == pytest.approx(2.088, abs=0.051)
    assert "precipitation_p50" not in hours
    assert (state["count"], state["method"]) == (1, METHOD)
    assert (state["told_error"]["smallest_k"], state["told_error"]["largest_k"]) == (0.7, 1.63)
    assert "temperature_2m only" in state["not_given"]["precipitation"]
    assert "not known" in state["not_given"]["daily"]


def test_a_probability_beside_it_keeps_its_own_method(corrected: SmallRegion, serve: Serve) -> None:
    asked = {"hourly": "temperature_2m", "quantiles": "5", "probability": "precipitation>=1"}
    state = answered(serve(corrected), **asked)["passport"]["members"]
    assert (state["method"], state["told_error"]["method"]) == ("neighbourhood", METHOD)


def test_an_error_has_no_lowest_and_no_highest_value(corrected: SmallRegion, serve: Serve) -> None:
    with pytest.raises(InvalidRequest, match="above 0 and below 100"):
        answered(serve(corrected), hourly="temperature_2m", quantiles="0,50")


@pytest.mark.parametrize("hourly", ["precipitation", "temperature_2m"])
def test_where_no_error_was_told_it_is_refused(tmp_path: Path, serve: Serve, hourly: str) -> None:
    made = SmallRegion.create(tmp_path, hours=24, variables=VARIABLES)
    terms = correction(made)
    if hourly == "temperature_2m":
        terms.attrs["hidden_mae_after"] = json.dumps({})
    publish_corrected(made, terms)
    with pytest.raises(InvalidRequest, match="of one forecast only the error of temperature_2m"):
        answered(serve(made), hourly=hourly, quantiles="50")
