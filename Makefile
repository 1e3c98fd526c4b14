# Two commands on a fresh machine with Python 3.11 to 3.13: `make grade` and `make test`. What is installed, built and graded already is not done again.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CLASS ?= small
ASSIGNMENTS := $(patsubst source/%.py,%,$(wildcard source/*.py))

.PHONY: help install build check grade test test-full lab clean

help:  ## This list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Installing into $(VENV) (TensorFlow is large: a few minutes the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), "Python 3.11 to 3.13 is needed: make PYTHON=python3.12 ..."'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

install: $(INSTALLED)  ## Install everything into .venv.

build: install  ## Build source notebooks, releases and executed solutions.
	@$(BIN)/course build

grade: build  ## Grade a sample class (CLASS=full: every fixture) and print the table.
	@$(BIN)/course sample-class $(if $(filter full,$(CLASS)),--full)
	@: > grading.log
	@for assignment in $(ASSIGNMENTS); do \
	  echo "nbgrader autograde $$assignment"; \
	  { $(BIN)/nbgrader autograde $$assignment 2>&1 || echo "ERROR: nbgrader autograde $$assignment: see grading.log"; } \
	    | tee -a grading.log | { grep -E --line-buffered 'Autograding|ERROR' || true; }; \
	  echo "nbgrader generate_feedback $$assignment"; \
	  { $(BIN)/nbgrader generate_feedback $$assignment 2>&1 || echo "ERROR: nbgrader generate_feedback $$assignment: see grading.log"; } \
	    | tee -a grading.log | { grep -E --line-buffered 'ERROR' || true; }; \
	done
	@$(BIN)/course grades

check: install  ## Lint, and compare what is built with the sources.
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check graders simulations tests nbgrader_config.py
	@$(BIN)/course build --check

test: check  ## Prove the graders: every fixture rehearsed, a sample through nbgrader, mutants, leaks, accidents.
	@$(BIN)/python -m pytest

test-full: check  ## The same, with every fixture through nbgrader, and what trains over five seeds.
	@$(BIN)/python -m pytest --full

lab: build  ## JupyterLab with the course open; the formgrader is in its Nbgrader menu.
	@mkdir -p .exchange && chmod 777 .exchange
	@$(BIN)/jupyter lab

clean:  ## Remove what grading made, the gradebook with it.
	rm -rf gradebook.db* submitted feedback grading.log .exchange
	find autograded -mindepth 1 ! -name .gitkeep -delete
