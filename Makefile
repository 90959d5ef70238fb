# make demo   the echo task on three engines, and its picture
# make test   every test, those of compiled code for other processors too; then each planted fault, to be noticed
# make docs   the course as a web site in docs/_build/html, and a look at every page of it if there is a Chromium
# make course the whole course as one PDF in out/unrolled-course.pdf
# make lint   style and types

VENV := .venv
BIN := $(VENV)/bin
# The first Python from 3.11 to 3.13 that can make virtual environments.
FIND_PYTHON = for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	if "$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	then echo "$$python"; exit; fi; done

.PHONY: demo test docs course lint clean
demo: $(VENV)/installed-demo
	$(BIN)/python examples/echo.py --part 5 --engine all

test: $(VENV)/installed-test lint
	$(BIN)/python -m pytest -n auto
	$(BIN)/python -m parity_tests.targets
	$(BIN)/python -m parity_tests.mutations

docs: $(VENV)/installed-docs
	rm -rf docs/_build/html
	$(BIN)/python -m sphinx --fresh-env --write-all --fail-on-warning --quiet -b html docs docs/_build/html
	$(BIN)/python -m parity_tests.site docs/_build/html
	$(BIN)/python -m parity_tests.course docs/_build/html/notebooks
	@echo "open docs/_build/html/index.html"

course: $(VENV)/installed-docs
	$(BIN)/python -m sphinx --fail-on-warning --quiet -b singlehtml -D html_theme=basic \
		-D html_css_files=site.css,print.css -d docs/_build/print-trees docs docs/_build/print
	$(BIN)/python docs/printed.py docs/_build/print/index.html out/unrolled-course.pdf

lint: $(VENV)/installed-test
	$(BIN)/python -m ruff check --quiet .
	$(BIN)/python -m mypy

$(VENV)/bin/python:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "Unrolled needs Python 3.11, 3.12 or 3.13 with its venv module (on Debian and Ubuntu: python3-venv)."; \
		echo "None was found; if yours is elsewhere, name it: make PYTHON=/path/to/python3.12"; exit 1; \
	fi; \
	echo "Making $(VENV) with $$python"; "$$python" -m venv $(VENV)

$(VENV)/installed-demo: EXTRAS = tf,plot
$(VENV)/installed-test: EXTRAS = tf,plot,test,docs,grade,witness,convert
$(VENV)/installed-docs: EXTRAS = docs
# The stamp is newer than setup.py, so nothing is installed a second time.
$(VENV)/installed-%: setup.py | $(VENV)/bin/python
	@echo "Installing what is needed into $(VENV): a minute or two"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	@touch $@

clean:
	rm -rf $(VENV) .cache out docs/_build docs/figures/drawn build *.egg-info
