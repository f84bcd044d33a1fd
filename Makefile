# SPDX-License-Identifier: Apache-2.0
#
# Makefile - builds, tests and installs proctrace; "make help" lists the targets
#
# One Makefile for the whole tree. Everything it makes lies under $(BUILD), and
# the static program under $(STATIC). New files under user/, tests/unit/,
# tests/live/ and tests/workload/ are found by themselves.

VERSION := 0.1.0

prefix  ?= /usr/local
sbindir ?= $(prefix)/sbin
datadir ?= $(prefix)/share
mandir  ?= $(datadir)/man
DESTDIR ?=

# FUZZ=1, which "make fuzz" sets, builds for clang's libFuzzer.
ifneq ($(FUZZ),)
SAN := 1
endif
# CROSS_COMPILE=aarch64-linux-gnu- builds for arm64, with what "make sysroot" fetched.
CROSS_COMPILE ?=
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin AR),default)
AR := $(CROSS_COMPILE)ar
endif
CLANG   ?= clang
BPFTOOL ?= bpftool
PKG_CONFIG ?= pkg-config
PROTOC_C ?= protoc-c
MACHINE ?= $(if $(CROSS_COMPILE),$(firstword $(subst -, ,$(notdir $(CROSS_COMPILE)))),$(shell uname -m))
# The name that libbpf's headers know the architecture by.
ARCH    ?= $(or $(ARCH_OF_$(MACHINE)),$(MACHINE))
ARCH_OF_x86_64  := x86
ARCH_OF_aarch64 := arm64
ARCH_OF_armv7l  := arm
ARCH_OF_ppc64le := powerpc
ARCH_OF_riscv64 := riscv
ARCH_OF_s390x   := s390
BTF     ?= /sys/kernel/btf/vmlinux

BUILD  ?= build$(if $(SAN),-san)$(if $(CROSS_COMPILE),-$(ARCH))
STATIC := build-static$(if $(CROSS_COMPILE),-$(ARCH))
# Where the libraries of another architecture lie; empty: this machine's own are used.
SYSROOT ?= $(if $(CROSS_COMPILE),$(BUILD)/sysroot)
FUZZED := build-fuzz
# Asking runtimes' sockets needs libcurl, which the program loads when it has something to
# ask, and libprotobuf-c.
SOCKETS ?= yes
# Writing to the journal needs libsystemd.
JOURNAL ?= yes

# bpftool lies in /usr/sbin, which only root has in PATH.
export PATH := $(PATH):/usr/sbin:/sbin
export ARCH BUILD STATIC SYSROOT CC CLANG BPFTOOL PKG_CONFIG PROTOC_C CPPFLAGS SOCKETS JOURNAL

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

# ---------------------------------------------------------------- flags
# Ours come first, so that what the user gives in CPPFLAGS, CFLAGS and LDFLAGS
# wins.

warnings := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla \
	$(if $(WERROR),-Werror)
