"""What the browser is shown: Ninghe and the tea hills under the bundled cold wave, as published."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from forecast.ingest import scenario
from tests.support.advice_events import NINGHE_BOX, TEA_BOX, TIANJIN, Garden
from tests.support.commands import Server

NOW = datetime(2025, 4, 10, 6, tzinfo=UTC)
EXPIRED = datetime(2025, 4, 13, 6, tzinfo=UTC)
"""Six hours and three days after the start of the run."""

MEMBERS = 11
"""Perturbed members: half of the scenario's, enough for chances, and made in half the time."""

NINGHE = (39.45, 117.72)
RICE, TEA = "rice.xiaozhan.ninghe", "tea.cuilan.yuexi"


def make(folder: Path) -> None:
    """Publish the scenario around Ninghe and in the hills of Yuexi, in one store.

    Args:
        folder: of the store, the two region files and the past years.
    """
    scenario.write_past(folder)
    files = folder / "scenario"
    scenario.write(files, members=MEMBERS)
    for garden, labels in _gardens(folder):
        garden.lay_out(**labels)
        garden.run(files, now=scenario.CYCLE)


def server(folder: Path, now: datetime = NOW, **more: object) -> Server:
    """The service over it, not yet started.

    Args:
        folder: what `make` has filled.
        now: what counts as now.
        **more: other settings, in lower case.
    """
    gardens = [garden for garden, _ in _gardens(folder)]
    regions = ",".join(str(garden.region) for garden in gardens)
    own = {"ZHITIAN_REGIONS": regions, "ZHITIAN_NOW": now.isoformat()}
    own |= {f"ZHITIAN_{name.upper()}": str(value) for name, value in more.items()}
    return Server({**gardens[0].env, **own})


def hills(folder: Path) -> Garden:
    """The tea hills.

    Args:
        folder: what `make` has filled.
    """
    return _gardens(folder)[1][0]


def _gardens(folder: Path) -> list[tuple[Garden, dict]]:
    ninghe = replace(TIANJIN, folder=folder)
    hills = replace(ninghe, name="yuexi")
    return [
        (ninghe, {"zh": "天津", "en": "Tianjin", "box": NINGHE_BOX, "terrain": "tianjin.nc"}),
        (hills, {"zh": "岳西", "en": "Yuexi", "box": TEA_BOX, "terrain": "yuexi.nc"}),
    ]
