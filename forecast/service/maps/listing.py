"""What the map can show: variables with their colours, hours of each region, rules of each crop."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from forecast.advise.grading import Part, kind_of, labels_of
from forecast.advise.profile import CropProfile
from forecast.errors import StoreError
from forecast.export.colours import NO_DATA, NOT_APPLICABLE, colours_of
from forecast.service.advice.map_notes import map_note
from forecast.service.maps.grades_drawn import pattern_of
from forecast.service.maps.mercator import DEEPEST, SIZE
from forecast.service.maps.planes import drawable, offered
from forecast.service.maps.quantiles import LEVELS
from forecast.service.maps.scales import scale_of, style
from forecast.service.passport import AGE_LIMITS_H, EXPIRED, cycle_passport
from forecast.service.served import CycleFacts, ServedRegion
from forecast.times import days, to_datetime64
from forecast.variables import LAND_SHARE, variable
from grids import BoundingBox

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

MISSING: Final = "missing"
ADVICE_ZOOM: Final = 7
"""Zoom from which grades are drawn: below it a tile holds more than one may ask for."""

TEMPLATES: Final[Mapping[str, str]] = {
    "variable": "/tiles/{variable}/{time}/{z}/{x}/{y}.png",
    "advice": "/tiles/advice/{crop}/{rule}/{day}/{z}/{x}/{y}.png",
    "counts": "/tiles/{variable}/{time}/{z}/{x}/{y}.int16",
    "codes": "/tiles/advice/{crop}/{rule}/{day}/{z}/{x}/{y}.int16",
    "hillshade": "/tiles/hillshade/{z}/{x}/{y}.png",
    "water": "/tiles/water/{z}/{x}/{y}.png",
}
_WORST: Final = (MISSING, EXPIRED, *(word for word, _ in reversed(AGE_LIMITS_H)))

Times = npt.NDArray[np.datetime64]


def layers(service: "ForecastService") -> dict[str, Any]:
    """List the layers of the map, ready for JSON.

    Args:
        service: with its regions and crops.
    """
    now = service.clock()
    facts: dict[str, CycleFacts] = {}
    entries = [_region(served, facts, now=now) for served in service.served]
    names = dict.fromkeys(name for one in facts.values() for name in drawable(one.cycle))
    quantiled = {name for one in facts.values() for name in offered(one)}
    hours = [one.cycle.times for one in facts.values()]
    return {
        "simulated": any(one.cycle.simulated for one in facts.values()),
        "state": min((entry["state"] for entry in entries), key=_WORST.index),
        "style": style(),
        "cycles": ",".join(one.cycle.id for one in facts.values()),
        "bounds": _around([served.bounds for served in service.served]),
        "min_zoom": 0,
        "max_zoom": DEEPEST,
        "advice_min_zoom": ADVICE_ZOOM,
        "tile_size": SIZE,
        "templates": dict(TEMPLATES),
        "regions": entries,
        "times": _compact(np.unique(np.concatenate(hours))) if hours else [],
        "variables": [_variable(name, quantiled=name in quantiled) for name in names],
        "advice": [
            _crop(service.knowledge.crops.profile(name), facts.values(), now=now)
            for name in service.knowledge.crops.names
        ],
    }


def _region(served: ServedRegion, facts: dict[str, CycleFacts], *, now: datetime) -> dict[str, Any]:
    """One region with its current cycle, which is put among the facts."""
    region = served.region
    where = {
        "name": region.name,
        "label_zh": region.label_zh,
        "label_en": region.label_en,
        "timezone": region.timezone,
        "bounds": _box(served.bounds),
    }
    try:
        found = facts[region.name] = served.current()
    except StoreError as error:
        return {**where, "state": MISSING, "reason": str(error)}
    about = cycle_passport(found, now=now)
    told = ("cycle", "run_time", "published_at", "degraded", "source", "source_label")
    surface = found.surface
    return {
        **where,
        "state": about["age"]["state"],
        "age_hours": about["age"]["hours"],
        **{name: about[name] for name in (*told, "simulated", "licence", "attribution")},
        "members": found.members.count,
        "times": _compact(found.cycle.times),
        "times_local": found.times_local,
        "variables": list(drawable(found.cycle)),
        "quantile_variables": list(offered(found)),
        "hillshade": bool(np.ptp(surface["elevation"]) > 0.0),
        "water": bool((surface["land_fraction"] < LAND_SHARE).any()),
    }


def _variable(name: str, *, quantiled: bool) -> dict[str, Any]:
    entry, scale = variable(name), scale_of(name)
    return {
        "name": name,
        "label_zh": entry.label_zh,
        "label_en": entry.label_en,
        "units": entry.units,
        "cell_method": entry.cell_method,
        "decimals": entry.decimals,
        "counts_per_unit": entry.scale,
        "scale": scale.name,
        "kind": scale.kind,
        "legend": [{"value": value, "colour": colour} for value, colour in scale.stops],
        "mark": scale.mark,
        "quantiles": list(LEVELS) if quantiled else [],
    }


def _crop(profile: CropProfile, facts: Iterable[CycleFacts], *, now: datetime) -> dict[str, Any]:
    parts: tuple[Part, ...] = (*profile.rules, *profile.windows, *profile.sowing)
    return {
        "crop": profile.id,
        "name": profile.name.model_dump(),
        "region": profile.region.model_dump(),
        "day_boundary": profile.day_boundary,
        "days": {one.cycle.region: _days(one.cycle.times, profile, now=now) for one in facts},
        "stages": [
            {"id": stage.id, "name": stage.name.model_dump()} for stage in profile.phenology.stages
        ],
        "rules": [
            {**_rule(part), "note": map_note(part, members=[one.members.count for one in facts])}
            for part in parts
        ],
    }


def _days(times: Times, profile: CropProfile, *, now: datetime) -> list[str]:
    """Dates that a map of grades has: those that are not over."""
    parted = days(times, boundary=profile.boundary, zone=profile.zone)
    ahead = parted.dates[parted.ends > to_datetime64(now)]
    return [str(day) for day in np.datetime_as_string(ahead, unit="D")]


def _rule(part: Part) -> dict[str, Any]:
    kind, labels = kind_of(part), labels_of(part)
    colours = {-2: NOT_APPLICABLE, -1: NO_DATA, **colours_of(kind)}
    levels = [text for code, text in labels.items() if code > 0]
    name = getattr(part, "name", None)
    return {
        "id": part.id,
        "kind": kind,
        "name": name.model_dump()
        if name is not None
        else {lang: " / ".join(getattr(text, lang) for text in levels) for lang in ("zh", "en")},
        "legend": [
            {
                "code": code,
                "name": text.model_dump(),
                "colour": "#{:02x}{:02x}{:02x}".format(*colours[code]),
                "pattern": pattern_of(kind, code),
            }
            for code, text in labels.items()
        ],
    }


def _compact(times: Times) -> list[str]:
    """Hours as they stand in the address of a tile: 20250410T06Z."""
    texts = np.datetime_as_string(times, unit="h").tolist()
    return [f"{text.replace('-', '')}Z" for text in texts]


def _around(boxes: Sequence[BoundingBox]) -> dict[str, float]:
    return {
        "west": min(box.west for box in boxes),
        "south": min(box.south for box in boxes),
        "east": max(box.east for box in boxes),
        "north": max(box.north for box in boxes),
    }


def _box(box: BoundingBox) -> dict[str, float]:
    return {name: getattr(box, name) for name in ("west", "south", "east", "north")}
