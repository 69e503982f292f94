"""Profiles from files and by name; what is refused comes with file, line, path and a sentence."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.crossing import Fault
from forecast.advise.profile.faults import Refusal, located
from forecast.advise.profile.yaml_tree import YamlRefusal, read_tree
from forecast.errors import InvalidProfile, UnknownName

SUFFIX = ".yaml"


def load_profile(path: Path) -> CropProfile:
    """Read a profile from a file.

    Raises:
        InvalidProfile: it is refused; each fault is one line with file, line, path and sentence.
        UnknownName: there is no such file.
    """
    profile, refusals = examine(path)
    if profile is None:
        raise InvalidProfile("\n".join(told(path, refusals)))
    return profile


def examine(path: Path) -> tuple[CropProfile | None, tuple[Refusal, ...]]:
    """Read a profile, or say everything that is wrong with it.

    Raises:
        UnknownName: there is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        sentence = f"the file is not UTF-8 (byte {error.start}); save it as UTF-8"
        return None, (Refusal(line=1, path="", sentence=sentence),)
    except OSError as error:
        raise UnknownName(
            f"crop profile {str(path)!r} was asked; it cannot be read: {error.strerror}"
        ) from None
    return _parse(text, stem=path.name.removesuffix(SUFFIX))


def told(path: Path, refusals: Iterable[Refusal]) -> list[str]:
    """Refusals as lines `file:line: path: sentence`."""
    return [
        f"{path}:{refusal.line}: {refusal.path + ': ' if refusal.path else ''}{refusal.sentence}"
        for refusal in refusals
    ]


def shipped_names() -> tuple[str, ...]:
    """Names of the profiles that come with the program, in order."""
    return tuple(sorted(path.name.removesuffix(SUFFIX) for path in _folder().glob(f"*{SUFFIX}")))


def shipped_path(name: str) -> Path:
    """File of a profile that comes with the program.

    Raises:
        UnknownName: there is no such profile; all are listed.
    """
    if name not in shipped_names():
        raise UnknownName(
            f"crop profile {name!r} was asked; there are {', '.join(shipped_names())},"
            f" or a file that ends in {SUFFIX}"
        )
    return _folder() / f"{name}{SUFFIX}"


@lru_cache(maxsize=64)
def shipped_profile(name: str) -> CropProfile:
    """A profile that comes with the program.

    Raises:
        UnknownName: there is no such profile.
    """
    return load_profile(shipped_path(name))


def find(name_or_file: str) -> Path:
    """File of a profile that is given by name or as a file.

    Raises:
        UnknownName: neither a shipped name nor a file.
    """
    path = Path(name_or_file)
    return path if name_or_file.endswith((SUFFIX, ".yml")) else shipped_path(name_or_file)


def _folder() -> Path:
    return Path(str(files("forecast").joinpath("data/crops")))


def _parse(text: str, *, stem: str) -> tuple[CropProfile | None, tuple[Refusal, ...]]:
    try:
        tree = read_tree(text)
    except YamlRefusal as error:
        return None, (Refusal(line=error.line, path="", sentence=str(error)),)
    try:
        profile = CropProfile.model_validate(tree.content)
    except ValidationError as error:
        return None, located(error, tree)
    if profile.id != stem:
        sentence = f"the file is called {stem}, its id is {profile.id!r}; they must be the same"
        return None, (Refusal.at(Fault(("id",), sentence), tree),)
    return profile, ()
