"""What pydantic refused, in our words: line, path as people read it, one sentence."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from forecast.advise.profile.crossing import Fault, Path
from forecast.advise.profile.grammar import not_a_condition
from forecast.advise.profile.parts import Refused
from forecast.advise.profile.yaml_tree import Tree

_PLAIN: Final = {
    "missing": "this key is missing",
    "string_type": "a text was expected",
    "int_type": "a whole number was expected",
    "int_parsing": "a whole number was expected",
    "int_from_float": "a whole number was expected",
    "float_type": "a number was expected",
    "float_parsing": "a number was expected",
    "bool_type": "true or false was expected",
    "bool_parsing": "true or false was expected",
    "list_type": "a list was expected",
    "tuple_type": "a list was expected",
    "dict_type": "a mapping was expected",
    "mapping_type": "a mapping was expected",
    "model_type": "a mapping was expected",
    "model_attributes_type": "a mapping was expected",
    "date_from_datetime_parsing": "a date was expected, as in 2026-02-01",
    "date_parsing": "a date was expected, as in 2026-02-01",
    "date_type": "a date was expected, as in 2026-02-01",
    "too_short": "at least one entry was expected",
}
"""What is wrong, in our words, by pydantic's name for it."""

_SHOWN: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One fault with its place in a file.

    Attributes:
        line: from 1.
        path: as people read it: `rules[frost.spring].levels[2].if.value`.
        sentence: what is wrong and what is allowed.
    """

    line: int
    path: str
    sentence: str

    @classmethod
    def at(cls, fault: Fault, tree: Tree) -> "Refusal":
        """A fault with its line."""
        path = spoken(fault.path, tree.content)
        return cls(line=tree.line(fault.path), path=path, sentence=fault.sentence)


def located(error: ValidationError, tree: Tree) -> tuple[Refusal, ...]:
    """Everything that pydantic refused of a tree."""
    return tuple(Refusal.at(fault, tree) for fault in _faults(error))


def _faults(error: ValidationError) -> list[Fault]:
    faults: list[Fault] = []
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if not str(part).startswith("<"))
        refused = detail.get("ctx", {}).get("error")
        if isinstance(refused, Refused):
            at = (*path, refused.key) if refused.key else path
            faults += refused.faults or (Fault(at, str(refused)),)
        else:
            faults.append(Fault(path, _sentence(dict(detail))))
    return [fault for fault in faults if not _follows(fault, faults)]


def _follows(fault: Fault, others: list[Fault]) -> bool:
    """Whether a list seems empty only because its entries were refused."""
    inner = (other.path for other in others if other is not fault)
    size = len(fault.path)
    return fault.sentence.endswith(_PLAIN["too_short"]) and any(
        path[:size] == fault.path and len(path) > size for path in inner
    )


def _sentence(detail: dict[str, Any]) -> str:
    kind = detail["type"]
    if kind == "union_tag_not_found":
        return not_a_condition(detail["input"])
    plain = _PLAIN.get(kind)
    if kind == "missing":
        return f"{plain}; it must be given"
    shown = str(detail["input"])
    given = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    said = plain or detail["msg"].replace("Input should", "it should")
    return f"{given!r} was given; {said}"


def spoken(path: Path, content: Any) -> str:
    """A path as people read it, list entries by their id or level where they have one."""
    text, at = "", content
    for part in path:
        inner = _inside(at, part)
        if isinstance(part, int):
            name = next(
                (inner[key] for key in ("id", "level") if isinstance(inner, dict) and key in inner),
                part,
            )
            text += f"[{name}]"
        else:
            text += f".{part}" if text else part
        at = inner
    return text


def _inside(content: Any, part: str | int) -> Any:
    try:
        return content[part]
    except (KeyError, IndexError, TypeError):
        return None
