"""The weather that a profile is judged on, as the service puts it together."""

from datetime import date
from pathlib import Path
from typing import Any

from forecast.advise.profile import shipped_profile
from forecast.advise.weather import Weather
from forecast.query.climatology import Normals
from forecast.query.history import History
from forecast.service import ForecastService, ask
from forecast.service.advice.weather import weather_of
from forecast.service.answering import Beside

HERE = {"latitude": 39.385, "longitude": 117.655}
ROW, COLUMN = 3, 5
"""The cell that answers for it."""

TEA = "tea.cuilan.yuexi"
RICE = "rice.xiaozhan.ninghe"


def weather_at(
    service: ForecastService,
    crop: str = TEA,
    *,
    normals: Path | Normals | None = None,
    history: Path | History | None = None,
    since: date | None = None,
    **asked: Any,
) -> Weather:
    """Weather of the current cycle for a shipped profile at `HERE`.

    Args:
        service: of one region.
        crop: id of the profile.
        normals: file of normals, or what was read of it.
        history: file of past years, likewise.
        since: day from which the crop counts.
        **asked: of the question, as `elevation`.
    """
    (served,) = service.served
    beside = Beside(
        now=service.clock(),
        archive=served.archive,
        normals=Normals.read(normals) if isinstance(normals, Path) else normals,
        history=History.read(history) if isinstance(history, Path) else history,
    )
    question = ask(service, **{**HERE, **asked})
    profile = shipped_profile(crop)
    return served.answer(
        lambda facts: weather_of(facts, question, profile=profile, beside=beside, since=since)
    )
