"""A profile told in full: each rule as a sentence, each threshold with unit, place and source."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves
from forecast.advise.profile.names import measure
from forecast.advise.profile.parts import Text
from forecast.advise.profile.phenology import ANY_STAGE, Stage
from forecast.advise.profile.phrases import duration, number, phrase
from forecast.advise.profile.rules import Level, Rule, Water, Window
from forecast.advise.profile.sowing import Sowing, Thermal
from forecast.advise.profile.wording import LIST_SEPARATOR, PHRASES, Language
from forecast.advise.profile.wording_of_pages import PAGES

_JOIN: Final[Mapping[Language, str]] = {"zh": "", "en": " "}


def explain(profile: CropProfile, language: Language) -> str:
    """Everything that a profile says, as plain text with headings.

    Args:
        profile: that was read.
        language: `zh` or `en`.
    """
    return "\n".join(_lines(profile, language)) + "\n"


def _lines(profile: CropProfile, language: Language) -> Iterator[str]:
    words = PAGES[language]
    yield f"# {_text(profile.name, language)} · {profile.label}"
    signed = profile.maintainer.signed
    state = words["signed"].format(by=signed.by, on=signed.on) if signed else words["unsigned"]
    yield words["facts"].format(
        region=_text(profile.region, language),
        day=profile.day_boundary,
        start=profile.valid_from,
        review=profile.review_by,
        maintainer=profile.maintainer.name,
        state=state,
    )
    for place, offset in profile.places.items():
        yield words["place"].format(place=PHRASES[language].places[place], gain=offset.gain)
        yield from _sources(profile, offset.cite, language)
    yield from _phenology(profile, language)
    for sowing in profile.sowing:
        yield from _sowing(profile, sowing, language)
    for rule in profile.rules:
        yield from _rule(profile, rule, language)
    for window in profile.windows:
        yield from _window(profile, window, language)
    if profile.water is not None:
        yield from _water(profile, profile.water, language)


def _phenology(profile: CropProfile, language: Language) -> Iterator[str]:
    words, plan = PAGES[language], profile.phenology
    yield f"\n## {words['stages']}"
    upper = "" if plan.upper is None else words["upper"].format(upper=plan.upper)
    yield words["gdd"].format(
        method=plan.method,
        base=plan.base,
        upper=upper,
        biofix=words[f"biofix_{plan.biofix}"].format(date=plan.fixed_date),
    )
    yield from _sources(profile, plan.cite, language)
    for stage in plan.stages:
        yield f"- {_stage(stage, language)}"


def _stage(stage: Stage, language: Language) -> str:
    words = PAGES[language]
    told = [f"BBCH {stage.bbch[0]}–{stage.bbch[1]}"]
    if stage.gdd_from is not None:
        told.append(words["gdd_from"].format(sum=f"{stage.gdd_from:g}", sd=f"{stage.gdd_sd:g}"))
    if stage.calendar is not None:
        told.append(words["calendar"].format(first=stage.calendar[0], last=stage.calendar[1]))
    return f"{_text(stage.name, language)} ({stage.id}): {LIST_SEPARATOR[language].join(told)}"


def _sowing(profile: CropProfile, sowing: Sowing, language: Language) -> Iterator[str]:
    words = PAGES[language]
    yield f"\n## {words['sowing']}{_text(sowing.name, language)} · {sowing.id}"
    yield words["season"].format(first=sowing.earliest, last=sowing.latest)
    if sowing.last_stage is not None:
        stage = _text(profile.phenology.stage(sowing.last_stage).name, language)
        yield words["last_stage"].format(stage=stage)
    for gate in sowing.thermal:
        yield f"- {_thermal(gate, language)}"
    if sowing.heat_sum is not None:
        low, high = sowing.heat_sum.bounds
        yield "- " + words["heat_sum"].format(
            base=sowing.heat_sum.base, low=f"{low:g}", high=f"{high:g}"
        )
    if sowing.last_frost is not None:
        yield "- " + words["last_frost"].format(
            limit=number(sowing.last_frost.limit_celsius, "degC", language=language),
            green=f"{sowing.last_frost.p_green:.0%}",
            amber=f"{sowing.last_frost.p_amber:.0%}",
        )
    for condition in sowing.avoid:
        yield "- " + words["avoid"].format(condition=phrase(condition, language))
    yield words["chances"].format(
        horizon=duration(sowing.horizon, language),
        green=f"{sowing.p_green:.0%}",
        amber=f"{sowing.p_amber:.0%}",
    )
    yield from _thresholds(sowing.avoid, language)
    yield from _sources(profile, sowing.cite, language)


def _thermal(gate: Thermal, language: Language) -> str:
    words, known = PAGES[language], measure(gate.index)
    notes = [words["method"].format(method=gate.method)]
    if gate.covered_offset is not None:
        outside = gate.threshold_celsius - gate.covered_offset_kelvin
        notes.append(words["covered"].format(limit=number(outside, "degC", language=language)))
    if gate.round_to is not None:
        notes.append(words["rounded"].format(step=gate.round_to))
    limit = number(gate.threshold_celsius, "degC", language=language)
    lowest = gate.not_below_celsius
    return words["rising" if lowest is None else "falling"].format(
        index=known.zh if language == "zh" else known.en,
        limit=limit,
        lowest="" if lowest is None else number(lowest, "degC", language=language),
        notes=LIST_SEPARATOR[language].join(notes),
    )


def _rule(profile: CropProfile, rule: Rule, language: Language) -> Iterator[str]:
    words = PAGES[language]
    name = "" if rule.name is None else f"{words['colon']}{_text(rule.name, language)}"
    yield f"\n## {words[rule.kind]}{name} · {rule.id}"
    season = (
        ""
        if rule.season is None
        else words["season"].format(first=rule.season[0], last=rule.season[1])
    )
    yield _JOIN[language].join(
        part
        for part in (
            words["applies"].format(stages=_stages(profile, rule.stages, language)),
            season,
            words["decide"].format(
                warn=f"{rule.decide.cost_loss:.0%}",
                watch=f"{rule.decide.cost_loss * rule.decide.watch_ratio:.0%}",
            ),
        )
        if part
    )
    for level in rule.levels:
        yield from _level(profile, level, language)


def _level(profile: CropProfile, level: Level, language: Language) -> Iterator[str]:
    words = PAGES[language]
    yield "- " + words["level"].format(
        level=level.level,
        name=_text(level.name, language),
        condition=phrase(level.condition, language),
    )
    yield "  " + words["action"].format(action=_text(level.action, language))
    yield from _thresholds([level.condition], language, indent="  ")
    yield from _sources(profile, level.cite, language, indent="  ")


def _window(profile: CropProfile, window: Window, language: Language) -> Iterator[str]:
    words = PAGES[language]
    yield f"\n## {words['window']}{_text(window.name, language)} · {window.id}"
    light = words["daylight"] if window.daylight_only and window.step == "h" else ""
    yield words["window_applies"].format(
        stages=_stages(profile, window.stages, language),
        length=duration(window.min_length, language),
        light=light,
    )
    yield "- " + words["green"].format(condition=phrase(window.green, language))
    yield "- " + words["amber"].format(condition=phrase(window.amber, language))
    yield from _thresholds([window.green, window.amber], language)
    yield from _sources(profile, window.cite, language)


def _water(profile: CropProfile, water: Water, language: Language) -> Iterator[str]:
    words = PAGES[language]
    yield f"\n## {words['water']}"
    yield words["water_facts"].format(
        kc=" / ".join(f"{value:g}" for value in water.kc),
        days=" / ".join(str(value) for value in water.stage_days),
        p=f"{water.p:g}",
        roots=f"{water.zr_m[0]:g}–{water.zr_m[1]:g}",
        flooded=words["flooded"] if water.flooded else "",
    )
    yield words["watered"].format(stages=_stages(profile, water.stages, language))
    yield from _sources(profile, water.cite, language)


def _stages(profile: CropProfile, names: tuple[str, ...], language: Language) -> str:
    if ANY_STAGE in names:
        return PAGES[language]["any_stage"]
    return LIST_SEPARATOR[language].join(
        _text(profile.phenology.stage(name).name, language) for name in names
    )


def _thresholds(
    conditions: Iterable[AnyCondition], language: Language, *, indent: str = ""
) -> Iterator[str]:
    """Each threshold once, as it is written, in the unit of the vocabulary, and where it holds."""
    words = PAGES[language]
    told = [
        _threshold(leaf, language)
        for condition in conditions
        for leaf in leaves(condition)
        if isinstance(leaf, Comparison)
    ]
    if told:
        yield indent + words["thresholds"].format(list="; ".join(dict.fromkeys(told)))


def _threshold(leaf: Comparison, language: Language) -> str:
    known = leaf.measure
    place = PHRASES[language].places[leaf.at or known.at]
    converted = number(leaf.number, known.units, language=language)
    over = "" if leaf.window is None else f" ({leaf.agg}, {leaf.window})"
    return f"{leaf.var}{over} {leaf.op} {leaf.value} [{converted.strip()}, {place}]"


def _sources(
    profile: CropProfile, keys: tuple[str, ...], language: Language, *, indent: str = ""
) -> Iterator[str]:
    words = PAGES[language]
    for key in keys:
        source = profile.citations[key]
        yield indent + words["source"].format(
            evidence=words[source.evidence], title=source.title, where=source.where
        )


def _text(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en
