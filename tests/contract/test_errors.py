"""Every error has a status, an exit code and a title, and stands in the tree of its module."""

import inspect
import re
from types import ModuleType

import pytest

import forecast.errors
import grids.errors
from tests.contract.sources import modules


def _errors(module: ModuleType) -> list[type[Exception]]:
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Exception) and member.__module__ == module.__name__
    ]


ALL = _errors(grids.errors) + _errors(forecast.errors)


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_error_has_a_status_an_exit_code_and_a_title(error: type[Exception]) -> None:
    verdict = forecast.errors.verdict(error("a sentence"))
    assert 400 <= verdict.status <= 599
    assert 1 <= verdict.exit_code <= 125
    assert verdict.title


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_only_the_roots_count_as_internal(error: type[Exception]) -> None:
    is_internal = forecast.errors.verdict(error("a sentence")).title == "Internal error"
    assert is_internal == (error is forecast.errors.ZhitianError)


@pytest.mark.parametrize("module", [grids.errors, forecast.errors])
def test_the_tree_in_the_docstring_names_every_error(module: ModuleType) -> None:
    written = set(re.findall(r"^[│├└─ ]*([A-Z]\w+)", module.__doc__ or "", re.MULTILINE))
    assert {error.__name__ for error in _errors(module)} <= written


def test_the_tree_of_the_forecast_side_says_the_true_status_and_exit_code() -> None:
    rows = re.findall(r"(\w+) \((\d+), (\d+)\)", forecast.errors.__doc__ or "")
    for name, status, exit_code in rows:
        error = getattr(forecast.errors, name)
        assert (error.status, error.exit_code) == (int(status), int(exit_code)), name


def test_errors_for_users_are_defined_in_the_errors_modules_only() -> None:
    """Signals inside a stage may stand beside their only catcher; these may not."""
    names = {error.__name__ for error in ALL}
    strays = [
        f"{module.name}: {line.strip()}"
        for module in modules()
        if not module.name.endswith("/errors.py")
        for line in module.text.splitlines()
        if (found := re.match(r"class \w+\((\w+)\):", line)) and found.group(1) in names
    ]
    assert strays == []
