# Palier: everything a developer runs. `make` alone lists the targets. Needs GNU make 4 and Python 3.11 to 3.13.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
TOOLS := .venv/.ready
STACK := .venv-stack/.ready
PLAYER := tests/web/qti_player/node_modules/.package-lock.json
DYNAMODB := .local/dynamodb-local
DYNAMODB_PACKAGE := amplify-dynamodb-simulator@2.9.30
DYNAMODB_LAUNCHER := tests/portability/dynamodb_local_launcher/OnLoopback.java
CODE := $(wildcard app.py chalicelib palier infrastructure load_tests tests)
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock"

.PHONY: help setup stack-setup run package deploy local-cloud demo test rehearse check format format-check lint types arrows coverage openapi qti-player dynamodb-local bench load faults lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(TOOLS) ## make .venv: the service, its console and the checks
	@:

stack-setup: $(STACK) ## make .venv-stack: the emulator of the cloud services
	@:

run: $(TOOLS) $(STACK) ## run the whole service here until Ctrl-C (PORT, STACK_PORT, WORKERS)
	@exec $(BIN)/python -m infrastructure.local

package: $(TOOLS) ## make what is deployed: build/package/deployment.zip and template.json
	@$(BIN)/python -m infrastructure.package

deploy: $(TOOLS) ## deploy to a stage of your cloud account (STAGE; PARAMETERS="Name=value …"; CONFIRM=yes asks nothing)
	@$(BIN)/python -m infrastructure.deploy "$(STAGE)" $(foreach one,$(PARAMETERS),--parameter $(one))

local-cloud: $(TOOLS) $(STACK) ## deploy the same package into an emulated cloud here, until Ctrl-C (STACK_PORT)
	@exec $(BIN)/python -m infrastructure.local_cloud

demo: $(TOOLS) $(STACK) ## take a placement from the first challenge to the profile
	@$(BIN)/palier demo

test: $(TOOLS) $(STACK) ## run every test, one process a core
	@$(BIN)/pytest -n auto --dist loadfile

rehearse: $(TOOLS) $(STACK) ## run the long tests: the packaged template, faults, kills, isolation, benchmarks
	@$(BIN)/pytest -m long -n auto --dist loadfile

check: format-check lint types arrows test ## all that must pass before a commit

format: $(TOOLS) ## write the code in the common layout
	@$(BIN)/ruff format $(CODE)

format-check: $(TOOLS)
	@$(BIN)/ruff format -q --check $(CODE)

lint: $(TOOLS) ## look for mistakes
	@$(BIN)/ruff check -q $(CODE)

types: $(TOOLS) ## check the types
	@$(BIN)/mypy

arrows: $(TOOLS) ## check which module may import which
	@$(BIN)/lint-imports

coverage: $(TOOLS) ## write the picture of what the item bank covers again
	@$(BIN)/palier content stats --picture content/coverage.svg

openapi: $(TOOLS) ## write the reference of the API again
	@$(BIN)/palier openapi --write

qti-player: $(PLAYER) ## install the QTI player that a test drives in Chromium (needs Node)
	@:

dynamodb-local: $(DYNAMODB)/OnLoopback.class ## install DynamoDB Local for the tests of portability (needs Node and a JDK 17)
	@:

bench: $(TOOLS) $(STACK) ## measure the engine, its tests and the API
	@$(BIN)/palier bench engine
	@$(BIN)/palier bench measuring --cohorts 1 --persons 500
	@$(BIN)/palier bench api

load: $(TOOLS) $(STACK) ## send a small crowd of virtual candidates
	@$(BIN)/python -m load_tests.smoke

faults: $(TOOLS) $(STACK) ## play a crowd while everything goes wrong, and tell what was lost (FAULTS="--short --seed 3")
	@$(BIN)/python -m load_tests.faults $(FAULTS)

lock: ## resolve and pin the requirements again (needs uv)
	@$(LOCK) --extra tools pyproject.toml -o requirements/tools.txt
	@$(LOCK) -c requirements/tools.txt pyproject.toml -o requirements/runtime.txt
	@$(LOCK) requirements/stack.in -o requirements/stack.txt

clean: ## remove all that make created: environments, local state, caches
	@rm -rf tests/web/qti_player/node_modules .venv .venv-stack .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build ./*.egg-info
	@find $(CODE) -type d -name __pycache__ -prune -exec rm -rf {} +

$(TOOLS): requirements/tools.txt pyproject.toml
	@sh infrastructure/make_venv.sh .venv requirements/tools.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@touch $@

$(PLAYER): tests/web/qti_player/package-lock.json
	@cd tests/web/qti_player && npm ci --no-audit --no-fund --ignore-scripts --silent
	@touch $@

$(DYNAMODB)/OnLoopback.class: $(DYNAMODB_LAUNCHER)
	@mkdir -p $(DYNAMODB)
	@cd $(DYNAMODB) && npm pack --silent $(DYNAMODB_PACKAGE) >/dev/null
	@tar -xzf $(DYNAMODB)/amplify-dynamodb-simulator-*.tgz -C $(DYNAMODB) --strip-components=1 package/emulator
	@rm $(DYNAMODB)/amplify-dynamodb-simulator-*.tgz
	@javac -d $(DYNAMODB) -cp "$(DYNAMODB)/emulator/DynamoDBLocal.jar:$(DYNAMODB)/emulator/DynamoDBLocal_lib/*" $(DYNAMODB_LAUNCHER)

$(STACK): requirements/stack.txt
	@sh infrastructure/make_venv.sh .venv-stack requirements/stack.txt
	@touch $@
