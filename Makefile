# Two commands matter: `make run` (demo data, app on this machine) and `make test` (everything, a browser too).
# The first Python from 3.11 upwards that runs; override with `make PYTHON=/path/to/python setup`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PORT ?= 8501
PYTEST_ARGS ?=

.PHONY: run test check bench setup browser machines lock format clean

run: setup
	@$(BIN)/civharm demo --if-missing
	@$(BIN)/civharm serve --port $(PORT)

test: setup browser machines
	$(BIN)/pytest -n 2 $(PYTEST_ARGS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup browser
	$(BIN)/python -m benchmarks

setup: .venv/.complete

# Made anew only when the lock or the project file changes; the stamp is written last, so a broken setup is repeated.
.venv/.complete: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it or name it: make PYTHON=/path/to/python setup" >&2; exit 1; }
	@echo "Setting up .venv (one to three minutes) ..."
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

browser: setup
	@$(BIN)/python tests/browser.py

machines: setup
	@$(BIN)/python tests/machines.py

lock: setup
	$(BIN)/uv pip compile --universal --python-version 3.11 --extra dev --no-header --no-annotate --quiet \
		--output-file requirements.lock pyproject.toml

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis test-artifacts
