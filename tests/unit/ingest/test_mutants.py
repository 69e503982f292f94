"""Damaged files by the hundred: the reader survives all, and no truncation goes unsaid."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from forecast import ingest
from forecast.errors import UnreadableFile
from tests.support.made_grib import message, smooth_field

PACKINGS = ("grid_simple", "grid_ccsds", "grid_complex_spatial_differencing", "grid_jpeg")
FLIPS, CUTS = 30, 12


def file_of(packing: str) -> tuple[bytes, list[int]]:
    """Three steps of one parameter, and the offsets where messages end."""
    parts = [message(smooth_field(280.0 + s), step=s, packingType=packing) for s in range(3)]
    return b"".join(parts), np.cumsum([len(part) for part in parts]).tolist()


def outcome(path: Path) -> tuple[int, str]:
    """Number of steps read, and everything that was said about the rest."""
    try:
        run = ingest.read(path)
    except UnreadableFile as error:
        return 0, str(error)
    report = run.report
    said = [*report.refused, *map(str, report.missing), *report.duplicates]
    return sum(field.sizes["step"] for field in run.fields), "; ".join(said)


def flipped(content: bytes, chance: random.Random) -> Iterator[bytes]:
    """One bit changed; every other mutant in the headers, where it does most harm."""
    for number in range(FLIPS):
        damaged = bytearray(content)
        place = chance.randrange(200) if number % 2 else chance.randrange(len(content))
        damaged[place] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


@pytest.mark.parametrize("packing", PACKINGS)
def test_flipped_bits_never_reach_the_reader_as_a_crash(tmp_path: Path, packing: str) -> None:
    content, _ = file_of(packing)
    chance = random.Random(20250410)
    for number, mutant in enumerate(flipped(content, chance)):
        path = tmp_path / f"{number}.grib"
        path.write_bytes(mutant)
        steps, said = outcome(path)
        assert steps >= 2 or said, f"{packing}, mutant {number}: lost without a word"


@pytest.mark.parametrize("packing", PACKINGS)
def test_truncations_are_always_reported(tmp_path: Path, packing: str) -> None:
    content, ends = file_of(packing)
    chance = random.Random(20250410)
    lengths = [chance.randrange(1, len(content)) for _ in range(CUTS)]
    lengths += [ends[0] + 1, ends[1] - 1, ends[2] - 1]
    for length in sorted(set(lengths) - set(ends)):
        path = tmp_path / f"{length}.grib"
        path.write_bytes(content[:length])
        steps, said = outcome(path)
        assert steps == sum(end <= length for end in ends), length
        assert said, f"{packing}, cut at {length}: nothing was said"


def test_a_file_cut_between_messages_lacks_what_was_expected(tmp_path: Path) -> None:
    content, ends = file_of("grid_simple")
    path = tmp_path / "cut.grib"
    path.write_bytes(content[: ends[1]])
    expected = [ingest.Combination("2t", hours) for hours in (0, 1, 2)]
    report = ingest.read(path, expected=expected).report
    assert [str(cell) for cell in report.missing] == ["2t +2 h"]
    assert not report.complete


def test_blocks_of_zeros_are_survived(tmp_path: Path) -> None:
    content, _ = file_of("grid_ccsds")
    for start in range(0, len(content) - 64, 97):
        path = tmp_path / f"{start}.grib"
        path.write_bytes(content[:start] + bytes(64) + content[start + 64 :])
        steps, said = outcome(path)
        assert steps >= 2 or said
