"""The operator's transform of coordinates in GCJ-02 or BD-09.

None ships. It is called where the caller declared such a datum, and the answer says so.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from forecast.errors import SettingsError
from forecast.query.datum import Moved
from grids import GridsError, LonLat

NAME: Final = "datum_transform"
FARTHEST_M: Final = 5000.0
"""No datum of Chinese maps puts a place farther from where it is."""

Transform = Callable[[float, float, str], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatumTransform:
    """A function of the operator's that says where coordinates lie in WGS 84.

    Attributes:
        name: `module:function`, as the setting has it.
        function: called with longitude and latitude in degrees and `gcj02` or `bd09`; returns
            longitude and latitude in WGS 84.
    """

    name: str
    function: Transform

    @classmethod
    def named(cls, name: str) -> "DatumTransform":
        """Import a transform.

        Args:
            name: `module:function`.

        Raises:
            SettingsError: it is not named so, cannot be imported, or is nothing to call.
        """
        module, _, function = name.partition(":")
        if not module or not function:
            raise SettingsError(
                f"setting {NAME!r} is {name!r}; allowed is module:function, as in my_datum:to_wgs84"
            )
        try:
            found: Any = getattr(import_module(module), function, None)
        except Exception as error:
            raise SettingsError(
                f"setting {NAME!r} is {name!r}; its module cannot be imported: {_told(error)}"
            ) from error
        if not callable(found):
            raise SettingsError(
                f"setting {NAME!r} is {name!r}; the module has no function {function!r}"
            )
        return cls(name=name, function=found)

    def moved(self, given: LonLat, *, datum: str) -> Moved:
        """Where coordinates lie in WGS 84.

        Args:
            given: as they came.
            datum: theirs, `gcj02` or `bd09`.

        Raises:
            SettingsError: the function fails, or what it returns is no place nearby.
        """
        try:
            longitude, latitude = self.function(given.longitude, given.latitude, datum)
            to = LonLat(longitude=float(longitude), latitude=float(latitude))
        except GridsError as error:
            raise self._wrong(given, datum, f"what it returned is no place: {error}") from error
        except Exception as error:
            raise self._wrong(given, datum, _told(error)) from error
        far = given.distance_to(to)
        if not math.isfinite(far) or far > FARTHEST_M:
            raise self._wrong(
                given,
                datum,
                f"what it returned is {far:.0f} m away, allowed are {FARTHEST_M:.0f} m",
            )
        return Moved(by=self.name, given=given, to=to)

    def _wrong(self, given: LonLat, datum: str, why: str) -> SettingsError:
        return SettingsError(
            f"datum {datum} was asked; the operator's transform {self.name} failed for longitude"
            f" {given.longitude:g}, latitude {given.latitude:g}: {why}"
        )


def _told(error: Exception) -> str:
    """An error in one line."""
    return " ".join(f"{type(error).__name__} {error}".split())
