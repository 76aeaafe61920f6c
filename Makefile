# Two commands: `make run` serves the product, `make test` says whether all is well.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run demo test soak check format bench dev sqlx-prepare clean

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: ## Install or find everything that building and running needs
	@scripts/setup/all.sh

run: ## Set up, build optimised, serve on http://127.0.0.1:3000
	@scripts/run.sh

demo: ## The same, with an organization that shows every feature on real data
	@scripts/demo.sh

test: ## Format, lint, migrations, query cache, unit, integration and browser tests
	@scripts/test.sh

soak: ## Kill two servers fifty times while they run five hundred workflows
	@scripts/soak.sh

bench: ## Measure calls, workflows, finding tools, and the canvas beside xyflow (docs/performance.md)
	@scripts/bench.sh

dev: ## Rebuild and reload while you work
	@scripts/dev.sh

sqlx-prepare: ## Renew the query cache in .sqlx after changing a query or a migration
	@scripts/sqlx-cache.sh write

clean: ## Remove what was built (tools, data and downloads stay)
	@rm -rf target
