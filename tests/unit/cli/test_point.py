"""`zhitian point`: the API's document, CSV, or tables that fit a screen."""

import json
from collections.abc import Callable

import pytest

from tests.support.asking import Api
from tests.support.small_region import SmallRegion

AT = ("--lat", "39.385", "--lon", "117.655")


def test_json_is_the_document_of_the_api(
    zhitian: Callable, here: list, region: SmallRegion
) -> None:
    outcome = zhitian("point", "--place", "宁河", "--daily", "all", "--json", *here)
    assert (outcome.code, outcome.err) == (0, "")
    answer = Api.over(region).get("/v1/forecast", place="宁河", daily="all").json()
    assert json.loads(outcome.out) == answer


def test_csv_is_that_of_the_api(zhitian: Callable, here: list, region: SmallRegion) -> None:
    outcome = zhitian("point", *AT, "--hours", 3, "--csv", *here)
    api = Api.over(region).get("/v1/forecast", lat="39.385", lon="117.655", hours="3", format="csv")
    assert outcome.out == api.text


def test_tables_fit_100_columns_and_say_what_they_are(
    zhitian: Callable, here: list, region: SmallRegion
) -> None:
    outcome = zhitian("point", *AT, "--hourly", "all", "--daily", "all", "--hours", 5, *here)
    assert outcome.code == 0
    assert max(len(line) for line in outcome.out.splitlines()) <= 100
    assert "…" not in outcome.out
    value = region.value("temperature_2m", row=3, column=5, step=6)
    row = next(line for line in outcome.out.splitlines() if "2025-04-10 14:00" in line)
    assert row.split()[2] == f"{value:.1f}"
    assert "SIMULATED" in outcome.err
    assert "run 2025-04-10T00:00:00Z, fresh (6 h old)" in outcome.err
    for word in ("longwave", "deficit", "°C", "dominant"):
        assert word in outcome.out


def test_the_table_shows_two_days_and_a_few_variables_unless_asked(
    zhitian: Callable, here: list
) -> None:
    outcome = zhitian("point", *AT, *here)
    rows = [line for line in outcome.out.splitlines() if line.strip().startswith("2025-")]
    assert len(rows) == 43
    assert "longwave" not in outcome.out
    assert "longwave_down" in outcome.err


def test_a_cycle_that_is_over_is_shown_whole_and_called_expired(
    zhitian: Callable, here: list
) -> None:
    outcome = zhitian("point", *AT, *here[:-1], "2025-05-01T00:00Z")
    assert outcome.code == 0
    assert "expired" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--place", "nowhereatall"), 2, "no such name"),
        (("--lat", "99", "--lon", "1"), 2, "allowed are -90 to 90 degrees north"),
        (("--lat", "nan", "--lon", "1"), 2, "latitude nan"),
        (("--lat", "abc", "--lon", "1"), 2, "'--lat'"),
        ((), 2, "give place, or lat and lon"),
        (("--place", "宁河", "--lat", "3"), 2, "allowed is one of them"),
        (("--lat", "10", "--lon", "10"), 2, "this service covers smallland"),
        ((*AT, "--hourly", "foo"), 2, "foo"),
        ((*AT, "--day", "25:00"), 2, "allowed are local, 20-20"),
        ((*AT, "--cell", "sea"), 2, "allowed are land and nearest"),
        ((*AT, "--cycle", "x"), 2, "this store has published"),
        ((*AT, "--hours", "0"), 2, "allowed are 1 to 384"),
        ((*AT, "--elevation", "1e5"), 2, "-500 to 9000 m"),
        ((*AT, "--json", "--csv"), 2, "allowed is one of them"),
        ((*AT, "--as-of", "2001-01-01T00:00Z"), 7, "no cycle published by 2001"),
        ((*AT, "--nope"), 2, "No such option: --nope"),
    ],
)
def test_each_fault_is_one_sentence_with_its_exit_code(
    zhitian: Callable, here: list, arguments: tuple, code: int, words: str
) -> None:
    outcome = zhitian("point", *arguments, *here)
    assert (outcome.code, outcome.out) == (code, "")
    assert words in outcome.err
    assert outcome.err.startswith("error: ")
    assert len(outcome.err.strip().splitlines()) == 1


