"""Where advice is kept and scored: the watches of a region's file, and its stations."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecast.advise.profile import CropProfile
from forecast.errors import OutsideArea, StoreMissing
from forecast.query.places import Place
from forecast.regions import Watch
from forecast.service.served import ServedRegion
from forecast.store.advice import Spot
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from grids import LonLat

if TYPE_CHECKING:
    from forecast.service.core import ForecastService


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One crop at one spot.

    Attributes:
        spot: as the ledger knows it.
        profile: of the crop.
        place: the gazetteer entry, or None.
    """

    spot: Spot
    profile: CropProfile
    place: Place | None = None

    @property
    def lonlat(self) -> LonLat:
        """Where."""
        return LonLat(longitude=self.spot.longitude, latitude=self.spot.latitude)

    def __str__(self) -> str:
        """Crop and place, with the height where one was asked."""
        height = "" if self.spot.elevation is None else f" at {self.spot.elevation:g} m"
        return f"{self.profile.id} in {self.spot.place}{height}"


def targets(service: "ForecastService", served: ServedRegion) -> tuple[Target, ...]:
    """All watches of a region: those of its file, then its crops at its stations.

    At a station the truth is known, so every crop of the file is watched at every station that
    lies in the region; its zone is the station itself.

    Raises:
        UnknownName: the file names a crop or place that is not known.
        OutsideArea: it names a place outside the region.
        StoreError: the observation store cannot be read.
    """
    named = [_named(service, served, watch) for watch in served.region.advice]
    crops = {one.profile.id: one.profile for one in named}
    at_stations = [
        Target(spot=spot, profile=profile)
        for profile in crops.values()
        for spot in stations_in(served)
    ]
    return (*named, *at_stations)


def stations_in(served: ServedRegion) -> tuple[Spot, ...]:
    """The stations of the observation store that lie in the region, by identifier."""
    try:
        table = ObservationStore.open(StorePaths(served.path).observations).stations()
    except StoreMissing:
        return ()
    found = []
    for row in table.to_dict("records"):
        place = LonLat(longitude=row["longitude"], latitude=row["latitude"])
        if served.bounds.contains(place):
            name = row["name"] or row["station"]
            found.append(
                Spot(
                    zone=name,
                    place=name,
                    longitude=place.longitude,
                    latitude=place.latitude,
                    elevation=row["elevation"],
                    station=row["station"],
                )
            )
    return tuple(found)


def _named(service: "ForecastService", served: ServedRegion, watch: Watch) -> Target:
    profile = service.knowledge.crops.named(watch.crop)
    place = service.gazetteer.resolve(watch.place) if watch.place else None
    if place is not None:
        lonlat = place.lonlat
    else:
        lonlat = LonLat(longitude=watch.longitude or 0.0, latitude=watch.latitude or 0.0)
    if not served.bounds.contains(lonlat):
        raise OutsideArea(
            f"[[advice]] of region {served.region.name} names {watch.place or lonlat}; it lies"
            f" outside {served.bounds} (west,south,east,north in degrees)"
        )
    spot = Spot(
        zone=watch.zone,
        place=watch.place or watch.zone,
        longitude=lonlat.longitude,
        latitude=lonlat.latitude,
        elevation=watch.elevation,
    )
    return Target(spot=spot, profile=profile, place=place)
