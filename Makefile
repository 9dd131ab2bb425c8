# What a reader of README types. `make` alone lists it.
# Nothing runs twice: each finished step leaves a stamp in .venv/ and is repeated only when what it was made from changes.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip
# Two test processes on two cores; each computes with one thread, so that they do not push each other aside.
TEST_PROCESSES ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$n)
PYTEST := OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 $(BIN)/python -m pytest

# node carries its own list of authorities; an office behind a proxy has its own in the system's.
NODE_EXTRA_CA_CERTS ?= $(firstword $(wildcard $(SSL_CERT_FILE) /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
export NODE_EXTRA_CA_CERTS

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo readme forms samples bench bench-quick bench-check bench-fit bench-desk bench-service bench-growth axe images faults faults-files api-fuzz screenshots test fonts lint lock clean system-packages

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: $(VENV)/.stamp-frontend ## everything that runs the product, into .venv/

$(VENV)/.stamp-venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3-venv), or name one: make PYTHON=/path/to/python3 setup" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

# --no-compile: byte code is written when a module is first imported, which is a third of the modules.
$(VENV)/.stamp-packages: requirements.lock $(VENV)/.stamp-venv
	@echo "Installing the Python packages of requirements.lock, about a minute"
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.stamp-project: pyproject.toml $(VENV)/.stamp-packages
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

FRONTEND := intake_service/web
$(VENV)/.stamp-frontend: $(FRONTEND)/frontend/package-lock.json $(FRONTEND)/frontend_build.py $(VENV)/.stamp-project
	@$(BIN)/python -m intake_service.web.frontend_build
	@touch $@

demo: setup ## the whole product on this machine, with sample scans, on a throw-away folder
	$(BIN)/intake demo

# The packages of the Debian system and those of Python come from different places: fetch both at once.
OUT ?= out/forms
COUNT ?= 20
SEED ?= 1000
forms: setup system-packages fonts ## draw filled forms with their truth into OUT (COUNT, SEED)
	$(BIN)/python -m tests.forms --out $(OUT) --count $(COUNT) --first-seed $(SEED)

samples: setup system-packages fonts ## draw the sample scans of `make demo` anew
	$(BIN)/python -m tests.bench.samples

BENCH := OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 $(BIN)/python -m tests.bench
BENCH_WITH ?=
bench: setup system-packages fonts ## accuracy and speed on the 60 forms that judged last, report in out/bench/ (a quarter of an hour)
	$(BENCH) $(BENCH_WITH)

bench-quick: setup system-packages fonts ## the same on 12 forms of the developing seeds (under five minutes)
	$(BENCH) --quick $(BENCH_WITH)

bench-check: setup system-packages fonts ## only ours on the set that judged last: fails where something is worse beyond chance
	$(BENCH) --no-rivals --no-lengths --check $(BENCH_WITH)

SETS ?=
bench-fit: setup system-packages ## fit the weights of confidence to drawn sets (SETS="folder …"; none: again on what was read)
	OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 $(BIN)/python -m tests.bench.fit $(SETS)

FAULTS ?= --kills 3000 --fills 100 --locks 100 --senders 500 --savers 1000 --poison 10 --afresh
faults: setup system-packages ## the long run of faults: kill -9 and worse, then the count of what was lost (some hours)
	$(BIN)/python -m tests.faults $(FAULTS)

FLIPS ?= --files 10000 --afresh
faults-files: setup ## every odd file by every door, then 10,000 files with flipped bytes (some hours)
	$(BIN)/python -m tests.faults.files
	$(BIN)/python -m tests.faults.flips $(FLIPS)

FUZZ ?= --examples 200
api-fuzz: setup ## schemathesis against the served description of the API (some minutes)
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.api.fuzz $(FUZZ)

bench-desk: setup system-packages ## how quick the desk is, with 30 pages and 10,000 submissions (about a minute)
	$(BIN)/python -m tests.browser.bench

images: setup ## the Python steps of the container files, without an engine (some minutes)
	$(BIN)/python -m tests.setup.images

bench-service: setup system-packages ## how quick uploads, lists and workers are (some minutes)
	$(BIN)/python -m tests.flow.bench

bench-growth: setup system-packages fonts ## how cost grows with pages, rows, queue and store, chart in out/growth.svg (some minutes)
	OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 $(BIN)/python -m tests.flow.growth

screenshots: setup system-packages ## every screen as a picture, light and dark, in out/screens/
	$(BIN)/python -m tests.browser.screenshots out/screens

axe: setup system-packages ## axe on every screen and state, both themes, also at 200 % (about ten minutes)
	$(BIN)/python -m tests.browser.axe

readme: setup ## write the settings table of README anew
	$(BIN)/python -m tests.setup.readme

test: ## set up, install missing system packages where allowed, run every test
	@$(MAKE) --no-print-directory -j2 setup system-packages
	@$(MAKE) --no-print-directory fonts
# The browser's tests wait for screens: they run beside their like only. Every part runs, whatever the one before says.
	@failed=0; \
	$(PYTEST) -m "not browser and not alone" -n $(TEST_PROCESSES) --dist loadfile --durations=15 || failed=1; \
	$(PYTEST) -m "browser and not alone" -n $(TEST_PROCESSES) --dist loadfile --durations=10 || failed=1; \
	$(PYTEST) -m alone --durations=5 || failed=1; \
	exit $$failed

# Pen fonts come as npm packages; they are kept in .state/fonts, nothing is installed into the system.
fonts: setup
	@$(BIN)/python -m tests.forms.fonts || echo "Without these fonts the tests that draw forms are skipped."

system-packages:
	@$(PYTHON) tests/setup/system.py --install

lint: setup ## formatting, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# No registry's address goes into a lock: it is the same file behind every mirror.
LOCK := --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11
lock: $(VENV)/.stamp-venv ## work out requirements.lock and the images' locks anew
	@$(BIN)/python -c 'import uv' 2>/dev/null || $(PIP) install --quiet uv
	$(BIN)/python -m uv pip compile pyproject.toml --extra dev --extra postgres --extra s3 $(LOCK) -o requirements.lock
	for role in build web worker; do \
		$(BIN)/python -m uv pip compile docker/$$role.in -c requirements.lock $(LOCK) -o docker/$$role.lock || exit 1; done

clean: ## remove .venv and every cache
	rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
