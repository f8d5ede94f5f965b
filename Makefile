# Two commands do everything: `make demo` and `make test`. Both set up .venv first where it is missing or out of date.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .venv-bench
BENCH_READY := $(BENCH)/.ready

.PHONY: demo test check lint format bench record lock wheel clean

# The sample environment has trouble, so `assess` answers with exit code 1: that is what a demo must show.
demo: $(READY)
	@$(BIN)/vedlys assess tests/samples/firewall-blocked.json --locale lt; \
	code=$$?; if [ $$code -ne 1 ]; then echo "demo: exit code $$code, expected 1 (trouble found)" >&2; exit 1; fi

test: $(READY) lint check
	$(BIN)/python -m pytest -n auto --cov --cov-report=term --cov-fail-under=90

# What the content says of itself: faults of all files, then examples, cases, coverage and mutants.
check: $(READY)
	$(BIN)/vedlys check
	$(BIN)/vedlys test

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# vedlys beside other engines, its bars, its growth: some ten minutes. Writes JSON, Markdown and SVG to OUT.
OUT ?= bench
bench: $(BENCH_READY)
	PYTHONPATH=tests $(BENCH)/bin/python -m benchmarks --out $(OUT) $(BENCH_OPTIONS)

# Records how much work the hot path does, where a change of it is meant: see tests/guard/. PYTHONS names interpreters.
record: $(READY)
	$(BIN)/python tests/guard/record.py $(PYTHONS)

wheel: $(READY)
	$(BIN)/python -m hatchling build -t wheel

# Needs uv; pins every package with its hashes for every platform.
lock:
	uv pip compile --universal --generate-hashes --no-strip-extras --no-emit-index-url --extra dev --extra serve --extra otel --python-version 3.11 \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-strip-extras --no-emit-index-url --extra serve --python-version 3.11 \
	  --custom-compile-command "make lock" pyproject.toml tests/benchmarks/requirements.in -o tests/benchmarks/requirements.lock

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once) …" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "vedlys needs Python 3.11 or newer; name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q engine  # as pip does with all that it installs, this editable package aside
	@touch $(READY)

# The other engines stand apart: nothing of them is needed to work on vedlys.
$(BENCH_READY): tests/benchmarks/requirements.lock pyproject.toml
	@echo "Setting up $(BENCH) (once) …" >&2
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r tests/benchmarks/requirements.lock
	@$(BENCH)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(BENCH_READY)

clean:
	rm -rf $(VENV) $(BENCH) bench dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
