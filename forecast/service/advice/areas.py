"""How much land is in each grade: of a region, of zones and of a crop.

The share of a cell that a polygon or a mask covers is counted at 10 x 10 points in it, so it is
known to about 1 % of a cell; areas are those of the cells on the sphere. 1 km2 is 1500 mu.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr
from rasterio import Affine
from rasterio.features import rasterize

from forecast.errors import OutsideArea
from forecast.service.advice.polygons import Polygon, read_polygons
from grids import Grid

POINTS: Final = 10
"""Points along each side of a cell at which it is looked whether they lie inside."""

MU_PER_KM2: Final = 1500.0

_NOISE: Final = 1e-6
"""Of a cell: an edge of a polygon this near to one of the cells lies on it."""

Shares = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Zone:
    """A part of a region.

    Attributes:
        name: of the zone.
        rows: rows of the region's window that it touches.
        columns: likewise.
        share: share of each of these cells that lies in it, 0 to 1 [row, column].
        cut: whether it reaches beyond the region, so that a part of it is left out.
    """

    name: str
    rows: slice
    columns: slice
    share: Shares
    cut: bool = False


def zones_of(path: Path, grid: Grid) -> list[Zone]:
    """Zones of a GeoJSON file on a grid, by the property `name`.

    Args:
        path: the file.
        grid: cells of the region's window.

    Raises:
        UnreadableFile: the file cannot be read.
        InvalidRequest: it is not as it should be; the sentence says where.
        OutsideArea: a zone lies outside the grid.
    """
    found = read_polygons(path, named=True)
    return [_zone(name, polygons, grid) for name, polygons in found.items()]


def covered(polygons: Sequence[Polygon], grid: Grid) -> Shares:
    """Share of each cell of a grid that lies in any of some polygons [row, column]."""
    share = np.zeros((grid.rows, grid.columns), np.float32)
    rows, columns = _touched(polygons, grid)
    if rows.stop > rows.start and columns.stop > columns.start:
        share[rows, columns] = _inside(polygons, grid.window(rows=rows, columns=columns))
    return share


def areas(
    maps: xr.Dataset,
    grid: Grid,
    *,
    zones: Iterable[Zone] = (),
    crop: Shares | None = None,
    name: str = "",
) -> list[dict[str, Any]]:
    """Area in each grade, by zone, rule and day; the whole grid first.

    Args:
        maps: from `grading.grade_maps`, computed.
        grid: its cells.
        zones: parts of it.
        crop: share of each cell that counts: that bears the crop, or is land [row, column]; all
            of it when None.
        name: what the whole is called.

    Returns:
        For each zone `name`, `scope`, `cut` (whether a part of it lies outside), `area_km2` (of
        what counts), `area_mu` and `rules`: for each `rule`, `name`, `kind` and `days`, each
        with `day` and `grades`: km2, mu and share of the area of the zone by grade.
    """
    land = np.broadcast_to(grid.cell_areas()[:, np.newaxis], (grid.rows, grid.columns))
    weights = land if crop is None else land * crop
    everywhere = Zone(
        name=name,
        rows=slice(0, grid.rows),
        columns=slice(0, grid.columns),
        share=np.ones(land.shape, np.float32),
    )
    documents = []
    for scope, zone in (("region", everywhere), *(("zone", one) for one in zones)):
        own = weights[zone.rows, zone.columns] * zone.share
        total = float(own.sum())
        documents.append(
            {
                "name": zone.name,
                "scope": scope,
                "cut": zone.cut,
                "area_km2": _rounded(total),
                "area_mu": _mu(total),
                "rules": [
                    {**about, "days": list(_days(field, zone, own, total))}
                    for about, field in _graded(maps)
                ],
            }
        )
    return documents


def rows_of(documents: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Areas as rows of a table: one for each zone, rule, day and grade that covers any land."""
    for zone in documents:
        for rule in zone["rules"]:
            for day in rule["days"]:
                for grade, told in day["grades"].items():
                    yield {
                        "zone": zone["name"],
                        "scope": zone["scope"],
                        "kind": rule["kind"],
                        "rule": rule["rule"],
                        "name_zh": rule["name"]["zh"],
                        "name_en": rule["name"]["en"],
                        "day": day["day"],
                        "grade": grade,
                        **told,
                    }


def _graded(maps: xr.Dataset) -> Iterator[tuple[dict[str, Any], xr.DataArray]]:
    for field in maps.data_vars.values():
        told = field.attrs
        kind = told.get("kind", "")
        if "flag_values" in told and kind:
            name = {language: told[f"rule_name_{language}"] for language in ("zh", "en")}
            yield {"rule": told["rule_id"], "name": name, "kind": kind}, field


