.DEFAULT_GOAL := help
.PHONY: help setup setup-dev parts demo test check format bench soak docs picture lock
SHELL := /bin/sh
BIN := .venv/bin
PYTHON ?= python3
SEED ?= $(shell date +%s)
export PYTHON

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: ## Build .venv with what the product needs (nothing to do when the lock is unchanged)
	@scripts/setup.sh run

setup-dev:
	@scripts/setup.sh dev

parts:
	@scripts/test_parts.sh

demo: setup ## Load a made-up district, print one family's answer, serve the desks (ARGS=--check ends by itself)
	@$(BIN)/zhaoren demo $(ARGS)

test: setup-dev parts check ## All checks, all tests, the whole catalogue (ARGS go to pytest)
	$(BIN)/pytest -n auto --dist loadscope $(ARGS)
	$(BIN)/zhaoren check

check: setup-dev ## Format, lint, types, imports, style: the gates of every change
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/test_style.py tests/test_repository.py

format: setup-dev ## Put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev ## Measure; results as JSON in benchmarks/results/
	$(BIN)/python -m benchmarks.bench_evaluate
	$(BIN)/python -m benchmarks.bench_blind_spot
	$(BIN)/python -m benchmarks.bench_catalogue
	$(BIN)/python -m benchmarks.bench_identity

soak: setup-dev parts ## The tests that take up to two hours: more examples, longer histories
	HYPOTHESIS_PROFILE=deep $(BIN)/pytest -n auto --dist loadscope --timeout=7200 --hypothesis-seed=$(SEED) $(ARGS)

docs: setup-dev ## Write the generated pages of docs/reference again
	$(BIN)/python -m scripts.generate_docs
	$(BIN)/python -m graph.schema_docs

picture: setup-dev parts ## Take the picture of the README from the running demo
	@$(BIN)/python -m scripts.take_picture

lock: setup-dev ## Write both locks again, without releases of the last week
	@scripts/lock.sh
