"""What is asked of an ensemble: conditions on variables, and for how many hours together."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest
from forecast.times import iso
from forecast.variables import variable

Comparison = Literal["<", "<=", ">", ">=", "=="]
Statistic = Literal["value", "sum", "mean", "minimum", "maximum"]

LONGEST_WINDOW_H: Final = 240
"""Hours over which a condition may be summed and for which a job may last."""

_COMPARE: Final[Mapping[str, np.ufunc]] = MappingProxyType(
    {
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
        "==": np.equal,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One variable against one number, at every hour.

    Attributes:
        variable: name of the vocabulary; its unit is that of `value`.
        comparison: `<`, `<=`, `>`, `>=` or `==`.
        value: the threshold; both sides are compared as float32, as values are kept.
        over_hours: hours that the statistic covers, ending with the hour that is judged.
        statistic: `value` of the hour itself, or over `over_hours` its `sum` (of sums only),
            `mean`, `minimum` or `maximum`.

    Raises:
        UnknownName: the vocabulary has no such variable.
        InvalidRequest: a comparison, statistic or number that is not allowed.
    """

    variable: str
    comparison: Comparison
    value: float
    over_hours: int = 1
    statistic: Statistic = "value"

    def __post_init__(self) -> None:
        entry = variable(self.variable)
        if self.comparison not in _COMPARE:
            raise InvalidRequest(
                f"comparison {self.comparison!r} was asked; allowed are {', '.join(_COMPARE)}"
            )
        if not math.isfinite(self.value):
            raise InvalidRequest(
                f"{self.variable} {self.comparison} {self.value} was asked; the threshold must be"
                f" a finite number in {entry.units}"
            )
        if self.statistic not in get_args(Statistic):
            raise InvalidRequest(
                f"statistic {self.statistic!r} was asked; allowed are"
                f" {', '.join(get_args(Statistic))}"
            )
        if not 1 <= self.over_hours <= LONGEST_WINDOW_H:
            raise InvalidRequest(
                f"{self.variable} over {self.over_hours} h was asked; allowed are 1 to"
                f" {LONGEST_WINDOW_H} h"
            )
        if self.statistic == "value" and self.over_hours != 1:
            raise InvalidRequest(
                f"{self.variable} over {self.over_hours} h was asked without a statistic; allowed"
                " are sum, mean, minimum and maximum"
            )
        if self.statistic == "sum" and entry.cell_method != "sum":
            raise InvalidRequest(
                f"the sum of {self.variable} was asked; only amounts are summed, as precipitation"
            )

    def met(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Where values stand as the condition wants; False where they are missing."""
        compared = _COMPARE[self.comparison](values, np.float32(self.value))
        return np.asarray(compared & ~np.isnan(values), dtype=np.bool_)

    def __str__(self) -> str:
        """Write `wind_speed_10m < 4 m s-1` or `sum of precipitation over 24 h >= 50 mm`."""
        name = self.variable
        if self.statistic != "value":
            name = f"{self.statistic} of {name} over {self.over_hours} h"
        return f"{name} {self.comparison} {self.value:g} {variable(self.variable).units}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """All conditions together, in enough of a number of consecutive hours.

    Attributes:
        conditions: every one must be met in an hour for the hour to count.
        hours: consecutive hours of a window.
        at_least: hours of the window that must count; None for all of them, 1 for any.
        begin: windows begin no earlier, aware; None for the start of the forecast.
        end: windows end no later, aware; None for its end.

    Raises:
        InvalidRequest: no condition, or numbers that do not fit together.
    """

    conditions: tuple[Condition, ...]
    hours: int = 1
    at_least: int | None = None
    begin: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if not self.conditions:
            raise InvalidRequest("an event without a condition was asked; it needs one or more")
        if not 1 <= self.hours <= LONGEST_WINDOW_H:
            raise InvalidRequest(
                f"an event of {self.hours} h was asked; allowed are 1 to {LONGEST_WINDOW_H} h"
            )
        if self.at_least is not None and not 1 <= self.at_least <= self.hours:
            raise InvalidRequest(
                f"at least {self.at_least} of {self.hours} h was asked; allowed are 1 to"
                f" {self.hours} h"
            )
        for moment in (self.begin, self.end):
            if moment is not None and moment.tzinfo is None:
                raise InvalidRequest(f"{moment} was asked without a zone; give it as in {_EXAMPLE}")
        if self.begin is not None and self.end is not None and self.begin >= self.end:
            raise InvalidRequest(
                f"windows from {iso(self.begin)} to {iso(self.end)} were asked; the end must be"
                " later than the beginning"
            )

    @property
    def needed(self) -> int:
        """Hours of the window that must count."""
        return self.hours if self.at_least is None else self.at_least

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables of the conditions, each once."""
        return tuple(dict.fromkeys(condition.variable for condition in self.conditions))

    def __str__(self) -> str:
        """Write `wind_speed_10m < 4 m s-1 and precipitation == 0 mm, in all of 6 h`."""
        joined = " and ".join(str(condition) for condition in self.conditions)
        if self.hours == 1:
            return joined
        share = "all" if self.needed == self.hours else f"at least {self.needed}"
        return f"{joined}, in {share} of {self.hours} h"


_EXAMPLE: Final = "2025-04-10T06:00Z"
