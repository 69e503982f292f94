"""Rain of a real run: every coarse cell keeps its amount; how that matches a finer model.

The truth is the 24 h total of AROME (0.025°) of the same start; ours and plain bilinear ARPEGE
(0.1°) are averaged to its cells, land and sea.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr

from forecast.downscale import Plan, compute_tile, hourly, prepare
from forecast.downscale.tiles import compute_tile_values
from forecast.pipeline import region_terrain
from forecast.pipeline.reading import read_raw, to_native
from forecast.regions import load
from tests.support.alps import RUN, Alps, RawField, decoded
from tests.support.data import shared_data

Values = npt.NDArray[np.float64]

SUB = 4
"""Parts of a fine cell along each axis, so that AROME's cell edges fall on theirs."""
BLOCK_CELLS = 20
"""AROME cells along a block of the bootstrap: 0.5°."""
FINE, COARSE, PARTS = 0.01, 0.1, 10
"""Degrees along a fine and a coarse cell, and fine cells along a coarse one."""
RAIN = ("precipitation",)


def rain_file(model: str) -> Path:
    return shared_data(f"{RUN}/{model}_PRECIP_SE_20180501000000.grib")


def to_arome(fine: Values, ours: xr.Dataset, truth: RawField) -> tuple[Values, Values]:
    """Means of a fine field over the AROME cells inside the region, and AROME there."""
    south, west = ours.latitude.values[0] - 0.005, ours.longitude.values[0] - 0.005
    north, east = ours.latitude.values[-1] + 0.005, ours.longitude.values[-1] + 0.005
    inside = [
        np.flatnonzero((axis - 0.0125 > low - 1e-6) & (axis + 0.0125 < high + 1e-6))
        for axis, low, high in (
            (truth.latitude, south, north),
            (truth.longitude, west, east),
        )
    ]
    parts = fine.repeat(SUB, axis=0).repeat(SUB, axis=1)
    first = [
        round((axis[where[0]] - 0.0125 - low) / (0.01 / SUB))
        for axis, where, low in (
            (truth.latitude, inside[0], south),
            (truth.longitude, inside[1], west),
        )
    ]
    rows, columns = (where.size for where in inside)
    cut = parts[first[0] : first[0] + rows * 10, first[1] : first[1] + columns * 10]
    means = cut.reshape(rows, 10, columns, 10).mean(axis=(1, 3))
    return means, truth.values[np.ix_(*inside)]


def rmse(error: Values) -> float:
    return float(np.sqrt(np.mean(error**2)))


def correlation(one: Values, other: Values) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def ratio_interval(ours: Values, theirs: Values) -> tuple[float, float]:
    """95 % interval of RMSE(ours) / RMSE(theirs), whole blocks drawn with replacement."""
    squares = [block_sums(error**2) for error in (ours, theirs)]
    draws = np.random.default_rng(1).integers(0, squares[0].size, (2000, squares[0].size))
    ratio = np.sqrt(squares[0][draws].sum(axis=1) / squares[1][draws].sum(axis=1))
    low, high = np.percentile(ratio, [2.5, 97.5])
    return float(low), float(high)


