"""Indexes: lines as the centres publish them, the choice of messages, merged ranges."""

import pytest

from forecast.errors import SourceUnavailable
from forecast.ingest import ecmwf_index, gfs_index
from forecast.ingest.messages import Message, Span, choose, merge
from forecast.ingest.sources import load_source

ECMWF_20260524 = """\
{"domain": "g", "date": "20260524", "time": "0000", "expver": "0001", "class": "od", \
"type": "fc", "stream": "oper", "levtype": "sfc", "step": "0", "param": "nsss", \
"_offset": 0, "_length": 224}
{"domain": "g", "date": "20260524", "time": "0000", "expver": "0001", "class": "od", \
"type": "fc", "stream": "oper", "step": "0", "levtype": "sfc", "param": "z", \
"_offset": 224, "_length": 896851}
{"domain": "g", "date": "20260524", "time": "0000", "expver": "0001", "class": "od", \
"type": "fc", "stream": "oper", "step": "0", "levtype": "sfc", "param": "msl", \
"_offset": 897075, "_length": 523506}
{"domain": "g", "date": "20260524", "time": "0000", "expver": "0001", "class": "od", \
"type": "fc", "stream": "oper", "step": "0", "levelist": "3", "levtype": "sol", "param": "sot", \
"_offset": 1962940, "_length": 631815}
"""
"""Lines of a real index (ECMWF open data, CC BY 4.0)."""

GFS_F003 = """\
1:0:d=2026050700:TMP:850 mb:3 hour fcst:
2:1500:d=2026050700:TMP:2 m above ground:3 hour fcst:
3:4500:d=2026050700:APCP:surface:0-3 hour acc fcst:
4:6000:d=2026050700:APCP:surface:0-3 hour acc fcst:
5:7500:d=2026050700:TCDC:entire atmosphere:3 hour fcst:
6:9000:d=2026050700:TCDC:entire atmosphere:0-3 hour ave fcst:
7.1:9500:d=2026050700:UGRD:10 m above ground:3 hour fcst:
7.2:9500:d=2026050700:VGRD:10 m above ground:3 hour fcst:
8:9900:d=2026050700:DSWRF:surface:0-3 hour ave fcst:
"""


def _line(**keys: object) -> str:
    base = '"type": "fc", "stream": "oper", "levtype": "sfc", "step": "6"'
    more = ", ".join(f'"{key}": {value!r}'.replace("'", '"') for key, value in keys.items())
    return f"{{{base}, {more}}}\n"


def test_a_real_ecmwf_index_gives_offsets_and_levels() -> None:
    entries = ecmwf_index.parse(ECMWF_20260524, name="here")
    assert [(e.code, e.level, e.offset, e.length) for e in entries] == [
        ("nsss", "sfc", 0, 224),
        ("z", "sfc", 224, 896851),
        ("msl", "sfc", 897075, 523506),
        ("sot", "sol 3", 1962940, 631815),
    ]


def test_members_of_an_ensemble_are_numbers_and_the_control_is_0() -> None:
    text = _line(param="2t", _offset=0, _length=9, type="cf")
    text += _line(param="2t", _offset=9, _length=9, type="pf", number="33")
    text += _line(param="2t", _offset=18, _length=9, type="ep")
    assert [e.member for e in ecmwf_index.parse(text, name="here")] == [0, 33]


@pytest.mark.parametrize("line", ["<!DOCTYPE html>", '{"param": "2t"}', "[1]", '{"a": '])
def test_what_is_no_ecmwf_index_is_refused_with_the_line(line: str) -> None:
    with pytest.raises(SourceUnavailable, match="index here is not usable: line 2"):
        ecmwf_index.parse(f"{_line(param='2t', _offset=0, _length=9)}{line}\n", name="here")


def test_a_negative_offset_or_an_empty_message_is_refused() -> None:
    with pytest.raises(SourceUnavailable, match="not usable"):
        ecmwf_index.parse(_line(param="2t", _offset=-1, _length=9), name="here")
    with pytest.raises(SourceUnavailable, match="not usable"):
        ecmwf_index.parse(_line(param="2t", _offset=1, _length=0), name="here")


