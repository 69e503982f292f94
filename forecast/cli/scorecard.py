"""The command `scorecard`: what came of the advice that was issued."""

import json
from typing import Annotated, Any

import typer

from forecast.cli.console import emit, say, show_tables
from forecast.cli.options import Config, Now, RegionName, Store, load_settings

HEADINGS = (
    *("crop, rule, level", "zone", "lead", "n", "days", "events"),
    *("POD", "FAR", "Brier skill", "C/L", "value"),
)
ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("scorecard")(scorecard)


def scorecard(
    region: RegionName,
    crop: Annotated[str | None, typer.Option(help="Only this crop, by id or name.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="Only this zone; `all` for all zones together.")
    ] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule or window, by id.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Score issued advice by what stations observed: hits, false alarms, reliability, worth.

    Only advice from real cycles is scored, and only days that are over. The scorecard is kept
    beside the store, where `/v1/scorecard` reads it.
    """
    from forecast.api.state import service_from
    from forecast.service.advice.scorecard import region_scorecard
    from forecast.service.advice.scoring import score_region

    settings = load_settings(config, store=store, now=now, regions=(region,))
    service = service_from(settings)
    (served,) = service.served
    profile = None if crop is None else service.knowledge.crops.named(crop).id
    score_region(served, service.knowledge.crops, now=service.clock())
    told = region_scorecard(served, crop=profile, zone=zone, rule=rule)
    if as_json:
        emit(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _show(told)


def _show(told: dict[str, Any]) -> None:
    from forecast.service.advice.scorecard import doubt

    say(told["sentence"])
    rows = [row for row in told["rows"] if row["n"]]
    if rows:
        show_tables(HEADINGS, [_cells(row) for row in rows])
        said = doubt(rows)
        if said:
            say(said)
        say("in brackets the 95 % interval by days, where there are ten; * below 30 events")
    for reason, count in told.get("left_out", {}).items():
        say(f"left out: {count:,} days {reason}")
    for spot in told.get("spots", ()):
        if spot["reason"]:
            say(f"not scored: {spot['place']} ({spot['zone']}): {spot['reason']}")
    for limit in told.get("limits", ()):
        say(limit)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    small = "*" if row["small"] else ""
    ratio = "–" if row["cost_loss"] is None else f"{row['cost_loss']:g}"
    return (
        f"{row['profile']} {row['rule']} {row['level']}",
        row["zone"],
        row["lead"],
        f"{row['n']:,}",
        f"{row['days']:,}",
        f"{row['events']:,}{small}",
        _figure(row, "pod"),
        _figure(row, "far"),
        _figure(row, "brier_skill"),
        ratio,
        _figure(row, "value"),
    )


def _figure(row: dict[str, Any], name: str) -> str:
    """A figure with its interval, as far as they are known."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value is None:
        return "–"
    return f"{value:.2f}" if low is None else f"{value:.2f} [{low:.2f}, {high:.2f}]"
