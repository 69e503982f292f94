"""An answer says whether and by how much observations corrected it; a height is corrected alike."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import xarray as xr

from forecast import downscale
from forecast.publish import publish
from forecast.service import ForecastService, ask
from forecast.variables import pack
from tests.support.cycles import write_tiles
from tests.support.small_native import VARIABLES, native_fields
from tests.support.small_region import SmallRegion

HERE = {"latitude": 39.385, "longitude": 117.655}
ROW, COLUMN = 3, 5
Serve = Callable[..., ForecastService]


def correction(region: SmallRegion, terms: int = 2) -> xr.Dataset:
    """Two terms of temperature: 0.1 K a row, decaying by a tenth an hour, and 0.5 K for ever."""
    grid, hours = region.region.grid, np.arange(len(region.times))
    rows = np.broadcast_to(0.1 * np.arange(grid.rows)[:, np.newaxis], grid.shape)
    patterns = np.stack([rows, np.full(grid.shape, 0.5)])[:terms]
    weights = np.stack([np.maximum(1.0 - 0.1 * hours, 0.0), np.ones(hours.size)])[:terms]
    texts = {
        "observed_until": "2025-04-10T00:00:00Z" if terms else "",
        "hidden_mae_before": json.dumps({"bias temperature_2m": 2.0} if terms else {}),
        "hidden_mae_after": json.dumps({"bias temperature_2m": 1.3} if terms else {}),
        "refused": json.dumps(["dew_point_2m: fewer than 5 stations"]),
    }
    return xr.Dataset(
        {
            "pattern": (("term", "latitude", "longitude"), patterns.astype(np.float32)),
            "weight": (("term", "time"), weights.astype(np.float32)),
        },
        coords={
            "variable": ("term", np.array(["temperature_2m"] * terms, dtype=object)),
            "kind": ("term", np.array(["analysis", "bias"][:terms], dtype=object)),
            "stations": ("term", np.array([7, 12][:terms], dtype=np.int64)),
            "time": region.times,
            "latitude": grid.latitudes,
            "longitude": grid.longitudes,
        },
        attrs=texts,
    )


def publish_corrected(region: SmallRegion, terms: xr.Dataset) -> None:
    native = native_fields(region)
    given = terms if terms.sizes["term"] else None
    fine = downscale.downscale(
        native, region.terrain, variables=region.variables, correction=given
    ).compute()
    packed = np.stack(
        [
            pack(fine[name].transpose("latitude", "longitude", "time").values, name)
            for name in region.variables
        ],
        axis=2,
    )
    with region.store.stage(region.description()) as staging:
        write_tiles(staging, packed)
        staging.write_group("terrain", region.terrain)
        staging.write_group("native", native)
        staging.write_group("calibration", terms)
        publish(staging)


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    folder: Path = tmp_path_factory.mktemp("corrected")
    made = SmallRegion.create(folder, hours=24, variables=VARIABLES)
    publish_corrected(made, correction(made))
    return made


def answered(service: ForecastService, **options: Any) -> dict[str, Any]:
    return orjson.loads(service.series(ask(service, **HERE, **options)).to_json())


def test_what_was_added_is_told_with_its_stations_and_its_worth(
    corrected: SmallRegion, serve: Serve
) -> None:
    told = answered(serve(corrected), hourly="temperature_2m")["passport"]["calibration"]
    # row 3: 0.3 K fading over ten hours, and 0.5 K: the largest 0.8 K, the mean 0.5 + 0.3 x 5.5/25
    assert told["applied"] is True
    own = told["variables"]["temperature_2m"]
    assert own["extreme_k"] == 0.8
    assert own["mean_k"] == pytest.approx(0.57, abs=0.006)
    assert own["terms"] == [
        {
            "kind": "analysis",
            "stations": 7,
            "hidden_mae_before_k": None,
            "hidden_mae_after_k": None,
        },
        {
            "kind": "bias",
            "stations": 12,
            "hidden_mae_before_k": 2.0,
            "hidden_mae_after_k": 1.3,
        },
    ]
    assert told["observed_until"] == "2025-04-10T00:00:00Z"
    assert "relative_humidity_2m" in told["following"]
    assert told["refused"] == ["dew_point_2m: fewer than 5 stations"]


def test_only_the_answered_hours_count(corrected: SmallRegion, serve: Serve) -> None:
    told = answered(serve(corrected), hourly="temperature_2m", hours=2)
    own = told["passport"]["calibration"]["variables"]["temperature_2m"]
    # hours 6 and 7: 0.5 + 0.3 x 0.4 and 0.5 + 0.3 x 0.3
    assert own["mean_k"] == pytest.approx(0.605, abs=0.006)
    assert own["extreme_k"] == 0.62


def test_the_correction_of_every_hour_is_given_where_it_is_asked(
    corrected: SmallRegion, serve: Serve
) -> None:
    told = answered(serve(corrected), hourly="temperature_2m,precipitation", corrections=True)
    found = told["hourly"]["temperature_2m_correction"]
    wanted = [0.5 + 0.3 * max(1.0 - 0.1 * hour, 0.0) for hour in range(25)]
    assert found == pytest.approx(wanted, abs=0.0051)
    assert told["units"]["temperature_2m_correction"] == "K"
    assert "precipitation_correction" not in told["hourly"]


def test_a_height_that_is_asked_is_corrected_alike(corrected: SmallRegion, serve: Serve) -> None:
    service = serve(corrected)
    height = float(corrected.terrain["elevation"][ROW, COLUMN])
    own = answered(service, hourly="temperature_2m")["hourly"]["temperature_2m"]
    lifted = answered(service, hourly="temperature_2m", elevation=height)
    assert lifted["hourly"]["temperature_2m"] == pytest.approx(own, abs=0.101)


def test_without_observations_the_reason_is_given(
    region: SmallRegion, serve: Serve, tmp_path: Path
) -> None:
    region.publish()
    plain = answered(serve(region), corrections=True)
    assert plain["passport"]["calibration"]["applied"] is False
    assert "no observation" in plain["passport"]["calibration"]["reason"]
    assert not [name for name in plain["hourly"] if name.endswith("_correction")]
    refused = SmallRegion.create(tmp_path / "refused", hours=24, variables=VARIABLES)
    publish_corrected(refused, correction(refused, terms=0))
    told = answered(serve(refused))["passport"]["calibration"]
    assert told == {"applied": False, "reason": "dew_point_2m: fewer than 5 stations"}


@pytest.mark.parametrize("terms", [0, 2])
def test_a_cycle_of_a_series_is_called_corrected_only_where_something_was_added(
    tmp_path: Path, serve: Serve, terms: int
) -> None:
    made = SmallRegion.create(tmp_path, hours=24, variables=VARIABLES)
    publish_corrected(made, correction(made, terms=terms))
    told = answered(serve(made), hourly="temperature_2m", past_days=1)["passport"]["series"]
    assert [cycle["corrected"] for cycle in told["cycles"]] == [terms > 0]
