"""A broken profile is refused with file, line, path and one sentence that helps."""

from pathlib import Path

import pytest

from forecast.advise.profile import load_profile
from forecast.errors import InvalidProfile, UnknownName
from tests.unit.advise.written import SMALL, written

SEVEN = {
    "a temperature in millimetres": (
        ("value: 4 degC", "value: 4 mm"),
        (
            "40: rules[frost].levels[1].if.value: '4 mm' is a length; t2m is a temperature,"
            " as in '4 degC'"
        ),
    ),
    "a unit that is missing": (
        ("value: 4 degC", "value: '4'"),
        "40: rules[frost].levels[1].if.value: '4' has no unit; write t2m as in '4 degC'",
    ),
    "a unit that is missing behind a bare number": (
        ("value: 4 degC", "value: 4"),
        "40: rules[frost].levels[1].if.value: '4' has no unit; write t2m as in '4 degC'",
    ),
    "an unknown stage": (
        ("stages: [buds, plucking]", "stages: [buds, pluckin]"),
        (
            "35: rules[frost].stages[1]: there is no stage 'pluckin' under phenology;"
            " did you mean 'plucking'?"
        ),
    ),
    "a citation that is not defined": (
        ("cite: [standard]", "cite: [standart, standard]"),
        (
            "46: rules[frost].levels[2].cite[0]: citation 'standart' is not defined under"
            " citations; did you mean 'standard'?"
        ),
    ),
    "a citation that is not used": (
        ("cite: [standard]", "cite: [page]"),
        (
            "59: citations.standard: citation 'standard' is used nowhere; cite it where it belongs"
            " or remove it"
        ),
    ),
    "a misspelt key": (
        ("    stages: [buds, plucking]", "    stagess: [buds, plucking]"),
        "35: rules[frost].stagess: there is no key 'stagess'; did you mean 'stages'?",
    ),
    "levels that do not rise": (
        ("level: 2", "level: 1"),
        (
            "37: rules[frost].levels: levels [1, 1] do not rise; each level stands once, the lowest"
            " first"
        ),
    ),
    "hours and days in one rule": (
        ("if: {var: t2m, op", "if: {var: tmin, op"),
        (
            "33: rules[frost]: a rule mixes hours and days: t2m is hourly, tmin is daily; use"
            " quantities of one step"
        ),
    ),
}

MORE = {
    "a base without a unit": (("base: 7 degC", "base: 7"), "'7' has no unit; write base as in"),
    "a gate without a unit": (
        ("threshold: 10 degC", "threshold: 10"),
        "'10' has no unit; write threshold as in",
    ),
    "a condition of unknown form": (
        ('{var: t2m, op: "<=", value: 4 degC}', '{vars: t2m, op: "<=", value: 4 degC}'),
        "there is no key 'vars'; did you mean 'var'?",
    ),
    "an unknown quantity": (("var: precip", "var: precp"), "did you mean precip?"),
    "a threshold that cannot be reached": (
        ("value: 4 degC", "value: 4 K"),
        "a threshold of -269.15 degC was written; t2m lies between -90 and 60 degC",
    ),
    "an unknown unit": (("value: 4 degC", "value: 4 degCC"), "did you mean 'degC'?"),
    "agg without window": (
        (", agg: sum, window: next 3 h", ", agg: sum"),
        "windows[pluck].green.all[0].agg: agg and window come together",
    ),
    "a window in hours on days": (("window: next 5 d", "window: next 5 h"), "tmin is daily"),
    "the sum of a temperature": (("agg: min", "agg: sum"), "the sum of tmin was asked"),
    "hours in a sowing": (
        (
            '{var: tmin, op: "<", value: 2 degC, agg: min',
            '{var: t2m, op: "<", value: 2 degC, agg: min',
        ),
        "sowing is judged by the day, but t2m is hourly",
    ),
    "days in a window of hours": (
        ("amber: {var: t2m", "amber: {var: tmin"),
        "the step of the window is hourly, but tmin is daily",
    ),
    "an offset that nobody declared": (
        ("value: 4 degC", "value: 4 degC, at: leaf"),
        "t2m is measured at the screen, the threshold holds at the leaf",
    ),
    "a stage called any": (("id: buds", "id: any"), "means every stage"),
    "stages that do not rise": (("gdd_from: 153.6", "gdd_from: 50"), "does not rise: 60, 50"),
    "a day that is none": (('"03-25"', '"02-30"'), "'02-30' is no day of the year"),
    "a duration that is none": (("at_least: 2 h", "at_least: two"), "'two' is no duration"),
    "another language": (("zh: 轻度霜冻", "zh: light"), "zh 'light' holds no Chinese character"),
    "only one language": (
        ("{zh: 采茶, en: plucking}", "{zh: 采茶}"),
        "windows[pluck].name.en: this key is missing",
    ),
    "a key twice": (("version: 0.1.0", "version: 0.1.0\nversion: 0.2.0"), "'version' stands twice"),
    "an anchor": (("cite: [standard]", "cite: &a [standard]"), "anchors (& and *) are not read"),
    "another schema": (("agroprofile/1", "agroprofile/2"), "it should be 'agroprofile/1'"),
    "a name that is not the file's": (("id: small", "id: tiny"), "the file is called small"),
    "an unknown zone": (("20:00+08:00", "20:00 Asia/Shangai"), "Asia/Shanghai"),
    "a window twice": (
        ("windows:\n", "windows:\n" + SMALL.split("windows:\n")[1].split("citations:")[0]),
        "the name 'pluck' stands twice under windows",
    ),
    "no yaml": (("rules:", "rules: ]"), "this is no YAML"),
    "an expression": (("value: 4 degC", "value: 2*2 degC"), "has the unit"),
    "a review before its validity": (("2026-01-15", "2024-01-15"), "is not after valid_from"),
    "a bad method": (("ma5_longest_run", "ma5"), "it should be 'ma5_longest_run'"),
    "amber above green": (
        ("horizon: 7 d", "horizon: 7 d\n    p_amber: 0.9"),
        "p_amber 0.9 is not below",
    ),
    "an unknown model": (
        ('if: {var: t2m, op: "<=", value: 4 degC}', "if: {model: huton}"),
        "there is no model 'huton'; did you mean 'hutton'?",
    ),
}


