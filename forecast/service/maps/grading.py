"""Grades of advice for the map, worked out block by block in the background and kept."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import DeadlineExceeded, InvalidRequest, RequestTooLarge
from forecast.service.advice.region import RegionQuestion, ask_region, refuse_expired
from forecast.service.maps.grades_drawn import drawn, grade_palette
from forecast.service.maps.mercator import OUTSIDE, Tile, cells_under, parts_under
from forecast.service.maps.picture import Easel, Indices, Picture
from forecast.service.passport import cycle_passport
from forecast.service.served import CycleFacts
from grids import BoundingBox, Grid, OutsideGrid

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

BLOCK_ZOOM: Final = 10
"""Blocks are tiles of this zoom: some 35 cells wide, a second or two of work with members."""

MOST_BLOCKS: Final = 64
"""Blocks of a region under one tile."""

MOST_WAITING: Final = 256
"""Blocks that wait to be worked out."""

KEPT: Final = 4096
"""Blocks that stay in memory, some 12 kB each; those of hours that are over go first."""


Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Grades of one rule in a block of cells.

    Attributes:
        facts: of the cycle.
        grid: the cells.
        kind: of the map.
        days: dates, as 2025-04-12.
        states: codes [day, row from the south, column].
    """

    facts: CycleFacts
    grid: Grid
    kind: str
    days: tuple[str, ...]
    states: Codes


