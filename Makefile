# 值守: every target says what it does in `make help`. Only python3 >= 3.11, make and the network are needed.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run setup test check nightly fmt lock bench docs-check golden screenshots browser clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(STAMPS)/runtime $(STAMPS)/assets ## start the whole system on this machine and print the console's address
	@exec $(BIN)/zhishou up $(ARGS)

setup: $(STAMPS)/dev $(STAMPS)/assets browser ## install everything for development, and the pre-commit hook
	@if [ -d .git ]; then $(BIN)/prek install --quiet || true; fi

test: $(STAMPS)/dev $(STAMPS)/assets browser ## run everything: style, types, contracts, tests with coverage, docs
	@$(BIN)/python -m tests.run all

check: $(STAMPS)/dev $(STAMPS)/assets ## the inner loop, under a minute: style, types, contracts, quick tests
	@$(BIN)/python -m tests.run quick

nightly: $(STAMPS)/dev $(STAMPS)/assets browser ## longer fuzzing, kill and sequence runs
	@$(BIN)/python -m tests.run nightly

fmt: $(STAMPS)/dev ## format the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .

lock: $(STAMPS)/dev ## compile the lock files again (no download addresses in them)
	@bash requirements/lock.sh

golden: $(STAMPS)/dev ## write the golden files again (schemas, expected replays); review the diff
	@$(BIN)/python -m tests.golden

bench: $(STAMPS)/dev ## measure throughput and latency, as ratios in one run
	@$(BIN)/zhishou bench

docs-check: $(STAMPS)/dev ## compare the documentation with the code
	@$(BIN)/python -m pytest -q tests/architecture

screenshots: $(STAMPS)/dev $(STAMPS)/assets browser ## take the README's pictures again in a real Chromium
	@$(BIN)/python -m tests.e2e.screenshots

browser: $(STAMPS)/venv ## find a Chromium for the tests, or fetch one
	@bash requirements/setup.sh browser

clean: ## forget the virtual environment and everything built
	@rm -rf $(VENV) node_modules $(STAMPS) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(STAMPS)/venv: requirements/bootstrap.txt requirements/setup.sh
	@PY="$(PY)" bash requirements/setup.sh venv && mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements/runtime.txt pyproject.toml | $(STAMPS)/venv
	@bash requirements/setup.sh install runtime && touch $@

$(STAMPS)/dev: requirements/runtime.txt requirements/dev.txt pyproject.toml | $(STAMPS)/venv
	@bash requirements/setup.sh install dev && touch $@ $(STAMPS)/runtime

$(STAMPS)/assets: package-lock.json requirements/node.txt | $(STAMPS)/venv
	@bash requirements/setup.sh assets && touch $@
