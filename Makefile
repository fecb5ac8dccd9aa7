# Two commands do everything on a fresh machine with git, make and Python 3: `make demo`, `make test`.
# Everything they bring stays in .venv and .tools, but for system libraries (see .ci/setup).

PORT ?= 8000
# More words for pytest: make test ARGS="-k gate"
ARGS ?=

export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
PYTHON := .venv/bin/python
DATA = $(or $(GROUNDWORK_DATA),.data)

CHECKS := check-style check-types check-imports check-migrations check-templates

.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench clean $(CHECKS)

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

demo: .venv/.ready ## Serve the demonstration city on http://127.0.0.1:8000 (PORT=9000: elsewhere)
	@$(PYTHON) manage.py demo --port $(PORT)

test: .venv/.ready .venv/.browser ## Run all tests (ARGS="-k gate": some)
	@$(PYTHON) -m pytest $(ARGS)

check: .venv/.ready ## Check style, types, import directions, migrations, templates
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

check-style:
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet

check-types:
	@.venv/bin/mypy

check-imports:
	@.venv/bin/lint-imports --no-logo

check-migrations:
	@$(PYTHON) manage.py makemigrations --check --dry-run

check-templates:
	@.venv/bin/djangofmt --check --quiet templates
	@.venv/bin/djangofmt check --quiet templates

fix: .venv/.ready ## Format code and templates, and mend what can be mended
	@.venv/bin/ruff check --fix --quiet || true
	@.venv/bin/ruff format --quiet
	@.venv/bin/djangofmt check --fix --quiet templates || true
	@.venv/bin/djangofmt --quiet templates

bench: .venv/.ready .venv/.browser ## Measure, beside a bare Django page in the same run
	@$(PYTHON) -m tests.bench

clean: ## Delete what make brought; the database in .data stays
	@[ ! -x $(PYTHON) ] || $(PYTHON) -m portfolio.embedded_postgres stop "$(DATA)/postgres"
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: pyproject.toml uv.lock .python-version .ci/setup
	@.ci/setup environment

.venv/.browser: .venv/.ready
	@.ci/setup browser
