"""Variables, units, times and the dataset contract."""

from datetime import UTC, datetime

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecast import fields, times, units
from forecast.errors import DataError, InvalidRequest, UnknownName
from forecast.variables import FILL, catalogue, pack, published, unpack, variable


def small_dataset() -> xr.Dataset:
    time = np.array(["2025-04-10T01", "2025-04-10T02"], dtype="datetime64[ns]")
    start = np.datetime64("2025-04-10T00", "ns")
    return xr.Dataset(
        {
            "temperature_2m": (
                ("time", "latitude", "longitude"),
                np.zeros((2, 2, 3), dtype=np.float32),
            )
        },
        coords={
            "time": time,
            "latitude": [39.005, 39.015],
            "longitude": [117.005, 117.015, 117.025],
            "forecast_reference_time": start,
            "forecast_period": ("time", time - start),
        },
    )


def test_zero_degrees_is_a_value_and_nan_is_the_fill() -> None:
    packed = pack([0.0, np.nan, 4.0, -12.34], "temperature_2m")
    assert packed.tolist() == [0, FILL, 40, -123]
    np.testing.assert_array_equal(
        unpack(packed, "temperature_2m"), np.array([0, np.nan, 4.0, -12.3], dtype=np.float32)
    )


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_valid_range_fits_sixteen_bits(name: str) -> None:
    entry = variable(name)
    assert max(abs(entry.valid_min), abs(entry.valid_max)) * entry.scale <= 32767


@given(st.sampled_from(published()), st.floats(0, 1))
def test_packing_loses_at_most_half_a_step(name: str, share: float) -> None:
    entry = variable(name)
    value = entry.valid_min + share * (entry.valid_max - entry.valid_min)
    back = float(unpack(pack([value], name), name)[0])
    assert abs(back - value) <= 0.5 / entry.scale + 1e-4


def test_an_unknown_name_is_refused_with_its_neighbour() -> None:
    with pytest.raises(UnknownName, match="temperature_2m"):
        variable("temperatur_2m")


@pytest.mark.parametrize(
    ("unit", "target", "value", "expected"),
    [
        ("K", "degC", 273.15, 0.0),
        ("Pa", "hPa", 101325.0, 1013.25),
        ("m", "mm", 0.012, 12.0),
        ("kg m**-2", "mm", 3.0, 3.0),
        ("(0 - 1)", "%", 0.25, 25.0),
        ("m**2 s**-2", "m", 980.665, 100.0),
    ],
)
def test_units_convert_by_their_definitions(
    unit: str, target: str, value: float, expected: float
) -> None:
    assert units.converter(unit, target)(value) == pytest.approx(expected, abs=1e-9)


def test_an_unknown_conversion_is_refused() -> None:
    with pytest.raises(DataError, match="furlong"):
        units.converter("furlong", "mm")


@pytest.mark.parametrize(
    "text", ["2025-04-10T00:00Z", "20250410T00Z", "2025041000", "2025-04-10T08:00+08:00"]
)
def test_instants_are_read_as_utc(text: str) -> None:
    assert times.parse_instant(text) == datetime(2025, 4, 10, tzinfo=UTC)


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="ISO 8601"):
        times.parse_instant("yesterday")


def test_instants_survive_numpy_and_back() -> None:
    instant = datetime(2028, 2, 29, 23, 59, 58, tzinfo=UTC)
    assert times.to_datetime(times.to_datetime64(instant)) == instant
    assert times.iso(times.to_datetime64(instant)) == "2028-02-29T23:59:58Z"
    assert times.cycle_label(instant) == "20280229T23Z"


def test_a_dataset_that_keeps_the_contract_passes_and_is_not_touched() -> None:
    dataset = small_dataset()
    before = dataset.copy(deep=True)
    described = fields.describe(fields.check(dataset, stage="test"))
    xr.testing.assert_identical(dataset, before)
    assert described["temperature_2m"].attrs["units"] == "degC"


@pytest.mark.parametrize(
    ("breakage", "word"),
    [
        (lambda ds: ds.rename(temperature_2m="t2m"), "vocabulary"),
        (lambda ds: ds.astype(np.float64), "float64"),
        (lambda ds: ds.isel(latitude=slice(None, None, -1)), "ascend"),
        (lambda ds: ds.drop_vars("forecast_period"), "forecast_period"),
        (lambda ds: ds.transpose("latitude", "longitude", "time"), "dims"),
    ],
)
def test_a_broken_contract_is_named(breakage, word: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=word):
        fields.check(breakage(small_dataset()), stage="test")
