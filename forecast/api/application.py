"""The application: routes, errors, headers and the service behind them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from forecast import __version__
from forecast.api import direct, page, plain, points, problems
from forecast.api.advice_maps import Graded
from forecast.api.advice_maps import router as maps_router
from forecast.api.advisories import router as advice_router
from forecast.api.catalogue import router as catalogue_router
from forecast.api.guards import Guards
from forecast.api.health import router as health_router
from forecast.api.layers import router as layers_router
from forecast.api.own_ground import router as ground_router
from forecast.api.scorecard import router as scorecard_router
from forecast.api.skill import router as skill_router
from forecast.api.state import service_from
from forecast.api.strict import STRICT
from forecast.api.tiles import router as tiles_router
from forecast.api.zones import router as zones_router
from forecast.service.maps import Atlas
from forecast.service.maps.own_ground import OwnGround
from forecast.service.maps.warming import Warming
from forecast.settings import Settings

DESCRIPTION = (
    "Point forecasts on a 1 km grid by place or coordinates. Every answer names its cycle,"
    " source, age, cell, height and correction; missing values are null; times end their"
    " interval and are UTC, with local times beside them."
)


def create_app(settings: Settings) -> FastAPI:
    """Build the application that the settings describe; nothing is read from the store yet."""
    app = FastAPIOffline(
        title="Zhitian 知天",
        version=__version__,
        description=DESCRIPTION,
        redoc_url=None,
        lifespan=_warm,
    )
    app.state.service = service_from(settings)
    app.state.graded = Graded()
    app.state.atlas = Atlas(app.state.service)
    app.state.warming = Warming(
        app.state.service, app.state.atlas.grades, wanted=settings.warm_maps
    )
    app.state.own_ground = settings.base_layer and OwnGround.read(settings.base_layer)
    problems.install(app)
    for router in (
        points.router,
        advice_router,
        maps_router,
        catalogue_router,
        zones_router,
        skill_router,
        scorecard_router,
        health_router,
        layers_router,
        tiles_router,
        ground_router,
    ):
        app.include_router(router, dependencies=STRICT)
    for router in (plain.router, page.router):
        app.include_router(router)
    app.add_middleware(GZipMiddleware, direct.LEAST_COMPRESSED, direct.COMPRESSION)
    app.add_middleware(Guards)
    direct.install(app, path=points.PATH, endpoint=points.forecast, origins=settings.cors_origins)
    return app


@asynccontextmanager
async def _warm(app: FastAPI) -> AsyncIterator[None]:
    """Touch regions and places once at start, so that the first question is not the slow one."""
    await run_in_threadpool(app.state.service.warm)
    app.state.warming.start()
    yield
    app.state.warming.close()
    app.state.atlas.grades.close()
