"""The tables of docs/conventions.md, made from the vocabulary.

python -m tests.support.vocabulary_page     # write them anew
"""

import re
import tomllib
from typing import Any

from tests.support.data import ROOT

PAGE = ROOT / "docs" / "conventions.md"
SOURCE = ROOT / "forecast" / "data" / "variables.toml"

HEAD = """| name | unit | cell method | 中文 | English | CF standard name | kept to |
|---|---|---|---|---|---|---|"""


def table(role: str) -> str:
    """Markdown table of the quantities that have a role."""
    vocabulary = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    rows = [_row(name, entry) for name, entry in vocabulary.items() if entry["role"] == role]
    return "\n".join([HEAD, *rows])


def with_tables(page: str) -> str:
    """Return the page with each table between `<!-- role -->` and a blank line made anew."""
    return re.sub(
        r"<!-- (\w+) -->\n(?:\|.*\n)*",
        lambda found: f"<!-- {found.group(1)} -->\n{table(found.group(1))}\n",
        page,
    )


def _row(name: str, entry: dict[str, Any]) -> str:
    cells = [
        f"`{name}`",
        entry["units"],
        entry["cell_method"],
        entry["label_zh"],
        entry["label_en"],
        entry["standard_name"] or "–",
        f"{10.0 ** -entry['decimals']:g}",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
