"""Everything that `zhitian profile check` looks at: the file, its golden events, its release."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forecast.advise.golden import check_events, events_path
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.faults import Refusal
from forecast.advise.profile.reading import examine, told
from forecast.advise.profile.release import public_faults, warnings
from forecast.advise.profile.yaml_tree import read_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check found.

    Attributes:
        path: file that was checked.
        profile: what was read; None where it was refused.
        refused: lines `file:line: path: sentence`; empty where all is well.
        warned: sentences about what is not refused.
        events: whether golden events lie beside the file.
    """

    path: Path
    profile: CropProfile | None
    refused: tuple[str, ...]
    warned: tuple[str, ...]
    events: bool


def check(path: Path, *, today: date, public: bool = False) -> Report:
    """Check a profile and the golden events beside it.

    Args:
        path: file of the profile.
        today: for what is due.
        public: whether it must also be fit for public use.

    Raises:
        UnknownName: there is no such file.
    """
    profile, refusals = examine(path)
    if profile is None:
        return Report(
            path=path, profile=None, refused=tuple(told(path, refusals)), warned=(), events=False
        )
    lines = told(path, _unfit(profile, path)) if public else []
    beside = events_path(path)
    if beside.is_file():
        lines += told(beside, check_events(profile, beside))
    return Report(
        path=path,
        profile=profile,
        refused=tuple(lines),
        warned=warnings(profile, today),
        events=beside.is_file(),
    )


def _unfit(profile: CropProfile, path: Path) -> list[Refusal]:
    tree = read_tree(path.read_text(encoding="utf-8"))
    return [Refusal.at(fault, tree) for fault in public_faults(profile)]
