# SPDX-License-Identifier: Apache-2.0
# `make help` lists the targets. MODE is release, debug, asan or fuzz; each has its own build/MODE.

MODE ?= release
PREFIX ?= /usr/local
CC ?= cc
# Sanitizers and fuzzers need the C++ compiler of the same kind.
ifeq ($(origin CXX),default)
CXX := $(if $(findstring clang,$(CC)),clang++,c++)
endif
B := build/$(MODE)
# V=1 shows the commands whole.
Q := $(if $(V),,@)
# The targets that do all the set-up compile on all processors, unless -j says otherwise.
PARALLEL = $(if $(findstring j,$(firstword -$(MAKEFLAGS)))$(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
say = $(if $(V),,@echo '  $(1)  $@')

# OpenBLAS, FreeType and fontconfig are loaded at run time (inference/core/blas.h and lib/image/font_library.h
# say why): only their headers are needed here.
PKGS := libarchive jansson libjpeg libturbojpeg libpng libwebp libutf8proc libxml-2.0 ncursesw chafa libmd zlib
# pkg-config runs only when something is built, after ./deps had its chance.
ifeq ($(filter help clean deps,$(MAKECMDGOALS)),)
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) openblas freetype2 fontconfig))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
# Optional: SENTENCEPIECE=no builds without it where it is there.
SENTENCEPIECE := $(shell pkg-config --exists sentencepiece && command -v $(CXX) >/dev/null && echo yes)
endif
ifeq ($(SENTENCEPIECE),yes)
OPTIONAL_CFLAGS := -DTAGSIGHT_SENTENCEPIECE
OPTIONAL_LIBS := -lsentencepiece $(if $(filter Darwin,$(shell uname)),-lc++,-lstdc++)
CXX_SOURCES := inference/text/sentencepiece_library.cc
endif

WARNINGS := -Wall -Wextra -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wshadow
COMMIT := $(shell git describe --always --dirty 2>/dev/null || echo release)
OPTIMISE_release := -O2 -g
OPTIMISE_debug := -O0 -g3
OPTIMISE_asan := -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMISE_fuzz := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
# Bits must agree between CPUs, so no contraction into fused multiply-add outside chosen kernels.
CFLAGS ?=
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) $(WERROR) -ffp-contract=off $(OPTIMISE_$(MODE)) \
	-I. -include lib/base/banned.h $(PKG_CFLAGS) $(OPTIONAL_CFLAGS) $(CFLAGS)
CXXFLAGS ?=
# UBSan for C++ has a run-time library that a C linker does not take.
ALL_CXXFLAGS = -std=c++17 -Wall -Wextra -Wshadow $(WERROR) $(OPTIMISE_$(MODE)) -fno-sanitize=undefined -I. \
	$(shell pkg-config --cflags sentencepiece) $(CXXFLAGS)
# Only Debian's giflib is known to pkg-config.
LIBS = $(PKG_LIBS) $(OPTIONAL_LIBS) -lgif -lpthread -ldl -lm

