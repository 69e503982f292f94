"""Zarr v3 metadata and coordinate arrays of the `series` and `maps` groups, written by hand.

Everything carries a CRC-32C, also the coordinates; the metadata of a group's arrays stand in
its own `zarr.json` too, so that `xarray.open_zarr` opens it in one read and without warnings.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import google_crc32c
import numpy as np
import numpy.typing as npt
from numcodecs.vlen import VLenUTF8

from forecast.store.description import CycleDescription, seconds
from forecast.store.layout import TileLayout
from forecast.store.shards import CRC_BYTES, MAP_CODEC
from forecast.times import iso
from forecast.variables import FILL, require
from grids.cf import AXES

_LITTLE: Final = {"name": "bytes", "configuration": {"endian": "little"}}
_CRC: Final = {"name": "crc32c"}
_TIME: Final = {
    "units": "seconds since 1970-01-01T00:00:00",
    "calendar": "standard",
    "standard_name": "time",
    "long_name": "valid time, UTC; end of the interval for sums and means",
    "bounds": "time_bounds",
}

Documents = dict[str, bytes]


def series_documents(description: CycleDescription) -> Documents:
    """Files of the `series` group but its shards, by path inside the cycle."""
    layout = description.layout
    counts = len(layout.variables), layout.times
    values = _sharded(
        shape=(layout.rows, layout.columns, *counts),
        shard=(layout.tile, layout.tile, *counts),
        inner=(1, 1, *counts),
        codecs=[_LITTLE, _CRC],
    )
    values["dimension_names"] = ["latitude", "longitude", "variable", "time"]
    values["attributes"] = {
        "long_name": "packed counts; value = counts / 10^decimals(variable), NaN where missing",
        "missing_value": FILL,
    }
    group = _Group("series", _title(description))
    group.arrays["values"] = values
    _add_grid(group, description)
    _add_times(group, description)
    group.add("decimals", np.asarray(layout.decimals, np.int16), ["variable"], {})
    group.add(
        "step_flag",
        description.step_flag,
        ["variable", "time"],
        {"flag_values": [0, 1, 2], "flag_meanings": "model interpolated missing"},
    )
    group.add_names("variable", layout.variables)
    return group.documents()


def map_documents(description: CycleDescription) -> Documents:
    """Files of the `maps` group but its shards, by path inside the cycle."""
    layout = description.layout
    group = _Group("maps", _title(description))
    _add_grid(group, description)
    _add_times(group, description)
    for entry in require(layout.variables):
        metadata = _sharded(
            shape=(layout.times, layout.rows, layout.columns),
            shard=(layout.times, layout.tile, layout.tile),
            inner=(1, layout.tile, layout.tile),
            codecs=[_LITTLE, MAP_CODEC, _CRC],
        )
        metadata["dimension_names"] = ["time", "latitude", "longitude"]
        packing = {"scale_factor": 1 / entry.scale, "_FillValue": FILL}
        metadata["attributes"] = {**entry.attributes(), **packing}
        group.arrays[entry.name] = metadata
    return group.documents()


def root_document(description: CycleDescription) -> Documents:
    """The `zarr.json` of the cycle itself, a Zarr group of groups."""
    content = {"zarr_format": 3, "node_type": "group", "attributes": _title(description)}
    return {"zarr.json": _json(content)}


class _Group:
    """A Zarr group being written: metadata of its arrays, and the small arrays' chunks."""

    def __init__(self, name: str, attributes: Mapping[str, Any]) -> None:
        self.name = name
        self.attributes = attributes
        self.arrays: dict[str, dict[str, Any]] = {}
        self.chunks: Documents = {}

    def add(
        self,
        name: str,
        values: npt.NDArray[Any],
        dims: Sequence[str],
        attributes: Mapping[str, Any],
    ) -> None:
        """Add a small numeric array as one chunk."""
        plain = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
        self._add(name, plain.tobytes(), plain.shape, dims)
        self.arrays[name] |= {
            "data_type": str(values.dtype),
            "codecs": [_LITTLE if values.dtype.itemsize > 1 else {"name": "bytes"}, _CRC],
            "attributes": dict(attributes),
        }

    def add_names(self, name: str, values: Sequence[str]) -> None:
        """Add a list of names as one chunk of UTF-8."""
        raw = bytes(VLenUTF8().encode(np.array(values, dtype=object)))
        self._add(name, raw, (len(values),), [name])
        self.arrays[name] |= {
            "data_type": "string",
            "fill_value": "",
            "codecs": [{"name": "vlen-utf8", "configuration": {}}, _CRC],
        }

    def documents(self) -> Documents:
        """The group's files by path inside the cycle."""
        group = {
            "zarr_format": 3,
            "node_type": "group",
            "attributes": dict(self.attributes),
            "consolidated_metadata": {
                "kind": "inline",
                "must_understand": False,
                "metadata": self.arrays,
            },
        }
        files = {f"{self.name}/zarr.json": _json(group)}
        for name, metadata in self.arrays.items():
            files[f"{self.name}/{name}/zarr.json"] = _json(metadata)
        return files | self.chunks

    def _add(self, name: str, raw: bytes, shape: tuple[int, ...], dims: Sequence[str]) -> None:
        self.arrays[name] = _array(shape=shape, chunk=shape) | {"dimension_names": list(dims)}
        key = "/".join(["c", *("0" for _ in shape)])
        checksum = google_crc32c.value(raw).to_bytes(CRC_BYTES, "little")
        self.chunks[f"{self.name}/{name}/{key}"] = raw + checksum


def _add_grid(group: _Group, description: CycleDescription) -> None:
    group.add("latitude", description.grid.latitudes, ["latitude"], AXES["latitude"])
    group.add("longitude", description.grid.longitudes, ["longitude"], AXES["longitude"])


def _add_times(group: _Group, description: CycleDescription) -> None:
    group.add("time", seconds(description.times), ["time"], _TIME)
    units = {"units": _TIME["units"], "calendar": _TIME["calendar"]}
    group.add("time_bounds", seconds(description.time_bounds), ["time", "bounds"], units)


def _sharded(
    *,
    shape: tuple[int, ...],
    shard: tuple[int, ...],
    inner: tuple[int, ...],
    codecs: list[dict[str, Any]],
) -> dict[str, Any]:
    sharding = {
        "chunk_shape": list(inner),
        "codecs": codecs,
        "index_codecs": [_LITTLE, _CRC],
        "index_location": "end",
    }
    return _array(shape=shape, chunk=shard) | {
        "data_type": "int16",
        "fill_value": FILL,
        "codecs": [{"name": "sharding_indexed", "configuration": sharding}],
    }


def _array(*, shape: tuple[int, ...], chunk: tuple[int, ...]) -> dict[str, Any]:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": "int16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [],
        "attributes": {},
        "storage_transformers": [],
    }


def _title(description: CycleDescription) -> dict[str, Any]:
    return {
        "Conventions": "CF-1.11",
        "title": f"{description.source_label}, {description.region}, about 1 km",
        "source": description.source,
        "source_label": description.source_label,
        "simulated": "true" if description.simulated else "false",
        "cycle": iso(description.reference_time),
        "region": description.region,
    }


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def layout_document(layout: TileLayout, *, cycle_id: str) -> bytes:
    """The file that a tile writer reads: tiling and name of the cycle."""
    return _json({"cycle_id": cycle_id, "layout": layout.to_dict()})
