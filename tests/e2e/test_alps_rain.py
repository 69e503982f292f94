"""Rain of a real run: every coarse cell keeps its amount; what that costs, gains and why.

The truth is the 24 h total of AROME (0.025°) of the same start; ours and plain bilinear ARPEGE
(0.1°) are averaged to its cells, land and sea. What follows from it: docs/adr/0013-rain.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr

from forecast.downscale import compute_tile, downscale, hourly, prepare
from forecast.downscale.tiles import compute_tile_values
from forecast.pipeline import region_terrain
from forecast.pipeline.reading import read_raw, to_native
from forecast.regions import load
from tests.support.alps import RUN, Alps, RawField, decoded
from tests.support.coarse_cells import Cells, closest, on_fine_cells, shapes_of_terrain
from tests.support.data import shared_data

Values = npt.NDArray[np.float64]

SUB = 4
"""Parts of a fine cell along each axis, so that AROME's cell edges fall on theirs."""
BLOCK_CELLS = 20
"""AROME cells along a block of the bootstrap: 0.5°."""
FINE, COARSE, PARTS = 0.01, 0.1, 10
"""Degrees along a fine and a coarse cell, and fine cells along a coarse one."""
HEAVY = 25.0
"""mm a day: 大雨, heavy rain, of GB/T 28592-2012."""
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


def threat_score(said: npt.NDArray[np.bool_], seen: npt.NDArray[np.bool_]) -> float:
    """Equitable threat score (Schaefer 1990, Weather Forecast. 5, 570)."""
    chance = float(said.mean() * seen.mean())
    hits = float((said & seen).mean())
    return (hits - chance) / (float((said | seen).mean()) - chance)


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


@dataclass(frozen=True)
class Ground:
    """The Alps' terrain and the run's own rain over it, hour by hour."""

    terrain: xr.Dataset
    native: xr.Dataset

    def total(self, native: xr.Dataset, *, method: str) -> Values:
        """The day's rain on the fine cells."""
        fine = downscale(native, self.terrain, method=method, variables=RAIN)
        return fine["precipitation"].values.sum(axis=0, dtype=np.float64)


@pytest.fixture(scope="module")
def ground(alps: Alps) -> Ground:
    region = load(alps.region)
    area = region.grid.bounds.expand(1.5)
    raw = read_raw((rain_file("arpege"),), area=area, report=lambda *_: None)
    run = to_native(raw, area=area, source="files")
    return Ground(region_terrain(region, folder=alps.folder), hourly(run.dataset))


@dataclass(frozen=True)
class Day:
    """The day's rain on fine cells: published, two interpolations, AROME; the coarse cells."""

    published: xr.Dataset
    ours: Values
    bilinear: Values
    nearest: Values
    arome: RawField
    truth: Values
    cells: Cells


@pytest.fixture(scope="module")
def day(alps: Alps) -> Day:
    arome, coarse = (decoded(rain_file(model))["tp", 24] for model in ("arome", "arpege"))
    maps = xr.open_zarr(alps.cycle / "maps", consolidated=False)
    axes = maps.latitude.values, maps.longitude.values
    home = np.ix_(closest(coarse.latitude, axes[0]), closest(coarse.longitude, axes[1]))
    return Day(
        published=maps,
        ours=maps["precipitation"].isel(time=slice(1, None)).sum("time").values.astype(float),
        bilinear=coarse.bilinear(*axes),
        nearest=coarse.values[home],
        arome=arome,
        truth=on_fine_cells(arome, *axes),
        cells=Cells(
            whole_cells(coarse.latitude, axes[0])[1],
            whole_cells(coarse.longitude, axes[1])[1],
            PARTS,
        ),
    )


def test_keeping_the_rain_of_every_cell_costs_two_per_cent(
    day: Day, record_property: Callable[[str, object], None]
) -> None:
    ours, observed = to_arome(day.ours, day.published, day.arome)
    bilinear, _ = to_arome(day.bilinear, day.published, day.arome)
    error, plain_error = ours - observed, bilinear - observed
    low, high = ratio_interval(error, plain_error)
    figures = (
        f"{observed.size} cells, correlation {correlation(ours, observed):.4f} beside"
        f" {correlation(bilinear, observed):.4f}, RMSE {rmse(error):.3f} mm beside"
        f" {rmse(plain_error):.3f} mm, ratio {rmse(error) / rmse(plain_error):.3f}"
        f" ({low:.3f} to {high:.3f})"
    )
    record_property("rain against AROME, ours beside bilinear", figures)
    # why it cannot be less while the cells keep their amounts: the next two tests
    assert rmse(error) <= 1.02 * rmse(plain_error), figures
    assert correlation(ours, observed) >= correlation(bilinear, observed) - 0.012, figures
    assert ours.mean() == pytest.approx(bilinear.mean(), rel=0.02)


def test_bilinear_is_ahead_only_by_changing_the_amounts_of_cells(
    day: Day, record_property: Callable[[str, object], None]
) -> None:
    ours, bilinear, nearest = (
        day.cells.parts(field, day.truth) for field in (day.ours, day.bilinear, day.nearest)
    )
    figures = f"mm²: ours {ours}, bilinear {bilinear}, nearest {nearest}"
    record_property("rain error of the cells' amounts and inside the cells", figures)
    # every field that keeps the amounts has this part in common
    assert ours.amounts == pytest.approx(nearest.amounts, rel=2e-3), figures
    assert bilinear.amounts < 0.96 * ours.amounts, figures
    # inside the cells ours is as good as bilinear and better than even rain
    assert ours.inside <= 1.01 * bilinear.inside, figures
    assert ours.inside < 0.98 * nearest.inside, figures


