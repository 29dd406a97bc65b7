# Everything a newcomer types. Each target does all its own set-up.
# `make up PORT=9000` listens elsewhere; `make test ARGS="-k sandbox"` passes words to pytest.

PYTHON ?= python3
PORT   ?= 8000
ARGS   ?=

VENV    := .venv
PY      := $(VENV)/bin/python
PIP     := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps
RUNTIME := $(VENV)/.runtime
DEV     := $(VENV)/.dev
NODE    := node_modules/.installed
PYTEST  := $(PY) -m pytest --dist worksteal

# The tests start hundreds of processes, none of which should compile all the sources again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up quick test test-slow test-postgresql test-all cover check fix soak bench schema messages screenshots lock clean

up: $(RUNTIME)
	@exec $(PY) manage.py up --demo --port $(PORT) $(ARGS)

quick: $(DEV)
	$(PYTEST) -n auto -m quick $(ARGS)

# With words of one's own the choice is one's own too: slow tests among what they name are run.
test: $(DEV)
	$(PYTEST) -n auto $(or $(ARGS),-m "not slow")

# Sites and servers wait more than they compute: one process more than there are cores.
test-slow: $(DEV)
	$(PYTEST) -n $$((1 + $$(nproc))) -m slow $(ARGS)

test-postgresql: $(DEV)
	$(PY) -m tests.postgresql $(ARGS)

test-all: test test-slow test-postgresql

cover: $(DEV)
	$(PYTEST) -n auto --cov --cov-report=term $(ARGS)

check: $(DEV) $(NODE)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --quiet --check --lint templates
	node_modules/.bin/biome ci --error-on-warnings --colors=off
	node_modules/.bin/tsc
	$(PY) tools/vocabulary.py
	$(PY) tools/messages.py --check
	$(PY) -m tests.manage makemigrations --check --dry-run
	$(PY) -m tests.manage check --fail-level WARNING
	$(PY) -m tests.manage spectacular --validate --fail-on-warn | diff -u docs/openapi.yaml -

fix: $(DEV) $(NODE)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	node_modules/.bin/biome check --write

soak: $(DEV)
	MEDIAHUB_SOAK=whole $(PY) -m pytest tests/features/soak tests/features/hostile tests/api/contract/test_schemathesis.py -n 2 -rP $(ARGS)

bench: $(DEV)
	$(PY) -m bench $(ARGS)

schema: $(DEV)
	$(PY) -m tests.manage spectacular --validate --fail-on-warn --file docs/openapi.yaml
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) tools/vod_tables.py
	$(PY) tools/settings_table.py

messages: $(DEV)
	$(PY) tools/messages.py

screenshots: $(DEV)
	$(PY) tools/screenshots.py $(ARGS)

lock: $(DEV)
	sh tools/lock

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "MediaHub needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock | $(PY)
	$(PIP) -r requirements.lock
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(PIP) -r requirements-dev.lock
	@touch $@

$(NODE): package.json package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "make check needs Node.js 18 or newer with npm: apt-get install nodejs npm"; exit 1; }
	npm ci --ignore-scripts --loglevel=error
	@touch $@
