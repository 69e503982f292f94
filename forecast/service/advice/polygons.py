"""Polygons that people give: GeoJSON in degrees, checked, each fault in one sentence."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest, UnreadableFile

LARGEST_BYTES: Final = 256 << 20

_DEGREES: Final = ("CRS84", "EPSG::4326", "EPSG:4326", "OGC:1.3:CRS84")
_LEAST_POSITIONS: Final = 4

Polygon = tuple[npt.NDArray[np.float64], ...]
"""Rings [position, (longitude, latitude)], the outer one first, each closed."""


def read_polygons(path: Path, *, named: bool = False) -> dict[str, list[Polygon]]:
    """Polygons of a GeoJSON file (RFC 7946), by the property `name` of their features.

    Features of one name are parts of one zone. Holes and multipolygons are kept as they are.

    Args:
        path: the file.
        named: whether every feature must have a name; else all polygons go by one empty name.

    Raises:
        UnreadableFile: it is absent, too large or no GeoJSON.
        InvalidRequest: it is not in degrees, holds no polygon, a feature has no name, or a ring
            is not closed or crosses itself.
    """
    content = _content(path)
    _refuse_other_systems(content, path)
    zones: dict[str, list[Polygon]] = {}
    for number, feature in enumerate(_features(content, path), start=1):
        name = _name(feature, number, path) if named else ""
        where = f"feature {number} of {path.name}" + (f" ({name})" if name else "")
        polygons = list(_polygons(feature.get("geometry"), where))
        zones.setdefault(name, []).extend(polygons)
    if not any(zones.values()):
        raise InvalidRequest(f"{path.name} holds no polygon; allowed are Polygon and MultiPolygon")
    return zones


def _content(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadableFile(
                f"{path} has {path.stat().st_size / 1e6:.0f} MB; allowed are"
                f" {LARGEST_BYTES / 1e6:.0f} MB of GeoJSON"
            )
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{path} cannot be read as GeoJSON: {error}") from error
    if not isinstance(content, dict) or "type" not in content:
        raise UnreadableFile(f"{path} is no GeoJSON: it has no type")
    return content


def _refuse_other_systems(content: Mapping[str, Any], path: Path) -> None:
    """Refuse a file that says it is in another system than degrees of WGS 84."""
    system = content.get("crs")
    if not isinstance(system, dict):
        return
    name = str((system.get("properties") or {}).get("name", system))
    if not name.endswith(_DEGREES):
        raise InvalidRequest(
            f"{path.name} is in {name}; allowed are longitude and latitude in degrees (WGS 84,"
            " EPSG:4326)"
        )


def _features(content: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    if content["type"] == "FeatureCollection":
        found = content.get("features")
    elif content["type"] == "Feature":
        found = [content]
    else:
        found = [{"geometry": content}]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnreadableFile(f"{path} is no GeoJSON: its features are no list of features")
    return found


def _name(feature: Mapping[str, Any], number: int, path: Path) -> str:
    name = (feature.get("properties") or {}).get("name")
    if not isinstance(name, str) or not name.strip():
        raise InvalidRequest(
            f"feature {number} of {path.name} has no property `name`; zones go by their names"
        )
    return name.strip()


def _polygons(geometry: Any, where: str) -> Iterator[Polygon]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection":
        for part in geometry.get("geometries") or ():
            yield from _polygons(part, where)
        return
    if kind not in {"Polygon", "MultiPolygon"}:
        raise InvalidRequest(
            f"{where} is a {kind or 'feature without geometry'}; allowed are Polygon and"
            " MultiPolygon"
        )
    parts = geometry.get("coordinates")
    for rings in [parts] if kind == "Polygon" else parts or ():
        if not isinstance(rings, list) or not rings:
            raise InvalidRequest(f"{where} has a polygon without a ring")
        yield tuple(_ring(ring, where) for ring in rings)


def _ring(positions: Any, where: str) -> npt.NDArray[np.float64]:
    try:
        ring = np.array([position[:2] for position in positions], dtype=np.float64)
    except (TypeError, ValueError, IndexError):
        raise InvalidRequest(f"{where} has a ring that is no list of positions") from None
    if ring.ndim != 2 or len(ring) < _LEAST_POSITIONS or not np.array_equal(ring[0], ring[-1]):
        raise InvalidRequest(
            f"{where} has a ring of {len(ring)} positions that does not end where it begins; a"
            " ring has four or more, the last equal to the first"
        )
    east, north = float(np.abs(ring[:, 0]).max()), float(np.abs(ring[:, 1]).max())
    if not (math.isfinite(east + north) and east <= 360.0 and north <= 90.0):
        raise InvalidRequest(
            f"{where} has the coordinates {ring[0, 0]:g}, {ring[0, 1]:g}; allowed are longitude and"
            " latitude in degrees (WGS 84), as in 117.72, 39.45"
        )
    crossing = _crossing(ring)
    if crossing is not None:
        raise InvalidRequest(
            f"{where} has a ring that crosses itself near longitude {crossing[0]:.4f}, latitude"
            f" {crossing[1]:.4f}"
        )
    return ring


def _crossing(ring: npt.NDArray[np.float64]) -> Sequence[float] | None:
    """Where a ring crosses itself, or None; only sides whose spans of longitude meet are tried."""
    begins, ends = ring[:-1], ring[1:]
    west = np.minimum(begins[:, 0], ends[:, 0])
    order = np.argsort(west, kind="stable")
    begins, ends, west = begins[order], ends[order], west[order]
    east = np.maximum(begins[:, 0], ends[:, 0])
    last = np.searchsorted(west, east, side="right")
    for place in range(len(west) - 1):
        others = slice(place + 1, int(last[place]))
        if others.stop <= others.start:
            continue
        hit = _cross(begins[place], ends[place], begins[others], ends[others])
        if hit.any():
            return [float(number) for number in begins[others][int(hit.argmax())]]
    return None


def _cross(
    begin: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    begins: npt.NDArray[np.float64],
    ends: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    """Whether sides cross a side within both; sides that only touch do not."""
    sides = _side(begin, end, begins) * _side(begin, end, ends)
    others = _side(begins, ends, begin) * _side(begins, ends, end)
    return np.asarray((sides < 0.0) & (others < 0.0))


def _side(begin: Any, end: Any, where: Any) -> Any:
    """On which side of a line places lie: above 0 to the left."""
    along, away = end - begin, where - begin
    return along[..., 0] * away[..., 1] - along[..., 1] * away[..., 0]
