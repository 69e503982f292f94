"""The crop profiles of a service, which of them a name means, and how they are listed."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from forecast.advise.profile import (
    CropProfile,
    load_profile,
    shipped_names,
    shipped_profile,
)
from forecast.advise.profile.explaining import explain
from forecast.errors import (
    AmbiguousCrop,
    InvalidProfile,
    InvalidRequest,
    SettingsError,
    UnknownName,
)

EVIDENCE: Final = ("read", "secondary", "memory")
LONGEST_NAME: Final = 100
LEAST_LATIN: Final = 3
"""Letters from which a part of an English name counts."""

_CHINESE: Final = re.compile(r"[一-鿿]")


class Crops:
    """The profiles that ship, and those of the operator before them.

    Args:
        own: profiles of the operator, by id.
    """

    def __init__(self, own: Mapping[str, CropProfile] | None = None) -> None:
        self._own = dict(own or {})

    @classmethod
    def within(cls, folder: Path | None) -> "Crops":
        """Read the operator's profiles, and keep them beside those that ship.

        Args:
            folder: of files that end in .yaml, or None.

        Raises:
            SettingsError: there is no such folder, or no profile in it.
            InvalidProfile: a profile is refused; each fault is one line with file, line, path and
                sentence.
        """
        if folder is None:
            return cls()
        paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
        if not paths:
            raise SettingsError(
                f"setting 'crops' is {str(folder)!r}; allowed is a folder that holds crop profiles,"
                " files that end in .yaml"
            )
        refused, own = [], {}
        for path in paths:
            try:
                profile = load_profile(path)
                own[profile.id] = profile
            except InvalidProfile as error:
                refused.append(str(error))
        if refused:
            raise InvalidProfile("\n".join(refused))
        return cls(own)

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of all profiles, in order."""
        return tuple(sorted({*shipped_names(), *self._own}))

    def profile(self, name: str) -> CropProfile:
        """The profile of an id.

        Raises:
            UnknownName: there is none; near ones and all are listed.
        """
        if name in self._own:
            return self._own[name]
        if name not in self.names:
            raise self._unknown(name, self.names)
        return shipped_profile(name)

    def named(self, text: str) -> CropProfile:
        """The profile that a text means: an id or the first parts of one, an EPPO code, a name.

        Args:
            text: as `rice.xiaozhan.ninghe`, `rice`, `ORYSA`, `水稻`, `winter wheat`.

        Raises:
            InvalidRequest: the text is empty or longer than any name.
            AmbiguousCrop: it means several profiles; they are listed.
            UnknownName: it means none; near names and all profiles are listed.
        """
        wanted = " ".join(text.split()).casefold()
        if not 1 <= len(wanted) <= LONGEST_NAME:
            raise InvalidRequest(
                f"a crop of {len(wanted)} characters was asked; allowed are 1 to {LONGEST_NAME}"
            )
        if wanted in self.names:
            return self.profile(wanted)
        begun = [name for name in self.names if name.startswith(f"{wanted}.")]
        if begun:
            return self.profile(_only(begun, text))
        profiles = [self.profile(name) for name in self.names]
        for called in (_codes, _whole_names, _parts_of_names):
            found = [profile.id for profile in profiles if called(profile, wanted)]
            if found:
                return self.profile(_only(found, text))
        known = (name for profile in profiles for name in _spoken(profile))
        raise self._unknown(
            text, (*self.names, *(name.split(".")[0] for name in self.names), *known)
        )

    def listing(self, *, today: date) -> list[dict[str, Any]]:
        """All profiles in short, as documents.

        Args:
            today: for what is due.
        """
        return [self.entry(name, today=today) for name in self.names]

    def entry(self, name: str, *, today: date) -> dict[str, Any]:
        """One profile in short: its names, stages, rules and how well it is founded.

        Raises:
            UnknownName: there is none of that id.
        """
        profile = self.profile(name)
        return {
            **crop_passport(profile),
            "origin": "own" if name in self._own else "shipped",
            "valid_from": profile.valid_from.isoformat(),
            "review_by": profile.review_by.isoformat(),
            "review_overdue": today > profile.review_by,
            "day_boundary": profile.day_boundary,
            "stages": [
                {
                    "id": stage.id,
                    "name": stage.name.model_dump(),
                    "bbch": list(stage.bbch),
                    "calendar": stage.calendar,
                    "gdd_from": stage.gdd_from,
                }
                for stage in profile.phenology.stages
            ],
            "rules": [
                {
                    "id": rule.id,
                    "name": rule.name and rule.name.model_dump(),
                    "kind": rule.kind,
                    "levels": [
                        {"level": level.level, "name": level.name.model_dump()}
                        for level in rule.levels
                    ],
                }
                for rule in profile.rules
            ],
            "windows": [{"id": one.id, "name": one.name.model_dump()} for one in profile.windows],
            "sowing": [{"id": one.id, "name": one.name.model_dump()} for one in profile.sowing],
        }

    def document(self, name: str, *, today: date) -> dict[str, Any]:
        """One profile in full: in short, told in both languages, and as it was read.

        Raises:
            UnknownName: there is none of that id.
        """
        profile = self.profile(name)
        return {
            **self.entry(name, today=today),
            "explained": {"zh": explain(profile, "zh"), "en": explain(profile, "en")},
            "profile": profile.model_dump(mode="json", by_alias=True, exclude_none=True),
        }

    def _unknown(self, text: str, known: Iterable[str]) -> UnknownName:
        near = get_close_matches(text[:LONGEST_NAME].casefold(), sorted(set(known)), n=3)
        hint = f"did you mean {' or '.join(near)}? There" if near else "there"
        return UnknownName(
            f"crop {text[:LONGEST_NAME]!r} was asked; {hint} are {', '.join(self.names)}"
        )


