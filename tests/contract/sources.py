"""The source files of both packages, parsed once for the contract tests."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.data import ROOT

PACKAGES = ("grids", "forecast")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: where it is, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Path below the checkout."""
        return self.path.relative_to(ROOT).as_posix()


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Parse every Python file of the folders, the two packages by default."""
    found = []
    for folder in folders or PACKAGES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            found.append(Module(path, text, ast.parse(text)))
    return tuple(found)


def functions(tree: ast.AST) -> list[tuple[str, Function, bool]]:
    """List (qualified name, function, is method) of a tree; inner functions have `<inner>`."""
    found: list[tuple[str, Function, bool]] = []

    def walk(node: ast.AST, prefix: str, in_class: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append((prefix + child.name, child, in_class))
                walk(child, f"{prefix}{child.name}.<inner>.", in_class=False)
            elif isinstance(child, ast.ClassDef):
                walk(child, f"{prefix}{child.name}.", in_class=True)
            else:
                walk(child, prefix, in_class)

    walk(tree, "", in_class=False)
    return found


def is_public(name: str) -> bool:
    """Say whether no part of a qualified name is private, inner or set by the language."""
    return not any(part.startswith(("_", "<inner>")) for part in name.split("."))


def called_name(node: ast.AST) -> str:
    """Last name of what is called or decorated: `app.command(...)` -> `command`."""
    if isinstance(node, ast.Call):
        return called_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def has_decorator(function: Function, names: frozenset[str]) -> bool:
    """Say whether one of the function's decorators carries one of the names."""
    return any(called_name(decorator) in names for decorator in function.decorator_list)