LIB_SOURCES := $(sort $(wildcard lib/*/*.c preprocess/*.c preprocess/*/*.c inference/*/*.c))
BIN_SOURCES := $(sort $(wildcard cmd/*.c tui/*.c))
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz_*.c))

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(B)/%.o) $(CXX_SOURCES:%.cc=$(B)/%.o)
BIN_OBJECTS := $(BIN_SOURCES:%.c=$(B)/%.o)
UNIT_PROGRAMS := $(UNIT_SOURCES:%.c=$(B)/%)
BENCH_PROGRAMS := $(BENCH_SOURCES:%.c=$(B)/%)
FUZZ_PROGRAMS := $(FUZZ_SOURCES:%.c=$(B)/%)

.PHONY: all build demo check check-unit unit fuzz fuzz-programs bench bench-programs install uninstall clean deps deps-test deps-fuzz help docs format
.DELETE_ON_ERROR:
.SECONDARY:

all: deps
	@$(MAKE) --no-print-directory $(PARALLEL) build

build: $(B)/tagsight ## compile without looking for libraries

demo: deps ## run the main job on the sample that ships
	@$(MAKE) --no-print-directory $(PARALLEL) build
	@tests/sample/demo $(B)/tagsight

check: deps-test ## all tests
	@$(MAKE) --no-print-directory $(PARALLEL) build unit
	@tests/run $(B)

check-unit: build unit ## only the unit tests
	@tests/run $(B) unit

unit: $(UNIT_PROGRAMS)

fuzz: deps-fuzz ## build every fuzz target under ASan and UBSan; SECONDS=N runs each that long
	@$(MAKE) --no-print-directory $(PARALLEL) MODE=fuzz CC=clang fuzz-programs
	@tests/fuzz/run build/fuzz/tests/fuzz $(or $(SECONDS),5)

fuzz-programs: $(FUZZ_PROGRAMS)

bench: deps ## measure beside the peers and print the table of the README
	@$(MAKE) --no-print-directory $(PARALLEL) build bench-programs
	@tests/bench/run $(B)

bench-programs: $(BENCH_PROGRAMS)

docs: $(B)/tagsight ## man page and completions under build/MODE
	$(B)/tagsight help --man > $(B)/tagsight.1
	$(B)/tagsight help --completion bash > $(B)/tagsight.bash
	$(B)/tagsight help --completion zsh > $(B)/_tagsight
	$(B)/tagsight help --completion fish > $(B)/tagsight.fish

install: build docs ## install under $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/tagsight
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -d $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(B)/tagsight $(DESTDIR)$(PREFIX)/bin/tagsight
	install -m 644 $(B)/tagsight.1 $(DESTDIR)$(PREFIX)/share/man/man1/tagsight.1
	install -m 644 inference/models/*.safetensors $(DESTDIR)$(PREFIX)/share/tagsight/
	install -m 644 inference/models/LICENSES.md $(DESTDIR)$(PREFIX)/share/tagsight/
	install -m 644 $(B)/tagsight.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tagsight
	install -m 644 $(B)/_tagsight $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tagsight
	install -m 644 $(B)/tagsight.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tagsight.fish

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/tagsight $(DESTDIR)$(PREFIX)/share/man/man1/tagsight.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tagsight
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tagsight
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tagsight.fish
	rm -rf $(DESTDIR)$(PREFIX)/share/tagsight

clean: ## remove all that was made
	rm -rf build demo

deps: ## install what the build needs (DEPS=no: only say what is missing)
	@./deps
deps-test:
	@./deps test
deps-fuzz:
	@./deps fuzz

format: ## lay out the sources by .clang-format
	clang-format -i $$(git ls-files '*.c' '*.h')

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(B)/tagsight: $(BIN_OBJECTS) $(B)/libtagsight.a
	$(call say,LD)
	$(Q)$(CC) $(OPTIMISE_$(MODE)) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libtagsight.a: $(LIB_OBJECTS)
	$(call say,AR)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# Rewritten only when the value changes, so that what depends on it is rebuilt just then.
$(B)/settings: value = $(COMMIT) $(PREFIX)
$(B)/optional: value = $(OPTIONAL_LIBS)
$(B)/settings $(B)/optional: force
	@mkdir -p $(@D)
	@echo '$(value)' | cmp -s - $@ || echo '$(value)' > $@
force:
.PHONY: force

$(B)/cmd/version.o $(B)/cmd/models.o: $(B)/settings
$(B)/cmd/version.o $(B)/cmd/models.o: ALL_CFLAGS += -DTAGSIGHT_COMMIT='"$(COMMIT)"' -DTAGSIGHT_DATA='"$(PREFIX)/share/tagsight"'

$(B)/inference/text/sentencepiece_missing.o: $(B)/optional

$(B)/%.o: %.cc
	@mkdir -p $(@D)
	$(call say,CXX)
	$(Q)$(CXX) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

# The inner loops for single instruction sets are the lines of the portable ones, which the sanitizers watch;
# watched themselves, they would make a test of a network take minutes.
$(B)/inference/core/%_avx2.o $(B)/inference/core/%_avx512.o: OPTIMISE_asan := -O2 -g

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What of the terminal UI has tests of its own.
$(B)/tests/unit/test_picture_view: $(addprefix $(B)/tui/,boxes.o glyphs.o graphics.o graphics_encode.o \
	graphics_symbols.o graphics_terminal.o picture.o picture_frames.o theme.o tiles.o viewer.o zoom.o)

$(B)/tests/unit/%: tests/unit/%.c $(B)/libtagsight.a
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(filter %.o,$^) $(B)/libtagsight.a -lcmocka $(LIBS)

$(B)/tests/bench/%: tests/bench/%.c $(B)/libtagsight.a
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(B)/libtagsight.a $(LIBS)

$(B)/tests/fuzz/%: tests/fuzz/%.c $(B)/libtagsight.a
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(filter %.o,$^) $(B)/libtagsight.a $(LIBS)

$(B)/tests/unit/test_fix: $(B)/tui/fix.o

# The one part of the screens that needs no screen.
$(B)/tests/unit/test_keymap $(B)/tests/fuzz/fuzz_keymap: $(B)/tui/keymap.o

-include $(LIB_OBJECTS:.o=.d) $(BIN_OBJECTS:.o=.d) $(UNIT_PROGRAMS:=.d) $(FUZZ_PROGRAMS:=.d) $(BENCH_PROGRAMS:=.d)
