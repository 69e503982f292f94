"""Advice on the page at `/plain`: lights in words, what to do, why and how sure, without script."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html import escape
from typing import Any, Final

from forecast.advise.advisory import Advisory
from forecast.advise.profile.wording import Language
from forecast.errors import ZhitianError
from forecast.service import AdviceAnswer, ForecastService, ask_advice
from forecast.service.advice.told import ranked

LIGHTS: Final[Mapping[Any, str]] = {
    "watch": "!",
    "green": "●",
    "amber": "◐",
    "red": "○",
    "none": "·",
    "no-data": "?",
}
"""Sign of each state but the levels, whose word is their number; none needs its colour."""

QUIET: Final = ("none", "no-data", "not-applicable")
_TOLD: Final = ("window", "next_window", "reason", "margin", "confidence", "missing", "change")


def advice_section(
    service: ForecastService, *, place: str, crop: str, words: Mapping[str, Any], language: Language
) -> str:
    """What to do for a crop at a place, as HTML.

    Args:
        service: that is asked.
        place: as typed.
        crop: id of its profile, or a name.
        words: of the page in its language.
        language: `zh` or `en`.

    Raises:
        ZhitianError: there is no such crop or place, or nothing to advise from.
    """
    answer = service.advise(ask_advice(service, place=place, crop=crop))
    document = answer.document()
    texts = answer.texts(marked=False)
    order = ranked(answer.advice.advisories)
    title = words["advice"].replace("$crop", document["crop"]["name"][language])
    cards = "".join(
        _card(one, texts[one.rule][language], words, name=_name(answer, one, language))
        for one in order
        if not _is_quiet(one)
    )
    return (
        f'<section aria-labelledby="advice"><h2 id="advice">{escape(title)}</h2>'
        + _stages(document, words, language)
        + _message(document["messages"][language], words)
        + (f'<ul class="cards">{cards}</ul>' if cards else _line(words["calm"], kind="calm"))
        + "".join(_quiet(answer, order, words, language=language))
        + _notes((document["heights"], *document["caveats"]), words, language)
        + "</section>"
    )


def crop_options(service: ForecastService, *, chosen: str, language: Language) -> str:
    """The crops of the service as options of a list; the chosen one is selected.

    Args:
        service: that knows them.
        chosen: id or name, or empty; nothing is selected where it is not known.
        language: `zh` or `en`.
    """
    with suppress(ZhitianError):
        chosen = service.knowledge.crops.named(chosen).id if chosen else ""
    found = sorted((crop["name"][language], crop["id"]) for crop in service.crops())
    return "".join(
        f'<option value="{escape(name)}"{" selected" if name == chosen else ""}>'
        f"{escape(label)}</option>"
        for label, name in found
    )


def _card(one: Advisory, text: Any, words: Mapping[str, Any], *, name: str) -> str:
    """One light with its word, what to do first, then when, why and how sure."""
    shown = "watch" if one.status == "watch" else one.state
    word = _of_today(one, words["lights"][str(shown)], words)
    work = one.kind in ("window", "sowing")
    sign = f'<span aria-hidden="true">{LIGHTS[shown]}</span> ' if shown in LIGHTS else ""
    head = f'<span class="light {_tone(shown)}">{sign}{escape(word)}</span> {escape(_begun(name))}'
    said = "" if work or text.state in (None, name) else f"<p>{escape(_begun(text.state))}</p>"
    rows = [_line(_begun(text.action), kind="do", label=words["action"])] if text.action else []
    rows += [
        _line(_begun(told), kind="about", label=_label(key, words, work=work))
        for key in _TOLD
        if (told := getattr(text, key)) and not (key == "change" and one.change == "first")
    ]
    return f"<li><h3>{head}</h3>{said}{''.join(rows)}</li>"


def _of_today(one: Advisory, word: str, words: Mapping[str, Any]) -> str:
    """The word of a light; that of sowing is of today, while its days may be others."""
    if one.kind != "sowing" or one.window is None:
        return word
    return str(words["today"]).replace("$state", word.lower())


def _label(key: str, words: Mapping[str, Any], *, work: bool) -> str:
    return str(words["suits"] if work and key == "window" else words["told"][key])


def _tone(shown: Any) -> str:
    return f"level-{shown}" if isinstance(shown, int) else f"is-{shown}"


def _quiet(
    answer: AdviceAnswer, order: Iterable[Advisory], words: Mapping[str, Any], *, language: Language
) -> Iterator[str]:
    """What is not expected, not known or not in season, one line each."""
    quiet = [one for one in order if _is_quiet(one)]
    for state in QUIET:
        names = [_name(answer, one, language) for one in quiet if one.state == state]
        if names:
            listed = words["comma"].join(dict.fromkeys(names))
            yield _line(listed, kind="about", label=words["quiet"][state])


def _is_quiet(one: Advisory) -> bool:
    stands = one.state == "no-data" and one.name is not None and one.action is not None
    speaks = one.status in ("warn", "watch") or one.notify or stands
    return one.state in QUIET and not speaks


def _name(answer: AdviceAnswer, one: Advisory, language: Language) -> str:
    """What a rule, window or sowing is called; a nameless rule by its lowest level."""
    named = one.rule_name or one.name
    if named is None:
        rule = next(rule for rule in answer.question.profile.rules if rule.id == one.rule)
        named = rule.levels[0].name
    return str(getattr(named, language))


def _stages(document: Mapping[str, Any], words: Mapping[str, Any], language: Language) -> str:
    names = [stage["name"][language] for stage in document["stages"]]
    told = words["comma"].join(names) or words["no_stage"]
    return _line(told, kind="about", label=words["stage"])


def _message(message: str | None, words: Mapping[str, Any]) -> str:
    """The text to hand on, of at most seventy characters."""
    if not message:
        return ""
    label = f'<p class="about">{escape(words["message"])}</p>'
    return f'{label}<blockquote class="message">{escape(message)}</blockquote>'


def _notes(told: Iterable[Mapping[str, str]], words: Mapping[str, Any], language: Language) -> str:
    rows = "".join(f"<li>{escape(one[language])}</li>" for one in told)
    return f"<details><summary>{escape(words['notes'])}</summary><ul>{rows}</ul></details>"


def _line(text: str, *, kind: str, label: str = "") -> str:
    before = f"<b>{escape(label)}</b> " if label else ""
    return f'<p class="{kind}">{before}{escape(text)}</p>'


def _begun(text: str) -> str:
    """A text that begins with a capital letter."""
    return text[:1].upper() + text[1:]
