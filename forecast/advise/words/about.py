"""What texts tell besides the advice: the place, the clock, and who speaks."""

from dataclasses import dataclass
from datetime import date, datetime

from forecast.advise.profile.wording import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Place and issuer of texts.

    Attributes:
        place_zh: name of the place.
        place_en: likewise.
        elevation_m: height that the forecast is made for, m; None where it is not known.
        zone: IANA zone of the times.
        simulated: whether the forecast is no real one; every text says so.
        next_update: when the next forecast is due, aware.
        issuer_zh: who speaks; empty for nobody.
        issuer_en: likewise.
        number: of a bulletin in its year; None for none.
        today: date of a bulletin; None for that of the forecast.
    """

    place_zh: str
    place_en: str
    elevation_m: float | None
    zone: str
    simulated: bool
    next_update: datetime | None
    issuer_zh: str
    issuer_en: str
    number: int | None = None
    today: date | None = None

    def place(self, language: Language) -> str:
        """Name of the place."""
        return self.place_zh if language == "zh" else self.place_en

    def issuer(self, language: Language) -> str:
        """Who speaks."""
        return self.issuer_zh if language == "zh" else self.issuer_en
