"""Daily values that an operator gives, at stations or on nodes, brought to a place and a height.

Nothing is made up: what a file lacks at the place is missing there.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest
from forecast.parameters import chosen
from grids import LonLat

_KM_PER_DEGREE: Final = 111.2
_GRADIENTS: Final = {
    "temperature_2m": "temperature_gradient_prior",
    "dew_point_2m": "dew_point_gradient_prior",
}

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Values at one place and height.

    Attributes:
        values: of each daily variable [step], its unit, NaN where missing.
        passport: how they were brought to the place and the height.
    """

    values: Mapping[str, Doubles]
    passport: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacedTable:
    """Daily values in steps at stations, or on nodes of latitude and longitude.

    Attributes:
        what: how a refusal calls the values, as `normals`.
        steps: days of the year, or dates [step].
        latitude: degrees [station] or [latitude], the latter ascending.
        longitude: degrees [station] or [longitude], likewise.
        values: of each daily variable [station, step] or [latitude, longitude, step].
        elevation: m [station] or [latitude, longitude]; None where the file gives none.
        stations: names; empty where the values are on nodes.
        about: what the file says of itself.
    """

    what: str
    steps: npt.NDArray[Any]
    latitude: Doubles
    longitude: Doubles
    values: Mapping[str, Numbers]
    elevation: Doubles | None = None
    stations: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def simulated(self) -> bool:
        """Whether the file says that its numbers are made up."""
        return str(self.about.get("simulated", "false")).lower() == "true"

    @property
    def origin(self) -> str:
        """Name of the file and what it says of itself, in one line."""
        return ", ".join(str(self.about[key]) for key in _TOLD if self.about.get(key))

    def at(self, place: LonLat, *, elevation: float) -> Placed:
        """Values at a place, brought to a height where the file says how high they are.

        Temperatures by the standard gradient of -6.5 K km-1 (ISO 2533:1975), dew points by the
        kernel's own prior; everything else as it is.

        Args:
            place: degrees.
            elevation: m above sea level.

        Raises:
            InvalidRequest: the values do not reach the place.
        """
        if self.stations:
            parts, told = self._nearest_station(place)
        else:
            parts, told = self._between_nodes(place)
        height = math.nan
        if self.elevation is not None:
            height = float(_weighted([(self.elevation[where], w) for where, w in parts]))
        known = math.isfinite(height)
        values, adjusted = {}, {}
        for name, held in self.values.items():
            own = _weighted([(held[where], weight) for where, weight in parts])
            shift = shift_of(name, elevation - height) if known else 0.0
            values[name] = own + shift
            if shift:
                adjusted[name] = round(shift, 2)
        passport = {
            "origin": self.origin,
            **told,
            "elevation_m": round(height, 1) if known else None,
            "height_difference_m": round(elevation - height, 1) if known else None,
            "adjusted_k": adjusted,
        }
        return Placed(values=values, passport=passport)

    def _nearest_station(
        self, place: LonLat
    ) -> tuple[list[tuple[tuple[int, ...], float]], dict[str, Any]]:
        east = (self.longitude - place.longitude + 180.0) % 360.0 - 180.0
        north = self.latitude - place.latitude
        scale = math.cos(math.radians(place.latitude))
        distances = _KM_PER_DEGREE * np.hypot(east * scale, north)
        nearest = int(distances.argmin())
        reach = chosen("normals_reach")
        if distances[nearest] > reach:
            raise InvalidRequest(
                f"{self.what} were asked; the nearest station with {self.what} is"
                f" {distances[nearest]:.0f} km away, allowed are {reach:g} km"
            )
        distance = round(float(distances[nearest]), 1)
        return [((nearest,), 1.0)], {"station": self.stations[nearest], "distance_km": distance}

    def _between_nodes(
        self, place: LonLat
    ) -> tuple[list[tuple[tuple[int, ...], float]], dict[str, Any]]:
        """Bilinear between the nodes around a place; a node without a value has no weight."""
        middle = float(self.longitude[[0, -1]].mean())
        longitude = middle + (place.longitude - middle + 180.0) % 360.0 - 180.0
        rows = self._around(self.latitude, place.latitude, name="latitude")
        columns = self._around(self.longitude, longitude, name="longitude")
        corners = [
            ((row, column), wide * high)
            for row, high in rows
            for column, wide in columns
            if wide * high > 0.0
        ]
        return [(where, weight) for where, weight in corners], {"method": "bilinear"}

    def _around(self, axis: Doubles, where: float, *, name: str) -> list[tuple[int, float]]:
        """The two nodes beside a coordinate with their weights; half a cell beyond the last one.

        Raises:
            InvalidRequest: further out.
        """
        half = float(np.diff(axis).max()) / 2.0 if axis.size > 1 else 0.0
        if not axis[0] - half <= where <= axis[-1] + half:
            raise InvalidRequest(
                f"{self.what} were asked at {name} {where:g}; the operator's file covers"
                f" {axis[0]:g} to {axis[-1]:g} degrees"
            )
        if axis.size == 1:
            return [(0, 1.0)]
        inside = min(max(where, float(axis[0])), float(axis[-1]))
        upper = min(max(int(np.searchsorted(axis, inside)), 1), axis.size - 1)
        share = (inside - float(axis[upper - 1])) / float(axis[upper] - axis[upper - 1])
        return [(upper - 1, 1.0 - share), (upper, share)]


_TOLD: Final = ("name", "title", "source", "made")


def shift_of(name: str, height_difference: float) -> float:
    """K by which a daily or hourly variable changes over a difference of height, 0 for most.

    Args:
        name: of the vocabulary.
        height_difference: m, the new height minus the old.
    """
    for source, parameter in _GRADIENTS.items():
        if name == source or name.startswith(f"{source}_"):
            return chosen(parameter) * height_difference / 1000.0
    return 0.0


def _weighted(parts: list[tuple[Numbers, float]]) -> Doubles:
    """Mean of values by weight; those that are missing have none."""
    if len(parts) == 1:
        return np.asarray(parts[0][0], dtype=np.float64)
    plain = sum(np.asarray(values, dtype=np.float64) * weight for values, weight in parts)
    if np.isfinite(plain).all():
        return np.asarray(plain / sum(weight for _, weight in parts))
    stack = np.stack([np.asarray(values, dtype=np.float64) for values, _ in parts])
    along = (len(parts), *([1] * (stack.ndim - 1)))
    weights = np.where(np.isnan(stack), 0.0, np.reshape([weight for _, weight in parts], along))
    total, sums = weights.sum(axis=0), (np.nan_to_num(stack) * weights).sum(axis=0)
    return np.divide(sums, total, out=np.full(total.shape, np.nan), where=total > 0.0)