fortify := $(if $(SAN)$(filter -O0 -Og,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
optimise := $(if $(SAN),-O1,-O2)
, := ,
sanitize := $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer) $(if $(FUZZ),-fsanitize=fuzzer-no-link)

sockets  := $(filter-out no,$(SOCKETS))
journal  := $(filter-out no,$(JOURNAL))
pkgs     := $(strip $(if $(sockets),libcurl libprotobuf-c) $(if $(journal),libsystemd))
sysroot  := $(if $(SYSROOT),--sysroot=$(SYSROOT))
pkg_config := $(if $(SYSROOT),PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
	PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(MACHINE)-linux-gnu/pkgconfig) $(PKG_CONFIG)
pkg_cflags := $(if $(pkgs),$(shell $(pkg_config) --cflags $(pkgs) 2>/dev/null)) \
	$(if $(journal),-DLIBSYSTEMD_VERSION=$(shell $(pkg_config) --modversion libsystemd 2>/dev/null))
pkg_libs := $(if $(pkgs),$(shell $(pkg_config) --libs $(filter-out libcurl,$(pkgs)) 2>/dev/null) -ldl)

cppflags := -D_GNU_SOURCE -DPROCTRACE_VERSION='"$(VERSION)"' -Iuser -Iinclude $(pkg_cflags) $(fortify)
cflags   := -std=gnu11 $(optimise) -g -pthread -fPIE -ffunction-sections \
	-fstack-protector-strong $(sysroot) \
	$(warnings) $(sanitize)
ldflags  := -pthread -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(sanitize)
libs     := -lbpf -lelf -lz -ljson-c -lsodium -lcap-ng -lseccomp -lpcre2-8

compile = $(CC) $(cppflags) $(gen_include) $(CPPFLAGS) $(cflags) $(CFLAGS) -MMD -MP -c -o $@ $<
link    = $(CC) $(cflags) $(CFLAGS) $(ldflags) -pie $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

whole = -Wl,--whole-archive,$(library),--no-whole-archive,--gc-sections

# ---------------------------------------------------------------- files
# ROOMS="base event" builds a library of only those rooms, for a test that needs
# no more: "make ROOMS=base BUILD=/tmp/b /tmp/b/tests/unit/test_buf".

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

ROOMS ?= $(patsubst user/%/,%,$(wildcard user/*/))
# Either what asks sockets or what stands in its place.
asking        := $(addprefix user/container/,sockets.c transfer.c libcurl.c containerd_api.c)
no_asking     := user/container/sockets_none.c
# Likewise.
journaling    := user/sink/journal.c
no_journaling := user/sink/journal_none.c
without       := $(no_asking) $(no_journaling)
room_srcs     := $(filter-out $(if $(sockets),$(no_asking),$(asking)) \
	$(if $(journal),$(no_journaling),$(journaling)),$(sort \
	$(foreach room,$(ROOMS),$(wildcard user/$(room)/*.c))))
lib_srcs      := $(room_srcs) $(filter-out user/main.c,$(sort $(wildcard user/*.c)))
all_unit_srcs := $(sort $(wildcard tests/unit/test_*.c))
unit_srcs     := $(filter-out $(if $(sockets),,$(asking:user/container/%=tests/unit/test_%)),$(all_unit_srcs))
unit_helpers  := $(filter-out $(all_unit_srcs),$(wildcard tests/unit/*.c))
all_faults    := $(filter-out $(if $(sockets),,$(addprefix tests/fault/,test_fault_sockets.c curl_calls.c)),$(sort $(wildcard tests/fault/*.c)))
fault_srcs    := $(filter tests/fault/test_%,$(all_faults))
fault_helpers := $(filter-out $(fault_srcs),$(all_faults)) tests/unit/host_tree.c tests/unit/fake_server.c
live_srcs     := $(sort $(wildcard tests/live/test_*.c))
live_helpers  := $(filter-out $(live_srcs),$(wildcard tests/live/*.c))
workload_srcs := $(sort $(wildcard tests/workload/*.c))
fuzz_srcs     := $(filter-out $(if $(sockets),,tests/fuzz/fuzz_containerd_api.c),$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzz_driver   := tests/fuzz/driver.c
fuzz_helpers  := $(filter-out $(fuzz_driver) tests/fuzz/fuzz_%,$(wildcard tests/fuzz/*.c))
cost_srcs     := tests/bench/events.c
probe_srcs    := tests/bench/probe.c
bench_srcs    := $(filter-out $(cost_srcs) $(probe_srcs) %.bpf.c,$(sort $(wildcard tests/bench/*.c)))
vm_srcs       := $(sort $(wildcard tests/vm/*.c))

program  := $(BUILD)/proctrace
library  := $(BUILD)/libproctrace.a
bpf_obj  := $(BUILD)/bpf/proctrace.bpf.o
skeleton := $(BUILD)/gen/proctrace.skel.h
protocol := $(if $(filter $(asking),$(lib_srcs)),$(BUILD)/gen/containerd.pb-c)
lib_objs := $(call obj,$(lib_srcs)) $(protocol:$(BUILD)/%=$(BUILD)/obj/%.o)
unit     := $(unit_srcs:%.c=$(BUILD)/%)
fault    := $(fault_srcs:%.c=$(BUILD)/%)
live     := $(live_srcs:%.c=$(BUILD)/%)
fuzzers  := $(fuzz_srcs:%.c=$(BUILD)/%)
workload := $(workload_srcs:%.c=$(BUILD)/%)
bench    := $(bench_srcs:%.c=$(BUILD)/%)
cost     := $(cost_srcs:%.c=$(BUILD)/%)
probe    := $(probe_srcs:%.c=$(BUILD)/%)
vm       := $(vm_srcs:%.c=$(BUILD)/%)

all_objs := $(lib_objs) $(call obj,$(without) user/main.c vmlinux/check.c $(unit_srcs) $(unit_helpers) $(fault_srcs) \
	$(fault_helpers) $(live_srcs) $(live_helpers) $(fuzz_srcs) $(fuzz_helpers) $(fuzz_driver) $(vm_srcs) $(cost_srcs) $(probe_srcs))

# ---------------------------------------------------------------- program

.PHONY: all
all: $(program) ## build $(BUILD)/proctrace (the default)

# The whole library, so that a name that two rooms define is found here and now.
$(program): $(call obj,user/main.c) $(library)
	$(call say,LINK,$@)
	$(Q)$(subst $(library),$(whole),$(link)) $(libs) $(pkg_libs)

# Made anew each time: ar would keep the object of a file that is gone.
$(library): $(lib_objs) $(BUILD)/sources
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | need-build
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(compile)

# Only the tracer sees the kernel side's skeleton, and what loads it in a virtual machine.
tracer_objs := $(call obj,$(filter user/tracer/%,$(lib_srcs)) $(vm_srcs))
$(tracer_objs): gen_include := -I$(BUILD)/gen
$(tracer_objs): | $(skeleton)

# Messages of containerd's API.
$(BUILD)/gen/containerd.pb-c.c: user/container/containerd.proto $(BUILD)/flags | need-build
	$(call say,PROTO,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(PROTOC_C) --proto_path=$(<D) --c_out=$(@D) $(<F)

$(BUILD)/gen/containerd.pb-c.h: $(BUILD)/gen/containerd.pb-c.c ;

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(compile)

protocol_objs := $(call obj,user/container/containerd_api.c tests/unit/test_containerd_api.c)
$(protocol_objs): gen_include := -I$(BUILD)/gen
$(protocol_objs): | $(protocol:%=%.h)

# These files change when the flags or the list of sources change, and only then.
quoted = '$(subst ','\'',$(strip $(1)))'
keep = mkdir -p $(@D); printf '%s\n' $(call quoted,$(1)) | cmp -s - $@ 2>/dev/null || \
	printf '%s\n' $(call quoted,$(1)) >$@
$(BUILD)/flags: FORCE
	@$(call keep,$(CC) $(cppflags) $(CPPFLAGS) $(cflags) $(CFLAGS) $(ldflags) $(LDFLAGS) $(libs) $(pkg_libs))
$(BUILD)/bpf/flags: FORCE
	@$(call keep,$(CLANG) $(bpf_flags))
$(BUILD)/sources: FORCE
	@$(call keep,$(lib_srcs))

.PHONY: FORCE
FORCE:

# ---------------------------------------------------------------- kernel side
# Compiled against vmlinux/, never against the running kernel. clang's bpf target
# does not look into the host's own include folder, which has <asm/types.h>.

bpf_flags := -g -O2 -target bpf -mcpu=v2 -D__TARGET_ARCH_$(ARCH) -std=gnu11 -Ivmlinux -Iinclude \
	-Ibpf $(sysroot) -idirafter $(SYSROOT)/usr/include/$(MACHINE)-linux-gnu -Wall -Wextra -Wshadow \
	-Wno-unused-parameter -Wno-missing-declarations $(if $(WERROR),-Werror)

$(bpf_obj): bpf/proctrace.bpf.c $(BUILD)/bpf/flags | need-build
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(bpf_flags) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $(@:.o=.full.o) $<
	$(Q)$(BPFTOOL) gen object $@ $(@:.o=.full.o)

$(skeleton): $(bpf_obj)
	$(call say,SKEL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen skeleton $< name proctrace_bpf >$@.tmp && mv $@.tmp $@

# ---------------------------------------------------------------- static program
# The same objects, but that no socket is asked and no journal written: Debian has no archives
# of libsystemd, nor of all that its libcurl.a needs. glibc says that user names need its shared libraries at run time, which
# is known: without them the number is shown.

.PHONY: static
static: $(STATIC)/proctrace ## build $(STATIC)/proctrace, one static binary

# First, so that what asks sockets, and the journal, are not taken out of the library.
$(STATIC)/proctrace: $(call obj,user/main.c $(without)) $(library) | need-static
	$(if $(SAN),$(error A sanitizer cannot be linked statically: make static without SAN))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(CFLAGS) $(ldflags) -static-pie -Wl,--no-warnings $(LDFLAGS) -o $@ \
		$(filter %.o %.a,$^) $(libs)

# ---------------------------------------------------------------- other architectures
# Libraries for them come from Debian's packages, unpacked below $(SYSROOT). SYSROOT=DIR is any
# other folder with what tools/packages names in it.

.PHONY: sysroot
sysroot: ## fetch Debian's libraries for another architecture: CROSS_COMPILE=aarch64-linux-gnu-
	$(if $(CROSS_COMPILE),,$(error For which architecture? make sysroot CROSS_COMPILE=aarch64-linux-gnu-))
	$(call say,FETCH,$(SYSROOT))
	$(Q)tools/sysroot $(SYSROOT) $(ARCH)

# ---------------------------------------------------------------- missing packages

.PHONY: need-build need-static need-test need-fuzz need-check
need-build:
	@tools/install-packages --check build $(if $(sockets),sockets) $(if $(journal),journal)
need-static: need-build
	@tools/install-packages --check static
need-test: need-build
	@tools/install-packages --check unit
need-fuzz: need-test
	@tools/install-packages --check fuzz
need-check:
	@tools/install-packages --check build check

# ---------------------------------------------------------------- tests

root := $(filter 0,$(shell id -u))

.PHONY: test test-unit test-golden test-fuzz test-live tests unit fuzzers live workload
test: $(program) $(unit) $(fault) $(fuzzers) $(if $(root),$(live) $(workload)) ## run every test; the live ones need root
	$(Q)tools/run-tests unit golden fuzz live

test-unit: $(unit) $(fault) ## run the unit tests
	$(Q)tools/run-tests unit

test-golden: $(program) ## compare the output of replay with the golden files
	$(Q)tools/run-tests golden

test-fuzz: $(fuzzers) ## replay what fuzzing found worth keeping
	$(Q)tools/run-tests fuzz

test-live: $(program) $(live) $(workload) ## run the live tests (root)
	$(Q)tools/run-tests live

tests: $(program) unit fuzzers live workload ## build the test programs without running them
unit: $(unit) $(fault)
fuzzers: $(fuzzers)
live: $(live)
workload: $(workload)

$(unit): $(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(unit_helpers)) $(library)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) $(libs) $(pkg_libs) -lcmocka

# Calls of the functions that tests/fault/faults.c names go to it.
faults := $(shell sed -n 's/^WRAP[A-Z_]*.[^,]*, \([A-Za-z0-9_]*\),.*/\1/p' tests/fault/faults.c) \
	signals_allow sd_journal_sendv $(if $(sockets),dlsym)
$(fault): $(BUILD)/tests/fault/%: $(BUILD)/obj/tests/fault/%.o $(call obj,$(fault_helpers)) $(library)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) $(faults:%=-Wl,--wrap=%) $(libs) $(pkg_libs) -lcmocka

$(live): $(BUILD)/tests/live/%: $(BUILD)/obj/tests/live/%.o $(call obj,$(live_helpers)) $(library)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) $(libs) $(pkg_libs) -lcmocka

fuzz_objs := $(call obj,$(fuzz_helpers) tests/unit/host_tree.c $(if $(FUZZ),,$(fuzz_driver)))
$(fuzzers): $(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(fuzz_objs) $(library)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) $(if $(FUZZ),-fsanitize=fuzzer) $(libs) $(pkg_libs) -lcmocka

$(call obj,$(unit_srcs) $(unit_helpers) $(fault_srcs) $(fault_helpers) $(live_srcs) $(live_helpers) $(fuzz_srcs) $(fuzz_helpers)): | need-test

SECONDS ?= 60

.PHONY: fuzz
fuzz: | need-fuzz ## fuzz every parser with clang, each for SECONDS=60; TARGET='NAME…' for some
	$(Q)$(MAKE) --no-print-directory FUZZ=1 CC='$(CLANG)' BUILD=$(FUZZED) fuzzers
	$(Q)BUILD=$(FUZZED) tests/fuzz/run $(SECONDS) $(TARGET)

# Kernels to boot; VM_LIVE=1 runs the live tests on each of them as well (long), VM_LIVE='NAME…' some.
KERNELS ?= 5.10 6.1 6.12

.PHONY: test-vm
test-vm: $(STATIC)/proctrace $(workload) $(vm) $(if $(VM_LIVE),$(live)) ## try other kernels in QEMU; KERNELS='$(KERNELS)'; VM_LIVE=1: the live tests, too
	$(Q)VM_LIVE='$(VM_LIVE)' tests/vm/run $(KERNELS)

# What this make exports is of this machine.
for_arm64 := env -u ARCH -u BUILD -u STATIC -u SYSROOT $(MAKE) --no-print-directory \
	CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc

.PHONY: test-vm-arm64
test-vm-arm64: ## the same on arm64, cross compiled; without KERNELS= on 6.1 alone
	$(Q)SYSROOT= tools/install-packages --check arm64
	+$(Q)$(for_arm64) sysroot
	+$(Q)$(for_arm64) KERNELS='$(if $(filter file,$(origin KERNELS)),6.1,$(KERNELS))' test-vm

.PHONY: test-vm-cri
test-vm-cri: $(STATIC)/proctrace $(workload) $(BUILD)/tests/live/test_cri ## a pod on cgroup v2 alone, on the last of KERNELS
	$(Q)tests/vm/cri $(lastword $(KERNELS))

$(vm): $(BUILD)/%: $(BUILD)/obj/%.o $(call obj,$(without)) $(library) | need-static
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(CFLAGS) $(ldflags) -static-pie -Wl,--no-warnings $(LDFLAGS) -o $@ \
		$(filter %.o %.a,$^) $(libs)

# Each a program of its own, static so that it runs in an empty container, and
# never sanitized: it is what is looked at, not what is tested.
$(workload) $(bench): $(BUILD)/%: %.c $(BUILD)/flags | need-build
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -Iinclude $(CPPFLAGS) -std=gnu11 -O2 -g -pthread $(sysroot) $(warnings) $(CFLAGS) \
		-MMD -MP -MF $@.d -static $(LDFLAGS) -o $@ $<

# The least that a tracer of any kind costs.
probe_obj  := $(BUILD)/tests/bench/probe.bpf.o
probe_skel := $(BUILD)/gen/probe.skel.h
$(probe_obj): tests/bench/probe.bpf.c tests/bench/probe.h $(BUILD)/bpf/flags | need-build
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(bpf_flags) -c -o $@ $<

$(probe_skel): $(probe_obj)
	$(call say,SKEL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen skeleton $< name probe_bpf >$@.tmp && mv $@.tmp $@

$(call obj,$(probe_srcs)): gen_include := -I$(BUILD)/gen
$(call obj,$(probe_srcs)): | $(probe_skel)
$(probe): $(call obj,$(probe_srcs))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) $(libs)

.PHONY: bench
bench: $(program) $(workload) $(bench) $(probe) ## measure what tracing costs (root); QUICK=1: a short run, BENCH='ARG…'
	$(Q)PROCTRACE=$(abspath $(program)) WORKLOAD_DIR=$(abspath $(BUILD)/tests/workload) \
		BENCH_DIR=$(abspath $(BUILD)/tests/bench) QUICK=$(QUICK) tests/bench/run $(BENCH)

# What is measured is the library, so it is linked as the program is.
$(cost): $(BUILD)/%: $(BUILD)/obj/%.o $(library)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) $(libs) $(pkg_libs)

