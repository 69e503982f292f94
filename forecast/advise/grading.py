"""Maps of a profile's rules, windows and sowings over cells, day by day: grades, chances, hours.

The same judging as at one place (`forecast.advise.assessing`): a cell of a map is what advice at
its place says. Everything is lazy where the weather is, and CF attributes say what codes mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.advise import hazards, windows
from forecast.advise.assessing import rule_days, sowing_lights, window_lights
from forecast.advise.chances import MEMBER
from forecast.advise.needing import conditions_in
from forecast.advise.place import Place, cells_of
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.parts import Text
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.situation import Situation
from forecast.advise.weather import Weather
from forecast.errors import DataError, UnknownName
from forecast.times import Days, hours_since, iso, to_datetime64

NOT_APPLICABLE: Final = hazards.NOT_APPLICABLE
NO_DATA: Final = hazards.NO_DATA

_STATES: Final[Mapping[int, Text]] = {
    NOT_APPLICABLE: Text(zh="不适用", en="not applicable"),
    NO_DATA: Text(zh="无资料", en="no data"),
    hazards.NONE: Text(zh="无", en="none"),
}
_LIGHTS: Final[Mapping[int, Text]] = {
    NOT_APPLICABLE: _STATES[NOT_APPLICABLE],
    NO_DATA: _STATES[NO_DATA],
    windows.RED: Text(zh="不适宜", en="red"),
    windows.AMBER: Text(zh="较适宜", en="amber"),
    windows.GREEN: Text(zh="适宜", en="green"),
}

Part = Rule | Window | Sowing


def grade_maps(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation | None = None,
    rules: Sequence[str] | None = None,
) -> xr.Dataset:
    """Judge a profile over cells.

    Args:
        profile: of the crop.
        weather: over cells: any dims besides realization, time and day.
        situation: what is known of the fields, alike in all cells.
        rules: names of rules, windows and sowings; all when None.

    Returns:
        On the days ahead and the dims of the cells: `state_<rule>` int8 (-2 not applicable, -1 no
        data, 0 none, then levels) with `probability_<rule>` (level, …) of this level or a higher
        one; `window_<id>` int8, the best light of the day (0 red, 1 amber, 2 green), with
        `begins_<id>`, the beginning of the first hour of the day in a window of that light, hours
        after the forecast begins; `sowing_<id>` int8, the light, with `probability_<id>`. A dot
        in a name is an underscore here; `rule_id` and `kind` stand in the attributes.

    Raises:
        UnknownName: the profile has no such rule.
        DataError: the weather ends before now.
        InvalidRequest: a stage was reported that the profile does not have.
    """
    told = situation or Situation()
    own = profile if rules is None else narrowed(profile, rules)
    place = cells_of(own, weather, situation=told)
    fields: dict[str, xr.DataArray] = {}
    for part in parts_named(own, None):
        for name, field in _maps(place, part, told):
            if name in fields:
                raise DataError(f"two parts of {profile.label} give the map {name}; rename one")
            fields[name] = _over_cells(field, place)
    found = xr.Dataset(fields).drop_vars(("grade", "gate"), errors="ignore")
    return _described(found, place)


def parts_named(profile: CropProfile, names: Sequence[str] | None) -> tuple[Part, ...]:
    """Rules, windows and sowings of a profile, in its order.

    Args:
        profile: of the crop.
        names: of the wanted ones; all when None.

    Raises:
        UnknownName: there is none of that name.
    """
    held: tuple[Part, ...] = (*profile.rules, *profile.windows, *profile.sowing)
    if names is None:
        return held
    known = [part.id for part in held]
    for name in names:
        if name not in known:
            raise UnknownName(f"rule {name!r} was asked; {profile.id} has {', '.join(known)}")
    return tuple(part for part in held if part.id in names)


def narrowed(profile: CropProfile, names: Sequence[str] | None) -> CropProfile:
    """A profile with no more than some of its rules, windows and sowings, and without its water.

    Args:
        profile: of the crop.
        names: of the wanted ones; all when None.

    Raises:
        UnknownName: there is none of that name.
    """
    held = {part.id for part in parts_named(profile, names)}
    kept = {
        name: tuple(part for part in getattr(profile, name) if part.id in held)
        for name in ("rules", "windows", "sowing")
    }
    return profile.model_copy(update={**kept, "water": None})


def kind_of(part: Part) -> str:
    """Kind of the map of a part: `window`, `sowing`, or what a rule is about."""
    if isinstance(part, Rule):
        return part.kind
    return "window" if isinstance(part, Window) else "sowing"


def labels_of(part: Part) -> dict[int, Text]:
    """What the codes of the map of a part mean, ascending."""
    if isinstance(part, Rule):
        return {**_STATES, **{level.level: level.name for level in part.levels}}
    return dict(sorted(_LIGHTS.items()))


def _maps(place: Place, part: Part, situation: Situation) -> Iterator[tuple[str, xr.DataArray]]:
    if isinstance(part, Rule):
        return _of_rule(place, part)
    if isinstance(part, Window):
        return _of_window(place, part)
    return _of_sowing(place, part, situation)


def _of_rule(place: Place, rule: Rule) -> Iterator[tuple[str, xr.DataArray]]:
    days = rule_days(place, rule)
    lacking = place.lacks(*conditions_in(rule))
    about = _about(place, rule, labels_of(rule), kind=kind_of(rule), lacking=lacking)
    levels = np.asarray(days["level"].values, dtype=np.int8)
    chances = days["probability"].assign_coords(level=levels)
    yield f"state_{_slug(rule.id)}", days["state"].assign_attrs(about)
    yield f"probability_{_slug(rule.id)}", chances.assign_attrs(_chance(place, rule.id))


def _of_window(place: Place, window: Window) -> Iterator[tuple[str, xr.DataArray]]:
    told = window_lights(place, window)["light"]
    lacking = place.lacks(*conditions_in(window))
    about = _about(place, window, labels_of(window), kind=kind_of(window), lacking=lacking)
    if window.step == "d":
        yield f"window_{_slug(window.id)}", told.assign_attrs(about)
        return
    best, begins = _best_of_days(told, place.parted, issued=to_datetime64(place.weather.issued))
    yield f"window_{_slug(window.id)}", best.assign_attrs(about)
    yield (
        f"begins_{_slug(window.id)}",
        begins.assign_attrs(
            rule_id=window.id,
            long_name=f"{window.name.en}: begin of the first hour of the day in such a window,"
            " after the begin of the forecast",
            long_name_zh=f"{window.name.zh}：当日首个窗口的开始时刻（起报后小时数）",
            units="h",
        ),
    )


def _of_sowing(
    place: Place, part: Sowing, situation: Situation
) -> Iterator[tuple[str, xr.DataArray]]:
    days = sowing_lights(place, part, situation=situation)
    about = _about(place, part, labels_of(part), kind=kind_of(part), lacking=place.lacks_of(part))
    yield f"sowing_{_slug(part.id)}", days["light"].assign_attrs(about)
    chances = days["probability"].assign_attrs(_chance(place, part.id))
    yield f"probability_{_slug(part.id)}", chances


def _best_of_days(
    light: xr.DataArray, parted: Days, *, issued: np.datetime64
) -> tuple[xr.DataArray, xr.DataArray]:
    """Best light of each day, and when its first hour begins, hours after the forecast begins."""
    begins = np.searchsorted(parted.number, np.arange(parted.dates.size))
    hours = (hours_since(light["time"].values, issued) - 1.0).astype(np.float32)

    def work(data: Any) -> Any:
        best = np.maximum.reduceat(data, begins, axis=-1)
        fits = (data == best[..., parted.number]) & (data > windows.RED)
        first = np.minimum.reduceat(np.where(fits, hours, np.inf), begins, axis=-1)
        return best, np.where(np.isfinite(first), first, np.nan).astype(np.float32)

    whole = light.chunk({"time": -1}) if light.chunks is not None else light
    found = xr.apply_ufunc(
        work,
        whole,
        input_core_dims=[["time"]],
        output_core_dims=[["day"], ["day"]],
        dask="parallelized",
        output_dtypes=[np.int8, np.float32],
        dask_gufunc_kwargs={"output_sizes": {"day": parted.dates.size}},
    )
    best, first = (one.assign_coords(day=parted.dates.astype("datetime64[ns]")) for one in found)
    return best, first


def _over_cells(field: xr.DataArray, place: Place) -> xr.DataArray:
    """A field on (level,) day and all dims of the cells, in their order; alike where it is."""
    sizes = {dim: size for held in place.values.values() for dim, size in held.sizes.items()}
    cells = {dim: size for dim, size in sizes.items() if dim not in {MEMBER, "time", "day"}}
    wide = field.expand_dims({dim: size for dim, size in cells.items() if dim not in field.dims})
    keep = {"day", "level", *cells}
    bare = wide.drop_vars([name for name in wide.coords if name not in keep])
    return bare.transpose("level", "day", *cells, missing_dims="ignore")


def _described(found: xr.Dataset, place: Place) -> xr.Dataset:
    profile, weather = place.profile, place.weather
    ahead = place.days
    coords: dict[str, Any] = {
        "day_start": ("day", weather.days.starts[ahead]),
        "day_end": ("day", weather.days.ends[ahead]),
        **{
            name: weather.hourly[name].variable
            for name in ("latitude", "longitude", "elevation")
            if name in weather.hourly.coords
        },
    }
    if "level" in found.coords:
        found["level"].attrs = {"long_name": "level of the rule, and higher", "units": "1"}
    return found.assign_coords(coords).assign_attrs(
        profile=profile.label,
        crop=profile.name.en,
        crop_zh=profile.name.zh,
        day_boundary=profile.day_boundary,
        issued=iso(weather.issued),
        single_forecast="false" if place.members else "true",
    )


def _about(
    place: Place, part: Part, labels: Mapping[int, Text], *, kind: str, lacking: Iterable[str]
) -> dict[str, Any]:
    """CF flags and names of a map of codes."""
    codes = sorted(labels)
    zh, en = (part.name.zh, part.name.en) if part.name is not None else (part.id, part.id)
    what = Text(zh="各日等级", en="grade of the day")
    about = {
        "rule_id": part.id,
        "rule_name_zh": zh,
        "rule_name_en": en,
        "kind": kind,
        "profile": place.profile.label,
        "long_name": f"{en}: {what.en}",
        "long_name_zh": f"{zh}：{what.zh}",
        "units": "1",
        "flag_values": np.array(codes, dtype=np.int8),
        "flag_meanings": " ".join(_word(code, kind) for code in codes),
        "labels_zh": "; ".join(labels[code].zh for code in codes),
        "labels_en": "; ".join(labels[code].en for code in codes),
    }
    lacks = ", ".join(lacking)
    return {**about, "lacking": lacks} if lacks else about


def _word(code: int, kind: str) -> str:
    labels = _LIGHTS if kind in {"window", "sowing"} else _STATES
    return labels[code].en.replace(" ", "_") if code in labels else f"level_{code}"


def _chance(place: Place, name: str) -> dict[str, str]:
    """CF attributes of a chance."""
    basis = "share of the members" if place.members else "one forecast: 0 or 1, and no chance"
    return {
        "rule_id": name,
        "long_name": f"{name}: probability, {basis}",
        "long_name_zh": f"{name}：概率",
        "units": "1",
    }


def _slug(name: str) -> str:
    return name.replace(".", "_")
