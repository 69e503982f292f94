"""Terrain of a grid from the Copernicus DEM tiles of a public bucket."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import rasterio
import xarray as xr

from grids.errors import TerrainError, TerrainSourceUnavailable
from grids.geometry import BoundingBox, wrap_longitude
from grids.grid import Grid
from grids.regrid import AreaSums, axis_sums
from grids.terrain.files import load, without_sea
from grids.terrain.shape import described, surroundings

ATTEMPTS = 5
FIRST_PAUSE_S = 0.5
"""Pause before the second attempt; it doubles with each."""

TIMEOUT_S = 60.0
WHOLE_WORLD = BoundingBox(west=-180, south=-90, east=180, north=90)


@dataclass(frozen=True, slots=True)
class Product:
    """A resolution of the Copernicus DEM: arc seconds in its file names, and its bucket."""

    arc_seconds: str
    base_url: str


PRODUCTS = {
    "GLO-30": Product("10", "https://copernicus-dem-30m.s3.amazonaws.com"),
    "GLO-90": Product("30", "https://copernicus-dem-90m.s3.amazonaws.com"),
}

Progress = Callable[[int, int], None]


def build(
    grid: Grid,
    *,
    cache: str | Path,
    base_url: str | None = None,
    product: str = "GLO-90",
    progress: Progress | None = None,
) -> xr.Dataset:
    """Fetch the Copernicus DEM tiles of a grid and average them to its cells.

    Tiles are of one degree. The bucket has none where there is only sea, so 404 means sea; that
    no tile at all is found means a wrong address. GLO-30 lacks Armenia and Azerbaijan, GLO-90
    is whole, and is fine enough for 1 km. In a tile, connected cells of exactly 0 m on more
    than 100 km² are sea. The surroundings within 10 km are fetched too, for the position indices.

    Args:
        grid: the target.
        cache: folder that keeps the tiles; those in it are not fetched again.
        base_url: where the tiles are; the public bucket of the product when None.
        product: GLO-90 or GLO-30.
        progress: called with (tiles done, tiles in all).

    Returns:
        As ``on_grid``, with terrain_kind ``built``.

    Raises:
        TerrainSourceUnavailable: the server did not give a tile after several attempts.
        TerrainError: an unknown product, or no tile at all on the server.
    """
    if product not in PRODUCTS:
        raise TerrainError(f"product {product!r} was asked; allowed are {', '.join(PRODUCTS)}")
    folder, address = Path(cache), (base_url or PRODUCTS[product].base_url).rstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    wide = surroundings(grid, WHOLE_WORLD)
    names = list(_tile_names(wide.bounds, PRODUCTS[product].arc_seconds))
    sums, found = _empty_sums(wide), 0
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=True) as client:
        for number, name in enumerate(names):
            path = _fetch(client, f"{address}/{name}/{name}.tif", folder / f"{name}.tif")
            if path is not None:
                found += 1
                sums = _added(sums, _tile_sums(path, wide))
            if progress is not None:
                progress(number + 1, len(names))
    if found == 0:
        raise TerrainError(
            f"{address} has none of the {len(names)} tiles {names[0]} to {names[-1]};"
            " asked is an address with Copernicus DEM tiles and a grid with land"
        )
    height, land = sums.mean()
    terrain = described(height, land, wide=wide, grid=grid)
    source = f"Copernicus DEM {product} (c) DLR e.V. 2010-2014 and (c) Airbus Defence and Space"
    source += " GmbH 2014-2018, provided under COPERNICUS by the European Union and ESA"
    return terrain.assign_attrs(terrain_source=source, terrain_kind="built")


def _tile_names(box: BoundingBox, arc_seconds: str) -> Iterator[str]:
    """Names of the one-degree tiles that touch a box, by their south-western corners."""
    for south in range(int(np.floor(box.south + 1e-6)), int(np.ceil(box.north - 1e-6))):
        for column in range(int(np.floor(box.west + 1e-6)), int(np.ceil(box.east - 1e-6))):
            west = int(wrap_longitude(column))
            row_name = f"{'S' if south < 0 else 'N'}{abs(south):02d}_00"
            column_name = f"{'W' if west < 0 else 'E'}{abs(west):03d}_00"
            yield f"Copernicus_DSM_COG_{arc_seconds}_{row_name}_{column_name}_DEM"


def _fetch(client: httpx.Client, url: str, path: Path) -> Path | None:
    """The tile on disk, fetched if need be; None where the server has none (sea)."""
    if path.is_file():
        return path
    reason = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1))
        try:
            status = _download(client, url, path)
        except (httpx.TransportError, TerrainError) as error:
            reason = str(error) or type(error).__name__
            continue
        if status == httpx.codes.OK:
            return path
        if status == httpx.codes.NOT_FOUND:
            return None
        reason = f"status {status}"
    raise TerrainSourceUnavailable(
        f"terrain tile {url} could not be fetched in {ATTEMPTS} attempts: {reason}"
    )


def _download(client: httpx.Client, url: str, path: Path) -> int:
    """One attempt; the file appears under its name only when it is whole and readable."""
    part = path.with_suffix(".tif.part")
    with client.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            return response.status_code
        with part.open("wb") as file:
            for block in response.iter_bytes():
                file.write(block)
        expected = response.headers.get("Content-Length")
    size = part.stat().st_size
    plain = "Content-Encoding" not in response.headers
    if expected is not None and plain and size != int(expected):
        raise TerrainError(f"{size} of {expected} bytes arrived")
    try:
        with rasterio.open(part) as tile:
            tile.checksum(1)
    except rasterio.errors.RasterioError as error:
        raise TerrainError(f"what arrived is no GeoTIFF: {error}") from error
    part.replace(path)
    return response.status_code


def _tile_sums(path: Path, wide: Grid) -> AreaSums:
    return axis_sums(without_sea(load(path)), **_edges(wide))


def _edges(grid: Grid) -> dict[str, np.ndarray]:
    half_row, half_column = grid.latitude_spacing / 2.0, grid.longitude_spacing / 2.0
    rows, columns = grid.latitudes, grid.longitudes
    return {
        "latitude_edges": np.append(rows - half_row, rows[-1] + half_row),
        "longitude_edges": np.append(columns - half_column, columns[-1] + half_column),
    }


def _empty_sums(grid: Grid) -> AreaSums:
    edges = _edges(grid)
    zones = np.diff(np.sin(np.deg2rad(edges["latitude_edges"])))
    area = np.outer(zones, np.diff(edges["longitude_edges"]))
    return AreaSums(np.zeros(grid.shape), np.zeros(grid.shape), area)


def _added(one: AreaSums, other: AreaSums) -> AreaSums:
    return AreaSums(one.total + other.total, one.weight + other.weight, one.area)
