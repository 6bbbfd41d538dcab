# make run: see it work. make test: the tests. Everything else is below; ARGS goes to the program that a target runs.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
ARGS ?=
PYTEST_JOBS ?= 4
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check install
UV = $(firstword $(wildcard $(BIN)/uv) uv)
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header
YAMLLINT_RULES := {extends: default, rules: {line-length: {max: 160}, document-start: disable, truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}, braces: {max-spaces-inside: 1}, indentation: {indent-sequences: consistent}}}

.PHONY: help setup run demo test quick check static bench soak catalogue lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "make %-9s %s\n", $$1, $$2 }'

# --- set-up: stamps in .venv, so that a second call does nothing ---------------------------------------------------

setup: .venv/.dev  ## everything that the other targets need

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Sereno needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)." >&2; \
	  echo "Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "set-up: a Python of its own in .venv"
	@$(PYTHON) -m venv .venv || { \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

.venv/.run: requirements/run.txt pyproject.toml | .venv/.made
	@echo "set-up: what Sereno runs with (once; a minute on a slow line)"
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements/dev.txt requirements/run.txt pyproject.toml | .venv/.made
	@echo "set-up: what the tests and checks need (once)"
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch .venv/.run $@

# --- use -----------------------------------------------------------------------------------------------------------

run: .venv/.run  ## start the bot, with the playground when there is no Slack token
	@exec $(BIN)/sereno run $(ARGS)

demo: .venv/.run  ## play a morning of alerts into a running bot
	@exec $(BIN)/sereno demo $(ARGS)

# --- tests and checks ----------------------------------------------------------------------------------------------

test: .venv/.dev  ## all tests but the long ones
	$(BIN)/pytest -n $(PYTEST_JOBS) --dist loadgroup -m "not soak" $(ARGS)

soak: .venv/.dev  ## the long tests
	$(BIN)/pytest -m soak --timeout 0 $(ARGS)

check: static quick  ## format, lint, types, import layers, policies, YAML, and the quicker tests

quick: .venv/.dev  ## the quicker tests: all but end to end, whole processes, and the playground
	$(BIN)/pytest -n $(PYTEST_JOBS) --dist loadgroup -m "not soak" --ignore tests/e2e --ignore tests/system --ignore tests/playground $(ARGS)

static: .venv/.dev  ## the part of check that runs no tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@for policy in rules/policies/*.yaml; do $(BIN)/sereno check "$$policy"; done
	$(BIN)/yamllint --strict -d "$(YAMLLINT_RULES)" rules/policies deploy .github
	@if command -v shellcheck >/dev/null; then shellcheck .ci/run; fi

bench: .venv/.dev  ## how fast it is, against the least that could do the work
	$(BIN)/python tests/bench $(ARGS)

# --- upkeep --------------------------------------------------------------------------------------------------------

catalogue: .venv/.dev  ## the sentences of the code into the catalogues of bot/locale, to be translated there
	$(BIN)/python -m tests.house.catalogue

lock:  ## requirements/ anew from pyproject.toml (needs uv; ARGS=--upgrade takes newer versions)
	@command -v $(UV) >/dev/null || { echo "uv is not there; $(BIN)/pip install uv" >&2; exit 1; }
	$(COMPILE) $(ARGS) --extra build --extra charts pyproject.toml -o requirements/run.txt
	$(COMPILE) $(ARGS) --extra build --extra charts --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean:  ## away with .venv and caches; data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
