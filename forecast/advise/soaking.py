"""Rain that soaks in, stands and drains, hour by hour from the past through the forecast.

Evaporation is that of the day, spread over its hours; a day that is not whole has that of the
nearest whole one, and where no day is known nothing evaporates, so that no water goes sooner than
it may.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.advise.balancing import Beginning, Doubles, percolation
from forecast.advise.evaporating import by_member, reference
from forecast.advise.ground import Ground
from forecast.advise.situation import Situation
from forecast.advise.weather import Weather
from forecast.agromet import paddy
from forecast.agromet.crop_coefficients import Soil
from forecast.agromet.single_coefficient import STATE as SOIL
from forecast.agromet.waterlogging import STATE, Field, walk
from forecast.parameters import chosen
from forecast.times import to_datetime64

RAIN: Final = "precipitation"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HourWater:
    """What the hours take and give; those up to now are alike in all members.

    Attributes:
        times: ends of the hours [time].
        rain: mm [member, time].
        demand: reference evapotranspiration, mm [member, time].
        passed: hours that are over: the first of those ahead.
    """

    times: npt.NDArray[np.datetime64]
    rain: Doubles
    demand: Doubles
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What the water of a field begins from.

    Attributes:
        kind: where it is known from.
        pond: mm that stand; of a flooded rice field those above its full layer.
        water: mm in the soil.
        since: day at whose end it held; None for before the first hour.
        now: whether it holds now instead.
    """

    kind: Beginning
    pond: float
    water: float
    since: date | None = None
    now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Soaked:
    """Water of the field now and at the end of each hour ahead.

    Attributes:
        times: now, then the ends of the hours [step].
        pond: mm that stand; of a flooded rice field those above its full layer [member, step].
        water: mm in the soil [member, step].
        capacity: of the soil, mm.
        full: when saturated, mm.
        start: what the water of the soil began from.
    """

    times: npt.NDArray[np.datetime64]
    pond: Doubles
    water: Doubles
    capacity: float
    full: float
    start: Beginning


def field_of(soil: Soil, *, ground: Ground | None, flooded: bool) -> Field:
    """The field that rain falls on.

    Ditches are slow where it lies low and where that is not known. In a flooded rice field what
    stands above the full layer is counted: it fills what the soil lacks at once, and seeps slowly.

    Args:
        soil: of the field.
        ground: how it lies.
        flooded: whether a layer is kept.
    """
    dry = ground is not None and ground.low_lying is False
    return Field(
        soil=replace(soil, conductivity=np.inf) if flooded else soil,
        depth=chosen("ponding_soil_depth"),
        outflow=chosen("open_ground_outflow") if dry else chosen("low_ground_outflow"),
        seepage=percolation(soil) / 24.0 if flooded else soil.conductivity,
    )


def hour_water(weather: Weather) -> HourWater | None:
    """The hours that are known without a gap around now; None where the next is not.

    They end with those that are looked ahead to (`ponding_horizon`): a storm that may come in two
    weeks says nothing of this field.

    Args:
        weather: at a place, with hourly rain.
    """
    times = weather.hourly["time"].values
    rain = by_member(weather.hourly[RAIN], "time")
    passed = int(np.searchsorted(times, to_datetime64(weather.now), side="right"))
    rain = rain[np.isfinite(rain[:, passed:]).any(axis=1)]
    if rain.size == 0:
        return None
    known = np.isfinite(rain).all(axis=0)
    gaps = np.flatnonzero(~known)
    first = int(gaps[gaps < passed].max(initial=-1)) + 1
    end = int(gaps[gaps >= passed].min(initial=times.size))
    if end <= passed:
        return None
    demand = _hourly_demand(weather, len(rain))
    kept = slice(first, min(end, passed + int(chosen("ponding_horizon"))))
    return HourWater(
        times=times[kept], rain=rain[:, kept], demand=demand[:, kept], passed=passed - first
    )


