"""Settings: what wins, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from forecast import settings
from forecast.errors import SettingsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "zhitian.toml"
    path.write_text('port = 7001\nhost = "10.0.0.1"\nkeep_cycles = 8\n', encoding="utf-8")
    return path


def test_command_line_wins_over_environment_over_file_over_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHITIAN_HOST", "10.0.0.2")
    monkeypatch.setenv("ZHITIAN_PORT", "7002")
    made = settings.load(file, port=7003, host=None)
    assert (made.port, made.host, made.keep_cycles, made.hours) == (7003, "10.0.0.2", 8, 120)


def test_the_environment_names_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITIAN_CONFIG", str(file))
    assert settings.load().port == 7001


def test_a_misspelt_name_is_refused_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITIAN_STROE", "/srv")
    with pytest.raises(SettingsError, match="no setting 'stroe'; did you mean 'store'"):
        settings.load()


def test_a_misspelt_name_is_refused_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "z.toml"
    path.write_text("keep_cycle = 4\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"z\.toml.*did you mean 'keep_cycles'"):
        settings.load(path)


@pytest.mark.parametrize(
    "content", [b"port = ", b'host = "\xff"', b"now = 2025-04-10T06:00:00\n", b"port = 99999\n"]
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "z.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        settings.load(path)


@pytest.mark.parametrize(
    "text", ["2025-04-10T06:00Z", "2025-04-10T14:00+08:00", "20250410T06Z", "2025-04-10T06:00"]
)
def test_the_clock_is_read_as_on_the_command_line(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHITIAN_NOW", text)
    assert settings.load().clock() == datetime(2025, 4, 10, 6, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "1744264800", ""])
def test_a_clock_that_is_no_instant_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITIAN_NOW", text)
    with pytest.raises(SettingsError, match="'now'"):
        settings.load()


def test_regions_are_read_by_comma_and_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITIAN_REGIONS", "yuexi, /etc/zhitian/county.toml,")
    assert settings.load().regions == ("yuexi", "/etc/zhitian/county.toml")
    monkeypatch.setenv("ZHITIAN_REGIONS", " , ")
    with pytest.raises(SettingsError, match="'regions'"):
        settings.load()


def test_web_origins_are_read_by_comma_and_none_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings.load().cors_origins == ()
    monkeypatch.setenv("ZHITIAN_CORS_ORIGINS", "https://a.example, https://b.example")
    assert settings.load().cors_origins == ("https://a.example", "https://b.example")
