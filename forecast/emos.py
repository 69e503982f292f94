"""Coefficients that give members the spread of their errors, and what they do to members.

Nonhomogeneous Gaussian regression (Gneiting et al. 2005, Mon. Wea. Rev. 133, 1098): what comes is
normal with mean a + m and variance c² + d² s², m and s² the mean and variance of the members. Each
member is moved and stretched about the mean (Van Schaeybroeck & Vannitsem 2015, QJRMS 141, 807),
which keeps the ranks of the members at every place, time and variable, and with them the chance
of joint events. `forecast.calibrate` finds the coefficients, cycles keep them, readers apply them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import DataError

STRETCHED: Final = ("temperature_2m", "dew_point_2m", "wind_speed_10m")
"""Variables whose members may be stretched; what is made of them follows."""

ATTRIBUTE: Final = "members"
"""Attribute of a correction under which the coefficients stand, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emos:
    """Coefficients of one variable and span of leads.

    Attributes:
        shift: a, added to the mean, in the unit of the variable.
        floor: c, standard deviation without spread, in the unit of the variable.
        stretch: d, weight of the members' standard deviation, 1.
        crps_before: mean CRPS of the normal with the members' own mean and spread.
        crps_after: mean CRPS of the fitted normal on the same pairs.
        pairs: how many pairs.
        days: on how many days.
    """

    shift: float
    floor: float
    stretch: float
    crps_before: float
    crps_after: float
    pairs: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadEmos:
    """What was found for one variable in one span of leads.

    Attributes:
        variable: one of `STRETCHED`.
        after_h: leads above this belong to it, and 0 to the first span, h.
        until_h: leads up to this belong to it, h; None for an open end.
        emos: the coefficients with the CRPS at hidden days, None where there are too few days.
        refused: why members are left as they are, empty where they are not.
    """

    variable: str
    after_h: float
    until_h: float | None
    emos: Emos | None
    refused: str = ""

    @property
    def applied(self) -> bool:
        """Whether members are changed."""
        return self.emos is not None and not self.refused

    @property
    def leads(self) -> str:
        """The span in words, as `24 to 72 h`."""
        end = "" if self.until_h is None else f" to {self.until_h:g}"
        return f"{'above ' if not end else ''}{self.after_h:g}{end} h"

    def covers(self, leads_h: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Which leads (h) belong to the span."""
        within = (leads_h > self.after_h) | ((self.after_h == 0.0) & (leads_h == 0.0))
        return within if self.until_h is None else within & (leads_h <= self.until_h)


def emos_apply(members: npt.NDArray[Any], emos: Emos, *, axis: int = 0) -> npt.NDArray[Any]:
    """Move and stretch members so that mean and spread are the fitted ones; ranks stay.

    x -> m + a + (x - m) sqrt(c² + d² s²) / s. Members that all agree cannot be stretched; they
    are moved only.

    Args:
        members: any shape; a member that is missing (NaN) stays so, and the others do without it.
        emos: the coefficients.
        axis: of the members.

    Returns:
        The same shape and type.
    """
    values = np.asarray(members, dtype=np.float64)
    known = ~np.isnan(values)
    count = known.sum(axis=axis, keepdims=True)
    mean = np.where(known, values, 0.0).sum(axis=axis, keepdims=True) / np.maximum(count, 1)
    departure = values - mean
    squares = np.where(known, departure**2, 0.0).sum(axis=axis, keepdims=True)
    variance = squares / np.maximum(count - 1, 1)
    wanted = emos.floor**2 + emos.stretch**2 * variance
    stretch = np.sqrt(np.divide(wanted, variance, out=np.ones_like(variance), where=variance > 0.0))
    return (mean + emos.shift + departure * stretch).astype(members.dtype)


def to_text(found: Sequence[LeadEmos], *, refused: Sequence[str] = ()) -> str:
    """Coefficients as the JSON that a cycle keeps.

    Args:
        found: of all variables and spans.
        refused: sentences on what was not even tried.
    """
    document = {"spans": [asdict(one) for one in found], "refused": list(refused)}
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def from_text(text: str | None) -> tuple[tuple[LeadEmos, ...], tuple[str, ...]]:
    """Coefficients and sentences as `to_text` wrote them; nothing of None.

    Raises:
        DataError: it is something else.
    """
    if text is None:
        return (), ()
    try:
        document = json.loads(text)
        found = tuple(_span(one) for one in document["spans"])
        refused = tuple(map(str, document["refused"]))
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"the coefficients of members cannot be read: {error}") from error
    for one in found:
        if one.variable not in STRETCHED:
            raise DataError(
                f"members of {one.variable!r} have coefficients; allowed are {', '.join(STRETCHED)}"
            )
        if one.emos is None and not one.refused:
            raise DataError(f"the span {one.leads} of {one.variable} has no coefficients")
    return found, refused


def _span(document: Mapping[str, Any]) -> LeadEmos:
    given = dict(document)
    emos = given.pop("emos")
    made = None if emos is None else Emos(**emos)
    if made is not None:
        numbers = [getattr(made, one.name) for one in fields(made)]
        if not np.isfinite(numbers).all():
            raise ValueError("a coefficient is not finite")
    return LeadEmos(emos=made, **given)