def test_no_pattern_of_gradient_and_terrain_could_make_up_for_it_inside_the_cells(
    day: Day, ground: Ground, record_property: Callable[[str, object], None]
) -> None:
    nearest, bilinear = (day.cells.parts(f, day.truth) for f in (day.nearest, day.bilinear))
    needed = 1.0 - (bilinear.whole - nearest.amounts) / nearest.inside
    shapes = shapes_of_terrain(ground.terrain["elevation"].values)
    patterns = [day.bilinear, day.ours, *(day.nearest * shape for shape in shapes)]
    explained = day.cells.explained(patterns, day.truth)
    figures = (
        f"of the variance inside the cells {needed:.3f} must be explained to equal bilinear;"
        f" {len(patterns)} patterns fitted to the truth itself explain {explained:.3f}"
    )
    record_property("rain inside the cells", figures)
    assert needed > 0.2, figures
    assert explained < 0.75 * needed, figures


def test_keeping_the_amounts_keeps_more_of_the_heavy_rain(
    day: Day, record_property: Callable[[str, object], None]
) -> None:
    ours, observed = to_arome(day.ours, day.published, day.arome)
    bilinear, _ = to_arome(day.bilinear, day.published, day.arome)
    area = [
        float((field >= HEAVY).mean() / (observed >= HEAVY).mean()) for field in (ours, bilinear)
    ]
    skill = [threat_score(field >= HEAVY, observed >= HEAVY) for field in (ours, bilinear)]
    figures = f"area {area[0]:.2f} beside {area[1]:.2f}, ETS {skill[0]:.3f} beside {skill[1]:.3f}"
    record_property("heavy rain against AROME, ours beside bilinear", figures)
    # both have too little of it, as a coarser model must
    assert 1.2 * area[1] < area[0] < 1.0, figures
    assert skill[0] > skill[1], figures


def test_where_the_amounts_of_the_cells_are_right_keeping_them_gains_a_tenth(
    ground: Ground, day: Day, record_property: Callable[[str, object], None]
) -> None:
    native = with_amounts_of(ground.native, decoded(rain_file("arome")))
    errors = []
    for method in ("zhitian", "bilinear"):
        fine, observed = to_arome(ground.total(native, method=method), day.published, day.arome)
        errors.append(fine - observed)
    low, high = ratio_interval(*errors)
    ratio = rmse(errors[0]) / rmse(errors[1])
    figures = f"RMSE {rmse(errors[0]):.3f} mm, ratio {ratio:.3f} ({low:.3f} to {high:.3f})"
    record_property("rain of cells with AROME's amounts, ours beside bilinear", figures)
    assert ratio < 0.92, figures
    assert high < 0.95, figures


def with_amounts_of(native: xr.Dataset, fields: dict[tuple[str, int], RawField]) -> xr.Dataset:
    """A run with AROME's hourly means over its cells in place of its own rain."""
    latitude, longitude = native.latitude.values, native.longitude.values
    lattice = [
        (nodes[:, np.newaxis] + COARSE * (np.arange(8) - 3.5) / 8).ravel()
        for nodes in (latitude, longitude)
    ]
    sums = [np.zeros((latitude.size, longitude.size))]
    for hour in range(1, 25):
        field = fields["tp", hour]
        pieces = (closest(field.latitude, lattice[0]), closest(field.longitude, lattice[1]))
        whole = field.values[np.ix_(*pieces)].reshape(latitude.size, 8, longitude.size, 8)
        sums.append(whole.mean(axis=(1, 3)))
    amounts = np.maximum(np.diff(sums, axis=0), 0.0).astype(np.float32)
    rain = native["precipitation"].transpose("time", "latitude", "longitude")
    return native.assign(precipitation=rain.copy(data=amounts[-rain.sizes["time"] :]))


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


def test_every_coarse_cell_keeps_its_rain(ground: Ground) -> None:
    fields = decoded(rain_file("arpege"))
    sums = np.stack([fields["tp", hour].values for hour in range(1, 25)], axis=-1)
    plan = prepare(ground.native, ground.terrain, variables=RAIN)
    node_rows, rows = whole_cells(fields["tp", 1].latitude, plan.latitude)
    node_columns, columns = whole_cells(fields["tp", 1].longitude, plan.longitude)
    expected = np.diff(sums, axis=-1, prepend=0.0)[np.ix_(node_rows, node_columns)]
    nodes = {
        "latitude": fields["tp", 1].latitude[node_rows],
        "longitude": fields["tp", 1].longitude[node_columns],
    }
    own = ground.native["precipitation"].sel(nodes, method="nearest", tolerance=1e-4)
    given = own.transpose("latitude", "longitude", "time").values[..., -24:]
    latitude = plan.latitude[rows]
    exact = compute_tile_values(plan, rows=rows, columns=columns)[:, :, 0][..., -24:]
    packed = compute_tile(plan, rows=rows, columns=columns)[:, :, 0][..., -24:] / 100.0
    kept = coarse_means(exact.astype(float), latitude)
    np.testing.assert_allclose(kept, given, rtol=1e-6, atol=1e-7)
    # the hours are differences of float32 sums of up to 60 mm
    np.testing.assert_allclose(given, np.maximum(expected, 0.0), rtol=1e-6, atol=5e-6)
    lost = coarse_means(packed.astype(float), latitude) - kept
    # counts of 0.01 mm: a cell's mean is off by less than half a count, by far less in general
    assert np.abs(lost).max() < 0.005
    assert rmse(lost) < 1e-3
    assert np.quantile(np.abs(lost), 0.9) < 1e-3
    # over the day the halves of counts cancel: less than a thousandth of the amount
    assert rmse(lost.sum(axis=-1)) < 1e-3 * expected.sum(axis=-1).mean()
