"""Pictures of palette entries, read back by GDAL."""

import zlib

import numpy as np

from forecast.export.palette_png import SIGNATURE, palette_png
from forecast.service.maps.picture import Easel
from tests.support.tile_pixels import picture

PALETTE = np.array([(0, 0, 0, 0), (10, 20, 30, 255), (250, 0, 5, 128)], dtype=np.uint8)


def test_a_picture_is_read_back_with_its_colours() -> None:
    plane = np.random.default_rng(1).integers(0, 3, (40, 70)).astype(np.uint8)
    body = palette_png(plane, PALETTE, level=1)
    assert body.startswith(SIGNATURE)
    np.testing.assert_array_equal(picture(body), PALETTE[plane])


def test_every_chunk_carries_its_checksum() -> None:
    body = palette_png(np.zeros((3, 3), np.uint8), PALETTE, level=9)
    names, at = [], len(SIGNATURE)
    while at < len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        name, content = body[at + 4 : at + 8], body[at + 8 : at + 8 + size]
        names.append(name)
        assert int.from_bytes(body[at + 8 + size : at + 12 + size], "big") == zlib.crc32(
            name + content
        )
        at += 12 + size
    # the order that PNG (second edition, 5.6) asks for
    assert names == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]


def test_what_is_painted_later_lies_above_and_the_rest_is_transparent() -> None:
    easel = Easel()
    easel.paint(np.full((4, 4), 1, np.uint8), rows=np.arange(2, 6), columns=np.arange(3, 7))
    easel.paint(np.full((1, 2), 2, np.uint8), rows=np.arange(5, 6), columns=np.arange(6, 8))
    easel.paint(np.zeros((0, 3), np.uint8), rows=np.arange(0), columns=np.arange(3))
    seen = picture(easel.png(PALETTE))
    assert seen.shape == (256, 256, 4)
    assert np.count_nonzero(seen[..., 3]) == 4 * 4 + 1
    assert tuple(seen[5, 6]) == tuple(seen[5, 7]) == (250, 0, 5, 128)
    assert tuple(seen[2, 3]) == (10, 20, 30, 255)
