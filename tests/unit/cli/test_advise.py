"""`zhitian advise`: the API's document, the bulletin, or lights and sentences on a screen."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.advice import own_crops
from tests.support.asking import Api
from tests.support.small_region import SmallRegion

AT = ("--place", "宁河", "--crop", "rice")


def test_json_is_the_document_of_the_api(
    zhitian: Callable, here: list, region: SmallRegion
) -> None:
    said = ("--sown", "2025-04-05", "--stage", "nursery", "--stage-on", "2025-04-09")
    ground = ("--covered", "--soil", "clay", "--soil-moisture", "80")
    outcome = zhitian("advise", *AT, *said, *ground, "--json", *here)
    assert (outcome.code, outcome.err) == (0, "")
    query = {"place": "宁河", "crop": "rice", "sown": "2025-04-05", "stage": "nursery"}
    more = {"stage_on": "2025-04-09", "covered": "true", "soil": "clay", "soil_moisture": "80"}
    answer = Api.over(region).get("/v1/advisories", **query, **more).json()
    assert json.loads(outcome.out) == answer


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("小地", "发育期：", "级别", "须知", "模拟情景")),
        ("en", ("Stage: ", "To know", "level")),
    ],
)
def test_lights_and_sentences_fit_100_columns(
    zhitian: Callable, here: list, lang: str, words: tuple[str, ...]
) -> None:
    outcome = zhitian("advise", *AT, "--lang", lang, *here)
    assert (outcome.code, outcome.err) == (0, "")
    assert max(len(line) for line in outcome.out.splitlines()) <= 100
    assert "SIMULATED" in outcome.out
    for word in words[1:]:
        assert word in outcome.out, outcome.out


def test_what_is_warned_of_stands_first_with_its_source(
    zhitian: Callable, here: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHITIAN_CROPS", str(own_crops(tmp_path)))
    outcome = zhitian("advise", "--place", "宁河", "--crop", "small", "--lang", "en", *here)
    lines = outcome.out.splitlines()
    lights = next(line for line in lines if line.strip().startswith("moderate frost"))
    assert set(lights.split()[2:]) <= {"2", "?", "·"}
    first = next(line for line in lines if line.startswith(" 2  Moderate frost"))
    window = next(line for line in lines if line.startswith(" ○  Plucking"))
    assert lines.index(first) < lines.index(window)
    assert "某标准 (not read) [from memory]" in outcome.out


@pytest.mark.parametrize(("suffix", "start"), [(".txt", None), (".html", "<!doctype html>")])
def test_a_bulletin_is_written_where_it_is_asked(
    zhitian: Callable, here: list, tmp_path: Path, suffix: str, start: str | None
) -> None:
    path = tmp_path / f"公报{suffix}"
    outcome = zhitian("advise", *AT, "--bulletin", path, *here)
    assert (outcome.code, outcome.out) == (0, "")
    assert str(path) in outcome.err
    text = path.read_text(encoding="utf-8")
    assert "宁河" in text
    assert "模拟" in text
    if start is not None:
        assert text.lower().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--place", "宁河"), 2, "Missing option '--crop'"),
        (("--crop", "rice"), 2, "give place, or lat and lon"),
        (("--place", "宁河", "--crop", "ricee"), 2, "did you mean rice?"),
        (("--place", "宁河", "--crop", "maize"), 2, "maize.spring.north, maize.summer.haihe"),
        (("--place", "nowhereatall", "--crop", "rice"), 2, "no such name"),
        ((*AT, "--lat", "3"), 2, "allowed is one of them"),
        (("--lat", "abc", "--lon", "1", "--crop", "rice"), 2, "'--lat'"),
        (("--lat", "39.4", "--crop", "rice"), 2, "give place, or lat and lon"),
        ((*AT, "--elevation", "1e5"), 2, "-500 to 9000 m"),
        ((*AT, "--sown", "10.4."), 2, "allowed are dates, as in 2025-04-10"),
        ((*AT, "--sown", "2026-01-01"), 2, "allowed are days from 2024-03-06"),
        ((*AT, "--stage", "ripe"), 2, "rice.xiaozhan.ninghe has pre_sowing"),
        ((*AT, "--stage-on", "2025-04-09"), 2, "stage_on was asked without stage"),
        ((*AT, "--stage", "nursery", "--stage-on", "2025-05-01"), 2, "to 2025-04-10"),
        ((*AT, "--soil", "mud"), 2, "the table has sand"),
        ((*AT, "--soil-moisture", "200"), 2, "0 to 150 % of field capacity"),
        ((*AT, "--soil-moisture", "nan"), 2, "soil_moisture nan"),
        ((*AT, "--cycle", "x"), 2, "this store has published"),
        ((*AT, "--as-of", "2001-01-01T00:00Z"), 7, "no cycle published by 2001"),
        ((*AT, "--cell", "sea"), 2, "allowed are land and nearest"),
        ((*AT, "--lang", "de"), 2, "'--lang'"),
        ((*AT, "--bulletin", "report.pdf"), 2, "files that end in .html or .txt"),
        ((*AT, "--bulletin", "report.txt", "--json"), 2, "allowed is one of them"),
        ((*AT, "--output", "grades.nc"), 2, "allowed is one of them"),
        ((*AT, "--nope"), 2, "No such option: --nope"),
    ],
)
def test_each_fault_is_one_sentence_with_its_exit_code(
    zhitian: Callable, here: list, arguments: tuple, code: int, words: str
) -> None:
    outcome = zhitian("advise", *arguments, *here)
    assert (outcome.code, outcome.out) == (code, "")
    assert words in outcome.err
    assert outcome.err.startswith("error: ")
    assert len(outcome.err.strip().splitlines()) == 1


def test_nothing_is_advised_from_an_expired_forecast(zhitian: Callable, here: list) -> None:
    outcome = zhitian("advise", *AT, *here[:-1], "2025-05-01T00:00Z")
    assert (outcome.code, outcome.out) == (9, "")
    assert "expired: nothing is advised from it" in outcome.err


def test_a_refused_profile_of_the_operator_stops_the_command(
    zhitian: Callable, here: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crops = own_crops(tmp_path, ("base: 7 degC", "base: 7 mm"))
    monkeypatch.setenv("ZHITIAN_CROPS", str(crops))
    outcome = zhitian("advise", *AT, *here)
    assert (outcome.code, outcome.out) == (3, "")
    assert f"{crops / 'small.yaml'}:13: phenology: '7 mm' is a length" in outcome.err
