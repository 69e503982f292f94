"""`zhitian cycles`, `gc`, `rollback` and the command line itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.small_region import SmallRegion


@pytest.fixture
def many(tmp_path: Path) -> tuple[SmallRegion, list[str], list[str]]:
    """A region with five cycles, their names from old to new, and the options that name it."""
    region = SmallRegion.create(tmp_path)
    names = [region.publish(version=version) for version in range(5)]
    return region, names, ["--store", str(region.root), "--region", str(region.file)]


def test_cycles_lists_the_newest_first_with_its_state(zhitian: Callable, many: tuple) -> None:
    _, names, options = many
    outcome = zhitian("cycles", *options)
    lines = [line for line in outcome.out.splitlines() if "ecmwf-ifs" in line]
    assert [line.split()[0] for line in lines] == names[::-1]
    assert "current" in lines[0]
    assert max(map(len, outcome.out.splitlines())) <= 100


def test_cycles_can_be_checked_byte_by_byte(zhitian: Callable, many: tuple) -> None:
    region, names, options = many
    outcome = zhitian("cycles", "--check", *options)
    assert (outcome.code, "every one is whole" in outcome.err) == (0, True)
    folder = region.store.path / "cycles" / names[1]
    shard = next(path for path in folder.glob("series/values/c/**/*") if path.is_file())
    changed = bytearray(shard.read_bytes())
    changed[100] ^= 1
    shard.write_bytes(changed)
    outcome = zhitian("cycles", "--check", *options)
    assert outcome.code == 7
    assert f"1 of 5 cycles are damaged: {names[1]}" in outcome.err
    assert "series/values" in outcome.err


def test_rollback_serves_an_earlier_cycle_and_back(zhitian: Callable, many: tuple) -> None:
    region, names, options = many
    outcome = zhitian("rollback", *options)
    assert outcome.err == f"region smallland: now serving cycle {names[3]}\n"
    assert zhitian("rollback", "--to", names[0], *options).code == 0
    assert region.store.current().id == names[0]
    assert "withdrawn" in zhitian("cycles", *options).out
    assert zhitian("rollback", "--to", names[4], *options).code == 0
    outcome = zhitian("rollback", "--to", "nope", *options)
    assert (outcome.code, names[4] in outcome.err) == (2, True)


def test_gc_keeps_as_many_as_asked_and_never_fewer_than_three(
    zhitian: Callable, many: tuple
) -> None:
    _, names, options = many
    assert "removed nothing" in zhitian("gc", *options).err
    kept = zhitian("gc", "--keep", 3, "--min-age-hours", 0, "--archive-days", 1, *options)
    assert "removed nothing" in kept.err
    outcome = zhitian("gc", "--keep", 3, "--min-age-hours", 0, *options)
    assert (names[0] in outcome.err, names[1] in outcome.err, names[2] in outcome.err) == (
        True,
        True,
        False,
    )
    outcome = zhitian("gc", "--keep", 2, *options)
    assert (outcome.code, "greater than or equal to 3" in outcome.err) == (2, True)


def test_nothing_earlier_and_no_store_are_said(zhitian: Callable, tmp_path: Path) -> None:
    region = SmallRegion.create(tmp_path)
    options = ["--store", str(region.root), "--region", str(region.file)]
    assert "no cycle is published" in zhitian("cycles", *options).err
    outcome = zhitian("rollback", *options)
    assert (outcome.code, "no earlier good cycle" in outcome.err) == (7, True)
    outcome = zhitian("cycles", "--region", region.file, "--store", tmp_path / "none")
    assert (outcome.code, "there is no store" in outcome.err) == (7, True)
    outcome = zhitian("cycles", "--region", "atlantis")
    assert (outcome.code, "known are" in outcome.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nope",), 2, "No such command 'nope'"),
        (("terrain",), 2, "Missing command"),
        (("serve", "--port", "70000"), 2, "65535"),
        (("serve", "--host", "192.0.2.1", "--port", "0"), 3, "cannot be served from"),
        (("point", "--config", "/nonexistent.toml", "--place", "x"), 3, "settings file"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    zhitian: Callable, arguments: tuple, code: int, words: str
) -> None:
    outcome = zhitian(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert words in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_help_names_every_command(zhitian: Callable) -> None:
    for arguments in ((), ("--help",), ("-h",)):
        outcome = zhitian(*arguments)
        assert outcome.code == 0
        for command in ("demo", "run", "downscale", "point", "export", "cycles", "gc", "serve"):
            assert command in outcome.out


def test_a_file_that_cannot_be_written_is_one_sentence(
    zhitian: Callable, region: SmallRegion, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    options = ["--store", str(region.root), "--region", str(region.file)]
    outcome = zhitian("export", "-o", blocked / "out.nc", *options)
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1].startswith("error: ")
