"""Fetch a cycle from a live source: only the messages needed, resumable, of one version."""

import fcntl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from forecast.errors import (
    InvalidRequest,
    SourceError,
    SourceIncomplete,
    SourceUnavailable,
)
from forecast.ingest.ledger import Ledger
from forecast.ingest.link import Link
from forecast.ingest.listing import holds, list_piece, plans_of, remote_version
from forecast.ingest.patience import FetchLimits, NotThere, Replaced, Stopped
from forecast.ingest.sources import Order, Source
from forecast.ingest.step_file import Plan, fetch_step
from forecast.times import cycle_label

_ITEM = TypeVar("_ITEM")
_RESULT = TypeVar("_RESULT")
_LOOK_BACK = timedelta(days=2)
_LOOK_AGAIN_SECONDS = 0.2


class Progress(Protocol):
    """Told how far a piece of work is."""

    def __call__(self, done_bytes: int, total_bytes: int, label: str) -> None:
        """Take note.

        Args:
            done_bytes: bytes that are there.
            total_bytes: bytes that there will be.
            label: what is under way, for people.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestCycle:
    """The newest complete cycle of a source.

    Attributes:
        cycle: model start, UTC.
        base: base address that has it.
        passed_over: newer cycles with the reason why they were not taken.
    """

    cycle: datetime
    base: str
    passed_over: tuple[str, ...]


def fetch(
    order: Order,
    *,
    directory: Path,
    base_url: str | None = None,
    limits: FetchLimits | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Fetch what an order needs into `directory/source/cycle/`.

    There is one GRIB file per step, or one per step and part where the source has parts.

    What is there already and unchanged upstream is not fetched again. A cycle is taken from one
    base address; the next one of the source is tried where the first cannot be reached.

    Args:
        order: source, cycle, hours and members.
        directory: folder of all downloads.
        base_url: address that replaces the source's own.
        limits: deadline, rates, tries.
        progress: told about the bytes.

    Returns:
        Paths of the GRIB files by step.

    Raises:
        InvalidRequest: the source has no such cycle, hours or members.
        SourceUnavailable: no upstream answered with the cycle's data.
        SourceIncomplete: steps or required parameters are not there.
        DeadlineExceeded: the time is over.
    """
    pieces = order.pieces
    folder = directory / order.source.name / cycle_label(order.cycle)
    folder.mkdir(parents=True, exist_ok=True)
    with Link(limits or FetchLimits()) as link:

        def from_base(base: str) -> list[Path]:
            listed = _together(
                pieces,
                lambda piece: list_piece(order, piece, base=base, folder=folder, link=link),
                link=link,
            )
            plans = plans_of(order, listed, base=base)
            _fetch_plans(plans, folder=folder, link=link, progress=progress)
            return [plan.path for plan in plans]

        with _alone(folder, link=link):
            return _first_that_answers(_bases(order.source, base_url), from_base)


def latest_cycle(
    source: Source,
    *,
    now: datetime,
    hours: int | None = None,
    base_url: str | None = None,
    limits: FetchLimits | None = None,
) -> LatestCycle:
    """Find the newest cycle that holds all steps asked for, probing from newest to older.

    Args:
        source: the source.
        now: the present, aware.
        hours: hours of forecast that it must cover; None for all that each cycle reaches.
        base_url: address that replaces the source's own.
        limits: deadline, rates, tries.

    Raises:
        SourceUnavailable: no upstream answered.
        SourceIncomplete: no cycle of the last two days is complete.
    """
    with Link(limits or FetchLimits(deadline=120.0, attempts=3)) as link:

        def at_base(base: str) -> LatestCycle:
            passed: list[str] = []
            for cycle in _cycles_before(source, now.astimezone(UTC)):
                reason = _why_not(source, cycle, hours=hours, base=base, link=link)
                if reason is None:
                    return LatestCycle(cycle=cycle, base=base, passed_over=tuple(passed))
                passed.append(f"{cycle_label(cycle)}: {reason}")
            raise SourceIncomplete(
                f"no complete cycle of {source.name} within two days before "
                f"{now:%Y-%m-%dT%H:%MZ} is at {base}: {'; '.join(passed)}"
            )

        return _first_that_answers(_bases(source, base_url), at_base)


@contextmanager
def _alone(folder: Path, *, link: Link) -> Iterator[None]:
    """Wait until no other process fetches into this folder; what it fetched is then there."""
    with (folder / "lock").open("a", encoding="utf-8") as file:
        while True:
            link.check(f"{folder} is being fetched by another process")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_LOOK_AGAIN_SECONDS)
            else:
                break
        yield


