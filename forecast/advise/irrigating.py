"""When and how much to water a field: the balance of FAO-56, or the layer of flooded rice.

Water is needed on the first day at whose end the depletion reaches what is readily available
(FAO-56, chapter 8), or the layer of rice lies below its least depth. Rain that most members agree
on is taken off; a day of rain that would make watering needless is named.
"""

from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.advise.advice import Irrigation
from forecast.advise.balancing import Doubles, FieldWater
from forecast.advise.ground import ASSUMED_SOIL, Ground
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.quantiles import at_share, middles
from forecast.advise.situation import Situation
from forecast.advise.water_ahead import Ahead, ahead
from forecast.advise.water_season import water_season
from forecast.advise.weather import Weather
from forecast.agromet.crop_coefficients import soil_named
from forecast.agromet.irrigation import amount_needed, cubic_metres_per_mu
from forecast.parameters import chosen

NEAR: Final = 1e-6
"""mm; two amounts this near are equal."""


def irrigation(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation,
    ground: Ground | None = None,
) -> Irrigation | None:
    """Advice on watering; None where the profile has no water.

    Drying a rice field on purpose and draining it before harvest are not known here.

    Args:
        profile: of the crop.
        weather: at a place.
        situation: what the farmer says.
        ground: what is known of the ground.

    Raises:
        UnknownName: no such soil.
    """
    water = profile.water
    if water is None:
        return None
    texture = situation.soil or ASSUMED_SOIL
    soil = soil_named(texture)
    told: dict[str, Any] = {
        "soil": texture,
        "soil_assumed": situation.soil is None,
        "citations": {key: profile.citations[key] for key in water.cite},
    }
    nothing: dict[str, Any] = {"start": "assumed", "members": 0}
    places = weather.ahead
    if places.size == 0:
        return Irrigation(state="no-data", **nothing, **told)
    today = weather.days.dates[places[0]].astype(date)
    season = water_season(profile, situation, today=today)
    if season is None or not season.applies:
        return Irrigation(state="not-applicable", **nothing, **told)
    told |= {"season_begins": season.begins.isoformat(), "season_assumed": season.assumed}
    field = FieldWater(water=water, soil=soil, begins=season.begins)
    found = ahead(field, weather, situation=situation, ground=ground)
    if found is None:
        return Irrigation(state="no-data", **nothing, **told)
    start = {"start": found.start.kind, "start_day": found.start.day.isoformat()}
    return Irrigation(**start, **_judged(found, flooded=water.flooded), **told)


def _judged(found: Ahead, *, flooded: bool) -> dict[str, Any]:
    """State, days, amounts and rain."""
    days = _first(found.lacking >= found.limit - NEAR)
    first, median, last = (at_share(days, share) for share in (0.1, 0.5, 0.9))
    noticed = _first(found.lacking >= chosen("irrigation_notice") * found.limit - NEAR)
    today = float(np.median(found.limit[:, 0]))
    judged: dict[str, Any] = {
        "state": "green" if np.isinf(at_share(noticed, 0.5)) else "amber",
        "first": _date(found, first),
        "median": _date(found, median),
        "last": _date(found, last),
        "depletion_mm": round(found.stored, 1),
        "readily_available_mm": round(chosen("paddy_least_depth") if flooded else today, 1),
        "members": len(found.lacking),
    }
    if np.isinf(median):
        return judged
    amounts = _amounts(found, int(median))
    if median == 0 and amounts["amount_mm"] > 0.0:
        judged["state"] = "red"
    return judged | amounts | _postponing(found, int(median))


def _amounts(found: Ahead, day: int) -> dict[str, float]:
    """What fills the field on a day, less the rain of the days after it that is counted on."""
    rain = _counted_rain(found, day)
    amount = round(float(amount_needed(middles(found.lacking)[day], expected_rain=rain)), 1)
    return {
        "amount_mm": amount,
        "amount_m3_per_mu": round(float(cubic_metres_per_mu(amount)), 1),
        "expected_rain_mm": round(rain, 1),
    }


def _counted_rain(found: Ahead, day: int) -> float:
    """The largest sum after a day that is likely enough, mm; few members tell no chance."""
    if len(found.rain) < chosen("ensemble_least_members"):
        return 0.0
    after = found.rain[:, day + 1 : day + 1 + int(chosen("counted_rain_days"))]
    return -at_share(-after.sum(axis=1), chosen("counted_rain_chance"))


def _postponing(found: Ahead, day: int) -> dict[str, Any]:
    """The first day near to the one of watering whose rain would make it needless for a while.

    It must be so much that the field does not need water until the end of the days that are
    looked at. Rain after the day of watering must be likely, as rain that is counted on, because
    the field waits for it dry; rain up to that day costs no waiting and need but be possible.
    """
    reach = int(chosen("counted_rain_days"))
    last = min(day + reach, found.dates.size - 1)
    usual = middles(found.rain)
    over = middles(found.lacking) - middles(found.limit)
    for wet in range(max(day - reach, 0), last + 1):
        needed = round(float(over[max(wet, day) : last + 1].max() + usual[wet]), 1)
        share = float((found.rain[:, wet] >= needed - NEAR).mean())
        least = chosen("counted_rain_chance") if wet > day else chosen("possible_rain_chance")
        if needed > 0.0 and share >= least - NEAR:
            return {
                "postpone": _date(found, wet),
                "postpone_mm": needed,
                "postpone_until": _date(found, last),
                "postpone_probability": share if len(found.rain) > 1 else None,
            }
    return {}


def _first(holds: npt.NDArray[np.bool_]) -> Doubles:
    """Place of the first day on which it holds, by member; infinite where on none."""
    return np.where(holds.any(axis=1), np.argmax(holds, axis=1), np.inf)


def _date(found: Ahead, day: float) -> str | None:
    return None if np.isinf(day) else str(found.dates[int(day)])
