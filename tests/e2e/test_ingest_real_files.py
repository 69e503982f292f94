"""Every real GRIB file is read right, or refused with a sentence that names file and reason.

What is right is told by ecCodes directly, in this process: the number of fields (with several
fields per message switched on), the sorted values of each, and the values at places found by
ecCodes' own search for the nearest point. Where ecCodes itself misplaces values (alternate rows of
latitude-longitude grids, wrong increments) the field must be the smoother of the two readings, or
equal to the same field in another file.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import eccodes
import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.errors import UnreadableFile
from tests.support.data import shared_data

MONTHLY = "monthly or climate mean"
REFUSED = {
    "grib_edge_cases/cams-egg4-monthly.grib": MONTHLY,
    "grib_edge_cases/forecast_monthly_ukmo.grib": MONTHLY,
    "grib_edge_cases/ncep-seasonal-monthly.grib": MONTHLY,
    "grib_edge_cases/single_gridpoint.grib": MONTHLY,
    "grib_edge_cases/spherical_harmonics.grib": "spherical harmonics.*grid-point",
    "grib_edge_cases/regular_gg_wrong_increment.grib": "contradicts itself: 192 × 64.*18,432",
}
READ = {
    "grib_edge_cases/alternate-scanning.grib": 1,
    "grib_edge_cases/cfrzr_and_cprat.grib": 4,
    "grib_edge_cases/cfrzr_and_cprat_0s.grib": 4,
    "grib_edge_cases/ds.waveh.5.grib": 1,
    "grib_edge_cases/era5-single-level-scalar-time.grib": 1,
    "grib_edge_cases/fields_with_missing_values.grib": 2,
    "grib_edge_cases/hpa_and_pa.grib": 3,
    "grib_edge_cases/lambert_grid.grib": 1,
    "grib_edge_cases/multi_param_on_multi_dims.grib": 48,
    "grib_edge_cases/nam.t00z.awp21100.tm00.grib2": 181,
    "grib_edge_cases/reduced_gg.grib": 1,
    "grib_edge_cases/regular_gg_ml.grib": 1,
    "grib_edge_cases/regular_gg_ml_g2.grib": 3,
    "grib_edge_cases/regular_gg_pl.grib": 1,
    "grib_edge_cases/regular_gg_sfc.grib": 1,
    "grib_edge_cases/regular_ll_msl.grib": 1,
    "grib_edge_cases/regular_ll_sfc.grib": 1,
    "grib_edge_cases/regular_ll_wrong_increment.grib": 1,
    "grib_edge_cases/scanning_mode_64.grib": 1,
    "grib_edge_cases/soil-surface-level-mix.grib": 10,
    "grib_edge_cases/step_60m.grib": 73,
    "grib_edge_cases/t_analysis_and_fc_0.grib": 1,
    "grib_edge_cases/t_on_different_level_types.grib": 2,
    "grib_edge_cases/tp_on_different_grid_resolutions.grib": 2,
    "grib_edge_cases/uv_on_different_levels.grib": 16,
    "grib_global/20240101000000-0h-oper-fc.grib2.0-10.grib2": 10,
    "grib_global/20250912120000-0h-oper-fc.grib2.89.grib2": 1,
    "grib_global/aifs-ens-cf-t500.grib2": 1,
    "grib_global/ecmwf-ifs-oper-surface.grib2": 5,
    "grib_global/era5-levels-members.grib": 160,
    "grib_global/gfs.grb": 344,
    "grib_global/safrica.grib2": 75,
    "grib_global/skinnywms_20220817_tp.grib": 4,
    "ecmwf_t2m_synop_20181120/t2m_grib.grib": 1,
    "meteonet_arpege_arome_20180501/SE_masks.grib": 2,
    "meteonet_arpege_arome_20180501/arome_PRECIP_SE_20180501000000.grib": 24,
    "meteonet_arpege_arome_20180501/arpege_10m_SE_20180501000000.grib": 100,
    "meteonet_arpege_arome_20180501/arpege_2m_SE_20180501000000.grib": 75,
    "meteonet_arpege_arome_20180501/arpege_3D_height_SE_20180501000000.grib": 119,
    "meteonet_arpege_arome_20180501/arpege_PRECIP_SE_20180501000000.grib": 24,
    "meteonet_arpege_arome_20180501/arpege_P_sea_level_SE_20180501000000.grib": 25,
    "hrrr_idaho_20180722/hrrr.t06z.wrfsfcf01.grib2": 52,
}
"""Fields per file that can be read whole."""

OWN_TESTS = {"grib_edge_cases/era5-levels-corrupted.grib"}
MISPLACED_BY_ECCODES = {
    "grib_edge_cases/alternate-scanning.grib",
    "grib_edge_cases/regular_ll_wrong_increment.grib",
}
"""Told apart by their smoothness and by the same field in another file, below."""

TURNED = frozenset({"u", "v", "10u", "10v", "ustm", "vstm", "vucsh", "vvcsh"})


@cache
def read_once(path: Path) -> ingest.RawRun:
    return ingest.read(path)


def handles(path: Path) -> Iterator[int]:
    """Every field of a file, decoded by ecCodes here and now."""
    eccodes.codes_grib_multi_support_on()
    try:
        with path.open("rb") as file:
            while (handle := eccodes.codes_grib_new_from_file(file)) is not None:
                yield handle
                eccodes.codes_release(handle)
    finally:
        eccodes.codes_grib_multi_support_off()


def plain_values(handle: int) -> Any:
    """Values of a message as float32 in the order of the file, NaN where missing."""
    eccodes.codes_set(handle, "missingValue", 1e35)
    values = eccodes.codes_get_values(handle)
    return np.where(values > 1e34, np.nan, values).astype(np.float32)


def slices(field: xr.DataArray) -> Iterator[tuple[xr.DataArray, int]]:
    """Every single message's worth of a raw field, with its end in seconds."""
    for step in range(field.sizes["step"]):
        part = field.isel(step=step)
        seconds = int(part["step"].values / np.timedelta64(1, "s"))
        members = range(field.sizes["realization"]) if "realization" in field.dims else (None,)
        for member in members:
            yield (part if member is None else part.isel(realization=member)), seconds


