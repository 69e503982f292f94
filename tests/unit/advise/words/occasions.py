"""Everything that is said besides the texts of one piece of advice, each at least once."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from forecast.advise.advice import Advice, Irrigation, StageDate, StageNow, StandingWater, Timeline
from forecast.advise.advisory import Advisory
from forecast.advise.profile import CropProfile, shipped_profile
from forecast.advise.profile.parts import Text
from forecast.advise.profile.rules import Window
from forecast.advise.weather import Season
from forecast.advise.words import (
    OutlookDay,
    PastWeather,
    WeatherSummary,
    bulletin,
    irrigation_text,
    phenology_text,
    season_text,
    stage_text,
    standing_water_text,
    texts,
)
from tests.unit.advise.words.made import BAOJIA, FEW, FROST, GUSTS, days, numbers, on

TEA = shipped_profile("tea.cuilan.yuexi")
RICE = shipped_profile("rice.xiaozhan.ninghe")
WHEAT = shipped_profile("wheat.winter.haihe")

_PLUCK = TEA.windows[0].model_dump()

NURSERY = Text(zh="育秧期", en="nursery")
STAGE = StageDate(
    id="nursery",
    name=NURSERY,
    p10="2025-05-01",
    p50="2025-05-06",
    p90="2025-05-12",
    chance_in_forecast=0.3,
    futures=400,
    members=20,
    years=20,
    threshold=100.0,
    threshold_sd=10.0,
)
WATER = Irrigation(
    state="amber",
    first="2025-04-15",
    median="2025-04-16",
    last="2025-04-18",
    depletion_mm=22.0,
    readily_available_mm=40.0,
    amount_mm=25.0,
    amount_m3_per_mu=16.7,
    expected_rain_mm=3.0,
    postpone="2025-04-15",
    postpone_mm=15.0,
    postpone_until="2025-04-20",
    postpone_probability=0.4,
    start="assumed",
    soil="clay",
    soil_assumed=True,
    members=20,
    citations={},
)
PONDING = StandingWater(
    state="amber",
    probability=0.2,
    begins="2025-04-12T03:00:00Z",
    depth_mm_p50=20.0,
    depth_mm_p90=45.0,
    hours_to_drain_p50=7.2,
    hours_to_drain_p90=20.0,
    hours_until_entry_p50=60.0,
    hours_until_entry_p90=90.0,
    low_lying=True,
    caveat=True,
    members=20,
    soil="clay",
    soil_assumed=True,
)
PAST = PastWeather(
    begins=date(2025, 3, 31),
    ends=date(2025, 4, 9),
    temperature=12.34,
    temperature_difference=1.24,
    rain=5.2,
    rain_percent=61.0,
    sunshine=62.0,
    sunshine_difference=0.2,
)
OUTLOOK = tuple(
    OutlookDay(
        day=date(2025, 4, 10 + place),
        low=low,
        low_range=(low - 1, low + 2),
        high=low + 9,
        rain=rain,
        rain_range=(0.0, 2 * rain),
        gust=gust,
    )
    for place, (low, rain, gust) in enumerate(
        [(10.0, 0.0, 8.0), (9.0, 0.0, 9.0), (6.0, 2.5, 26.0), (6.4, 0.4, 25.0), (8.0, 0.0, 12.0)]
    )
)
SUMMARY = WeatherSummary(
    past=PAST,
    outlook=OUTLOOK,
    sources=({"zh": "资料来源：某模式。", "en": "Source: some model."},),
    notes=({"zh": "方案未签署。", "en": "The profile is not signed."},),
)


def season(**counts: int) -> Season:
    """A season whose days are from there."""
    origins = [name for name, count in counts.items() for _ in range(count)]
    coords = {"day": np.arange(len(origins)), "origin": ("day", origins)}
    return Season(days=xr.Dataset(coords=coords))


def storm() -> Advice:
    """Rice in its nursery before the cold wind of 12 and 13 April 2025."""
    dates = tuple(str(one.day) for one in OUTLOOK)
    hours = tuple(f"2025-04-{day}T{hour:02d}:00:00Z" for day in range(10, 15) for hour in range(24))
    wind = on(RICE, "nursery.cold_wind", level=2, window=days("2025-04-12", "2025-04-13"))
    return Advice(
        profile=RICE.label,
        stages=(StageNow(id="nursery", name=NURSERY, reason="calendar"),),
        advisories=(
            wind.model_copy(update={"because": GUSTS}),
            on(RICE, "nursery.hot_tunnel", level=1, state="none", status="watch"),
            on(RICE, "field.waterlogging", state="no-data", status="no-data", members=0),
            on(RICE, "nursery.rotten_seedling", missing=2),
            on(RICE, "spray_drone", state="green", window=days("2025-04-10")),
            on(RICE, "nursery_sowing", state="red", window=days("2025-04-15", "2025-04-18")),
        ),
        timelines=(
            _line("nursery.cold_wind", dates, ("none", "none", 2, 2, 1)),
            _line("field.waterlogging", dates, ("no-data",) * 5),
            _line("booting.cold", dates, ("not-applicable",) * 5),
            _line("heading.cold", dates, (*("not-applicable",) * 4, "none")),
            _line("spray_drone", hours, (("red",) * 23 + ("amber",)) * 5, kind="window", step="h"),
            _line("nursery_sowing", dates, ("red", "red", "red", "amber", "green")),
        ),
        phenology=(STAGE,),
        irrigation=WATER,
        standing_water=PONDING,
        decisions={},
    )


def _line(name: str, times: Any, states: Any, **changed: Any) -> Timeline:
    told = {"kind": "hazard", "name": None, "step": "d", **changed}
    return Timeline(rule=name, times=times, states=states, probability={}, **told)


def occasions() -> None:
    """Say everything once."""
    _seasons()
    _waters()
    _changes()
    _conditions()
    for advice, profile, summary in _bulletins():
        for number, simulated in ((None, False), (7, True)):
            about = replace(BAOJIA, number=number, simulated=simulated)
            made = bulletin(advice, profile, about=about, summary=summary)
            made.written("text", "zh")
            made.written("html", "en")


def _seasons() -> None:
    for reason in ("reported", "calendar", "degree-days", "not known"):
        for chance in (None, 0.6):
            stage = StageNow(id="nursery", name=NURSERY, reason=reason, probability=chance)  # type: ignore[arg-type]
            stage_text(stage, about=BAOJIA)
    forms: tuple[dict[str, Any], ...] = (
        {},
        {"years": 0},
        {"p90": None},
        {"p90": None, "p50": None},
        {"p90": None, "p50": None, "p10": None},
        {"reached": "2025-04-01"},
    )
    for form in forms:
        phenology_text(STAGE.model_copy(update=form), about=BAOJIA)
    season_text(season(past=100, forecast=15, normals=250), about=BAOJIA)
    season_text(season(past=90, forecast=15, normals=250, missing=10), about=BAOJIA)


def _waters() -> None:
    forms: tuple[dict[str, Any], ...] = (
        {},
        {"state": "red", "expected_rain_mm": 0.0, "postpone_until": None},
        {"first": None},
        {"median": None},
        {"state": "green"},
        {"state": "no-data"},
        {"state": "not-applicable"},
    )
    for form in forms:
        for profile in (RICE, TEA):
            irrigation_text(WATER.model_copy(update=form), profile, about=BAOJIA)
    ponds: tuple[dict[str, Any], ...] = (
        {},
        {"begins": None, "hours_to_drain_p90": None, "hours_until_entry_p90": None},
        {"probability": None, "hours_to_drain_p50": None},
        {"probability": None, "begins": None},
        {"state": "green", "probability": 0.05},
        {"state": "green", "probability": 0.0},
        {"hours_until_entry_p50": 0.0, "hours_until_entry_p90": 0.0},
        {"hours_until_entry_p50": 24.2, "hours_until_entry_p90": 24.8},
        {"state": "no-data"},
    )
    for form in ponds:
        standing_water_text(PONDING.model_copy(update=form), about=BAOJIA)


def _changes() -> None:
    frost = on(TEA, "frost.spring", level=2, window=days("2025-04-07"), because=FROST)
    pluck = on(TEA, "pluck", state="amber", window=days("2025-04-07"))
    earlier = {"issued": "2025-04-05T00:00:00Z"}
    for change in ("raised", "lowered", "shifted", "unchanged", "not known", "ended", "cleared"):
        for before in (None, {}, {"state": "none"}, {"window": days("2025-04-05")}):
            for now in (frost, pluck):
                _after(now, change, before if before is None else {**earlier, **before})
        _after(frost, change, {**earlier, "window": days("2025-04-09")})


def _after(now: Advisory, change: str, before: dict[str, Any] | None) -> None:
    profile = TEA
    told = now.model_copy(update={"change": change})
    texts(told, profile, about=BAOJIA, before=before and now.model_copy(update=before))


def _conditions() -> None:
    """Comparisons and gates that no profile that ships has."""
    for agg in ("min", "max", "mean", "sum", "extreme"):
        var, value = ("precip", "1 mm") if agg == "sum" else ("t2m", "5 degC")
        kind = {"agg": agg, "var": var, "value": value, "length": "6 h"}
        if agg == "extreme":
            kind = {"agg": "max", "var": "gustmax", "value": "5 m/s", "length": "2 d"}
        length = kind.pop("length")
        asked = [{**kind, "op": "<", "window": f"{side} {length}"} for side in ("next", "past")]
        for some in (asked[:1], asked[1:], asked):
            window = Window.model_validate({**_PLUCK, "green": {"all": some}, "amber": some[0]})
            profile = TEA.model_copy(update={"windows": (window,)})
            for because in numbers(window.green):
                texts(on(profile, "pluck", state="amber", because=because), profile, about=BAOJIA)
    name = Text(zh=RICE.name.zh, en="Rice of a name for which no message has room, " * 4)
    texts(on(RICE, "booting.cold"), RICE.model_copy(update={"name": name}), about=BAOJIA)
    calm = GUSTS.model_copy(update={"op": "<=", "value": 9.0, "flip": 8.3})
    texts(on(RICE, "nursery.cold_wind", level=2, because=calm), RICE, about=BAOJIA)
    _warmth()


def _warmth() -> None:
    mean = GUSTS.model_copy(update={"subject": "tmean", "unit": "degC", "value": 9.1})
    for profile, name in ((RICE, "nursery_sowing"), (WHEAT, "sowing")):
        sowing = next(one for one in profile.sowing if one.id == name)
        thermal = tuple(one.model_copy(update={"not_below": None}) for one in sowing.thermal)
        plain = profile.model_copy(
            update={"sowing": (sowing.model_copy(update={"thermal": thermal}),)}
        )
        told = on(plain, name, state="red", gate="thermal.0", because=mean)
        texts(told, plain, about=BAOJIA)


def _bulletins() -> list[tuple[Advice, CropProfile, WeatherSummary]]:
    advice = storm()
    wind = advice.advisories[0]
    others = (
        on(RICE, "nursery.cold_wind", level=2, state="no-data", status="no-data"),
        on(RICE, "heading.heat", level=2),
        on(RICE, "heading.cold", **FEW),
        on(RICE, "nursery.hot_tunnel", level=1, state="none", status="watch", window=wind.window),
        on(RICE, "spray_drone", state="amber", window=days("2025-04-10")),
        on(RICE, "harvest_dry", state="red"),
        on(RICE, "nursery_sowing", state="red"),
    )
    now = StageNow(id="nursery", name=NURSERY, reason="calendar")
    quiet = replace(advice, stages=(now, now), advisories=(on(RICE, "nursery.cold_wind"),))
    out = on(RICE, "nursery.cold_wind", state="not-applicable", status="not-applicable")
    nothing = replace(advice, advisories=(out,), irrigation=None, standing_water=None)
    dry = tuple(replace(one, rain=0.0, gust=None) for one in OUTLOOK)
    pasts = (
        replace(PAST, temperature_difference=-1.0, rain_percent=150.0, sunshine_difference=9.0),
        replace(PAST, temperature_difference=0.0, rain_percent=100.0, sunshine_difference=-9.0),
        replace(PAST, temperature_difference=None, rain_percent=None, sunshine_difference=None),
    )
    return [
        (advice, RICE, SUMMARY),
        (replace(advice, advisories=others), RICE, replace(SUMMARY, past=pasts[0], outlook=dry)),
        (replace(advice, advisories=(wind,) * 6), RICE, replace(SUMMARY, past=pasts[1])),
        (quiet, RICE, replace(SUMMARY, past=pasts[2], outlook=())),
        (nothing, RICE, replace(SUMMARY, past=None)),
    ]
