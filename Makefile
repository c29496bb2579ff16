# Rota. Two commands do everything on a fresh Debian machine with a Swift toolchain:
#   make demo    builds, plays a working morning of a support team, prints the performance report
#   make test    builds and runs every check
.PHONY: all deps year build release demo test slurm deps-slurm faults torture mutants oracles lint units man install bench
.PHONY: suites suite-others laws places coverage load deb deps-deb system deps-system fuzz sanitize roles pages clean

PREFIX ?= /usr
DESTDIR ?=
UNITDIR ?= $(PREFIX)/lib/systemd/system
SWIFT ?= swift
# What building and testing need beside Swift.
PACKAGES = libsqlite3-dev libsystemd-dev pkg-config systemd sqlite3 python3

all: build

# Installs missing Debian packages; does nothing, and needs no rights, when they are there.
deps:
	@missing=""; for p in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

build: deps
	$(SWIFT) build

release: deps
	$(SWIFT) build -c release

demo: release
	Simulations/demo/run .build/release

test: deps
	$(SWIFT) build --build-tests
	$(MAKE) --no-print-directory --jobs 3 --output-sync suites
	$(MAKE) --no-print-directory lint units

# Suites in processes of their own: some wait most of the time, others work, and a process runs no more tests at
# once than there are cores. This is what `swift test` would run; none for longer than twenty minutes.
SUITES = DaemonTests DaemonSimulationTests RoutingTests PlanningTests
RUN_TESTS = Tests/suite $$($(SWIFT) build --show-bin-path)/rotaPackageTests.xctest --testing-library swift-testing
suites: $(SUITES:%=suite-%) suite-others
suite-others:
	@$(RUN_TESTS) $(SUITES:%=--skip '^%\.')
suite-%:
	@$(RUN_TESTS) --filter '^$*\.'

# The sweep's example job script under a Slurm of one node, which this starts for itself: needs root.
slurm: deps-slurm build
	Tests/slurm/run
deps-slurm: PACKAGES = slurmctld slurmd slurm-client munge
deps-slurm: deps

# The program as it is shipped, under power cuts, I/O errors, full disks and kills, at the counts that CI asks for:
# about three minutes.
faults: release
	$(SWIFT) build --build-tests
	ROTA_PROGRAMS=$(CURDIR)/.build/release ROTA_POWER_CUTS=2000 ROTA_KILLS=300 ROTA_IO_ERRORS=300 \
	  $(RUN_TESTS) --filter FaultTests

# What CI has no time for: sanitizers and load, and, for as long as HOURS, new seeds of the simulated daemon.
HOURS ?= 1
torture: faults laws fuzz sanitize load
	ROTA_SIMULATION_HOURS=$(HOURS) $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build-oracles --filter DaemonSimulationTests

# The laws of routing over 20,000 random histories of 300 commands, with reloads: `make test` takes 600.
HISTORIES ?= 20000
laws: deps
	ROTA_HISTORIES=$(HISTORIES) $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build-oracles --filter "PropertyTests|CalendarHistoryTests"

# Any bytes into the line parser, configuration, journal, call scripts and the whole server: FUZZ_SECONDS each.
fuzz: deps
	Tests/Fuzz/run

# The suite and the programs it runs, under the thread and the address sanitizer.
sanitize: deps
	Tests/sanitizers/run

# Each verb by each role, from processes of Unix users that exist for the purpose: needs root and a mount namespace.
roles: deps
	$(SWIFT) build --build-tests
	Tests/roles/run

# Writes the tables of the protocol's pages anew, from the declarations.
pages: deps
	$(SWIFT) build --build-tests
	-RECORD_SNAPSHOTS=1 $(SWIFT) test --skip-build --filter ProtocolPageTests
	$(SWIFT) test --skip-build --filter ProtocolPageTests

# Breaks one rule at a time and expects the suite to turn red: about an hour.
mutants: deps
	Tests/mutants

# Which places know one event, verb, report, strategy: CONTRIBUTING.md's list, as the compiler sees it.
places: deps
	Tests/places

# Line coverage of each room.
coverage: deps
	Tests/coverage

# The simulator against exact results, in release mode, each case for as long as it takes until the standard error
# of every figure is at most half a percent of it: needs the oracles beside the project. Prints a line for each.
# And whether a release build simulates the same to the last bit as the debug build that `make test` uses.
# About 3,000 million calls: an hour of two cores; PRECISION=0.02 takes a few minutes, ROTA_ORACLE_CASE=ErlangB takes
# those alone.
PRECISION ?= 0.005
oracles: deps
	ROTA_ORACLE_CALLS=400000 ROTA_ORACLE_PRECISION=$(PRECISION) $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build-oracles --filter 'OracleTests|RepeatabilityTests'

# Formatting, as the toolchain's own formatter sees it.
lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Sources Benchmarks/Package.swift