def names_of(handle: int) -> tuple[str, int]:
    end = eccodes.codes_get(handle, "endStep", str)
    seconds = int(end[:-1]) * 60 if end.endswith("m") else int(end) * 3600
    return eccodes.codes_get(handle, "shortName"), seconds


def nearest(handle: int, *, latitude: float, longitude: float) -> tuple[float, float, float]:
    (found,) = eccodes.codes_grib_find_nearest(handle, latitude, longitude)
    return found["lat"], found["lon"], found["value"]


def value_at(field: xr.DataArray, *, latitude: float, longitude: float) -> float:
    offset = (field["longitude"].values - longitude + 180.0) % 360.0 - 180.0
    if "node" in field.dims:
        apart = np.abs(field["latitude"].values - latitude) + np.abs(offset)
        return float(field.values[np.argmin(apart)])
    row = np.argmin(np.abs(field["latitude"].values - latitude))
    return float(field.values[row, np.argmin(np.abs(offset))])


def test_the_lists_name_every_grib_file_of_the_two_folders() -> None:
    for folder in ("grib_edge_cases", "grib_global"):
        there = {f"{folder}/{path.name}" for path in shared_data(folder).iterdir()}
        listed = {name for name in (*REFUSED, *READ, *OWN_TESTS) if name.startswith(folder)}
        assert there == listed


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_refused_names_file_and_reason(name: str) -> None:
    with pytest.raises(UnreadableFile, match=f"{Path(name).name}: .*{REFUSED[name]}"):
        ingest.read(shared_data(name))


