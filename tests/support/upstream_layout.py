"""Where ECMWF and NOAA put their files, and the indexes beside them: written from their pages.

This knows nothing of `forecast.ingest`, so that both can be compared.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import eccodes

LEVELS = {
    "heightAboveGround": "{} m above ground",
    "surface": "surface",
    "meanSea": "mean sea level",
}
NCEP = {
    "2t": "TMP",
    "2d": "DPT",
    "2r": "RH",
    "10u": "UGRD",
    "10v": "VGRD",
    "sp": "PRES",
    "prmsl": "PRMSL",
    "tcc": "TCDC",
    "tp": "APCP",
    "sdswrf": "DSWRF",
    "avg_sdswrf": "DSWRF",
    "gust": "GUST",
    "orog": "HGT",
    "lsm": "LAND",
}
PROCESSES = {"accum": "acc", "avg": "ave", "max": "max", "min": "min"}


@dataclass(frozen=True)
class Seen:
    """What the index needs of one message."""

    message: bytes
    keys: dict[str, str]

    @property
    def cycle(self) -> datetime:
        """Start of the model run."""
        return datetime.strptime(
            f"{self.keys['dataDate']}{int(self.keys['dataTime']):04d}", "%Y%m%d%H%M"
        ).replace(tzinfo=UTC)

    @property
    def step(self) -> int:
        """End of the interval, hours since the start."""
        return int(self.keys["endStep"])


def file_path(source: str, cycle: datetime, step: int, part: str = "") -> str:
    """Path of a step's GRIB file, or of a part of it, below the base address of a source."""
    day, hour = f"{cycle:%Y%m%d}", f"{cycle:%H}"
    if source == "noaa-gefs":
        name = f"ge{part}.t{hour}z.pgrb2s.0p25.f{step:03d}"
        return f"gefs.{day}/{hour}/atmos/pgrb2sp25/{name}"
    if source == "noaa-gfs":
        return f"gfs.{day}/{hour}/atmos/gfs.t{hour}z.pgrb2.0p25.f{step:03d}"
    late = cycle.hour in (6, 18) and cycle < datetime(2026, 5, 12, tzinfo=UTC)
    model, stream, kind = {
        "ecmwf-ifs": ("ifs", "scda" if late else "oper", "fc"),
        "ecmwf-aifs": ("aifs-single", "oper", "fc"),
        "ecmwf-ifs-ens": ("ifs", "enfo", "ef"),
        "ecmwf-aifs-ens": ("aifs-ens", "enfo", part),
    }[source]
    return f"{day}/{hour}z/{model}/0p25/{stream}/{day}{hour}0000-{step}h-{stream}-{kind}.grib2"


def index_path(source: str, cycle: datetime, step: int, part: str = "") -> str:
    """Path of the index beside it."""
    path = file_path(source, cycle, step, part)
    noaa = source.startswith("noaa-")
    return f"{path}.idx" if noaa else f"{path.removesuffix('.grib2')}.index"


def part_of(source: str, each: "Seen") -> str:
    """Which of a step's files holds a message; empty where a step is one file."""
    member = int(each.keys.get("perturbationNumber", 0))
    if source == "ecmwf-aifs-ens":
        return "pf" if member else "cf"
    if source == "noaa-gefs":
        return f"p{member:02d}" if member else "c00"
    return ""


def seen(messages: Iterable[bytes]) -> list[Seen]:
    """Read what the index needs of each message."""
    return [Seen(message, _keys(message)) for message in messages]


def messages_of(path: Path) -> list[bytes]:
    """Split a GRIB file into its messages."""
    messages = []
    with path.open("rb") as file:
        while (handle := eccodes.codes_grib_new_from_file(file)) is not None:
            messages.append(bytes(eccodes.codes_get_message(handle)))
            eccodes.codes_release(handle)
    return messages


def by_step(paths: Iterable[Path]) -> dict[tuple[datetime, int], list[bytes]]:
    """Group the messages of files by cycle and step."""
    groups: dict[tuple[datetime, int], list[bytes]] = defaultdict(list)
    for path in paths:
        for each in seen(messages_of(path)):
            groups[each.cycle, each.step].append(each.message)
    return groups


def index_text(source: str, messages: Iterable[bytes]) -> str:
    """The index of a file that holds these messages one after another."""
    lines, offset = [], 0
    for number, each in enumerate(seen(messages), start=1):
        if source.startswith("noaa-"):
            lines.append(_gfs_line(each, number=number, offset=offset))
        else:
            lines.append(json.dumps(_ecmwf_entry(each, source=source, offset=offset)))
        offset += len(each.message)
    return "".join(f"{line}\n" for line in lines)


def _ecmwf_entry(each: Seen, *, source: str, offset: int) -> dict[str, object]:
    keys = each.keys
    member = keys.get("perturbationNumber") if source.endswith("-ens") else None
    kind = "fc" if member is None else "pf" if int(member) else "cf"
    models = {"ecmwf-aifs": "aifs-single", "ecmwf-aifs-ens": "aifs-ens"}
    model = {"model": models[source]} if source in models else {}
    level = {} if keys["mars.levtype"] == "sfc" else {"levelist": keys["level"]}
    return {
        "domain": "g",
        "date": keys["dataDate"],
        "time": f"{int(keys['dataTime']):04d}",
        "expver": "0001",
        "class": "ai" if model else "od",
        "type": kind,
        "stream": "oper" if member is None else "enfo",
        "step": str(each.step),
        **level,
        "levtype": keys["mars.levtype"],
        **({"number": member} if kind == "pf" else {}),
        "param": keys["shortName"],
        **model,
        "_offset": offset,
        "_length": len(each.message),
    }


def _gfs_line(each: Seen, *, number: int, offset: int) -> str:
    keys = each.keys
    code = NCEP.get(keys["shortName"], keys["shortName"].upper())
    level = LEVELS.get(keys["typeOfLevel"], "entire atmosphere").format(keys["level"])
    start, end = int(keys["startStep"]), each.step
    if keys["stepType"] in PROCESSES:
        days = start % 24 == 0 and end % 24 == 0
        span = f"{start // 24}-{end // 24} day" if days else f"{start}-{end} hour"
        when = f"{span} {PROCESSES[keys['stepType']]} fcst"
    else:
        when = f"{end} hour fcst" if end else "anl"
    tail = ""
    if "perturbationNumber" in keys:
        member = int(keys["perturbationNumber"])
        tail = f"ENS=+{member}" if member else "ENS=low-res ctl"
    return f"{number}:{offset}:d={each.cycle:%Y%m%d%H}:{code}:{level}:{when}:{tail}"


def _keys(message: bytes) -> dict[str, str]:
    handle = eccodes.codes_new_from_message(message)
    try:
        names = ("shortName", "dataDate", "dataTime", "startStep", "endStep", "stepType")
        optional = ("typeOfLevel", "level", "perturbationNumber", "mars.levtype")
        present = [name for name in optional if eccodes.codes_is_defined(handle, name)]
        read = {name: str(eccodes.codes_get_string(handle, name)) for name in (*names, *present)}
        return {"mars.levtype": "sfc", **read}
    finally:
        eccodes.codes_release(handle)
