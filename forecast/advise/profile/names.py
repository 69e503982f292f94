"""Short names of the profiles, as `tmin`: what each is in the vocabulary, and where measured."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from forecast.variables import variable

Step = Literal["h", "d"]
Place = Literal["screen", "tunnel", "leaf", "soil"]
"""Where a threshold may hold."""
Site = Literal["screen", "soil", "mast", "ground", "sky"]
"""Where a quantity is measured: in the screen, at a mast of 10 m, on the ground …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A quantity that conditions compare.

    Attributes:
        name: short name.
        step: hourly `h`, or `d` by the day of the profile.
        of: hourly name of the vocabulary behind it, or `sun` for what follows from place and time.
        reduction: how it is had from the hours, as docs/crops.md explains.
        daily: daily name of the vocabulary that it is; empty where the vocabulary has none.
        units: unit of its numbers.
        decimals: decimals that count: values are compared in packed counts of 10^-decimals.
        valid_min: lowest value that can be.
        valid_max: highest value that can be.
        difference: whether it is a difference of temperatures.
        at: where it is measured.
        zh: label in sentences.
        en: likewise, with its article.
    """

    name: str
    step: Step
    of: str
    reduction: str
    daily: str
    units: str
    decimals: int
    valid_min: float
    valid_max: float
    difference: bool
    at: Site
    zh: str
    en: str

    @property
    def scale(self) -> int:
        """Packed counts per unit."""
        return int(10**self.decimals)

    @property
    def vocabulary(self) -> str:
        """Name of the vocabulary whose array it is where no further reduction is needed."""
        return self.daily or self.of

    def check(self, *thresholds: float) -> None:
        """Refuse thresholds that the quantity can never reach.

        Raises:
            ValueError: one lies outside of what can be.
        """
        for number in thresholds:
            if not self.valid_min <= number <= self.valid_max:
                raise ValueError(
                    f"a threshold of {number:g} {self.units} was written; {self.name} lies between"
                    f" {self.valid_min:g} and {self.valid_max:g} {self.units}"
                )


@cache
def measures() -> Mapping[str, Measure]:
    """All short names, in the order of `data/crops/names.toml`."""
    text = files("forecast").joinpath("data/crops/names.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {name: _measure(name, entry) for name, entry in tomllib.loads(text).items()}
    )


def measure(name: str) -> Measure:
    """Look a short name up.

    Raises:
        ValueError: there is no such name; near ones are listed.
    """
    found = measures().get(name)
    if found is None:
        near = get_close_matches(name, measures(), n=3, cutoff=0.5)
        hint = (
            f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(measures())}"
        )
        raise ValueError(f"{name!r} is no quantity of crop profiles; {hint}")
    return found


def _measure(name: str, entry: Mapping[str, object]) -> Measure:
    """Fill in from the vocabulary what the table leaves to it."""
    daily = str(entry.get("daily", ""))
    inherited: dict[str, object] = {}
    if "units" not in entry:
        known = variable(daily or str(entry["of"]))
        inherited = {
            "units": known.units,
            "decimals": known.decimals,
            "valid_min": known.valid_min,
            "valid_max": known.valid_max,
        }
    fields = {"daily": daily, "difference": False, **inherited, **entry}
    return Measure(name=name, **fields)  # type: ignore[arg-type]
