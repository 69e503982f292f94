"""What the farmer says of a field; all of it may be left out."""

from dataclasses import dataclass
from datetime import date

from forecast.advise.stages import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a field from somebody who saw it.

    Attributes:
        report: newest stage that was seen, and the day.
        sown: day of sowing or planting; degree-days of profiles without a fixed day count from it.
        covered: whether the seedbed is under film.
        soil: texture, as `agromet.crop_coefficients.soil_named` knows it; assumed when None.
        soil_moisture: of the root zone today, % of field capacity.
    """

    report: Report | None = None
    sown: date | None = None
    covered: bool = False
    soil: str | None = None
    soil_moisture: float | None = None
