"""What `zhitian downscale` refuses: an exit code and one sentence, before anything is written."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.cli import main
from tests.support.alps import RUN, TERRAIN
from tests.support.commands import refusal
from tests.support.data import shared_data

Refused = Callable[..., tuple[int, str]]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run the command in this process; exit code and sentence, the only line it says."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["zhitian", "downscale", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = [
            one for one in capsys.readouterr().err.splitlines() if "reading messages" not in one
        ]
        assert len(said) == 1, said
        assert said[0].startswith("error: ")
        return int(str(ended.value.code)), said[0].removeprefix("error: ")

    return run


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("ecmwf-ifs-oper-surface.grib2", "without model orography"),
        ("20240101000000-0h-oper-fc.grib2.0-10.grib2", "without model orography"),
        ("aifs-ens-cf-t500.grib2", "none is a quantity of the vocabulary"),
        ("era5-levels-members.grib", "none is a quantity of the vocabulary"),
        ("skinnywms_20220817_tp.grib", "falls to -"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, refused: Refused, made_places: Path, file: str, sentence: str
) -> None:
    path = shared_data(f"grib_global/{file}")
    code, said = refused(path, "--points", made_places, "--output", tmp_path / "o.csv")
    assert code in (2, 4, 5, 6)
    assert sentence in said
    assert not (tmp_path / "o.csv").exists()


def test_wrong_arguments_are_refused_before_any_file_is_read(
    tmp_path: Path, refused: Refused, made_messages: Path, made_places: Path
) -> None:
    output = tmp_path / "o.csv"
    for arguments, sentence in (
        ((made_messages, "--output", output), "give --terrain, --points, or both"),
        (
            (made_messages, "--points", made_places, "--method", "kriging"),
            "allowed are zhitian, bilinear",
        ),
        (
            (made_messages, "--points", made_places, "--output", tmp_path / "o.xlsx"),
            "names in .nc or .csv",
        ),
        (
            (made_messages, "--points", made_places, "--variables", "heat"),
            "variable 'heat' was asked",
        ),
        ((made_messages, "--terrain", made_places), "no --output was asked"),
        ((tmp_path / "none.grib", "--points", made_places), "no such file or folder"),
        ((made_messages, "--points", made_places, "--box", "1,2,3", "--output", output), "box"),
    ):
        code, said = refused(*arguments)
        assert code == 2, said
        assert sentence in said
    assert not output.exists()


def test_unusable_files_are_refused_by_name(
    tmp_path: Path, refused: Refused, made_messages: Path, made_places: Path
) -> None:
    empty, page = tmp_path / "empty.grib2", tmp_path / "page.grib2"
    empty.write_bytes(b"")
    page.write_text("<!DOCTYPE html><html><body>Sorry</body></html>", encoding="utf-8")
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("station,latitude,longitude\na,32.5,114.0\n", encoding="utf-8")
    far = tmp_path / "far.csv"
    far.write_text("station,latitude,longitude,elevation\na,60.0,10.0,5\n", encoding="utf-8")
    for arguments, code, words in (
        ((empty, "--points", made_places), 5, ("empty.grib2", "empty")),
        ((page, "--points", made_places), 5, ("page.grib2", "HTML")),
        ((made_messages, "--points", lacking), 2, ("lacking.csv", "elevation")),
        ((made_messages, "--points", far), 5, ("made.grib2", "no grid point lies in the area")),
        ((made_messages, "--points", made_messages), 5, ("made.grib2", "no table of text")),
        (
            (made_messages, "--terrain", made_places, "--output", tmp_path / "o.nc"),
            5,
            ("places.csv",),
        ),
    ):
        found, said = refused(*arguments)
        assert (found, [word for word in words if word not in said]) == (code, []), said


def test_a_box_outside_the_terrain_or_the_model_is_refused(
    tmp_path: Path, refused: Refused
) -> None:
    output = tmp_path / "o.nc"
    for box, sentence in (
        ("100,40,101,41", "this grid covers"),
        ("20,40,20.2,40.2", "no grid point lies"),
    ):
        asked = ("--terrain", shared_data(TERRAIN), "--box", box, "--output", output)
        code, said = refused(shared_data(f"{RUN}/arpege_2m_SE_20180501000000.grib"), *asked)
        assert code in (2, 4, 5)
        assert sentence in said
    assert not output.exists()


def test_a_script_sees_the_exit_code_and_the_sentence(tmp_path: Path, made_places: Path) -> None:
    page = tmp_path / "page.grib2"
    page.write_text("<!DOCTYPE html><html><body>Sorry</body></html>", encoding="utf-8")
    code, said = refusal("downscale", page, "--points", made_places, "--output", tmp_path / "o.csv")
    assert code == 5
    assert "page.grib2" in said
