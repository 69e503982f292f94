"""The application with two routes beside it to compare with; run as a server of its own."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI, Request, Response
from starlette.routing import Route

from forecast import settings
from forecast.api import create_app, points
from forecast.service import ask
from tests.support.small_region import NOW

DEFAULT, ANNOTATED, STATIC = "/bench/default", "/bench/annotated", "/bench/static"


async def annotated(request: Request, lat: float, lon: float) -> dict[str, Any]:
    """The same with a return annotation, which lets pydantic write the JSON."""
    service = request.app.state.service
    return plain_document(service.series(ask(service, latitude=lat, longitude=lon)))


def application(store: Path, region: Path) -> FastAPI:
    """Our application, and for the same place a plain dict and the same bytes.

    Args:
        store: folder of the stores.
        region: the region file.
    """
    app = create_app(settings.Settings(store=store, regions=(str(region),), now=NOW))

    @app.get(DEFAULT)
    async def default(request: Request, lat: float, lon: float):
        service = request.app.state.service
        series = service.series(ask(service, latitude=lat, longitude=lon))
        return plain_document(series)

    app.get(ANNOTATED)(annotated)
    body = b""

    async def static(request: Request) -> Response:
        nonlocal body
        if not body:
            service = request.app.state.service
            body = service.series(ask(service, latitude=39.45, longitude=117.72)).to_json()
        return Response(body, media_type=points.JSON)

    app.router.routes.insert(0, Route(STATIC, static, methods=["GET"]))
    return app


def plain_document(series) -> dict:
    """The same answer as Python lists and floats, as a route returns it by default."""
    values = {
        name: [None if np.isnan(value) else value for value in row.tolist()]
        for name, row in zip(series.names, series.values(), strict=True)
    }
    return {
        "simulated": series.facts.cycle.simulated,
        "place": None,
        "passport": {**series.passport, "steps": series.facts.steps},
        "timezone": series.timezone,
        "units": series.units(),
        "hourly": {"time": series.times(), "local_time": series.local_times(), **values},
    }


def main() -> None:
    import uvicorn

    app = application(Path(sys.argv[1]), Path(sys.argv[2]))

    class Told(uvicorn.Server):
        async def startup(self, sockets=None) -> None:
            await super().startup(sockets)
            port = self.servers[0].sockets[0].getsockname()[1]
            sys.stderr.write(f"http://127.0.0.1:{port}\n")

    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, server_header=False)
    Told(config).run()


if __name__ == "__main__":
    main()
