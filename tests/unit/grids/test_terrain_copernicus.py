"""Terrain from Copernicus tiles, against a local server that misbehaves."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from grids.errors import TerrainError, TerrainSourceUnavailable
from grids.grid import Grid
from grids.terrain import build, copernicus, for_grid

PIXELS = 120
GRID = Grid(
    west=117.9, south=38.9, longitude_spacing=0.01, latitude_spacing=0.01, rows=20, columns=20
)
"""Astride the corner of four tiles."""


def name(south, west, arc_seconds=30):
    return f"Copernicus_DSM_COG_{arc_seconds}_N{south:02d}_00_E{west:03d}_00_DEM"


def tile(folder, south, west, values):
    """A tile like the real ones: cell centres on whole multiples, the first on the corner."""
    path = folder / f"{name(south, west)}.tif"
    size = 1.0 / PIXELS
    # GDAL's corner of the real tiles lies half a cell north-west of the whole degree
    transform = Affine(size, 0, west - size / 2, 0, -size, south + 1 + size / 2)
    with rasterio.open(
        path, "w", driver="GTiff", height=PIXELS, width=PIXELS, count=1, dtype="float32",
        crs="EPSG:4326", transform=transform, tiled=True, blockxsize=64, blockysize=64,
    ) as file:  # fmt: skip
        file.write(values.astype(np.float32), 1)
    return path.read_bytes()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A bucket; ``server.faults[path]`` lists what to answer before the truth."""
    monkeypatch.setattr(copernicus, "FIRST_PAUSE_S", 0.001)
    files, faults, asked = {}, {}, Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked[self.path] += 1
            body = files.get(self.path)
            fault = faults[self.path].pop(0) if faults.get(self.path) else None
            if fault == "cut":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                return
            if fault == "html":
                body = b"<html>please log in</html>"
            elif fault is not None:
                body = None
            self.send_response(200 if body else (fault or 404))
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made = tmp_path / "made"
    made.mkdir()
    httpd.url = f"http://127.0.0.1:{httpd.server_port}"
    httpd.files, httpd.faults, httpd.asked = files, faults, asked
    for south, west, height in ((38, 117, 10), (39, 117, 20), (39, 118, 30)):
        files[f"/{name(south, west)}/{name(south, west)}.tif"] = tile(
            made, south, west, np.full((PIXELS, PIXELS), height)
        )
    yield httpd
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_tiles_are_joined_and_a_missing_tile_is_sea(server, tmp_path):
    seen = []
    terrain = build(
        GRID,
        cache=tmp_path / "cache",
        base_url=server.url,
        progress=lambda done, total: seen.append((done, total)),
    )
    height, land = terrain["elevation"], terrain["land_fraction"]
    # away from the seams by the half fine cell that real tiles are shifted
    np.testing.assert_allclose(height[:9, :9], 10)
    np.testing.assert_allclose(height[11:, :9], 20)
    np.testing.assert_allclose(height[11:, 11:], 30)
    np.testing.assert_allclose(height[:9, 11:], 0)
    np.testing.assert_allclose(land[:9, 11:], 0)
    np.testing.assert_allclose(land[11:], 1)
    assert terrain.attrs["terrain_kind"] == "built"
    assert "Copernicus DEM GLO-90" in terrain.attrs["terrain_source"]
    assert seen[-1] == (4, 4)


def test_what_was_built_serves_the_grid(server, tmp_path):
    path = tmp_path / "built.nc"
    terrain = build(GRID, cache=tmp_path / "cache", base_url=server.url)
    terrain.to_netcdf(path, engine="h5netcdf")
    again = for_grid(GRID, built=path)
    assert again.attrs["terrain_kind"] == "built"
    np.testing.assert_array_equal(again["slope"], terrain["slope"])


def test_passing_faults_are_tried_again(server, tmp_path):
    paths = sorted(server.files)
    server.faults[paths[0]] = [503, 429]
    server.faults[paths[1]] = ["cut", 500]
    server.faults[paths[2]] = ["html"]
    terrain = build(GRID, cache=tmp_path / "cache", base_url=server.url)
    np.testing.assert_allclose(terrain["elevation"][:9, :9], 10)
    assert [server.asked[path] for path in paths] == [3, 3, 2]
    assert not list((tmp_path / "cache").glob("*.part"))


def test_tiles_in_the_cache_are_not_fetched_again(server, tmp_path):
    for _ in range(2):
        build(GRID, cache=tmp_path / "cache", base_url=server.url)
    assert [server.asked[path] for path in server.files] == [1, 1, 1]
    assert len(list((tmp_path / "cache").iterdir())) == 3


@pytest.mark.parametrize("status", [403, 503])
def test_a_lasting_refusal_is_no_sea(server, tmp_path, status):
    path = min(server.files)
    server.faults[path] = [status] * 20
    with pytest.raises(TerrainSourceUnavailable, match=f"5 attempts: status {status}"):
        build(GRID, cache=tmp_path / "cache", base_url=server.url)


def test_a_server_that_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(copernicus, "FIRST_PAUSE_S", 0.0)
    with pytest.raises(TerrainSourceUnavailable, match="could not be fetched"):
        build(GRID, cache=tmp_path, base_url="http://127.0.0.1:9")


def test_an_address_without_any_tile_is_refused(server, tmp_path):
    with pytest.raises(TerrainError, match=r"has none of the 4 tiles"):
        build(GRID, cache=tmp_path / "cache", base_url=f"{server.url}/elsewhere")


def test_an_unknown_product_is_refused(tmp_path):
    with pytest.raises(TerrainError, match="GLO-30, GLO-90"):
        build(GRID, cache=tmp_path, product="GLO-10")


def test_flat_zero_of_a_coastal_tile_is_sea(server, tmp_path):
    values = np.full((PIXELS, PIXELS), 4.0)
    values[:, 60:] = 0.0
    made = tmp_path / "made"
    server.files[f"/{name(38, 118)}/{name(38, 118)}.tif"] = tile(made, 38, 118, values[:, ::-1])
    terrain = build(GRID, cache=tmp_path / "cache", base_url=server.url)
    np.testing.assert_allclose(terrain["land_fraction"][:9, 11:], 0)


def test_names_follow_the_bucket():
    box = Grid(
        west=-0.5, south=-0.5, longitude_spacing=0.5, latitude_spacing=0.5, rows=2, columns=2
    ).bounds
    assert list(copernicus._tile_names(box, "10")) == [
        "Copernicus_DSM_COG_10_S01_00_W001_00_DEM",
        "Copernicus_DSM_COG_10_S01_00_E000_00_DEM",
        "Copernicus_DSM_COG_10_N00_00_W001_00_DEM",
        "Copernicus_DSM_COG_10_N00_00_E000_00_DEM",
    ]
