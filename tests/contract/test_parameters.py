"""Chosen numbers stay as chosen: a change is a decision, made on data that may be told."""

import re
from datetime import date
from pathlib import Path

from forecast.parameters import parameters, seen_on
from tests.support.data import ROOT

LOCK = Path(__file__).with_name("parameters.lock")
DATA_SETS = {
    "synop-20181120",
    "hrrr-20180722",
    "meteonet-20180501",
    "davos-202001",
    "era5-norway",
    "meps-stations",
    "prsa-beijing",
}


def test_parameters_are_unchanged_since_they_were_chosen() -> None:
    now = [f"{name} = {entry.value!r} {entry.unit}" for name, entry in parameters().items()]
    assert now == LOCK.read_text(encoding="utf-8").splitlines(), (
        "a chosen number changed: choose it on data that nothing is scored on or name that data"
        " in `seen`, run `zhitian verify` again, then renew this file"
    )


def test_every_parameter_names_the_data_it_was_chosen_on() -> None:
    for entry in parameters().values():
        assert set(entry.seen) <= DATA_SETS, entry.name
        assert date.fromisoformat(entry.chosen) <= date(2100, 1, 1)
        assert entry.meaning, entry.name
        assert entry.source, entry.name


def test_every_parameter_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "forecast").rglob("*.py")
    )
    used = set(re.findall(r'chosen\(\s*"(\w+)"', sources))
    assert used == set(parameters())


def test_a_data_set_is_asked_for_what_was_chosen_on_it() -> None:
    assert "terrain_footprint" in seen_on("synop-20181120")
    assert seen_on("nobody-has-seen-this") == ()
