# Two commands matter: `make up` and `make test`. Each does all the set-up that it needs.
PYTHON ?= python3
STACK ?= local
RUN := .venv/bin/python

.PHONY: help setup engine up down status test judge lint fix lock docs golden
help: ## What there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Prepare this clone (cached; safe to run twice)
	@$(PYTHON) -m tools.setup

engine: setup ## Find or build the Pulumi engine (cached)
	@$(RUN) -m console.engine

up: engine ## Bring a stack up (STACK=local)
	@$(RUN) -m console up $(STACK)

down: engine ## Delete everything of a stack, and prove it
	@$(RUN) -m console down $(STACK)

status: engine ## What a stack has and whether it is well
	@$(RUN) -m console status $(STACK)

test: engine ## Run all tests, a file at a time on every processor
	@$(RUN) -m pytest --numprocesses logical --maxprocesses 8 --dist loadfile
	@cd tools/engine && GOFLAGS=-trimpath go test ./...

judge: engine ## Put every stack's objects before a real Kubernetes API server (built once)
	@$(RUN) -m console.judge
	@$(RUN) -m pytest -m cluster

lint: setup ## Style, types, arrows between rooms, stale pages
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy infra components stacks workloads policy providers console tools tests
	@$(RUN) -m tools.lint
	@$(RUN) -m interrogate -q infra components stacks workloads policy providers console
	@$(RUN) -m tools.docs --check

fix: setup ## Mend style
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

lock: ## Write requirements.txt again (UPGRADE="names" moves those)
	@$(PYTHON) -m tools.setup.lock $(UPGRADE)

docs: setup ## Write the generated pages again
	@$(RUN) -m tools.docs
	@$(RUN) -m tests.policy.mutations --write

golden: engine ## Record the golden graphs again (look at the diff)
	@$(RUN) -m pytest tests/golden tests/stacks/test_hybrid_stack.py --record-golden
	@$(RUN) -m tests.policy.mutations.record
