"""A page of a bulletin: its texts in the order in which they stand, without any form."""

from dataclasses import dataclass

from forecast.advise.profile.wording import Language
from forecast.advise.words.day_table import DayTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part with its heading.

    Attributes:
        heading: of the part.
        sentences: whole ones.
        listed: whether each stands on a line of its own.
    """

    heading: str
    sentences: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that a bulletin says; empty texts are left out.

    Attributes:
        language: of all texts.
        issuer: who speaks.
        product: what kind of bulletin it is.
        number: in its year.
        date: of the bulletin.
        subject: the crop.
        place: with its height.
        banner: that the weather is not real.
        sections: the four parts.
        table_title: heading of the table.
        table: the days.
        table_key: what its cells mean.
        foot: sources, cycle, profile, next update.
        notes: what must be known besides.
    """

    language: Language
    issuer: str
    product: str
    number: str
    date: str
    subject: str
    place: str
    banner: str
    sections: tuple[Section, ...]
    table_title: str
    table: DayTable
    table_key: str
    foot: tuple[str, ...]
    notes: tuple[str, ...]