def _days(
    field: xr.DataArray, zone: Zone, weights: npt.NDArray[np.floating], total: float
) -> Iterator[dict[str, Any]]:
    names = grade_names(field)
    lowest = min(names)
    for day, states in zip(field["day"].values, field.values, strict=True):
        codes = states[zone.rows, zone.columns].astype(np.intp) - lowest
        sums = np.bincount(codes.ravel(), weights=weights.ravel(), minlength=len(names))
        grades = {
            names[code + lowest]: {
                "area_km2": _rounded(float(area)),
                "area_mu": _mu(float(area)),
                "share": round(float(area) / total, 4) if total > 0.0 else None,
            }
            for code, area in enumerate(sums)
            if area > 0.0
        }
        yield {"day": str(np.datetime_as_string(day, unit="D")), "grades": grades}


def grade_names(field: xr.DataArray) -> dict[int, str]:
    """Names of the codes of a map, from its flags."""
    codes = np.atleast_1d(field.attrs["flag_values"]).tolist()
    words = str(field.attrs["flag_meanings"]).split()
    return {code: word.replace("_", "-") for code, word in zip(codes, words, strict=True)}


def _zone(name: str, polygons: Sequence[Polygon], grid: Grid) -> Zone:
    rows, columns = _touched(polygons, grid)
    inside = rows.stop > rows.start and columns.stop > columns.start
    share = _inside(polygons, grid.window(rows=rows, columns=columns)) if inside else None
    if share is None or not share.any():
        raise OutsideArea(f"zone {name!r} lies outside of the cells that were asked, {grid.bounds}")
    west, south, east, north = _box(polygons, grid)
    box = grid.bounds
    within = box.west <= west and east <= box.east and box.south <= south and north <= box.north
    return Zone(name=name, rows=rows, columns=columns, share=share, cut=not within)


def _touched(polygons: Sequence[Polygon], grid: Grid) -> tuple[slice, slice]:
    """Rows and columns of the cells that the boxes of the polygons touch; may be empty."""
    west, south, east, north = _box(polygons, grid)
    box = grid.bounds
    return (
        _span(south - box.south, north - box.south, grid.latitude_spacing, grid.rows),
        _span(west - box.west, east - box.west, grid.longitude_spacing, grid.columns),
    )


def _box(polygons: Sequence[Polygon], grid: Grid) -> tuple[float, float, float, float]:
    """West, south, east and north of polygons, degrees."""
    outer = np.concatenate([_near(polygon[0], grid) for polygon in polygons])
    (west, south), (east, north) = outer.min(axis=0).tolist(), outer.max(axis=0).tolist()
    return west, south, east, north


def _span(low: float, high: float, spacing: float, count: int) -> slice:
    first = min(max(int(np.floor(low / spacing + _NOISE)), 0), count)
    return slice(first, max(min(int(np.ceil(high / spacing - _NOISE)), count), first))


def _inside(polygons: Sequence[Polygon], grid: Grid) -> Shares:
    """Share of the points of each cell that lie in a polygon; holes are left out."""
    shapes = [
        {"type": "Polygon", "coordinates": [_near(ring, grid).tolist() for ring in polygon]}
        for polygon in polygons
    ]
    points = rasterize(
        shapes,
        out_shape=(grid.rows * POINTS, grid.columns * POINTS),
        transform=points_transform(grid),
        dtype="uint8",
    )
    return cell_means(points[::-1])


def points_transform(grid: Grid) -> Affine:
    """From row and column of the points in the cells, from the north, to degrees."""
    box = grid.bounds
    wide, tall = grid.longitude_spacing / POINTS, grid.latitude_spacing / POINTS
    return Affine(wide, 0.0, box.west, 0.0, -tall, box.north)


def cell_means(points: npt.NDArray[Any]) -> Shares:
    """Means over the points of each cell [row, column] of values at its points, from the south."""
    rows, columns = points.shape[0] // POINTS, points.shape[1] // POINTS
    cells = points.reshape(rows, POINTS, columns, POINTS)
    return np.asarray(cells.mean(axis=(1, 3), dtype=np.float64), dtype=np.float32)


def _near(ring: npt.NDArray[np.float64], grid: Grid) -> npt.NDArray[np.float64]:
    """A ring with its longitudes near those of the grid."""
    box = grid.bounds
    middle = (box.west + box.east) / 2.0
    turns = np.round((middle - float(ring[:, 0].mean())) / 360.0) * 360.0
    return ring + np.array([turns, 0.0])


def _rounded(area: float) -> float:
    return round(area, 3)


def _mu(area: float) -> float:
    return round(area * MU_PER_KM2)
