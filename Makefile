# What a user types: make demo, make test. What CI runs: make check, make test.
CONFIGURATION ?= Release
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-run build demo test check bench pictures experiments fuzz soak kills images tool compose sbom reproducible

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
	bash -n deploy/*.sh deploy/images/build.sh deploy/images/healthy tests/EndToEnd/Containers/kafka-run .ci/run

experiments: setup-run ## measure how well it learns, on ../shared/data; hours, and continues where it was stopped; ARGS="a1 --seeds 1"
	dotnet build tests/Experiments -c $(CONFIGURATION) -v q
	tests/Experiments/bin/$(CONFIGURATION)/net10.0/Ssl.Experiments $(or $(ARGS),a1 a2 a5 rounds)

pictures: ## docs/images anew, of a service that has learnt tones; of yours: PAGE=http://localhost:8080 RECORDING=some.wav, SSL_API_KEY
	dotnet build tests/Page.Tests -c $(CONFIGURATION) -v q
	SSL_PICTURES=$(CURDIR)/docs/images SSL_PAGE=$(PAGE) SSL_PAGE_RECORDING=$(RECORDING) \
	  tests/Page.Tests/bin/$(CONFIGURATION)/net10.0/Ssl.Page.Tests -class Ssl.Page.Tests.PicturesTests

bench: setup build ## print the figures that the documents name
	tests/Benchmarks/bin/$(CONFIGURATION)/net10.0/Ssl.Benchmarks $(ARGS)

fuzz: setup build ## damaged files: 10,000 of each format, 500 of each that ffmpeg reads; prints the counts; an hour. FUZZ=1000 for fewer
	@mkdir -p artifacts/fuzz
	@status=0; for project in Foundation Speech Transcriber; do \
	  SSL_FUZZ=$(or $(FUZZ),10000) tests/$$project.Tests/bin/$(CONFIGURATION)/net10.0/Ssl.$$project.Tests -trait kind=fuzz \
	    -reporter verbose -showLiveOutput 2>artifacts/fuzz/$$project.stderr | tee artifacts/fuzz/$$project.log \
	    | sed -n 's/.*OUTPUT\] \(fuzz .*\)/\1/p'; \
	  grep -q 'Failed: 0' artifacts/fuzz/$$project.log || { status=1; cat artifacts/fuzz/$$project.log; }; done; exit $$status

soak: setup build ## 200 streams through Ingest, as fast as the cores bear: memory must stay flat. MINUTES=60
	SSL_SOAK_MINUTES=$(or $(MINUTES),60) tests/Ingest.Tests/bin/$(CONFIGURATION)/net10.0/Ssl.Ingest.Tests \
	  -class Ssl.Ingest.Tests.SoakTests -showLiveOutput

kills: setup build ## SIGKILL Ingest on a real broker: repetitions and absence of each kill, every segment compared. KILLS=100
	SSL_KILLS=$(or $(KILLS),100) tests/Ingest.Tests/bin/$(CONFIGURATION)/net10.0/Ssl.Ingest.Tests \
	  -method Ssl.Ingest.Tests.KilledIngestTests.After_a_kill_it_is_at_work_soon_and_repeats_little -showLiveOutput

sbom: ## bills of materials (CycloneDX) of what is shipped, into artifacts/sbom
	deploy/sbom.sh

reproducible: ## build and pack what is shipped in two folders and compare the bytes; some minutes
	deploy/reproducible.sh

images: ## container images of the services, with buildah, podman or docker; BASE, FFMPEG, TAG, PULL as deploy/images/build.sh says
	deploy/images/build.sh cpu

tool: setup-run ## ssl as a .NET tool: artifacts/packages; dotnet tool install -g ssl-speech --source artifacts/packages
	@epoch=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null)}; \
	  env -u SOURCE_DATE_EPOCH $${epoch:+SOURCE_DATE_EPOCH=$$epoch} dotnet pack src/Cli -c $(CONFIGURATION) -v q -o artifacts/packages

compose: setup build ## deploy/compose.yaml in containers: it learns, swaps, is scraped, survives kills; BASE as for images
	SSL_TEST_BASE_IMAGE=$(or $(BASE),$(SSL_TEST_BASE_IMAGE),debian:bookworm-slim) \
	  tests/EndToEnd/bin/$(CONFIGURATION)/net10.0/Ssl.EndToEnd -namespace Ssl.EndToEnd.Containers -showLiveOutput
