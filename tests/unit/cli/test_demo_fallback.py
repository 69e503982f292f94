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
