"""The page without script: a form, a table, the truth about the numbers; nothing from outside."""

import gzip
import re
from html import escape
from html.parser import HTMLParser

import pytest

from tests.support.asking import Api
from tests.support.small_members import members_of, published_with
from tests.support.small_native import VARIABLES
from tests.support.small_region import SmallRegion


class Page(HTMLParser):
    """Tags, links and rows of a page; fails on tags that do not close."""

    VOID = frozenset({"meta", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), "no inline script"
            assert name != "style", "no inline style"
            if name in ("href", "src", "action"):
                self.addresses.append(value)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_asks_and_says_what_is_covered(api: Api) -> None:
    answer = api.get("/plain")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    assert {"form", "input", "button", "label"} <= page.tags
    assert "script" not in page.tags
    assert all(address.startswith("/") for address in page.addresses)
    assert "小地" in answer.text


def test_a_place_is_answered_as_a_table_with_its_origin(api: Api, region: SmallRegion) -> None:
    answer = api.get("/plain", place="宁河", lang="zh")
    Page(answer.text)
    text = re.sub(r"<[^>]+>", " ", answer.text)
    assert "模拟数据" in text
    assert "2025-04-10 08:00" in text
    assert "6 小时前，最新" in text
    assert "海拔 103 米" in text
    first = region.value("temperature_2m", row=9, column=11, step=6)
    hours = answer.text.partition("逐小时预报")[2]
    cells = re.findall(r"<td>([^<]*)</td>", hours)
    assert cells[0] == f"{first:.1f}"
    assert answer.text.count("<tr>") > 43
    assert "–" in cells


def test_the_page_speaks_the_language_that_is_asked_or_preferred(api: Api) -> None:
    english = {"accept-language": "en-GB,en;q=0.9"}
    assert '<html lang="en">' in api.get("/plain", headers=english).text
    assert '<html lang="zh-CN">' in api.get("/plain?lang=zh", headers=english).text
    assert '<html lang="zh-CN">' in api.get("/plain", headers={"accept-language": "fr"}).text
    assert "SIMULATED" in api.get("/plain?place=ninghe&lang=en").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_not_found_is_said_and_candidates_are_offered(api: Api, lang: str) -> None:
    several = api.get("/plain", place="yuexi", lang=lang)
    assert several.status_code == 409
    page = Page(several.text)
    links = [address for address in page.addresses if "place=" in address]
    assert len(links) >= 3
    nowhere = api.get("/plain", place="nowhereatall", lang=lang)
    assert (nowhere.status_code, 'class="problem"' in nowhere.text) == (404, True)
    outside = api.get("/plain", place="岳西", lang=lang)
    assert outside.status_code == 404


def test_what_is_typed_is_shown_and_never_run(api: Api) -> None:
    nasty = '"><script>alert(1)</script>&${x}'
    answer = api.get("/plain", place=nasty)
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    Page(answer.text)


def test_nothing_but_our_own_style_may_be_loaded(api: Api) -> None:
    policy = api.get("/plain").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    style = api.get("/web/plain/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text


def test_without_a_cycle_the_page_says_so(tmp_path) -> None:
    api = Api.over(SmallRegion.create(tmp_path))
    answer = api.get("/plain", place="宁河", lang="zh")
    assert answer.status_code == 503
    assert "还没有发布过预报" in answer.text


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("降水概率", "12 个集合成员")), ("en", ("chance of rain", "12 members"))],
)
def test_with_members_the_page_shows_range_and_chance(
    tmp_path_factory: pytest.TempPathFactory, lang: str, words: tuple[str, ...]
) -> None:
    folder = tmp_path_factory.mktemp("members")
    region = SmallRegion.create(folder, hours=24, variables=VARIABLES)
    published_with(region, members_of(region, count=12))
    api = Api.over(region)
    told = api.get("/v1/forecast", place="宁河", hours="1", quantiles="10,90").json()["hourly"]
    answer = api.get("/plain", place="宁河", lang=lang)
    Page(answer.text)
    for word in words:
        assert word in answer.text
    low, high = (told[f"temperature_2m_p{level}"][0] for level in (10, 90))
    assert f"<td>{low:.1f} … {high:.1f}</td>" in answer.text
    assert re.search(r"<td>\d+ %</td>", answer.text)


RICE = "rice.xiaozhan.ninghe"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_with_a_crop_the_page_says_what_to_do_as_the_interface_does(api: Api, lang: str) -> None:
    told = api.get("/v1/advisories", place="宁河", crop=RICE).json()
    answer = api.get("/plain", place="宁河", crop=RICE, lang=lang)
    assert answer.status_code == 200
    Page(answer.text)
    assert (
        f'<blockquote class="message">{escape(told["messages"][lang])}</blockquote>' in answer.text
    )
    warned = [one for one in told["advisories"] if one["status"] == "warn"]
    assert warned
    for one in warned:
        for key in ("action", "reason", "confidence"):
            said = one["text"][lang][key]
            bare = re.sub(r"^(（模拟）|\(simulated\) )", "", said)
            assert escape(bare[1:]) in answer.text
    for caveat in told["caveats"]:
        assert escape(caveat[lang]) in answer.text
    level = {"zh": "{}级", "en": "Level {}"}[lang].format(warned[0]["state"])
    assert f'level-{warned[0]["state"]}">{level}</span>' in answer.text


def test_the_crop_goes_along_to_the_other_language_and_to_the_full_page(api: Api) -> None:
    answer = api.get("/plain", place="宁河", crop="rice", lang="en")
    addresses = [address for address in Page(answer.text).addresses if "crop=" in address]
    place = "place=%E5%AE%81%E6%B2%B3"
    assert addresses == [
        f"/plain?lang=zh&{place}&crop=rice",
        f"/?lang=en&{place}&crop=rice",
    ]
    assert f'<option value="{RICE}" selected>' in answer.text
    assert " selected>" not in api.get("/plain", lang="en").text
    several = api.get("/plain", place="yuexi", crop=RICE, lang="zh")
    candidates = [
        one for one in Page(several.text).addresses if "place=3" in one or "place=2" in one
    ]
    assert len(candidates) >= 3
    assert all(f"crop={RICE}" in address for address in candidates)


@pytest.mark.parametrize(("crop", "status"), [("no-such-crop", 404), ("maize", 409)])
def test_a_crop_that_is_not_known_is_said_beside_the_weather(
    api: Api, crop: str, status: int
) -> None:
    answer = api.get("/plain", place="宁河", crop=crop, lang="zh")
    assert answer.status_code == status
    assert 'class="problem"' in answer.text
    assert "逐小时预报" in answer.text


def test_a_place_that_stands_for_a_township_says_so(api: Api) -> None:
    answer = api.get("/plain", place="120117105", lang="zh")
    assert "各地名表中没有代码 120117105，所示为它所属的宁河区。" in answer.text


def test_the_page_with_advice_is_small(api: Api) -> None:
    answer = api.get("/plain", place="宁河", crop=RICE, lang="zh")
    assert len(gzip.compress(answer.content)) < 7_000
