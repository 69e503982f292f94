"""No parameter is ignored: one that a route does not have is refused before it answers."""

from typing import Any, Final

from fastapi import Depends, Request

from forecast.api.queries import read_parameters


async def no_other_parameters(request: Request) -> None:
    """Refuse what the route of a request does not have.

    Args:
        request: routed already.

    Raises:
        InvalidRequest: a parameter is unknown or asked twice, or the query is not UTF-8.
    """
    query = request.scope["query_string"]
    if query:
        read_parameters(query, known=_names_of(request.scope["route"]))


STRICT: Final = (Depends(no_other_parameters),)
"""For the routers of the interface. Pages are lenient: whoever hands a link on adds to it."""


def _names_of(route: Any) -> list[str]:
    """Parameters that a route declares, or those that it reads by hand and documents."""
    by_hand = (route.openapi_extra or {}).get("parameters", ())
    return [*(one.alias for one in route.dependant.query_params), *(one["name"] for one in by_hand)]
