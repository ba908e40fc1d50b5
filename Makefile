# Every target installs what it needs; a second call installs nothing.
# Python 3.12 where it is found, since the reader's own model is made for it; 3.11 does too
PYTHON ?= $(shell for each in python3.12 $(HOME)/.pyenv/versions/3.12.*/bin/python python3; do \
	"$$each" -c '' 2>/dev/null && echo "$$each" && break; done)
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
STAMP := $(VENV)/.installed
# each process would compile all that it imports otherwise: 2 s of processor a start of a service
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.cache/bytecode
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test check format lint types imports rules alerts generate site lock \
	unit integration kafka k8s manifests redis alertmanager prometheus peers bench bench-engine bench-recovery bench-hostile bench-windows \
	bench-attack bench-ingest chaos explore soak upgrade drill pictures slack-pictures browser clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

install: $(STAMP) ## make .venv with the vedette command in it

# pip installs uv, checked against its hash in the lock; uv installs the rest in seconds.
$(STAMP): $(LOCK) pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12) and "Python 3.11 or 3.12 is needed; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); deploy/need venv; $(PYTHON) -m venv $(VENV); }
	awk '/^uv==/{on=1} on{print} on&&!/\\$$/{exit}' $(LOCK) > $(VENV)/uv.lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r $(LOCK)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: install ## January 2020 in Iraq, from HTTP to messages, on one machine
	$(BIN)/vedette up --demo

test: install kafka redis alertmanager prometheus peers ## every test, also those on a real Kafka and Redis
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

check: install format lint types imports rules alerts manifests site ## format, lint, types, imports, rules, alerts, manifests, links

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports

rules: install ## every rule file and its tests, and every source
	$(BIN)/vedette sources check
	$(BIN)/vedette rules fmt --check
	$(BIN)/vedette rules check
	$(BIN)/vedette rules test
	$(BIN)/vedette rules test --rules rules/iraq-2020 --timelines rules/iraq-2020/labelled/timelines.yaml
	$(BIN)/vedette rules score --rules rules/iraq-2020 --labelled rules/iraq-2020/labelled/unseen.jsonl --labelled rules/iraq-2020/labelled/strangers.jsonl --unseen

alerts: prometheus ## the alerts about Vedette itself, each firing and silent
	promtool check rules deploy/prometheus/alerts.yml
	promtool test rules deploy/prometheus/tests/*.yml

unit: install alertmanager prometheus peers ## the tests that need no Kafka and no Redis
	$(BIN)/pytest -m "not integration"

integration: install kafka redis prometheus ## the tests on real Kafka and Redis
	$(BIN)/pytest -m integration

kafka: .cache/kafka/.complete ## Apache Kafka's jars, by Maven

.cache/kafka/.complete: deploy/kafka/pom.xml
	deploy/need java mvn
	mvn --batch-mode --quiet --file $< dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/.cache/kafka/libs
	touch $@

redis:
	deploy/need redis-server

# Without it the comparison is skipped; nothing else needs it.
alertmanager: ## amtool, whose routes ours are compared with
	-deploy/need amtool

prometheus: ## promtool, and the Prometheus that scrapes the services in a test
	deploy/need promtool

k8s: install .cache/bin/kustomize ## render the overlays, and check them as a cluster would
	$(BIN)/python -m deploy.k8s_check .cache/bin/kustomize

# Overlays are rendered too where there is Go to build kustomize with.
manifests: install ## what Kubernetes would refuse of deploy/k8s
	if command -v go >/dev/null; then $(MAKE) --no-print-directory .cache/bin/kustomize || true; fi
	$(BIN)/python -m deploy.k8s_check

.cache/bin/kustomize:
	deploy/need go
	GOBIN=$(CURDIR)/.cache/bin go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.2

generate: install ## JSON Schemas and AsyncAPI, metrics, dashboards; RUNBOOKS='https://…/{}/' moves runbooks
	$(BIN)/python -m schemas
	$(BIN)/python -m cli.rule_types
	$(BIN)/python -m cli.rule_modifiers
	$(BIN)/python -m deploy '$(RUNBOOKS)'

site: install ## the documentation as a site, into build/site; links are checked
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

lock: install ## resolve all versions again: the only command that changes them
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--upgrade --extra dev --extra local --extra reader --python-version 3.11 pyproject.toml --output-file $(LOCK)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--upgrade --python-version 3.11 bench/peers.in --output-file bench/peers.lock

peers: .cache/peers/.installed ## elastalert2 in an environment of its own, to compare with

.cache/peers/.installed: bench/peers.lock $(STAMP)
	$(PYTHON) -m venv --clear --without-pip .cache/peers
	VIRTUAL_ENV=.cache/peers $(BIN)/uv pip install --quiet --require-hashes -r $<
	touch $@

bench: install kafka redis ## throughput and latency, as ratios in one run
	$(BIN)/python -m bench

bench-engine: install peers ## the engine alone, beside elastalert2
	$(BIN)/python -m bench.engine

bench-recovery: install kafka ## how long a recovery takes, beside Faust's own
	$(BIN)/python -m bench.recovery

bench-hostile: install ## cost against size of hostile texts, requests, rules: all linear, or 1
	$(BIN)/python -m bench.hostile

bench-windows: install ## cost of a hit against hits held, 10 min; ARGS=--full, ARGS="--beside HEAD~1"
	$(BIN)/python -m bench.windows $(ARGS)

bench-ingest: install kafka redis ## events a second over HTTP on one core, beside a bare 202
	$(BIN)/python -m bench.ingest $(ARGS)

bench-attack: install kafka redis ## genuine reports beside a hostile token: p99 at Slack and the pager
	$(BIN)/python -m bench.under_attack

chaos: install kafka redis ## 50 faults under load, every alert exactly once; ARGS="--seed 7"
	$(BIN)/python -m tests.chaos $(ARGS)

explore: install ## random tests, others each time, for 15 minutes; ARGS="--minutes 60 tests/matcher/oracle"
	$(BIN)/python -m tests.explore $(ARGS)

soak: install kafka redis ## half an hour of load: memory, lag, latency as a PNG; ARGS="--minutes 5"
	$(BIN)/python -m tests.chaos.soak $(ARGS)

upgrade: install kafka redis ## from the release before and back, under load; ARGS="--before COMMIT"
	$(BIN)/python -m tests.upgrade $(ARGS)

drill: install kafka redis ## each loss that docs/operations/recovering.md names, and the way back; ARGS="redis zone"
	$(BIN)/python -m tests.drills $(ARGS)

pictures: slack-pictures install kafka redis prometheus ## what docs/pictures has: dashboards under a little load, messages
	$(BIN)/python -m tests.dashboards

slack-pictures: install browser ## alerts as Slack shows them, into docs/pictures
	$(BIN)/python -m tests.slack_pictures

browser:
	deploy/need chromium

clean: ## delete everything that make created
	rm -rf $(VENV) .cache build *.egg-info
