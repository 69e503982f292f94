"""`zhitian advise --output`: what is refused before any work, in this process."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--format", "png"], "format 'png' was asked; allowed are netcdf, tif"),
        (["--areas", "z.geojson"], "--areas was asked without --areas-output; allowed is with a"),
        (["--mask", "m.tif"], "--mask was asked without --areas-output"),
        (["--areas-output", "a.txt"], "allowed are files that end in .csv or .json"),
        (["--place", "宁河"], "--output and a place were both asked; allowed is one of them"),
        (["--soil", "loam"], "soil of a field was told of a whole region"),
        (["--box", "1,2"], "box '1,2' was asked; allowed is west,south,east,north"),
        (["--areas", "z.geojson", "--areas-output", "a.csv"], "z.geojson cannot be read"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_no_file(
    zhitian: Callable, here: list[str], tmp_path: Path, options: list[str], sentence: str
) -> None:
    output = tmp_path / "a.nc"
    outcome = zhitian("advise", "--crop", "tea", *here, "--output", output, *options)
    assert outcome.code in {2, 5}
    assert outcome.out == ""
    assert sentence in outcome.err
    assert not output.exists()


def test_options_of_maps_belong_to_output(zhitian: Callable, here: list[str]) -> None:
    outcome = zhitian("advise", "--crop", "tea", "--place", "宁河", *here, "--rules", "pluck")
    assert outcome.code == 2
    assert "--rules was asked without --output; allowed is with it" in outcome.err


def test_a_picture_without_matplotlib_is_one_sentence(
    zhitian: Callable, here: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    files = ["--output", tmp_path / "a.nc", "--picture", tmp_path / "a.png"]
    outcome = zhitian("advise", "--crop", "tea", *here, *files)
    assert outcome.code == 2
    assert "it needs matplotlib, which is not installed: pip install matplotlib" in outcome.err
    assert list(tmp_path.iterdir()) == []
