"""A bulletin as one HTML page of A4 size that stands alone: no scripts, nothing from elsewhere."""

from collections.abc import Iterator
from html import escape

from forecast.advise.words.catalogue import table
from forecast.advise.words.day_table import Light
from forecast.advise.words.pages import Page
from forecast.advise.words.paragraph import paragraph


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
            "<body>",
            *_body(page),
            "</body>",
            "</html>",
            "",
        )
    )


def _body(page: Page) -> Iterator[str]:
    if page.banner:
        yield f'<p class="banner">{escape(page.banner)}</p>'
    yield from _head(page)
    yield "<main>"
    for section in page.sections:
        told = escape(paragraph(section.sentences, page.language))
        yield f"<section><h2>{escape(section.heading)}</h2><p>{told}</p></section>"
    if page.table.rows:
        yield from _table(page)
    yield "</main>"
    yield "<footer>"
    yield from (f"<p>{escape(note)}</p>" for note in page.notes)
    yield f"<p>{escape(paragraph(page.foot, page.language))}</p>"
    yield "</footer>"


def _head(page: Page) -> Iterator[str]:
    yield "<header>"
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
