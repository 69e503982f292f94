"""From runs of an ensemble with too little spread to answers whose quantiles hold."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pytest
import xarray as xr

from forecast import calibrate, downscale
from forecast.api.state import service_from
from forecast.downscale import at_points
from forecast.emos import ATTRIBUTE, from_text
from forecast.pipeline import member_statistics
from forecast.pipeline.witnesses import witnesses
from forecast.publish import publish
from forecast.query.stretching import stretched
from forecast.service import ask
from forecast.settings import Settings
from forecast.store import Cycle
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from tests.support.cycles import write_tiles
from tests.support.small_members import members_of, staged
from tests.support.small_native import VARIABLES, native_fields
from tests.support.small_region import CYCLE, NOW, SmallRegion

STATIONS, MEMBERS, DAYS = 12, 20, 35
REAL_K, SAID = 1.5, 0.5
"""Standard deviation of the errors, and the share of it that the members have."""

WIND = "wind_speed_10m"
HERE = {"latitude": 39.385, "longitude": 117.655}
ROW, COLUMN = 3, 5


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("ensemble"), hours=48, variables=VARIABLES)
    draw = np.random.default_rng(7)
    stations = pd.DataFrame(
        {
            "station": [f"S{number:02d}" for number in range(STATIONS)],
            "longitude": draw.uniform(117.61, 117.79, STATIONS),
            "latitude": draw.uniform(39.36, 39.54, STATIONS),
            "elevation": draw.uniform(0.0, 60.0, STATIONS),
            "name": "",
            "kind": "csv",
        }
    )
    ObservationStore.create(StorePaths(made.root / made.store.path.name).observations).add_stations(
        stations
    )
    return made


def observations(small: SmallRegion) -> ObservationStore:
    return ObservationStore.open(StorePaths(small.store.path).observations)


def ensemble(draw: np.random.Generator, pairs: int) -> tuple[np.ndarray, np.ndarray]:
    """Members [member, pair] about a centre with the real error, and what comes."""
    truth = draw.normal(8.0, 4.0, pairs)
    centre = truth + 0.6 + REAL_K * draw.normal(size=pairs)
    return centre + SAID * REAL_K * draw.normal(size=(MEMBERS, pairs)), truth


def fill(store: ObservationStore, *, days: int) -> None:
    """Runs of the days before the cycle, each 48 h long, and what the stations saw."""
    draw = np.random.default_rng(3)
    names = store.stations()["station"].to_numpy()
    tables, seen = [], []
    for day in range(1, days + 1):
        start = pd.Timestamp(CYCLE).tz_localize(None) - pd.Timedelta(days=day)
        times = start + pd.to_timedelta(np.arange(3, 24, 3), "h")
        values, truth = ensemble(draw, len(names) * len(times))
        table = pd.DataFrame(
            {
                "station": np.repeat(names, len(times)),
                "time": np.tile(times, len(names)),
                "variable": "temperature_2m",
            }
        )
        seen.append(table.assign(value=truth, flag=0))
        run = {"cycle_id": f"run{day}", "source": "ecmwf-ifs", "reference_time": start}
        for method, value in (
            ("ensemble-mean", values.mean(axis=0)),
            ("ensemble-spread", values.std(axis=0, ddof=1)),
        ):
            tables.append(table.assign(method=method, value=value, **run))
    store.add_observations(pd.concat(seen, ignore_index=True))
    assert not store.add_forecasts(pd.concat(tables, ignore_index=True)).refused


def published(small: SmallRegion, members: xr.Dataset, correction: xr.Dataset) -> Cycle:
    counts = small.counts()
    with small.store.stage(small.description(simulated=False)) as staging:
        write_tiles(staging, counts)
        staging.write_group("terrain", small.terrain)
        staging.write_group("calibration", correction)
        staging.write_group("members", members)
        staged(staging, members, small.terrain)
        publish(staging)
    return small.store.current()


def nothing(small: SmallRegion) -> xr.Dataset:
    return calibrate.nothing(small.region.grid, times=small.times, refused=("no bias",))


def coefficients(small: SmallRegion, *, now: object = NOW) -> xr.Dataset:
    found = witnesses(small.store.path, native_fields(small), terrain=small.terrain)
    return member_statistics.with_coefficients(nothing(small), found, source="ecmwf-ifs", now=now)


@pytest.fixture(scope="module")
def served(small: SmallRegion) -> tuple[SmallRegion, xr.Dataset, Cycle]:
    """The region with 35 days of pairs and a published run of its ensemble."""
    fill(observations(small), days=DAYS)
    correction = coefficients(small)
    members = members_of(small, count=MEMBERS)
    return small, correction, published(small, members, correction)


def coverage(members: np.ndarray, truth: np.ndarray) -> float:
    """Share of what came between P10 and P90 of the members [member, pair]."""
    low, high = np.quantile(members, [0.1, 0.9], axis=0, method="weibull")
    return float(((truth >= low) & (truth <= high)).mean())


def test_coverage_at_days_not_seen_rises_to_eight_in_ten(
    served: tuple[SmallRegion, xr.Dataset, Cycle],
) -> None:
    spans, refused = from_text(served[2].calibration().attrs[ATTRIBUTE])
    assert refused == ()
    values, truth = ensemble(np.random.default_rng(99), 8000)
    leads = np.full(8000, 12.0)
    made = stretched(
        values[:, np.newaxis].astype(np.float32),
        spans,
        variables=("temperature_2m",),
        leads_h=leads,
    )[:, 0]
    # members of half the deviation of the centre: P(|z| < 1.28 x 0.5) is 0.48, less by the bias
    assert coverage(values, truth) < 0.5
    assert coverage(made, truth) == pytest.approx(0.8, abs=0.05)
    np.testing.assert_array_equal(np.argsort(made, axis=0), np.argsort(values, axis=0))


def test_only_spans_with_pairs_are_stretched_and_the_operator_reads_it(
    served: tuple[SmallRegion, xr.Dataset, Cycle],
) -> None:
    words = member_statistics.words(served[1])
    assert words[0].startswith("members of temperature_2m, 0 to 24 h: spread fitted to ")
    assert f"to {STATIONS * DAYS * 7} pairs of 35 days; CRPS at hidden days 1." in words[0]
    assert words[1] == (
        "members of temperature_2m, 24 to 72 h: stay as they are: EMOS was asked with pairs of 0"
        " days; it needs 30 or more"
    )
    assert sum("spread fitted" in line for line in words) == 1


def test_an_answer_stretches_its_members_and_joint_events_keep_their_members(
    served: tuple[SmallRegion, xr.Dataset, Cycle],
) -> None:
    small, _, cycle = served
    service = service_from(Settings(store=small.root, regions=(str(small.file),), now=NOW))
    event = {"event": "temperature_2m<9,wind_speed_10m<5", "event_hours": 1}
    asked = {"hourly": "temperature_2m,relative_humidity_2m", "quantiles": "10,90", **event}
    found = orjson.loads(service.series(ask(service, **HERE, **asked)).to_json())
    held = downscale.Members(cycle.ensemble)
    whole = held.at(ROW, COLUMN)
    raw, wind = (whole[:, held.variables.index(name)] for name in ("temperature_2m", WIND))
    (span,) = (one for one in from_text(cycle.calibration().attrs[ATTRIBUTE])[0] if one.applied)
    mean, spread = raw.mean(axis=0), raw.std(axis=0, ddof=1)
    made = (
        mean
        + span.emos.shift
        + (raw - mean) * np.sqrt(span.emos.floor**2 + span.emos.stretch**2 * spread**2) / spread
    )
    told = found["hourly"]["temperature_2m_p90"]
    # the 18th of 20 members in order; beyond 24 h as it was
    assert told[12] == pytest.approx(np.sort(made[:, 12])[17], abs=0.051)
    assert told[30] == pytest.approx(np.sort(raw[:, 30])[17], abs=0.051)
    state = found["passport"]["members"]["calibration"]
    first = state["variables"]["temperature_2m"][0]
    assert (state["applied"], first["applied"], first["days"]) == (True, True, 35)
    assert first["crps_after"] < first["crps_before"]
    assert state["variables"]["temperature_2m"][1]["applied"] is False
    assert "it needs 30" in state["variables"]["temperature_2m"][1]["reason"]
    np.testing.assert_array_equal(np.argsort(made[:, 12]), np.argsort(raw[:, 12]))
    # a window from 11:00 holds the value at 12:00; every member answers with its own wind
    both = (np.round(made[:, 12], 1) < 9.0) & (np.round(wind[:, 12], 1) < 5.0)
    (event,) = found["events"]
    place = event["start"].index("2025-04-10T11:00:00Z")
    assert event["probability"][place] == pytest.approx(both.mean(), abs=6e-4)


def test_members_of_the_published_run_are_kept_for_the_stations(
    served: tuple[SmallRegion, xr.Dataset, Cycle],
) -> None:
    small, correction, cycle = served
    hourly, store = native_fields(small), observations(small)
    found = witnesses(small.store.path, hourly, terrain=small.terrain)
    steps: list[tuple[int, int]] = []
    said = member_statistics.keep_members(
        found, cycle, correction=correction, report=lambda _, done, of: steps.append((done, of))
    )
    assert said[0] == f"mean and spread of {MEMBERS} members kept for {STATIONS} stations"
    assert steps[-1] == (MEMBERS, MEMBERS)
    made = at_points(members_of(small, count=MEMBERS), found.target, variables=("temperature_2m",))
    values = made["temperature_2m"].isel(time=slice(0, None, 3)).astype(float)
    kept = store.forecasts(
        variable="temperature_2m", methods=("ensemble-mean", "ensemble-spread"), since=CYCLE
    )
    kept = kept[kept["reference_time"] == np.datetime64("2025-04-10")]
    for method, wanted in (
        ("ensemble-mean", values.mean("realization")),
        ("ensemble-spread", values.std("realization", ddof=1)),
    ):
        wide = kept[kept["method"] == method].pivot(
            index="time", columns="station", values="forecast"
        )
        np.testing.assert_allclose(wide.to_numpy(), wanted.values, atol=1e-4)


def test_hours_that_had_been_observed_are_not_kept(
    served: tuple[SmallRegion, xr.Dataset, Cycle],
) -> None:
    small, correction, _ = served
    seen = correction.assign_attrs(observed_until="2025-04-10T06:00:00Z")
    kept = member_statistics._kept_times(native_fields(small), seen)["time"].values
    assert kept[0] == np.datetime64("2025-04-10T09")
    assert (np.diff(kept) == np.timedelta64(3, "h")).all()


def test_20_days_of_pairs_change_nothing_and_it_is_said(tmp_path: Path) -> None:
    made = SmallRegion.create(tmp_path, hours=48, variables=VARIABLES)
    table = pd.DataFrame(
        {
            "station": ["A", "B"],
            "longitude": [117.65, 117.7],
            "latitude": 39.4,
            "elevation": 10.0,
            "name": "",
            "kind": "csv",
        }
    )
    ObservationStore.create(StorePaths(made.store.path).observations).add_stations(table)
    fill(observations(made), days=20)
    correction = coefficients(made)
    spans, _ = from_text(correction.attrs[ATTRIBUTE])
    assert not any(one.applied for one in spans)
    assert "pairs of 20 days; it needs 30 or more" in spans[0].refused
    cycle = published(made, members_of(made, count=MEMBERS), correction)
    service = service_from(Settings(store=made.root, regions=(str(made.file),), now=NOW))
    asked = {"hourly": "temperature_2m", "quantiles": "90"}
    found = orjson.loads(service.series(ask(service, **HERE, **asked)).to_json())
    raw = np.sort(downscale.Members(cycle.ensemble).at(ROW, COLUMN)[:, 0], axis=0)
    np.testing.assert_allclose(found["hourly"]["temperature_2m_p90"], raw[17], atol=0.051)
    state = found["passport"]["members"]["calibration"]
    assert state["applied"] is False
    assert "pairs of 20 days" in state["variables"]["temperature_2m"][0]["reason"]


def test_another_model_or_a_later_observation_gives_no_pairs(
    served: tuple[SmallRegion, xr.Dataset, Cycle],
) -> None:
    spans, _ = from_text(coefficients(served[0], now=NOW - timedelta(days=20)).attrs[ATTRIBUTE])
    # 15 whole days and the morning of the sixteenth
    assert "pairs of 16 days" in spans[0].refused
    found = witnesses(served[0].store.path, native_fields(served[0]), terrain=served[0].terrain)
    other = member_statistics.with_coefficients(nothing(served[0]), found, source="gefs", now=NOW)
    assert "pairs of 0 days" in from_text(other.attrs[ATTRIBUTE])[0][0].refused


@pytest.mark.parametrize(
    ("simulated", "why"),
    [(True, "a simulated run"), (False, "no station in or near the region observed")],
)
def test_without_stations_members_stay_and_it_is_said(
    small: SmallRegion, simulated: bool, why: str
) -> None:
    made = member_statistics.with_coefficients(
        nothing(small), None, source="ecmwf-ifs", now=NOW, simulated=simulated
    )
    assert member_statistics.words(made) == (f"members stay as they are: {why}",)
    assert member_statistics.words(nothing(small)) == ()
