# The commands of the project. `make demo` and `make test` work on a fresh clone: they set up what they need first.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
READY := .venv/.ready

# Without a screen the tests draw in memory.
ifeq ($(shell uname -s)$(DISPLAY)$(WAYLAND_DISPLAY),Linux)
test bench: export QT_QPA_PLATFORM ?= offscreen
endif

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: environment ## build a small library from real photographs and show its people
	@$(BIN)/python -m ui.demo

.PHONY: run
run: environment ## open the window on your own library
	@$(BIN)/sietch

.PHONY: test
test: environment ## run the tests
	$(BIN)/python -m pytest

.PHONY: lint
lint: environment ## style, types and the rules between the packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports

.PHONY: check
check: lint test ## everything that must hold before a commit: lint, then the tests

.PHONY: bench
bench: environment ## measure speed and accuracy
	$(BIN)/python -m tests.benchmarks

.PHONY: formats
formats: environment ## renew docs/formats.md
	$(BIN)/python -m tests.formats_table

.PHONY: wheel
wheel: environment ## build the package into dist/
	@packaging/environment.sh uv build --wheel

.PHONY: environment
environment: $(READY) ## set up .venv and the libraries that Qt needs
	@packaging/qt-libraries.sh

$(READY): pyproject.toml constraints.txt packaging/environment.sh
	@packaging/environment.sh create

# A moved folder needs its environment anew.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

.PHONY: constraints
constraints: ## renew constraints.txt: the newest versions that fit together
	@packaging/environment.sh constrain

.PHONY: revision
revision: environment ## write the migration of what you changed in schema.py: NAME=what_changes
	@$(BIN)/python packaging/revision.py "$(NAME)"

.PHONY: clean
clean: ## remove everything that can be made again
	rm -rf .venv .tools build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
