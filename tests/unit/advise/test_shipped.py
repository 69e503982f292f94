"""Every profile that ships loads fast, passes the check and says its sources in two languages."""

import importlib
import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from forecast.advise.checking import check
from forecast.advise.golden import (
    NOT_APPLICABLE,
    NOT_KNOWN,
    EventFile,
    check_events,
    events_path,
)
from forecast.advise.profile import shipped_names, shipped_path, shipped_profile
from forecast.advise.profile.crossing import cited
from forecast.advise.profile.explaining import explain
from forecast.advise.profile.grammar import Comparison, leaves
from forecast.advise.profile.json_schema import json_schema
from forecast.advise.profile.kernels import kernels
from forecast.advise.profile.names import measures
from forecast.advise.profile.parts import Text
from forecast.advise.profile.yaml_tree import read_tree
from forecast.times import DayBoundary
from forecast.variables import catalogue
from tests.support.data import ROOT
from tests.unit.advise.written import written

NAMES = shipped_names()
TODAY = date(2026, 11, 21)
CROPS = {"rice", "tea", "wheat", "maize", "soybean", "cotton", "potato", "vegetables", "apple"}


def test_the_crops_of_the_design_are_there() -> None:
    assert {name.partition(".")[0] for name in NAMES} == CROPS
    assert {"vegetables.open.tianjin", "vegetables.greenhouse.tianjin"} <= set(NAMES)
    assert {"maize.spring.north", "maize.summer.haihe"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_passes_the_check_with_its_golden_events(name: str) -> None:
    report = check(shipped_path(name), today=TODAY)
    assert report.refused == ()
    assert report.warned == ()
    assert report.events


@pytest.mark.parametrize("name", NAMES)
def test_every_source_is_named_and_nothing_from_memory_hides_it(name: str) -> None:
    profile = shipped_profile(name)
    used = {key for _, keys in cited(profile) for key in keys}
    assert used == set(profile.citations)
    for key, citation in profile.citations.items():
        assert not key.startswith("memory_") or citation.evidence == "memory", key


@pytest.mark.parametrize("name", NAMES)
def test_every_level_two_on_memory_alone_is_refused_in_public(name: str) -> None:
    profile = shipped_profile(name)
    bare = {
        f"rules[{rule.id}].levels[{level.level}].cite"
        for rule in profile.rules
        for level in rule.levels
        if level.level >= 2
        and {profile.citations[key].evidence for key in level.cite} == {"memory"}
    }
    report = check(shipped_path(name), today=TODAY, public=True)
    assert {line.split(": ")[1] for line in report.refused} == bare


@pytest.mark.parametrize("name", NAMES)
def test_the_json_schema_takes_what_the_check_takes(name: str) -> None:
    schema = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    content = read_tree(shipped_path(name).read_text(encoding="utf-8")).content
    jsonschema.Draft202012Validator(schema).validate(content)


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_names_every_threshold_place_and_source(name: str) -> None:
    profile = shipped_profile(name)
    conditions = [level.condition for rule in profile.rules for level in rule.levels]
    conditions += [part for window in profile.windows for part in (window.green, window.amber)]
    written = {
        leaf.value for part in conditions for leaf in leaves(part) if isinstance(leaf, Comparison)
    }
    for language in ("zh", "en"):
        text = explain(profile, language)
        assert {value for value in written if value not in text} == set()
        for citation in profile.citations.values():
            assert citation.title in text
            assert citation.where in text
        for rule in profile.rules:
            for level in rule.levels:
                assert getattr(level.name, language) in text
                assert getattr(level.action, language) in text
        assert not re.search(r"\{|\}|None|True|False", text)


def test_names_of_quantities_exist_in_the_vocabulary_with_its_units() -> None:
    for measure in measures().values():
        assert measure.of in catalogue() or measure.of == "sun", measure.name
        if measure.daily:
            assert catalogue()[measure.daily].units == measure.units
            assert catalogue()[measure.daily].role == "daily"
        assert Text(zh=measure.zh, en=measure.en)


def test_models_that_are_named_are_there() -> None:
    for kernel in kernels().values():
        module, _, function = kernel.function.partition(":")
        assert callable(getattr(importlib.import_module(module), function)), kernel.name


def test_the_day_of_a_profile_is_the_agromet_day_of_beijing() -> None:
    profile = shipped_profile("rice.xiaozhan.ninghe")
    assert profile.boundary.start == DayBoundary.parse("20-20").start
    assert profile.zone == "Etc/GMT-8"
    begins = profile.boundary.begins(date(2025, 4, 13), zone=profile.zone)
    assert begins.isoformat() == "2025-04-12T12:00:00+00:00"


@pytest.mark.parametrize("name", NAMES)
def test_each_events_file_is_that_of_its_profile(name: str) -> None:
    assert check_events(shipped_profile(name), events_path(shipped_path(name))) == ()


@pytest.mark.parametrize("name", NAMES)
def test_each_profile_has_three_events_one_without_hazard_and_one_of_a_wrong_stage(
    name: str,
) -> None:
    events = EventFile.model_validate(
        read_tree(events_path(shipped_path(name)).read_text(encoding="utf-8")).content
    ).events
    answers = [set(event.expect) for event in events if event.rule]
    assert len(events) >= 3
    assert any(NOT_APPLICABLE in answer for answer in answers)
    assert any(answer & {1, 2, 3, 4} for answer in answers)
    assert any(answer <= {0, NOT_KNOWN, NOT_APPLICABLE} and 0 in answer for answer in answers)


def test_a_golden_event_in_a_wrong_stage_must_say_so(tmp_path: Path) -> None:
    path = written(tmp_path)
    events = tmp_path / "events" / path.name
    events.parent.mkdir()
    events.write_text(
        "profile: small\nevents:\n  - id: late\n    place: {zh: 某地, en: somewhere}\n"
        "    title: degree-days are not known here\n    evidence: made\n    begins: 2025-03-01\n"
        "    sowing: planting\n    staged: true\n"
        "    series: {tmin: {unit: degC, values: [5]}}\n    expect: [no]\n",
        encoding="utf-8",
    )
    (refused,) = check(path, today=date(2025, 6, 1)).refused
    assert refused.endswith("staged was given for a sowing, which has no stages")


def test_one_changed_threshold_is_caught_by_a_golden_event(tmp_path: Path) -> None:
    name = "rice.xiaozhan.ninghe"
    text = shipped_path(name).read_text(encoding="utf-8")
    before = '{var: tmin, op: "<", value: 7 degC}'
    assert text.count(before) == 1
    changed = tmp_path / f"{name}.yaml"
    changed.write_text(text.replace(before, before.replace("7", "6")), encoding="utf-8")
    events = tmp_path / "events" / changed.name
    events.parent.mkdir()
    events.write_text(events_path(shipped_path(name)).read_text(encoding="utf-8"), encoding="utf-8")
    report = check(changed, today=TODAY)
    assert len(report.refused) == 2
    assert report.refused[0].endswith(
        "tianjin_2025_04_12: nursery.cold_wind must be 2 at 2025-04-12, the profile says 0"
    )


def test_the_page_on_profiles_has_every_quantity_and_model() -> None:
    page = (ROOT / "docs" / "crops.md").read_text(encoding="utf-8")
    tables = page.partition("## Quantities")[2]
    written = set(re.findall(r"^\| `(\w+)` \|", tables, re.MULTILINE))
    assert written == {*measures(), *kernels()}
