"""From a table of observations to the answer: a real run is corrected by what stations saw."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from forecast import downscale
from forecast.store import Cycle, RegionStore
from forecast.store.observations import ObservationStore
from tests.support import alps
from tests.support.commands import Server, environment, succeed
from tests.support.data import shared_data

BELOW_K = {"temperature_2m": 2.0, "dew_point_2m": 1.0}
"""So much less than the run was observed at every station, K."""

OBSERVED_HOURS = 7
PLACE = {"lat": 45.188, "lon": 5.724}
"""Grenoble."""

REGION = """
name = "isere"
label_zh = "伊泽尔"
label_en = "Isere"
timezone = "Europe/Paris"
spacing = 0.01
terrain = "{terrain}"

[box]
west = 5.0
south = 44.6
east = 6.4
north = 46.0
"""


@dataclass(frozen=True)
class Corrected:
    """A run published after observations were taken in.

    Attributes:
        folder: region file, store and tables.
        said: what the run told.
    """

    folder: Path
    said: str

    @property
    def region(self) -> Path:
        return self.folder / "isere.toml"

    @property
    def env(self) -> dict[str, str]:
        return environment(
            store=self.folder / "store",
            regions=self.region,
            now="2018-05-01T06:00:00Z",
            downloads=self.folder,
        )

    @property
    def store(self) -> RegionStore:
        return RegionStore.open(self.folder / "store" / "isere")

    @property
    def cycle(self) -> Cycle:
        return self.store.current()


def stations(folder: Path) -> Path:
    """Forty stations at made-up places, and one north of where the run's files end."""
    chance = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "station": [f"S{number:02d}" for number in range(40)],
            "latitude": chance.uniform(44.65, 45.95, 40).round(3),
            "longitude": chance.uniform(5.05, 6.35, 40).round(3),
            "elevation": chance.uniform(200.0, 1800.0, 40).round(),
        }
    )
    path = folder / "places.csv"
    table.to_csv(path, index=False)
    return path


