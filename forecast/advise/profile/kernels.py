"""Models that conditions may name: what each answers, and which parameters it takes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from forecast.advise.profile.names import Step
from forecast.advise.profile.quantities import convert

_DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A parameter of a model.

    Attributes:
        units: unit of its number; `day` for a day of the year, as 03-01; `word` for one of `words`.
        default: as it would be written; empty where it must be given.
        words: what a word may be.
        difference: whether it is a difference of temperatures.
        zh: label in sentences.
        en: likewise.
    """

    units: str
    zh: str
    en: str
    default: str = ""
    words: tuple[str, ...] = ()
    difference: bool = False

    def read(self, text: str, *, what: str) -> float | str:
        """The value in the unit of the model.

        Raises:
            ValueError: the text is none.
        """
        if self.units == "word":
            if text not in self.words:
                raise ValueError(f"{what} {text!r} was given; allowed are {', '.join(self.words)}")
            return text
        if self.units == "day":
            if _DAY.fullmatch(text) is None:
                raise ValueError(f"{what} {text!r} is no day of the year; write it as in 03-01")
            return text
        return convert(text, self.units, what=what, difference=self.difference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A model of `forecast.agromet`.

    Attributes:
        name: as conditions write it.
        function: module and function, as `forecast.agromet.late_blight:hutton`.
        step: step of its answer.
        units: unit of its answer; empty where it answers yes or no.
        parameters: by name.
        zh: what it answers, as a sentence names it.
        en: likewise.
    """

    name: str
    function: str
    step: Step
    units: str
    parameters: Mapping[str, Setting]
    zh: str
    en: str

    @property
    def scale(self) -> int:
        """Counts per unit in which its number is compared: tenths."""
        return 10

    def parameters_from(self, given: Mapping[str, str]) -> Mapping[str, float | str]:
        """All parameters in the units of the model.

        Raises:
            ValueError: an unknown parameter, one that lacks, or one of another kind.
        """
        for name in given:
            if name not in self.parameters:
                near = get_close_matches(name, self.parameters, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {list(self.parameters)}"
                raise ValueError(f"model {self.name} has no parameter {name!r}; {hint}")
        return MappingProxyType(
            {name: self._value(name, setting, given) for name, setting in self.parameters.items()}
        )

    def _value(self, name: str, setting: Setting, given: Mapping[str, str]) -> float | str:
        text = given.get(name, setting.default)
        if not text:
            raise ValueError(f"model {self.name} needs its parameter {name!r} under with:")
        return setting.read(text, what=f"{self.name}.{name}")


@cache
def kernels() -> Mapping[str, Kernel]:
    """All models, in the order of `data/crops/models.toml`."""
    text = files("forecast").joinpath("data/crops/models.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {name: _kernel(name, entry) for name, entry in tomllib.loads(text).items()}
    )


def kernel(name: str) -> Kernel:
    """Look a model up.

    Raises:
        ValueError: there is no such model; near ones are listed.
    """
    found = kernels().get(name)
    if found is None:
        near = get_close_matches(name, kernels(), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(kernels())}"
        raise ValueError(f"there is no model {name!r}; {hint}")
    return found


def _kernel(name: str, entry: Mapping[str, object]) -> Kernel:
    fields = dict(entry)
    settings = fields.pop("parameters", {})
    parameters = {
        key: Setting(**{**value, "words": tuple(value.get("words", ()))})
        for key, value in settings.items()  # type: ignore[attr-defined]
    }
    return Kernel(name=name, parameters=MappingProxyType(parameters), **fields)  # type: ignore[arg-type]
