"""What the OpenAPI document says where the framework cannot see it."""

from typing import Any, Final

from pydantic import BaseModel

from forecast.api.problems import MEDIA_TYPE, Problem

_PROBLEM: Final = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"description": "The question cannot be answered as asked", "content": _PROBLEM},
    "5XX": {"description": "The service cannot answer now", "content": _PROBLEM},
}


def parameters_of(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Query parameters of a route that reads its query by hand, from a model's fields.

    Args:
        model: flat; each field one parameter.
    """
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": field.pop("description", ""),
            "schema": {key: value for key, value in field.items() if key != "title"},
        }
        for name, field in schema["properties"].items()
    ]
