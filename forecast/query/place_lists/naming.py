"""How an operator's place is written for the search: its sounds, and what it lies in."""

from collections.abc import Mapping

from forecast.query.names import is_han, short_han
from forecast.query.place_lists.entries import OwnPlace
from forecast.query.place_writing import Reading, Written
from forecast.query.places import Gazetteer
from grids import LonLat


def written(place: OwnPlace, *, source: str, shipped: Gazetteer) -> Written:
    """A place of a list as the file of places keeps it.

    Args:
        place: the entry.
        source: name of its list.
        shipped: says how characters sound and which county is nearest.
    """
    point = LonLat(longitude=place.longitude, latitude=place.latitude)
    province, city, county = shipped.areas_at(point, code=place.code)
    return Written(
        code=place.code,
        kind="own",
        name_zh=place.name_zh,
        name_en=place.name_en,
        readings=readings(place.name_zh, place.pinyin, sounds=shipped.sounds),
        aliases=place.aliases,
        province=province,
        city=city,
        county=county,
        longitude=place.longitude,
        latitude=place.latitude,
        source=source,
        elevation=place.elevation,
    )


def readings(name: str, pinyin: str, *, sounds: Mapping[str, str]) -> tuple[Reading, ...]:
    """Pinyin of the short and the full Chinese name, empty where it is neither given nor known.

    Args:
        name: Chinese name, may be empty or hold digits.
        pinyin: syllables as given, for either form, or empty.
        sounds: commonest pinyin of characters.
    """
    short, given = short_han(name), tuple(pinyin.split())
    heard = tuple(sounds.get(character, "") for character in name)
    if len(given) == len(name):
        heard = given
    elif given and name.startswith(short):
        heard = (*given, *heard[len(short) :])
    if not name or not all(is_han(character) for character in name) or "" in heard:
        return (given,) if given else ()
    forms = [heard[: len(short)], heard] if name.startswith(short) else [heard]
    return tuple(dict.fromkeys(forms))
