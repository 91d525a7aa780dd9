# `make` lists the targets. Only Go is needed, for compat and bench a real redis-server too, for race a C compiler.

GO ?= go
FUZZTIME ?= 5s
# ST1005 is about how Go words errors: ours are often Redis's own words.
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2 -checks inherit,-ST1005

# Flags of go test, and of the program that `make lab` or `make bench` runs: make lab ARGS='--lang zh'
TESTFLAGS ?=
ARGS ?=

# Where Go code is.
CODE = $(wildcard lab node exercises tui docker)

# What runs more than one goroutine on the same data. Of the lessons, simulated time is the fastest backend.
RACE_PACKAGES = ./node ./node/repl ./node/pubsub ./node/store ./lab/... ./exercises/kit/... ./tui/...

# The packages with tests that compare with real Redis.
PEER_PROGRAMS = redis-server redis-sentinel redis-cli redis-benchmark redis-check-rdb
PEER_PACKAGES = $(sort $(dir $(shell grep -rlE --include='*_test.go' 'LookPath."redis-|proc[.]Redis\>' $(CODE))))

.PHONY: help lab test check race bench compat fuzz build
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

lab: build ## open the lab in the terminal
	@./bin/redislab $(ARGS)

test: ## run the tests; those that need a program that is not here are skipped and say why (TESTFLAGS=-v)
	$(GO) test $(TESTFLAGS) ./...

check: ## gofmt, go vet, staticcheck, go mod tidy: nothing to complain about
	@bad=$$(gofmt -l $(CODE)); test -z "$$bad" || { echo "gofmt -w needed:"; echo "$$bad"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff

race: ## run the tests of what is concurrent under the race detector
	$(GO) test -race -timeout 10m $(TESTFLAGS) $(RACE_PACKAGES)
	$(GO) test -race -timeout 10m $(TESTFLAGS) -run 'TestLessons/sim' ./exercises

bench: ## measure against redis-server in one interleaved run (ARGS=--help)
	@$(GO) run ./node/bench $(ARGS)

compat: ## run the tests that compare with real Redis; none may be skipped for want of it
	@for p in $(PEER_PROGRAMS); do command -v $$p >/dev/null || \
		{ echo "make compat needs $$p on PATH (Debian: apt install redis-server redis-sentinel redis-tools)" >&2; exit 1; }; done
	@{ $(GO) test -v -count=1 $(TESTFLAGS) $(addprefix ./,$(PEER_PACKAGES)); echo "exit status $$?"; } | awk -f .ci/report.awk

fuzz: ## run every fuzz target for FUZZTIME (5s)
	@set -e; for f in $$(grep -rl --include='*_test.go' '^func Fuzz' $(CODE)); do \
		for t in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$f); do \
			echo "$$t in $$(dirname $$f)"; \
			$(GO) test -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./$$(dirname $$f); \
		done; done

build: ## build bin/redislab and bin/redislab-node
	CGO_ENABLED=0 $(GO) build -o bin/redislab ./tui
	CGO_ENABLED=0 $(GO) build -o bin/redislab-node ./node/cmd/redislab-node
