"""Batches for agencies: CF netCDF-4 and CSV, written in blocks, each with a manifest."""

from forecast.export.grades import write_geotiffs, write_grades
from forecast.export.manifest import ExportReport, whole_file
from forecast.export.netcdf import write_netcdf
from forecast.export.table import write_csv

__all__ = [
    "ExportReport",
    "whole_file",
    "write_csv",
    "write_geotiffs",
    "write_grades",
    "write_netcdf",
]
