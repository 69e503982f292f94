"""What quality control says of an observation, as bits of one number."""

from enum import IntFlag


class Flag(IntFlag):
    """Verdicts on one observation; 0 is good, several may hold.

    The bits are stored and never change their meaning.
    """

    GOOD = 0
    RANGE = 1
    STEP = 2
    PERSISTENCE = 4
    BUDDY = 8
    CONFLICT = 16
    UNCHECKED = 32

    @property
    def words(self) -> str:
        """The verdicts by name, as in `range, buddy`; `good` where there is none."""
        return ", ".join(str(part.name).lower() for part in self) or "good"


BAD = Flag.RANGE | Flag.STEP | Flag.PERSISTENCE | Flag.BUDDY
"""What a check found wrong with the value itself."""

ALL = BAD | Flag.CONFLICT | Flag.UNCHECKED
