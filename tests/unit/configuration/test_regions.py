"""Region files: what they hold and what is refused."""

from pathlib import Path

import pytest

from forecast import regions
from forecast.errors import SettingsError, UnknownName

WHOLE = """name = "alps"
label_zh = "阿尔卑斯"
label_en = "Western Alps"
timezone = "Europe/Paris"
terrain = "dem/alps.tif"

[box]
west = 5.0
south = 43.0
east = 8.0
north = 47.0
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "alps.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_region_file_names_its_terrain_beside_itself(tmp_path: Path) -> None:
    region = regions.load(written(tmp_path, WHOLE))
    assert region.terrain == tmp_path.resolve() / "dem/alps.tif"
    assert not region.shipped
    assert region.grid.shape == (400, 300)


def test_an_absolute_terrain_path_stays(tmp_path: Path) -> None:
    text = WHOLE.replace("dem/alps.tif", "/srv/dem.tif")
    assert regions.load(written(tmp_path, text)).terrain == Path("/srv/dem.tif")


@pytest.mark.parametrize("name", regions.available())
def test_a_shipped_region_has_its_terrain(name: str) -> None:
    region = regions.load(name)
    assert region.name == name
    assert region.shipped
    assert region.terrain is not None
    assert region.terrain.is_file()


@pytest.mark.parametrize("name", ["tianjing", "../regions/tianjin", "", "missing.toml"])
def test_what_is_no_region_is_refused_with_those_known(name: str) -> None:
    with pytest.raises(UnknownName, match="known are chongqing, tianjin, yuexi"):
        regions.load(name)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('name = "alps"', "name = alps", "alps.toml"),
        ('name = "alps"', 'name = "../alps"', "name"),
        ('name = "alps"', 'name = ""', "name"),
        ('label_en = "Western Alps"', "label_en = 3", "label_en"),
        ("Europe/Paris", "Europe/Pari", "Europe/Paris"),
        ("terrain = ", "terain = ", "terain"),
        ('terrain = "dem/alps.tif"', "terrain = 7", "terrain"),
        ("east = 8.0\n", "", "box must have west"),
        ("west = 5.0", 'west = "5"', "alps.toml"),
        ("south = 43.0", "south = 50.0", "south"),
        ('timezone = "Europe/Paris"', 'timezone = "Europe/Paris"\nspacing = 0', "spacing"),
    ],
)
def test_a_wrong_region_file_is_a_sentence(tmp_path: Path, old: str, new: str, word: str) -> None:
    assert old in WHOLE
    with pytest.raises(SettingsError, match=word):
        regions.load(written(tmp_path, WHOLE.replace(old, new)))
