"""Totals of rain and radiation survive every seam, every layout and every lost step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import NormaliseError
from forecast.normalise import normalise
from tests.support.raw_fields import (
    ecmwf_spans,
    flags,
    gfs_spans,
    meteo_france_spans,
    rain_records,
    raw_field,
    screen_temperature,
)

HOURS = 192
TRUTH = np.random.default_rng(20250410).gamma(0.3, 2.0, size=(HOURS, 3, 2))
"""mm in each hour."""


def leads(dataset):
    return (dataset["forecast_period"].values / np.timedelta64(1, "h")).astype(int)


def between(start, end):
    return TRUTH[start:end].sum(axis=0)


@pytest.mark.parametrize(
    ("spans", "units"),
    [
        (gfs_spans(HOURS), "kg m-2"),
        (gfs_spans(HOURS, with_run_total=False), "kg m-2"),
        (ecmwf_spans(HOURS), "m"),
        (meteo_france_spans(96), "kg m-2"),
        ([(hour, hour + 1) for hour in range(48)], "m"),
    ],
    ids=["gfs", "gfs-buckets-only", "ecmwf", "meteo-france", "hourly-sums"],
)
def test_rain_of_every_layout_gives_the_true_sum_of_each_interval(spans, units):
    dataset = normalise(rain_records(TRUTH, spans, units=units))
    rain, ends = dataset["precipitation"].values, leads(dataset)
    assert set(ends) == {end for _, end in spans}
    for begin, end, amount in zip([0, *ends[:-1]], ends, rain, strict=True):
        np.testing.assert_allclose(amount, between(begin, end), atol=2e-4)
    np.testing.assert_array_equal(
        dataset["interval_hours"].sel(variable="precipitation"), np.diff([0, *ends])
    )
    assert dataset["precipitation"].attrs["clipped_minimum"] > -1e-3


@pytest.mark.parametrize("seam", [6, 12, 114, 120, 123, 126, 144, 147])
def test_gfs_total_up_to_each_seam_is_the_run_total(seam):
    dataset = normalise(rain_records(TRUTH, gfs_spans(HOURS)))
    total = dataset["precipitation"].isel(time=leads(dataset) <= seam).sum("time")
    np.testing.assert_allclose(total, between(0, seam), rtol=1e-5)


@pytest.mark.parametrize("seam", [6, 120, 141, 144, 150, 156])
def test_ecmwf_total_up_to_each_seam_is_the_run_total(seam):
    dataset = normalise(rain_records(TRUTH, ecmwf_spans(HOURS), units="m"))
    total = dataset["precipitation"].isel(time=leads(dataset) <= seam).sum("time")
    np.testing.assert_allclose(total, between(0, seam), rtol=1e-5)


def test_buckets_agree_with_the_run_total_and_say_by_how_much():
    rain = normalise(rain_records(TRUTH, gfs_spans(48)))["precipitation"]
    assert rain.attrs["cross_checked_count"] == 42
    assert rain.attrs["cross_check_maximum"] < 1e-3


def test_missing_step_of_a_running_sum_stands_as_one_longer_interval_at_its_end():
    spans = [(0, 3), (0, 9), (0, 12)]
    dataset = normalise([screen_temperature([0, 3, 6, 9, 12]), *rain_records(TRUTH, spans)])
    rain = dataset["precipitation"].isel(latitude=0, longitude=0).values
    truth = TRUTH[:, 0, 0]
    np.testing.assert_allclose(
        rain, [np.nan, truth[:3].sum(), np.nan, truth[3:9].sum(), truth[9:12].sum()], rtol=1e-5
    )
    assert flags(dataset, "precipitation") == {0: 0, 3: 0, 6: 1, 9: 0, 12: 0}
    interval = dataset["interval_hours"].sel(variable="precipitation")
    assert interval.values.tolist() == [0, 3, 0, 6, 3]


def test_lost_bucket_end_is_a_gap_that_shows_on_the_axis():
    spans = [span for span in gfs_spans(12, with_run_total=False) if span[1] != 6]
    dataset = normalise(rain_records(TRUTH, spans))
    assert flags(dataset, "precipitation")[6] == 2
    assert np.isnan(dataset["precipitation"].isel(time=5)).all()
    np.testing.assert_allclose(dataset["precipitation"].isel(time=6), TRUTH[6], rtol=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_dropped_steps_leave_totals_unchanged_or_nan_never_wrong(data):
    layout = data.draw(
        st.sampled_from([gfs_spans(36), gfs_spans(36, with_run_total=False), ecmwf_spans(36)])
    )
    ends = sorted({end for _, end in layout})
    kept = data.draw(st.sets(st.sampled_from(ends), min_size=2))
    dataset = normalise(
        rain_records(
            TRUTH[:, :1, :1].repeat(3, 1).repeat(2, 2), [span for span in layout if span[1] in kept]
        )
    )
    rain = dataset["precipitation"].isel(latitude=0, longitude=0).values
    flag = dataset["step_flag"].sel(variable="precipitation").values
    span = dataset["interval_hours"].sel(variable="precipitation").values
    for lead, amount, length in zip(leads(dataset), rain, span, strict=True):
        if np.isfinite(amount):
            begin = round(lead - length)
            assert amount == pytest.approx(TRUTH[begin:lead, 0, 0].sum(), abs=1e-3)
    if 2 not in flag:
        begin, last = round(leads(dataset)[0] - span[0]), leads(dataset)[-1]
        assert np.nansum(rain) == pytest.approx(TRUTH[begin:last, 0, 0].sum(), abs=1e-3)
    assert not np.isnan(rain[(flag == 0)]).any()


def test_mean_radiation_since_the_last_six_hour_boundary_becomes_hourly_means():
    hourly = np.array([0.0, 0.0, 60.0, 240.0, 420.0, 540.0, 600.0, 590.0])
    spans = [((end - 1) // 6 * 6, end) for end in range(1, 9)]
    means = [hourly[start:end].mean() for start, end in spans]
    field = raw_field(
        "sdswrf", means, steps=range(1, 9), starts=[s for s, _ in spans],
        units="W m**-2", step_type="avg", param=260087, origin="kwbc",
    )  # fmt: skip
    found = normalise([field])["shortwave_down"].isel(latitude=0, longitude=0)
    np.testing.assert_allclose(found, hourly, atol=1e-3)
    assert found.attrs["step_kind"] == "mean"


def test_radiation_summed_since_the_start_becomes_the_mean_of_each_interval():
    joules = np.cumsum([100.0, 400.0, 250.0]) * 3 * 3600
    field = raw_field("ssrd", joules, steps=[3, 6, 9], starts=[0, 0, 0], units="J m**-2", param=169)
    found = normalise([field])["shortwave_down"].isel(latitude=0, longitude=0)
    np.testing.assert_allclose(found, [100.0, 400.0, 250.0], rtol=1e-6)


def test_mean_rain_rate_serves_where_no_amount_is_given():
    field = raw_field(
        "prate", [1 / 3600, 0.5 / 3600], steps=[3, 6], starts=[0, 0],
        units="kg m**-2 s**-1", step_type="avg",
    )  # fmt: skip
    found = normalise([field])["precipitation"].isel(latitude=0, longitude=0)
    np.testing.assert_allclose(found, [3.0, 0.0], atol=1e-6)


def test_ecmwf_grib1_rain_called_instant_is_summed_since_the_start():
    field = raw_field("tp", [0.001, 0.004], steps=[6, 12], units="m", param=228, edition=1)
    found = normalise([field])["precipitation"].isel(latitude=0, longitude=0)
    np.testing.assert_allclose(found, [1.0, 3.0], rtol=1e-6)


def test_small_fall_of_a_running_sum_is_clipped_and_counted():
    spans = [(0, 1), (0, 2), (0, 3)]
    (field,) = rain_records(np.array([5.0, 0.0, 1.0]), spans)
    field[1] -= 0.0019
    rain = normalise([field])["precipitation"]
    assert float(rain.min()) == 0.0
    assert rain.attrs["clipped_count"] == 6
    assert rain.attrs["clipped_minimum"] == pytest.approx(-0.0019, abs=1e-5)


def test_large_fall_of_a_running_sum_is_refused_with_variable_step_value_and_unit():
    (field,) = rain_records(np.array([90.0, 0.0, 1.0]), [(0, 1), (0, 2), (0, 3)])
    field[1] -= 6.4
    sentence = r"precipitation \(from tp\) falls to -6.4 mm over the 1 h to 2025-04-10T02:00:00Z"
    with pytest.raises(NormaliseError, match=sentence):
        normalise([field])


def test_amounts_that_never_fall_and_state_no_interval_are_refused():
    field = raw_field("tp", np.arange(8.0), steps=range(1, 9), units="m", origin="", edition=0)
    with pytest.raises(NormaliseError, match="never fall in time, as a running sum would"):
        normalise([field])


def test_hourly_sums_without_bounds_are_read_as_the_hour_before():
    field = raw_field(
        "tp", [0.001, 0.0, 0.002, 0.0], steps=range(4), units="m", origin="", edition=0
    )
    dataset = normalise([field])
    found = dataset["precipitation"].isel(latitude=0, longitude=0)
    np.testing.assert_allclose(found, [1.0, 0.0, 2.0, 0.0], atol=1e-6)
    assert dataset["time_bounds"].values[0, 0] == np.datetime64("2025-04-09T23:00", "ns")
