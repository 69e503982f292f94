"""A bundle holds the answers to what the page asks; the page judges ages as the service does."""

import re

from forecast.api.bundle_page import page_files
from forecast.api.bundle_questions import HOURLY, LEVELS, WET, WET_HOURS
from forecast.query.coordinate_doubt import COARSEST_DEGREES, read_precision
from forecast.query.datum import DATUMS, METRES_PER_DEGREE, TRUE
from forecast.service.passport import AGE_LIMITS_H, EXPIRED
from tests.support.data import ROOT

SCRIPTS = ROOT / "forecast" / "web" / "js"


def script(name: str) -> str:
    return (SCRIPTS / name).read_text(encoding="utf-8")


def listed(text: str, name: str) -> list[str]:
    """Texts of a constant list of a module."""
    found = re.search(rf"const {name} = \[(.*?)\];", text, re.DOTALL)
    assert found, name
    return re.findall(r"\"([^\"]+)\"", found[1])


def test_a_bundle_asks_for_the_hours_that_the_page_asks_for() -> None:
    page = script("api.js")
    assert [*listed(page, "HOURLY"), *listed(page, "MORE")] == list(HOURLY)
    assert f'LEVELS = "{LEVELS}"' in page
    assert f'WET = "{WET}"' in page
    assert f"over: {WET_HOURS}" in page


def test_the_page_knows_the_datums_and_the_coarsest_precision_of_the_service() -> None:
    page = script("exactness.js")
    assert listed(page, "DATUMS") == list(DATUMS)
    assert listed(script("bundle.js"), "SHIFTED") == [one for one in DATUMS if one not in TRUE]
    found = re.search(r"COARSEST_M = (\d+);", page)
    assert found
    assert 0.99 < int(found[1]) / (COARSEST_DEGREES * METRES_PER_DEGREE) <= 1.0
    assert read_precision(f"{found[1]}m", latitude=0.0).latitude <= COARSEST_DEGREES


def test_the_page_calls_ages_as_the_service_does() -> None:
    text = script("age.js")
    limits = re.findall(r"\[\"(\w+)\", (\d+)\]", text)
    assert [(word, float(hours)) for word, hours in limits] == list(AGE_LIMITS_H)
    assert f'EXPIRED = "{EXPIRED}"' in text


def test_a_bundle_has_the_files_of_the_page_but_no_map() -> None:
    files = dict(page_files())
    version = next(name for name in files if name.startswith("web/")).split("/")[1]
    for name in ("js/app.js", "js/bundle.js", "words/zh.json", "css/base.css"):
        assert files[f"web/{version}/{name}"] == (ROOT / "forecast/web" / name).read_bytes()
    assert not [name for name in files if "/map/" in name or "maplibre" in name]
    page = files["index.html"].decode()
    assert '<meta name="zhitian-bundle" content="bundle.json">' in page
    assert f"web/{version}/js/app.js" in page
    assert "$web" not in page
    assert "离线包里没有" in files["docs/index.html"].decode()
    # a policy in the page itself must not hold what browsers heed in headers only
    assert "default-src 'none'; script-src 'self'" in page
    assert "frame-ancestors" not in page
    assert '<a href="plain">' not in page.partition("<noscript>")[2].partition("</noscript>")[0]
