"""What holds for every test: no inherited settings, no foreign home, quiet thread pools."""

import os

import pytest

# two pytest workers already use two cores; native pools beside them only wait for each other
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

PUBLISHED = frozenset({"alps", "tea_garden", "baodi_fields", "ninghe_nursery", "published"})
"""Fixtures that run a whole cycle: whoever asks first waits for it."""
CYCLE_S = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests on a published cycle the time that its making may take on a busy machine."""
    for item in items:
        if PUBLISHED.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.timeout(CYCLE_S))


@pytest.fixture(autouse=True)
def own_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep the settings and the home of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("ZHITIAN_") and name != "ZHITIAN_DATA":
            monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
