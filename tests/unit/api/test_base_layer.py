"""The operator's base layer: given from this origin as it lies, or the start is refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forecast.api.layers import Layers
from forecast.errors import SettingsError
from forecast.service.maps.picture import nothing
from tests.support.asking import Api
from tests.support.small_region import SmallRegion

JPEG = b"\xff\xd8\xff\xe0 a picture"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
FILE = """\
name_zh = "影像"
name_en = "Imagery"
attribution = "© 测绘院"
review_number = "GS(2024)0001号"
min_zoom = 4
max_zoom = 9
"""


def described(folder: Path, more: str = 'tiles = "tiles"', *, without: str = "") -> Path:
    path = folder / "base.toml"
    lines = [line for line in FILE.splitlines() if not without or not line.startswith(without)]
    path.write_text("\n".join([*lines, more]), encoding="utf-8")
    return path


def put(folder: Path, name: str, content: bytes = JPEG) -> None:
    path = folder / "tiles" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def mbtiles(path: Path, tiles: dict[tuple[int, int, int], bytes]) -> None:
    """A file as MBTiles 1.3 has it: rows count from the south."""
    with closing(sqlite3.connect(path)) as made:
        made.execute(
            "CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)"
        )
        for place, content in tiles.items():
            made.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (*place, content))
        made.commit()


def test_a_tile_of_a_folder_is_given_as_it_lies_there(region: SmallRegion, tmp_path: Path) -> None:
    put(tmp_path, "5/26/12.jpg")
    api = Api.over(region, base_layer=described(tmp_path))
    answer = api.get("/tiles/base/5/26/12")
    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["content-type"] == "image/jpeg"
    known = {"If-None-Match": answer.headers["etag"]}
    assert api.get("/tiles/base/5/26/12", headers=known).status_code == 304


def test_a_tile_of_an_mbtiles_file_is_found_from_the_north(
    region: SmallRegion, tmp_path: Path
) -> None:
    # of the 32 rows of zoom 5 the one numbered 12 from the north is number 19 from the south
    mbtiles(tmp_path / "own.mbtiles", {(5, 26, 19): WEBP})
    api = Api.over(region, base_layer=described(tmp_path, 'tiles = "own.mbtiles"'))
    answer = api.get("/tiles/base/5/26/12")
    assert (answer.content, answer.headers["content-type"]) == (WEBP, "image/webp")
    assert api.get("/tiles/base/5/26/19").headers["x-zhitian-missing"] == "base_layer"


def test_where_the_layer_has_no_tile_nothing_is_drawn_and_it_is_said(
    region: SmallRegion, tmp_path: Path
) -> None:
    put(tmp_path, "5/26/12.jpg")
    api = Api.over(region, base_layer=described(tmp_path))
    answer = api.get("/tiles/base/5/26/13")
    assert answer.headers["x-zhitian-missing"] == "base_layer"
    assert answer.content == nothing()
    assert answer.headers["content-type"] == "image/png"


def test_the_layers_tell_what_must_be_shown_beside_it(
    region: SmallRegion, tmp_path: Path, api: Api
) -> None:
    put(tmp_path, "5/26/12.jpg")
    told = Api.over(region, base_layer=described(tmp_path)).get("/v1/layers").json()
    Layers.model_validate(told, strict=True)
    assert told["base_layer"] == {
        "name_zh": "影像",
        "name_en": "Imagery",
        "attribution": "© 测绘院",
        "review_number": "GS(2024)0001号",
        "min_zoom": 4,
        "max_zoom": 9,
        "template": "/tiles/base/{z}/{x}/{y}",
    }
    assert api.get("/v1/layers").json()["base_layer"] is None


def test_an_address_on_the_origin_is_handed_on_and_asked_nothing(
    region: SmallRegion, tmp_path: Path
) -> None:
    file = described(tmp_path, 'address = "/basemap/{z}/{x}/{y}.png"')
    api = Api.over(region, base_layer=file)
    told = api.get("/v1/layers").json()["base_layer"]
    assert told["template"] == "/basemap/{z}/{x}/{y}.png"
    assert api.get("/tiles/base/5/26/12").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("3/1/1", 400),
        ("10/1/1", 400),
        ("5/32/0", 400),
        ("5/-1/0", 400),
        ("5/../secret", 404),
        ("5/%2e%2e%2fsecret/0", 404),
        ("5/26/..%2f..%2f..%2fsecret", 404),
        ("5/26/%2e%2e", 400),
        ("5/26/12.jpg", 400),
        ("5/26/１２", 400),
    ],
)
def test_nothing_but_three_numbers_names_a_tile(
    region: SmallRegion, tmp_path: Path, path: str, status: int
) -> None:
    put(tmp_path, "5/26/12.jpg")
    (tmp_path / "secret").write_bytes(JPEG)
    (tmp_path / "tiles" / "secret.jpg").write_bytes(JPEG)
    api = Api.over(region, base_layer=described(tmp_path))
    answer = api.get(f"/tiles/base/{path}")
    assert answer.status_code == status
    assert JPEG not in answer.content


def test_without_a_base_layer_its_tiles_are_not_there(api: Api) -> None:
    answer = api.get("/tiles/base/5/26/12")
    assert answer.status_code == 404
    assert "ZHITIAN_BASE_LAYER" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("more", "without", "sentence"),
    [
        ('tiles = "nowhere"', "", "has no tile of zoom 4 to 9"),
        ('tiles = "own.mbtiles"', "", "is no MBTiles file that can be read"),
        ('tiles = "vectors"', "", "are no PNG, JPEG or WebP pictures"),
        ('tiles = "tiles"', "attribution", "attribution: field required"),
        ('tiles = "tiles"', "review_number", "review_number: field required"),
        ('tiles = "tiles"\nminzoom = 4', "", "minzoom: extra inputs are not permitted"),
        ('tiles = "tiles"\nmax_zoom = 15', "max_zoom", "max_zoom: input should be less than or"),
        ('tiles = "tiles"\nmax_zoom = 3', "max_zoom", "min_zoom 4 lies above max_zoom 3"),
        ("", "", "one of tiles (a folder or an MBTiles file) and address"),
        ('tiles = "tiles"\naddress = "/b/{z}/{x}/{y}"', "", "and not both"),
        ('address = "https://tiles.example/{z}/{x}/{y}"', "", "a path on this origin"),
        ('address = "//tiles.example/{z}/{x}/{y}"', "", "a path on this origin"),
        ('address = "/b/{z}/{x}.png"', "", "holds {z}, {x} and {y}"),
        ("tiles =", "", "it cannot be read"),
    ],
)
def test_a_wrong_description_stops_the_start_with_one_sentence(
    region: SmallRegion, tmp_path: Path, more: str, without: str, sentence: str
) -> None:
    put(tmp_path, "5/26/12.jpg")
    vectors = tmp_path / "vectors" / "5" / "26" / "12.png"
    vectors.parent.mkdir(parents=True)
    vectors.write_bytes(b"\x1f\x8b a vector tile")
    with pytest.raises(SettingsError, match="base_layer") as refused:
        Api.over(region, base_layer=described(tmp_path, more, without=without))
    assert sentence in str(refused.value)


def test_a_tile_that_is_no_picture_is_not_given(region: SmallRegion, tmp_path: Path) -> None:
    put(tmp_path, "5/26/12.jpg")
    api = Api.over(region, base_layer=described(tmp_path))
    put(tmp_path, "5/26/12.jpg", b"<html>")
    answer = api.get("/tiles/base/5/26/12")
    assert answer.status_code == 500
    assert "tile 5/26/12 of the base layer is no PNG" in answer.json()["detail"]
