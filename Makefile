# What a user types: make demo, make test. What CI runs: make check, make test.
CONFIGURATION ?= Release
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-run build demo test check bench experiments

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## install every system package that ssl, its demonstration and its tests need
	deploy/setup.sh test

setup-run: ## only what the services and the demonstration need
	deploy/setup.sh run

build: ## build everything
	dotnet build ssl.sln -c $(CONFIGURATION) -v q

demo: setup-run ## real speech in, transcripts that get better while you watch; Ctrl-C ends it
	dotnet build src/Cli -c $(CONFIGURATION) -v q
	@exec src/Cli/bin/$(CONFIGURATION)/net10.0/ssl demo $(ARGS)

test: setup build ## every test; what needs something that is not there is skipped and says why
	deploy/test.sh $(CONFIGURATION)

check: setup ## locked restore, warnings as errors, formatting, shell syntax
	dotnet restore ssl.sln --locked-mode
	dotnet build ssl.sln -c $(CONFIGURATION) --no-restore -v q
	dotnet format ssl.sln --no-restore --verify-no-changes --severity warn
	bash -n deploy/*.sh .ci/run

experiments: setup-run ## measure how well it learns, on ../shared/data; hours, and continues where it was stopped; ARGS="a1 --seeds 1"
	dotnet build tests/Experiments -c $(CONFIGURATION) -v q
	tests/Experiments/bin/$(CONFIGURATION)/net10.0/Ssl.Experiments $(or $(ARGS),a1 a2 a5 rounds)

bench: setup build ## print the figures that the documents name
	tests/Benchmarks/bin/$(CONFIGURATION)/net10.0/Ssl.Benchmarks $(ARGS)