def _why_not(
    source: Source, cycle: datetime, *, hours: int | None, base: str, link: Link
) -> str | None:
    """Why a cycle cannot be taken, None if it can: its first and last step decide."""
    try:
        reach = source.all_steps(cycle)[-1]
        steps = source.steps(cycle, reach if hours is None else hours)
    except InvalidRequest:
        return f"it reaches only {reach} h"
    if not holds(source, cycle, step=steps[0], base=base, link=link):
        return "not there"
    if not holds(source, cycle, step=steps[-1], base=base, link=link):
        return f"step {steps[-1]} h is not there yet"
    return None


def _cycles_before(source: Source, now: datetime) -> Iterable[datetime]:
    hour = now.replace(minute=0, second=0, microsecond=0)
    while hour >= now - _LOOK_BACK:
        if hour.hour in source.cycle_hours:
            yield hour
        hour -= timedelta(hours=1)


def _bases(source: Source, base_url: str | None) -> tuple[str, ...]:
    return (base_url.rstrip("/"),) if base_url else source.bases


def _first_that_answers(bases: Sequence[str], act: Callable[[str], _RESULT]) -> _RESULT:
    """The first base address that is reachable; one that says `incomplete` is believed."""
    reasons: list[SourceError] = []
    for base in bases:
        try:
            return act(base)
        except Replaced as error:
            raise SourceUnavailable(str(error)) from error
        except SourceUnavailable as error:
            reasons.append(error)
    if len(reasons) == 1:
        raise reasons[0]
    raise SourceUnavailable("; ".join(str(reason) for reason in reasons)) from reasons[-1]


def _fetch_plans(
    plans: Sequence[Plan], *, folder: Path, link: Link, progress: Progress | None
) -> None:
    ledger = Ledger(folder)
    count = _Count(sum(plan.size for plan in plans), progress)

    def one(plan: Plan) -> None:
        if ledger.whole(plan.key, plan=plan.digest) is not None:
            count.add(plan.size, label=f"{plan.piece} kept")
            return
        ledger.drop(plan.key)
        record = fetch_step(
            plan, link=link, arrived=lambda size: count.add(size, label=str(plan.piece))
        )
        ledger.put(record)

    _together(plans, one, link=link)
    _together(plans, lambda plan: _still_the_same(plan, ledger=ledger, link=link), link=link)


def _still_the_same(plan: Plan, *, ledger: Ledger, link: Link) -> None:
    """Compare the remote file with the one that was read; a cycle may be rewritten meanwhile."""
    record = ledger.record(plan.key)
    if record is None:
        raise SourceUnavailable(f"{plan.url}: its record is gone from {plan.path.parent}")
    try:
        now = remote_version(plan.url, link=link)
    except NotThere:
        raise SourceUnavailable(f"{plan.url} was removed while the cycle was read") from None
    known = record.version
    if record.url != plan.url:
        # a mirror: the same bytes may carry other tags there, but not another size
        known = type(known)(size=known.size)
    if known.differs_from(now):
        ledger.drop(plan.key)
        raise Replaced(
            f"{plan.url} was replaced after it was read ({known} became {now}); the cycle is "
            f"refused, the next run lists it anew"
        )


class _Count:
    """Counts bytes of several threads and tells the caller."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._done, self._progress = total, 0, progress
        self._lock = threading.Lock()

    def add(self, size: int, *, label: str) -> None:
        with self._lock:
            self._done += size
            if self._progress is not None:
                self._progress(self._done, self._total, label)


def _together(
    items: Sequence[_ITEM], act: Callable[[_ITEM], _RESULT], *, link: Link
) -> list[_RESULT]:
    """Do the same for several items in a bounded number of threads; the first failure ends all.

    An interrupt ends the requests under way; what is complete stays on disk.
    """
    with ThreadPoolExecutor(link.limits.workers, thread_name_prefix="fetch") as pool:
        futures: list[Future[_RESULT]] = [pool.submit(act, item) for item in items]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        except BaseException:
            link.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        failures = [error for future in futures if future.done() and (error := future.exception())]
        if failures:
            pool.shutdown(wait=True, cancel_futures=True)
            raise next((error for error in failures if not isinstance(error, Stopped)), failures[0])
        return [future.result() for future in futures]
