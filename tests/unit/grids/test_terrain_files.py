"""Elevation files of all kinds read to one form."""

import numpy as np
import pytest
import rasterio
import xarray as xr
from rasterio.crs import CRS
from rasterio.transform import Affine

from grids.errors import TerrainError
from grids.geometry import BoundingBox
from grids.terrain import load
from tests.support.data import shared_data

HEIGHTS = np.array([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100, 110, -999]], dtype=np.int16)


def netcdf(path, *, engine, names=("lat", "lon"), values=HEIGHTS, **attributes):
    coords = {names[0]: 30.0 + 0.1 * np.arange(3), names[1]: 110.0 + 0.1 * np.arange(4)}
    field = xr.DataArray(values, dims=names, coords=coords, attrs=attributes)
    field.to_dataset(name="elevation").to_netcdf(path, engine=engine)
    return path


def geotiff(path, values, *, west=110.0, north=31.0, size=0.1, nodata=None, crs="EPSG:4326"):
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype, nodata=nodata, crs=crs,
        transform=Affine(size, 0, west, 0, -size, north),
    ) as file:  # fmt: skip
        file.write(values, 1)
    return path


@pytest.mark.parametrize("engine", ["scipy", "h5netcdf"])
@pytest.mark.parametrize("attributes", [{"missing_value": np.int16(-999)}, {}])
def test_netcdf_of_either_kind_masks_the_sea(tmp_path, engine, attributes):
    field = load(netcdf(tmp_path / "t.nc", engine=engine, **attributes))
    assert field.dims == ("latitude", "longitude")
    assert field.dtype == np.float32
    assert np.isnan(field.values[2, 3])
    assert field.values[0, 0] == 10
    assert field.isnull().sum() == 1


def test_descending_latitudes_and_other_names_are_turned(tmp_path):
    path = tmp_path / "t.nc"
    dataset = xr.Dataset(
        {"topo": (("y", "x"), HEIGHTS.astype("f4"))},
        coords={"y": [32.0, 31.0, 30.0], "x": [3.0, 2.0, 1.0, 0.0]},
    )
    dataset.to_netcdf(path, engine="scipy")
    field = load(path)
    assert (np.diff(field["latitude"]) > 0).all()
    assert (np.diff(field["longitude"]) > 0).all()
    assert field.sel(latitude=32.0, longitude=3.0) == 10


def test_geotiff_is_read_at_its_cell_centres(tmp_path):
    field = load(geotiff(tmp_path / "t.tif", HEIGHTS, nodata=-999))
    np.testing.assert_allclose(field["latitude"], [30.75, 30.85, 30.95])
    np.testing.assert_allclose(field["longitude"], [110.05, 110.15, 110.25, 110.35])
    assert field.values[2, 0] == 10
    assert np.isnan(field.values[0, 3])


def test_a_projected_geotiff_is_warped_to_degrees(tmp_path):
    values = np.full((40, 40), 250.0, np.float32)
    path = geotiff(
        tmp_path / "t.tif", values, west=500_000, north=4_300_000, size=1000, crs="EPSG:32650"
    )
    field = load(path)
    # UTM zone 50 N has its origin at 117 E; 4,300 km north is 38.85 N
    assert float(field["longitude"].min()) == pytest.approx(117.0, abs=0.02)
    assert float(field["latitude"].max()) == pytest.approx(38.85, abs=0.02)
    inner = field.values[5:-5, 5:-5]
    np.testing.assert_allclose(inner, 250.0)


def test_only_the_area_is_read(tmp_path):
    values = np.tile(np.arange(1, 101, dtype=np.int16), (100, 1))
    path = geotiff(tmp_path / "t.tif", values)
    part = load(path, area=BoundingBox(west=112, south=25, east=113, north=26))
    assert part.sizes == {"latitude": 14, "longitude": 14}
    assert part.sel(longitude=112.05, method="nearest").values[0] == 21


def test_large_patches_of_zero_are_sea_where_nothing_is_masked(tmp_path):
    values = np.full((40, 40), 5, np.int16)
    values[:20, :20] = 0  # 20 x 20 cells of 0.01 degree: 370 km²
    values[30:35, 30:35] = 0  # 25 km²: land at sea level
    field = load(geotiff(tmp_path / "t.tif", values, north=40.0, size=0.01))
    assert int(field.isnull().sum()) == 400
    assert int((field == 0).sum()) == 25


def test_zeros_stay_where_a_file_masks_its_sea(tmp_path):
    values = np.full((40, 40), 5, np.int16)
    values[:20, :20] = 0
    values[39, 39] = -999
    field = load(geotiff(tmp_path / "t.tif", values, north=40.0, size=0.01))
    assert int(field.isnull().sum()) == 1


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(TerrainError, match="does not exist"):
        load(tmp_path / "none.nc")
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"no raster at all")
    with pytest.raises(TerrainError, match="cannot be read"):
        load(broken)
    good = netcdf(tmp_path / "t.nc", engine="h5netcdf")
    with pytest.raises(TerrainError, match=r"'relief' was asked.*elevation"):
        load(good, "relief")
    odd = netcdf(tmp_path / "odd.nc", engine="h5netcdf", names=("a", "b"))
    with pytest.raises(TerrainError, match="allowed are latitude and longitude"):
        load(odd)


def test_a_raster_without_coordinate_system_needs_degrees(tmp_path):
    path = geotiff(tmp_path / "t.tif", HEIGHTS, west=5e5, north=4.3e6, size=1000, crs=None)
    with pytest.raises(TerrainError, match="coordinate system"):
        load(path)
    assert CRS.from_epsg(4326).is_geographic


def test_real_files_have_known_peaks():
    field = load(shared_data("era5_davos_202001/davos_dem_SRTM1.tif"))
    # Piz Kesch, 3417 m, is the highest mountain of the area
    assert 3200 < float(field.max()) < 3420
    globe = load(
        shared_data("globe_30s_south_europe/globe30s_lat34-50_lon0-46.nc"),
        area=BoundingBox(west=6, south=43, east=8, north=46),
    )
    assert float(globe.max()) == pytest.approx(4570, abs=30)  # the cell of Mont Blanc
    assert bool(globe.sel(latitude=43.0, longitude=7.5, method="nearest").isnull())  # sea