@pytest.mark.parametrize("case", SEVEN)
def test_the_kinds_of_broken_profile_are_refused_with_file_line_path_and_sentence(
    case: str, tmp_path: Path
) -> None:
    change, sentence = SEVEN[case]
    path = written(tmp_path, change)
    with pytest.raises(InvalidProfile) as refused:
        load_profile(path)
    assert str(refused.value) == f"{path}:{sentence}"


@pytest.mark.parametrize("case", MORE)
def test_other_slips_are_refused_too(case: str, tmp_path: Path) -> None:
    change, sentence = MORE[case]
    with pytest.raises(InvalidProfile) as refused:
        load_profile(written(tmp_path, change))
    assert sentence in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, ("value: 4 degC", "value: 4 mm"), ("min_length: 3 h", "min_length: 3"))
    with pytest.raises(InvalidProfile) as refused:
        load_profile(path)
    assert len(str(refused.value).splitlines()) == 2


def test_a_difference_is_no_temperature(tmp_path: Path) -> None:
    changes = (
        ("gain: 3 delta_degC", "gain: 3 degC"),
        ("value: 4 degC", "value: 4 degC, at: tunnel"),
    )
    with pytest.raises(InvalidProfile, match="'3 degC' is a temperature; gain is a difference"):
        load_profile(written(tmp_path, *changes))


def test_words_that_yaml_takes_for_numbers_stay_words(tmp_path: Path) -> None:
    path = written(tmp_path, ('"20:00+08:00"', "20:00+08:00"), ("en: somewhere", "en: no"))
    loaded = load_profile(path)
    assert (loaded.region.en, loaded.day_boundary) == ("no", "20:00+08:00")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_bytes("名".encode("gb18030"))
    with pytest.raises(InvalidProfile, match="save it as UTF-8"):
        load_profile(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"none\.yaml.*cannot be read"):
        load_profile(tmp_path / "none.yaml")


@pytest.mark.parametrize("text", ["", "[]", "- a", "a: b", "7"])
def test_what_is_no_profile_at_all_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidProfile):
        load_profile(path)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    deep = "{not: " * 100 + '{var: t2m, op: "<=", value: 4 degC}' + "}" * 100
    path = written(tmp_path, ('{var: t2m, op: "<=", value: 4 degC}', deep))
    with pytest.raises(InvalidProfile, match="nested deeper than 40"):
        load_profile(path)


def test_a_signature_is_for_one_version(tmp_path: Path) -> None:
    signed = "maintainer: {name: a, signed: {by: An Agronomist, on: 2025-02-01, version: 0.0.9}}"
    with pytest.raises(InvalidProfile, match=r"the signature is for version 0\.0\.9"):
        load_profile(written(tmp_path, ("maintainer: example agency", signed)))
