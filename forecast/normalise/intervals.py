"""Sums over intervals that touch, from running sums, buckets and their mixtures.

Every record says by its own metadata from when to when it sums. Taken as an equation
S(end) - S(start) = value between two instants of one unknown running total S, a set of records
is a graph: instants are nodes, records are edges. Two instants are comparable exactly where a
path joins them, and the sum between them is the signed sum of the records along the path.
So growing buckets that restart, sums since the start of the run and plain hourly sums are one
case, a restart needs no guess, and what was lost with a missing step stays unknown instead of
being invented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from forecast.errors import NormaliseError

Bounds = tuple[int, int]
"""Start and end of a record, any integer clock."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A sum between two instants as signed records: `sum(sign * value[record])`."""

    start: int
    end: int
    terms: tuple[tuple[int, int], ...]
    """Pairs (index of the record, +1 or -1)."""


@dataclass(frozen=True, slots=True)
class Partition:
    """What a set of records determines.

    Attributes:
        intervals: the shortest known intervals, in order, without overlap.
        checks: for each record that the others already determine, its index and those others.
    """

    intervals: tuple[Interval, ...]
    checks: tuple[tuple[int, Interval], ...]


def partition(records: Sequence[Bounds], *, name: str) -> Partition:
    """Split the time that records cover into the shortest intervals they determine.

    Short records are preferred over long ones (a bucket over the sum since the start), as a
    difference of small numbers loses less to packing; the long ones become checks.

    Args:
        records: (start, end) of each record, end > start.
        name: quantity, for the sentence of an error.

    Raises:
        NormaliseError: two determined intervals overlap without a common bound.
    """
    forest = _Forest(records)
    intervals: list[Interval] = []
    for nodes in forest.components():
        intervals.extend(forest.between(a, b) for a, b in pairwise(nodes))
    intervals.sort(key=lambda interval: interval.start)
    for before, after in pairwise(intervals):
        if after.start < before.end:
            raise NormaliseError(
                f"{name}: the steps give intervals that overlap without a common bound; "
                "allowed are running sums, buckets that restart, and adjoining sums"
            )
    checks = tuple((index, forest.between(*records[index])) for index in forest.redundant)
    return Partition(tuple(intervals), checks)


class _Forest:
    """A spanning forest of instants, grown by Kruskal's method with short records first."""

    def __init__(self, records: Sequence[Bounds]) -> None:
        self._edges: dict[int, list[tuple[int, int, int]]] = {}
        self.redundant: list[int] = []
        root = {instant: instant for bounds in records for instant in bounds}

        def find(instant: int) -> int:
            while root[instant] != instant:
                root[instant] = root[root[instant]]
                instant = root[instant]
            return instant

        order = sorted(range(len(records)), key=lambda i: records[i][1] - records[i][0])
        for index in order:
            start, end = records[index]
            first, second = find(start), find(end)
            if first == second:
                self.redundant.append(index)
                continue
            root[second] = first
            self._edges.setdefault(start, []).append((end, index, 1))
            self._edges.setdefault(end, []).append((start, index, -1))
        self._parent: dict[int, tuple[int, int, int] | None] = {}
        self._depth: dict[int, int] = {}
        self._members = [self._hang(instant) for instant in sorted(root) if self._is_new(instant)]

    def _is_new(self, instant: int) -> bool:
        return instant not in self._depth

    def _hang(self, top: int) -> list[int]:
        """Hang a tree from its earliest instant; return its instants in order."""
        self._parent[top], self._depth[top] = None, 0
        stack, members = [top], [top]
        while stack:
            here = stack.pop()
            for there, index, sign in self._edges.get(here, ()):
                if there not in self._depth:
                    self._parent[there] = (here, index, sign)
                    self._depth[there] = self._depth[here] + 1
                    stack.append(there)
                    members.append(there)
        return sorted(members)

    def components(self) -> Iterator[list[int]]:
        """Instants of each tree, ascending."""
        yield from self._members

    def between(self, start: int, end: int) -> Interval:
        """The sum from `start` to `end` along the tree that holds both."""
        terms: list[tuple[int, int]] = []
        low, high = start, end
        while low != high:
            climb_high = self._depth[high] >= self._depth[low]
            link = self._parent[high if climb_high else low]
            if link is None:  # both stand in one tree, so the walk meets before a top is passed
                raise NormaliseError("two instants of different trees were asked for")
            above, index, sign = link
            terms.append((index, sign if climb_high else -sign))
            if climb_high:
                high = above
            else:
                low = above
        return Interval(start, end, tuple(terms))
