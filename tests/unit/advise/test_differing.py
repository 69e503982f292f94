"""A changed threshold asks for a minor version, a changed meaning for a major one."""

from pathlib import Path

import pytest

from forecast.advise.profile import load_profile
from forecast.advise.profile.differing import Weight, compare
from tests.unit.advise.written import SMALL, written

RULE = SMALL.split("rules:\n")[1].split("windows:")[0]
SECOND = ("rules:\n", "rules:\n" + RULE.replace("id: frost", "id: frost_two"))

CHANGES = [
    (("value: 4 degC", "value: 3 degC"), Weight.THRESHOLD, "0.2.0"),
    (("value: 4 degC", "value: 39.2 degF"), Weight.WORDING, "0.1.1"),
    (("within: 24 h", "within: 12 h"), Weight.THRESHOLD, "0.2.0"),
    (("window: next 3 h", "window: next 6 h"), Weight.THRESHOLD, "0.2.0"),
    (("window: next 3 h", "window: past 3 h"), Weight.MEANING, "1.0.0"),
    (("cost_loss: 0.15", "cost_loss: 0.2"), Weight.THRESHOLD, "0.2.0"),
    (("gdd_sd: 15", "gdd_sd: 20"), Weight.THRESHOLD, "0.2.0"),
    (('op: "<=", value: 4', 'op: "<", value: 4'), Weight.MEANING, "1.0.0"),
    (("stages: [buds, plucking]", "stages: [buds]"), Weight.MEANING, "1.0.0"),
    (("method: simple", "method: modified"), Weight.MEANING, "1.0.0"),
    (("method: ma5_longest_run", "method: consecutive_5"), Weight.MEANING, "1.0.0"),
    (("en: prepare covers", "en: get the covers"), Weight.WORDING, "0.1.1"),
    (("evidence: read", "evidence: secondary"), Weight.WORDING, "0.1.1"),
    (("review_by: 2026-01-15", "review_by: 2027-01-15"), Weight.WORDING, "0.1.1"),
    (
        ("rules:\n", "rules:\n" + RULE.replace("id: frost", "id: frost_two")),
        Weight.THRESHOLD,
        "0.2.0",
    ),
    (('day_boundary: "20:00', 'day_boundary: "08:00'), Weight.MEANING, "1.0.0"),
]


@pytest.mark.parametrize(("change", "weight", "due"), CHANGES)
def test_a_change_has_its_weight_and_its_due_version(
    change: tuple[str, str], weight: Weight, due: str, tmp_path: Path
) -> None:
    before = load_profile(written(tmp_path))
    after = load_profile(written(tmp_path, change))
    found = compare(before, after)
    assert (found.weight, found.due, found.enough) == (weight, due, False)
    assert len(found.changes) == 1 or weight is Weight.MEANING


def test_a_rule_that_went_changes_the_meaning(tmp_path: Path) -> None:
    before = load_profile(written(tmp_path, SECOND))
    found = compare(before, load_profile(written(tmp_path)))
    assert [(change.path, change.weight) for change in found.changes] == [
        ("rules.frost_two", Weight.MEANING)
    ]


def test_the_same_profile_has_no_difference_and_its_version_is_enough(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path))
    found = compare(profile, profile)
    assert (found.changes, found.weight, found.enough) == ((), Weight.NONE, True)


def test_a_raised_version_is_enough(tmp_path: Path) -> None:
    before = load_profile(written(tmp_path))
    changes = (("value: 4 degC", "value: 3 degC"), ("version: 0.1.0", "version: 0.2.0"))
    assert compare(before, load_profile(written(tmp_path, *changes))).enough


def test_a_name_that_a_rule_was_given_is_told_in_both_languages_as_wording(tmp_path: Path) -> None:
    before = load_profile(written(tmp_path))
    named = ("  - id: frost\n", "  - id: frost\n    name: {zh: 春霜冻, en: spring frost}\n")
    found = compare(before, load_profile(written(tmp_path, named)))
    assert {(change.path, change.after) for change in found.changes} == {
        ("rules.frost.name.zh", "春霜冻"),
        ("rules.frost.name.en", "spring frost"),
    }
    assert (found.weight, found.due) == (Weight.WORDING, "0.1.1")