def test_strict_refuses_with_the_code_of_an_expired_forecast(zhitian: Callable, here: list) -> None:
    outcome = zhitian("point", *AT, "--strict", *here[:-1], "2025-05-01T00:00Z")
    assert outcome.code == 9


def test_a_region_without_a_cycle_says_what_to_run(zhitian: Callable, tmp_path) -> None:
    empty = SmallRegion.create(tmp_path / "empty")
    options = ["--region", empty.file, "--store", tmp_path / "nothing"]
    outcome = zhitian("point", *AT, *options)
    assert outcome.code == 7
    assert "zhitian run --region smallland" in outcome.err


def test_settings_come_from_the_environment_too(
    zhitian: Callable, region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHITIAN_STORE", str(region.root))
    monkeypatch.setenv("ZHITIAN_REGIONS", str(region.file))
    monkeypatch.setenv("ZHITIAN_NOW", "2025-04-10T06:00Z")
    outcome = zhitian("point", *AT, "--json")
    assert json.loads(outcome.out)["passport"]["age"]["hours"] == 6.0
    monkeypatch.setenv("ZHITIAN_REGION", "x")
    outcome = zhitian("point", *AT)
    assert (outcome.code, "did you mean 'regions'" in outcome.err) == (3, True)


def test_past_days_are_shown_with_their_origin(
    zhitian: Callable, here: list, region: SmallRegion
) -> None:
    asked = ("--past-days", 1, "--hourly", "temperature_2m", "--daily", "temperature_2m_min")
    outcome = zhitian("point", *AT, *asked, "--hours", 3, *here)
    assert (outcome.code, "past: 31 hours from 0 earlier cycles" in outcome.err) == (0, True)
    assert "missing" in outcome.out
    assert "2025-04-09 past" in outcome.out
    assert max(len(line) for line in outcome.out.splitlines()) <= 100
    told = zhitian("point", *AT, *asked, "--json", *here)
    query = {"lat": "39.385", "lon": "117.655", "past_days": "1"}
    names = {"hourly": "temperature_2m", "daily": "temperature_2m_min"}
    assert json.loads(told.out) == Api.over(region).get("/v1/forecast", **query, **names).json()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--past-days", "93"), "allowed are 0 to 92 days"),
        (("--climatology-days", "3"), "without daily"),
        (("--climatology-days", "3", "--daily", "all"), "ZHITIAN_NORMALS"),
        (("--quantiles", "10,x"), "allowed are numbers from 0 to 100"),
        (("--quantiles", "10"), "one forecast, a run of an ensemble"),
        (("--probability", "rain"), "as in precipitation>=1"),
        (("--over", "3"), "without probability"),
        (("--event", "temperature_2m<0"), "one forecast, a run of an ensemble"),
    ],
)
def test_each_fault_of_the_new_options_is_one_sentence(
    zhitian: Callable, here: list, arguments: tuple, words: str
) -> None:
    outcome = zhitian("point", *AT, *arguments, *here)
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_datum_precision_and_doubt_are_those_of_the_api(
    zhitian: Callable, here: list, region: SmallRegion
) -> None:
    asked = ("--datum", "gcj02", "--precision", "50m", "--doubt")
    outcome = zhitian("point", *AT, *asked, "--json", *here)
    query = {"datum": "gcj02", "precision": "50m", "doubt": "true"}
    answer = Api.over(region).get("/v1/forecast", lat="39.385", lon="117.655", **query).json()
    assert json.loads(outcome.out) == answer
    told = zhitian("point", *AT, *asked, *here).err
    assert "if the coordinates are gcj02, the field lies about" in told
    assert "K beside this answer" in told


def test_rounded_coordinates_are_told_with_their_chance(zhitian: Callable, here: list) -> None:
    told = zhitian("point", "--lat", "39.45", "--lon", "117.72", *here).err
    assert "75 % chance that it lies in another cell" in told
    assert "chance" not in zhitian("point", *AT, *here).err
