"""The scenario with two members, written once."""

import pytest

from forecast import ingest
from forecast.ingest import scenario
from forecast.normalise import normalise


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    directory = tmp_path_factory.mktemp("scenario")
    scenario.write(directory, members=2)
    return directory


@pytest.fixture(scope="session")
def run(folder):
    """The unperturbed run, decoded and normalised."""
    files = [path for path in scenario.write(folder, members=2) if "oper" in path.name]
    return normalise(ingest.read(files).fields, source="scenario")


@pytest.fixture(scope="session")
def members(folder):
    """The perturbed members, decoded and normalised."""
    files = [path for path in scenario.write(folder, members=2) if "enfo" in path.name]
    return normalise(ingest.read(files).fields, source="scenario")
