"""What a water balance begins from: reported, kept, of the weather model, or assumed."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt

from forecast.advise.balancing import FieldWater, Start
from forecast.advise.ground import Ground
from forecast.advise.situation import Situation
from forecast.agromet import paddy, single_coefficient


def starts(
    field: FieldWater,
    dates: npt.NDArray[np.datetime64],
    *,
    today: int,
    situation: Situation,
    ground: Ground | None,
) -> Iterator[Start]:
    """What the balance may begin from, the best first; the last is always there.

    Args:
        field: crop and soil.
        dates: days [day].
        today: place of the day that is not over.
        situation: what the farmer says.
        ground: what is known of the ground.
    """
    on, day = dates[today].astype(date), float(field.season_days(dates[today : today + 1])[0])
    if situation.soil_moisture is not None:
        state = field.at_moisture(situation.soil_moisture, day=day)
        yield Start(kind="reported", day=on, first=today, state=state)
    if ground is not None:
        kept = _kept(field, dates, today=today, ground=ground)
        if kept is not None:
            yield kept
        if ground.model_soil_moisture is not None:
            state = field.at_moisture(ground.model_soil_moisture, day=day)
            yield Start(kind="model", day=on, first=today, state=state)
    yield Start(kind="assumed", day=on, first=today, state=field.assumed(day=day))


def _kept(
    field: FieldWater, dates: npt.NDArray[np.datetime64], *, today: int, ground: Ground
) -> Start | None:
    """The kept state, where the days between it and today are at hand."""
    names = paddy.STATE if field.water.flooded else single_coefficient.STATE
    kept = ground.kept(names)
    if kept is None:
        return None
    after = np.flatnonzero(dates[: today + 1] == np.datetime64(kept.day, "D") + 1)
    if after.size == 0:
        return None
    return Start(kind="kept", day=kept.day, first=int(after[0]), state=kept.state)
