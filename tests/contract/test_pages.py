"""The pages in docs/ and the code say the same."""

import re
import tomllib

import pytest

from forecast.errors import ZhitianError
from forecast.settings import PREFIX, Settings
from tests.contract.test_errors import ALL
from tests.support.data import ROOT
from tests.support.vocabulary_page import with_tables

CONVENTIONS = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
VARIABLES = tomllib.loads((ROOT / "forecast/data/variables.toml").read_text(encoding="utf-8"))


def _rows(page: str) -> dict[str, list[str]]:
    """Rows of a page's tables by the code word in their first cell."""
    rows = re.findall(r"^\| `([^`]+)`[^|]*\|(.*)\|$", page, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in rows}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_configuration_page(name: str) -> None:
    assert PREFIX + name.upper() in _rows(CONFIGURATION)


def test_the_configuration_page_names_no_setting_that_does_not_exist() -> None:
    written = {name for name in _rows(CONFIGURATION) if name.startswith(PREFIX)}
    outside = {"ZHITIAN_CONFIG", "ZHITIAN_DATA"}
    assert written - outside == {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_conventions_page_has_every_variable_as_the_vocabulary_has_it() -> None:
    anew = "run: python -m tests.support.vocabulary_page"
    assert with_tables(CONVENTIONS) == CONVENTIONS, anew
    assert _rows(CONVENTIONS).keys() == VARIABLES.keys(), anew


def test_every_exit_code_stands_in_the_operations_page() -> None:
    codes = {str(error.exit_code) for error in ALL if issubclass(error, ZhitianError)}
    assert codes <= _rows(OPERATIONS).keys()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
