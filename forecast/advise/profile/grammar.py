"""The grammar of conditions: comparisons joined by all, any, not, run and count; nothing else.

A condition is data. There is no expression text in it and nothing is ever evaluated as code.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from forecast.advise.profile.kernels import Kernel, kernel
from forecast.advise.profile.names import Measure, Place, Step, measure
from forecast.advise.profile.parts import Duration, Part, Quantity, refusal, steps_of, unknown_key
from forecast.advise.profile.quantities import convert

Operator = Literal["<", "<=", ">", ">="]
Aggregate = Literal["min", "max", "mean", "sum"]

_WINDOW = re.compile(r"(next|past) ([1-9]\d{0,3} [hd])")


def _check_window(text: str) -> str:
    if _WINDOW.fullmatch(text) is None:
        raise refusal(f"{text!r} is no window; write it as in 'next 6 h' or 'past 3 d'")
    return text


WindowText = Annotated[
    str, AfterValidator(_check_window), Field(pattern=r"^(next|past) [1-9]\d{0,3} [hd]$")
]


class Comparison(Part):
    """One quantity against one threshold, at every step or over a window.

    `next n` begins with the step that is judged, `past n` ends with it. A threshold that holds
    elsewhere than where the quantity is measured says so by `at`; `gain` is what the temperature
    there is above the measured one, so that 8 degC in a tunnel with a gain of 3 delta_degC is
    5 degC at the screen.
    """

    var: str
    op: Operator
    value: Quantity = Field(examples=["4 degC"])
    agg: Aggregate | None = None
    window: WindowText | None = None
    at: Place | None = None
    gain: str | None = Field(None, examples=["3 delta_degC"])

    @model_validator(mode="after")
    def _sound(self) -> "Comparison":
        known = _asked(lambda: self.measure, key="var")
        number = _asked(lambda: self.number, key="value")
        limit = _asked(lambda: self.limit, key="gain")
        _asked(lambda: known.check(number, limit), key="value")
        self._window_fits(known)
        return self

    def _window_fits(self, known: Measure) -> None:
        if (self.agg is None) != (self.window is None):
            raise refusal("agg and window come together: agg: sum, window: next 6 h", key="agg")
        if self.window is not None and known.step == "d" and self.window.endswith("h"):
            sentence = f"{self.var} is daily; its window is in days, as in 'next 5 d'"
            raise refusal(sentence, key="window")
        if self.agg == "sum" and not _is_amount(known):
            sentence = f"the sum of {self.var} was asked; only amounts and hours are summed"
            raise refusal(sentence, key="agg")
        if self.at not in {None, known.at} and self.gain is None:
            raise refusal(
                f"{self.var} is measured at the {known.at}, the threshold holds at the {self.at};"
                f" say how they differ: gain: 3 delta_degC here, or under places: {self.at}:",
                key="at",
            )

    @property
    def measure(self) -> Measure:
        """The quantity that is compared."""
        return measure(self.var)

    @cached_property
    def number(self) -> float:
        """The threshold in the unit of the quantity, at the place where it holds."""
        known = self.measure
        what = self.var
        return convert(self.value, known.units, what=what, difference=known.difference)

    @cached_property
    def offset(self) -> float:
        """What the place of the threshold is above the measured quantity, in its unit."""
        if self.gain is None:
            return 0.0
        if self.measure.units not in {"degC", "K"}:
            raise ValueError(f"gain was given for {self.var}; it is for temperatures only")
        return convert(self.gain, "K", what="gain", difference=True)

    @cached_property
    def limit(self) -> float:
        """The threshold where the quantity is measured: `number` less the gain."""
        return round(self.number - self.offset, 9) + 0.0

    @property
    def ahead(self) -> bool:
        """Whether the window looks forward."""
        return self.window is not None and self.window.startswith("next")

    @property
    def width(self) -> int:
        """Steps of the window, 1 without one."""
        if self.window is None:
            return 1
        return steps_of(self.window.partition(" ")[2], self.measure.step)


class ModelTest(Part):
    """What a named model of `forecast.agromet` answers, with its parameters.

    A model that answers yes or no stands alone; one that gives a number is compared.
    """

    model: str
    given: Mapping[str, str] = Field(default_factory=dict, alias="with")
    op: Operator | None = None
    value: Quantity | None = None

    @model_validator(mode="after")
    def _sound(self) -> "ModelTest":
        known = _asked(lambda: self.kernel, key="model")
        _asked(lambda: self.numbers, key="with")
        _asked(lambda: self.number, key="value")
        if known.units and (self.op is None or self.value is None):
            raise refusal(f"model {self.model} gives a number; compare it by op and value")
        if not known.units and not (self.op is None and self.value is None):
            raise refusal(f"model {self.model} answers yes or no; op and value do not belong here")
        return self

    @property
    def kernel(self) -> Kernel:
        """The model in the table of models."""
        return kernel(self.model)

    @cached_property
    def numbers(self) -> Mapping[str, float | str]:
        """Parameters in the units of the model; those that are not given by their default."""
        return self.kernel.parameters_from(self.given)

    @cached_property
    def number(self) -> float | None:
        """The threshold in the unit of the model; None where it answers yes or no."""
        if self.value is None or not self.kernel.units:
            return None
        return convert(
            self.value,
            self.kernel.units,
            what=self.model,
            difference=self.kernel.units == "K",
        )

    @property
    def key(self) -> str:
        """Name under which the answer of the model is handed to the conditions."""
        told = ", ".join(f"{name}={value}" for name, value in sorted(self.numbers.items()))
        return f"{self.model}({told})"


class Run(Part):
    """The condition holds at this step, within enough steps in a row."""

    run: "Condition"
    at_least: Duration


class Count(Part):
    """The condition holds in enough of the steps that end with this one."""

    count: "Condition"
    within: Duration
    at_least: Duration


class AllOf(Part):
    """All conditions hold."""

    all: Annotated[tuple["Condition", ...], Field(min_length=1)]


class AnyOf(Part):
    """At least one of the conditions holds."""

    any: Annotated[tuple["Condition", ...], Field(min_length=1)]


class Not(Part):
    """The condition does not hold."""

    negated: "Condition" = Field(alias="not")


_FORMS: Final[Mapping[str, type[Part]]] = {
    "var": Comparison,
    "model": ModelTest,
    "run": Run,
    "count": Count,
    "all": AllOf,
    "any": AnyOf,
    "not": Not,
}


def _form(given: Any) -> str | None:
    """Which form a condition has, in angle brackets to be told from keys in a path."""
    for key, form in _FORMS.items():
        if isinstance(given, form) or (isinstance(given, dict) and key in given):
            return f"<{key}>"
    return None


def not_a_condition(given: Any) -> str:
    """Say why something is no condition at all, and how one begins."""
    keys = [str(key) for key in given] if isinstance(given, dict) else []
    said = unknown_key(keys[0], list(_FORMS)) if keys else f"{given!r} was given"
    return f"a condition begins with one of {', '.join(_FORMS)}; {said}"


Condition = Annotated[
    Annotated[Comparison, Tag("<var>")]
    | Annotated[ModelTest, Tag("<model>")]
    | Annotated[Run, Tag("<run>")]
    | Annotated[Count, Tag("<count>")]
    | Annotated[AllOf, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")],
    Discriminator(_form),
]

for _part in (Run, Count, AllOf, AnyOf, Not):
    _part.model_rebuild()

AnyCondition = Comparison | ModelTest | Run | Count | AllOf | AnyOf | Not


def parts_of(condition: AnyCondition) -> tuple[AnyCondition, ...]:
    """Conditions directly inside another one."""
    match condition:
        case Run():
            return (condition.run,)
        case Count():
            return (condition.count,)
        case AllOf():
            return condition.all
        case AnyOf():
            return condition.any
        case Not():
            return (condition.negated,)
        case _:
            return ()


def leaves(condition: AnyCondition) -> Iterator[Comparison | ModelTest]:
    """Comparisons and models of a condition, in the order in which they are written."""
    if isinstance(condition, Comparison | ModelTest):
        yield condition
    for part in parts_of(condition):
        yield from leaves(part)


def steps_in(condition: AnyCondition) -> frozenset[Step]:
    """Steps of the quantities in a condition: hourly, daily, or wrongly both."""
    return frozenset(
        leaf.measure.step if isinstance(leaf, Comparison) else leaf.kernel.step
        for leaf in leaves(condition)
    )


def step_of(condition: AnyCondition) -> Step:
    """Step of a condition that was checked: `h` or `d`, that of its first quantity."""
    first = next(leaves(condition))
    return first.measure.step if isinstance(first, Comparison) else first.kernel.step


def _asked(look: Callable[[], Any], *, key: str) -> Any:
    """What is looked up or converted; a refusal of it is told at its key."""
    try:
        return look()
    except ValueError as error:
        raise refusal(str(error), key=key) from None


def _is_amount(known: Measure) -> bool:
    return known.units in {"mm", "h"}
