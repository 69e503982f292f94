"""YAML read strictly: every text stays what is written, and every value knows its line.

Of YAML's conveniences those are left out that change numbers and names behind one's back: `no` is
not false, 20:00 is not 1200, a date stays its text, a key may not stand twice, and anchors are
refused, so that a threshold stands where it is read.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import yaml

from forecast.advise.profile.crossing import Path

LARGEST: Final = 1_000_000
"""Bytes of a profile."""
DEEPEST: Final = 40
"""Levels of nesting."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What a file says.

    Attributes:
        content: mappings, lists, texts, numbers, true, false and null.
        lines: line of each value by its path, from 1.
    """

    content: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Line of a path, or of the nearest part around it that the file has."""
        for length in range(len(path), -1, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return 1


class YamlRefusal(ValueError):
    """The text is no YAML that is read here; `line` says where."""

    def __init__(self, sentence: str, *, line: int) -> None:
        super().__init__(sentence)
        self.line = line


class _Loader(yaml.CSafeLoader):
    """Knows true, false, null and plain decimal numbers; all else is text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"-?\d+\.\d+$"), list("-0123456789")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?\d+$"), list("-0123456789"))


def read_tree(text: str) -> Tree:
    """Read YAML text.

    Raises:
        YamlRefusal: it is no YAML, or one with anchors, doubled keys or too much in it.
    """
    if len(text.encode()) > LARGEST:
        raise YamlRefusal(f"the file is larger than {LARGEST:,} bytes", line=1)
    try:
        _no_anchors(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sentence = f"this is no YAML: {error.problem or error.context}"
        raise YamlRefusal(sentence, line=mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise YamlRefusal(f"this is no YAML: {error}", line=1) from None
    lines: dict[Path, int] = {}
    content = None if node is None else _value(node, (), lines)
    return Tree(content, lines)


def _no_anchors(text: str) -> None:
    for event in yaml.parse(text, Loader=_Loader):
        if getattr(event, "anchor", None) is not None:
            raise YamlRefusal(
                "anchors (& and *) are not read in profiles; write the value out where it holds",
                line=event.start_mark.line + 1,
            )


def _value(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    """Value of a node; lines are noted on the way."""
    line = node.start_mark.line + 1
    lines[path] = line
    if len(path) > DEEPEST:
        raise YamlRefusal(f"the file is nested deeper than {DEEPEST} levels", line=line)
    if isinstance(node, yaml.SequenceNode):
        return [_value(part, (*path, place), lines) for place, part in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, part in node.value:
        key = key_node.value
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise YamlRefusal("a key must be a plain word", line=line)
        if key in values:
            raise YamlRefusal(f"the key {key!r} stands twice in one mapping", line=line)
        values[key] = _value(part, (*path, key), lines)
        lines[*path, key] = line
    return values


def _scalar(node: yaml.Node) -> Any:
    kind = node.tag.rpartition(":")[2]
    if kind == "bool":
        return node.value == "true"
    if kind == "null":
        return None
    if kind == "int":
        return int(node.value)
    return float(node.value) if kind == "float" else node.value
