# Two commands do everything: `make demo` and `make test`. Each sets up .venv first, with nothing but Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin
PLUGINS := $(sort $(wildcard plugins/*))
# The sources are compiled once, not by every one of the many processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test explore check bench setup clean schemas api changelog docs serve-docs pictures

# Done again only when a pyproject.toml changes.
.venv/ready: pyproject.toml $(PLUGINS:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kinderguard needs Python 3.11 or newer; $(PYTHON) is older. Use: make PYTHON=python3.11 ..." >&2; exit 2; }
	@echo "Setting up .venv (once) ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=24" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]" $(PLUGINS:%=-e %) >&2
	@touch $@

setup: .venv/ready

demo: .venv/ready
	@$(BIN)/kinderguard demo

test: .venv/ready
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -q

# The tests of generated rules and children once more, with examples that no run had before: for when time is plenty.
explore: .venv/ready
	@KINDERGUARD_EXPLORE=1 $(BIN)/python -m pytest -n auto --dist loadfile -q $(shell grep -rl "@given" tests)

# Style, types, and the links of the docs. The docs' strict build and their code examples are run by `make test`.
check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests/typed
	$(BIN)/python -m pytest -q tests/test_docs.py tests/docs/test_house.py

# Medians, side by side in one run. PEERS names the folder of the peers' scripts; the country alone takes half an hour.
PEERS ?= $(KINDERGUARD_PEERS)
CHILDREN ?= 42000000
bench: .venv/ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[plots]"
	@$(BIN)/python benchmarks/national.py
	@$(BIN)/python benchmarks/peers.py $(if $(PEERS),--peers $(PEERS))
	@$(BIN)/python benchmarks/first_result.py
	@$(BIN)/python benchmarks/spark.py
	@$(BIN)/python benchmarks/country.py --children $(CHILDREN) --plot docs/growth.svg

# Strict: a warning is an error. The notebooks are run for their pages.
docs: .venv/ready
	@KINDERGUARD_NOTEBOOKS=1 $(BIN)/python -m sphinx -q -W --keep-going -E -b html docs build/docs
	@echo "build/docs/index.html"

serve-docs: docs
	@$(BIN)/python -m http.server --directory build/docs --bind 127.0.0.1 8000

# The plots and views that the pages show.
pictures: .venv/ready
	@$(BIN)/python docs/pictures/draw.py

schemas: .venv/ready
	$(BIN)/python -m kinderguard schema --out docs/schemas

# The public surface as it stands today, for a review to see (docs/stability.md).
api: .venv/ready
	$(BIN)/python tests/public_api.py

# What the next release says, from changelog.d/; with VERSION=… it is written and the fragments are gone.
changelog: .venv/ready
	$(BIN)/towncrier build $(if $(VERSION),--version $(VERSION) --yes,--draft --version next)

clean:
	rm -rf .venv build dist
