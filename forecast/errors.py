"""Errors of the forecast side, each with its HTTP status and its exit code.

ZhitianError
├── InvalidRequest (400, 2)         the question cannot be answered as asked
│   ├── UnknownName (404, 2)        no such variable, region, source, cycle …
│   │   └── UnknownPlace (404, 2)   no such place in the gazetteer
│   ├── AmbiguousPlace (409, 2)     several places of that name
│   ├── AmbiguousCrop (409, 2)      several crop profiles answer to that name
│   ├── OutsideArea (404, 2)        no region of this service covers the place
│   └── RequestTooLarge (413, 2)    over a stated limit, counted before data are touched
├── SettingsError (500, 3)          a setting is misspelt or out of range
│   └── InvalidProfile (422, 3)     a crop profile breaks the rules of profiles
├── SourceError (502, 4)            the upstream or its files cannot be used
│   ├── SourceUnavailable (502, 4)  no answer, or an answer that is not data
│   ├── SourceIncomplete (502, 4)   messages that were expected are missing
│   └── UnreadableFile (422, 5)     a file is damaged or of a kind we do not read
├── DataError (500, 6)              data break the contract between stages
│   ├── NormaliseError (500, 6)     a run's fields cannot be brought to the vocabulary
│   └── QualityGate (500, 6)        a cycle failed the checks before publication
├── StoreError (503, 7)             the store cannot be used
│   ├── StoreMissing (503, 7)       there is no store, or nothing is published in it
│   ├── StoreBusy (409, 8)          another writer holds the lock
│   └── DamagedCycle (503, 7)       a published cycle fails its checksums
├── ForecastExpired (503, 9)        the newest cycle is too old to answer from
└── DeadlineExceeded (504, 10)      the work did not end within its own deadline
"""

from dataclasses import dataclass
from typing import ClassVar

from grids.errors import GridsError, TerrainError, TerrainSourceUnavailable


class ZhitianError(Exception):
    """Root of every error that the forecast side raises on purpose."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    title: ClassVar[str] = "Internal error"


class InvalidRequest(ZhitianError):
    """The question cannot be answered as asked."""

    status = 400
    exit_code = 2
    title = "Invalid request"


class UnknownName(InvalidRequest):
    """No such variable, region, source, crop or cycle."""

    status = 404
    title = "Unknown name"


class UnknownPlace(UnknownName):
    """The gazetteer has no such place."""

    title = "Unknown place"


class AmbiguousPlace(InvalidRequest):
    """Several places carry the name; the sentence lists them."""

    status = 409
    title = "Ambiguous place"


class AmbiguousCrop(InvalidRequest):
    """Several crop profiles answer to the name; the sentence lists them."""

    status = 409
    title = "Ambiguous crop"


class OutsideArea(InvalidRequest):
    """No region of this service covers the place."""

    status = 404
    title = "Outside the area"


class RequestTooLarge(InvalidRequest):
    """The request is over a stated limit, counted before data are touched."""

    status = 413
    title = "Request too large"


class SettingsError(ZhitianError):
    """A setting is misspelt or out of range."""

    exit_code = 3
    title = "Invalid setting"


class InvalidProfile(SettingsError):
    """A crop profile is refused; each line names file, line, path and what is wrong."""

    status = 422
    title = "Invalid crop profile"


class SourceError(ZhitianError):
    """The upstream or its files cannot be used."""

    status = 502
    exit_code = 4
    title = "Source error"


class SourceUnavailable(SourceError):
    """The upstream gave no answer, or an answer that is not data."""

    title = "Source unavailable"


class SourceIncomplete(SourceError):
    """Messages that were expected are missing; the sentence names them."""

    title = "Source incomplete"


class UnreadableFile(SourceError):
    """A file is damaged or of a kind that is not read; the sentence names it and why."""

    status = 422
    exit_code = 5
    title = "Unreadable file"


class DataError(ZhitianError):
    """Data break the contract between two stages."""

    exit_code = 6
    title = "Data error"


class NormaliseError(DataError):
    """The fields of a run cannot be brought to the vocabulary without guessing."""

    title = "Data cannot be normalised"


class QualityGate(DataError):
    """A cycle failed the checks before publication and was not published."""

    title = "Quality gate"


class StoreError(ZhitianError):
    """The store cannot be used."""

    status = 503
    exit_code = 7
    title = "Store error"


class StoreMissing(StoreError):
    """There is no store at this path, or nothing is published in it."""

    title = "Nothing published"


class StoreBusy(StoreError):
    """Another writer holds the lock."""

    status = 409
    exit_code = 8
    title = "Store busy"


class DamagedCycle(StoreError):
    """A published cycle fails its sizes or checksums."""

    title = "Damaged cycle"


class ForecastExpired(ZhitianError):
    """The newest cycle is too old to answer from."""

    status = 503
    exit_code = 9
    title = "Forecast expired"


class DeadlineExceeded(ZhitianError):
    """The work did not end within its own deadline."""

    status = 504
    exit_code = 10
    title = "Deadline exceeded"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an error is told to the outside: HTTP status, exit code, title."""

    status: int
    exit_code: int
    title: str


def verdict(error: Exception) -> Verdict:
    """Say the status, exit code and title of any error; unknown ones are internal."""
    if isinstance(error, ZhitianError):
        return Verdict(error.status, error.exit_code, error.title)
    if isinstance(error, TerrainSourceUnavailable):
        return Verdict(502, SourceUnavailable.exit_code, "Terrain source unavailable")
    if isinstance(error, TerrainError):
        return Verdict(422, UnreadableFile.exit_code, "Terrain error")
    if isinstance(error, GridsError):
        return Verdict(400, InvalidRequest.exit_code, "Invalid location")
    return Verdict(500, 1, "Internal error")
