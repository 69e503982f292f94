"""The ledger of issued advice: what it keeps, what it refuses, and what a kill leaves."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import StoreError, StoreMissing, UnknownName
from forecast.store.advice import AdviceLedger, Issue, IssuedDay, Spot, Standing

RUN = datetime(2025, 4, 10, tzinfo=UTC)
LATER = datetime(2025, 4, 10, 12, tzinfo=UTC)
NINGHE = Spot(zone="宁河", place="宁河", longitude=117.72, latitude=39.45)
HIGHER = replace(NINGHE, elevation=30.0)
RICE = "rice.xiaozhan.ninghe"

COLD = IssuedDay(
    rule="nursery.cold",
    kind="hazard",
    day=date(2025, 4, 12),
    ends=datetime(2025, 4, 12, 12, tzinfo=UTC),
    state="2",
    status="warn",
    warned=2,
    members=20,
    chances={"1": 0.95, "2": 0.85, "3": None},
)
WARNED = Standing(
    rule="nursery.cold",
    status="warn",
    level=2,
    warned=2,
    period=tuple(datetime(2025, 4, day, tzinfo=UTC) for day in (12, 13, 10, 20)),  # type: ignore[arg-type]
    change="raised",
    notify=True,
)
ISSUE = Issue(
    cycle_id="20250410T00Z-ecmwf-ifs-1",
    source="ecmwf-ifs",
    simulated=False,
    reference_time=RUN,
    issued_at=datetime(2025, 4, 10, 8, tzinfo=UTC),
    spot=NINGHE,
    profile=RICE,
    version="0.1.0",
    days=(COLD,),
    standing=(WARNED,),
    document={"advisories": [{"rule": "nursery.cold", "state": 2}]},
)


@pytest.fixture
def ledger(tmp_path: Path) -> AdviceLedger:
    return AdviceLedger.create(tmp_path / "tianjin" / "advice.sqlite")


def test_a_day_comes_back_as_it_was_issued(ledger: AdviceLedger) -> None:
    assert ledger.add(ISSUE)
    (row,) = ledger.days().to_dict("records")
    assert (row["zone"], row["profile"], row["rule"], row["kind"]) == (
        *("宁河", RICE, "nursery.cold", "hazard"),
    )
    assert row["day"] == np.datetime64("2025-04-12")
    assert row["ends"] == np.datetime64("2025-04-12T12")
    assert row["reference_time"] == np.datetime64("2025-04-10")
    assert (row["state"], row["status"], row["warned"], row["members"]) == ("2", "warn", 2, 20)
    assert (row["1"], row["2"]) == (0.95, 0.85)
    assert np.isnan([row["3"], row["4"], row["green"], row["elevation"]]).all()


def test_the_same_issue_twice_changes_nothing(ledger: AdviceLedger) -> None:
    assert ledger.add(ISSUE)
    assert not ledger.add(replace(ISSUE, days=(), document={}))
    assert len(ledger.days()) == 1
    assert ledger.document(ISSUE.cycle_id, NINGHE, profile=RICE) == dict(ISSUE.document)
    assert ledger.issued(ISSUE.cycle_id) == {(NINGHE, RICE, "0.1.0")}


def test_the_same_place_at_another_height_is_another_spot(ledger: AdviceLedger) -> None:
    assert ledger.add(ISSUE)
    assert ledger.add(replace(ISSUE, spot=HIGHER))
    assert {spot for spot, _, _ in ledger.issued(ISSUE.cycle_id)} == {NINGHE, HIGHER}


def test_decisions_are_those_of_the_newest_cycle_before(ledger: AdviceLedger) -> None:
    ledger.add(ISSUE)
    cleared = replace(WARNED, status="none", level=0, warned=0, period=None, change="cleared")
    ledger.add(replace(ISSUE, cycle_id="b", reference_time=LATER, standing=(cleared,)))
    asked = {"spot": NINGHE, "profile": RICE, "simulated": False}
    assert ledger.before(**asked, before=RUN) is None
    assert ledger.before(**asked, before=LATER) == replace(ISSUE, days=())
    newest = ledger.before(**asked, before=datetime(2025, 4, 11, tzinfo=UTC))
    assert newest is not None
    assert (newest.cycle_id, newest.standing) == ("b", (cleared,))


def test_simulated_advice_is_never_put_beside_real(ledger: AdviceLedger) -> None:
    ledger.add(replace(ISSUE, simulated=True))
    asked = {"spot": NINGHE, "profile": RICE, "before": LATER}
    assert ledger.before(**asked, simulated=False) is None
    scenario = ledger.before(**asked, simulated=True)
    assert scenario is not None
    assert scenario.document == dict(ISSUE.document)
    assert ledger.days().empty
    assert len(ledger.days(simulated=True)) == 1
    assert ledger.counts() == {
        "issues": 0,
        "cycles": 0,
        "simulated_issues": 1,
        "simulated_cycles": 1,
    }


def test_of_a_run_made_twice_the_later_issue_counts(ledger: AdviceLedger) -> None:
    ledger.add(ISSUE)
    again = replace(COLD, chances={"1": 0.5, "2": 0.25})
    ledger.add(replace(ISSUE, cycle_id="20250410T00Z-ecmwf-ifs-2", days=(again,)))
    assert ledger.days()["1"].tolist() == [0.5]


def test_a_document_that_was_not_issued_is_a_sentence(ledger: AdviceLedger) -> None:
    with pytest.raises(UnknownName, match="from cycle x was asked; none was issued"):
        ledger.document("x", NINGHE, profile=RICE)


def test_a_damaged_document_is_a_sentence(ledger: AdviceLedger) -> None:
    ledger.add(ISSUE)
    with sqlite3.connect(ledger.path) as database:
        database.execute("UPDATE issues SET document = x'00ff'")
    database.close()
    with pytest.raises(StoreError, match="damaged document"):
        ledger.document(ISSUE.cycle_id, NINGHE, profile=RICE)


def test_another_file_or_version_is_refused(tmp_path: Path, ledger: AdviceLedger) -> None:
    with pytest.raises(StoreMissing, match="`zhitian run` makes one"):
        AdviceLedger.open(tmp_path / "none.sqlite")
    with sqlite3.connect(ledger.path) as database:
        database.execute("PRAGMA user_version = 9")
    database.close()
    with pytest.raises(StoreError, match="has version 9; allowed is 1"):
        AdviceLedger.open(ledger.path)


KILLED = """
import sys
from pathlib import Path
from tests.unit.store.advice.test_ledger import ISSUE
from forecast.store.advice import AdviceLedger
AdviceLedger.open(Path(sys.argv[1])).add(ISSUE)
"""


def test_a_kill_in_the_middle_of_an_issue_leaves_nothing_of_it(ledger: AdviceLedger) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(ledger.path)],
        env={"ZHITIAN_FAILPOINT": "advice:kill", "PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert ended.returncode == -9
    assert ledger.issued(ISSUE.cycle_id) == frozenset()
    assert ledger.days().empty
    assert ledger.add(ISSUE)
    assert len(ledger.days()) == 1
