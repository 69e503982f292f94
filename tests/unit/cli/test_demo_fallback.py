"""The demo goes on with the scenario where the network gives nothing, whatever the reason."""

from pathlib import Path

import pytest

from forecast import ingest
from forecast.cli import demo
from forecast.errors import DeadlineExceeded, SourceUnavailable
from forecast.settings import load


@pytest.mark.parametrize("error", [SourceUnavailable("no answer"), DeadlineExceeded("20 s over")])
def test_a_network_without_an_answer_leads_to_the_scenario(
    error: Exception,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(ingest, "latest_cycle", fail)
    assert demo._live(load(store=tmp_path, downloads=tmp_path)) is None
    assert f"no live data ({error}); using the bundled scenario instead" in capfd.readouterr().err


def test_the_command_to_serve_it_later_names_the_past_years(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    demo._say_urls(load(store=tmp_path / "store", history=tmp_path / "past-years.nc"))
    told = "".join(capfd.readouterr().err.split())
    assert f"ZHITIAN_HISTORY={tmp_path}/past-years.nczhitianserve--store{tmp_path}/store" in told
