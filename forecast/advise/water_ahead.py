"""The water of a field from its best beginning through today and the days that are known."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from forecast.advise.balancing import DayWater, Doubles, FieldWater, Start
from forecast.advise.evaporating import RAIN, by_member, reference
from forecast.advise.ground import Ground
from forecast.advise.situation import Situation
from forecast.advise.water_starts import starts
from forecast.advise.weather import Weather


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ahead:
    """A balance through today and the days after it.

    Attributes:
        dates: days [day], the first of them today, or tomorrow where today is not whole.
        lacking: mm missing at the end of each day [member, day].
        limit: mm missing from which water is needed [member, day].
        rain: mm [member, day].
        stored: of a soil the depletion as the first day begins, of a rice field the layer, mm.
        start: what it began from.
    """

    dates: npt.NDArray[np.datetime64]
    lacking: Doubles
    limit: Doubles
    rain: Doubles
    stored: float
    start: Start


def ahead(
    field: FieldWater, weather: Weather, *, situation: Situation, ground: Ground | None
) -> Ahead | None:
    """The balance from the best beginning that leads to today; None where no day is known.

    It ends before the first day that is not known for all members.

    Args:
        field: crop, soil and season.
        weather: at a place, not over.
        situation: what the farmer says.
        ground: what is known of the ground.
    """
    days = day_water(weather)
    if days is None:
        return None
    known, today = days.known, int(weather.ahead[0])
    options = starts(field, days.dates, today=today, situation=situation, ground=ground)
    for start in options:
        late = int(start.first == today and not known[today])
        begun = replace(start, first=start.first + late)
        here = max(today, begun.first)
        end = begun.first + _leading(known[begun.first :])
        if end > here:
            return _through(field, days.until(end), begun, here=here)
    return None


def day_water(weather: Weather) -> DayWater | None:
    """What the days take and give, of members that are known on any day; None without them.

    Args:
        weather: at a place.
    """
    et0 = reference(weather)
    if et0 is None or RAIN not in weather.daily:
        return None
    et0, rain = np.broadcast_arrays(et0, by_member(weather.daily[RAIN], "day"))
    held = (np.isfinite(et0) & np.isfinite(rain)).any(axis=1)
    if not held.any():
        return None
    return DayWater(dates=weather.days.dates, et0=et0[held], rain=rain[held])


def _through(field: FieldWater, days: DayWater, start: Start, *, here: int) -> Ahead:
    """Run the days and keep those from today on."""
    course = field.run(days, start)
    past = here - start.first
    before = float(np.median(course.stored[:, past - 1])) if past else start.state[0]
    return Ahead(
        dates=days.dates[here:],
        lacking=course.lacking[:, past:],
        limit=course.limit[:, past:],
        rain=days.rain[:, here:],
        stored=before,
        start=start,
    )


def _leading(holds: npt.NDArray[np.bool_]) -> int:
    """How many hold before the first that does not."""
    return holds.size if holds.all() else int(np.argmin(holds))
