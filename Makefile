# make run    a whole club on this machine, with a demo; needs Python 3.11 or newer and nothing else
# make test   everything that is tested       make check   lint, types, the import law       make bench   benchmarks

PYTHON ?= python3
PORT ?= 8000
JOBS ?= 2
BIN := .venv/bin

.PHONY: run test check bench lock clean environment development browser

run: environment
	@$(BIN)/loyalty up --demo --port $(PORT) $(if $(DATA),--data "$(DATA)")

test: browser
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: development
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: development
	@$(BIN)/loyalty bench $(ARGS)

# Needs uv. The locks name no index, so that they serve everywhere.
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml
lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --extra dev -o requirements-dev.lock

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@$(PYTHON) -I loyalty/bootstrap.py

development:
	@$(PYTHON) -I loyalty/bootstrap.py --dev

browser:
	@$(PYTHON) -I loyalty/bootstrap.py --dev --browser
