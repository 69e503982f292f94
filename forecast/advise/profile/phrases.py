"""Conditions as sentences, in Chinese and in English, from whole templates for each form."""

from forecast.advise.profile.grammar import (
    AllOf,
    AnyCondition,
    AnyOf,
    Comparison,
    Count,
    ModelTest,
    Not,
    Run,
)
from forecast.advise.profile.kernels import Kernel, Setting
from forecast.advise.profile.names import Measure
from forecast.advise.profile.parts import hours_of
from forecast.advise.profile.wording import LIST_SEPARATOR, PHRASES, Language


def phrase(condition: AnyCondition, language: Language) -> str:
    """A condition as part of a sentence, without a full stop."""
    words = PHRASES[language]
    match condition:
        case Comparison():
            return compared(condition, language)
        case ModelTest():
            return _modelled(condition, language)
        case AllOf():
            return _joined(_spanned(condition.all, language), words.joints["all"])
        case AnyOf():
            parts = [_part(each, language) for each in condition.any]
            return _joined(parts, words.joints["any"])
        case Run():
            inner = _inner(condition.run, language)
            return words.run.format(length=duration(condition.at_least, language), inner=inner)
    return _about(condition, language)


def compared(comparison: Comparison, language: Language) -> str:
    """One comparison as a sentence, with the place where its threshold holds."""
    words = PHRASES[language]
    known = comparison.measure
    label = _label(known, language)
    if comparison.offset:
        label = words.elsewhere.format(
            label=label,
            place=words.places[comparison.at or known.at],
            own=words.places[known.at],
            limit=number(comparison.limit, known.units, language=language),
        )
    parts = {
        "label": label,
        "op": words.operators[comparison.op][0 if known.units in {"degC", "K", "%"} else 1],
        "value": number(comparison.number, known.units, language=language),
    }
    if comparison.window is None or comparison.width == 1:
        return words.plain.format(**parts)
    side, _, length = comparison.window.partition(" ")
    window = words.sides[side].format(duration(length, language))
    return words.windows[_asks(comparison)].format(window=window, **parts)


def number(value: float, units: str, *, language: Language) -> str:
    """A number with its unit, as people write it."""
    text = f"{round(value, 2):g}".replace("-", "−")
    return f"{text}{PHRASES[language].units[units]}"


def duration(text: str, language: Language) -> str:
    """`6 h` as 6小时 or 6 hours."""
    count, step = text.split()
    one, several = PHRASES[language].durations[step]
    return (one if count == "1" else several).format(count)


def _about(condition: Count | Not, language: Language) -> str:
    words = PHRASES[language]
    if isinstance(condition, Not):
        return words.negated.format(inner=words.grouped.format(phrase(condition.negated, language)))
    within = condition.within
    if within.endswith("h") and hours_of(within) == 1:
        return phrase(condition.count, language)
    return words.count.format(
        length=duration(condition.at_least, language),
        within=duration(within, language),
        inner=_inner(condition.count, language),
    )


def _modelled(test: ModelTest, language: Language) -> str:
    words, known = PHRASES[language], test.kernel
    label = _label(known, language)
    told = [
        f"{_label(setting, language)} {test.given.get(name, setting.default)}"
        for name, setting in known.parameters.items()
    ]
    given = words.given.format(LIST_SEPARATOR[language].join(told)) if told else ""
    if test.number is None:
        return f"{label}{given}"
    value = number(test.number, known.units, language=language)
    operator = words.operators[str(test.op)][1]
    return words.model.format(label=label, given=given, op=operator, value=value)


def _joined(phrases: list[str], joints: tuple[str, str, str]) -> str:
    """Conditions in a row: with one word between two of them, as a list where there are more."""
    both, between, last = joints
    if len(phrases) <= 2:
        return both.join(phrases)
    return last.join([between.join(phrases[:-1]), phrases[-1]])


def _spanned(conditions: tuple[AnyCondition, ...], language: Language) -> list[str]:
    """Phrases of conditions that all must hold; at least and at most of one quantity as one."""
    told: list[str] = []
    done: set[int] = set()
    for place, condition in enumerate(conditions):
        if place in done:
            continue
        other = next(
            (
                later
                for later in range(place + 1, len(conditions))
                if _bounds(condition, conditions[later])
            ),
            None,
        )
        if other is None:
            told.append(_part(condition, language))
        else:
            done.add(other)
            told.append(_between(condition, conditions[other], language))
    return told


def _bounds(one: AnyCondition, other: AnyCondition) -> bool:
    """Whether two comparisons of the hour or day itself are the bounds of one span."""
    return (
        isinstance(one, Comparison)
        and isinstance(other, Comparison)
        and (one.op, other.op) == (">=", "<=")
        and (one.var, one.at, one.window, other.window) == (other.var, other.at, None, None)
        and not one.offset
    )


def _between(one: AnyCondition, other: AnyCondition, language: Language) -> str:
    low, high = (each for each in (one, other) if isinstance(each, Comparison))
    known = low.measure
    return PHRASES[language].between.format(
        label=_label(known, language),
        low=f"{round(low.number, 2):g}".replace("-", "−"),
        high=number(high.number, known.units, language=language),
    )


def _part(condition: AnyCondition, language: Language) -> str:
    """A condition among others, in brackets where it is a list itself."""
    text = phrase(condition, language)
    is_list = isinstance(condition, AllOf | AnyOf)
    return PHRASES[language].grouped.format(text) if is_list else text


def _inner(condition: AnyCondition, language: Language) -> str:
    """A condition inside another one, in brackets where it is more than a comparison."""
    text = phrase(condition, language)
    if isinstance(condition, Comparison):
        return text
    return PHRASES[language].grouped.format(text)


def _asks(comparison: Comparison) -> str:
    """What a window asks: of some step, of all steps, of the sum or of the mean."""
    if comparison.agg in {"sum", "mean"}:
        return str(comparison.agg)
    upward = comparison.op[0] == ">"
    return "some" if upward == (comparison.agg == "max") else "all"


def _label(named: Measure | Kernel | Setting, language: Language) -> str:
    return named.zh if language == "zh" else named.en
