# Guanjia 管家. Needs only make and Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
# Where Python may not keep what it has compiled, each server that a test starts compiles the house anew.
unexport PYTHONDONTWRITEBYTECODE
# What measures time runs with the machine to itself; what kills processes and what drives a browser, two at once.
ALONE := scenarios/test_reliability.py chaos browser

.DEFAULT_GOAL := help
.PHONY: help run test rooms floods kills pages bench lint understanding translations pictures fake-telegram lock clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## Serve: set up everything needed, an empty database gets the demo estate
	@$(PYTHON) tools/prepare.py run
	@$(BIN)/python run_bot.py train --if-changed
	@$(BIN)/python run_bot.py serve

test: ## Install what the tests need, check the code, run all tests
	@$(PYTHON) tools/prepare.py test
	@$(MAKE) --no-print-directory -j 2 lint understanding
	@$(MAKE) --no-print-directory --keep-going rooms floods kills pages

rooms: # all that runs beside one another; what fails is tried once more, and said so
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --reruns 1 --durations 25 $(foreach room,$(ALONE),--ignore=tests/$(room))

floods: # what measures how long people wait
	$(BIN)/python -m pytest --reruns 1 tests/scenarios/test_reliability.py

kills: # what kills real processes: each waits for its own most of the time
	$(BIN)/python -m pytest -n 2 --dist load --reruns 1 tests/chaos

pages: # what drives a real browser: two of them, each with files of its own
	$(BIN)/python -m pytest -n 2 --dist loadfile --reruns 1 --durations 10 tests/browser

bench: ## Measure the figures that the design promises (SETS=FOLDER: on labelled sets of your own)
	@$(PYTHON) tools/prepare.py test
	@$(BIN)/python run_bot.py train --if-changed
	$(if $(SETS),GUANJIA_BENCH_SETS='$(SETS)' )$(BIN)/python -m benchmarks

lint: ## Check style and types
	@$(PYTHON) tools/prepare.py test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

understanding: # train, where the data have changed
	@$(BIN)/python run_bot.py train --if-changed

translations: ## Bring the text catalogues up to date with the code, and name what lacks Chinese
	@$(PYTHON) tools/prepare.py run
	@$(BIN)/python -m locales.extract

pictures: ## Take the pictures of the documents anew, in a real browser
	@$(PYTHON) tools/prepare.py test
	$(BIN)/python -m tests.browser.pictures

fake-telegram: ## Try the bot as a person, without Telegram: a page, and Guanjia with a demo of its own
	@$(PYTHON) tools/prepare.py test
	@$(BIN)/python -m tests.fake_telegram --serve

lock: ## Resolve and hash all dependencies again (requirements*.lock)
	@$(PYTHON) tools/prepare.py run
	@$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	awk '/^[a-z]/ { wanted = /^(authlib|joserfc)==/ } wanted' requirements-dev.lock > requirements-oidc.lock

clean: ## Remove the environment and all caches; the data under var/ stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
