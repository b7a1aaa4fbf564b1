# Everything from a fresh clone to the figures. `make` alone lists the targets.

PYTHON ?= python3
VENV ?= .venv
LAB_OPTIONS ?=

python := $(VENV)/bin/python
install := $(VENV)/bin/uv pip install --python $(python) --constraints constraints.txt --build-constraints constraints.txt
pinned := pyproject.toml constraints.txt

.DELETE_ON_ERROR:
.PHONY: help setup setup-models figures notebooks test test-browser check evaluate coverage compiled bench lab all

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s%s\n", $$1, $$2}' Makefile

# An environment is as old as its stamp: change a pin or a range and the next target installs anew.
$(VENV)/.uv: constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("discourse needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(python) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@

$(VENV)/.notebooks: $(VENV)/.uv $(pinned)
	$(install) --editable '.[notebooks,formats]'
	@touch $@

$(VENV)/.tests: $(VENV)/.notebooks
	$(install) --editable '.[notebooks,formats,scale,dev]'
	@touch $@

# A wheel labelled +cpu is one that somebody laid out for pip, never the public index's CUDA build; where there is none,
# uv takes PyTorch's own CPU build.
$(VENV)/.models: $(VENV)/.notebooks
	torch=$$(sed -n 's/^torch==//p' constraints.txt); \
	pip="$(python) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt"; \
	$$pip "torch==$$torch+cpu" transformers \
	|| { echo "No CPU wheel of torch at hand: asking PyTorch for its own." \
	&& $(install) --no-config --torch-backend cpu "torch==$$torch" && $$pip transformers; }
	@touch $@

setup: $(VENV)/.notebooks ## create .venv with the library, its command line and JupyterLab

setup-models: $(VENV)/.models ## add CPU builds of torch and transformers, for camel-tools' sentiment and NER

figures: $(VENV)/.notebooks ## run the notebooks on the shipped corpus and write figures/
	$(python) notebooks/execute.py

notebooks: $(VENV)/.notebooks ## the same, and store the outputs in the .ipynb files
	$(python) notebooks/execute.py --save

test: $(VENV)/.tests ## run the tests
	$(python) -m pytest

test-browser: $(VENV)/.tests ## run each notebook in JupyterLab, driven with Debian's Chromium
	$(python) -m pytest --durations=0 --durations-min=1 tests/browser

check: $(VENV)/.tests ## formatting, lint and types
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy --strict discourse

evaluate: $(VENV)/.tests ## measure accuracy on the gold labels
	$(python) -m tests.evaluate

coverage: $(VENV)/.tests ## do 95 % intervals hold the truth in 500 worlds of 6, 10 and 30 outlets?
	COVERAGE_WORLDS=500 $(python) -m pytest -q -s tests/test_coverage.py

# Built beside the checkout, whose own modules stay Python: what is edited is what runs.
build/compiled: $(VENV)/.tests $(shell find discourse -type f -not -path '*/__pycache__/*')
	@command -v $${CC:-cc} > /dev/null || { echo "make compiled needs a C compiler (Debian: apt-get install gcc)."; exit 1; }
	rm -rf build
	HATCH_BUILD_HOOK_ENABLE_MYPYC=1 $(python) -m build --no-isolation --outdir build/wheel .
	$(install) --quiet --no-deps --target build/made build/wheel/*.whl
	PYTHONPATH=build/made:. $(safely) -m pytest -q --import-mode=importlib tests/test_compiled.py tests/test_invariants.py \
		tests/test_attribution.py tests/test_examples.py tests/test_sentiment.py tests/test_stance.py tests/test_framing.py \
		tests/test_wording.py tests/test_engagement.py
	mv build/made $@
	@touch $@

safely := PYTHONSAFEPATH=1 $(python)

compiled: build/compiled ## build a wheel that is compiled to C where it is slow, in build/wheel; needs a C compiler

# make bench ARTICLES="1000 10000 100000" processes as many and writes docs/scaling.md
bench: $(VENV)/.tests ## measure speed and memory, compiled where there is a C compiler
	@$(MAKE) --no-print-directory compiled || echo "Nothing is compiled, see above: modules in Python are measured."
	PYTHONPATH=build/compiled:. $(safely) -m tests.bench $(ARTICLES)

lab: $(VENV)/.notebooks ## open JupyterLab on the notebooks
	$(python) -m jupyterlab $(LAB_OPTIONS) notebooks

all: figures notebooks test test-browser check evaluate coverage compiled bench ## everything above but models and JupyterLab
