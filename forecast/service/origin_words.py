"""What sources and terrain are called in Chinese; what is not known stays as it calls itself."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from forecast.regions import data_path

_FILE: Final = "origins.toml"


def chinese(kind: Literal["label", "terrain"], text: str) -> str:
    """The Chinese words for what a source or a terrain calls itself, else its own.

    Args:
        kind: `label` of a source or `terrain`.
        text: its words as the cycle holds them.
    """
    return _words()[kind].get(text, text)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """Chinese by English, by kind."""
    table = tomllib.loads(data_path("words", _FILE).read_text(encoding="utf-8"))
    return {
        kind: {pair["en"]: pair["zh"] for pair in pairs.values()} for kind, pairs in table.items()
    }