.PHONY: bench-events
bench-events: $(cost) ## what user space spends on each event: nanoseconds and, with valgrind, instructions
	$(Q)BENCH_DIR=$(abspath $(BUILD)/tests/bench) tests/bench/instructions

.PHONY: memcheck
memcheck: $(program) | need-check ## one traced command under valgrind (root)
	$(Q)PROCTRACE=$(abspath $(program)) tests/memcheck

.PHONY: soak
soak: $(program) $(workload) ## proctrace for MINUTES=10, and whether all adds up in the end (root)
	$(Q)PROCTRACE=$(abspath $(program)) WORKLOAD_DIR=$(abspath $(BUILD)/tests/workload) tests/soak/run $(or $(MINUTES),10)

.PHONY: bench-ps
bench-ps: $(program) $(bench) ## what "proctrace ps" takes over 5,000 processes, beside ps(1)
	$(Q)PROCTRACE=$(abspath $(program)) BENCH_DIR=$(abspath $(BUILD)/tests/bench) tests/bench/listing

.PHONY: bench-replay
bench-replay: $(program) $(cost) ## what "proctrace replay" takes for 100,000 events, beside jq(1); LOG=FILE: of that log
	$(Q)PROCTRACE=$(abspath $(program)) BENCH_DIR=$(abspath $(BUILD)/tests/bench) tests/bench/replaying $(LOG)

