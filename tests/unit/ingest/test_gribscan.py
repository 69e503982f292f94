"""The structural walk over GRIB files: everything is found or named, nothing loops."""

from pathlib import Path

import eccodes
import numpy as np
import pytest

from forecast.ingest.filebytes import FileBytes
from forecast.ingest.gribscan import GribScan, scan
from forecast.ingest.limits import DecodeLimits
from tests.support.made_grib import message


def scanned(path: Path, content: bytes, **limits: int) -> GribScan:
    path.write_bytes(content)
    return scan(path, limits=DecodeLimits(**limits))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.grib"


@pytest.mark.parametrize("edition", [1, 2])
def test_every_message_is_found_where_it_stands(path: Path, edition: int) -> None:
    first, second = message(edition=edition), message(edition=edition, step=3)
    found = scanned(path, first + second)
    assert [(field.offset, field.length) for field in found.fields] == [
        (0, len(first)),
        (len(first), len(second)),
    ]
    assert found.faults == ()
    assert {field.points for field in found.fields} == {192}


def test_zeros_and_bulletin_headings_between_messages_are_no_fault(path: Path) -> None:
    heading = b"\x01\r\r\n123\r\r\nYTCD85 KWBC 100000\r\r\n"
    found = scanned(path, bytes(72) + message() + bytes(5000) + heading + message() + bytes(12))
    assert len(found.fields) == 2
    assert found.faults == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>503</html>", "HTML"),
        (b"\n<?xml version='1.0'?><Error>NoSuchKey</Error>", "XML"),
        (b"latitude;longitude\n1;2\n" * 30, "no GRIB message"),
        (bytes(range(256)) * 8, "no GRIB message"),
        (b"GRIB", "ends within a message header"),
        (b"GRIB\x00\x00\x10\x07" + bytes(40), "edition 7"),
        (b"GRIB\x00\x00\x00\x01" + bytes(40), "length of 0 bytes"),
        (b"GRIB\x00\x00\x00\x02" + bytes(40), "length of 0 bytes"),
    ],
)
def test_a_file_without_messages_is_named_for_what_it_is(
    path: Path, content: bytes, reason: str
) -> None:
    found = scanned(path, content)
    assert found.fields == ()
    assert len(found.faults) == 1
    assert reason in found.faults[0].reason


@pytest.mark.parametrize("edition", [1, 2])
def test_a_cut_anywhere_within_a_message_is_reported(path: Path, edition: int) -> None:
    whole = message(edition=edition)
    for length in range(1, len(whole)):
        found = scanned(path, whole + whole[:length])
        assert len(found.fields) == 1, length
        assert len(found.faults) == 1, length


def test_a_wrong_length_costs_that_message_only(path: Path) -> None:
    good = message()
    for length in (1, 100, len(good) - 1, len(good) + 1, 2**31):
        bad = good[:8] + length.to_bytes(8, "big") + good[16:]
        found = scanned(path, good + bad + good)
        assert [field.offset for field in found.fields] == [0, 2 * len(good)], length
        assert [fault.offset for fault in found.faults] == [len(good)], length


def test_a_damaged_start_is_reported_as_bytes_without_message(path: Path) -> None:
    good = message()
    found = scanned(path, good + b"GRIP" + good[4:] + good)
    assert len(found.fields) == 2
    assert "belong to no GRIB message" in found.faults[0].reason


def test_a_179_byte_bomb_is_refused_before_decoding(path: Path) -> None:
    bomb = _bomb()
    assert len(bomb) <= 200
    found = scanned(path, bomb)
    assert found.fields == ()
    assert "1,600,000,000 grid points" in found.faults[0].reason


def test_more_messages_than_allowed_end_the_walk(path: Path) -> None:
    found = scanned(path, message() * 6, messages=4)
    assert len(found.fields) == 5
    assert "more than 4 messages" in found.faults[-1].reason


def test_false_starts_by_the_thousand_are_read_a_bounded_number_of_times(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    read = FileBytes.read

    def counted(source: FileBytes, offset: int, length: int) -> bytes:
        lengths.append(length)
        return read(source, offset, length)

    monkeypatch.setattr(FileBytes, "read", counted)
    content = b"GRIB\x00\x00\x40\x02" * 60_000
    found = scanned(path, content, messages=1000)
    assert 21_000 < len(lengths) < 10 * 21_000
    assert sum(lengths) < 20 * len(content)
    assert found.fields == ()
    assert "too many false message starts" in found.faults[-1].reason


def test_fields_that_share_one_message_are_told_apart(path: Path) -> None:
    single = message()
    sections = _sections(single)
    repeated = b"".join(sections[number] for number in (4, 5, 6, 7))
    body = b"".join(sections[number] for number in (1, 3, 4, 5, 6, 7)) + repeated
    joined = single[:8] + (16 + len(body) + 4).to_bytes(8, "big") + body + b"7777"
    found = scanned(path, joined + single)
    assert [field.number for field in found.fields] == [1, 2, 3]
    assert [len(field.pieces) for field in found.fields] == [6, 6, 0]
    assert found.faults == ()


def test_edition_1_messages_above_8_megabytes_are_measured_right(path: Path) -> None:
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib1")
    for key, value in {"Ni": 2200, "Nj": 2200, "bitsPerValue": 16}.items():
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set_values(handle, np.linspace(250.0, 310.0, 2200 * 2200))
    long = bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    assert len(long) > 2**23
    found = scanned(path, long + message(edition=1))
    assert found.fields[0].length == len(long)
    assert len(found.fields) == 2
    assert found.faults == ()


def _sections(whole: bytes) -> dict[int, bytes]:
    found, position = {}, 16
    while whole[position : position + 4] != b"7777":
        length = int.from_bytes(whole[position : position + 4], "big")
        found[whole[position + 4]] = whole[position : position + length]
        position += length
    return found


def _bomb() -> bytes:
    """A constant field (0 bits per value) that declares 40,000 × 40,000 points."""
    sections = _sections(message(np.full((12, 16), 280.0)))
    grid = bytearray(sections[3])
    grid[6:10] = (40_000**2).to_bytes(4, "big")
    grid[30:38] = (40_000).to_bytes(4, "big") * 2
    packing = bytearray(sections[5])
    packing[5:9] = (40_000**2).to_bytes(4, "big")
    body = sections[1] + grid + sections[4] + packing + sections[6] + sections[7][:5]
    body = body[: -len(sections[7][:5])] + (5).to_bytes(4, "big") + b"\x07"
    return b"GRIB\x00\x00\x00\x02" + (16 + len(body) + 4).to_bytes(8, "big") + body + b"7777"
