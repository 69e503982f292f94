# The same targets for people and for .ci/run. Needs Python >= 3.11 with pip and venv, make, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Inherited settings that would slow down or redirect what is installed here.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_NO_BINARY PIP_NO_COMPILE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell \
	$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $p)))
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2
TESTS ?= tests/unit tests/contract tests/e2e
DEMO ?=
PICTURES ?=

.PHONY: help setup demo demo-check test browser lint check bench skill notebooks lock clean

help:  ## say what the targets do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One locked installation: every file is checked against its hash, bytecode is compiled on all
# cores (imports take seconds without it), then the working copy is installed editable.
define install
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; none was found" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "Installing $(1) into $(VENV) (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib forecast grids >/dev/null || true
endef

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	$(call install,$<)
	@touch $@

# a superset of the above, so both stamps hold
$(VENV)/.dev: requirements/dev.txt pyproject.toml
	$(call install,$<)
	@touch $(VENV)/.runtime $@

setup: $(VENV)/.runtime  ## make .venv with the locked dependencies and .venv/bin/zhitian

demo: setup  ## a cycle for the default regions, then the service (DEMO="--port 8080" for options)
	@$(BIN)/zhitian demo $(DEMO)

demo-check: setup  ## the same from the bundled scenario, without network and without serving
	@$(BIN)/zhitian demo --offline --no-serve

test: $(VENV)/.dev  ## unit, contract and end-to-end tests
	@$(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

# Chromium comes from Debian by apt-get where it is missing and one may; else it says what to install.
browser: $(VENV)/.dev  ## the page in Chromium (PICTURES=FOLDER keeps the screenshots)
	@sh tests/browser/chromium.sh
	@ZHITIAN_BROWSER=required ZHITIAN_SCREENSHOTS=$(abspath $(PICTURES)) \
		$(BIN)/python -m pytest -n 0 tests/browser

lint: $(VENV)/.dev  ## ruff, mypy, import layers, dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

check: lint browser test  ## everything a change must pass

bench: $(VENV)/.dev  ## speed and memory beside peers, written to docs/benchmarks.md
	@$(BIN)/python -m pytest -n 0 tests/bench

skill: $(VENV)/.dev  ## write docs/skill.md again from the real data (needs their folder)
	@sh docs/skill.sh $(abspath $(BIN))/zhitian

notebooks: $(VENV)/.dev  ## execute the notebooks
	@$(BIN)/python -m pytest -n 0 --nbmake --nbmake-timeout=600 notebooks

# uv.lock is not kept: it records the address of the package index it was made from.
lock:  ## renew requirements/*.txt (needs uv on the PATH)
	@command -v uv >/dev/null || { echo "uv is needed for this target: python3 -m pip install uv" >&2; exit 1; }
	@uv lock $(UV_LOCK)
	@uv export --quiet --frozen --no-emit-project --format requirements.txt --no-annotate --no-header \
		--no-dev --group build --output-file requirements/runtime.txt >/dev/null
	@uv export --quiet --frozen --no-emit-project --format requirements.txt --no-annotate --no-header \
		--output-file requirements/dev.txt >/dev/null

clean:  ## remove caches and build results (not .venv, not the store)
	@rm -rf build dist .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find forecast grids tests -name __pycache__ -type d -prune -exec rm -rf {} +
