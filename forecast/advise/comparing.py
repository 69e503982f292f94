"""What changed in the advice on a window or sowing against the cycle before."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from forecast.advise.advisory import Advisory, State
from forecast.advise.decision import SHIFT, Change

RANK: Final[Mapping[State, int]] = {"red": 0, "amber": 1, "green": 2}
"""Lights, the better the higher."""


def compared(advisory: Advisory, before: Advisory | None) -> Advisory:
    """The same advice on a window or sowing with what changed against the cycle before.

    Args:
        advisory: of this cycle.
        before: of the cycle before.
    """
    if before is None:
        return advisory
    change = _changed(advisory, before)
    notify = change in {"raised", "lowered", "shifted", "cleared", "ended"}
    return advisory.model_copy(update={"change": change, "notify": notify})


def _changed(now: Advisory, before: Advisory) -> Change:
    if now.state not in RANK or before.state not in RANK:
        if now.state == before.state:
            return "unchanged"
        return "ended" if now.state == "not-applicable" and before.window else "not known"
    if now.state != before.state:
        return "raised" if RANK[now.state] > RANK[before.state] else "lowered"
    if now.window is None or before.window is None:
        return "unchanged" if now.window == before.window else "shifted"
    least = SHIFT["d" if now.kind == "sowing" else "h"]
    begins = max(
        _instant(before.window.begins),
        _instant(now.issued).astype("datetime64[D]")
        if now.kind == "sowing"
        else _instant(now.issued),
    )
    return "shifted" if abs(_instant(now.window.begins) - begins) >= least else "unchanged"


def _instant(text: str) -> np.datetime64:
    return np.datetime64(text.removesuffix("Z"), "ns")