.PHONY: bench-stalls
bench-stalls: $(program) $(workload) ## how long a ring of each size holds a storm that is not drained (root)
	$(Q)PROCTRACE=$(abspath $(program)) WORKLOAD_DIR=$(abspath $(BUILD)/tests/workload) tests/bench/stalls

# ---------------------------------------------------------------- checks

c_files := $(sort $(wildcard bpf/*.[ch] include/*/*.h user/*.[ch] user/*/*.[ch] tests/*/*.[ch] \
	vmlinux/*.[ch]))
shell_files := $(sort $(shell grep -lE '^\#!/bin/(ba)?sh' .ci/* tools/* tests/* tests/*/* 2>/dev/null))
lint_srcs := $(lib_srcs) $(without) user/main.c vmlinux/check.c
man_page := user/doc/proctrace.8

.PHONY: check check-format check-rooms check-shell check-man check-cppcheck check-tidy check-vmlinux
check: check-format check-rooms check-shell check-man check-vmlinux check-cppcheck check-tidy ## every check below

check-format: | need-check ## formatted as .clang-format says
	$(call say,FORMAT)
	$(Q)clang-format --dry-run -Werror $(c_files)

format: | need-check ## format every C file
	$(Q)clang-format -i $(c_files)

check-rooms: ## the include rule, licences, lengths of files
	$(call say,ROOMS)
	$(Q)tools/check-rooms