def crop_passport(profile: CropProfile) -> dict[str, Any]:
    """What an answer says of the profile that it rests on."""
    kinds = [citation.evidence for citation in profile.citations.values()]
    signed = profile.maintainer.signed
    return {
        "id": profile.id,
        "version": profile.version,
        "eppo": profile.crop_eppo,
        "name": profile.name.model_dump(),
        "region": profile.region.model_dump(),
        "maintainer": profile.maintainer.name,
        "signed": None
        if signed is None
        else {"by": signed.by, "on": signed.on.isoformat(), "version": signed.version},
        "evidence": {kind: kinds.count(kind) for kind in EVIDENCE},
    }


def _only(found: list[str], text: str) -> str:
    if len(found) > 1:
        raise AmbiguousCrop(
            f"crop {text!r} was asked; {len(found)} profiles answer to it: {', '.join(found)}"
        )
    return found[0]


def _codes(profile: CropProfile, wanted: str) -> bool:
    return profile.crop_eppo.casefold() == wanted


def _whole_names(profile: CropProfile, wanted: str) -> bool:
    return wanted in _spoken(profile)


def _parts_of_names(profile: CropProfile, wanted: str) -> bool:
    """Whether a name holds the text: Chinese anywhere, English from the beginning of a word."""
    if _CHINESE.search(wanted):
        return wanted in profile.name.zh
    return len(wanted) >= LEAST_LATIN and f" {wanted}" in f" {profile.name.en.casefold()}"


def _spoken(profile: CropProfile) -> set[str]:
    """What a crop is called, in small letters: its names, and those in common use."""
    common = _common_names().get(profile.crop_eppo, ())
    return {name.casefold() for name in (profile.name.zh, profile.name.en, *common)}


@cache
def _common_names() -> dict[str, tuple[str, ...]]:
    text = files("forecast").joinpath("data/crops/common_names.toml").read_text(encoding="utf-8")
    return {code: tuple(names) for code, names in tomllib.loads(text).items()}
