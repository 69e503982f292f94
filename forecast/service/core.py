"""The service: finds the region, asks one cycle of it, and says how everything stands."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from forecast.errors import OutsideArea, UnknownName, ZhitianError
from forecast.export import ExportReport
from forecast.query.places import Place
from forecast.service.advice.answer import AdviceAnswer
from forecast.service.advice.answering import Desk
from forecast.service.advice.changes import Before
from forecast.service.advice.question import AdviceQuestion
from forecast.service.advice.region import RegionGrades, RegionQuestion, grade_region
from forecast.service.answering import Beside, answer, answer_size
from forecast.service.batch import ExportOrder, Report, write_export
from forecast.service.doubt import values_in_doubt
from forecast.service.knowledge import Knowledge
from forecast.service.limits import Limits
from forecast.service.passport import EXPIRED, cycle_passport
from forecast.service.placing import found_places
from forecast.service.question import PointQuestion
from forecast.service.series import PointSeries
from forecast.service.served import CycleFacts, ServedRegion
from forecast.service.skill import place_skill, region_skill
from forecast.times import iso
from grids import LonLat

MISSING = "missing"

_Group = tuple[ServedRegion, str | None, datetime | None]
"""A region and the cycle of it that is asked, by name or by the moment of publication."""


class ForecastService:
    """Answers for all regions of this installation; safe to use from any number of threads.

    Args:
        served: the regions, the first that covers a place answers for it.
        clock: says what time it is, UTC.
        limits: how much one request may ask for.
        knowledge: places, normals and crop profiles; those that come with the product by default.
    """

    def __init__(
        self,
        served: tuple[ServedRegion, ...],
        *,
        clock: Callable[[], datetime],
        limits: Limits,
        knowledge: Knowledge | None = None,
    ) -> None:
        self.served = served
        self.clock = clock
        self.limits = limits
        self.knowledge = knowledge or Knowledge()
        self.gazetteer = self.knowledge.gazetteer
        self._desk = Desk()

    def region(self, name: str) -> ServedRegion:
        """The region of a name.

        Raises:
            UnknownName: this installation does not serve it.
        """
        for served in self.served:
            if served.region.name == name:
                return served
        known = ", ".join(served.region.name for served in self.served)
        raise UnknownName(f"region {name!r} was asked; this service has {known}")

    def region_of(self, place: LonLat) -> ServedRegion:
        """The first region that covers a place.

        Raises:
            OutsideArea: none does.
        """
        for served in self.served:
            if served.bounds.contains(place):
                return served
        boxes = "; ".join(f"{served.region.name} {served.bounds}" for served in self.served)
        raise OutsideArea(
            f"longitude {place.longitude:g}, latitude {place.latitude:g} was asked; this service"
            f" covers {boxes} (west,south,east,north in degrees)"
        )

    def series(self, question: PointQuestion) -> PointSeries:
        """Answer for one place from exactly one cycle; see `many`."""
        return self.many([question])[0]

    def many(self, questions: Sequence[PointQuestion]) -> list[PointSeries]:
        """Answer for several places, in their order; each region answers from one cycle.

        Raises:
            RequestTooLarge: more points or values than one request may ask for.
            InvalidRequest: a question cannot be answered as asked.
            StoreError: nothing whole is published.
            ForecastExpired: `strict` was asked and the cycle is too old.
        """
        self.limits.check_points(len(questions))
        groups: dict[_Group, list[int]] = {}
        for index, question in enumerate(questions):
            key = (self.region_of(question.lonlat), question.cycle, question.as_of)
            groups.setdefault(key, []).append(index)
        if len(groups) == 1:
            return self._counted(next(iter(groups)), questions)
        asked = {key: [questions[index] for index in members] for key, members in groups.items()}
        self.limits.check_values(
            points=len(questions), values=sum(self._size(*item) for item in asked.items())
        )
        answers: dict[int, PointSeries] = {}
        for key, members in groups.items():
            answers.update(zip(members, self._answer(key, asked[key]), strict=True))
        return [answers[index] for index in range(len(questions))]

    def advise(self, question: AdviceQuestion, *, before: Before | None = None) -> AdviceAnswer:
        """Advise on a crop at one place from exactly one cycle.

        Args:
            question: from `ask_advice`.
            before: what was said from the cycle before, where that is kept.

        Raises:
            ForecastExpired: the cycle is too old to advise from.
            InvalidRequest: the question cannot be answered as asked.
            StoreError: nothing whole is published.
        """
        served = self.region_of(question.lonlat)
        beside = self._beside((served, question.cycle, question.as_of))
        return self._desk.answer(question, served=served, beside=beside, before=before)

    def grade_region(
        self, question: RegionQuestion, *, report: Report | None = None, limited: bool = False
    ) -> RegionGrades:
        """Advise on a crop in all cells of a region; see `forecast.service.advice.region`.

        Args:
            question: from `ask_region`.
            report: called with (stage, done, total) as cells are done.
            limited: whether it is a request, which may ask for so much work and no more.
        """
        advice, served = question.advice, self.region(question.region)
        beside = self._beside((served, advice.cycle, advice.as_of))
        refuse = self.limits.check_grades if limited else None
        return grade_region(served, question, beside=beside, report=report, refuse_large=refuse)

    def crops(self) -> list[dict[str, Any]]:
        """All crop profiles in short."""
        return self.knowledge.crops.listing(today=self.clock().date())

    def crop(self, name: str) -> dict[str, Any]:
        """One crop profile in full.

        Raises:
            UnknownName: there is none of that id, code or name.
            AmbiguousCrop: the name means several.
        """
        profile = self.knowledge.crops.named(name)
        return self.knowledge.crops.document(profile.id, today=self.clock().date())

    def is_quick(self, question: PointQuestion) -> bool:
        """Whether the answer is one small read, without work worth a thread."""
        now = question.cycle is None and question.as_of is None
        return question.is_plain and now and self.region_of(question.lonlat).is_warm()

    def warm(self) -> None:
        """Read what the first question would else wait for: each region's cycle, the places."""
        self.status()
        self.gazetteer.warm()

    def status(self) -> dict[str, Any]:
        """How each region stands: cycle, age, degraded; and whether the service is ready."""
        now = self.clock()
        entries = [_status(served, now) for served in self.served]
        return {
            "now": iso(now),
            "ready": all(entry["state"] not in (MISSING, EXPIRED) for entry in entries),
            "regions": entries,
        }

    def resolve(self, text: str) -> Place:
        """The one place that a name means; of equals, the one that a region covers.

        Raises:
            UnknownPlace: there is none.
            AmbiguousPlace: several are equally good.
        """
        return self.gazetteer.resolve(text, preferred=lambda place: self.covering(place) != "")

    def covered_places(
        self, text: str, *, limit: int, near: LonLat | None = None
    ) -> list[dict[str, Any]]:
        """Places of a name, best first, each with the region that answers for it or None."""
        return found_places(self, text, limit=limit, near=near)

    def covering(self, place: Place) -> str:
        """Name of the region that covers a place, or empty."""
        for served in self.served:
            if served.bounds.contains(place.lonlat):
                return served.region.name
        return ""

    def skill_of(self, region: str, *, name: str | None = None) -> dict[str, Any]:
        """How good a region's forecasts have proved; see `forecast.service.skill`."""
        return region_skill(self.region(region), name=name)

    def skill_at(self, question: PointQuestion, *, name: str | None = None) -> dict[str, Any]:
        """The same for a place, with the class of its height difference.

        Raises:
            StoreError: nothing whole is published, so no cell and no height are known.
        """
        served = self.region_of(question.lonlat)
        return served.answer(lambda facts: place_skill(served, facts, question=question, name=name))

    def export(self, order: ExportOrder, *, report: Report | None = None) -> ExportReport:
        """Write an export of one cycle; see `forecast.service.batch`."""
        return write_export(
            self.region(order.region), order, limits=self.limits, now=self.clock(), report=report
        )

    def _counted(self, group: _Group, questions: Sequence[PointQuestion]) -> list[PointSeries]:
        """Count what the answers of the only group hold, and answer, of one and the same cycle."""
        served, cycle, as_of = group
        beside = self._beside(group)

        def work(facts: CycleFacts) -> list[PointSeries]:
            values = self._values(facts, questions, now=beside.now)
            self.limits.check_values(points=len(questions), values=values)
            return answer(facts, questions, beside=beside)

        return served.answer(work, cycle=cycle, as_of=as_of)

    def _size(self, group: _Group, questions: Sequence[PointQuestion]) -> int:
        """Values that the answers of a group will hold, counted without touching the data."""
        served, cycle, as_of = group
        now = as_of or self.clock()
        return served.answer(
            lambda facts: self._values(facts, questions, now=now), cycle=cycle, as_of=as_of
        )

    def _values(
        self, facts: CycleFacts, questions: Sequence[PointQuestion], *, now: datetime
    ) -> int:
        """Values of the answers; the work with members is checked here too."""
        sizes, members = 0, 0
        for question in questions:
            hours, names, columns = answer_size(facts, question, now=now)
            sizes += hours * (names + columns)
            sizes += values_in_doubt(question, facts.cycle.grid, hours=hours)
            if question.needs_members:
                # all hours and variables of a member are worked out at once
                members += len(facts.cycle.times) * len(facts.cycle.variables)
        if members:
            self.limits.check_members(members=facts.members.count, values=members)
        return sizes

    def _answer(self, group: _Group, questions: Sequence[PointQuestion]) -> list[PointSeries]:
        served, cycle, as_of = group
        beside = self._beside(group)
        return served.answer(
            lambda facts: answer(facts, questions, beside=beside), cycle=cycle, as_of=as_of
        )

    def _beside(self, group: _Group) -> Beside:
        served, _, as_of = group
        return Beside(
            now=as_of or self.clock(),
            archive=served.archive,
            normals=self.knowledge.normals,
            history=self.knowledge.history,
        )


def _status(served: ServedRegion, now: datetime) -> dict[str, Any]:
    name = served.region.name
    try:
        facts = served.current()
    except ZhitianError as error:
        return {"region": name, "state": MISSING, "reason": str(error)}
    about = cycle_passport(facts, now=now)
    return {
        "region": name,
        "state": about["age"]["state"],
        "age_hours": about["age"]["hours"],
        "cycle": about["cycle"],
        "source": about["source"],
        "simulated": about["simulated"],
        "run_time": about["run_time"],
        "published_at": about["published_at"],
        "degraded": about["degraded"],
        "last_time": iso(facts.cycle.times[-1]),
    }