class GradedBlocks:
    """Blocks that were asked last; one is worked out at a time, with all processors, and once.

    Args:
        service: that grades.
    """

    def __init__(self, service: "ForecastService") -> None:
        self._service = service
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="grades")
        self._changing = threading.Lock()
        self._blocks: OrderedDict[Hashable, Future[Block]] = OrderedDict()

    def close(self) -> None:
        """Work out no more blocks; the one that is under way is finished."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def under(self, tile: Tile, *, rule: str, **asked: Any) -> list[Future[Block]]:
        """The blocks under a tile, those of the first region last; they may be under way.

        Args:
            tile: of the web map.
            rule: rule, window or sowing.
            **asked: `crop`, `stage` and the like of `ask_region`.

        Raises:
            UnknownName: no such crop or rule.
            InvalidRequest: a stage that the crop does not have.
            RequestTooLarge: more blocks than one tile may ask for.
            ForecastExpired: a cycle is too old to advise from.
            DeadlineExceeded: too many blocks are waiting already.
            StoreError: nothing whole is published.
        """
        found = []
        for served in reversed(self._service.served):
            if not tile.touches(served.bounds):
                continue
            question = ask_region(self._service, region=served.region.name, rules=rule, **asked)
            facts = served.current()
            refuse_expired(cycle_passport(facts, now=self._service.clock()))
            parts = _blocks(tile, facts.cycle.grid)
            if len(parts) > MOST_BLOCKS:
                raise RequestTooLarge(
                    f"advice over {len(parts)} blocks of {served.region.name} was asked for one"
                    f" tile; allowed are {MOST_BLOCKS}, less at a larger zoom"
                )
            found += [self._get(facts, question, part) for part in parts]
        return found

    def picture(self, tile: Tile, blocks: list[Block], *, day: str) -> Picture:
        """Draw the state of a day.

        Args:
            tile: of the web map.
            blocks: under it.
            day: as 2025-04-12.

        Raises:
            InvalidRequest: no block has the day.
        """
        easel = Easel()
        held = _with_day(blocks, day)
        for block in held:
            codes, rows, columns = _codes(block, tile, day)
            part = drawn(codes, rows=rows, columns=columns, kind=block.kind)
            easel.paint(part, rows=rows, columns=columns)
        palette = grade_palette(held[0].kind if held else "")
        return Picture(body=easel.png(palette), shown=_shown(held), missing={})

    def counts(self, tile: Tile, blocks: list[Block], *, day: str) -> Picture:
        """The codes that `picture` draws, in the same pixels; see there."""
        easel = Easel(counts=True)
        held = _with_day(blocks, day)
        for block in held:
            codes, rows, columns = _codes(block, tile, day)
            easel.paint(codes.astype(np.int16), rows=rows, columns=columns)
        return Picture(body=easel.counts(), shown=_shown(held), missing={})

    @property
    def idle(self) -> bool:
        """Whether nobody waits for a block."""
        with self._changing:
            return all(one.done() for one in self._blocks.values())

    def ahead(self, question: RegionQuestion, part: Tile) -> None:
        """Work a block out before it is asked, for all rules of a question in one go.

        Returns when it is done, at once where nothing of it is missing.

        Args:
            question: of a whole region, with its rules named.
            part: the block.

        Raises:
            ZhitianError: what asking for it would raise.
            CancelledError: `close` was called.
        """
        facts = self._service.region(question.region).current()
        with self._changing:
            keys = {rule: self._key(facts, question, part, rule) for rule in question.rules or ()}
            missing = [rule for rule, key in keys.items() if not _whole(self._blocks.get(key))]
            if not missing:
                return
            told: dict[str, Future[Block]] = {rule: Future() for rule in missing}
            asked = replace(question, rules=tuple(missing))
            work = self._worker.submit(self._work, facts, asked, part)
            for rule in missing:
                self._keep(keys[rule], told[rule])
        work.add_done_callback(lambda ended: _share(ended, told))
        work.result()

    def _get(self, facts: CycleFacts, question: RegionQuestion, part: Tile) -> Future[Block]:
        (rule,) = question.rules or ("",)
        with self._changing:
            key = self._key(facts, question, part, rule)
            found = self._blocks.pop(key, None)
            if found is None or (found.done() and not _whole(found)):
                waiting = sum(not one.done() for one in self._blocks.values())
                if waiting >= MOST_WAITING:
                    raise DeadlineExceeded(
                        f"advice on a map was asked; {waiting} blocks are being worked out before"
                        " it: ask again in a minute"
                    )
                found = self._worker.submit(self._one, facts, question, part)
            self._keep(key, found)
        return found

    def _key(self, facts: CycleFacts, question: RegionQuestion, part: Tile, rule: str) -> Hashable:
        """What a block is: of which hour of the clock, cycle, place and question."""
        advice, now = question.advice, self._service.clock()
        hour = now.replace(minute=0, second=0, microsecond=0)
        about = (advice.profile.label, advice.situation)
        return (hour, facts.cycle.manifest_sha256, part, question.region, rule, *about)

    def _keep(self, key: Hashable, block: Future[Block]) -> None:
        self._blocks[key] = block
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)

    def _one(self, facts: CycleFacts, question: RegionQuestion, part: Tile) -> Block:
        (block,) = self._work(facts, question, part).values()
        return block

    def _work(self, facts: CycleFacts, question: RegionQuestion, part: Tile) -> dict[str, Block]:
        """Blocks of the rules of a question, by rule."""
        service = self._service
        box = _cells_box(part, facts.cycle.grid)
        answer = service.grade_region(replace(question, box=box), limited=True)
        if answer.passport["cycle"] != facts.cycle.id:
            facts = service.region(question.region).current()
        fields = [one for one in answer.maps.data_vars.values() if "flag_values" in one.attrs]
        return {
            str(field.attrs["rule_id"]): Block(
                facts=facts,
                grid=answer.grid,
                kind=str(field.attrs["kind"]),
                days=tuple(np.datetime_as_string(field["day"].values, unit="D").tolist()),
                states=field.values.astype(np.int8),
            )
            for field in fields
        }


def _whole(block: Future[Block] | None) -> bool:
    """Whether a block is there or under way, and has not failed."""
    if block is None or block.cancelled():
        return False
    return not block.done() or block.exception() is None


def _share(ended: Future[dict[str, Block]], told: dict[str, Future[Block]]) -> None:
    """Tell those who wait for one rule how the work on all of them ended."""
    for rule, block in told.items():
        if ended.cancelled():
            block.cancel()
        elif (error := ended.exception()) is not None:
            block.set_exception(error)
        else:
            block.set_result(ended.result()[rule])


def blocks_of(grid: Grid) -> list[Tile]:
    """All blocks of a region.

    Args:
        grid: of the region.
    """
    return _blocks(Tile(0, 0, 0), grid)


def _cells_box(part: Tile, grid: Grid) -> BoundingBox:
    """The box that holds the middle of every cell of which a block shows a part."""
    return part.bounds.expand(max(grid.longitude_spacing, grid.latitude_spacing) / 2.0)


def _blocks(tile: Tile, grid: Grid) -> list[Tile]:
    """Blocks under a tile that show a part of a cell."""
    found = []
    for part in parts_under(tile, grid.bounds, zoom=BLOCK_ZOOM):
        try:
            grid.within(_cells_box(part, grid))
        except OutsideGrid:
            continue
        found.append(part)
    return found


def _with_day(blocks: list[Block], day: str) -> list[Block]:
    """The blocks that have a day.

    Raises:
        InvalidRequest: none of them has it.
    """
    held = [block for block in blocks if day in block.days]
    if blocks and not held:
        days = blocks[-1].days
        raise InvalidRequest(f"day {day!r} was asked; allowed are {days[0]} to {days[-1]}")
    return held


def _codes(block: Block, tile: Tile, day: str) -> tuple[Codes, Indices, Indices]:
    """Codes of a day under a tile [row, column], and the rows and columns of their pixels."""
    places = cells_under(tile, block.grid)
    rows, columns = (np.flatnonzero(one != OUTSIDE) for one in places)
    plane = block.states[block.days.index(day)]
    return plane[places[0][rows]][:, places[1][columns]], rows, columns


def _shown(blocks: list[Block]) -> dict[str, CycleFacts]:
    return {block.facts.cycle.region: block.facts for block in blocks}
