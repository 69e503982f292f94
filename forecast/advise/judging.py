"""All advice of a profile at one place: rules, windows, sowings, and how they run day by day."""

from collections.abc import Mapping

from forecast.advise.advice import Advice, Timeline
from forecast.advise.advising import Judged, on_rule, on_sowing, on_window
from forecast.advise.advisory import Advisory
from forecast.advise.assessing import rule_days, sowing_lights, window_openings
from forecast.advise.decision import Decision
from forecast.advise.needing import Needs, conditions_in, needs
from forecast.advise.place import Place, place_of
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.situation import Situation
from forecast.advise.staging import stages_now
from forecast.advise.timelines import of_rule, of_sowing, of_window
from forecast.advise.weather import Weather
from forecast.advise.windows import best, following
from forecast.parameters import chosen

__all__ = ["Needs", "Situation", "advise", "needs"]


def advise(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation | None = None,
    ground: object = None,
    before: Mapping[str, Decision] | None = None,
) -> Advice:
    """What a profile says at one place.

    Args:
        profile: of the crop.
        weather: of the place, on (realization,) time and day.
        situation: what the farmer says of the field.
        ground: how the field lies, and what its soil holds.
        before: decisions of the cycle before, by rule.

    Raises:
        DataError: the weather is that of several places, or ends before now.
        InvalidRequest: a stage was reported that the profile does not have.
    """
    told = situation or Situation()
    place = place_of(profile, weather, situation=told)
    judged = {rule.id: _rule(place, rule, (before or {}).get(rule.id)) for rule in profile.rules}
    others = [_window(place, window) for window in profile.windows]
    others += [_sowing(place, sowing, situation=told) for sowing in profile.sowing]
    today = place.stages["day"].values[place.days[0]]
    return Advice(
        profile=profile.label,
        stages=stages_now(profile, place.stages, day=today),
        advisories=(
            *(found.advisory for found, _ in judged.values()),
            *(advisory for advisory, _ in others),
        ),
        timelines=(*(line for _, line in judged.values()), *(line for _, line in others)),
        decisions={name: found.decision for name, (found, _) in judged.items()},
    )


def _rule(place: Place, rule: Rule, before: Decision | None) -> tuple[Judged, Timeline]:
    days = rule_days(place, rule)
    lacking = place.lacks(*conditions_in(rule))
    judged = on_rule(place.profile, rule, days=days, issued=place.weather.issued, before=before)
    advisory = judged.advisory.model_copy(update={"lacking": lacking})
    return judged._replace(advisory=advisory), of_rule(rule, days, members=place.members)


def _window(place: Place, window: Window) -> tuple[Advisory, Timeline]:
    found, chances = window_openings(place, window)
    least, at_least = int(chosen("ensemble_least_members")), chosen("window_chance")
    first = best(found, chances, at_least=at_least)
    second = first and following(found, chances, opening=first, at_least=at_least)
    advisory = on_window(
        place.profile,
        window,
        openings=[one for one in (first, second) if one],
        chances=chances,
        issued=place.weather.issued,
    ).model_copy(update={"lacking": place.lacks(*conditions_in(window))})
    line = of_window(window, found, chances, least=least, at_least=at_least)
    return advisory, line


def _sowing(place: Place, sowing: Sowing, *, situation: Situation) -> tuple[Advisory, Timeline]:
    days = sowing_lights(place, sowing, covered=situation.covered)
    advisory = on_sowing(place.profile, sowing, days=days, issued=place.weather.issued)
    lacking = place.lacks_of(sowing)
    advisory = advisory.model_copy(update={"lacking": lacking})
    return advisory, of_sowing(sowing, days, members=place.members)
