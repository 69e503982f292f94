"""The query of `GET /v1/advisories`, read as that of `GET /v1/forecast`."""

from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from forecast.api.queries import (
    read_choice,
    read_numbers,
    read_parameters,
    read_points,
    read_truth,
)
from forecast.errors import InvalidRequest

Form = Literal["json", "text", "html"]
Language = Literal["zh", "en"]

FORMS: Final[tuple[Form, ...]] = ("json", "text", "html")
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
_TEXTS: Final = (
    *("crop", "sown", "stage", "stage_on", "soil", "cycle", "as_of", "cell"),
    *("datum", "precision"),
)
_TRUTHS: Final = ("covered", "strict")
KNOWN: Final = (
    *("place", "lat", "lon", "elevation"),
    *_TEXTS,
    *_TRUTHS,
    *("soil_moisture", "format", "lang"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRequest:
    """What a query asks for.

    Attributes:
        options: arguments of `forecast.service.ask_advice`.
        form: `json`, or the bulletin as `text` or `html`.
        language: of the bulletin.
    """

    options: dict[str, Any]
    form: Form
    language: Language


def read_advice_query(query: bytes) -> AdviceRequest:
    """Read a raw query string.

    Raises:
        InvalidRequest: a parameter is unknown, asked twice, or no such value, or there are
            several places.
    """
    given = read_parameters(query, known=KNOWN)
    options: dict[str, Any] = {name: given[name] for name in _TEXTS if name in given}
    options |= {name: read_truth(given[name], name=name) for name in _TRUTHS if name in given}
    if "soil_moisture" in given:
        options["soil_moisture"] = _one(read_numbers(given["soil_moisture"], name="soil_moisture"))
    points = read_points(given)
    if len(points) > 1:
        raise InvalidRequest(f"{len(points)} places were asked; allowed is one for advice")
    form = cast("Form", read_choice(given, "format", allowed=FORMS))
    language = cast("Language", read_choice(given, "lang", allowed=LANGUAGES))
    if "lang" in given and form == "json":
        raise InvalidRequest(
            "lang was asked for json, which holds both languages; allowed is with format text or"
            " html"
        )
    return AdviceRequest(options=options | points[0], form=form, language=language)


def _one(numbers: list[float]) -> float:
    if len(numbers) > 1:
        raise InvalidRequest(f"{len(numbers)} numbers of soil_moisture were asked; allowed is one")
    return numbers[0]
