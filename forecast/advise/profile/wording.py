"""Whole templates of the sentences about conditions, one set for each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["zh", "en"]

LIST_SEPARATOR: Final[Mapping[Language, str]] = {"zh": "、", "en": ", "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Whole templates of one language; words in braces are filled in.

    Attributes:
        operators: of temperatures and of all else.
        units: by unit of the vocabulary.
        durations: of hours and days, one and several.
        places: where a threshold holds.
        plain: a comparison at the step itself.
        elsewhere: what is compared, where the threshold holds elsewhere.
        windows: a comparison over a window, by what it asks of it.
        sides: of a window.
        run: in a row.
        count: in enough of the last steps.
        negated: not.
        grouped: a condition inside another one.
        joints: between two conditions of which all or any must hold; between several, and before
            the last of them.
        between: a quantity between two thresholds, both of which belong to it.
        model: a model that gives a number.
        given: parameters of a model.
    """

    operators: Mapping[str, tuple[str, str]]
    units: Mapping[str, str]
    durations: Mapping[str, tuple[str, str]]
    places: Mapping[str, str]
    plain: str
    elsewhere: str
    windows: Mapping[str, str]
    sides: Mapping[str, str]
    run: str
    count: str
    negated: str
    grouped: str
    joints: Mapping[str, tuple[str, str, str]]
    between: str
    model: str
    given: str


_ZH: Final = Phrases(
    operators={
        "<": ("低于", "小于"),
        "<=": ("不高于", "不超过"),
        ">": ("高于", "大于"),
        ">=": ("不低于", "不小于"),
    },
    units={
        "degC": "℃",
        "K": "℃",
        "mm": "毫米",
        "m s-1": "米/秒",
        "%": "%",
        "h": "小时",
        "degC d": "℃·日",
        "degree": "°",
        "W m-2": "瓦/平方米",
        "kPa": "千帕",
        "1": "",
    },
    durations={"h": ("{}小时", "{}小时"), "d": ("{}天", "{}天")},
    places={
        "screen": "百叶箱",
        "tunnel": "棚内",
        "leaf": "叶面",
        "soil": "土壤",
        "mast": "10米高度",
        "ground": "地面",
        "sky": "天空",
    },
    plain="{label}{op}{value}",
    elsewhere="{place}{label}（换算到{own}为{limit}）",
    windows={
        "some": "{window}内出现{label}{op}{value}",
        "all": "{window}内{label}始终{op}{value}",
        "sum": "{window}累计{label}{op}{value}",
        "mean": "{window}平均的{label}{op}{value}",
    },
    sides={"next": "未来{}", "past": "过去{}"},
    run="连续{length}及以上{inner}",
    count="过去{within}内至少{length}{inner}",
    negated="不出现以下情况{inner}",
    grouped="（{}）",
    joints={"all": ("，且", "；", "；且"), "any": ("，或", "；", "；或")},
    between="{label}为{low}至{high}",
    model="{label}{given}{op}{value}",
    given="（{}）",
)

_EN: Final = Phrases(
    operators={
        "<": ("below", "below"),
        "<=": ("at most", "at most"),
        ">": ("above", "above"),
        ">=": ("at least", "at least"),
    },
    units={
        "degC": " °C",
        "K": " °C",
        "mm": " mm",
        "m s-1": " m/s",
        "%": " %",
        "h": " h",
        "degC d": " °C d",
        "degree": "°",
        "W m-2": " W/m²",
        "kPa": " kPa",
        "1": "",
    },
    durations={"h": ("{} hour", "{} hours"), "d": ("{} day", "{} days")},
    places={
        "screen": "at the screen",
        "tunnel": "in the tunnel",
        "leaf": "at the leaf",
        "soil": "in the soil",
        "mast": "at 10 m",
        "ground": "at the ground",
        "sky": "in the sky",
    },
    plain="{label} is {op} {value}",
    elsewhere="{label} {place} (this is {limit} {own})",
    windows={
        "some": "at some time within {window}, {label} is {op} {value}",
        "all": "throughout {window}, {label} is {op} {value}",
        "sum": "{label} summed over {window} is {op} {value}",
        "mean": "{label} averaged over {window} is {op} {value}",
    },
    sides={"next": "the next {}", "past": "the past {}"},
    run="for at least {length} in a row {inner}",
    count="in at least {length} out of the past {within} {inner}",
    negated="it is not so that {inner}",
    grouped="({})",
    joints={"all": (" and ", "; ", "; and "), "any": (" or ", "; ", "; or ")},
    between="{label} is {low} to {high}",
    model="{label}{given} is {op} {value}",
    given=" ({})",
)

PHRASES: Final[Mapping[Language, Phrases]] = {"zh": _ZH, "en": _EN}
