"""What the operator gives a service beside the published cycles."""

from dataclasses import dataclass, field

from forecast.query.climatology import Normals
from forecast.query.history import History
from forecast.query.place_lists import OwnPlaces
from forecast.query.places import Gazetteer
from forecast.service.advice.crops import Crops
from forecast.service.datum_transform import DatumTransform


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What answers draw on beside the forecast.

    Attributes:
        gazetteer: the places.
        own_places: the operator's lists, or None where there are none.
        normals: daily normals, or None where the operator has none.
        history: daily values of past years, likewise.
        crops: profiles that ship, and the operator's own.
        transform: of coordinates in other datums than WGS 84, or None: none is moved.
    """

    gazetteer: Gazetteer = field(default_factory=Gazetteer.shipped)
    own_places: OwnPlaces | None = None
    normals: Normals | None = None
    history: History | None = None
    crops: Crops = field(default_factory=Crops)
    transform: DatumTransform | None = None