def block_sums(field: Values) -> Values:
    rows, columns = (size // BLOCK_CELLS * BLOCK_CELLS for size in field.shape)
    shaped = field[:rows, :columns].reshape(rows // BLOCK_CELLS, BLOCK_CELLS, -1, BLOCK_CELLS)
    return shaped.sum(axis=(1, 3)).ravel()


def test_keeping_the_rain_of_every_cell_costs_at_most_three_per_cent(
    alps: Alps, record_property: Callable[[str, object], None]
) -> None:
    truth = decoded(rain_file("arome"))["tp", 24]
    coarse = decoded(rain_file("arpege"))["tp", 24]
    published = xr.open_zarr(alps.cycle / "maps", consolidated=False)
    total = published["precipitation"].isel(time=slice(1, None)).sum("time").values
    plain = coarse.bilinear(published.latitude.values, published.longitude.values)
    ours, observed = to_arome(total, published, truth)
    bilinear, _ = to_arome(plain, published, truth)
    error, plain_error = ours - observed, bilinear - observed
    low, high = ratio_interval(error, plain_error)
    figures = (
        f"{observed.size} cells, correlation {correlation(ours, observed):.4f} beside"
        f" {correlation(bilinear, observed):.4f}, RMSE {rmse(error):.3f} mm beside"
        f" {rmse(plain_error):.3f} mm, ratio {rmse(error) / rmse(plain_error):.3f}"
        f" ({low:.3f} to {high:.3f})"
    )
    record_property("rain against AROME, ours beside bilinear", figures)
    # a field that keeps every cell's amount has sharper peaks than a plain interpolation, which
    # smooths them away; a peak at the wrong place counts twice: the price, measured, is 2 %
    assert rmse(error) <= 1.03 * rmse(plain_error), figures
    assert correlation(ours, observed) >= correlation(bilinear, observed) - 0.02, figures
    assert ours.mean() == pytest.approx(bilinear.mean(), rel=0.02)


@pytest.fixture(scope="module")
def rain_plan(alps: Alps) -> Plan:
    """The plan of the run's rain on the Alps' terrain."""
    region = load(alps.region)
    area = region.grid.bounds.expand(1.5)
    raw = read_raw((rain_file("arpege"),), area=area, report=lambda *_: None)
    run = to_native(raw, area=area, source="files")
    terrain = region_terrain(region, folder=alps.folder)
    return prepare(hourly(run.dataset), terrain, variables=RAIN)


def whole_cells(nodes: Values, centres: Values) -> tuple[npt.NDArray[np.intp], slice]:
    """Nodes whose cells lie wholly on an axis of fine cells, and the fine cells in them."""
    low, high = centres[0] - FINE / 2, centres[-1] + FINE / 2
    inside = np.flatnonzero((nodes - COARSE / 2 > low - 1e-6) & (nodes + COARSE / 2 < high + 1e-6))
    first = round((nodes[inside[0]] - COARSE / 2 - low) / FINE)
    return inside, slice(first, first + inside.size * PARTS)


def coarse_means(fine: Values, latitude: Values) -> Values:
    """Means [coarse row, coarse column, time] of fine cells, weighted by their area."""
    weight = np.cos(np.deg2rad(latitude)).reshape(-1, PARTS)
    weight /= weight.sum(axis=1, keepdims=True)
    rows, columns, times = fine.shape
    boxes = fine.reshape(rows // PARTS, PARTS, columns // PARTS, PARTS, times).mean(axis=3)
    return np.einsum("rpct,rp->rct", boxes, weight)


def test_every_coarse_cell_keeps_its_rain(rain_plan: Plan) -> None:
    fields = decoded(rain_file("arpege"))
    sums = np.stack([fields["tp", hour].values for hour in range(1, 25)], axis=-1)
    node_rows, rows = whole_cells(fields["tp", 1].latitude, rain_plan.latitude)
    node_columns, columns = whole_cells(fields["tp", 1].longitude, rain_plan.longitude)
    expected = np.diff(sums, axis=-1, prepend=0.0)[np.ix_(node_rows, node_columns)]
    latitude = rain_plan.latitude[rows]
    exact = compute_tile_values(rain_plan, rows=rows, columns=columns)[:, :, 0]
    packed = compute_tile(rain_plan, rows=rows, columns=columns)[:, :, 0] / 100.0
    kept = coarse_means(exact.astype(float), latitude)
    np.testing.assert_allclose(kept, np.maximum(expected, 0.0), rtol=1e-6, atol=5e-6)
    lost = coarse_means(packed.astype(float), latitude) - kept
    # counts of 0.01 mm: a cell's mean is off by less than half a count, by far less in general
    assert np.abs(lost).max() < 0.005
    assert rmse(lost) < 1e-3
    assert np.quantile(np.abs(lost), 0.9) < 1e-3
    # over the day the halves of counts cancel: less than a thousandth of the amount
    assert rmse(lost.sum(axis=-1)) < 1e-3 * expected.sum(axis=-1).mean()
