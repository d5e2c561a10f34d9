SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install run demo test test-kill test-bodies test-hostile check bench-hop bench-matching bench-import bench-preview bench-webhook clean

BIN := .venv/bin
PYTHON ?= python3
# Hundreds of processes are started: none of them is to compile everything anew, nor to leave that in the folders.
PYTEST := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(CURDIR)/.recruitflow/compiled" $(BIN)/pytest
# Two more than there are cores: tests wait a good deal.
WORKERS := $(shell echo $$(($$(nproc) < 4 ? $$(nproc) + 2 : 6)))

help: ## Show this
	@echo "RecruitFlow: calls, scores and follows up applicants. Start with: make demo, or make run"
	@echo
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

install: ## Install the locked packages (every target does this by itself)
	@$(PYTHON) ops/bootstrap.py

run: install ## Start everything here; prints the address and the login. Ctrl-C stops it, state stays in .recruitflow
	@$(BIN)/recruitflow up

demo: install ## The whole pipeline on a throw-away instance, in a minute. LEADS=file, JSON=file, SEED=number
	@$(BIN)/recruitflow demo $(if $(LEADS),--leads "$(LEADS)") $(if $(JSON),--json "$(JSON)") $(if $(SEED),--seed $(SEED))

test: install ## Every test, over real NATS and PostgreSQL
	@$(PYTEST) -n $(WORKERS) --no-loadscope-reorder $(ARGS)

test-kill: install ## 200 times kill -9 while people are called, and while they are written to. KILL_SEED=number
	@KILLS=200 $(PYTEST) tests/integration/killing -s

test-bodies: install ## 10,000 generated bodies at each provider's door: never a 5xx, nothing lost. BODIES_SEED=number
	@BODIES=10000 $(PYTEST) tests/integration/bodies -s

test-hostile: install ## 1,000 hostile files through the service that reads CVs. HOSTILE_SEED=number
	@HOSTILE=1000 $(PYTEST) services/cv_matching/tests/test_hostile_files.py -s

check: install ## Style, types, layers and generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m ops.documents --check

bench-hop: install ## Events per second through one handler, with the bare libraries beside it
	@$(BIN)/python -m benchmarks.hop

bench-import: install ## Leads per second from file to committed
	@$(BIN)/python -m benchmarks.leads

bench-matching: install ## Whose CV is it: precision, recall and time of the chain among 1,000 and 100,000 who wait. ARGS="--seed 7"
	@$(BIN)/python -m benchmarks.matching $(ARGS)

bench-preview: install ## Leads per second looked through before an import, with nobody and with everybody known
	@$(BIN)/python -m benchmarks.preview

bench-webhook: install ## Signed deliveries per second until durable
	@$(BIN)/python -m benchmarks.webhook

clean: ## Delete .venv, caches and .recruitflow, the local data in it too
	@if [ -e .recruitflow/lock ] && ! flock -n .recruitflow/lock true; then echo "make run is still running: stop it first" >&2; exit 1; fi
	@rm -rf .venv .recruitflow .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