# The unit files, as systemd sees them.
units:
	systemd/check

bench: deps
	Benchmarks/run

# The real daemon under load, and without descriptors or memory: about two and a half minutes after the build.
# SOAK_MINUTES=30: the long soak alone. ROTAD=PATH: another daemon than the one built here.
load: deps
	Benchmarks/load || [ $$? = 77 ]

# What a year of 200 reps costs, measured and not reckoned: a quarter of an hour and five gigabytes.
year: deps
	swift build -c release --product rotad && swift build -c release --package-path Benchmarks --product RecoveryBenchmark
	Benchmarks/.build/release/RecoveryBenchmark .build/release/rotad 12000000

# Manual pages, from the same declarations as --help. An empty line is none in mdoc(7).
man: deps
	mkdir -p .build/man
	$(SWIFT) package --allow-writing-to-directory .build/man generate-manual --configuration release --output-directory .build/man
	sed -i 's/^$$/.Pp/' .build/man/*.1
	sed 's/^\.Dt ROTAD 1/.Dt ROTAD 8/' .build/man/rotad.1 >.build/man/rotad.8

# The programs bring the Swift run time with them: the toolchain may be anywhere, and the unit lets
# the daemon execute nothing outside /usr/lib, /lib and itself.
install: PACKAGES += patchelf
install: release man
	install -D -m 755 .build/release/rotad $(DESTDIR)$(PREFIX)/sbin/rotad
	install -D -m 755 .build/release/rotactl $(DESTDIR)$(PREFIX)/bin/rotactl
	install -D -m 755 .build/release/rotasim $(DESTDIR)$(PREFIX)/bin/rotasim
	mkdir -p $(DESTDIR)$(PREFIX)/lib/rota
	for lib in $$(ldd .build/release/rotad .build/release/rotactl .build/release/rotasim | awk '/libswift|libFoundation|lib_Foundation|libdispatch|libBlocksRuntime/ {print $$3}' | sort -u); do \
	  install -m 644 $$lib $(DESTDIR)$(PREFIX)/lib/rota/; done
	patchelf --set-rpath $(PREFIX)/lib/rota $(DESTDIR)$(PREFIX)/sbin/rotad $(DESTDIR)$(PREFIX)/bin/rotactl $(DESTDIR)$(PREFIX)/bin/rotasim
	install -D -m 644 .build/man/rotasim.1 $(DESTDIR)$(PREFIX)/share/man/man1/rotasim.1
	install -D -m 644 .build/man/rotactl.1 $(DESTDIR)$(PREFIX)/share/man/man1/rotactl.1
	install -D -m 644 .build/man/rotad.8 $(DESTDIR)$(PREFIX)/share/man/man8/rotad.8
	install -D -m 644 systemd/rotad.service $(DESTDIR)$(UNITDIR)/rotad.service
	install -D -m 644 systemd/rotad.socket $(DESTDIR)$(UNITDIR)/rotad.socket
	install -D -m 644 systemd/rotad-hold.service $(DESTDIR)$(UNITDIR)/rotad-hold.service
	install -D -m 644 systemd/rota-backup.service $(DESTDIR)$(UNITDIR)/rota-backup.service
	install -D -m 644 systemd/rota-backup.timer $(DESTDIR)$(UNITDIR)/rota-backup.timer
	install -D -m 644 systemd/rota.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/rota.conf
	install -D -m 644 systemd/rota.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/rota.conf
	install -D -m 644 systemd/rota.preset $(DESTDIR)$(PREFIX)/lib/systemd/system-preset/80-rota.preset
	install -D -m 644 systemd/rota.catalog $(DESTDIR)$(PREFIX)/lib/systemd/catalog/rota.catalog
	mkdir -p $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	for program in rotactl rotasim; do \
	  .build/release/$$program --generate-completion-script bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$program && \
	  sed -i '1{/^#!/d}' $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$program && \
	  .build/release/$$program --generate-completion-script zsh >$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_$$program && \
	  .build/release/$$program --generate-completion-script fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$program.fish || exit 1; done
	test -e $(DESTDIR)/etc/rota/rota.yaml || install -D -m 644 systemd/rota.yaml $(DESTDIR)/etc/rota/rota.yaml

# A Debian package, in .build/deb: needs no more rights than the build. Units go where this Debian's tools look.
deb: deps-deb
	rm -rf .build/deb-stage && $(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/deb-stage \
	  UNITDIR=$$(pkg-config --variable=systemdsystemunitdir systemd)
	systemd/debian/build .build/deb-stage .build/deb
deps-deb: PACKAGES += debhelper patchelf
deps-deb: deps

# The package and the service under a real systemd, in a throw-away container: needs root. About two minutes beside the build.
system: deps-system
	$(MAKE) --no-print-directory deb
	Tests/systemd/run
deps-system: PACKAGES = systemd-container lintian
deps-system: deps

clean:
	rm -rf .build demo-state
