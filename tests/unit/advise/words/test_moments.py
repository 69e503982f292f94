"""Times as people write them, across midnight and the end of a month."""

from datetime import UTC, datetime

import pytest

from forecast.advise.advisory import Span
from forecast.advise.words.moments import at, full_date, instant, length, moment, span

CHINA = "Asia/Shanghai"

SPANS = [
    ("2025-04-06T19:00:00Z", "2025-04-06T22:00:00Z", "7日凌晨3-6时", "7 Apr 03:00-06:00"),
    ("2025-04-07T01:00:00Z", "2025-04-07T07:00:00Z", "7日9-15时", "7 Apr 09:00-15:00"),
    ("2025-04-06T20:00:00Z", "2025-04-07T03:00:00Z", "7日4-11时", "7 Apr 04:00-11:00"),
    ("2025-04-07T12:00:00Z", "2025-04-07T16:00:00Z", "7日20-24时", "7 Apr 20:00-24:00"),
    ("2025-04-06T16:00:00Z", "2025-04-06T19:00:00Z", "7日凌晨0-3时", "7 Apr 00:00-03:00"),
    (
        "2025-04-30T12:00:00Z",
        "2025-04-30T22:00:00Z",
        "30日20时-1日6时",
        "30 Apr 20:00 - 1 May 06:00",
    ),
    ("2025-04-12", "2025-04-13", "12-13日", "12-13 Apr"),
    ("2025-04-12", "2025-04-12", "12日", "12 Apr"),
    ("2025-04-30", "2025-05-01", "4月30日-5月1日", "30 Apr - 1 May"),
    ("2025-12-31", "2026-01-02", "12月31日-1月2日", "31 Dec - 2 Jan"),
]


@pytest.mark.parametrize(("begins", "ends", "zh", "en"), SPANS)
def test_spans_are_told_by_the_clock_of_the_place(begins: str, ends: str, zh: str, en: str) -> None:
    when = Span(begins=begins, ends=ends)
    assert span(when, zone=CHINA, language="zh") == zh
    assert span(when, zone=CHINA, language="en") == en


def test_a_zone_of_half_hours_tells_minutes() -> None:
    when = Span(begins="2025-04-07T00:00:00Z", ends="2025-04-07T03:00:00Z")
    assert span(when, zone="Asia/Kolkata", language="zh") == "7日05:30-08:30"
    assert moment(when.begins, zone="Asia/Kolkata", language="en") == "7 Apr 05:30"


def test_instants_and_days_stand_within_sentences() -> None:
    assert moment("2025-04-06T21:00:00Z", zone=CHINA, language="zh") == "7日凌晨5时"
    assert at("2025-04-06T21:00:00Z", zone=CHINA, language="en") == "at 05:00 on 7 Apr"
    assert at("2025-04-07", zone=CHINA, language="en") == "on 7 Apr"
    due = datetime(2025, 4, 6, 10, tzinfo=UTC)
    assert instant(due, zone=CHINA, language="zh") == "6日18时"


def test_a_day_stands_with_its_month_or_its_year_where_that_is_asked() -> None:
    day = datetime(2025, 4, 6, tzinfo=UTC).date()
    assert full_date(day, "zh", year=True) == "2025年4月6日"
    assert full_date(day, "en") == "6 Apr"


@pytest.mark.parametrize(
    ("number", "unit", "zh", "en"),
    [(1, "h", "1小时", "1 hour"), (3, "h", "3小时", "3 hours"), (1, "d", "1天", "1 day")],
)
def test_lengths_of_time_know_one_and_several(number: int, unit: str, zh: str, en: str) -> None:
    assert length(number, unit, language="zh") == zh
    assert length(number, unit, language="en") == en
