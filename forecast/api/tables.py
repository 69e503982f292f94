"""Hours and days as HTML tables for the page."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from forecast.service.chances import quantile_name
from forecast.service.series import NOTHING, PointSeries, unit_sign
from forecast.times import parse_instant
from forecast.variables import variable

HOURLY: Final = (
    "temperature_2m",
    "precipitation",
    "wind_speed_10m",
    "wind_direction_10m",
    "wind_gust_10m",
    "relative_humidity_2m",
    "cloud_cover",
)
DAILY: Final = (
    "temperature_2m_min",
    "temperature_2m_max",
    "precipitation_sum",
    "wind_gust_10m_max",
    "relative_humidity_2m_min",
)
LEVELS: Final = (10.0, 90.0)
DIRECTION: Final = "wind_direction_10m"


def hour_table(series: PointSeries, words: dict[str, Any], *, language: str) -> str:
    """The next hours, one row each; only what the cycle holds."""
    names = [name for name in HOURLY if name in series.names]
    beside = [*series.column_rows()] if series.columns else [[""] for _ in series.times()]
    rows = [
        [
            time[5:],
            *(
                _compass(value, words) if name == DIRECTION else value
                for name, value in zip(names, values, strict=True)
            ),
            *_spread(series, more),
        ]
        for (time, *values), (_, *more) in zip(series.rows(names), beside, strict=True)
    ]
    heads = [_head(name, language, with_unit=name != DIRECTION) for name in names]
    if series.columns:
        heads += [words["range"], words["chance"]]
    return _table(words["hours"], [words["time"], *heads], rows)


def day_table(series: PointSeries, words: dict[str, Any], *, language: str, now: datetime) -> str:
    """The days that are not over, one row each."""
    names = [name for name in DAILY if name in series.daily]
    ends = series.daily["end"]
    rows = [
        row
        for row, end in zip(series.daily_rows(names), ends, strict=True)
        if parse_instant(end) > now
    ]
    heads = [_head(name, language) for name in names]
    return _table(words["days"], [words["day"], *heads], rows)


def _spread(series: PointSeries, cells: Sequence[str]) -> list[str]:
    """Range of the temperature and chance of rain in per cent, out of the columns of members."""
    if not series.columns:
        return []
    told = dict(zip((column.name for column in series.columns), cells, strict=True))
    low, high = (told.get(quantile_name(HOURLY[0], level), NOTHING) for level in LEVELS)
    chance = next((cell for name, cell in told.items() if name.startswith("prob")), NOTHING)
    per_cent = chance if chance == NOTHING else f"{100 * float(chance):.0f} %"
    return [f"{low} … {high}", per_cent]


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in rest)
        + "</tr>"
        for first, *rest in rows
    )
    name = escape(caption)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{name}">'
        f"<table><caption>{name}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(name: str, language: str, *, with_unit: bool = True) -> str:
    entry = variable(name)
    label = entry.label_zh if language == "zh" else entry.label_en
    return f"{label} {unit_sign(name)}" if with_unit else label


def _compass(degrees: str, words: dict[str, Any]) -> str:
    """Name of the eighth of the circle that the wind comes from."""
    if degrees == NOTHING:
        return NOTHING
    names: list[str] = words["compass"]
    return names[round(float(degrees) / 45.0) % len(names)]