check-shell: | need-check ## shellcheck on every script
	$(call say,SHELL)
	$(Q)shellcheck $(shell_files)

check-man: | need-check ## mandoc's warnings on the manual page
	$(call say,MAN)
	$(Q)mandoc -T lint -W warning $(man_page)

# It does not know the cleanup attribute, so what it says of leaks is wrong, and not
# uthash, so what it says of new entries is; readdir() is safe on one DIR in glibc;
# and a compound literal after ? is beyond its parser.
check-cppcheck: | need-check ## cppcheck
	$(call say,CPPCHK)
	$(Q)cppcheck -q -j2 --std=c11 --enable=warning,portability,performance --error-exitcode=1 \
		--inline-suppr --suppress=resourceLeak --suppress=memleak \
		--suppress=uninitvar --suppress=readdirCalled --suppress=internalAstError \
		--include=/usr/include/uthash.h --library=posix -D_GNU_SOURCE -D__x86_64__ -DPROCTRACE_VERSION='"0"' -Iuser -Iinclude \
		user

check-tidy: $(lint_srcs:%.c=$(BUILD)/tidy/%.ok) ## clang-tidy

$(BUILD)/tidy/%.ok: %.c .clang-tidy $(filter %.h,$(c_files)) | need-check
	$(call say,TIDY,$<)
	$(Q)mkdir -p $(@D)
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- -std=gnu11 $(cppflags) -isystem $(BUILD)/gen \
		-Wno-unknown-warning-option 2>$@.err || { cat $@.err >&2; exit 1; }
	$(Q)touch $@

