"""Colour scales: ascending, to be told apart by everybody, one for each variable of the map."""

import numpy as np
import pytest

from forecast.errors import UnknownName
from forecast.service.maps.scales import NOTHING, Scale, rgb, scale_of, settings, style, table_of
from forecast.variables import FILL, derived, published, variable

NAMES = (*published(), *derived())

SEEN_BY = {
    "everybody": np.eye(3),
    # Machado, Oliveira & Fernandes 2009, IEEE TVCG 15, 1291, severity 1.0, on linear light
    "protanopes": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopes": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}

LEAST_DIFFERENCE = 6.0
"""CIE 1976 difference: 2.3 is just noticeable side by side (Mahy et al. 1994)."""


def lab(colour: str, eyes: np.ndarray) -> np.ndarray:
    """CIELAB (D65) of a colour as some eyes see it, by the formulas of IEC 61966-2-1 and CIE 15."""
    shown = np.array(rgb(colour)) / 255.0
    light = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    seen = np.clip(eyes @ light, 0.0, 1.0)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    ratio = to_xyz @ seen / np.array([0.95047, 1.0, 1.08883])
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_of_the_map_has_a_scale_in_its_unit(name: str) -> None:
    assert scale_of(name).units == variable(name).units


@pytest.mark.parametrize("name", NAMES)
def test_values_of_the_stops_ascend(name: str) -> None:
    values = [value for value, _ in scale_of(name).stops]
    assert values == sorted(set(values))
    assert len(values) >= 5


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("key", list(settings()["scales"]))
def test_colours_of_neighbours_can_be_told_apart(key: str, eyes: str) -> None:
    seen = [lab(colour, SEEN_BY[eyes]) for _, colour in settings()["scales"][key]["stops"]]
    apart = np.linalg.norm(np.diff(seen, axis=0), axis=1)
    assert apart.min() >= LEAST_DIFFERENCE, apart.round(1)


@pytest.mark.parametrize("key", ["rain", "snow", "wind", "deficit", "delta_t"])
def test_amounts_darken_upwards(key: str) -> None:
    seen = [
        lab(colour, SEEN_BY["everybody"])[0] for _, colour in settings()["scales"][key]["stops"]
    ]
    assert (np.diff(seen) < 0).all()


def test_freezing_is_the_lightest_of_the_temperatures() -> None:
    scale = scale_of("temperature_2m")
    assert scale.mark == 0.0
    light = {value: lab(colour, SEEN_BY["everybody"])[0] for value, colour in scale.stops}
    assert max(light, key=light.__getitem__) == 0.0


def test_a_stop_has_exactly_its_colour() -> None:
    for name in NAMES:
        scale, table = scale_of(name), table_of(name)
        for value, colour in scale.stops:
            count = round(value * variable(name).scale)
            if -32768 < count <= 32767:
                shown = scale.palette[table[np.array(count, np.int16).view(np.uint16)]]
                assert tuple(shown) == (*rgb(colour), 255), (name, value)


def test_steps_keep_the_colour_of_the_highest_stop_below() -> None:
    scale, table = scale_of("precipitation"), table_of("precipitation")
    # hundredths of a millimetre
    for count, limit in ((0, 0.0), (9, 0.0), (10, 0.1), (49, 0.1), (50, 0.5), (30000, 80.0)):
        assert tuple(scale.palette[table[count]][:3]) == rgb(dict(scale.stops)[limit])


def test_what_is_missing_is_transparent_and_what_is_beyond_is_not() -> None:
    scale = scale_of("temperature_2m")
    assert tuple(scale.palette[NOTHING]) == (0, 0, 0, 0)
    assert table_of("temperature_2m")[np.array(FILL, np.int16).view(np.uint16)] == NOTHING
    found = scale.entries(np.array([np.nan, -90.0, 90.0, 0.0]))
    assert found[0] == NOTHING
    assert [tuple(scale.palette[entry][:3]) for entry in found[1:3]] == [
        rgb(scale.stops[0][1]),
        rgb(scale.stops[-1][1]),
    ]


def test_a_palette_never_holds_more_than_256_colours() -> None:
    stops = tuple((float(value), "#000000") for value in range(90))
    for kind in ("continuous", "steps"):
        assert len(Scale(name="a", units="1", kind=kind, stops=stops).palette) <= 256


def test_what_is_no_variable_of_the_map_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"'temperature_2m_min' was asked, which is daily"):
        scale_of("temperature_2m_min")
    with pytest.raises(UnknownName, match=r"the vocabulary does not have it"):
        scale_of("warmth")


def test_the_style_has_a_version() -> None:
    assert len(style()) == 12