def test_a_gfs_message_ends_where_the_next_one_begins() -> None:
    entries = gfs_index.parse(GFS_F003, name="here")
    assert entries[1].length == 3000
    assert entries[-1].length is None


def test_gfs_submessages_share_their_bytes() -> None:
    u, v = (e for e in gfs_index.parse(GFS_F003, name="here") if e.level == "10 m above ground")
    assert (u.offset, u.length) == (v.offset, v.length) == (9500, 400)


def test_gfs_intervals_in_days_are_hours() -> None:
    text = "1:0:d=2026050700:APCP:surface:0-10 day acc fcst:\n2:9:d=2026050700:X:y:anl:\n"
    entry = gfs_index.parse(text, name="here")[0]
    assert (entry.start, entry.end) == (0, 240)


def test_gfs_times_within_the_hour_are_left_out() -> None:
    text = "1:0:d=2026050700:TMP:surface:15 min fcst:\n2:9:d=2026050700:TMP:surface:60 min fcst:\n"
    assert [entry.end for entry in gfs_index.parse(text, name="here")] == [1]


@pytest.mark.parametrize("line", ["<html>", "1:0:2026:TMP:surface:anl:", "1:x:d=2026:TMP:s:anl:"])
def test_what_is_no_gfs_index_is_refused_with_the_line(line: str) -> None:
    with pytest.raises(SourceUnavailable, match="index here is not usable: line 1"):
        gfs_index.parse(f"{line}\n", name="here")


def _chosen(text: str, step: int) -> dict[str, int]:
    entries = gfs_index.parse(text, name="here")
    choice = choose(entries, load_source("noaa-gfs").parameters, step=step, members=(None,))
    return {name: entry.offset for name, _, entry in choice.found}


def test_the_screen_temperature_is_not_that_of_another_level() -> None:
    assert _chosen(GFS_F003, 3)["2t"] == 1500


def test_the_instant_cloud_is_chosen_beside_its_mean() -> None:
    assert _chosen(GFS_F003, 3)["tcc"] == 7500


def test_two_equal_sums_give_the_first() -> None:
    assert _chosen(GFS_F003, 3)["tp"] == 4500


def test_the_bucket_is_chosen_before_the_sum_since_the_start() -> None:
    text = (
        "1:0:d=2026050700:APCP:surface:0-9 hour acc fcst:\n"
        "2:50:d=2026050700:APCP:surface:6-9 hour acc fcst:\n"
        "3:90:d=2026050700:X:surface:anl:\n"
    )
    assert _chosen(text, 9)["tp"] == 50


def test_a_message_of_another_step_is_not_taken() -> None:
    assert _chosen(GFS_F003, 6) == {}


def test_the_gust_is_found_under_both_of_its_names() -> None:
    parameters = load_source("ecmwf-ifs").parameters
    text = _line(param="10fg3", _offset=5, _length=9)
    entries = ecmwf_index.parse(text, name="here")
    choice = choose(entries, parameters, step=6, members=(None,))
    assert [(name, entry.offset) for name, _, entry in choice.found] == [("10fg", 5)]
    assert "2t" in choice.lacking
    assert "msl" not in choice.lacking, "optional"


def test_adjacent_messages_are_one_range() -> None:
    messages = [
        Message(offset=o, length=n, parameter="x", step=0, member=None)
        for o, n in ((100, 50), (0, 10), (10, 5), (151, 9), (100, 50))
    ]
    assert merge(messages) == [
        Span(start=0, stop=15),
        Span(start=100, stop=150),
        Span(start=151, stop=160),
    ]


def test_an_ensemble_of_files_names_its_member_in_every_line() -> None:
    text = """\
1:0:d=2025080100:TMP:2 m above ground:15 hour fcst:ENS=+1
2:900:d=2025080100:APCP:surface:12-15 hour acc fcst:ENS=+1
3:1700:d=2025080100:TMP:2 m above ground:15 hour fcst:ENS=low-res ctl
4:2500:d=2025080100:TMP:2 m above ground:15 hour fcst:
"""
    assert [entry.member for entry in gfs_index.parse(text, name="here")] == [1, 1, 0, None]
