"""The classes that pairs are sorted into: lead, height difference, sun, coast, hour."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.errors import InvalidRequest

Mask = npt.NDArray[np.bool_]
Split = tuple[str, ...]

ALL: Final = "all"

LEADS: Final = (
    ("0–24 h", 0.0, 24.0),
    ("24–48 h", 24.0, 48.0),
    ("48–72 h", 48.0, 72.0),
    ("3–5 d", 72.0, 120.0),
    ("5–10 d", 120.0, 240.0),
    ("> 10 d", 240.0, np.inf),
)
"""Name, lead it begins after and lead it ends with, hours; lead 0 counts to the first."""

HEIGHTS: Final = (
    ("0–50 m", 0.0, 50.0),
    ("50–200 m", 50.0, 200.0),
    ("> 200 m", 200.0, np.inf),
    ("> 300 m", 300.0, np.inf),
)
"""Name and limits of the height difference, station minus model, either sign, m. The last two
overlap: the steep end of the third is shown by itself."""

COAST: Final = (0.05, 0.95)
"""Land fraction of the surroundings between which a place lies at the coast."""


def _leads(table: pd.DataFrame) -> Iterator[tuple[str, Mask]]:
    lead = table["lead_h"].to_numpy(float)
    for name, low, high in LEADS:
        yield name, (lead <= high) & ((lead > low) if low else (lead >= 0.0))


def _heights(table: pd.DataFrame) -> Iterator[tuple[str, Mask]]:
    climb = np.abs(table["dz"].to_numpy(float))
    for name, low, high in HEIGHTS:
        yield name, (climb <= high) & ((climb > low) if low else (climb >= 0.0))


def _sun(table: pd.DataFrame) -> Iterator[tuple[str, Mask]]:
    up = table["sun"].to_numpy(float)
    yield "day", up == 1.0
    yield "night", up == 0.0


def _coast(table: pd.DataFrame) -> Iterator[tuple[str, Mask]]:
    land = table["land_fraction"].to_numpy(float)
    near = (land > COAST[0]) & (land < COAST[1])
    yield "coast", near
    yield "inland", (land >= COAST[1])


def _hours(table: pd.DataFrame) -> Iterator[tuple[str, Mask]]:
    hour = pd.DatetimeIndex(table["time"]).hour.to_numpy()
    for number in range(24):
        if (hour == number).any():
            yield f"{number:02d} UTC", hour == number


DIMENSIONS: Final[Mapping[str, Callable[[pd.DataFrame], Iterator[tuple[str, Mask]]]]] = {
    "lead": _leads,
    "dz": _heights,
    "sun": _sun,
    "coast": _coast,
    "hour": _hours,
}
"""What pairs can be split by. `sun`: above the horizon or below. `hour`: of the day, UTC."""


def parse_splits(text: str) -> tuple[Split, ...]:
    """Read what to split by: `lead,dz` is two splits, `lead+dz` their combination.

    Raises:
        InvalidRequest: there is no such dimension.
    """
    splits = [
        tuple(part.strip() for part in item.split("+")) for item in text.split(",") if item.strip()
    ]
    unknown = sorted({name for split in splits for name in split if name not in DIMENSIONS})
    if unknown:
        raise InvalidRequest(
            f"--by {', '.join(unknown)} was asked; allowed are {', '.join(DIMENSIONS)},"
            " by comma, and combinations such as lead+dz"
        )
    return tuple(dict.fromkeys(splits))


def classes(
    table: pd.DataFrame, splits: tuple[Split, ...]
) -> Iterator[tuple[dict[str, str], Mask]]:
    """The classes of a table of pairs: all, then each split's.

    Args:
        table: with the columns that the splits need; what is not known (NaN) is in no class.
        splits: from `parse_splits`.

    Yields:
        class of each dimension that is split (`all` where it is not) and the mask [pair]; empty
        classes of one split are yielded too, empty combinations of several are not.
    """
    names = list(dict.fromkeys(name for split in splits for name in split))
    whole = dict.fromkeys(names, ALL)
    yield dict(whole), np.ones(len(table), dtype=bool)
    for split in splits:
        for labels, mask in _crossed(table, split):
            if mask.any() or len(split) == 1:
                yield {**whole, **labels}, mask


def _crossed(table: pd.DataFrame, split: Split) -> Iterator[tuple[dict[str, str], Mask]]:
    first, *rest = split
    for label, mask in DIMENSIONS[first](table):
        if not rest:
            yield {first: label}, mask
            continue
        for labels, inner in _crossed(table, tuple(rest)):
            yield {first: label, **labels}, mask & inner
