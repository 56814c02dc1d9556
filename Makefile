# The commands of the book; `make` alone lists them.

# A reader's words, such as the name of a folder, may hold whatever a file's name may. They reach
# programs through the environment: neither make, which expands what is not taken by `value`, nor a
# shell, which reads a recipe, takes part of them for a command. `given` is a word of make's
# command line, or nothing.
given = $(if $(filter command,$(origin $(1))),$(value $(1)))

# What makes the book's environment.
override export PYTHON := $(or $(value PYTHON),python3)
# What the chapters run on: demo, fsdkaggle2018, fsdkaggle2018-mini, or a folder in that layout.
override export BOOK_DATA := $(or $(call given,DATA),$(value BOOK_DATA),demo)
override DATA := $(BOOK_DATA)
# How long they may take: quick or paper.
override export BOOK_PROFILE := $(or $(call given,PROFILE),$(value BOOK_PROFILE),quick)
override PROFILE := $(BOOK_PROFILE)
# Experiments at once, each with 3 GB of memory; what `paper` runs on, a GPU, serves one.
override export JOBS := $(or $(call given,JOBS),$(if $(filter quick,$(PROFILE)),2,1))

# Chapters run in folders of their own: the name of a folder starts from the root.
rooted := case "$$BOOK_DATA" in demo|fsdkaggle2018|fsdkaggle2018-mini|/*|'~'*) ;; \
	*) BOOK_DATA="$$PWD/$$BOOK_DATA";; esac

bin := .venv/bin
packages := .venv/.packages
installed := .venv/.installed
installers := .venv/lock/bin/.installed
vendor := book/_extra/vendor/LICENCES.txt
listen := book/_extra/listen/model/about.json
front := book/_extra/guess/heard.js
assets := book/_build/.assets
site := book/_build/html

.PHONY: help book chapters test lint unit pages brief live fuzz bench colab lab results agree demo address references notebooks students bank slides pdf shots lock audit clean

help:
	@echo "make book       build the site; DATA=folder for your own recordings"
	@echo "make test       run everything that CI runs"
	@echo "make live       run every chapter in JupyterLab and in Notebook, by mouse and keys"
	@echo "make pdf        print the site into one PDF, with bookmarks and page numbers"
	@echo "make fuzz       damage 10,000 files of each kind, and count what comes of it for the book"
	@echo "make bench      measure the book beside librosa, Keras and others into data/results/"
	@echo "make colab      run every chapter on the versions of packages that Google Colab has"
	@echo "make lab        open the book in JupyterLab"
	@echo "make results    run the experiments into data/results/; DATA=folder, PROFILE=paper"
	@echo "make agree      ask the page that listens about each clip; record if Python says the same"
	@echo "make demo       render the bundled clips afresh"
	@echo "make students   what a class needs, without the solutions, to hand out; ANSWERS=yes: of quizzes"
	@echo "make slides     make a deck of slides for each chapter, a file each, with notes for the teacher"
	@echo "make bank       write the question bank for Moodle, with answers and reasons"
	@echo "make notebooks  strip the notebooks to the form in which they are committed"
	@echo "make address    copy the project's address from pyproject.toml to where it is quoted"
	@echo "make references write the page of references from references.bib"
	@echo "make shots      photograph every page, wide and narrow, light and dark"
	@echo "make lock       write the versions and hashes of all packages, within pyproject.toml's ranges"
	@echo "make audit      ask advisory databases about the locked packages"
	@echo "make clean      remove all that make made"

$(packages): pyproject.toml requirements.lock
	@"$$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ printf '%s\n' "This book needs Python 3.11 to 3.13, and $$PYTHON is not: name one that is, as\
 in 'make book PYTHON=python3.12'."; exit 1; }
	@"$$PYTHON" -c 'import ensurepip, venv' || \
		{ echo "This Python cannot make environments: sudo apt-get install -y python3-venv"; exit 1; }
	"$$PYTHON" -m venv .venv
	@# uv does in seconds what takes pip a minute. It is locked as all else is, so pip installs it.
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(@D)/uv.txt
	$(bin)/pip install --disable-pip-version-check --no-deps --require-hashes -r $(@D)/uv.txt
	@# Of pip's own settings, such as the address of a mirror, uv knows none.
	$(bin)/uv pip install --python $(bin)/python --no-deps --require-hashes -r requirements.lock || \
		$(bin)/pip install --disable-pip-version-check --no-compile --no-deps --require-hashes \
			-r requirements.lock
	@# What builds the book's own package is locked, too: no other is fetched.
	$(bin)/uv pip install --python $(bin)/python --no-deps --no-build-isolation -e .
	$(bin)/uv pip check --python $(bin)/python
	@touch $@

# Compiled by two processes at once, librosa may crash a third (numba issue 10128).
$(installed): $(packages)
	$(bin)/python -c 'import librosa, numpy; librosa.yin(numpy.zeros(4096), fmin=100, fmax=1000)'
	@touch $@

# What writes and checks the lock, beside the book's environment, which stays as it is locked.
$(installers):
	"$$PYTHON" -m venv $(@D:/bin=)
	$(@D)/pip install --disable-pip-version-check uv pip-audit
	@touch $@

$(vendor): tools/vendor.py package-lock.json $(packages)
	$(bin)/python tools/vendor.py

# What both of these rest on: nearly every stage, the models, and the bundled clips by their list.
pipeline := $(wildcard helpers/*.py data/models/* data/demo/SHA256SUMS)

# What the page that listens loads, compared with what it was made from.
$(listen): $(installed) tools/listen.py $(pipeline)
	$(bin)/python tools/listen.py

# The sounds and pictures of the first page.
$(front): $(installed) tools/front.py book/intro.md $(pipeline) $(wildcard data/results/*.json \
		helpers/plots/*.py)
	$(bin)/python tools/front.py

# Sphinx copies styles and scripts only when it has a page to write: let it write them all, those of
# the sources too.
$(assets): $(vendor) $(listen) $(front) $(wildcard book/_static/* book/_extra/* book/_extra/listen/*.js) \
		$(wildcard book/_ext/* book/_templates/*)
	rm -rf book/_build/.doctrees book/_build/html/_modules
	@mkdir -p $(@D)
	@touch $@

chapters: $(installed) $(assets)
	@$(rooted); $(bin)/python tools/execute.py

book: chapters
	@# Until it has ended well its sign is away: Sphinx takes half a page of a build that was killed
	@# for a whole one, and tells of a fault but once.
	@mv $(assets) $(assets)-of-a-build
	$(bin)/jupyter-book build -W -n --keep-going book
	@mv $(assets)-of-a-build $(assets)
	@printf '%s\n' "The site is in $(site): open $$PWD/$(site)/index.html in a browser."

lint: $(packages)
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy

# More at once than there are cores, as some of them wait for what they started.
unit: $(installed)
	$(bin)/pytest --ignore=tests/book --ignore=tests/live --numprocesses=3 --dist=worksteal

# Of the site as it was built, with its slides and its PDF.
pages: $(installed)
	$(bin)/pytest tests/book --numprocesses=2 --dist=loadfile --no-loadscope-reorder

live: $(installed)
	$(bin)/pytest tests/live

brief: $(installed)
	$(bin)/pytest tests/live -m brief

pdf: book
	$(bin)/python tools/pdf.py

fuzz: $(installed)
	$(bin)/pytest tests/test_fuzz.py --hypothesis-profile=fuzz
	$(bin)/python tools/fuzz.py

bench: $(installed)
	@$(rooted); $(bin)/pytest bench --data "$$BOOK_DATA" --profile "$$BOOK_PROFILE" -s \
		--benchmark-columns=median,rounds --benchmark-group-by=group,param:way

# Beside what keeps two cores busy goes what needs one, or waits; a make that can do so shows what
# each says when it has ended.
two := --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync)

test:
	$(MAKE) $(two) lint chapters
	$(MAKE) $(two) unit slides pdf
	$(MAKE) $(two) pages brief

# On the last commit; asks for Python 3.13, by COLAB_PYTHON where it is called otherwise.
colab: $(installed)
	$(bin)/python tools/colab.py

lab: $(installed)
	@# Markdown opens as a page; what pip installs in place brings no such file along.
	@install -D -m 644 -t .venv/share/jupyter/lab/settings/overrides.d book/_lab/which-instrument.json
	@$(rooted); $(bin)/jupyter lab book

results: $(installed)
	@$(rooted); $(bin)/python -m helpers.reproduce --jobs "$$JOBS"

agree: book
	@$(rooted); $(bin)/python tools/agree.py --data "$$BOOK_DATA"

demo: $(installed)
	$(bin)/python data/demo/render.py

references: $(installed)
	$(bin)/python tools/references.py

notebooks: $(installed)
	$(bin)/python tools/refresh.py --clean

students: $(installed)
	$(bin)/python tools/students.py $(if $(filter yes,$(value ANSWERS)),--answers)

bank: $(installed)
	$(bin)/python tools/bank.py

slides: book
	$(bin)/python tools/slides.py

address: $(installed)
	$(bin)/python tools/address.py

shots: book
	$(bin)/python tools/shots.py

# Versions that are locked already stay where they may: delete requirements.lock for the newest.
lock: $(installers)
	$(<D)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --quiet \
		--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
		--output-file requirements.lock
	@# Binder's share of it: what the chapters import.
	$(<D)/uv pip compile pyproject.toml --extra chapters --constraint requirements.lock --quiet \
		--python-version 3.12 --python-platform x86_64-manylinux_2_28 --no-annotate \
		--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
		--output-file binder/requirements.txt
	@# A class's: what opens and runs the chapters, on any system.
	$(<D)/uv pip compile pyproject.toml --extra lab --constraint requirements.lock --universal \
		--python-version 3.11 --quiet --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --output-file handout/requirements.txt

audit: $(installers) $(installed)
	$(<D)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock
	$(bin)/npm audit --package-lock-only

clean:
	rm -rf .venv book/_build book/_extra/vendor book/_extra/listen/clips book/_extra/listen/model
	rm -rf book/_extra/guess book/road
	rm -rf *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
