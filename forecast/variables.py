"""The vocabulary: one name per quantity, read once from `data/variables.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from forecast.errors import UnknownName

FILL: Final = -32768
"""The int16 that stands for a missing value in every packed array."""

LAND_SHARE: Final = 0.5
"""Cells with a smaller share of land hold no value of what is on land only, as soil."""

CellMethod = Literal["point", "sum", "mean", "maximum", "minimum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One quantity of the vocabulary.

    Attributes:
        name: the name used from file to API.
        standard_name: CF standard name, or empty where CF has none.
        units: unit from `normalise` on.
        cell_method: how a value stands for its time interval.
        valid_min: smallest physical value in `units`.
        valid_max: largest physical value in `units`.
        decimals: decimals kept in the packed int16 (0, 1, 2 or 3).
        role: `published` on the 1 km grid, `derived` from published ones when asked, `native` on
            the model grid only, `daily` reduced from hours, `terrain` static.
        label_zh: Chinese label.
        label_en: English label.
    """

    name: str
    standard_name: str
    units: str
    cell_method: CellMethod
    valid_min: float
    valid_max: float
    decimals: int
    role: Literal["published", "derived", "native", "daily", "terrain"]
    label_zh: str
    label_en: str

    @property
    def scale(self) -> int:
        """Packed counts per unit: 1, 10, 100 or 1000."""
        return int(10**self.decimals)

    @property
    def land_only(self) -> bool:
        """Whether there is no such quantity at sea."""
        return self.name.startswith("soil_")

    def attributes(self) -> dict[str, str]:
        """CF attributes of this quantity as text."""
        attributes = {"units": self.units, "long_name": self.label_en}
        if self.standard_name:
            attributes["standard_name"] = self.standard_name
        if self.cell_method != "point":
            attributes["cell_methods"] = f"time: {self.cell_method}"
        return attributes


@cache
def catalogue() -> Mapping[str, Variable]:
    """All variables by name, in the order of the file."""
    text = files("forecast").joinpath("data/variables.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return MappingProxyType({name: Variable(name=name, **entry) for name, entry in table.items()})


def variable(name: str) -> Variable:
    """Look a variable up.

    Raises:
        UnknownName: the vocabulary has no such name; near names are listed.
    """
    try:
        return catalogue()[name]
    except KeyError:
        near = get_close_matches(name, catalogue(), n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UnknownName(
            f"variable {name!r} was asked; the vocabulary does not have it{hint}"
        ) from None


def published() -> tuple[str, ...]:
    """Names of the variables that a 1 km cycle may hold, in the order of the file."""
    return tuple(name for name, entry in catalogue().items() if entry.role == "published")


def derived() -> tuple[str, ...]:
    """Names of the hourly variables that are made from published ones when they are asked."""
    return tuple(name for name, entry in catalogue().items() if entry.role == "derived")


def pack(values: npt.ArrayLike, name: str) -> npt.NDArray[np.int16]:
    """Pack values into int16 counts; NaN becomes `FILL`, out of range is clipped to valid.

    Args:
        values: any shape, in the variable's unit.
        name: variable of the vocabulary.
    """
    entry = variable(name)
    numbers = np.asarray(values, dtype=np.float64)
    clipped = np.clip(numbers, entry.valid_min, entry.valid_max)
    counts = np.rint(clipped * entry.scale)
    return np.where(np.isnan(numbers), FILL, counts).astype(np.int16)


def unpack(counts: npt.NDArray[np.int16], name: str) -> npt.NDArray[np.float32]:
    """Turn int16 counts back into float32 values in the variable's unit; `FILL` is NaN."""
    values = counts.astype(np.float32) / np.float32(variable(name).scale)
    return np.where(counts == FILL, np.float32(np.nan), values)


def require(names: Iterable[str]) -> tuple[Variable, ...]:
    """Look several variables up, in order.

    Raises:
        UnknownName: one of them is not in the vocabulary.
    """
    return tuple(variable(name) for name in names)
