"""Times as people write them: 7日凌晨3-6时, 7 Apr 03:00-06:00; days as 12-13日, 12-13 Apr.

Instants are told in the zone of the place. An hour that ends a day is its 24th.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from forecast.advise.advisory import Span
from forecast.advise.profile.wording import Language
from forecast.advise.words.catalogue import table
from forecast.times import zone_info

_EARLY: Final = 6
"""Hours of the morning that Chinese calls 凌晨 begin before this one."""

_DATE_LENGTH: Final = len("2025-04-07")


def is_date(text: str) -> bool:
    """Whether a time of advice is a day, not an instant."""
    return len(text) == _DATE_LENGTH


def local(text: str, zone: str) -> datetime:
    """An instant of advice by the clock of the zone."""
    return utc(text).astimezone(zone_info(zone))


def date_of(text: str, zone: str) -> date:
    """The day of the month of a time of advice by the calendar of the zone."""
    return date.fromisoformat(text) if is_date(text) else local(text, zone).date()


def day(on: date, language: Language) -> str:
    """A day of the present: 7日, 7 Apr."""
    return _filled("day", language, **_slots(on))


def full_date(on: date, language: Language, *, year: bool = False) -> str:
    """A day with its month: 4月7日, 7 Apr; or with its year."""
    return _filled("year_date" if year else "date", language, **_slots(on))


def clock(at: datetime, language: Language) -> str:
    """The time of the day: 凌晨3时, 03:00."""
    key = "clock" if at.minute else "early" if 0 < at.hour < _EARLY else "hour"
    return _filled(key, language, hour=str(at.hour), clock=f"{at:%H:%M}")


def instant(at: datetime, *, zone: str, language: Language) -> str:
    """An instant: 7日凌晨3时, 7 Apr 03:00."""
    there = at.astimezone(zone_info(zone))
    return _instant(there, language)


def moment(text: str, *, zone: str, language: Language) -> str:
    """A time of advice, instant or day."""
    if is_date(text):
        return day(date.fromisoformat(text), language)
    return _instant(local(text, zone), language)


def at(text: str, *, zone: str, language: Language) -> str:
    """A time of advice within a sentence: 7日凌晨3时, at 03:00 on 7 Apr."""
    if is_date(text):
        return _filled("on_day", language, date=day(date.fromisoformat(text), language))
    there = local(text, zone)
    return _filled(
        "at_instant",
        language,
        date=day(there.date(), language),
        clock=clock(there, language),
    )


def date_in(year: int, day_of_year: str) -> date:
    """The day of a profile, as `04-15`, in a year; 29 February needs a leap year."""
    return date.fromisoformat(f"{year}-{day_of_year}")


def span(when: Span, *, zone: str, language: Language) -> str:
    """A time with its end."""
    if is_date(when.begins):
        return days(
            date.fromisoformat(when.begins), date.fromisoformat(when.ends), language=language
        )
    return hours(local(when.begins, zone), local(when.ends, zone), language=language)


def days(first: date, last: date, *, language: Language) -> str:
    """Days from the first to the last: 12-13日, 30 Apr - 1 May."""
    if first == last:
        return day(first, language)
    if (first.year, first.month) != (last.year, last.month):
        return _filled(
            "days_across",
            language,
            first=full_date(first, language),
            last=full_date(last, language),
        )
    slots = _slots(last)
    return _filled("days", language, begin=str(first.day), end=str(last.day), **slots)


def hours(begin: datetime, end: datetime, *, language: Language) -> str:
    """Hours by the clock of their zone: 7日凌晨3-6时, 30日20时-1日6时."""
    midnight = end.hour == end.minute == 0 and end.date() == begin.date() + timedelta(days=1)
    if begin.date() != end.date() and not midnight:
        return _filled(
            "hours_across",
            language,
            first=_instant(begin, language),
            last=_instant(end, language),
        )
    end_hour = 24 if midnight else end.hour
    early = begin.hour < _EARLY and end_hour <= _EARLY
    key = "hours_clock" if begin.minute or end.minute else "hours_early" if early else "hours"
    return _filled(
        key,
        language,
        date=day(begin.date(), language),
        begin=str(begin.hour),
        end=str(end_hour),
        begin_clock=f"{begin:%H:%M}",
        end_clock=f"{end_hour:02d}:{end.minute:02d}",
    )


def length(number: float, unit: str, *, language: Language) -> str:
    """A length of time in hours `h` or days `d`: 3小时, 3 hours."""
    text = f"{round(number, 1):g}"
    what = "hour" if unit == "h" else "day"
    return _filled(f"one_{what}" if text == "1" else f"several_{what}s", language, number=text)


def utc(text: str) -> datetime:
    """A time of advice, aware; of a day its midnight."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _instant(at: datetime, language: Language) -> str:
    return _filled("instant", language, date=day(at.date(), language), clock=clock(at, language))


def _slots(on: date) -> dict[str, str]:
    month = _formats("en")["months"][on.month - 1]
    return {"day": str(on.day), "number": str(on.month), "year": str(on.year), "month": month}


def _filled(key: str, language: Language, **slots: str) -> str:
    return str(_formats(language)[key]).format(**slots)


@cache
def _formats(language: Language) -> dict[str, Any]:
    return dict(table("times")[language])
