"""The commands `profile check | explain | diff | schema`: crop profiles without reading code."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.console import emit, say
from forecast.cli.options import Config, Lang, Now, load_settings
from forecast.errors import InvalidProfile, InvalidRequest

if TYPE_CHECKING:
    from forecast.advise.checking import Report
    from forecast.advise.profile import CropProfile

profile = typer.Typer(help="Crop profiles: check, explain, compare, JSON Schema.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    profile.command("check")(check)
    profile.command("explain")(explain)
    profile.command("diff")(diff)
    profile.command("schema")(schema)
    app.add_typer(profile, name="profile")


def check(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Files, or names of shipped profiles.", show_default=False),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Check all profiles that come with the program.")
    ] = False,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="Refuse levels of 2 or more that rest on memory alone and are not signed.",
        ),
    ] = False,
    now: Now = None,
    config: Config = None,
) -> None:
    """Check profiles and the golden events beside them; each fault is one sentence."""
    from forecast.advise.checking import check as examined
    from forecast.advise.profile import find, shipped_names, shipped_path

    if not files and not everything:
        raise InvalidRequest("no profile was named; give files or names, or --all")
    today = load_settings(config, now=now).clock().date()
    paths = [shipped_path(name) for name in shipped_names()] if everything else []
    paths += [find(name) for name in files or []]
    reports = [examined(path, today=today, public=public) for path in paths]
    for report in reports:
        _tell(report)
    refused = [report for report in reports if report.refused]
    if refused:
        count = sum(len(report.refused) for report in refused)
        raise InvalidProfile(
            f"{count} {'fault' if count == 1 else 'faults'} in {len(refused)} of {len(reports)}"
            " profiles; mend what is named above"
        )


def explain(
    name: Annotated[str, typer.Argument(help="Name of a shipped profile, or a file.")],
    lang: Lang = "zh",
) -> None:
    """Tell everything that a profile says: rules as sentences, thresholds, places, sources."""
    from forecast.advise.profile.explaining import explain as explained

    emit(explained(_load(name), lang))


def diff(
    before: Annotated[str, typer.Argument(help="Older profile: name or file.")],
    after: Annotated[str, typer.Argument(help="Newer profile: name or file.")],
) -> None:
    """Say what changed between two profiles, and which version is due."""
    from forecast.advise.profile.differing import BUMP, compare

    older, newer = _load(before), _load(after)
    found = compare(older, newer)
    for change in found.changes:
        emit(f"{change.weight.name.lower():9} {change.path}: {change.before} -> {change.after}")
    if not found.changes:
        say(f"{older.label} and {newer.label} say the same")
        return
    verdict = "is enough" if found.enough else f"is too low; write version: {found.due}"
    say(f"due is a {BUMP[found.weight]} version, {found.due} or higher; {newer.version} {verdict}")


def schema() -> None:
    """Print the JSON Schema of agroprofile/1."""
    from forecast.advise.profile.json_schema import json_schema

    emit(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _load(name: str) -> "CropProfile":
    from forecast.advise.profile import find, load_profile

    return load_profile(find(name))


def _tell(report: "Report") -> None:
    for line in (*report.refused, *report.warned):
        say(line if line in report.refused else f"warning: {line}")
    if report.profile is None or report.refused:
        return
    count = len(report.profile.rules)
    events = "its golden events hold" if report.events else "it has no golden events"
    say(f"{report.profile.label}: {count} rules, {_evidence(report.profile)}; {events}")


def _evidence(told: "CropProfile") -> str:
    kinds = [citation.evidence for citation in told.citations.values()]
    return "sources " + ", ".join(
        f"{kinds.count(kind)} {kind}" for kind in ("read", "secondary", "memory")
    )
