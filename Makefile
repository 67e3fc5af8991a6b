# Everything sets itself up in .venv with only Python 3.11+, pip and make.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
# Where it is set, each of the hundred processes that the tests start would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check types lint docs site bench fleet growth numbers fuzz pace simulate mutants torture cluster sandbox pictures samples clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bulksms needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[cluster,postgres,sandbox,web,worker]" --group dev
	touch $@

demo: $(BIN)/.ready ## the main job on sample_data/, killed half-way, resumed, reported
	$(BIN)/python sample_data/demo.py

test: $(BIN)/.ready ## the whole test suite
	$(BIN)/python -m pytest -n 3 --dist worksteal

check: lint types docs ## what CI checks beside the tests

lint: $(BIN)/.ready ## ruff: format and rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(BIN)/.ready ## mypy, strict
	$(BIN)/mypy

docs: $(BIN)/.ready ## the help texts and tables in the documents are the program's own
	$(BIN)/cog --check -I . README.md docs/*.md

docs-write: $(BIN)/.ready ## write them anew
	$(BIN)/cog -r -I . README.md docs/*.md

site: docs ## build/site: these documents as pages; a broken link or anchor stops it
	$(BIN)/python -m zensical build --strict --clean

bench: $(BIN)/.ready ## measurements, side by side in one run; ROWS=200000 judges a load, ROWS=1000000 a report, for minutes
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/history.py
	$(BIN)/python -m bench.phone_cells
	$(BIN)/python -m bench.load $(or $(ROWS),20000)
	$(BIN)/python bench/reading.py
	$(BIN)/python -m bench.copying
	$(BIN)/python bench/report.py
	$(BIN)/python bench/pages.py

fleet: $(BIN)/.ready ## 2,000 accounts at 15 a minute in one process, and what being durable costs; four minutes
	$(BIN)/python -m bench.durability
	$(BIN)/python -m bench.fleet $(or $(ACCOUNTS),2000)

growth: $(BIN)/.ready ## what so many accounts ask of one database, in simulated time; six minutes
	$(BIN)/python -m bench.growth

numbers: $(BIN)/.ready ## a million numbers in every format: we and phonenumbers agree; minutes
	$(BIN)/python -m tests.model.phone_agreement

fuzz: $(BIN)/.ready ## SECONDS=600 of broken spreadsheets; only our own sentence may come out
	$(BIN)/python -m tests.spreadsheet.fuzzing --seconds $(or $(SECONDS),600) --first $(or $(FIRST),0)

pace: $(BIN)/.ready ## five minutes of real time at 15 a minute against the sandbox
	$(BIN)/python bench/pace.py

simulate: $(BIN)/.ready ## SEEDS=10000 stories of crashes, faults and frozen machines; the promise after each
	$(BIN)/python -m tests.simulator --seeds $(or $(SEEDS),10000) --jobs 2

mutants: $(BIN)/.ready ## one-line breakages of the program; the simulator must catch every one
	$(BIN)/python -m tests.simulator.hunting

torture: $(BIN)/.ready ## 200 texts while a quarter of the answers fails and kill -9 comes every 1-2 s; minutes
	BULKSMS_TORTURE=200 $(BIN)/python -m pytest -s tests/story/test_torture.py

cluster: $(BIN)/.ready ## workers killed and frozen, their server restarted, with 300 accounts at 15 a minute; minutes
	BULKSMS_CLUSTER=300 $(BIN)/python -m pytest -s -p no:randomly tests/story/test_workers.py -k 'killed or wakes or restart'

pictures: $(BIN)/.ready ## photograph the web page for the README; needs Chromium
	$(BIN)/python -m tests.web.pictures

samples: $(BIN)/.ready ## write sample_data/ anew
	$(BIN)/python sample_data/make_samples.py

clean: ## remove what was made
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist demo