def observed(folder: Path, base: pd.DataFrame, *, hours: slice, name: str) -> Path:
    """A table as a weather office writes it: Chinese headings, GB18030, time of Beijing."""
    times = base["time"].drop_duplicates().iloc[hours]
    rows = base[base["time"].isin(times)]
    clock = pd.to_datetime(rows["time"]).dt.tz_convert("Asia/Shanghai")
    path = folder / name
    lines = ["站号,纬度,经度,海拔,时间（北京时）,气温,露点温度"]
    lines += [
        f"{row.station},{row.latitude},{row.longitude},{row.elevation},{when:%Y/%m/%d %H:%M},"
        f"{row.temperature_2m - BELOW_K['temperature_2m']:.1f},"
        f"{row.dew_point_2m - BELOW_K['dew_point_2m']:.1f}"
        for row, when in zip(rows.itertuples(), clock, strict=True)
    ]
    if hours.start is None:
        lines.append("NORTH,46.4,5.7,500,2018/05/01 11:00,3.0,1.0")
    path.write_text("\r\n".join(lines), encoding="gb18030")
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The uncorrected run at the stations."""
    folder = tmp_path_factory.mktemp("base")
    succeed(
        *("downscale", *alps.run_files(), "--terrain", shared_data(alps.TERRAIN)),
        *("--points", stations(folder), "--output", folder / "base.csv"),
        *("--variables", "temperature_2m,dew_point_2m"),
    )
    return pd.read_csv(folder / "base.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, base: pd.DataFrame) -> Corrected:
    folder = tmp_path_factory.mktemp("isere")
    corrected = Corrected(folder, "")
    corrected.region.write_text(REGION.format(terrain=shared_data(alps.TERRAIN)), encoding="utf-8")
    table = observed(folder, base, hours=slice(None, OBSERVED_HOURS), name="morning.csv")
    succeed("observations", "add", table, "--region", corrected.region, env=corrected.env)
    ended = succeed(
        *("run", "--region", corrected.region, "--source", "files"),
        *("--input", *alps.run_files()),
        env=corrected.env,
    )
    return Corrected(folder, ended.stderr)


def added(cycle: Cycle, name: str, *, row: int, column: int) -> npt.NDArray[np.float32]:
    """What the stored calibration adds at a cell, K [time], summed here term by term."""
    terms = cycle.calibration()
    total = np.zeros(terms.sizes["time"], dtype=np.float32)
    for term in range(terms.sizes["term"]):
        if str(terms["variable"].values[term]) == name:
            pattern = terms["pattern"].values[term, row, column]
            total += pattern * terms["weight"].values[term]
    return total


def by_command(made: Corrected, *arguments: object) -> dict:
    place = [part for name, value in PLACE.items() for part in (f"--{name}", value)]
    return json.loads(succeed("point", *place, "--json", *arguments, env=made.env).stdout)


def test_the_run_says_what_corrected_it_and_what_it_left_out(made: Corrected) -> None:
    assert "temperature_2m corrected (analysis) from 40 stations" in made.said
    assert "dew_point_2m corrected (analysis)" in made.said
    assert "stations beyond the model's grid left out: NORTH" in made.said
    assert "forecasts for 40 stations kept for scoring" in made.said


def test_what_is_published_is_the_run_and_the_stored_correction_to_the_last_digit(
    made: Corrected,
) -> None:
    cycle = made.cycle
    plain = downscale.downscale(
        cycle.native(), cycle.terrain(), variables=("temperature_2m", "dew_point_2m")
    ).compute()
    chance = np.random.default_rng(20180501)
    for row, column in zip(chance.integers(0, 140, 50), chance.integers(0, 140, 50), strict=True):
        held = dict(zip(cycle.variables, unpacked(cycle, row, column), strict=True))
        sums = {
            name: plain[name].values[:, row, column] + added(cycle, name, row=row, column=column)
            for name in BELOW_K
        }
        air = sums["temperature_2m"]
        assert held["temperature_2m"] == pytest.approx(air, abs=0.0501)
        assert held["dew_point_2m"] == pytest.approx(
            np.minimum(sums["dew_point_2m"], air), abs=0.0501
        )
        # Tetens, as in FAO-56 eq. 11; half a digit of both temperatures is some 0.7 %
        vapour = np.exp(17.27 * held["dew_point_2m"] / (held["dew_point_2m"] + 237.3))
        most = np.exp(17.27 * held["temperature_2m"] / (held["temperature_2m"] + 237.3))
        assert held["relative_humidity_2m"] == pytest.approx(100.0 * vapour / most, abs=1.3)
        assert held["vapour_pressure_deficit"] == pytest.approx(0.6108 * (most - vapour), abs=0.02)


def unpacked(cycle: Cycle, row: int, column: int) -> npt.NDArray[np.float32]:
    return cycle.unpack(cycle.point(int(row), int(column)))


def test_the_answer_tells_the_correction_hour_by_hour(made: Corrected) -> None:
    answer = by_command(made, "--corrections")
    cell = answer["passport"]["cell"]
    told = answer["passport"]["calibration"]
    assert told["applied"] is True
    assert told["observed_until"] == "2018-05-01T06:00:00Z"
    for name, below in BELOW_K.items():
        expected = added(made.cycle, name, row=cell["row"], column=cell["column"])
        assert answer["hourly"][f"{name}_correction"] == pytest.approx(expected, abs=0.00501)
        assert told["variables"][name]["mean_k"] == pytest.approx(expected.mean(), abs=0.00501)
        assert told["variables"][name]["extreme_k"] == pytest.approx(expected.min(), abs=0.00501)
        # of what every station saw, most is believed at once, and little of it a day later
        assert -1.1 * below < expected[6] < -0.6 * below
        assert -0.3 * below < expected[24] < 0.0


def test_another_height_is_corrected_alike_and_the_api_says_the_same(made: Corrected) -> None:
    asked = {"corrections": "true", "elevation": 900, "hourly": "temperature_2m"}
    higher = by_command(made, "--corrections", "--elevation", 900, "--hourly", "temperature_2m")
    cell = higher["passport"]["cell"]
    expected = added(made.cycle, "temperature_2m", row=cell["row"], column=cell["column"])
    assert higher["hourly"]["temperature_2m_correction"] == pytest.approx(expected, abs=0.00501)
    with Server(made.env) as server:
        assert server.get("/v1/forecast", **PLACE, **asked) == higher


def test_forecasts_kept_for_the_stations_are_scored_by_what_came_later(
    made: Corrected, base: pd.DataFrame
) -> None:
    later = {**made.env, "ZHITIAN_NOW": "2018-05-02T06:00:00Z"}
    table = observed(made.folder, base, hours=slice(OBSERVED_HOURS, None), name="later.csv")
    succeed("observations", "add", table, "--region", made.region, env=later)
    kept = ObservationStore.open(made.store.path / "observations.sqlite")
    known = kept.pairs(variable="temperature_2m", methods=("calibrated",))
    assert known["time"].min() == pd.Timestamp("2018-05-01T07:00")
    page = made.folder / "skill.md"
    succeed("verify", "--region", made.region, "--report", page, env=later)
    assert "| calibrated |" in page.read_text(encoding="utf-8")
    with Server(later) as server:
        told = server.get("/v1/skill", **PLACE, variable="temperature_2m")
    assert told["measured"] is True
    assert told["period"]["from"] == "2018-05-01T00:00:00Z"
    whole = {
        row["method"]: row
        for row in told["rows"]
        if (row["lead"], row["dz"], row["sun"]) == ("all", "all", "all")
    }
    assert whole["zhitian"]["mae"] == pytest.approx(BELOW_K["temperature_2m"], abs=0.05)
    # the mean of exp(-age / 9 h) over 1 to 18 hours is 0.41
    assert whole["calibrated"]["mae"] == pytest.approx(2.0 * (1.0 - 0.41), abs=0.15)
    assert {row["dz"] for row in told["rows"]} >= {"all", told["place"]["dz"]}
