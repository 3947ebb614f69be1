# Two commands to begin with: `make serve` and `make test`. Both need Python 3.11 or newer, make and the registries
# of Python and npm packages; of npm's only the query editor is taken (pyproject.toml pins it).
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Folders of tests that run commands, build releases or start servers.
NOT_QUICK := $(addprefix --ignore=tests/,bench cli end_to_end release vega)
# Folders whose tests judge what `[tool.coverage.run]` names, in the process that is measured, which takes twice as long.
MEASURED := $(addprefix tests/,citing end_to_end/tiny end_to_end/w3c engines fetching group inputs questions readmodel search server sparql unit vega web)
# Queries that are ended by force in one test of `make soak`.
BOMBS ?= 1000

.PHONY: serve test quick soak messages bench clean

serve: .venv/served
	$(BIN)/govplan build
	$(BIN)/govplan serve --port $(PORT)

test: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/turtlefmt --check ontology data shapes profiles
	$(BIN)/govplan check
	$(BIN)/pytest $(MEASURED) -n auto -m "not soak" --cov
	$(BIN)/pytest -n auto -m "not soak" $(addprefix --ignore=,$(MEASURED))

# At every save: what is fast. No test of these builds the plan or starts a server.
quick: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto -m "not soak and not slow" $(NOT_QUICK)

# The long tests, which `make test` leaves out; one after the other, since some look at how long answers take.
soak: .venv/tested
	GOVPLAN_BOMBS=$(BOMBS) $(BIN)/pytest -m soak

# Collects the words of the site into the catalogues; what is new waits there for its translation.
messages: .venv/tested
	$(BIN)/pybabel -q extract -F pyproject.toml -k mark --no-location --sort-output -o .venv/messages.pot server/govplan
	for language in nl fr de; do $(BIN)/pybabel -q update -N -D messages --omit-header --no-wrap --ignore-obsolete --init-missing -l $$language \
	  -i .venv/messages.pot -o server/govplan/web/translations/$$language.po; done

# Needs wrk as well. Some 40 minutes, and bench/RESULTS.md is written anew; `make bench QUICK=1`: five, and it is not.
bench: .venv/served
	$(BIN)/python -m bench $(if $(QUICK),--quick)

.venv/served: pyproject.toml constraints.txt server/build_hook.py
	$(PYTHON) -c 'import sys; sys.exit("govplan needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade --constraint constraints.txt pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/tested: .venv/served
	$(BIN)/pip install --quiet --constraint constraints.txt --group dev
	touch $@

clean:
	[ ! -d .bench ] || chmod -R u+w .bench
	rm -rf .venv .editor server/govplan/web/static/editor .bench .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
