# Plain `make` lists what there is.
SHELL := /bin/sh
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq install --require-hashes
# A production-like environment for `manage.py check --deploy`; its key is random and thrown away.
DEPLOY = DEBUG=0 SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(50))") \
	ALLOWED_HOSTS=www.example.org SITE_URL=https://www.example.org

.DEFAULT_GOAL := help
.PHONY: help run setup test check format demo guide bench audit lock

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run ## Start the site on this machine (PORT=8000)
	@exec $(PY) -m config.run

setup: .venv/run .venv/develop ## Make the environment alone: .venv with everything pinned

test: setup ## Run all tests (those with a browser when a Chromium is found)
	@$(PY) -m pytest -n auto $(ARGS)

check: setup ## Lint, import contract, missing migrations, deployment checks
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/djlint --lint --quiet templates
	@.venv/bin/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	@.venv/bin/lint-imports --no-cache
	@$(DEPLOY) $(PY) manage.py makemigrations --check --dry-run
	@$(DEPLOY) $(PY) manage.py check --deploy --fail-level WARNING

format: setup ## Put code and templates into the common form
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format .
	@.venv/bin/djade --target-version 5.2 $$(git ls-files 'templates/*.html') || true

demo: .venv/run ## Load the demo into the database of this machine
	@$(PY) -m config.run demo

guide: setup ## Take the pictures of docs/guide.md anew (needs a Chromium)
	@$(PY) -m docs.screenshots

bench: setup ## Measure against the limits (needs wrk); writes bench/results.md
	@$(PY) -m bench.run $(ARGS)

audit: setup ## Ask others' tools about every page (needs Node.js, Java, a Chromium); writes bench/audit.md
	@$(PY) -m bench.audit $(ARGS)

lock: setup ## Recompile the pins from requirements.in and requirements-dev.in
	@for name in requirements requirements-dev; do \
		.venv/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
			--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
			--output-file $$name.txt $$name.in || exit 1; \
	done

.venv/bin/python:
	@[ -w . ] || { echo "Evenhand cannot start. The folder $(CURDIR) cannot be written to."; exit 1; }
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if command -v $$python >/dev/null 2>&1 && \
			$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv .venv && exit 0; \
			rm -rf .venv; \
			echo "Evenhand cannot start. $$python cannot make .venv; install its venv package (Debian: python3-venv)."; \
			exit 1; \
		fi; \
	done; \
	echo "Evenhand cannot start. It needs Python 3.11 or newer; none was found."; exit 1

.venv/run: requirements.txt | .venv/bin/python
	@echo "Installing what Evenhand runs on …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/develop: requirements-dev.txt | .venv/run
	@echo "Installing what its tests and checks need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@
