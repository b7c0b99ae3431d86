# `make run` shows the software, `make test` tests it; both first make .venv with all they need.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
WORKERS ?= auto
TESTS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run test bench lint lint-style lint-types lint-security lint-migrations format messages clean

help:
	@echo "make setup     make .venv and .env"
	@echo "make run       a demonstration bureau: web server and worker on http://localhost:8000"
	@echo "make test      all tests, on SQLite unless DATABASE_URL and REDIS_URL say otherwise (TESTS=path picks some)"
	@echo "make bench     time the pages and the engine against a plain baseline, the engine at ten times the size too"
	@echo "make lint      ruff, mypy, bandit, missing migrations"
	@echo "make format    let ruff put the code in shape"
	@echo "make messages  collect the texts and compile the translations (needs gettext)"
	@echo "make clean     remove what setup and the tests made; var/ with its data and .env stay"

setup: $(INSTALLED) .env

$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 is missing. On Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11; name another: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

# Secrets of this checkout's own; what stands in .env is never overwritten.
.env:
	@umask 077 && $(PYTHON) -c 'import secrets; [print(name + "=" + secrets.token_urlsafe(48)) for name in ("SECRET_KEY", "CONDUCT_KEY")]' > $@
	@echo "Wrote .env with a fresh SECRET_KEY and CONDUCT_KEY; docs/operations.md lists what else can stand there."

run: setup
	$(BIN)/python manage.py demo

test: setup
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(TESTS)

bench: setup
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks engine calendars --scale 10

lint: lint-style lint-types lint-security lint-migrations

lint-style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-types: setup
	$(BIN)/mypy

lint-security: setup
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml liaison contacts schedules manage.py

lint-migrations: setup
	$(BIN)/python manage.py makemigrations --check --dry-run

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: setup
	$(BIN)/python manage.py makemessages --locale zh_Hans --no-obsolete --ignore 'var/*' --ignore '.venv/*' --ignore 'tests/*'
	$(BIN)/python manage.py compilemessages --locale zh_Hans --ignore .venv

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
