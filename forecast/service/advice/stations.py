"""Which station tells the truth at a spot, or why none does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.errors import StoreError
from forecast.parameters import chosen
from forecast.service.served import CycleFacts, ServedRegion
from grids import GridsError, LonLat
from grids.geometry import great_circle_distance
from grids.lookup import choose_cell

NO_STATIONS: Final = "the region has no observations; add them with `zhitian observations add`"
NO_HEIGHT: Final = "its height is not known, as no cycle is published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A spot and the station that stands for it.

    Attributes:
        zone: of the spot.
        place: of the spot.
        elevation_m: that was advised for; NaN where it is not known.
        station: identifier; empty where none is near.
        distance_km: to it.
        height_difference_m: station less spot.
        reason: why there is none, or empty.
    """

    zone: str
    place: str
    elevation_m: float
    station: str = ""
    distance_km: float = np.nan
    height_difference_m: float = np.nan
    reason: str = ""

    def document(self) -> dict[str, Any]:
        """Plain values; what is not known is None."""

        def known(value: float) -> float | None:
            return None if np.isnan(value) else round(value, 1)

        return {
            "zone": self.zone,
            "place": self.place,
            "elevation_m": known(self.elevation_m),
            "station": self.station or None,
            "distance_km": known(self.distance_km),
            "height_difference_m": known(self.height_difference_m),
            "reason": self.reason or None,
        }


def stations_near(
    served: ServedRegion, told: pd.DataFrame, *, stations: pd.DataFrame | None
) -> dict[int, Nearby]:
    """By number of the spot, the nearest station that is near enough in distance and height.

    Args:
        served: the region; the height of a spot that asked for none is that of its cell.
        told: days of the ledger.
        stations: of the observation store, or None where there is none.
    """
    columns = ["spot", "zone", "place", "longitude", "latitude", "elevation", "station"]
    spots = told[columns].drop_duplicates("spot").to_dict("records")
    facts = _facts(served)
    return {int(spot["spot"]): _near(spot, stations, facts) for spot in spots}


def _near(
    spot: Mapping[Any, Any], stations: pd.DataFrame | None, facts: CycleFacts | None
) -> Nearby:
    height = float(spot["elevation"])
    if np.isnan(height):
        height = _cell_height(spot, facts)
    about = {"zone": spot["zone"], "place": spot["place"], "elevation_m": height}
    if stations is None or stations.empty:
        return Nearby(**about, reason=NO_STATIONS)
    if np.isnan(height):
        return Nearby(**about, reason=NO_HEIGHT)
    distance = great_circle_distance(
        longitude=float(spot["longitude"]),
        latitude=float(spot["latitude"]),
        to_longitude=stations["longitude"].to_numpy(float),
        to_latitude=stations["latitude"].to_numpy(float),
    )
    climb = stations["elevation"].to_numpy(float) - height
    reach, step = chosen("advice_station_reach"), chosen("advice_station_height")
    apt = (distance <= 1000.0 * reach) & (np.abs(climb) <= step)
    if not apt.any():
        nearest = int(distance.argmin())
        return Nearby(
            **about,
            reason=(
                f"the nearest station is {distance[nearest] / 1000.0:.0f} km away, its height"
                f" differs by {climb[nearest]:+.0f} m; allowed are {reach:g} km and {step:g} m"
            ),
        )
    place = int(np.where(apt, distance, np.inf).argmin())
    return Nearby(
        **about,
        station=str(stations["station"].iloc[place]),
        distance_km=float(distance[place]) / 1000.0,
        height_difference_m=float(climb[place]),
    )


def _facts(served: ServedRegion) -> CycleFacts | None:
    try:
        return served.current()
    except StoreError:
        return None


def _cell_height(spot: Mapping[Any, Any], facts: CycleFacts | None) -> float:
    if facts is None:
        return float("nan")
    place = LonLat(longitude=float(spot["longitude"]), latitude=float(spot["latitude"]))
    try:
        choice = choose_cell(facts.cycle.grid, facts.surface, lonlat=place)
    except GridsError:
        return float("nan")
    return float(choice.elevation)
