"""Events of which it is known what was advised, as coarse model files and as published cycles."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.ingest import scenario
from forecast.regions import data_path
from grids import BoundingBox
from tests.support.commands import environment, succeed
from tests.support.event_grib import Event, Scene, Sky, sunshine

Floats = npt.NDArray[np.float64]

MEMBERS = 11
"""Perturbed members of made events; with the control enough for probabilities."""

HISTORY, PAST = "history.csv", "past-years.nc"
"""Past years that are made here, and those of the scenario."""

_REGION = """
name = "{name}"
label_zh = "{zh}"
label_en = "{en}"
timezone = "Asia/Shanghai"
spacing = 0.01
terrain = "{terrain}"

[box]
west = {box.west}
south = {box.south}
east = {box.east}
north = {box.north}
"""


@dataclass(frozen=True, kw_only=True)
class Garden:
    """A region with a published cycle or two, and the clock at which it is asked.

    Attributes:
        folder: of the region file, the store and what an operator gives beside it.
        name: of the region.
        now: what counts as now.
    """

    folder: Path
    name: str
    now: datetime

    @property
    def region(self) -> Path:
        return self.folder / f"{self.name}.toml"

    @property
    def env(self) -> dict[str, str]:
        """Settings of `zhitian` there, with the past years that lie there."""
        found = [self.folder / name for name in (HISTORY, PAST) if (self.folder / name).exists()]
        given = {"history": found[0]} if found else {}
        return environment(
            store=self.folder / "store",
            regions=self.region,
            now=self.now.isoformat(),
            downloads=self.folder,
            **given,
        )

    def ask(self, *options: object) -> Any:
        """The document of `zhitian advise --json`."""
        return json.loads(succeed("advise", *options, "--json", env=self.env).stdout)

    def told(self, *options: object) -> str:
        """What `zhitian advise` says to people."""
        ended = succeed("advise", *options, env=self.env)
        return ended.stdout + ended.stderr

    def lay_out(self, *, zh: str, en: str, box: BoundingBox, terrain: str) -> None:
        """Write the region file, on heights that come with the product."""
        text = _REGION.format(
            name=self.name, zh=zh, en=en, box=box, terrain=data_path("terrain", terrain)
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.region.write_text(text, encoding="utf-8")

    def publish(self, event: Event) -> None:
        """Write the files of an event and publish them by the command that people use."""
        files = self.folder / f"{event.cycle:%Y%m%d%H}"
        event.write(files)
        self.run(files, now=event.cycle)

    def run(self, files: Path, *, now: datetime) -> None:
        """`zhitian run` on a folder of files, at the time of their cycle."""
        ended = succeed(
            *("run", "--region", self.region, "--source", "files", "--input", files),
            env={**self.env, "ZHITIAN_NOW": now.isoformat()},
        )
        assert f"published {now:%Y%m%dT%H}" in ended.stderr


def between(knots: dict[int, float]) -> Callable[[Scene], Floats]:
    """A course in time through (hour since the cycle, value)."""
    return lambda scene: np.interp(scene.hours, list(knots), list(knots.values()))


def drawn(member: int, seed: int) -> tuple[float, float]:
    """Two numbers of a member, about normal and within 2; 0 for the control."""
    if member == 0:
        return 0.0, 0.0
    first, second = np.random.default_rng([seed, member]).standard_normal(2).clip(-2.0, 2.0)
    return float(first), float(second)


TEA = Garden(folder=Path("tea"), name="yuexi", now=datetime(2021, 3, 21, 6, tzinfo=UTC))
TEA_BOX = BoundingBox(west=116.10, south=30.86, east=116.64, north=31.13)
TEA_CELL = BoundingBox(west=116.375, south=30.875, east=116.625, north=31.125)
"""One cell of the model, around 31.0 N 116.5 E; its surface lies at 520 m."""
TEA_LAPSE = 0.0055
TEA_HEIGHT = 300.0
TEA_COURSE = {
    0: 7.0, 6: 12.0, 12: 7.0, 18: 3.6, 21: 2.9, 24: 5.0, 30: 10.5, 36: 6.0, 39: 4.4, 42: 3.2,
    45: 2.7, 48: 5.5, 54: 12.0, 60: 6.6, 63: 3.2, 66: 7.0, 69: 8.0, 72: 9.0,
}  # fmt: skip
"""degC at 300 m, hours since 21 March 08:00 Beijing time: 2-4 degC on both nights before 22 and
23 March; on the evening of the 23rd a short frost at 23:00, before clouds come."""
MILD_COURSE = {0: 9.0, 6: 16.0, 21: 8.0, 30: 16.0, 45: 7.0, 54: 15.0, 69: 8.0, 72: 10.0}
"""The same, hours since 20 March 08:00: what the run before saw."""


def tea_sky(course: dict[int, float]) -> Callable[[Scene, int], Sky]:
    """Clear nights over the Dabie mountains, colder with height.

    Args:
        course: degC at 300 m by the hour since the cycle.
    """

    def sky(scene: Scene, member: int) -> Sky:
        warmer, windier = drawn(member, 20210322)
        celsius = between(course)(scene) + 0.2 * warmer
        celsius = celsius - TEA_LAPSE * (scene.height - TEA_HEIGHT)
        clouds = between({0: 0.1, 60: 0.1, 64: 0.9, 72: 0.9})(scene) + 0.0 * scene.height
        calm = 1.5 + 0.3 * windier + 0.0 * celsius
        return Sky(
            celsius=celsius,
            dew_celsius=np.minimum(celsius - 1.5, 2.0 - 0.003 * scene.height),
            wind=(0.6 * calm, -0.8 * calm),
            gust=2.0 * calm,
            cloud=clouds,
            rain_mm=0.0 * celsius,
            sun_w=sunshine(scene, clouds),
        )

    return sky


def make_tea(folder: Path) -> None:
    """Two published cycles, the first without the frosts, and past years about them."""
    garden = Garden(folder=folder, name=TEA.name, now=TEA.now)
    garden.lay_out(zh="岳西", en="Yuexi", box=TEA_BOX, terrain="yuexi.nc")
    spring_history(folder / HISTORY)
    area = BoundingBox(west=114.5, south=29.25, east=118.25, north=32.75)
    for day, course in ((20, MILD_COURSE), (21, TEA_COURSE)):
        cycle = datetime(2021, 3, day, tzinfo=UTC)
        garden.publish(
            Event(cycle=cycle, hours=72, area=area, sky=tea_sky(course), members=MEMBERS)
        )


def spring_history(path: Path) -> None:
    """Ten past years at 300 m: 7.5 degC on 20 February, 0.17 K warmer each day until July.

    A year is up to 1.2 K warmer or colder than that throughout; the day swings by 5 K to each side.
    """
    daily = "temperature_2m_min,temperature_2m_max,temperature_2m_mean,precipitation_sum"
    lines = [f"station,latitude,longitude,elevation,date,{daily}"]
    for year in range(2011, 2021):
        offset = 1.2 * np.sin(1.7 * year)
        for day in np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]"):
            since = int((day - np.datetime64(f"{year}-02-20", "D")).astype(int))
            rising = 7.5 + 0.17 * min(since, 110) - 0.17 * max(since - 170, 0)
            mean = max(rising, 1.0) + offset
            told = f"{mean - 5:.1f},{mean + 5:.1f},{mean:.1f},2.0"
            lines.append(f"made,31.0,116.4,{TEA_HEIGHT},{day},{told}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


TIANJIN = Garden(folder=Path("tianjin"), name="tianjin", now=datetime(2025, 4, 10, 6, tzinfo=UTC))
NINGHE_BOX = BoundingBox(west=117.50, south=39.20, east=117.95, north=39.65)


def make_tianjin(folder: Path) -> None:
    """The bundled cold wave with all its members, published around Ninghe, and its past years."""
    garden = Garden(folder=folder, name=TIANJIN.name, now=TIANJIN.now)
    garden.lay_out(zh="天津", en="Tianjin", box=NINGHE_BOX, terrain="tianjin.nc")
    scenario.write_past(folder)
    files = folder / "scenario"
    scenario.write(files)
    garden.run(files, now=scenario.CYCLE)


BAODI = Garden(folder=Path("baodi"), name="baodi", now=datetime(2025, 6, 1, 6, tzinfo=UTC))
BAODI_BOX = BoundingBox(west=117.20, south=39.05, east=117.60, north=39.75)
BAODI_PLACE = (39.588, 117.414)
DRY_PLACE = (39.10, 117.40)
"""Latitude and longitude, degrees."""


def rainy_sky(millimetres: float) -> Callable[[Scene, int], Sky]:
    """Rain from 2 June 02:00 to 17:00 Beijing time around Baodi, seen from 1 June 08:00.

    Args:
        millimetres: at the centre, in the control.
    """

    def sky(scene: Scene, member: int) -> Sky:
        more, _ = drawn(member, 20250602)
        north, east = scene.latitude - 39.62, scene.longitude - 117.41
        shape = np.exp(-((north / 0.3) ** 2) - (east / 0.8) ** 2)
        falling = (scene.hours > 18) & (scene.hours <= 33)
        rain = millimetres / 15.0 * (1.0 + 0.04 * more) * shape * falling
        clouds = between({0: 0.3, 15: 0.6, 18: 1.0, 36: 1.0, 48: 0.3, 72: 0.3})(scene)
        clouds = clouds + 0.0 * shape
        swing = 5.0 * np.cos(2.0 * np.pi * (scene.clock - 15.0) / 24.0) * (1.0 - 0.6 * clouds)
        celsius = 22.0 + swing + 0.0 * shape
        wind = 3.0 + 0.0 * celsius
        return Sky(
            celsius=celsius,
            dew_celsius=np.minimum(16.0 + 4.0 * (clouds > 0.9), celsius - 0.5),
            wind=(-0.7 * wind, 0.7 * wind),
            gust=2.0 * wind,
            cloud=clouds,
            rain_mm=rain + 0.0 * celsius,
            sun_w=sunshine(scene, clouds),
        )

    return sky


def make_baodi(folder: Path) -> None:
    """Two published cycles: the day before without the rain, and that of the warning."""
    garden = Garden(folder=folder, name=BAODI.name, now=BAODI.now)
    garden.lay_out(zh="宝坻", en="Baodi", box=BAODI_BOX, terrain="tianjin.nc")
    area = BoundingBox(west=115.5, south=37.5, east=119.25, north=41.5)
    for day, millimetres in ((31, 0.0), (1, 92.0)):
        cycle = datetime(2025, 5 if day > 1 else 6, day, tzinfo=UTC)
        garden.publish(
            Event(cycle=cycle, hours=72, area=area, sky=rainy_sky(millimetres), members=MEMBERS)
        )


def advisory(document: Any, rule: str) -> Any:
    """The advice of a document on one rule, window or sowing."""
    (found,) = [one for one in document["advisories"] if one["rule"] == rule]
    return found


def states(document: Any, rule: str) -> dict[str, Any]:
    """State of a rule, window or sowing by its date or hour."""
    (line,) = [one for one in document["timelines"] if one["rule"] == rule]
    return dict(zip(line["times"], line["states"], strict=True))


def chances(document: Any, rule: str, level: str) -> dict[str, float | None]:
    """Chance of a level or grade by date or hour."""
    (line,) = [one for one in document["timelines"] if one["rule"] == rule]
    return dict(zip(line["times"], line["probability"][level], strict=True))
