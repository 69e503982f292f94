"""Every public name says what it does, and every module what it is for."""

import ast

from tests.contract.sources import functions, is_public, modules


def test_every_module_has_a_docstring() -> None:
    assert [module.name for module in modules() if not ast.get_docstring(module.tree)] == []


def test_every_public_function_has_a_docstring() -> None:
    silent = [
        f"{module.name}:{name}"
        for module in modules()
        for name, function, _ in functions(module.tree)
        if is_public(name) and not ast.get_docstring(function)
    ]
    assert silent == []


def test_every_public_class_has_a_docstring() -> None:
    silent = [
        f"{module.name}:{node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