@pytest.mark.parametrize("name", sorted(READ))
def test_every_field_has_the_values_that_eccodes_gives(name: str) -> None:
    path = shared_data(name)
    run = read_once(path)
    assert run.report.refused == ()
    assert run.report.files[0].decoded == READ[name]
    candidates: dict[tuple[str, int], list[np.ndarray[Any, Any]]] = {}
    for field in run.fields:
        for part, seconds in slices(field):
            key = field.attrs["short_name"], seconds
            candidates.setdefault(key, []).append(np.sort(part.values, axis=None))
    seen = 0
    for handle in handles(path):
        seen += 1
        short_name, seconds = names_of(handle)
        found = candidates[short_name, seconds]
        if short_name in TURNED and _follows_grid(handle):
            continue
        expected = np.sort(plain_values(handle))
        assert any(np.array_equal(expected, other, equal_nan=True) for other in found), short_name
    assert seen == READ[name]


def _follows_grid(handle: int) -> bool:
    flags = eccodes.codes_get(handle, "resolutionAndComponentFlags", int)
    projected = eccodes.codes_get(handle, "gridType") not in ("regular_ll", "regular_gg")
    return projected and bool(flags & 8)


@pytest.mark.parametrize("name", sorted(set(READ) - MISPLACED_BY_ECCODES))
def test_the_first_field_has_its_values_at_their_places(name: str) -> None:
    path = shared_data(name)
    first = read_once(path).fields[0]
    part, _ = next(slices(first))
    chance = np.random.default_rng(7)
    places = chance.integers(0, part.size, 2 if part.size > 10**6 else 4)
    nodes = part if "node" in part.dims else part.stack(node=("latitude", "longitude"))
    for handle in handles(path):
        eccodes.codes_set(handle, "missingValue", 1e35)
        for place in places:
            latitude = float(nodes["latitude"].values[place])
            longitude = float(nodes["longitude"].values[place])
            if abs(latitude) > 89.9:
                continue
            lat, lon, value = nearest(handle, latitude=latitude, longitude=longitude)
            ours = value_at(part, latitude=lat, longitude=lon)
            expected = np.nan if value > 1e34 else np.float32(value)
            assert ours == pytest.approx(expected, rel=1e-6, nan_ok=True)
        break


def test_alternate_rows_are_turned_back() -> None:
    path = shared_data("grib_edge_cases/alternate-scanning.grib")
    (field,) = ingest.read(path).fields
    raw = plain_values(next(handles(path))).reshape(171, 291)
    turned = raw.copy()
    turned[1::2] = turned[1::2, ::-1]
    assert np.array_equal(field.values[0], turned[::-1])
    assert np.abs(np.diff(turned, axis=0)).mean() < np.abs(np.diff(raw, axis=0)).mean() / 5


def test_a_corrupted_message_is_reported_and_costs_that_message_only() -> None:
    run = ingest.read(shared_data("grib_edge_cases/era5-levels-corrupted.grib"))
    assert run.report.files[0].seen == 2
    assert run.report.files[0].decoded == 1
    (refusal,) = run.report.refused
    assert "era5-levels-corrupted.grib: byte 0" in refusal
    assert "1,588 bytes" in refusal
    assert not run.report.complete


def test_wrong_increments_are_replaced_by_first_and_last_point_and_noted() -> None:
    name = "grib_edge_cases/regular_ll_{}.grib"
    wrong = ingest.read(shared_data(name.format("wrong_increment")))
    right = ingest.read(shared_data(name.format("sfc")))
    for axis in ("latitude", "longitude"):
        xr.testing.assert_equal(wrong.fields[0][axis], right.fields[0][axis])
    np.testing.assert_allclose(wrong.fields[0].values, right.fields[0].values, atol=2e-5)
    assert "increment of 2°" in wrong.report.files[0].notes[0]


def test_scanning_modes_of_the_same_field_are_bit_identical() -> None:
    first, second = (
        ingest.read(shared_data(f"grib_edge_cases/{name}.grib")).fields[0]
        for name in ("scanning_mode_64", "regular_ll_sfc")
    )
    assert np.array_equal(first.values, second.values)
