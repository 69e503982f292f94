"""What no part of a profile can see alone: stages, citations, steps and names that must agree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from forecast.advise.profile.contents import Contents
from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves, steps_in
from forecast.advise.profile.phenology import ANY_STAGE

Path = tuple[str | int, ...]

_STEP = {"h": "hourly", "d": "daily"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        path: keys and places from the top of the file.
        sentence: what is wrong, and what is allowed.
    """

    path: Path
    sentence: str


def faults_across(profile: Contents) -> tuple[Fault, ...]:
    """Everything in a profile whose parts are sound that does not fit together."""
    return (
        *_stages(profile),
        *_citations(profile),
        *_steps(profile),
        *_names_twice(profile),
        *_signature(profile),
    )


def cited(profile: Contents) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every place of a profile that cites, with its keys."""
    yield ("phenology", "cite"), profile.phenology.cite
    for place, offset in profile.places.items():
        yield ("places", place, "cite"), offset.cite
    for number, sowing in enumerate(profile.sowing):
        yield ("sowing", number, "cite"), sowing.cite
    for number, rule in enumerate(profile.rules):
        for rank, level in enumerate(rule.levels):
            yield ("rules", number, "levels", rank, "cite"), level.cite
    for number, window in enumerate(profile.windows):
        yield ("windows", number, "cite"), window.cite
    if profile.water is not None:
        yield ("water", "cite"), profile.water.cite


def _stages(profile: Contents) -> Iterator[Fault]:
    known = [stage.id for stage in profile.phenology.stages]
    users = [
        *((("rules", number), rule.stages) for number, rule in enumerate(profile.rules)),
        *((("windows", number), window.stages) for number, window in enumerate(profile.windows)),
        *([] if profile.water is None else [(("water",), profile.water.stages)]),
    ]
    for path, stages in users:
        for place, name in enumerate(stages):
            if name not in (*known, ANY_STAGE):
                yield _no_stage(name, known, path=(*path, "stages", place))
    for number, sowing in enumerate(profile.sowing):
        if sowing.last_stage not in (*known, None):
            path = ("sowing", number, "last_stage")
            yield _no_stage(str(sowing.last_stage), known, path=path)


def _no_stage(name: str, known: list[str], *, path: Path) -> Fault:
    sentence = f"there is no stage {name!r} under phenology; {_nearest(name, known)}"
    return Fault(path=path, sentence=sentence)


def _citations(profile: Contents) -> Iterator[Fault]:
    used: set[str] = set()
    for path, keys in cited(profile):
        used.update(keys)
        for place, key in enumerate(keys):
            if key not in profile.citations:
                hint = _nearest(key, list(profile.citations))
                yield Fault(
                    path=(*path, place),
                    sentence=f"citation {key!r} is not defined under citations; {hint}",
                )
    for key in profile.citations:
        if key not in used:
            yield Fault(
                path=("citations", key),
                sentence=f"citation {key!r} is used nowhere; cite it where it belongs or remove it",
            )


def _steps(profile: Contents) -> Iterator[Fault]:
    for number, rule in enumerate(profile.rules):
        yield from _one_step(
            [level.condition for level in rule.levels], path=("rules", number), what="a rule"
        )
    for number, window in enumerate(profile.windows):
        for key, condition in (("green", window.green), ("amber", window.amber)):
            wrong = steps_in(condition) - {window.step}
            if wrong:
                yield Fault(
                    path=("windows", number, key),
                    sentence=f"the step of the window is {_STEP[window.step]}, but"
                    f" {_of_step(condition, next(iter(wrong)))} is {_STEP[next(iter(wrong))]}",
                )
    for number, sowing in enumerate(profile.sowing):
        for place, condition in enumerate(sowing.avoid):
            if "h" in steps_in(condition):
                yield Fault(
                    path=("sowing", number, "avoid", place),
                    sentence=f"sowing is judged by the day, but {_of_step(condition, 'h')} is"
                    " hourly; use a daily quantity",
                )


def _one_step(conditions: Iterable[AnyCondition], *, path: Path, what: str) -> Iterator[Fault]:
    """Refuse a rule that mixes hours and days, in one level or from level to level."""
    first: dict[str, str] = {}
    for condition in conditions:
        for step in sorted(steps_in(condition)):
            first.setdefault(step, _of_step(condition, step))
    if len(first) > 1:
        yield Fault(
            path=path,
            sentence=f"{what} mixes hours and days: {first['h']} is hourly, {first['d']} is daily;"
            " use quantities of one step",
        )


def _of_step(condition: AnyCondition, step: str) -> str:
    """The first quantity of that step in a condition."""
    for leaf in leaves(condition):
        name, own = (
            (leaf.var, leaf.measure.step)
            if isinstance(leaf, Comparison)
            else (leaf.model, leaf.kernel.step)
        )
        if own == step:
            return name
    return ""


def _names_twice(profile: Contents) -> Iterator[Fault]:
    named = {
        "sowing": [part.id for part in profile.sowing],
        "rules": [part.id for part in profile.rules],
        "windows": [part.id for part in profile.windows],
    }
    for key, names in named.items():
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Fault(
                    path=(key, number, "id"),
                    sentence=f"the name {name!r} stands twice under {key}",
                )


def _signature(profile: Contents) -> Iterator[Fault]:
    signed = profile.maintainer.signed
    if signed is not None and signed.version != profile.version:
        yield Fault(
            path=("maintainer", "signed", "version"),
            sentence=f"the signature is for version {signed.version}, the profile is"
            f" {profile.version}; the maintainer must sign again",
        )


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
