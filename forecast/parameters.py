"""Every number that was chosen by looking at data, read once from `data/parameters.toml`.

Constants of nature and coefficients printed in a paper stand beside their formula. What stands
here could have been chosen otherwise, so each entry names the data that it was chosen on: a score
on the same data is no blind test, and the skill page says so.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One chosen number.

    Attributes:
        name: key of the table.
        value: in `unit`.
        unit: unit, `1` for none.
        meaning: what it does, one sentence.
        source: who proposed it or why it is so.
        seen: data sets that were looked at when it was chosen; empty for a choice made blind.
        chosen: date of the choice, ISO 8601.
    """

    name: str
    value: float
    unit: str
    meaning: str
    source: str
    seen: tuple[str, ...]
    chosen: str


@cache
def parameters() -> Mapping[str, Parameter]:
    """All chosen numbers by name, in the order of the file."""
    text = files("forecast").joinpath("data/parameters.toml").read_text(encoding="utf-8")
    table = {
        name: Parameter(name=name, **{**entry, "seen": tuple(entry["seen"])})
        for name, entry in tomllib.loads(text).items()
    }
    return MappingProxyType(table)


def chosen(name: str) -> float:
    """The value of a chosen number, in the unit of the table.

    Raises:
        KeyError: the table has no such name; a fault of the program, not of its user.
    """
    return parameters()[name].value


def seen_on(dataset: str) -> tuple[str, ...]:
    """Names of the numbers for which a data set was looked at when they were chosen."""
    return tuple(name for name, entry in parameters().items() if dataset in entry.seen)
