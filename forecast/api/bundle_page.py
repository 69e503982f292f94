"""The page's own files as a bundle holds them: no service behind them, and no map."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from string import Template
from typing import Any, Final

from forecast.api.page import POLICY
from forecast.api.site import site
from forecast.errors import ZhitianError
from forecast.query.places import Place
from forecast.regions import data_path

LEFT_OUT: Final = re.compile(r"js/map/|css/map|vendor/(maplibre|leaflet)|plain/(?!style)|sw\.js$")
_HEAD: Final = '<meta charset="utf-8">'
_NO_SCRIPT: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_ONLY_IN_HEADERS: Final = "; frame-ancestors 'none'"
_LEAVING: Final = b"""// a bundle needs no worker; one that a service left at this address goes
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.registration.unregister()));
"""
_NO_DOCS: Final = (
    '<!doctype html>\n<html lang="zh-CN">\n<meta charset="utf-8">\n<title>知天 Zhitian</title>\n'
    "<p>接口说明在服务上，离线包里没有。 The interface is described by the service, not in a"
    ' bundle.</p>\n<p><a href="../">知天 Zhitian</a></p>\n</html>\n'
)
"""Where the page leads to the description of the service."""

Bulletins = Mapping[str, Mapping[str, str]]
"""Names of the files of the bulletins, by place and by crop and language."""


def page_files() -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files that show a bundle.

    Raises:
        ZhitianError: the page is not as a bundle needs it.
    """
    now = site()
    for name, file in now.files.items():
        if not LEFT_OUT.match(name):
            yield f"web/{now.version}/{name}", file.content
    yield "index.html", _index(now.index.content.decode()).encode()
    yield "sw.js", _LEAVING
    yield "docs/index.html", _NO_DOCS.encode()


def _index(page: str) -> str:
    """The page with the sign by which it knows that it is a bundle, and its policy."""
    if page.count(_HEAD) != 1 or not _NO_SCRIPT.search(page):
        raise ZhitianError("index.html lacks its charset or its noscript; a bundle needs both")
    policy = POLICY.replace(_ONLY_IN_HEADERS, "")
    head = (
        f"{_HEAD}\n"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="zhitian-bundle" content="bundle.json">'
    )
    plain = (
        '<noscript><p class="card">本页需要脚本。<a href="plain/">请用无脚本的简版</a>。'
        ' This page needs scripts; <a href="plain/" lang="en">here is one without</a>.'
        "</p></noscript>"
    )
    return _NO_SCRIPT.sub(plain, page.replace(_HEAD, head))


def readme(about: Mapping[str, Any]) -> bytes:
    """README.txt, in both languages.

    Args:
        about: what fills its slots.
    """
    text = data_path("bundle", "README.txt").read_text(encoding="utf-8")
    return Template(text).substitute(about).encode()


def plain_page(
    places: Mapping[str, Place], bulletins: Bulletins, *, titles: Mapping[str, Mapping[str, str]]
) -> bytes:
    """The list of all bulletins, for phones without scripts.

    Args:
        places: by their folders.
        bulletins: their files, which lie beside those of the answers.
        titles: Chinese and English names of the crops by id.
    """
    rows = []
    for folder, place in places.items():
        links = [
            f'<a href="../answers/{folder}/{file}" lang="{language}">'
            f"{escape(titles[crop][language])}</a>"
            for key, file in bulletins.get(folder, {}).items()
            for crop, language in [key.rsplit(" ", 1)]
        ]
        name = " ".join(part for part in (place.name_zh, place.name_en) if part)
        rows.append(f"<h2>{escape(name)}</h2>\n<p>{' · '.join(links)}</p>")
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>知天 Zhitian</title>\n</head>\n<body>\n<h1>知天离线包 Zhitian bundle</h1>\n"
        + "\n".join(rows)
        + "\n</body>\n</html>\n"
    ).encode()
