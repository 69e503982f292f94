"""The bundled scenario as files: real GRIB2, marked, whole, and read back as it was made."""

import json

import eccodes
import numpy as np
import pytest

from forecast.ingest import scenario
from forecast.ingest.scenario.files import SEED
from forecast.ingest.scenario.front import Perturbation, perturbations
from forecast.ingest.scenario.relief import relief
from forecast.ingest.scenario.weather import weather
from forecast.normalise import check_physics
from forecast.regions import data_path
from forecast.times import to_datetime64


def messages(path):
    """Chosen keys of all messages of a file."""
    keys = ("shortName", "stepRange", "stepType", "centre", "gridType", "packingType", "expver",
            "productionStatusOfProcessedData", "dataDate", "type", "stream", "typeOfLevel",
            "level")  # fmt: skip
    found = []
    with path.open("rb") as stream:
        while (handle := eccodes.codes_grib_new_from_file(stream)) is not None:
            found.append({key: eccodes.codes_get(handle, key, str) for key in keys})
            eccodes.codes_release(handle)
    return found


def test_files_are_named_as_ecmwf_names_them(folder):
    names = {path.name for path in scenario.write(folder, members=2)}
    assert len(names) == 130
    assert {"20250410000000-0h-oper-fc.grib2", "20250410000000-240h-enfo-ef.grib2"} <= names


def test_messages_are_ccsds_packed_ecmwf_fields_with_the_open_data_parameters(folder):
    found = messages(folder / "20250410000000-6h-oper-fc.grib2")
    assert {m["shortName"] for m in found} == {
        "2t", "2d", "10u", "10v", "sp", "msl", "tcc", "tp", "ssrd", "strd", "10fg3", "sot", "vsw",
    }  # fmt: skip
    assert {(m["centre"], m["gridType"], m["packingType"]) for m in found} == {
        ("ecmf", "regular_ll", "grid_ccsds")
    }
    steps = {m["shortName"]: (m["stepType"], m["stepRange"]) for m in found}
    assert steps["tp"] == ("accum", "0-6")
    assert steps["10fg3"] == ("max", "3-6")
    assert steps["2t"] == ("instant", "6")


def test_soil_layers_stand_as_ecmwf_numbers_them(folder):
    found = messages(folder / "20250410000000-6h-oper-fc.grib2")
    layers = [m for m in found if m["shortName"] in ("sot", "vsw")]
    assert [(m["typeOfLevel"], m["level"]) for m in layers] == [
        ("soilLayer", "1"), ("soilLayer", "2"), ("soilLayer", "3"),
    ] * 2  # fmt: skip


def test_soil_is_flatter_with_depth_and_wets_with_the_rain(run):
    at_ninghe = run.sel(latitude=39.5, longitude=117.75)
    swings = [
        float(np.ptp(at_ninghe[f"soil_temperature_{layer}"].values[:9]))
        for layer in ("0_7cm", "7_28cm", "28_100cm")
    ]
    assert swings[0] > 3 * swings[1] > 3 * swings[2] / 2
    south = run["soil_moisture_0_7cm"].sel(latitude=31.0, longitude=116.25)
    assert float(south[-1]) > float(south[0]) + 0.01


def test_orography_and_land_stand_in_step_zero_only(folder):
    first = {m["shortName"] for m in messages(folder / "20250410000000-0h-oper-fc.grib2")}
    later = {m["shortName"] for m in messages(folder / "20250410000000-3h-oper-fc.grib2")}
    assert {"z", "lsm"} <= first
    assert not {"z", "lsm"} & later


def test_every_message_is_marked_as_simulated(folder):
    for name in ("20250410000000-24h-oper-fc.grib2", "20250410000000-24h-enfo-ef.grib2"):
        for message in messages(folder / name):
            assert message["expver"] == "simu"
            assert message["productionStatusOfProcessedData"] == "1"


