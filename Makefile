# SPDX-License-Identifier: Apache-2.0
# A thin front for Meson. On Debian each target first installs by apt what it lacks.

BUILD ?= build
BUILD_TEST ?= build-test
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: all demo test golden bench docs format install clean

all:
	@scripts/install-deps.sh build
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) --prefix=$(PREFIX)
	@ninja -C $(BUILD)

# A real machine's devicetree: checked, shown, and turned into files that a cross compiler takes.
demo:
	@scripts/install-deps.sh demo
	@$(MAKE) --no-print-directory all >/dev/null
	@scripts/demo.sh $(BUILD)/boardwright

# All tests, with the address and undefined-behaviour sanitizers; the last line is the count.
test:
	@scripts/install-deps.sh test
	@scripts/install-deps.sh --try boot
	@test -f $(BUILD_TEST)/build.ninja || \
		meson setup $(BUILD_TEST) -Dwerror=true -Db_sanitize=address,undefined
	@ninja -C $(BUILD_TEST)
	@meson test -C $(BUILD_TEST) --no-rebuild --print-errorlogs; status=$$?; \
		tests/count.py $(BUILD_TEST) && exit $$status

# Takes what the golden tests print now as what they shall print: look at the difference before a commit.
golden: all
	@tests/golden/run.py --program $(BUILD)/boardwright --update

# Against gcc -E | dtc, and against Zephyr's list_boards.py, over real trees, each in one run.
bench:
	@scripts/install-deps.sh bench
	@$(MAKE) --no-print-directory all
	@bench/run --program $(BUILD)/boardwright
	@bench/zephyr --program $(BUILD)/boardwright
	@bench/images --program $(BUILD)/boardwright
	@bench/sel4 --program $(BUILD)/boardwright $(SEL4_BENCH)

# The pages under docs/ that come from tables in the source.
docs: all
	$(BUILD)/boardwright explain --markdown > docs/findings.md
	$(BUILD)/boardwright build --keys > docs/support-yml.md

format:
	@scripts/install-deps.sh format
	git ls-files '*.c' '*.h' | xargs clang-format -i

install: all
	@meson configure $(BUILD) --prefix=$(PREFIX)
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD_TEST)
