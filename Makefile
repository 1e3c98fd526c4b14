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
BUDGET ?= laptop
SEED ?= 0
ASSIGNMENTS := $(patsubst source/%.py,%,$(wildcard source/*.py))
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
AT_ONCE := --numprocesses 2 --dist loadfile --no-loadscope-reorder# half of the tests keep one core busy, the rest all of them

.PHONY: help install cuda hub build kit check grade test test-full references lab bench clean sandbox browser slurm $(ASSIGNMENTS:%=feedback-%)

help:  ## This list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Installing into $(VENV) (TensorFlow is large: a few minutes the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), "Python 3.11 to 3.13 is needed: make PYTHON=python3.12 ..."'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

install: $(INSTALLED) sandbox  ## Install everything into .venv.

cuda: install  ## TensorFlow's CUDA libraries, at the locked version, for a GPU from NVIDIA (some gigabytes).
	@echo "Installing CUDA libraries into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock 'tensorflow[and-cuda]'

hub: install  ## JupyterHub, beside what is in .venv, and its proxy.
	@test -x $(BIN)/jupyterhub || { echo "Installing JupyterHub into $(VENV) ..."; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock \
	    --no-build-isolation --editable '.[hub]'; }
	@command -v configurable-http-proxy >/dev/null || [ -x $(BIN)/configurable-http-proxy ] || { \
	  if command -v npm >/dev/null; then \
	    npm install --silent --no-audit --no-fund --global --prefix $(VENV) configurable-http-proxy@5 >/dev/null \
	      || echo "JupyterHub's proxy could not be installed."; \
	  else echo "JupyterHub needs its proxy, and that needs npm: sudo apt-get install npm"; fi; }

# Bubblewrap is the outer wall of sealed grading. Without it everything else works, and `course grade` says what to do.
sandbox:
	@command -v bwrap >/dev/null || [ "$$(uname)" != Linux ] || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing bubblewrap ..."; apt-get install -qq -y bubblewrap >/dev/null 2>&1 \
	      || { apt-get update -qq && apt-get install -qq -y bubblewrap >/dev/null; }; \
	  else echo "For sealed grading, install bubblewrap: sudo apt-get install bubblewrap"; fi; }

# The classroom's test drives a browser. Without one it is skipped, and says so.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium ..."; export DEBIAN_FRONTEND=noninteractive; \
	    set -- apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core; "$$@" >/dev/null 2>&1 \
	      || { apt-get update -qq && "$$@" >/dev/null; } || echo "Chromium could not be installed."; \
	  else echo "For the test in a browser, install Chromium: sudo apt-get install chromium"; fi; }

# Grading on a cluster is tried out on a Slurm of one node. Without it that test is skipped, and says so.
slurm:
	@command -v slurmctld >/dev/null || [ -x /usr/sbin/slurmctld ] || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Slurm ..."; export DEBIAN_FRONTEND=noninteractive; \
	    set -- apt-get install -qq -y --no-install-recommends slurmctld slurmd slurm-client munge; "$$@" >/dev/null 2>&1 \
	      || { apt-get update -qq && "$$@" >/dev/null; } || echo "Slurm could not be installed."; fi; }

build: install  ## Build source notebooks, releases and executed solutions.
	@$(BIN)/course build

grade: build  ## Grade a sample class (CLASS=full: all fixtures of known points), print the table. UNSEALED=1: no sandbox.
	@$(BIN)/course sample-class $(if $(filter full,$(CLASS)),--full)
	@$(BIN)/course grade $(if $(UNSEALED),--unsealed,--jobs $(JOBS))
	@: > feedback.log
	@$(MAKE) --no-print-directory --jobs $(JOBS) $(ASSIGNMENTS:%=feedback-%)
	@$(BIN)/course report
	@$(BIN)/course grades

$(ASSIGNMENTS:%=feedback-%): feedback-%:
	@echo "nbgrader generate_feedback $*"
	@$(BIN)/nbgrader generate_feedback $* >>feedback.log 2>&1 || echo "ERROR: nbgrader generate_feedback $*: see feedback.log"

kit: build  ## The students' kit: kit/ and kit.zip. REPOSITORY=owner/name: with Colab badges that open it there.
	@$(BIN)/course kit $(if $(REPOSITORY),--repository $(REPOSITORY))

check: install  ## Lint, and compare what is built with the sources.
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check graders simulations tests nbgrader_config.py parts/pictures source/*/
	@$(BIN)/course build --check

test: check grade browser slurm  ## Prove the graders: every fixture rehearsed, the sample class of `make grade`, mutants, leaks, accidents, attacks.
	@$(BIN)/python -m pytest $(AT_ONCE)

# A hub is tried where its test can be: by root, who may make accounts.
test-full: check browser slurm $(if $(filter 0,$(shell id -u)),hub)  ## The same, with every fixture through nbgrader, and what trains over five seeds. ONLY=vae: a part.
	@$(BIN)/python -m pytest $(AT_ONCE) --full $(if $(ONLY),-k '$(ONLY)')

references: install  ## Run the references, write references/index.html. BUDGET=laptop|gpu|proof, SEED=0, REQUIRE_GPU=1.
	@$(BIN)/course references --budget $(BUDGET) --seed '$(SEED)' $(if $(REQUIRE_GPU),--require-gpu)

bench: build  ## Time the grading of a class, by plain nbgrader and by ours.
	@cd tests && ../$(BIN)/python bench.py

lab: build  ## JupyterLab with the course open; the formgrader is in its Nbgrader menu.
	@mkdir -p .exchange && chmod 1777 .exchange
	@$(BIN)/jupyter lab

clean:  ## Remove what grading made, the gradebook with it; not where a real class was graded.
	@[ ! -d submitted ] || [ -f submitted/.expected.json ] || { echo "submitted/ holds a real class: remove it yourself."; exit 1; }
	rm -rf gradebook.db* submitted feedback reports feedback.log .exchange
	find autograded -mindepth 1 ! -name .gitkeep -delete