def soaked(weather: Weather, hours: HourWater, *, field: Field, begins: list[Begin]) -> Soaked:
    """Run the field through its past hours once, and each member through those ahead.

    A kept state holds from the end of its day on, where that lies within the hours that are past;
    a moisture of today holds now, whatever ran before.

    Args:
        weather: whose days name the end of the kept state's.
        hours: rain and evaporation, from `hour_water`.
        field: from `field_of`.
        begins: what the water may begin from, the best first, from `beginnings`.
    """
    places = [_place(weather, hours, begin) for begin in begins]
    begin, first = next((b, p) for b, p in zip(begins, places, strict=True) if p is not None)
    before = begins[-1] if begin.now else begin
    pond, water = before.pond, before.water
    if first < hours.passed:
        rain, demand = (one[:1, first : hours.passed] for one in (hours.rain, hours.demand))
        found = walk(rain, demand, field=field, start=(pond, water))
        pond, water = (float(found[name][0, -1]) for name in STATE)
    water = begin.water if begin.now else water
    rain, demand = (one[:, hours.passed :] for one in (hours.rain, hours.demand))
    found = walk(rain, demand, field=field, start=(pond, water))
    store = 1000.0 * float(field.depth)
    return Soaked(
        times=np.append(to_datetime64(weather.now), hours.times[hours.passed :]),
        pond=_from_now(pond, found["ponded_depth"]),
        water=_from_now(water, found["soil_water"]),
        capacity=store * field.soil.field_capacity,
        full=store * field.soil.saturation,
        start=begin.kind,
    )


def beginnings(
    field: Field, *, flooded: bool, situation: Situation, ground: Ground | None
) -> list[Begin]:
    """What the water of the field may begin from, the best first; the last is always there.

    Where nothing is known a soil is at field capacity before the first hour, and a flooded rice
    field is full now, because its layer is kept.

    Args:
        field: from `field_of`.
        flooded: whether a layer is kept.
        situation: what the farmer says.
        ground: what is known of the ground.
    """
    store = 1000.0 * float(field.depth)
    capacity, full = store * field.soil.field_capacity, store * field.soil.saturation
    model = None if ground is None else ground.model_soil_moisture
    found = [_moist("reported", situation.soil_moisture, capacity, full)]
    kept = None if ground is None else ground.kept(paddy.STATE if flooded else SOIL)
    if kept is not None and flooded:
        lacks = chosen("paddy_full_depth") - kept.state[0] + kept.state[1]
        pond, water = max(-lacks, 0.0), max(full - max(lacks, 0.0), 0.0)
        found.append(Begin(kind="kept", pond=pond, water=water, since=kept.day))
    elif kept is not None:
        water = max(capacity - kept.state[0] * float(field.depth) / kept.state[1], 0.0)
        found.append(Begin(kind="kept", pond=0.0, water=water, since=kept.day))
    found.append(_moist("model", model, capacity, full))
    usual = full if flooded else capacity
    found.append(Begin(kind="assumed", pond=0.0, water=usual, now=flooded))
    return [begin for begin in found if begin is not None]


def _moist(kind: Beginning, percent: float | None, capacity: float, full: float) -> Begin | None:
    if percent is None:
        return None
    return Begin(kind=kind, pond=0.0, water=min(percent / 100.0 * capacity, full), now=True)


def _place(weather: Weather, hours: HourWater, begin: Begin) -> int | None:
    """Place of the first hour that is run from it; None where its day does not end among them."""
    if begin.since is None:
        return 0
    at = np.flatnonzero(weather.days.dates == np.datetime64(begin.since, "D"))
    if at.size == 0:
        return None
    over = weather.days.ends[at[0]]
    place = int(np.searchsorted(hours.times, over, side="right"))
    begun = place > 0 or hours.times[0] - over <= np.timedelta64(1, "h")
    return place if begun and place <= hours.passed else None


def _from_now(now: float, ahead: Doubles) -> Doubles:
    return np.concatenate([np.full((len(ahead), 1), now), ahead], axis=1)


def _hourly_demand(weather: Weather, members: int) -> Doubles:
    """Evaporation of each hour [member, time]; 0 where no day is known."""
    days, shape = weather.days, (members, weather.days.number.size)
    daily = reference(weather)
    whole = None if daily is None else np.flatnonzero(np.isfinite(daily).all(axis=0))
    if daily is None or whole is None or whole.size == 0:
        return np.zeros(shape)
    places = np.arange(days.dates.size)
    nearest = whole[np.argmin(np.abs(places[:, np.newaxis] - whole), axis=1)]
    hourly = (daily[:, nearest] / days.hours[nearest])[:, days.number]
    return np.asarray(np.broadcast_to(hourly if len(hourly) == members else hourly.mean(0), shape))
