"""What a person must know before reading the numbers of an answer, line by line."""

from collections.abc import Mapping, Sequence
from typing import Any

from forecast import SIMULATED_WORDS
from forecast.service.question import PointQuestion


def words_of(
    passport: Mapping[str, Any],
    *,
    question: PointQuestion,
    events: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """Say cell, run, age, correction, members and past in plain lines.

    Args:
        passport: of the answer.
        question: what was asked.
        events: documents of joint events.
    """
    lines = [SIMULATED_WORDS] if passport["simulated"] else []
    place = question.place
    name = f"{place.name_zh or place.name_en}: " if place else ""
    if place is not None and place.note is not None:
        lines.append(place.note["en"])
    cell = passport["cell"]
    lines.append(
        f"{name}cell {cell['latitude']:.3f} N {cell['longitude']:.3f} E,"
        f" {cell['elevation_m']:.0f} m, {cell['distance_m'] / 1000:.1f} km away"
    )
    lines += _location(passport.get("location"))
    lines.append(
        f"{passport['source_label']}, run {passport['run_time']},"
        f" {passport['age']['state']} ({passport['age']['hours']:.0f} h old)"
    )
    if passport.get("degraded"):
        lines.append(f"degraded: {passport['degraded']}")
    lines += [f"corrected: {one}" for one in _corrections(passport["calibration"])]
    lines += _beside(passport)
    lines += [_event(event) for event in events]
    return lines


def _location(location: Mapping[str, Any] | None) -> list[str]:
    """Lines on coordinates that may mean another cell; nothing where they do not."""
    if location is None:
        return []
    lines = []
    if location["transformed"]:
        told = location["transformed"]
        lines.append(
            f"datum {location['datum']}: moved by {told['distance_m']} m by {told['by']} to"
            f" {told['to']['latitude']:.5f} N {told['to']['longitude']:.5f} E"
        )
    readings = location.get("readings", ())
    if location["chance_other_cell"] and not readings:
        lines.append(
            f"the field may lie {location['radius_m']:.0f} m from the coordinates:"
            f" {100 * location['chance_other_cell']:.0f} % chance that it lies in another cell"
        )
    lines += [
        f"if the coordinates are {one['datum']}, the field lies about {one['field_m']} m to the"
        f" {one['field_towards']}: {100 * one['chance_other_cell']:.0f} % chance of another cell"
        for one in readings
        if one["field_m"]
    ]
    difference = location.get("difference")
    if difference and difference["temperature_2m"]:
        mean = difference["temperature_2m"]["mean_k"]
        lines.append(
            f"there the mean temperature is {mean['lowest']:+.1f} to {mean['highest']:+.1f} K"
            " beside this answer"
        )
    if location.get("reason"):
        lines.append(location["reason"])
    return lines


def _corrections(calibration: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} by {one['mean_k']:+.2f} K in the mean, from"
        f" {max(term['stations'] for term in one['terms'])} stations"
        for name, one in calibration.get("variables", {}).items()
        if one["mean_k"] is not None
    ]


def _beside(passport: Mapping[str, Any]) -> list[str]:
    """Lines on members, on hours that are past and on normals, where the answer has them."""
    lines = []
    if "members" in passport:
        state = passport["members"]
        lines.append(f"{state['count']} members; probabilities by {state['method']}")
    if "series" in passport:
        series = passport["series"]
        jump = series["largest_jump_k"]
        size = "not known" if jump is None else f"{jump:.1f} K"
        lines.append(
            f"past: {series['past_hours']} hours from {len(series['cycles']) - 1} earlier cycles;"
            f" largest jump of the temperature between two cycles: {size}"
        )
        lines += [f"left out: {one['cycle']} ({one['reason']})" for one in series["left_out"]]
    if "climatology" in passport:
        about = passport["climatology"]
        lines.append(
            f"normals for the last {about['days']} days, not a forecast: {about['origin']}"
        )
    return lines


def _event(event: Mapping[str, Any]) -> str:
    best = event["best"]
    if best is None:
        return f"{event['name']}: {event['event']}: not known, too few members"
    if best["probability"] == 0.0:
        return f"{event['name']}: {event['event']}: in none of {best['members']} members"
    return (
        f"{event['name']}: {event['event']}: likeliest from {best['start']}"
        f" ({100 * best['probability']:.0f} % of {best['members']} members)"
    )
