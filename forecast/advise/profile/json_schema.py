"""The JSON Schema of `agroprofile/1`, for editors that check while one writes."""

from typing import Any, Final

from forecast.advise.profile.crop_profile import CropProfile

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Schema of a profile as it stands in a file; what only the check can see is not in it."""
    schema = CropProfile.model_json_schema(by_alias=True, mode="validation")
    schema["$defs"]["Maintainer"] = {
        "anyOf": [{"type": "string", "minLength": 1}, schema["$defs"]["Maintainer"]]
    }
    thermal = schema["$defs"]["Sowing"]["properties"]["thermal"]
    schema["$defs"]["Sowing"]["properties"]["thermal"] = {
        "anyOf": [thermal["items"], thermal],
        "description": "one gate, or several of which all must be passed",
    }
    return {"$schema": DIALECT, **schema, "title": "agroprofile/1"}
