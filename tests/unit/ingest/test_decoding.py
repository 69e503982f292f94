"""From messages to raw fields: order, packing, members, intervals, areas."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.errors import RequestTooLarge, UnreadableFile
from grids import BoundingBox
from tests.support.made_grib import COLUMNS, LATITUDES, LONGITUDES, ROWS, message, smooth_field


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.grib"


def read(path: Path, *messages: bytes, **options: Any) -> ingest.RawRun:
    path.write_bytes(b"".join(messages))
    return ingest.read(path, **options)


def only(path: Path, *messages: bytes, **options: Any) -> xr.DataArray:
    (field,) = read(path, *messages, **options).fields
    return field


def rain(start: int, end: int, amount: float = 1.0, **keys: Any) -> bytes:
    return message(
        np.full((ROWS, COLUMNS), amount),
        productDefinitionTemplateNumber=8,
        shortName="tp",
        typeOfStatisticalProcessing=1,
        stepRange=f"{start}-{end}",
        **keys,
    )


def hours(steps: xr.DataArray) -> list[float]:
    return (steps.values / np.timedelta64(1, "h")).tolist()


@pytest.mark.parametrize("edition", [1, 2])
def test_a_field_carries_what_the_contract_of_raw_fields_demands(path: Path, edition: int) -> None:
    field = only(path, message(edition=edition, step=3))
    assert field.dims == ("step", "latitude", "longitude")
    assert field.dtype == np.float32
    assert field["latitude"].values.tolist() == LATITUDES.tolist()
    assert field["longitude"].values.tolist() == LONGITUDES.tolist()
    assert hours(field["step"]) == hours(field["step_start"]) == [3.0]
    assert field["forecast_reference_time"].values == np.datetime64("2025-04-10T00")
    assert {"short_name": "2t", "param": 167, "units": "K", "step_type": "instant"}.items() <= (
        field.attrs.items()
    )
    assert field.attrs["origin"] == "ecmf"
    assert field.attrs["edition"] == edition
    np.testing.assert_allclose(field.values[0], smooth_field(), atol=3e-4)


@pytest.mark.parametrize(
    "packing",
    ["grid_simple", "grid_ccsds", "grid_complex", "grid_complex_spatial_differencing", "grid_jpeg"],
)
def test_every_packing_gives_the_encoded_values(path: Path, packing: str) -> None:
    field = only(path, message(packingType=packing))
    assert field.attrs["packing"] == packing
    np.testing.assert_allclose(field.values[0], smooth_field(), atol=6e-4)


def test_scanning_mode_copies_give_bit_identical_fields(path: Path) -> None:
    plain = only(path, message())
    for i, j, consecutive, alternate in product((0, 1), repeat=4):
        copy = only(
            path,
            message(
                iScansNegatively=i,
                jScansPositively=j,
                jPointsAreConsecutive=consecutive,
                alternativeRowScanning=alternate,
            ),
        )
        xr.testing.assert_identical(copy, plain)


def test_scanning_mode_copies_of_edition_1_give_bit_identical_fields(path: Path) -> None:
    plain = only(path, message(edition=1))
    for i, j, consecutive in product((0, 1), repeat=3):
        flags = {
            "iScansNegatively": i,
            "jScansPositively": j,
            "jPointsAreConsecutive": consecutive,
        }
        xr.testing.assert_identical(only(path, message(edition=1, **flags)), plain)


def test_missing_points_become_nan_and_9999_stays_a_value(path: Path) -> None:
    values = smooth_field()
    values[0, 0], values[5, 7] = np.nan, np.nan
    field = only(path, message(values))
    assert np.argwhere(np.isnan(field.values[0])).tolist() == [[0, 0], [5, 7]]
    high = only(path, message(np.full((ROWS, COLUMNS), 9999.0), shortName="sp"))
    assert np.unique(high.values).tolist() == [9999.0]


def test_members_stack_and_a_member_that_lacks_a_step_is_missing(path: Path) -> None:
    def member(number: int, step: int) -> bytes:
        return message(
            smooth_field(280.0 + number + step),
            productDefinitionTemplateNumber=1,
            perturbationNumber=number,
            numberOfForecastsInEnsemble=3,
            step=step,
        )

    run = read(path, *(member(n, s) for n in (2, 0, 1) for s in (3, 0) if (n, s) != (1, 3)))
    (field,) = run.fields
    assert field.dims == ("realization", "step", "latitude", "longitude")
    assert field["realization"].values.tolist() == [0, 1, 2]
    assert field.sel(realization=2).isel(step=1, latitude=0, longitude=0) == pytest.approx(285.0)
    assert np.isnan(field.sel(realization=1).isel(step=1)).all()
    assert [str(cell) for cell in run.report.missing] == ["2t heightAboveGround 2 +3 h member 1"]


def test_a_single_control_member_keeps_its_dimension(path: Path) -> None:
    keys = {"productDefinitionTemplateNumber": 1, "perturbationNumber": 0}
    field = only(path, message(**keys, numberOfForecastsInEnsemble=51))
    assert field["realization"].values.tolist() == [0]


def test_buckets_and_sums_since_start_are_separate_fields(path: Path) -> None:
    since, buckets = read(
        path, rain(0, 6), rain(6, 12, 2.0), rain(0, 12, 3.0), rain(12, 18, 4.0), rain(0, 18, 7.0)
    ).fields
    assert since.attrs["interval_kind"] == "since-start"
    assert hours(since["step"]) == [6.0, 12.0, 18.0]
    assert hours(since["step_start"]) == [0.0, 0.0, 0.0]
    assert since.values[:, 0, 0].tolist() == [1.0, 3.0, 7.0]
    assert buckets.attrs["interval_kind"] == "buckets"
    assert hours(buckets["step_start"]) == [0.0, 6.0, 12.0]
    assert buckets.values[:, 0, 0].tolist() == [1.0, 2.0, 4.0]


def test_growing_buckets_stay_one_field_with_their_own_starts(path: Path) -> None:
    field = only(path, rain(0, 3), rain(0, 6), rain(6, 9), rain(6, 12))
    assert hours(field["step"]) == [3.0, 6.0, 9.0, 12.0]
    assert hours(field["step_start"]) == [0.0, 0.0, 6.0, 6.0]


def test_intervals_of_two_lengths_that_end_together_are_separate_fields(path: Path) -> None:
    run = read(path, rain(6, 12), rain(9, 12), rain(12, 18), rain(15, 18))
    assert [hours(field["step_start"]) for field in run.fields] == [[9.0, 15.0], [6.0, 12.0]]


def test_minutes_are_steps_too(path: Path) -> None:
    field = only(path, *(message(stepUnits="m", step=minute) for minute in (0, 15, 60, 90)))
    assert hours(field["step"]) == [0.0, 0.25, 1.0, 1.5]


def test_sums_of_edition_1_from_ecmwf_run_since_the_start(path: Path) -> None:
    run = read(path, message(edition=1, shortName="tp", step=12))
    (field,) = run.fields
    assert field.attrs["step_type"] == "accum"
    assert (hours(field["step_start"]), hours(field["step"])) == ([0.0], [12.0])
    assert "no interval" in run.report.files[0].notes[0]


def test_a_message_that_comes_twice_is_reported_and_the_first_kept(path: Path) -> None:
    run = read(path, message(), message(), message(smooth_field(290.0)))
    assert [text.split(" in ")[1] for text in run.report.duplicates] == [
        "some.grib (identical)",
        "some.grib (with other values; the first was kept)",
    ]
    assert run.fields[0].values[0, 0, 0] == pytest.approx(280.0)


def test_two_grids_give_two_fields(path: Path) -> None:
    shifted = message(
        longitudeOfFirstGridPointInDegrees=111.0, longitudeOfLastGridPointInDegrees=118.5
    )
    first, second = read(path, message(), shifted).fields
    assert first.attrs["grid_key"] != second.attrs["grid_key"]
    assert second["longitude"].values[0] == 111.0


def test_an_area_keeps_one_more_row_and_column_on_each_side(path: Path) -> None:
    area = BoundingBox(west=112.2, south=31.1, east=113.3, north=32.0)
    field = only(path, message(), area=area)
    assert field["longitude"].values.tolist() == [112.0, 112.5, 113.0, 113.5]
    assert field["latitude"].values.tolist() == [31.0, 31.5, 32.0]
    whole = only(path, message())
    xr.testing.assert_equal(field, whole.sel(latitude=slice(31, 32), longitude=slice(112, 113.5)))


def test_an_area_across_the_dateline_has_continuous_longitudes(path: Path) -> None:
    keys = {"longitudeOfFirstGridPointInDegrees": 176.0, "longitudeOfLastGridPointInDegrees": 183.5}
    box = BoundingBox(west=178, south=31, east=-178, north=32)
    field = only(path, message(**keys), area=box)
    assert field["longitude"].values.tolist() == (178 + 0.5 * np.arange(9)).tolist()
    np.testing.assert_allclose(field.values[0], smooth_field()[2:5, 4:13], atol=3e-4)
    plain = only(path, message(**keys))
    assert plain["longitude"].values[[0, -1]].tolist() == [-180.0, 179.5]
    assert plain.sel(longitude=-180.0, latitude=30.0) == pytest.approx(
        smooth_field()[0, 8], abs=1e-3
    )


def test_an_area_without_grid_points_is_refused_in_words(path: Path) -> None:
    with pytest.raises(UnreadableFile, match="some.grib.*no grid point lies in the area"):
        read(path, message(), area=BoundingBox(west=0, south=31, east=1, north=32))


def test_only_wanted_parameters_are_decoded_and_the_rest_is_counted(path: Path) -> None:
    messages = (message(), message(shortName="sp"), message(step=6))
    run = read(path, *messages, wanted=["2t"])
    assert [field.attrs["short_name"] for field in run.fields] == ["2t"]
    assert run.report.files[0].unwanted == 1
    late = read(path, *messages, wanted=lambda header: header["end"] >= 6 * 3600)
    assert hours(late.fields[0]["step"]) == [6.0]


def test_progress_ends_at_the_number_of_messages(path: Path) -> None:
    calls: list[tuple[int, int]] = []
    read(path, *[message(step=s) for s in range(5)], progress=lambda *done: calls.append(done))
    assert calls == [(n, 5) for n in range(1, 6)]


def test_several_files_make_one_field_and_carry_their_checksums(tmp_path: Path) -> None:
    for step in (0, 1):
        (tmp_path / f"{step}.grib").write_bytes(message(step=step))
    run = ingest.read([tmp_path / "1.grib", tmp_path / "0.grib"])
    assert hours(run.fields[0]["step"]) == [0.0, 1.0]
    assert len({file.sha256 for file in run.report.files}) == 2


def test_more_decoded_bytes_than_allowed_are_refused(path: Path) -> None:
    path.write_bytes(message() * 3)
    reader = ingest.Reader(ingest.DecodeLimits(decoded_bytes=1000))
    with pytest.raises(RequestTooLarge, match="smaller area"):
        reader.read(path)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"productDefinitionTemplateNumber": 5}, "probability"),
        ({"productDefinitionTemplateNumber": 6}, "percentile"),
        ({"productDefinitionTemplateNumber": 2, "derivedForecast": 4}, "statistic over members"),
        ({"significanceOfReferenceTime": 2}, "verifying time"),
        ({"dataDate": 20251399}, "is no date"),
    ],
)
def test_what_is_no_field_of_one_run_is_refused_in_words(
    path: Path, keys: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UnreadableFile, match=f"some.grib: message 1 .*{reason}"):
        read(path, message(**keys))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nothing.grib: there is no such file"):
        ingest.read(tmp_path / "nothing.grib")
