"""Advice for people on a terminal: lights by day, then what matters, then the rest in short."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

import numpy as np
from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from forecast import SIMULATED_WORDS
from forecast.advise.advice import Timeline
from forecast.advise.advisory import Advisory
from forecast.advise.unjudged import FEW
from forecast.advise.words.catalogue import capital
from forecast.cli.console import console
from forecast.service import AdviceAnswer
from forecast.service.advice.told import ranked
from forecast.times import days as parted_days

Language = Literal["zh", "en"]

MARKS: Final[Mapping[Any, tuple[str, str]]] = {
    1: ("1", "bold black on yellow"),
    2: ("2", "bold black on dark_orange"),
    3: ("3", "bold white on red"),
    4: ("4", "bold white on magenta"),
    "green": ("●", "green"),
    "amber": ("◐", "yellow"),
    "red": ("○", "red"),
    "none": ("·", "dim"),
    "no-data": ("?", "dim"),
    "not-applicable": (" ", "dim"),
}
"""Sign and style of each state; the signs differ, so that they need no colour."""

BEST: Final = ("green", "amber", "red", "no-data", "not-applicable")
"""Lights from the best on: a day of hours has the best light of its hours."""

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "stages": "发育期：",
        "legend": "1–4 级别  ● 适宜  ◐ 较适宜  ○ 不适宜  · 未达标准  ? 资料不足  空白 不适用",
        "reason": "依据",
        "margin": "余量",
        "confidence": "把握",
        "action": "措施",
        "window": "时段",
        "next_window": "下一时段",
        "missing": "缺测",
        "change": "变化",
        "source": "出处",
        "none": "未达标准：",
        "no-data": "资料不足：",
        FEW: "成员太少，不能判断：",
        "not-applicable": "目前不适用：",
        "message": "短信：",
        "notes": "须知",
        "and": "、",
        "read": "已读原文",
        "secondary": "转引",
        "memory": "经验",
    },
    "en": {
        "stages": "Stage: ",
        "legend": "1–4 level  ● suitable  ◐ fair  ○ unsuitable  · none  ? no data  blank: not now",
        "reason": "Why",
        "margin": "Margin",
        "confidence": "How sure",
        "action": "Do",
        "window": "When",
        "next_window": "Then",
        "missing": "Missing",
        "change": "Change",
        "source": "Source",
        "none": "Not expected: ",
        "no-data": "No data for: ",
        FEW: "Too few members for: ",
        "not-applicable": "Not in season: ",
        "message": "Message: ",
        "notes": "To know",
        "and": ", ",
        "read": "read",
        "secondary": "quoted",
        "memory": "from memory",
    },
}
_TOLD: Final = (
    *("reason", "margin", "confidence", "action", "window", "next_window", "missing", "change"),
)
_QUIET: Final = ("none", "no-data", "not-applicable")


def show(answer: AdviceAnswer, language: Language) -> None:
    """Print an answer for people.

    Args:
        answer: of the service.
        language: `zh` or `en`.
    """
    words = _WORDS[language]
    _head(answer, language)
    console.print(_lights(answer, language))
    console.print(words["legend"], style="dim", highlight=False)
    texts = answer.texts(marked=False)
    order = ranked(answer.advice.advisories)
    for advisory in order:
        if not _is_quiet(advisory):
            name = _name(answer, advisory, language)
            _advisory(advisory, texts[advisory.rule][language], name, language=language)
    console.print()
    for why in (*_QUIET, FEW):
        quiet = [one for one in order if _is_quiet(one) and _why_quiet(one) == why]
        names = [_name(answer, one, language) for one in quiet]
        if names:
            _line(words[why] + words["and"].join(dict.fromkeys(names)), style="dim")
    _foot(answer, language)


def _head(answer: AdviceAnswer, language: Language) -> None:
    profile, passport, about = answer.question.profile, answer.passport, answer.about
    words, place = _WORDS[language], about.place(language)
    if passport["simulated"]:
        _line(SIMULATED_WORDS, style="bold red")
    crop = profile.name.zh if language == "zh" else profile.name.en
    _line(f"{place} · {crop} · {passport['elevation_used_m']:.0f} m", style="bold")
    age = passport["age"]
    _line(
        f"{passport['source_label']}, {passport['run_time']}, {age['state']}"
        f" ({age['hours']:.0f} h), {passport['members']['count']} members; {profile.label}"
        f" ({_said(profile.region, language)})"
    )
    _line(answer.heights[language])
    if answer.advice.stages:
        names = (_said(stage.name, language) for stage in answer.advice.stages)
        _line(words["stages"] + words["and"].join(names))


def _lights(answer: AdviceAnswer, language: Language) -> Table:
    """One row for each rule, window and sowing that is in season, one column for each day."""
    lines = answer.advice.timely
    dated = [_by_day(answer, line) for line in lines]
    dates = sorted({day for row in dated for day in row})
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(f"{dates[0]:%Y-%m}" if dates else "", overflow="fold")
    for day in dates:
        table.add_column(f"{day:%d}", justify="center", no_wrap=True)
    by_rule = {one.rule: one for one in answer.advice.advisories}
    names = [_name(answer, by_rule[line.rule], language) for line in lines]
    for line, row, name in zip(lines, dated, names, strict=True):
        cells = [Text(*MARKS[row.get(day, "not-applicable")]) for day in dates]
        table.add_row(name if names.count(name) == 1 else f"{name} ({line.rule})", *cells)
    return table


def _by_day(answer: AdviceAnswer, line: Timeline) -> dict[date, Any]:
    """State of each day of the profile; of hours the best one."""
    if line.step == "d":
        return {
            date.fromisoformat(day): state
            for day, state in zip(line.times, line.states, strict=True)
        }
    profile = answer.question.profile
    times = np.array([np.datetime64(text.removesuffix("Z"), "ns") for text in line.times])
    parted = parted_days(times, boundary=profile.boundary, zone=profile.zone)
    found: dict[date, Any] = {}
    for number, state in zip(parted.number.tolist(), line.states, strict=True):
        day = parted.dates[number].item()
        found[day] = min(found.get(day, state), state, key=BEST.index)
    return found


def _advisory(advisory: Advisory, text: Any, name: str, *, language: Language) -> None:
    words = _WORDS[language]
    sign, style = MARKS[advisory.state]
    if advisory.status == "watch":
        sign, style = "!", "bold yellow"
    console.print()
    title = capital(name)
    state = "" if text.state == title else f"  {text.state}"
    console.print(Text.assemble((f" {sign} ", style), (f" {title}", "bold"), state))
    rows = [(words[key], getattr(text, key)) for key in _TOLD if getattr(text, key)]
    sources = _sources(advisory, language)
    rows += [("" if place else words["source"], one) for place, one in enumerate(sources)]
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, told in rows:
        table.add_row(label, Text(told))
    console.print(Padding(table, (0, 0, 0, 4), expand=False))


def _sources(advisory: Advisory, language: Language) -> Iterator[str]:
    for citation in advisory.citations.values():
        kind = _WORDS[language][citation.evidence]
        yield f"{citation.title} ({citation.where}) [{kind}]"


def _foot(answer: AdviceAnswer, language: Language) -> None:
    document = answer.document()
    words = _WORDS[language]
    for key in ("irrigation", "standing_water"):
        part = document[key]
        for told in _sentences(part["text"][language]) if part and "text" in part else ():
            _line(told)
    message = document["messages"][language]
    if message:
        _line(words["message"] + message, style="bold")
    _line(words["notes"], style="dim")
    for caveat in document["caveats"]:
        _line(f"– {caveat[language]}", style="dim")


def _sentences(told: str | Sequence[str]) -> Sequence[str]:
    return [told] if isinstance(told, str) else told


def _why_quiet(advisory: Advisory) -> str:
    return FEW if advisory.no_data == FEW else str(advisory.state)


def _is_quiet(advisory: Advisory) -> bool:
    """Whether advice needs one word only: nothing is expected, known, or in season."""
    speaks = advisory.status in ("warn", "watch") or advisory.notify
    stands = advisory.state == "no-data" and advisory.name is not None
    return advisory.state in _QUIET and not (speaks or (stands and advisory.action is not None))


def _name(answer: AdviceAnswer, advisory: Advisory, language: Language) -> str:
    """What a rule, window or sowing is called; a nameless rule by its level, or lowest one."""
    named = advisory.rule_name or advisory.name
    if named is not None:
        return _said(named, language)
    rule = next(one for one in answer.question.profile.rules if one.id == advisory.rule)
    return _said(rule.levels[0].name, language)


def _said(text: Any, language: Language) -> str:
    return str(text.zh if language == "zh" else text.en)


def _line(text: str, *, style: str = "") -> None:
    console.print(Text(text, style=style))
