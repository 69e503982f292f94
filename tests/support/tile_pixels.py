"""Pixels of tiles: where they are on the earth, and what colour a picture has there."""

import math
import warnings
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from tests.support.asking import Api


def place_of(zoom: int, across: float, down: float) -> tuple[float, float]:
    """Longitude and latitude of a place of the web map, counted in tiles from the north-west.

    Spherical Mercator: lon = 360 x / 2^z - 180, lat = atan(sinh(pi (1 - 2 y / 2^z))).
    """
    longitude = across / 2**zoom * 360.0 - 180.0
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * down / 2**zoom))))
    return longitude, latitude


def tile_at(longitude: float, latitude: float, zoom: int) -> tuple[int, int, int]:
    """z, x and y of the tile over a place: the inverse, y = (1 - asinh(tan lat) / pi) / 2 * 2^z."""
    x = (longitude + 180.0) / 360.0 * 2**zoom
    y = (1.0 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2.0 * 2**zoom
    return zoom, int(x), int(y)


def picture(body: bytes) -> npt.NDArray[np.uint8]:
    """Red, green, blue and opacity [row, column, 4] of a PNG with a palette, read by GDAL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(body) as file, file.open() as opened:
            plane, table = opened.read(1), opened.colormap(1)
    colours = np.zeros((256, 4), dtype=np.uint8)
    for entry, colour in table.items():
        colours[entry] = colour
    return colours[plane]


def drawn(api: Api, address: str, tile: tuple[int, int, int], **query: object) -> npt.NDArray:
    """The picture of a tile, which must be there."""
    z, x, y = tile
    answer = api.get(f"{address}/{z}/{x}/{y}.png", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    return picture(answer.content)


def every(step: int, tile: tuple[int, int, int]) -> Iterator[tuple[int, int, float, float]]:
    """Row, column, longitude and latitude of the middle of every so many pixels."""
    zoom, x, y = tile
    for row in range(0, 256, step):
        for column in range(0, 256, step):
            place = place_of(zoom, x + (column + 0.5) / 256, y + (row + 0.5) / 256)
            yield row, column, *place


def numbered(api: Api, address: str, tile: tuple[int, int, int], **query: object) -> np.ndarray:
    """Numbers of the pixels [row, column] of the tile's other form.

    Args:
        api: asked.
        address: up to the zoom.
        tile: zoom, x and y.
        **query: more of it.
    """
    answer = api.get(f"{address}/{'/'.join(map(str, tile))}.int16", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/octet-stream"
    return np.frombuffer(answer.content, dtype="<i2").reshape(256, 256)
