"""A bulletin as plain text of at most 80 columns; a Chinese character takes two of them."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from forecast.advise.words.day_table import DayTable
from forecast.advise.words.pages import Page, Section
from forecast.advise.words.paragraph import paragraph

COLUMNS: Final = 80

_WIDE: Final = frozenset({"W", "F", "A"})
"""East Asian widths that take two columns, what may be either among them (UAX 11)."""

_NO_BEGIN: Final = frozenset("，。；：、！？）》”’%℃…)")
"""What must not begin a line."""

_LETTERS: Final = "ABCDEFGHIJ"
_GAP: Final = 2


def page_text(page: Page) -> str:
    """The page as text, which ends with a line break."""
    return "\n".join(_lines(page)) + "\n"


def width(text: str) -> int:
    """Columns that a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text)


def wrapped(text: str, columns: int = COLUMNS) -> list[str]:
    """A text in lines of at most so many columns: Chinese anywhere, English between words.

    Args:
        text: without line breaks.
        columns: of a line.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _lines(page: Page) -> Iterator[str]:
    rule = "=" * COLUMNS
    if page.banner:
        yield from (f"*** {line} ***" for line in wrapped(page.banner, COLUMNS - 8))
    head = " ".join(text for text in (page.issuer, page.product, page.number) if text)
    yield from wrapped(head)
    yield from wrapped("  ".join(text for text in (page.date, page.subject, page.place) if text))
    yield rule
    for section in page.sections:
        yield f"[{section.heading}]" if page.language == "en" else f"【{section.heading}】"
        yield from _told(section, page)
        yield ""
    if page.table.rows:
        yield page.table_title
        yield from _table(page.table)
        yield from wrapped(page.table_key)
    yield rule
    for texts in (page.notes, page.foot):
        yield from wrapped(paragraph(texts, page.language))
    if page.banner:
        yield from (f"*** {line} ***" for line in wrapped(page.banner, COLUMNS - 8))


def _told(section: Section, page: Page) -> Iterator[str]:
    if not section.listed:
        yield from wrapped(paragraph(section.sentences, page.language))
        return
    for place, text in enumerate(section.sentences, start=1):
        first, *more = wrapped(f"{place}. {text}", COLUMNS - 3)
        yield from (first, *(f"   {line}" for line in more))


def _table(table: DayTable) -> Iterator[str]:
    """Weather in columns, lights under letters that are explained below.

    Where a row would be too wide, the ranges of the members are left out.
    """
    letters = tuple(_LETTERS[place] for place in range(len(table.lights)))
    heads = (*table.weather, *letters)
    rows = [(*weather, *(light.text for light in lights)) for weather, lights in table.rows]
    if sum(_widths(heads, rows)) + _GAP * (len(heads) - 1) > COLUMNS:
        rows = [tuple(cell.partition(" (")[0] for cell in row) for row in rows]
    widths = _widths(heads, rows)
    for row in (heads, *rows):
        yield _row(row, widths).rstrip()
    for letter, name in zip(letters, table.lights, strict=True):
        yield from wrapped(f"{letter}: {name}")


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width, column)) for column in zip(heads, *rows, strict=True)]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (size - width(cell)) for cell, size in zip(cells, widths, strict=True))
    return (" " * _GAP).join(padded)


def _pieces(text: str) -> Iterator[str]:
    """Parts between which a line may break."""
    piece = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in {"W", "F"}
        if piece and (wide or _ends(piece)) and char not in _NO_BEGIN and piece[-1] not in "（《“":
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _ends(piece: str) -> bool:
    return piece[-1] == " " or unicodedata.east_asian_width(piece[-1]) in {"W", "F"}
