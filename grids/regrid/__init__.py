"""From the nodes of a model to any place: neighbours, weights, interpolation and area means.

mesh = Mesh.from_dataset(native)
weights = interpolation(mesh, longitude=longitudes, latitude=latitudes)
values = apply(weights, flattened)            # flattened[..., node] -> values[..., target]
"""

from grids.regrid.area import AreaMean, AreaSums, axis_mean, axis_sums, cell_mean
from grids.regrid.interpolate import Weights, apply, covers, interpolation, nearest
from grids.regrid.mesh import Mesh
from grids.regrid.neighbourhood import Neighbours, neighbours

__all__ = [
    "AreaMean",
    "AreaSums",
    "Mesh",
    "Neighbours",
    "Weights",
    "apply",
    "axis_mean",
    "axis_sums",
    "cell_mean",
    "covers",
    "interpolation",
    "nearest",
    "neighbours",
]
