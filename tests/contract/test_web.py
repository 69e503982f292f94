"""The files of the page: small modules, all texts in both languages, nothing from outside."""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.data import ROOT

WEB = ROOT / "forecast" / "web"
VENDOR = WEB / "vendor"
MODULES = sorted(path for path in (*WEB.rglob("*.js"),) if VENDOR not in path.parents)
STYLES = sorted(path for path in WEB.rglob("*.css") if VENDOR not in path.parents)
BOOKS = {
    lang: json.loads((WEB / "words" / f"{lang}.json").read_text(encoding="utf-8"))
    for lang in ("zh", "en")
}
INDEX = (WEB / "index.html").read_text(encoding="utf-8")
MODULE_LINES = 300
STANDARDS = frozenset({"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"})
"""Names of vocabularies, which nobody fetches."""

CHINESE = re.compile(r"[一-鿿]")


def _name(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


def _code(path: Path) -> str:
    """A file without its comments."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|^\s*//[^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {_name(path): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_says_what_it_is_and_makes_no_markup_of_text(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("/*")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert re.findall(forbidden, _code(path)) == []


@pytest.mark.parametrize("path", [*MODULES, *STYLES, WEB / "index.html"], ids=_name)
def test_no_address_leads_to_another_host(path: Path) -> None:
    text = _code(path)
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"'`)]*", text))
    assert addresses - STANDARDS == set()
    if path.suffix == ".css":
        assert re.findall(r"url\(\s*[\"']?(?!data:|\.|#)[^)]", text) == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_are_relative_and_lead_to_a_file(path: Path) -> None:
    found = re.findall(r"(?:^|\s)(?:from|import)\s*\(?\s*\"([^\"]+)\"", _code(path))
    for target in found:
        assert target.startswith("."), target
        assert (path.parent / target).is_file(), target


class Shell(HTMLParser):
    """Ids, addresses and words of the page's shell."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.words: list[str] = []
        self.within = ""
        self.feed(INDEX)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        self.within = tag if tag in ("script", "style") else ""
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.inline.append(name)
            if name in ("href", "src", "action"):
                self.addresses.append(value)
            if name.startswith("data-word"):
                self.words.append(value)
        if "id" in given:
            self.ids.append(given["id"])


SHELL = Shell()


def test_the_shell_has_no_script_or_style_inside() -> None:
    assert SHELL.inline == []


def test_the_shell_loads_only_files_that_are_there() -> None:
    loaded = [address for address in SHELL.addresses if address.startswith("$web/")]
    assert len(loaded) > 10
    for address in loaded:
        assert (WEB / address.removeprefix("$web/")).is_file(), address
    others = set(SHELL.addresses) - set(loaded)
    assert others <= {"#content", "plain", "plain?lang=en", "docs"}


def _imported(*names: str) -> set[str]:
    """Modules that come with these, by `import`, themselves included."""
    found: set[Path] = set()
    waiting = [WEB / "js" / name for name in names]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            static = re.findall(
                r"^(?:import|export)[^;(]*?from \"([^\"]+)\"", _code(path), re.MULTILINE
            )
            waiting += [(path.parent / target).resolve() for target in static]
    return {_name(path) for path in found}


def test_what_the_first_view_imports_is_asked_for_at_once() -> None:
    asked = {
        address.removeprefix("$web/") for address in SHELL.addresses if address.endswith(".js")
    }
    assert _imported("app.js") - asked == set()
    assert asked - _imported("app.js", "first.js", "crop.js", "advice.js") == set()


def test_every_id_of_the_shell_stands_once_and_the_agreed_ones_are_there() -> None:
    assert len(SHELL.ids) == len(set(SHELL.ids))
    agreed = (
        "search place results locate banner where advice advice-timeline crop stage glance"
        " meteogram skill passport fields share map-open map lang big theme print"
    )
    assert set(agreed.split()) <= set(SHELL.ids)


def test_both_languages_have_the_same_words_with_the_same_slots() -> None:
    zh, en = BOOKS["zh"], BOOKS["en"]
    assert zh.keys() == en.keys()
    for key in zh:
        assert zh[key].strip(), key
        assert en[key].strip(), key
        assert set(re.findall(r"\{(\w+)\}", zh[key])) == set(re.findall(r"\{(\w+)\}", en[key])), key
        assert not CHINESE.search(en[key]), key


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    code = "\n".join(_code(path) for path in MODULES)
    whole = set(re.findall(r"[\"'`]([a-z][\w-]*(?:\.[\w-]+)+)[\"'`]", code)) | set(SHELL.words)
    heads = set(re.findall(r"`([a-z]\w*\.(?:[\w-]+\.)*)\$\{", code))
    known = set(BOOKS["zh"])
    unused = {key for key in known - whole if not any(key.startswith(head) for head in heads)}
    assert unused == set()
    prefixes = {key.split(".")[0] for key in known}
    files = re.compile(r"\.(js|mjs|css|json|svg)$")
    missing = {
        key for key in whole - known if key.split(".")[0] in prefixes and not files.search(key)
    }
    assert missing == set()
    for head in (head for head in heads if head.split(".")[0] in prefixes):
        assert any(key.startswith(head) for key in known), head


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_a_style_sheet_imports_nothing(path: Path) -> None:
    assert "@import" not in path.read_text(encoding="utf-8")


LOOK = r"var\(--in-light, ([^()]+)\) var\(--in-dark, ([^()]+)\)"
"""A value in the light and in the dark; see the head of base.css."""


def test_a_value_of_two_looks_tells_both_and_one_of_them_stands() -> None:
    text = (WEB / "css" / "base.css").read_text(encoding="utf-8")
    values = re.findall(r"(--[\w-]+): ([^;]*--in-(?:light|dark),[^;]*);", text)
    assert len(values) > 30
    assert [name for name, value in values if re.fullmatch(LOOK, value) is None] == []
    said = re.findall(r"color-scheme: (\w+);\s+--in-light: (\w*);\s+--in-dark: (\w*);", text)
    assert said == [("light", "initial", ""), *[("dark", "", "initial")] * 2]


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


PAIRS = (
    *((ink, ground) for ink in ("ink", "quiet") for ground in ("paper", "card", "sunk")),
    *((ink, "card") for ink in ("accent", "warm", "cold", "rain", "warn")),
    *(("accent", "accent-soft"), ("ink", "accent-soft"), ("warn", "warn-ground")),
    *((f"{name}-ink", name) for name in ("accent", "top", "green", "amber", "red", "none")),
    *((f"level-{level}-ink", f"level-{level}") for level in (1, 2, 3, 4)),
)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground_by_4_5(scheme: int, ink: str, ground: str) -> None:
    text = (WEB / "css" / "base.css").read_text(encoding="utf-8")
    plain = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))
    looks = {name: found[scheme] for name, *found in re.findall(rf"--([\w-]+): {LOOK};", text)}
    colours = plain | looks
    high, low = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_vendored_files_are_those_that_were_published() -> None:
    lines = (VENDOR / "checksums.txt").read_text(encoding="utf-8").splitlines()
    listed = {}
    for line in lines:
        if line and not line.startswith("#"):
            sha256, name, package = line.split()
            assert re.fullmatch(r"npm:[\w-]+@[\d.]+", package)
            listed[name] = sha256
    files = [path for path in VENDOR.rglob("*") if path.is_file() and path.name != "checksums.txt"]
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    assert found == listed


def test_vendored_code_comes_with_its_licence_and_stands_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for folder in (path for path in VENDOR.iterdir() if path.is_dir()):
        assert (folder / "LICENSE").is_file()
        assert f"forecast/web/vendor/{folder.name}" in notice
