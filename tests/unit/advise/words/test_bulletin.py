"""The bulletin: four paragraphs on one page, as text and as HTML that stands alone."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from forecast.advise.words import bulletin
from forecast.advise.words.page_text import width, wrapped
from tests.unit.advise.words.made import BAOJIA, GUSTS, days, on
from tests.unit.advise.words.occasions import OUTLOOK, RICE, SUMMARY, storm

NINGHE = replace(
    BAOJIA,
    place_zh="宁河区",
    place_en="Ninghe",
    elevation_m=3.0,
    issuer_zh="宁河区气象局",
    issuer_en="Ninghe Met Office",
    number=12,
    today=date(2025, 4, 10),
)
STORM = bulletin(storm(), RICE, about=NINGHE, summary=SUMMARY)


def test_the_four_paragraphs_stand_in_their_order_behind_the_head() -> None:
    text = STORM.written("text", "zh")
    lines = text.splitlines()
    assert lines[0] == "宁河区气象局 农业气象服务专报 第12期"
    assert lines[1].startswith("2025年4月10日  小站稻")
    headings = [line for line in lines if line.startswith("【")]
    assert headings == ["【前期天气】", "【未来天气】", "【影响分析】", "【农事建议】"]


def test_the_paragraphs_tell_the_weather_its_effect_and_what_to_do() -> None:
    text = STORM.written("text", "zh").replace("\n", "")
    assert "3月31日-4月9日平均气温12.3℃，较常年偏高1.2℃。降水量5.2毫米，较常年偏少39%。" in text
    assert "日照时数62小时，与常年持平。" in text
    assert "10-14日，最低气温6℃至10℃，最高气温15℃至19℃。最冷在12日，最低6℃。" in text
    assert "累计降水量2.9毫米，最多在12日（2.5毫米）。阵风最大在12日，26米/秒（10级）。" in text
    assert "预计12-13日低温大风可能性七成。预计12日最大阵风为26米/秒（10级）" in text
    assert "低温大风：加固棚膜压膜线" in text
    assert "育秧播种适宜期：15-18日（把握七成），目前不适宜。" in text


def test_a_day_whose_numbers_are_not_known_is_no_part_of_the_outlook() -> None:
    unknown = replace(OUTLOOK[0], low=None, low_range=None, high=None, rain=None, gust=None)
    summary = replace(SUMMARY, outlook=(unknown, *OUTLOOK[1:]))
    text = bulletin(storm(), RICE, about=NINGHE, summary=summary).written("text", "zh")
    assert "11-14日，最低气温6℃至9℃" in text
    assert next(line for line in text.splitlines() if line.startswith("4月10日 ")).count("–") == 4


def test_what_cannot_be_judged_is_named_and_never_left_out() -> None:
    text = STORM.written("text", "zh").replace("\n", "")
    assert "资料不足、无法判断的有：暴雨渍涝。" in text
    assert "部分日期缺资料、未全部判断的有：低温阴雨烂秧。" in text
    assert "未知是缺资料，不等于没有风险" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_of_the_text_is_wider_than_80_columns(language: str) -> None:
    for summary in (SUMMARY, replace(SUMMARY, outlook=OUTLOOK * 3)):
        made = bulletin(storm(), RICE, about=NINGHE, summary=summary)
        told = made.written("text", language)  # type: ignore[arg-type]
        assert max(map(width, told.splitlines())) <= 80


def test_a_line_of_chinese_does_not_begin_with_a_stop() -> None:
    assert wrapped("一二三四，五六", 8) == ["一二三", "四，五六"]
    assert wrapped("one two three", 8) == ["one two", "three"]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


def test_the_page_stands_alone_and_names_its_language() -> None:
    html = STORM.written("html", "zh")
    page = _Page()
    page.feed(html)
    assert html.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert '<html lang="en">' in STORM.written("html", "en")
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not {"src", "href", "style", "onload"} & set(page.attributes)
    assert "url(" not in html
    assert "@page { size: A4;" in html
    assert page.tags.count("h2") == 5


def test_names_are_escaped() -> None:
    about = replace(NINGHE, place_zh="<script>alert(1)</script>", issuer_zh='A & "B"')
    html = bulletin(storm(), RICE, about=about, summary=SUMMARY).written("html", "zh")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "A &amp; &quot;B&quot;" in html


def test_the_table_has_the_weather_and_the_lights_of_each_day() -> None:
    html = STORM.written("html", "zh")
    rows = re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2])
    assert len(rows) == 5
    third = re.findall(r"<td(?: class=\"([\w-]+)\")?>(.*?)</td>", rows[2])
    assert [text for _, text in third[:5]] == ["4月12日", "6 (5…8)", "15", "2.5 (0…5)", "26"]
    assert third[5] == ("level-2", "2级")
    assert ("no-data", "未知") in third


def test_hours_of_work_are_told_by_the_best_of_the_day_of_the_place() -> None:
    text = STORM.written("text", "en")
    # the one hour that just suits ends at 23:00 UTC, which is 7 in the morning of the next day
    assert "fair" in text
    first = next(line for line in text.splitlines() if line.startswith("10 Apr "))
    assert "fair" not in first


def test_a_simulated_bulletin_says_so_at_its_head_and_its_foot() -> None:
    made = bulletin(storm(), RICE, about=replace(NINGHE, simulated=True), summary=SUMMARY)
    lines = made.written("text", "zh").splitlines()
    assert "模拟演示" in lines[0]
    assert "模拟演示" in lines[-1]
    assert '<p class="banner">SIMULATED' in made.written("html", "en")
    assert "模拟" not in STORM.written("html", "zh")


def test_warnings_beyond_those_with_room_are_counted() -> None:
    wind = on(RICE, "nursery.cold_wind", level=2, window=days("2025-04-12"), because=GUSTS)
    many = replace(storm(), advisories=(wind,) * 6)
    text = bulletin(many, RICE, about=NINGHE, summary=SUMMARY).written("text", "zh")
    assert "另有2项未列出。" in text


CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed; nothing prints the page")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_prints_on_one_sheet(language: str, tmp_path: Path) -> None:
    advice = storm()
    wind = on(RICE, "nursery.cold_wind", level=2, window=days("2025-04-12"), because=GUSTS)
    full = replace(advice, advisories=(*(wind,) * 4, *advice.advisories), stages=advice.stages * 3)
    notes = SUMMARY.notes * 12
    summary = replace(SUMMARY, outlook=OUTLOOK * 2, notes=notes)
    about = replace(NINGHE, simulated=True)
    html = bulletin(full, RICE, about=about, summary=summary).written("html", language)  # type: ignore[arg-type]
    page, sheet = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(html, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    printing = [f"--print-to-pdf={sheet}", "--no-pdf-header-footer", page.as_uri()]
    command = [str(CHROMIUM), *options, f"--user-data-dir={tmp_path / 'profile'}", *printing]
    subprocess.run(command, check=True, capture_output=True, timeout=90)
    assert re.findall(rb"/Count (\d+)", sheet.read_bytes()) == [b"1"]
