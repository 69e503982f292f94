"""The whole correction on a network whose errors are known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecast.calibrate import Evidence, check, correction, report, total
from forecast.errors import DataError
from tests.support.calibration import HOUR, START, Network, run_times


def made(network: Network, *, still: bool = False, **changes):
    evidence = replace(network.evidence(still=still), **changes)
    return correction(evidence, network.terrain, times=run_times(), reference_time=START)


def kinds(result) -> set[str]:
    return set(map(str, result["kind"].values))


def test_a_forecast_without_error_is_not_corrected() -> None:
    result = made(Network(noise=0.5), still=True)
    assert np.abs(total(result, "temperature_2m", time=START)).max() < 0.35
    assert any("gain nothing" in sentence for sentence in report(result)["refused"])


def test_a_bias_common_to_all_is_taken_off_at_all_hours() -> None:
    result = check(made(Network(bias=(2.0, 0.0))))
    assert kinds(result) >= {"bias"}
    for hour in (0, 13, 48):
        field = total(result, "temperature_2m", time=START + hour * HOUR)
        # 12 days: 2 K x 12 / 14 in the mean
        assert np.median(field) == pytest.approx(-2.0, abs=0.35)
    told = report(result)["terms"]
    assert told[0]["stations"] == 80
    assert told[0]["hidden_mae_after"] < 0.5 * told[0]["hidden_mae_before"]


def test_the_newest_residual_is_followed_at_once_and_forgotten_with_the_lead() -> None:
    result = made(Network(newest=3.0))
    near = [total(result, "temperature_2m", time=START + lead * HOUR).mean() for lead in (0, 9, 45)]
    assert near[0] == pytest.approx(3.0, abs=0.4)
    assert near[1] == pytest.approx(near[0] / np.e, rel=0.01)
    assert abs(near[2]) < 0.05
    analysis = result.isel(term=np.flatnonzero(result["kind"] == "analysis"))
    assert float(analysis["spread"].max()) < 1.5
    assert result.attrs["observed_until"] == "2025-04-10T00:00:00Z"


def test_bias_and_newest_residual_add_up_to_the_error_of_now() -> None:
    result = made(Network(bias=(2.0, 1.0), newest=-1.0))
    assert kinds(result) == {"bias", "analysis"}
    field = total(result, "temperature_2m", time=START)
    wanted = -1.0 - (2.0 + 1.0 * (result["longitude"].values - 104.8))
    np.testing.assert_allclose(field.mean(axis=0)[5:-5], wanted[5:-5], atol=0.6)


def test_a_cold_pool_is_found_on_still_nights_only() -> None:
    network = Network(pool=2.0)
    result = made(network, still=True)
    pool = result.isel(term=np.flatnonzero(result["kind"] == "cold pool"))
    assert pool.sizes["term"] >= 1
    night = total(pool, "temperature_2m", time=START + 18 * HOUR)
    assert (total(pool, "temperature_2m", time=START + 6 * HOUR) == 0.0).all()
    at_stations = night[network.row, network.column]
    assert np.corrcoef(at_stations, network.roughness())[0, 1] > 0.9
    slope = np.polyfit(network.roughness(), at_stations, 1)[0]
    assert 1.2 < slope < 2.2
    rough = np.abs(at_stations) > np.median(np.abs(at_stations))
    spread = pool["spread"].values[0][network.row, network.column]
    assert spread[rough].mean() >= spread[~rough].mean()


def test_no_cold_pool_is_fitted_to_few_nights_or_to_unknown_nights() -> None:
    few = report(made(Network(pool=2.0, days=5), still=True))["refused"]
    assert any("still nights; at least" in sentence for sentence in few)
    unknown = report(made(Network(pool=2.0)))["refused"]
    assert "temperature_2m: no cold pool term: nothing is known of still nights" in unknown


def test_a_broken_thermometer_is_disbelieved() -> None:
    network = Network(newest=1.0)
    evidence = network.evidence()
    table = evidence.pairs["temperature_2m"].copy()
    now = (table["station"] == "S007") & (table["time"] == START)
    table.loc[now, "observed"] = 35.0
    result = made(network, pairs={"temperature_2m": table})
    whole = made(network)
    apart = total(result, "temperature_2m", time=START) - total(whole, "temperature_2m", time=START)
    assert np.abs(apart).max() < 1.0
    assert "temperature_2m: 1 stations disbelieved" in report(result)["refused"]


def test_old_observations_and_few_stations_correct_nothing() -> None:
    network = Network(newest=3.0, days=1)
    evidence = network.evidence()
    late = correction(
        evidence, network.terrain, times=run_times() + 40 * HOUR, reference_time=START
    )
    assert "analysis" not in kinds(late)
    assert any("too old" in sentence for sentence in report(late)["refused"])
    lonely = made(replace(network, count=5))
    assert lonely.sizes["term"] == 0
    assert report(lonely)["refused"] == [
        "temperature_2m: nothing is corrected: 5 stations with pairs; at least 8 are needed"
    ]


def test_one_day_gives_no_bias_term() -> None:
    told = report(made(Network(bias=(2.0, 0.0), days=1)))
    assert any("days with pairs; at least 3" in sentence for sentence in told["refused"])


def test_the_order_of_rows_and_other_methods_change_nothing() -> None:
    network = Network(bias=(1.0, 0.0), newest=2.0, count=30)
    table = network.evidence().pairs["temperature_2m"]
    bilinear = table.assign(method="bilinear", forecast=99.0)
    mixed = np.random.default_rng(3).permutation(2 * len(table))
    both = pd.concat([table, bilinear]).iloc[mixed]
    result = made(network, pairs={"temperature_2m": both})
    np.testing.assert_allclose(result["pattern"], made(network)["pattern"], atol=1e-5)


def test_pairs_of_a_later_run_are_not_known_yet() -> None:
    network = Network(newest=2.0, count=30, days=1)
    table = network.evidence().pairs["temperature_2m"]
    later = table.assign(reference_time=START + 12 * HOUR, forecast=50.0)
    result = made(network, pairs={"temperature_2m": pd.concat([table, later])})
    np.testing.assert_array_equal(result["pattern"], made(network)["pattern"])


@pytest.mark.parametrize("lost", ["station", "observed", "reference_time"])
def test_a_table_without_a_column_is_refused(lost: str) -> None:
    network = Network(count=10, days=1)
    table = network.evidence().pairs["temperature_2m"].drop(columns=lost)
    with pytest.raises(DataError, match=f"without {lost}"):
        made(network, pairs={"temperature_2m": table})


def test_a_station_listed_twice_is_refused() -> None:
    network = Network(count=10, days=1)
    doubled = network.stations.iloc[[0, *range(10)]]
    with pytest.raises(DataError, match="stands twice"):
        made(network, stations=doubled)


def test_no_evidence_is_an_empty_correction() -> None:
    network = Network(count=10, days=1)
    none = Evidence(stations=network.stations.iloc[:0], pairs={})
    result = correction(none, network.terrain, times=run_times(), reference_time=START)
    assert check(result).sizes["term"] == 0


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_an_empty_table_and_aware_times_are_read(zone: str | None) -> None:
    network = Network(newest=2.0, count=30, days=1)
    table = network.evidence().pairs["temperature_2m"]
    aware = table.assign(time=table["time"].dt.tz_localize(zone))
    result = made(network, pairs={"temperature_2m": aware, "dew_point_2m": table.iloc[:0]})
    np.testing.assert_array_equal(result["pattern"], made(network)["pattern"])
    none = pd.DataFrame(columns=table.columns)
    assert made(network, pairs={"temperature_2m": none}).sizes["term"] == 0
