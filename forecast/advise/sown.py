"""Whether a crop is sown or planted already, by what was reported of it: then its window is shut.

The calendar of a county says nothing of one field, so only a report shuts a window: a stage behind
the last one in which the work is done, or the day of sowing where that stage begins with the seed.
"""

from typing import Any, Final

import numpy as np

from forecast.advise.calendar_days import Dates
from forecast.advise.profile.phenology import Phenology
from forecast.advise.profile.sowing import Sowing
from forecast.advise.situation import Situation
from forecast.advise.stage_rows import StageRow
from forecast.advise.staging import seen
from forecast.agromet.truth import NO

SAME_CROP: Final = np.timedelta64(183, "D")
"""What was reported longer ago is of another crop."""


def done(phenology: Phenology, sowing: Sowing, *, dates: Dates, situation: Situation) -> Any:
    """Whether the crop is sown, or past the stage of it, on each day as it was reported [day].

    Args:
        phenology: of the profile.
        sowing: of it; one that names no last stage is never done.
        dates: days, datetime64[ns].
        situation: what was seen.
    """
    if sowing.last_stage is None:
        return np.zeros(dates.size, bool)
    names = [stage.id for stage in phenology.stages]
    last = names.index(sowing.last_stage)
    found = np.zeros(dates.size, bool)
    if situation.sown is not None and phenology.stages[last].bbch[0] == 0:
        found |= _since(np.datetime64(situation.sown, "ns"), dates)
    report = seen(phenology, situation)
    if report is None or names.index(report.stage) <= last:
        return found
    row = StageRow.of(phenology, dates, report=report, summed=False)
    later = [row.by_calendar(place) != NO for place in range(last + 1, len(names))]
    return found | (_since(np.datetime64(report.on, "ns"), dates) & np.any(later, axis=0))


def _since(on: np.datetime64, dates: Dates) -> Any:
    return (dates >= on) & (dates < on + SAME_CROP)
