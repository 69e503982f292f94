"""A run is corrected by what stations observed, and what it says for them is kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from forecast import downscale
from forecast.calibrate import report
from forecast.calibrate.terrain_features import stillness, sun_elevation
from forecast.downscale import Target, at_points
from forecast.pipeline import calibrating
from forecast.pipeline.witnesses import witnesses
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from tests.support.small_native import native_fields
from tests.support.small_region import CYCLE, SmallRegion

BIAS_K = -2.0
"""What every station observes below the run."""

NOW = CYCLE + timedelta(hours=6)
STATIONS = 40


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, xr.Dataset, xr.Dataset]:
    """Store folder, hourly run and terrain of the small region."""
    region = SmallRegion.create(tmp_path_factory.mktemp("small"))
    terrain = region.terrain
    return region.root / "smallland", native_fields(region), terrain


@pytest.fixture
def observed(
    ground: tuple[Path, xr.Dataset, xr.Dataset], tmp_path: Path
) -> tuple[Path, xr.Dataset, xr.Dataset]:
    """The same with forty stations whose first six hours lie two kelvin below the run."""
    _, hourly, terrain = ground
    rng = np.random.default_rng(7)
    stations = pd.DataFrame(
        {
            "station": [f"S{number:02d}" for number in range(STATIONS)],
            "longitude": rng.uniform(117.61, 117.83, STATIONS),
            "latitude": rng.uniform(39.36, 39.54, STATIONS),
            "elevation": rng.uniform(0.0, 60.0, STATIONS),
            "name": "",
            "kind": "csv",
        }
    )
    store = ObservationStore.create(StorePaths(tmp_path).observations)
    store.add_stations(stations)
    places = xr.Dataset(
        coords={name: ("point", stations[name].to_numpy()) for name in stations.columns[1:4]}
    )
    made = at_points(hourly, Target.points(places, terrain=terrain))["temperature_2m"]
    rows = pd.DataFrame(
        made.transpose("time", "point").values, index=made["time"].values, columns=stations.station
    )
    table = rows.iloc[:7].stack().rename_axis(["time", "station"]).rename("value").reset_index()
    noise = rng.normal(0.0, 0.1, len(table))
    store.add_observations(
        table.assign(variable="temperature_2m", value=table["value"] + BIAS_K + noise, flag=0)
    )
    return tmp_path, hourly, terrain


def test_without_observations_nothing_is_corrected_and_that_is_said(ground):
    root, hourly, terrain = ground
    found = witnesses(root, hourly, terrain=terrain)
    assert found is None
    correction = calibrating.correct(found, hourly, terrain=terrain, now=NOW)
    assert correction.sizes["term"] == 0
    assert calibrating.words(correction) == (
        "nothing is corrected: no station in or near the region observed",
    )


def test_run_is_corrected_towards_what_the_newest_observations_say(observed):
    root, hourly, terrain = observed
    found = witnesses(root, hourly, terrain=terrain)
    correction = calibrating.correct(found, hourly, terrain=terrain, now=NOW)
    told = report(correction)
    assert told["observed_until"] == "2025-04-10T06:00:00Z"
    assert {term["kind"] for term in told["terms"]} == {"analysis"}
    plain = downscale.downscale(hourly, terrain, variables=("temperature_2m",))
    corrected = downscale.downscale(
        hourly, terrain, variables=("temperature_2m",), correction=correction
    )
    change = (corrected - plain)["temperature_2m"].mean(("latitude", "longitude")).values
    assert change[6] == pytest.approx(BIAS_K, abs=0.3)
    assert abs(change[47]) < 0.2
    assert any(
        "corrected (analysis) from 40 stations" in line for line in calibrating.words(correction)
    )


def test_observations_after_now_are_not_looked_at(observed):
    root, hourly, terrain = observed
    found = witnesses(root, hourly, terrain=terrain)
    earlier = CYCLE + timedelta(hours=3)
    correction = calibrating.correct(found, hourly, terrain=terrain, now=earlier)
    assert report(correction)["observed_until"] == "2025-04-10T03:00:00Z"


def test_forecasts_of_every_method_are_kept_for_the_stations(observed):
    root, hourly, terrain = observed
    found = witnesses(root, hourly, terrain=terrain)
    correction = calibrating.correct(found, hourly, terrain=terrain, now=NOW)
    said = calibrating.keep_forecasts(found, correction, cycle_id="c1", source="files")
    assert said[0] == "forecasts for 40 stations kept for scoring"
    kept = found.store.forecasts(variable="temperature_2m")
    assert set(kept["method"]) == {"zhitian", "calibrated", "bilinear", "nearest", "fixed-lapse"}
    ours = kept[kept["method"] == "zhitian"]
    assert (ours["forecast"] - ours["observed"]).mean() == pytest.approx(-BIAS_K, abs=0.1)
    first = kept[kept["time"] == pd.Timestamp("2025-04-10T07:00")]
    mean = first.groupby("method")["forecast"].mean()
    # an hour after the newest observation
    assert mean["calibrated"] - mean["zhitian"] == pytest.approx(BIAS_K, abs=0.4)
    wind = found.store.forecasts(variable="wind_speed_10m", methods=("zhitian",))
    assert len(wind) == STATIONS * hourly.sizes["time"]
    assert wind["observed"].isna().all()


def test_stations_beyond_the_region_are_kept_without_a_correction(observed):
    root, hourly, terrain = observed
    found = witnesses(root, hourly, terrain=terrain)
    correction = calibrating.correct(found, hourly, terrain=terrain, now=NOW)
    stations = found.stations.assign(longitude=found.stations["longitude"] - 0.4)
    places = {name: ("point", stations[name].to_numpy()) for name in stations.columns[1:4]}
    target = Target.points(xr.Dataset(coords=places), terrain=terrain)
    outside = replace(found, stations=stations, target=target)
    calibrating.keep_forecasts(outside, correction, cycle_id="c1", source="files")
    kept = found.store.forecasts(variable="temperature_2m")["method"]
    assert set(kept) == {"zhitian", "bilinear", "nearest", "fixed-lapse"}


def test_corrected_values_are_not_scored_by_the_observations_they_were_made_from(observed):
    root, hourly, terrain = observed
    found = witnesses(root, hourly, terrain=terrain)
    correction = calibrating.correct(found, hourly, terrain=terrain, now=NOW)
    calibrating.keep_forecasts(found, correction, cycle_id="c1", source="files")
    kept = found.store.forecasts(variable="temperature_2m", methods=("calibrated",))
    # observed until 06 UTC
    assert kept["time"].min() == pd.Timestamp("2025-04-10T07:00")
    assert len(kept) == STATIONS * (hourly.sizes["time"] - 7)


def test_errors_of_another_model_correct_nothing(observed):
    root, hourly, terrain = observed
    found = witnesses(root, hourly, terrain=terrain)
    evening = pd.date_range("2025-04-09T12:00", periods=6, freq="h")
    names = found.stations["station"]
    rows = pd.DataFrame(
        {
            "station": np.repeat(names.to_numpy(object), len(evening)),
            "time": np.tile(evening, len(names)),
            "variable": "temperature_2m",
        }
    )
    found.store.add_observations(rows.assign(value=10.0, flag=0))
    other = {"cycle_id": "g", "source": "noaa-gfs", "reference_time": evening[0]}
    found.store.add_forecasts(rows.assign(**other, method="zhitian", value=50.0))
    before_the_run = CYCLE - timedelta(hours=1)
    correction = calibrating.correct(found, hourly, terrain=terrain, now=before_the_run)
    assert correction.sizes["term"] == 0
    assert "0 stations with pairs" in calibrating.words(correction)[0]


def test_station_beyond_the_model_grid_does_not_stop_the_run_and_is_told(observed):
    root, hourly, terrain = observed
    far = {"station": "FAR", "longitude": 117.7, "latitude": 39.0, "elevation": 5.0}
    store = ObservationStore.open(StorePaths(root).observations)
    store.add_stations(pd.DataFrame([{**far, "kind": "csv"}]))
    smaller = hourly.isel(latitude=slice(3, None))
    found = witnesses(root, smaller, terrain=terrain)
    assert len(found.stations) == STATIONS
    correction = calibrating.correct(found, smaller, terrain=terrain, now=NOW)
    said = calibrating.keep_forecasts(found, correction, cycle_id="c1", source="files")
    assert "stations beyond the model's grid left out: FAR" in said


def test_stillness_is_that_of_each_station_by_each_run(observed):
    root, hourly, terrain = observed
    found = witnesses(root, hourly, terrain=terrain)
    hours = pd.date_range("2025-04-09T12:00", periods=12, freq="h")
    wind = {"S00": np.linspace(0.5, 4.0, 12), "S01": np.linspace(3.0, 1.0, 12)}
    rows = pd.concat([pd.DataFrame({"station": name, "time": hours, "value": wind[name]})
                      for name in wind])  # fmt: skip
    about = {"source": found.source, "method": "zhitian"}
    for run, cloud in (("cloudy", 60.0), ("clear", None)):
        start = hours[0] - pd.Timedelta(hours=6 if run == "clear" else 0)
        told = rows.assign(**about, cycle_id=run, reference_time=start, variable="wind_speed_10m")
        found.store.add_forecasts(told)
        if cloud is not None:
            found.store.add_forecasts(told.assign(variable="cloud_cover", value=cloud))
    still = calibrating.still_air(found, now=NOW)
    assert len(still) == 48
    times = xr.DataArray(hours.to_numpy(), dims="time", coords={"time": hours.to_numpy()})
    for (name, start), part in still.groupby(["station", "reference_time"]):
        place = found.stations.set_index("station").loc[name]
        sun = sun_elevation(times, latitude=place["latitude"], longitude=place["longitude"])
        sky = times.copy(data=np.full(12, 60.0)) if start == hours[0] else None
        alone = stillness(times.copy(data=wind[name]), sun, cloud_cover=sky)
        np.testing.assert_allclose(part.sort_values("time")["stillness"], alone.values, rtol=1e-6)
    assert still["stillness"].max() > 0.3


def test_simulated_run_is_never_corrected(observed):
    _, hourly, terrain = observed
    correction = calibrating.correct(None, hourly, terrain=terrain, now=NOW, simulated=True)
    assert calibrating.words(correction) == ("nothing is corrected: a simulated run",)
