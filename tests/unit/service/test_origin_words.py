"""Sources and terrain in Chinese."""

from pathlib import Path

import pytest
import xarray as xr

from forecast.ingest import available_sources, load_source
from forecast.pipeline.about import _GIVEN
from forecast.regions import data_path
from forecast.service.origin_words import chinese

LABELS = [load_source(name).label for name in available_sources()]


@pytest.mark.parametrize("label", [*LABELS, *(label for label, _, _ in _GIVEN.values())])
def test_every_source_that_ships_has_a_chinese_name(label: str) -> None:
    assert any("一" <= sign <= "鿿" for sign in chinese("label", label))


@pytest.mark.parametrize("path", sorted(data_path("terrain").glob("*.nc")), ids=lambda p: p.stem)
def test_every_terrain_that_ships_is_told_in_chinese(path: Path) -> None:
    with xr.open_dataset(path, engine="netcdf4") as terrain:
        source = str(terrain.attrs["terrain_source"])
    assert "角" in chinese("terrain", source)


def test_what_is_not_known_stays_as_it_calls_itself() -> None:
    assert chinese("label", "Météo-France") == "Météo-France"
