"""The budgets of CONTRIBUTING.md, counted on the syntax tree."""

import ast

from tests.contract.sources import (
    Function,
    called_name,
    functions,
    has_decorator,
    is_public,
    modules,
)

FILE_LINES = 300
BODY_LINES = 40
PARAMETERS = 5
POSITIONAL = 2
FORBIDDEN = frozenset({"base", "common", "helper", "helpers", "misc", "util", "utils"})

SPOKEN = frozenset({"Option", "Argument", "Query", "Depends", "Header", "Body", "Form", "Path"})
"""What makes a parameter an option of the command line or of a request."""

ENTRY = frozenset(
    {"command", "callback", "get", "post", "put", "delete", "head", "api_route", "middleware"}
    | {"exception_handler"}
)
"""Decorators of commands and routes."""

COMPILED = frozenset({"njit", "jit", "vectorize", "guvectorize", "overload", "intrinsic"})
"""Numba's decorators: compiled functions take arrays by position and know no keyword-only."""


GIVEN = {
    "forecast/store/groups.py:VerifiedStore.get": "zarr's Store interface",
}
"""Methods whose parameters are ordered by somebody else's interface."""


def test_no_file_is_longer_than_300_lines() -> None:
    tests = modules("tests")
    lengths = {module.name: module.text.count("\n") for module in (*modules(), *tests)}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_body_is_longer_than_40_lines() -> None:
    long = {
        f"{module.name}:{name}": lines
        for module in modules()
        for name, function, _ in functions(module.tree)
        if (lines := _body_lines(function)) > BODY_LINES
    }
    assert long == {}


def test_no_function_has_more_than_5_parameters() -> None:
    aliases = _option_aliases()
    many = {
        f"{module.name}:{name}": count
        for module in modules()
        for name, function, is_method in functions(module.tree)
        if not has_decorator(function, ENTRY | COMPILED)
        and (count := len(_parameters(function, is_method, aliases))) > PARAMETERS
    }
    assert many == {}


def test_no_public_function_has_more_than_2_positional_parameters() -> None:
    aliases = _option_aliases()
    many = {
        f"{module.name}:{name}": [argument.arg for argument in positional]
        for module in modules()
        for name, function, is_method in functions(module.tree)
        if not has_decorator(function, ENTRY | COMPILED)
        and is_public(name)
        and f"{module.name}:{name}" not in GIVEN
        and len(positional := _positional(function, is_method, aliases)) > POSITIONAL
    }
    assert many == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    for module in (*modules(), *modules("tests")):
        parts = {part.removesuffix(".py").strip("_") for part in module.path.parts[-3:]}
        assert not parts & FORBIDDEN, module.name


def test_no_work_is_put_off_in_a_comment() -> None:
    notes = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    for module in (*modules(), *modules("tests")):
        assert not [note for note in notes if note in module.text], module.name


def _body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def _option_aliases() -> frozenset[str]:
    """Names of annotations that stand for an option, as `Region = Annotated[str, Option()]`."""
    return frozenset(
        target.id
        for module in modules("forecast")
        for node in module.tree.body
        if isinstance(node, ast.Assign) and _speaks(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _speaks(node: ast.AST | None, aliases: frozenset[str]) -> bool:
    """Say whether an annotation or a default declares an option or a query parameter."""
    if node is None:
        return False
    return any(
        (isinstance(part, ast.Call) and called_name(part) in SPOKEN)
        or (isinstance(part, ast.Name | ast.Attribute) and called_name(part) in aliases)
        for part in ast.walk(node)
    )


def _parameters(function: Function, is_method: bool, aliases: frozenset[str]) -> list[ast.arg]:
    return _positional(function, is_method, aliases) + _keyword_only(function, aliases)


def _keyword_only(function: Function, aliases: frozenset[str]) -> list[ast.arg]:
    pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return [
        argument
        for argument, default in pairs
        if not (_speaks(argument.annotation, aliases) or _speaks(default, aliases))
    ]


def _positional(function: Function, is_method: bool, aliases: frozenset[str]) -> list[ast.arg]:
    arguments = function.args.posonlyargs + function.args.args
    defaults = [None] * (len(arguments) - len(function.args.defaults)) + function.args.defaults
    own = is_method and not has_decorator(function, frozenset({"staticmethod"}))
    pairs = list(zip(arguments, defaults, strict=True))[1 if own else 0 :]
    return [
        argument
        for argument, default in pairs
        if not (_speaks(argument.annotation, aliases) or _speaks(default, aliases))
    ]
