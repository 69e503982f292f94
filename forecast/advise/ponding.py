"""Water that stands in a field after rain, how long it stays, and when one can enter again.

What runs onto a low field from around it is not counted; its ditches are taken to be slow. In a
flooded rice field water counts that stands above the bund.
"""

from datetime import date
from typing import Any

import numpy as np

from forecast.advise.advice import StandingWater
from forecast.advise.balancing import Doubles
from forecast.advise.chances import MEMBER
from forecast.advise.ground import ASSUMED_SOIL, Ground
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.quantiles import ROUNDING, at_share
from forecast.advise.situation import Situation
from forecast.advise.soaking import RAIN, Soaked, beginnings, field_of, hour_water, soaked
from forecast.advise.water_season import water_season
from forecast.advise.weather import Weather
from forecast.agromet import truth
from forecast.agromet.crop_coefficients import soil_named
from forecast.agromet.spells import run_lengths
from forecast.parameters import chosen
from forecast.times import iso


def standing_water(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation,
    ground: Ground | None = None,
) -> StandingWater | None:
    """What members say of standing water; None where there is no hourly rain.

    Args:
        profile: of the crop.
        weather: at a place.
        situation: what the farmer says.
        ground: what is known of the ground.

    Raises:
        UnknownName: no such soil.
    """
    if RAIN not in weather.hourly:
        return None
    texture = situation.soil or ASSUMED_SOIL
    flooded = _flooded(profile, weather, situation)
    told: dict[str, Any] = {
        "soil": texture,
        "soil_assumed": situation.soil is None,
        "flooded": flooded,
    }
    if ground is not None:
        told |= {
            "low_lying": ground.low_lying,
            "height_above_drainage_m": ground.height_above_drainage_m,
            "topographic_wetness": ground.topographic_wetness,
            "caveat": ground.caveat,
        }
    hours = hour_water(weather)
    if hours is None:
        return StandingWater(state="no-data", members=0, **told)
    field = field_of(soil_named(texture), ground=ground, flooded=flooded)
    begins = beginnings(field, flooded=flooded, situation=situation, ground=ground)
    found = soaked(weather, hours, field=field, begins=begins)
    judged = _judged(found, flooded=flooded, alone=MEMBER not in weather.hourly[RAIN].dims)
    return StandingWater(**judged, **told)


def _flooded(profile: CropProfile, weather: Weather, situation: Situation) -> bool:
    """Whether a layer of water is kept today."""
    if profile.water is None or not profile.water.flooded or weather.ahead.size == 0:
        return False
    today = weather.days.dates[weather.ahead[0]].astype(date)
    season = water_season(profile, situation, today=today)
    return season is not None and season.applies


def _judged(found: Soaked, *, flooded: bool, alone: bool) -> dict[str, Any]:
    """State, depths and hours over the members.

    A field is entered once no water stands and its soil holds no more than at field capacity:
    restricted or good as `agromet.trafficability` has it.
    """
    depth, limit = _depths(found, flooded=flooded)
    stands = depth > limit + ROUNDING
    counts = run_lengths(stands) >= chosen("ponding_hours")
    wet = counts.any(axis=1)
    share = float(wet.mean())
    passed = (found.times - found.times[0]) / np.timedelta64(1, "h")
    gone = _until(~stands, passed, since=np.argmax(depth, axis=1))
    judged: dict[str, Any] = {
        "state": _state(share),
        "probability": None if alone else share,
        "begins": _begins(found, counts) if wet.any() else None,
        "start": found.start,
        "members": len(depth),
        **_both("depth_mm", depth.max(axis=1)),
        **_both("hours_to_drain", np.where(stands.any(axis=1), gone, 0.0)),
    }
    if flooded:
        return judged
    carries = ~stands & (found.water / found.capacity <= 1.0 + truth.ROUNDING)
    after = np.where(stands.any(axis=1), np.argmax(depth, axis=1), 0)
    entry = _until(carries, passed, since=after) + passed[after]
    return judged | _both("hours_until_entry", entry)


def _depths(found: Soaked, *, flooded: bool) -> tuple[Doubles, float]:
    """Depth of the water, mm [member, step], and the depth above which it counts."""
    if not flooded:
        return found.pond, chosen("standing_water")
    layer = chosen("paddy_full_depth") + found.pond - (found.full - found.water)
    return np.maximum(layer, 0.0), chosen("paddy_bund")


def _state(share: float) -> str:
    if share >= chosen("ponding_likely") - ROUNDING:
        return "red"
    return "amber" if share >= chosen("ponding_possible") - ROUNDING else "green"


def _begins(found: Soaked, counts: Any) -> str:
    """Beginning of the first water that counts, in the median of the members that have it."""
    wet = counts.any(axis=1)
    first = np.argmax(counts[wet], axis=1) - int(chosen("ponding_hours")) + 1
    return iso(found.times[int(at_share(first, 0.5))])


def _until(holds: Any, passed: Doubles, *, since: Any) -> Doubles:
    """Hours from a step on until it holds, by member; infinite where it does not any more."""
    later = holds & (np.arange(passed.size) >= np.asarray(since)[:, np.newaxis])
    hours = passed[np.argmax(later, axis=1)] - passed[since]
    return np.where(later.any(axis=1), hours, np.inf)


def _both(name: str, values: Doubles) -> dict[str, float | None]:
    """Median and P90 over the members; None where infinite."""
    quantiles = {half: at_share(values, share) for half, share in (("p50", 0.5), ("p90", 0.9))}
    return {
        f"{name}_{half}": None if np.isinf(value) else round(value, 1)
        for half, value in quantiles.items()
    }
