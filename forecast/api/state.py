"""How settings become a service, for the HTTP server and the command line alike."""

from pathlib import Path

from forecast import regions
from forecast.query.climatology import Normals
from forecast.query.history import History
from forecast.query.place_lists import OwnPlaces
from forecast.query.places import Gazetteer
from forecast.service import ForecastService, Knowledge, Limits, ServedRegion
from forecast.service.advice.crops import Crops
from forecast.service.datum_transform import DatumTransform
from forecast.settings import Settings


def service_from(settings: Settings) -> ForecastService:
    """Build the service that the settings describe; no store is opened yet.

    Raises:
        UnknownName: a region is not known.
        SettingsError: a region file, the file of normals, that of past years, the folder of crop
            profiles or the transform of coordinates is wrong.
        InvalidProfile: a crop profile of the operator's is refused.
    """
    served = []
    for name in settings.regions:
        region = regions.load(name)
        served.append(ServedRegion(region, Path(settings.store) / region.name))
    history = None if settings.history is None else History.read(settings.history)
    return ForecastService(
        tuple(served),
        clock=settings.clock,
        limits=Limits(
            points=settings.max_points,
            values=settings.max_values,
            export_values=settings.max_export_values,
            member_values=settings.max_member_values,
        ),
        knowledge=Knowledge(
            gazetteer=Gazetteer.beside(settings.places_file()),
            own_places=OwnPlaces(settings.places_file()),
            normals=_normals(settings, history),
            history=history,
            crops=Crops.within(settings.crops),
            transform=_transform(settings),
        ),
    )


def _transform(settings: Settings) -> DatumTransform | None:
    name = settings.datum_transform
    return None if name is None else DatumTransform.named(name)


def _normals(settings: Settings, history: History | None) -> Normals | None:
    """The normals of their own file, else the mean of the past years."""
    if settings.normals is not None:
        return Normals.read(settings.normals)
    return None if history is None else history.normals
