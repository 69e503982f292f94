"""`zhitian verify` as people run it, on real stations and finer models."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecast.cli import main
from tests.support.data import shared_data

SYNOP = "ecmwf_t2m_synop_20181120"
GLOBE = "globe_30s_south_europe/globe30s_lat34-50_lon0-46.nc"
HRRR = "hrrr_idaho_20180722"
METEONET = "meteonet_arpege_arome_20180501"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process: exit code, standard output and error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setenv("COLUMNS", "240")
        monkeypatch.setattr(sys, "argv", ["zhitian", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(str(ended.value.code)), said.out, said.err

    return run


def synop() -> tuple[Path, Path, Path]:
    table = next(shared_data(SYNOP).glob("*.csv"))
    return shared_data(f"{SYNOP}/t2m_grib.grib"), table, shared_data(GLOBE)


def scores(document: dict[str, Any], **wanted: str) -> dict[str, dict[str, Any]]:
    """Rows of the first section by method, of one class."""
    rows = document["sections"][0]["rows"]
    return {row["method"]: row for row in rows if all(row[key] == wanted[key] for key in wanted)}


def test_stations_are_scored_by_every_method_at_the_same_pairs(
    command: Command, tmp_path: Path
) -> None:
    model, stations, terrain = synop()
    page, plots = tmp_path / "skill.md", tmp_path / "plots"
    files = ("--forecast", model, "--observations", stations, "--terrain", terrain)
    told = ("--by", "dz,coast", "--dataset", "synop-20181120", "--report", page, "--plots", plots)
    code, out, err = command("verify", *files, *told, "--json")
    assert code == 0, err
    document = json.loads(out)
    everywhere = scores(document, dz="all", coast="all")
    assert {row["n"] for row in everywhere.values()} == {everywhere["zhitian"]["n"]}
    assert everywhere["zhitian"]["n"] > 600
    assert everywhere["zhitian"]["rmse"] <= 2.10
    assert everywhere["zhitian"]["mae"] <= 1.62
    assert everywhere["zhitian"]["mae_low"] > 0.0
    steep = scores(document, dz="> 300 m", coast="all")
    assert steep["zhitian"]["rmse"] <= 2.50
    assert steep["bilinear"]["mae_reduction"] == 0.0
    assert any("`gradient_ridge`" in limit for limit in document["limits"])
    assert any("China" in limit for limit in document["limits"])
    text = page.read_text(encoding="utf-8")
    assert "zhitian verify --forecast t2m_grib.grib" in text
    assert str(tmp_path) not in text
    assert "| temperature_2m (degC) | > 300 m | all | zhitian |" in text
    assert {path.name for path in plots.iterdir()} == {
        "map_temperature_2m.png",
        "dz_temperature_2m.png",
        "coast_temperature_2m.png",
    }


def test_a_downscaled_table_is_scored_like_the_model_it_came_from(
    command: Command, tmp_path: Path
) -> None:
    model, stations, terrain = synop()
    tables = {}
    for method in ("bilinear", "zhitian"):
        tables[method] = tmp_path / f"{method}.csv"
        written = ("--points", stations, "--terrain", terrain, "-o", tables[method])
        assert command("downscale", model, *written, "--method", method)[0] == 0
    straight = ("--observations", stations, "--terrain", terrain, "--by", "coast", "--json")
    code, out, err = command("verify", "--forecast", model, *straight)
    assert code == 0, err
    direct = scores(json.loads(out), coast="all")
    named = [part for path in tables.values() for part in ("--forecast", path)]
    code, out, err = command("verify", *named, *straight)
    assert code == 0, err
    again = scores(json.loads(out), coast="all")
    for method in tables:
        assert again[method]["n"] == direct[method]["n"]
        assert again[method]["mae"] == pytest.approx(direct[method]["mae"], abs=0.01)


def test_a_coarsened_hrrr_is_restored_better_than_bilinear_by_day_and_night(
    command: Command,
) -> None:
    files = sorted(shared_data(HRRR).glob("*.grib2"))
    asked = ("--coarsen", 8, "--variable", "temperature_2m", "--by", "sun", "--block", 0.25)
    code, out, err = command("verify", "--truth", *files, *asked, "--json")
    assert code == 0, err
    document = json.loads(out)
    for sun, least in (("day", 0.4), ("night", 0.1)):
        rows = scores(document, sun=sun)
        assert rows["zhitian"]["mae_reduction"] > least, sun
        assert rows["zhitian"]["mae"] < rows["fixed-lapse"]["mae"], sun
    assert any("upper bound" in limit for limit in document["limits"])


def test_rain_is_scored_as_a_field_against_a_finer_model(command: Command) -> None:
    folder = shared_data(METEONET)
    sides = ("--forecast", next(folder.glob("arpege_PRECIP*")))
    sides += ("--truth", next(folder.glob("arome*")), "--truth", folder / "SE_masks.grib")
    code, out, err = command("verify", *sides, "--terrain", shared_data(GLOBE), "--json")
    assert code == 0, err
    amounts, likeness = json.loads(out)["sections"]
    rows = {row["method"]: row for row in amounts["rows"]}
    assert rows["zhitian"]["n"] > 60_000
    assert rows["zhitian"]["correlation"] > 0.8
    assert {row["threshold"] for row in likeness["rows"]} == {0.1, 10.0, 25.0, 50.0}
    heavy = {row["method"]: row["fss"] for row in likeness["rows"] if row["scale"] == 11}
    assert heavy["zhitian"] > 0.0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "nothing to compare was given"),
        (("--by", "wind"), "--by wind was asked; allowed are lead"),
        (("--block", "0"), "allowed are numbers above 0 up to 45 degrees"),
        (("--truth", "{stations}", "--refine", "0"), "--refine 0 was asked; allowed are 2"),
        (("--truth", "{stations}", "--calibrate"), "--calibrate was asked with --truth"),
        (("--region", "tianjin", "--coarsen", "4"), "--coarsen was asked with --region"),
        (("--region", "tianjin", "--truth", "{stations}"), "--truth was asked with --region"),
        (
            ("--forecast", "{stations}", "--observations", "{stations}", "--box", "0,0,1,1"),
            "--box was asked with --observations; there it changes nothing",
        ),
        (("--variable", "temprature_2m"), "did you mean temperature_2m"),
        (("--observations", "{stations}"), "nothing to compare was given"),
        (("--forecast", "{stations}", "--observations", "{bare}"), "at least one observed"),
        (("--forecast", "{absent}", "--observations", "{stations}"), "no such file"),
        (("--forecast", "{later}", "--observations", "{stations}"), "no station and valid time"),
        (("--truth", "{stations}", "--observations", "{stations}"), "one of them at a time"),
        (("--truth", "{stations}"), "--truth needs one coarse run"),
        (("--region", "tianjin", "--store", "{absent}"), "tianjin"),
    ],
)
def test_wrong_input_is_one_sentence(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    head = "station,latitude,longitude,elevation"
    row = "54527,39.08,117.07,2.5"
    files = {
        "bare": f"{head}\n{row}\n",
        "stations": f"{head},time,temperature_2m\n{row},2025-04-10T00:00:00Z,1.0\n",
        "later": f"{head},time,temperature_2m\n{row},2025-04-11T00:00:00Z,1.0\n",
    }
    paths = {name: tmp_path / f"{name}.csv" for name in (*files, "absent")}
    for name, text in files.items():
        paths[name].write_text(text, encoding="utf-8")
    code, _, err = command("verify", *(part.format(**paths) for part in arguments))
    said = [line for line in err.splitlines() if line.startswith("error: ")]
    assert code != 0
    assert len(said) == 1, err
    assert sentence in said[0]
    assert "Traceback" not in err
