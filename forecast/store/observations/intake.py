"""What came of handing rows to the store, in numbers and in words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from forecast.store.observations.flags import Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one intake did.

    Attributes:
        offered: rows handed over.
        taken: new rows, replacing ones included.
        known: rows that the store had already, equal to half the last digit kept.
        replaced: bad rows that a better one replaced, part of `taken`.
        flagged: new rows by verdict, such as `range`.
        refused: rows left out, by reason.
    """

    offered: int = 0
    taken: int = 0
    known: int = 0
    replaced: int = 0
    flagged: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Self) -> Self:
        """Both intakes as one."""
        return type(self)(
            offered=self.offered + other.offered,
            taken=self.taken + other.taken,
            known=self.known + other.known,
            replaced=self.replaced + other.replaced,
            flagged=dict(Counter(self.flagged) + Counter(other.flagged)),
            refused=dict(Counter(self.refused) + Counter(other.refused)),
        )

    def words(self) -> tuple[str, ...]:
        """Sentences for people: rows taken, known, flagged, refused and why."""
        said = [f"{self.offered:,} rows: {self.taken:,} taken, {self.known:,} known already"]
        if self.replaced:
            said.append(f"{self.replaced:,} bad rows were replaced by better ones")
        said += [f"{count:,} rows flagged: {name}" for name, count in self.flagged.items()]
        said += [f"{count:,} rows refused: {reason}" for reason, count in self.refused.items()]
        return tuple(said)


def tally(flags: Mapping[int, int]) -> dict[str, int]:
    """Rows by verdict from rows by bitmask; good and merely unchecked rows are not counted."""
    counts: Counter[str] = Counter()
    for mask, rows in flags.items():
        for part in Flag(mask) & ~Flag.UNCHECKED:
            counts[str(part.name).lower()] += rows
    return dict(counts)
