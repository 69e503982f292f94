"""Past weather and outlook of a bulletin as sentences."""

from collections.abc import Callable, Iterator

from forecast.advise.profile.wording import Language
from forecast.advise.words.amounts import exactly, wind_force
from forecast.advise.words.catalogue import sentence
from forecast.advise.words.moments import day, days
from forecast.advise.words.summary import OutlookDay, PastWeather

_NORMAL_PERCENT = 100.0


def past_sentences(past: PastWeather | None, language: Language) -> Iterator[str]:
    """Temperature, rain and sunshine of the days before, against normal where it is known."""
    numbers = () if past is None else (past.temperature, past.rain, past.sunshine)
    if past is None or all(number is None for number in numbers):
        yield sentence("past.unknown", language)
        return
    if past.temperature is not None:
        yield sentence(
            f"past.temperature.{_side(past.temperature_difference, 1)}",
            language,
            days=days(past.begins, past.ends, language=language),
            value=_tenths(past.temperature, "degC", language),
            difference=_tenths(abs(past.temperature_difference or 0.0), "K", language),
        )
    if past.rain is not None:
        more = None if past.rain_percent is None else past.rain_percent - _NORMAL_PERCENT
        yield sentence(
            f"past.rain.{_side(more, 0)}",
            language,
            value=_tenths(past.rain, "mm", language),
            difference=exactly(round(abs(more or 0.0)), "%", language=language),
        )
    if past.sunshine is not None:
        yield sentence(
            f"past.sunshine.{_side(past.sunshine_difference, 0)}",
            language,
            value=exactly(round(past.sunshine), "h", language=language),
            difference=exactly(round(abs(past.sunshine_difference or 0.0)), "h", language=language),
        )


def outlook_sentences(outlook: tuple[OutlookDay, ...], language: Language) -> Iterator[str]:
    """Temperatures, rain and gusts of the days to come, and the days of the extremes."""
    told = list(_temperatures(outlook, language))
    told += _rain(outlook, language)
    windy = _most(outlook, lambda one: one.gust)
    if windy is not None and windy.gust is not None:
        value = _tenths(windy.gust, "m s-1", language)
        on, force = day(windy.day, language), str(wind_force(windy.gust))
        told.append(sentence("outlook.gust", language, day=on, value=value, force=force))
    yield from told or [sentence("outlook.unknown", language)]


def _temperatures(outlook: tuple[OutlookDay, ...], language: Language) -> Iterator[str]:
    told = [one.day for one in outlook if one.low is not None or one.high is not None]
    lows = [one.low for one in outlook if one.low is not None]
    highs = [one.high for one in outlook if one.high is not None]
    cold = _most(outlook, lambda one: None if one.low is None else -one.low)
    if not lows or not highs or cold is None or cold.low is None:
        return
    yield sentence(
        "outlook.temperature",
        language,
        days=days(told[0], told[-1], language=language),
        low_from=_whole(min(lows), language),
        low_to=_whole(max(lows), language),
        high_from=_whole(min(highs), language),
        high_to=_whole(max(highs), language),
    )
    value = _whole(cold.low, language)
    yield sentence("outlook.coldest", language, day=day(cold.day, language), value=value)


def _rain(outlook: tuple[OutlookDay, ...], language: Language) -> Iterator[str]:
    wet = _most(outlook, lambda one: one.rain)
    if wet is None or wet.rain is None:
        return
    if round(wet.rain, 1) == 0.0:
        yield sentence("outlook.dry", language)
        return
    total = sum(one.rain for one in outlook if one.rain is not None)
    yield sentence(
        "outlook.rain",
        language,
        total=_tenths(total, "mm", language),
        day=day(wet.day, language),
        value=_tenths(wet.rain, "mm", language),
    )


def _side(difference: float | None, decimals: int) -> str:
    if difference is None:
        return "plain"
    shown = round(difference, decimals)
    return "near" if shown == 0.0 else "above" if shown > 0.0 else "below"


def _most(
    outlook: tuple[OutlookDay, ...], number: Callable[[OutlookDay], float | None]
) -> OutlookDay | None:
    """The day of the highest number; the first of equals."""
    known = [(value, one) for one in outlook if (value := number(one)) is not None]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def _whole(value: float, language: Language) -> str:
    return exactly(float(round(value)), "degC", language=language)


def _tenths(value: float, unit: str, language: Language) -> str:
    return exactly(round(value, 1), unit, language=language)
