"""Forecasts for stations in the observation store, and what they are paired with."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.store.observations import ObservationStore
from forecast.times import parse_instant
from tests.unit.store.test_observations import rows, stations


@pytest.fixture
def store(tmp_path: Path) -> ObservationStore:
    made = ObservationStore.create(tmp_path / "tianjin" / "observations.sqlite")
    made.add_stations(stations("54527", "54528"))
    return made


def forecasts(*values: float, **changed: object) -> pd.DataFrame:
    table = rows(*values).assign(
        cycle_id="20260409T12Z-ecmwf",
        source="ecmwf-ifs",
        reference_time=np.datetime64("2026-04-09T12", "ns"),
        method="zhitian",
    )
    return table.assign(**changed)


def test_pairs_hold_forecast_and_observation_of_one_station_and_time(
    store: ObservationStore,
) -> None:
    store.add_observations(rows(1.0, 2.0, 99.0, flag=0))
    store.add_forecasts(forecasts(1.5, 2.5, 3.5, 4.5))
    store.add_forecasts(forecasts(0.0, 0.5, method="bilinear"))
    pairs = store.pairs(variable="temperature_2m", methods=["zhitian"])
    assert list(pairs) == [
        *("station", "time", "reference_time", "lead_h", "method", "forecast", "observed")
    ]
    assert pairs["forecast"].tolist() == [1.5, 2.5]
    assert pairs["observed"].tolist() == [1.0, 2.0]
    assert pairs["lead_h"].tolist() == [12.0, 13.0]
    assert len(store.pairs(variable="temperature_2m")) == 4
    since = store.pairs(variable="temperature_2m", since=parse_instant("2026-04-10T01:00Z"))
    assert set(since["lead_h"]) == {13.0}
    assert store.pairs(variable="cloud_cover").empty
    assert store.pairs(variable="temperature_2m", methods=["nearest"]).empty


def test_the_same_forecast_again_replaces_what_was_there(store: ObservationStore) -> None:
    store.add_observations(rows(1.0, flag=0))
    store.add_forecasts(forecasts(5.0))
    store.add_forecasts(forecasts(6.0))
    assert store.pairs(variable="temperature_2m")["forecast"].tolist() == [6.0]
    refused = store.add_forecasts(forecasts(1.0, method="guess")).refused
    assert sum(refused.values()) == 1


def test_of_a_run_made_twice_the_later_one_counts_and_sources_stay_apart(
    store: ObservationStore,
) -> None:
    store.add_observations(rows(1.0, flag=0))
    store.add_forecasts(forecasts(5.0))
    store.add_forecasts(forecasts(6.0, cycle_id="20260409T12Z-again"))
    store.add_forecasts(forecasts(9.0, source="noaa-gfs", cycle_id="20260409T12Z-gfs"))
    ours = store.pairs(variable="temperature_2m", source="ecmwf-ifs")
    assert ours["forecast"].tolist() == [6.0]
    everyone = store.forecasts(variable="temperature_2m")
    assert sorted(everyone["forecast"]) == [6.0, 9.0]
    assert store.pairs(variable="temperature_2m", source="icon").empty


def test_mean_and_spread_of_members_are_kept_by_source_and_are_no_forecasts(
    store: ObservationStore,
) -> None:
    store.add_observations(rows(1.0, 2.0, flag=0))
    for cycle, mean in (("a", 0.5), ("b", 0.7)):
        store.add_forecasts(forecasts(mean, 0.9, method="ensemble-mean", cycle_id=cycle))
        store.add_forecasts(forecasts(0.3, 0.4, method="ensemble-spread", cycle_id=cycle))
    store.add_forecasts(forecasts(9.0, method="ensemble-mean", source="gefs", cycle_id="c"))
    found = store.member_pairs(variable="temperature_2m", source="ecmwf-ifs")
    # the later of two runs of one time counts; another model has no spread and is not asked
    assert found["mean"].tolist() == [0.7, 0.9]
    assert found["spread"].tolist() == [0.3, 0.4]
    assert found["observed"].tolist() == [1.0, 2.0]
    assert found["lead_h"].tolist() == [12.0, 13.0]
    assert store.member_pairs(variable="temperature_2m", source="gefs").empty
    assert store.pairs(variable="temperature_2m").empty
