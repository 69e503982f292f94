"""`/v1/zones`: who has them is not sent them again, and whoever adds some sees them at once."""

import json
from pathlib import Path

from forecast.query.place_lists import OwnPlaces, read_list
from tests.support.asking import Api
from tests.support.small_region import NOW, SmallRegion

CORNERS = [[117.7, 39.4], [117.8, 39.4], [117.8, 39.5], [117.7, 39.4]]


def add(own: OwnPlaces, folder: Path, name: str) -> None:
    """Add one zone as a list of its own."""
    shape = {"type": "Polygon", "coordinates": [CORNERS]}
    feature = {"type": "Feature", "properties": {"name_zh": name}, "geometry": shape}
    path = folder / "zone.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    own.add(name, read_list(path), file=path.name, now=NOW)


def test_zones_that_are_known_are_not_sent_again_until_one_is_added(
    region: SmallRegion, tmp_path: Path
) -> None:
    own = OwnPlaces(tmp_path / "own.sqlite")
    add(own, tmp_path, "东区")
    api = Api.over(region, places=own.path)
    first = api.get("/v1/zones")
    assert first.headers["cache-control"] == "no-cache"
    known = {"If-None-Match": first.headers["etag"]}
    again = api.get("/v1/zones", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    add(own, tmp_path, "西区")
    more = api.get("/v1/zones", headers=known)
    assert more.status_code == 200
    names = [one["properties"]["name_zh"] for one in more.json()["features"]]
    assert sorted(names) == ["东区", "西区"]