$(patsubst %.c,$(BUILD)/tidy/%.ok,$(filter user/tracer/%,$(lib_srcs))): | $(skeleton)
$(BUILD)/tidy/user/container/containerd_api.ok: | $(protocol:%=%.h)

check-vmlinux: $(BUILD)/vmlinux/check $(bpf_obj) ## prove vmlinux/vmlinux.h against BTF=FILE
	$(call say,BTF,$(BTF))
	$(Q)$(BUILD)/vmlinux/check $(bpf_obj) vmlinux/vmlinux.h $(BTF)

$(BUILD)/vmlinux/check: $(call obj,vmlinux/check.c)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) $(libs)

# ---------------------------------------------------------------- install

.PHONY: install uninstall
install: $(program) ## install below $(DESTDIR)$(prefix)
	install -d $(DESTDIR)$(sbindir) $(DESTDIR)$(mandir)/man8 $(DESTDIR)$(datadir)/proctrace
	install -m 755 $(program) $(DESTDIR)$(sbindir)/proctrace
	install -m 644 $(man_page) $(DESTDIR)$(mandir)/man8/proctrace.8
	install -m 644 user/doc/proctrace.schema.json user/doc/inspect.schema.json $(DESTDIR)$(datadir)/proctrace/

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(sbindir)/proctrace $(DESTDIR)$(mandir)/man8/proctrace.8 \
		$(DESTDIR)$(datadir)/proctrace/proctrace.schema.json \
		$(DESTDIR)$(datadir)/proctrace/inspect.schema.json
	-rmdir --ignore-fail-on-non-empty $(DESTDIR)$(datadir)/proctrace 2>/dev/null

# ---------------------------------------------------------------- the rest

.PHONY: clean help format version
clean: ## remove everything that was made
	rm -rf build build-san build-arm64 $(STATIC) build-static-arm64 $(FUZZED) $(filter-out build build-san . / ,$(BUILD))

version: ## print the version
	@echo $(VERSION)

help: ## this list
	@echo 'make [TARGET…] [V=1] [WERROR=1] [SAN=1] [CC=gcc|clang] [SOCKETS=no] [JOURNAL=no] [CROSS_COMPILE=PREFIX] [BUILD=DIR] [DESTDIR=DIR] [prefix=DIR]'
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { gsub(/\$$\(BUILD\)/, "$(BUILD)", $$2); \
		gsub(/\$$\(STATIC\)/, "$(STATIC)", $$2); \
		printf "  %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# A file that failed half way must not look made.
.DELETE_ON_ERROR:

-include $(all_objs:.o=.d) $(bpf_obj:.o=.d) $(addsuffix .d,$(workload) $(bench))
