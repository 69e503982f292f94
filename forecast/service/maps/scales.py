"""Colour scales of the map, from `data/colours.toml`: a value is looked up, not worked out."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from forecast.errors import UnknownName
from forecast.variables import FILL, variable

NOTHING: Final = 0
"""Entry of every palette that is transparent: outside of all cells, and where no value is."""

_ENTRIES: Final = 255
_COUNTS: Final = 1 << 16

Entries = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Colours of values.

    Attributes:
        name: in the file.
        units: of the values.
        kind: whether colours between the stops are interpolated.
        stops: values, ascending, each with its colour as `#rrggbb`.
        mark: a value that the legend marks, or None.
    """

    name: str
    units: str
    kind: Literal["continuous", "steps"]
    stops: tuple[tuple[float, str], ...]
    mark: float | None = None

    @cached_property
    def palette(self) -> Entries:
        """Red, green, blue and opacity [entry, 4]; the first is transparent."""
        colours = np.array([rgb(colour) for _, colour in self.stops], dtype=np.float64)
        between = np.arange(self._last + 1) / self._each
        parts = [np.interp(between, np.arange(len(colours)), part) for part in colours.T]
        shown = np.rint(np.stack(parts, axis=1)).astype(np.uint8)
        opaque = np.full((len(shown), 1), 255, dtype=np.uint8)
        return np.concatenate([np.zeros((1, 4), np.uint8), np.hstack([shown, opaque])])

    def entries(self, values: npt.NDArray[np.floating]) -> Entries:
        """Entries of the palette for values in the unit of the scale; NaN has none.

        Values beyond the last stops have the colours of these.
        """
        limits = np.array([value for value, _ in self.stops])
        if self.kind == "steps":
            places = np.searchsorted(limits, values, side="right") - 1.0
        else:
            places = np.interp(values, limits, np.arange(len(limits))) * self._each
        known = np.clip(np.rint(places), 0, self._last)
        return np.where(np.isnan(values), NOTHING, known + 1).astype(np.uint8)

    @property
    def _each(self) -> int:
        """Entries from one stop to the next, so that every stop has an entry of its own."""
        return 1 if self.kind == "steps" else (_ENTRIES - 1) // (len(self.stops) - 1)

    @property
    def _last(self) -> int:
        return self._each * (len(self.stops) - 1)


@cache
def table_of(name: str) -> Entries:
    """Entry of every packed count of a variable, the count read as unsigned [65536].

    Args:
        name: variable that has a scale.

    Raises:
        UnknownName: it has none.
    """
    counts = np.arange(_COUNTS, dtype=np.uint16).view(np.int16)
    values = counts.astype(np.float64) / variable(name).scale
    values[counts == FILL] = np.nan
    table = scale_of(name).entries(values)
    table.setflags(write=False)
    return table


def scale_of(name: str) -> Scale:
    """The scale of a variable.

    Raises:
        UnknownName: the vocabulary does not have it, or it is none of the map.
    """
    entry = variable(name)
    try:
        return _by_variable()[name]
    except KeyError:
        raise UnknownName(
            f"a map of {name!r} was asked, which is {entry.role}; maps are drawn of"
            f" {', '.join(_by_variable())}"
        ) from None


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


@cache
def style() -> str:
    """Version of the colours: changes with the file that they stand in."""
    return hashlib.blake2b(_content(), digest_size=6).hexdigest()


@cache
def settings() -> Mapping[str, Any]:
    """The whole file: `hillshade`, `water` and `scales`."""
    return tomllib.loads(_content().decode("utf-8"))


@cache
def _by_variable() -> Mapping[str, Scale]:
    return {
        name: scale
        for key, table in settings()["scales"].items()
        for scale in (_scale(key, table),)
        for name in table["variables"]
    }


def _scale(name: str, table: Mapping[str, Any]) -> Scale:
    stops = tuple((float(value), str(colour)) for value, colour in table["stops"])
    return Scale(
        name=name, units=table["units"], kind=table["kind"], stops=stops, mark=table.get("mark")
    )


@cache
def _content() -> bytes:
    return files("forecast").joinpath("data/colours.toml").read_bytes()
