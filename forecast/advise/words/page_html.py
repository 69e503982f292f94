"""A bulletin as one HTML page of A4 size that stands alone: no scripts, nothing from elsewhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from forecast.advise.profile.wording import Language
from forecast.advise.words.catalogue import table
from forecast.advise.words.day_table import Light
from forecast.advise.words.page_text import width
from forecast.advise.words.pages import Page, Section
from forecast.advise.words.paragraph import paragraph

_MUCH: Final[Mapping[Language, int]] = {"zh": 1700, "en": 2600}
"""Columns of text beyond which smaller letters keep the page on one sheet."""


def page_html(page: Page) -> str:
    """The page as an HTML document, to be printed on one sheet."""
    language = "zh-CN" if page.language == "zh" else "en"
    title = escape(" ".join(text for text in (page.product, page.subject, page.date) if text))
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{language}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>\n{table('page')['style']}</style>",
            "</head>",
            '<body class="dense">' if _amount(page) > _MUCH[page.language] else "<body>",
            *_body(page),
            "</body>",
            "</html>",
            "",
        )
    )


def _amount(page: Page) -> int:
    """How much text there is above the table and below it, in columns of the text form."""
    told = [text for section in page.sections for text in section.sentences]
    return sum(map(width, (*told, *page.notes, *page.foot)))


def _body(page: Page) -> Iterator[str]:
    yield from _head(page)
    yield "<main>"
    for section in page.sections:
        yield f"<section><h2>{escape(section.heading)}</h2>{_told(section, page)}</section>"
    if page.table.rows:
        yield from _table(page)
    yield "</main>"
    yield "<footer>"
    for texts in (page.notes, page.foot):
        yield f"<p>{escape(paragraph(texts, page.language))}</p>"
    yield "</footer>"


def _told(section: Section, page: Page) -> str:
    if section.listed:
        items = "".join(f"<li>{escape(text)}</li>" for text in section.sentences)
        return f"<ol>{items}</ol>"
    return f"<p>{escape(paragraph(section.sentences, page.language))}</p>"


def _head(page: Page) -> Iterator[str]:
    yield "<header>"
    if page.banner:
        yield f'<p class="banner">{escape(page.banner)}</p>'
    if page.issuer:
        yield f'<p class="issuer">{escape(page.issuer)}</p>'
    yield f"<h1>{escape(page.product)}</h1>"
    told = (page.number, page.date)
    yield "<p class='line'>" + "".join(f"<span>{escape(text)}</span>" for text in told) + "</p>"
    about = "".join(f"<span>{escape(text)}</span>" for text in (page.subject, page.place) if text)
    yield f'<p class="subject">{about}</p>'
    yield "</header>"


def _table(page: Page) -> Iterator[str]:
    days = page.table
    yield f"<section><h2>{escape(page.table_title)}</h2><table><thead><tr>"
    yield "".join(f"<th>{escape(head)}</th>" for head in (*days.weather, *days.lights))
    yield "</tr></thead><tbody>"
    for weather, lights in days.rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in weather)
        yield f"<tr>{cells}{''.join(map(_cell, lights))}</tr>"
    yield f'</tbody></table><p class="key">{escape(page.table_key)}</p></section>'


def _cell(light: Light) -> str:
    kind = f"level-{light.state}" if isinstance(light.state, int) else light.state
    return f'<td class="{kind}">{escape(light.text)}</td>'
