"""From steps of 3 and 6 hours to hours: what is kept, what is flagged."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import PchipInterpolator

from forecast.downscale import hourly
from forecast.downscale.pchip import pchip
from forecast.downscale.sun import angles, interval_means
from forecast.errors import DataError

START = np.datetime64("2025-04-10T00:00", "ns")
HOUR = np.timedelta64(1, "h")


def native(steps, fields, *, flags=None, lengths=None):
    """A run on two nodes; `fields` name -> values [time], the second node holds twice as much."""
    steps = np.asarray(steps)
    lengths = np.diff(steps, prepend=0) if lengths is None else np.asarray(lengths)
    names = list(fields)
    data = {
        name: (("time", "node"), np.outer(np.asarray(v, float), [1.0, 2.0]).astype(np.float32))
        for name, v in fields.items()
    }
    zeros = np.zeros((len(names), steps.size), dtype=np.uint8)
    data["step_flag"] = (("variable", "time"), zeros if flags is None else np.asarray(flags, "u1"))
    times = START + steps * HOUR
    return xr.Dataset(
        data,
        coords={
            "time": times,
            "variable": names,
            "latitude": ("node", [39.0, 40.0]),
            "longitude": ("node", [117.0, 118.0]),
            "forecast_reference_time": START,
            "interval_hours": (
                ("variable", "time"),
                np.broadcast_to(lengths, zeros.shape).astype(np.float32),
            ),
        },
    )


def _block_sums(values, steps):
    return np.array([values[a:b].sum(axis=0) for a, b in pairwise(steps)])


def test_rain_keeps_the_sum_of_every_interval() -> None:
    steps, rain = [0, 3, 6, 9, 15, 21], [np.nan, 3.0, 0.0, 12.5, 6.1, 0.4]
    result = hourly(native(steps, {"precipitation": rain})).precipitation.values
    assert result.shape == (22, 2)
    sums = _block_sums(result[1:].astype(np.float64), steps)
    np.testing.assert_allclose(sums[:, 0], rain[1:], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(sums[:, 1], 2 * np.array(rain[1:]), rtol=1e-6, atol=1e-9)


def test_a_dry_interval_stays_dry_and_rain_is_never_negative() -> None:
    steps, rain = [0, 3, 6, 9], [np.nan, 9.0, 0.0, 30.0]
    result = hourly(native(steps, {"precipitation": rain})).precipitation.values
    assert np.all(result[4:7] == 0.0)
    assert np.nanmin(result) >= 0.0


def test_rain_rises_towards_the_wetter_neighbour() -> None:
    result = hourly(native([0, 3, 6], {"precipitation": [np.nan, 3.0, 9.0]})).precipitation
    first = result.values[1:4, 0]
    assert first[0] <= first[1] < first[2]


@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, 8, elements=st.floats(0, 100)))
def test_rain_conserves_for_any_series(rain) -> None:
    steps = np.arange(0, 27, 3)
    result = hourly(native(steps, {"precipitation": [np.nan, *rain]})).precipitation.values
    sums = _block_sums(result[1:, 0].astype(np.float64), steps)
    np.testing.assert_allclose(sums, rain, rtol=1e-6, atol=1e-12)


def test_shortwave_keeps_interval_means_and_is_zero_at_night() -> None:
    steps = np.arange(0, 49, 3)
    times = START + steps * HOUR
    above = interval_means([39.0], [117.0], table=angles(times, np.full(steps.size, 3.0)))[0]
    run = native(steps, {"shortwave_down": 0.6 * above})
    result = hourly(run).shortwave_down.values[1:, 0].astype(np.float64)
    means = _block_sums(result, steps) / 3.0
    np.testing.assert_allclose(means, 0.6 * above[1:], rtol=2e-7, atol=1e-9)
    hours = interval_means(
        [39.0], [117.0], table=angles(START + np.arange(1, 49) * HOUR, np.ones(48))
    )[0]
    assert np.all(result[hours == 0.0] == 0.0)
    np.testing.assert_allclose(result, 0.6 * hours, atol=0.1)


def test_split_amounts_conserves_to_1e_9_in_double_precision() -> None:
    from forecast.downscale.intervals import Split, split_amounts

    rng = np.random.default_rng(3)
    ends, lengths = np.arange(6.0, 61.0, 6.0), np.full(10, 6.0)
    split = Split.of(ends, lengths, valid=np.ones(10, bool), hours=np.arange(0.0, 61.0))
    amounts, shape = rng.random((5, 10)) * 900.0, rng.random((5, 61))
    hours = split_amounts(amounts, split, lengths=lengths, shape=shape)
    np.testing.assert_allclose(hours[:, 1:].reshape(5, 10, 6).sum(axis=2), amounts, rtol=1e-9)


def test_instants_keep_model_values_and_do_not_overshoot() -> None:
    warm = np.array([3.0, 9.0, 9.5, 2.0, -4.0])
    result = hourly(native([0, 3, 6, 9, 12], {"temperature_2m": warm}))
    values = result.temperature_2m.values[:, 0]
    np.testing.assert_array_equal(values[::3], warm.astype(np.float32))
    for left in range(4):
        piece = values[3 * left : 3 * left + 4]
        assert piece.min() >= min(warm[left : left + 2]) - 1e-6
        assert piece.max() <= max(warm[left : left + 2]) + 1e-6
    assert result.step_flag.values[0].tolist() == [0, 1, 1] * 4 + [0]


def test_the_cubic_equals_scipys() -> None:
    rng = np.random.default_rng(5)
    knots = np.array([0.0, 3.0, 6.0, 12.0, 18.0, 21.0, 24.0])
    values = rng.normal(size=(4, 7))
    at = np.linspace(0.0, 24.0, 97)
    expected = PchipInterpolator(knots, values, axis=1)(at)
    np.testing.assert_allclose(pchip(values, knots=knots, at=at), expected, atol=1e-12)


def test_a_missing_node_spoils_only_the_two_pieces_beside_it() -> None:
    knots = np.arange(0.0, 13.0, 3.0)
    values = np.array([[1.0, 2.0, np.nan, 4.0, 5.0]])
    result = pchip(values, knots=knots, at=np.arange(13.0))[0]
    assert np.isnan(result[4:9]).all()
    assert np.isfinite(result[[0, 1, 2, 3, 9, 10, 11, 12]]).all()


def test_a_gap_longer_than_six_hours_is_not_bridged() -> None:
    result = hourly(native([0, 3, 12, 15], {"temperature_2m": [1.0, 2.0, 5.0, 6.0]}))
    assert np.isnan(result.temperature_2m.values[4:12]).all()
    assert result.step_flag.values[0].tolist() == [0, 1, 1, 0] + [2] * 8 + [0, 1, 1, 0]


def test_a_lost_step_stays_missing_and_is_flagged() -> None:
    flags = [[0, 0, 2, 0]]
    run = native([0, 3, 6, 9], {"precipitation": [np.nan, 3.0, np.nan, 6.0]}, flags=flags)
    result = hourly(run)
    assert np.isnan(result.precipitation.values[4:7]).all()
    assert result.step_flag.values[0].tolist() == [0, 1, 1, 1, 2, 2, 2, 1, 1, 1]
    np.testing.assert_allclose(result.precipitation.values[7:, 0].sum(), 6.0, rtol=1e-6)


def test_a_merged_interval_is_split_over_all_its_hours() -> None:
    run = native(
        [0, 3, 6, 9],
        {"precipitation": [np.nan, 3.0, np.nan, 12.0]},
        flags=[[0, 0, 1, 0]],
        lengths=[0, 3, 0, 6],
    )
    result = hourly(run)
    assert np.isfinite(result.precipitation.values[1:]).all()
    np.testing.assert_allclose(result.precipitation.values[4:, 0].sum(), 12.0, rtol=1e-6)
    assert result.step_flag.values[0].tolist() == [0] + [1] * 9


def test_a_gust_holds_for_its_whole_interval() -> None:
    result = hourly(native([0, 3, 6], {"wind_gust_10m": [np.nan, 8.0, 20.0]}))
    assert result.wind_gust_10m.values[1:, 0].tolist() == [8.0] * 3 + [20.0] * 3


def test_a_gust_of_the_instant_is_interpolated_between_steps() -> None:
    fields = {"wind_gust_10m": [6.0, 7.0, 8.0, 11.0, 5.0]}
    gusts = native([0, 1, 2, 5, 8], fields, lengths=[0.0] * 5)
    result = hourly(gusts)
    expected = [6, 7, 8, 9, 10, 11, 9, 7, 5]
    np.testing.assert_allclose(result.wind_gust_10m.values[:, 0], expected)
    assert result.step_flag.sel(variable="wind_gust_10m").values.tolist() == [
        *(0, 0, 0, 1, 1, 0, 1, 1, 0)
    ]


def test_a_turning_wind_keeps_its_speed() -> None:
    run = native([0, 6], {"wind_u_10m": [10.0, 0.0], "wind_v_10m": [0.0, 10.0]})
    result = hourly(run)
    speed = np.hypot(result.wind_u_10m.values[:, 0], result.wind_v_10m.values[:, 0])
    np.testing.assert_allclose(speed, 10.0, rtol=1e-5)


def test_an_hourly_run_is_handed_on_unchanged() -> None:
    run = native([0, 1, 2], {"temperature_2m": [1.0, 2.0, 3.0]})
    assert hourly(run).identical(run)


def test_members_and_lazy_arrays_ride_along() -> None:
    run = native([0, 3, 6], {"temperature_2m": [1.0, 2.0, 3.0]})
    members = xr.concat([run, run + 1], "realization").assign(step_flag=run.step_flag)
    members["temperature_2m"] = members.temperature_2m.astype(np.float32).chunk(node=1)
    result = hourly(members)
    assert result.temperature_2m.dims == ("realization", "time", "node")
    assert result.temperature_2m.chunks is not None
    np.testing.assert_allclose(result.temperature_2m.values[1] - 1, hourly(run).temperature_2m)


def test_steps_off_the_hour_are_refused_by_name() -> None:
    run = native([0, 3, 6], {"temperature_2m": [1.0, 2.0, 3.0]})
    run = run.assign_coords(time=START + np.array([0, 90, 180]) * np.timedelta64(1, "m"))
    with pytest.raises(DataError, match="whole hours"):
        hourly(run)
