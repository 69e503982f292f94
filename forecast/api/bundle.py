"""A bundle: the page and the service's answers for some places, as files for any web server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from forecast import SIMULATED_WORDS
from forecast.api.application import create_app
from forecast.api.bundle_page import page_files, plain_page, readme
from forecast.api.bundle_questions import (
    Asked,
    bulletin_questions,
    place_questions,
    shared_questions,
)
from forecast.api.inside import Inside
from forecast.errors import RequestTooLarge
from forecast.export.bundle import SIGN, BundleFiles, whole_bundle
from forecast.query.places import Place
from forecast.regions import Region
from forecast.service import ForecastService
from forecast.service.bundle import bundle_crops, bundle_places
from forecast.service.passport import cycle_passport
from forecast.service.served import ServedRegion
from forecast.settings import Settings
from forecast.times import iso, parse_instant, zone_info

MOST_BYTES: Final = 2_000_000_000
STAGE: Final = "files of the bundle"
FORMAT: Final = 1
_SIMULATED_ZH: Final = "模拟情景，不是天气预报，请勿据此安排农事。"

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOrder:
    """What to bundle.

    Attributes:
        region: name of the region.
        output: a folder, or a file that ends in `.zip`.
        places: see `forecast.service.bundle.bundle_places`.
        crops: see `forecast.service.bundle.bundle_crops`.
        stages: whether advice is held for every stage, not only for that of the calendar.
        cycle: a published cycle, or None for the current one.
    """

    region: str
    output: Path
    places: str | None = None
    crops: str | None = None
    stages: bool = True
    cycle: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleReport:
    """What was written.

    Attributes:
        places: number of places.
        crops: ids of the crops.
        files: number of files.
        size: bytes of all files, before packing.
        refused: sentences of questions that the service refused, each once.
        simulated: whether the cycle is.
    """

    places: int
    crops: tuple[str, ...]
    files: int
    size: int
    refused: tuple[str, ...]
    simulated: bool


@dataclass(slots=True)
class _Work:
    """A bundle as it grows."""

    inside: Inside
    files: BundleFiles
    about: dict[str, Any]
    crops: dict[str, tuple[str, ...]]
    refused: dict[str, None] = field(default_factory=dict)
    bulletins: dict[str, dict[str, str]] = field(default_factory=dict)

    def answers(self, asked: Asked, *, folder: str) -> str:
        """Ask, and keep what is answered, also a refusal; the name of the file."""
        for query in asked.tries:
            told = self.inside.get(asked.path, query)
            if told.status == 200:
                break
        else:
            document = orjson.loads(told.content)
            self.refused[document.get("detail", document["title"])] = None
        name = f"{folder}/{asked.file}"
        self.files.add(name, told.content)
        return name

    def place(self, place: Place, *, folder: str) -> None:
        """All of one place."""
        for asked in place_questions(place, crops=self.crops, cycle=self.about["cycle"]):
            self.answers(asked, folder=f"answers/{folder}")
        held: dict[str, str] = {}
        for asked in bulletin_questions(place, crops=list(self.crops), cycle=self.about["cycle"]):
            told = self.inside.get(asked.path, asked.tries[0])
            if told.status == 200:
                query = asked.tries[0]
                self.files.add(f"answers/{folder}/{asked.file}", told.content)
                held[f"{query['crop']} {query['lang']}"] = asked.file
        self.bulletins[folder] = held


def write_bundle(
    settings: Settings,
    order: BundleOrder,
    *,
    report: Report | None = None,
    expect: Callable[[int, int], None] | None = None,
) -> BundleReport:
    """Write a bundle; it stands at its place only when it is whole.

    Args:
        settings: of the service that answers.
        order: what to bundle.
        report: called with (stage, done, total).
        expect: told the number of places and about how many bytes there will be.

    Raises:
        InvalidRequest: something else lies at the output.
        UnknownName: a place, crop or cycle is not known.
        OutsideArea: a place lies outside the region.
        RequestTooLarge: too many places or bytes.
        StoreError: nothing whole is published.
    """
    # one clock for all answers
    app = create_app(settings.model_copy(update={"now": settings.clock()}))
    service: ForecastService = app.state.service
    served = service.region(order.region)
    about = served.answer(
        lambda facts: cycle_passport(facts, now=service.clock()), cycle=order.cycle
    )
    crops = bundle_crops(service, served, asked=order.crops)
    found = bundle_places(service, served, asked=order.places)
    places = {f"{number:03d}": place for number, place in enumerate(found, start=1)}
    held = {name: stages if order.stages else () for name, stages in crops.items()}
    with Inside(app) as inside, whole_bundle(order.output) as files:
        work = _Work(inside, files, about, held)
        _fill(work, places, report=report, expect=expect)
        _close(work, places, served=served, service=service)
    return BundleReport(
        places=len(places),
        crops=tuple(crops),
        files=len(files.files) + 1,
        size=files.size,
        refused=tuple(work.refused),
        simulated=about["simulated"],
    )


def _fill(
    work: _Work,
    places: dict[str, Place],
    *,
    report: Report | None,
    expect: Callable[[int, int], None] | None,
) -> None:
    """Everything that is asked; what the whole will hold is known after the first place."""
    for name, content in page_files():
        work.files.add(name, content)
    shell = work.files.size
    for done, (folder, place) in enumerate(places.items(), start=1):
        work.place(place, folder=folder)
        if done == 1:
            size = shell + (work.files.size - shell) * len(places)
            if expect is not None:
                expect(len(places), size)
            if size > MOST_BYTES:
                raise RequestTooLarge(
                    f"a bundle of about {size / 1e6:,.0f} MB was asked; allowed are"
                    f" {MOST_BYTES / 1e6:,.0f} MB, by fewer --places or --crops or --no-stages"
                )
        if report is not None:
            report(STAGE, done, len(places))


def _close(
    work: _Work, places: dict[str, Place], *, served: ServedRegion, service: ForecastService
) -> None:
    """What tells of the bundle itself."""
    region, about, files = served.region, work.about, work.files
    answers = {
        key: work.answers(asked, folder="answers")
        for key, asked in shared_questions(region.name, list(work.crops))
    }
    titles = {crop["id"]: crop["name"] for crop in service.crops()}
    files.add("plain/index.html", plain_page(places, work.bulletins, titles=titles))
    made = iso(datetime.now(UTC))
    index = [
        {"id": folder, **place.to_dict(), "region": region.name, "distance_m": None}
        for folder, place in places.items()
    ]
    sign = {
        "format": FORMAT,
        "made": made,
        "now": iso(service.clock()),
        "region": region.name,
        "timezone": region.timezone,
        **{name: about[name] for name in ("cycle", "source", "simulated", "run_time")},
        "crops": work.crops,
        "places": index,
        "answers": answers,
    }
    files.add(SIGN, orjson.dumps(sign))
    files.add("README.txt", readme(_slots(work, served.region, made=made, places=len(places))))
    provenance = {**about, "cycle_id": about["cycle"], "created": iso(service.clock())}
    told = {"made": made, "places": len(places), "crops": list(work.crops)}
    files.close({**told, "provenance": provenance})


def _slots(work: _Work, region: Region, *, made: str, places: int) -> dict[str, Any]:
    """What fills the slots of README.txt."""
    about = work.about
    return {
        **{name: about[name] for name in ("cycle", "attribution")},
        "run_time": _local(about["run_time"], region),
        "made": _local(made, region),
        "source": about["source_label"],
        "region_zh": region.label_zh,
        "region_en": region.label_en,
        "places": places,
        "crops": len(work.crops),
        "simulated_zh": f"{_SIMULATED_ZH}\n" if about["simulated"] else "",
        "simulated_en": f"{SIMULATED_WORDS}\n" if about["simulated"] else "",
    }


def _local(instant: str, region: Region) -> str:
    """An instant as the clock on the wall shows it, with its zone."""
    wall = parse_instant(instant).astimezone(zone_info(region.timezone))
    return f"{wall:%Y-%m-%d %H:%M} ({region.timezone})"