def test_mark_is_told_from_folder_file_and_dataset(folder, run, members, tmp_path):
    assert scenario.is_simulated(folder)
    assert scenario.is_simulated(folder / "20250410000000-0h-oper-fc.grib2")
    assert scenario.is_simulated(run)
    assert scenario.is_simulated(members)
    assert not scenario.is_simulated(tmp_path)


def test_complete_scenario_is_not_written_again(folder):
    paths = scenario.write(folder, members=2)
    before = [path.stat().st_mtime_ns for path in paths]
    assert [path.stat().st_mtime_ns for path in scenario.write(folder, members=2)] == before


def test_damaged_scenario_is_written_again_with_the_same_bytes(tmp_path):
    paths = scenario.write(tmp_path, members=0)
    whole = paths[3].read_bytes()
    paths[3].write_bytes(whole[:-10])
    scenario.write(tmp_path, members=0)
    assert paths[3].read_bytes() == whole
    assert json.loads((tmp_path / "MANIFEST.json").read_text(encoding="utf-8"))["simulated"]


def test_reading_back_gives_the_made_values_within_packing(run, members):
    """16 bits over a field's range leave half a step of range / 65535, 12 of range / 4095."""
    surface = relief(data_path("terrain"))
    cycle = to_datetime64(scenario.CYCLE)
    hours = np.array([48.0])
    made = weather(hours, surface, cycle=cycle, change=Perturbation())
    at = run.sel(time=cycle + np.timedelta64(48, "h"))
    np.testing.assert_allclose(at["temperature_2m"], made.temperature[0] - 273.15, atol=2e-3)
    np.testing.assert_allclose(at["wind_u_10m"], made.wind_u[0], atol=1e-3)
    np.testing.assert_allclose(at["surface_pressure"], made.pressure[0] / 100, atol=0.01)
    np.testing.assert_allclose(run["model_elevation"], surface.elevation, atol=0.1)
    change = perturbations(2, seed=SEED)[1]
    perturbed = weather(hours, surface, cycle=cycle, change=change)
    second = members.sel(time=cycle + np.timedelta64(48, "h"), realization=2)
    np.testing.assert_allclose(second["dew_point_2m"], perturbed.dew_point[0] - 273.15, atol=1e-2)


def test_run_has_all_that_a_cycle_needs_and_passes_the_gates(run, members):
    assert set(run.data_vars) - {"step_flag"} == {
        "temperature_2m", "dew_point_2m", "surface_pressure", "pressure_msl", "wind_u_10m",
        "wind_v_10m", "wind_gust_10m", "precipitation", "shortwave_down", "longwave_down",
        "cloud_cover", "model_elevation", "model_land_fraction",
        "soil_temperature_0_7cm", "soil_temperature_7_28cm", "soil_temperature_28_100cm",
        "soil_moisture_0_7cm", "soil_moisture_7_28cm", "soil_moisture_28_100cm",
    }  # fmt: skip
    assert run.sizes["time"] == 65
    assert run["wind_gust_10m"][1:].notnull().all()
    assert check_physics(run) == []
    assert members.sizes["realization"] == 2
    assert check_physics(members) == []
    assert set(members.data_vars) - {"step_flag", "model_elevation", "model_land_fraction"} == {
        "temperature_2m", "dew_point_2m", "surface_pressure", "wind_u_10m", "wind_v_10m",
        "wind_gust_10m", "precipitation",
    }  # fmt: skip


def test_first_members_are_the_same_whatever_their_number():
    assert perturbations(20, seed=SEED)[:3] == perturbations(3, seed=SEED)


def test_members_stay_within_three_hours_and_two_kelvin():
    drawn = perturbations(20, seed=SEED)
    assert max(abs(change.delay) for change in drawn) <= 3.0
    assert max(abs(change.depth) for change in drawn) <= 2.0
    assert np.std([change.delay for change in drawn]) == pytest.approx(1.5, abs=0.7)
