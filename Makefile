# Everything starts here. `make help` lists the commands.
# Only Python, make and a package registry are needed: uv is fetched when it is missing.

UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen --no-sync
SBOM := $(UV) tool run --from "cyclonedx-bom>=7,<8" cyclonedx-py requirements --mc-type application --output-reproducible
export RASA_TELEMETRY_ENABLED := false
# SQLAlchemy 1.4, which Rasa needs, announces 2.0 at each start.
export SQLALCHEMY_SILENCE_UBER_WARNING := 1

.PHONY: help setup run train test lint check bench load faults engine rehearse evaluate pictures attack audit sbom

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

setup: .venv/ready ## Install everything into .venv

run: setup ## Start Camille on this machine, on http://127.0.0.1:8000
	@$(RUN) camille serve

train: setup ## Train, if the data changed
	@$(RUN) camille train

test: setup ## The whole test suite, with lint and types
	@$(MAKE) --jobs=2 lint check train # training alone leaves one core free half of the time
	$(RUN) pytest -n auto --dist loadfile

lint: setup ## Style, types, and what bandit knows to be dangerous
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) bandit -q -c pyproject.toml -r assistant channels

check: setup ## Read all that Camille can say, and name each fault
	@$(RUN) camille check

bench: train ## Measure speed and size, side by side with a stock Rasa
	$(RUN) python -m benchmarks.bench

load: train ## Measure many people at once, in one process and in all of them, over a good line and a bad one
	$(RUN) python -W ignore -m benchmarks.many.run
	$(RUN) python -m benchmarks.calls
	$(RUN) python -m benchmarks.conversations --people 10000 --seed 7

faults: train ## Break everything in turn, and count what was lost, said twice, or said after STOP
	$(RUN) python -W ignore -m benchmarks.faults

engine: train ## Build the images and try docker/compose.yml on a Docker engine, which it needs
	$(RUN) python -W ignore -m tests.deploy.engine

rehearse: setup ## A restore, a change of pepper, an erasure and a purge, each on a filled database
	$(RUN) python -m pytest -q -rs tests/test_rehearsals.py

evaluate: train ## Measure what Camille understands, side by side with others
	$(RUN) python -m benchmarks.evaluate

pictures: train ## Take the README's pictures again, and those that the pages of /pilotage are compared with
	$(RUN) python docs/pictures/take.py
	$(RUN) python -m tests.browser.steering_golden

attack: train ## Attack the real processes in every way we know, and write what came of it: reports/attack.md
	$(RUN) python -W ignore -m security.attack

audit: setup ## Look every library of both locks up in the database of advisories (needs the network)
	@$(RUN) python -m security.audit $(UV)

sbom: setup ## Write what Camille is made of, as CycloneDX: reports/sbom.json, reports/sbom-channels.json
	@mkdir -p reports
	@$(UV) export --frozen --no-emit-project --no-dev --no-annotate --no-header --quiet --output-file reports/lock.txt
	@$(SBOM) --pyproject pyproject.toml --output-file reports/sbom.json reports/lock.txt
	@$(SBOM) --output-file reports/sbom-channels.json docker/channels/requirements.txt
	@rm reports/lock.txt
	@echo "reports/sbom.json: Camille with Rasa; reports/sbom-channels.json: the faces alone"

.uv/bin/uv:
	@echo "uv is missing: fetching it into .uv"
	@python3 -m venv .uv && .uv/bin/pip install --quiet uv

.venv/ready: pyproject.toml uv.lock $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	@echo "Installing (some minutes the first time)"
	@$(UV) sync --frozen --quiet
	@touch $@
