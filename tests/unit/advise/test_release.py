"""Public use needs sources or a signature; what is due is told."""

from datetime import date
from pathlib import Path

from forecast.advise.profile import load_profile
from forecast.advise.profile.release import public_faults, warnings
from tests.unit.advise.written import written

SIGNED = (
    "maintainer: example agency",
    "maintainer: {name: an agency, signed: {by: An Agronomist, on: 2025-02-01, version: 0.1.0}}",
)

NAMED = ("  - id: frost\n", "  - id: frost\n    name: {zh: 春霜冻, en: spring frost}\n")


def test_a_level_two_on_memory_alone_is_not_public(tmp_path: Path) -> None:
    (fault,) = public_faults(load_profile(written(tmp_path)))
    assert fault.path == ("rules", 0, "levels", 1, "cite")
    assert fault.sentence.startswith("level 2 rests on memory alone (standard); for public use")


def test_one_source_that_was_read_is_enough(tmp_path: Path) -> None:
    assert public_faults(load_profile(written(tmp_path, ("[standard]", "[standard, page]")))) == ()


def test_a_signature_for_this_version_is_enough(tmp_path: Path) -> None:
    assert public_faults(load_profile(written(tmp_path, SIGNED))) == ()


def test_an_offset_from_memory_is_memory_too(tmp_path: Path) -> None:
    changes = (
        ("gain: 3 delta_degC, cite: [page]", "gain: 3 delta_degC, cite: [standard]"),
        ("value: 2 degC}, within", "value: 2 degC, at: tunnel}, within"),
        ("cite: [standard]\n        action", "cite: [page]\n        action"),
    )
    (fault,) = public_faults(load_profile(written(tmp_path, *changes)))
    assert "uses the offset of the tunnel" in fault.sentence


def test_an_overdue_review_is_a_warning_from_the_day_after(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, NAMED))
    assert warnings(profile, date(2026, 1, 15)) == ()
    (said,) = warnings(profile, date(2026, 1, 16))
    assert said == "small@0.1.0 needs review: it was due by 2026-01-15, today is 2026-01-16"
    (said,) = warnings(profile, date(2024, 12, 31))
    assert "is not valid yet" in said


def test_rules_without_a_name_are_read_and_warned_of(tmp_path: Path) -> None:
    nameless = load_profile(written(tmp_path))
    assert nameless.rules[0].name is None
    (said,) = warnings(nameless, date(2026, 1, 15))
    assert said.startswith("small@0.1.0 gives no name to frost, which are titled by their levels")
