#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# dtc's own test-suite with `boardwright dtc` in the place of dtc.
#
#   DTC_TESTS=/path/to/a/built/dtc tests/conformance/dtc-suite.sh [GROUP…]
#
# The tree (dgibson/dtc, `make && make -C tests`) is copied, so it stays as it is.
# Groups are those of its run_tests.sh; "dtc" if none is given. BOARDWRIGHT names the program.
# Exit: 0 all pass, 1 some fail, 77 skipped.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=${BOARDWRIGHT:-$here/../../build/boardwright}

if [ -z "${DTC_TESTS:-}" ]; then
    echo "skipped: DTC_TESTS does not name a built dtc tree"
    exit 77
fi
if [ ! -x "$DTC_TESTS/tests/run_tests.sh" ] || [ ! -x "$DTC_TESTS/fdtget" ] || [ ! -x "$DTC_TESTS/tests/dtbs_equal_ordered" ]; then
    echo "skipped: $DTC_TESTS is no dtc tree with its tests built (make && make -C tests)"
    exit 77
fi
case $program in
/*) ;;
*) program=$(pwd)/$program ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$DTC_TESTS" "$work/dtc"
mkdir "$work/bin"
for tool in fdtget fdtput fdtdump fdtoverlay; do
    ln -s "$work/dtc/$tool" "$work/bin/$tool"
done
cat >"$work/bin/dtc" <<END
#!/bin/sh
exec timeout 10 "$program" dtc "\$@"
END
chmod +x "$work/bin/dtc"

status=0
cd "$work/dtc/tests"
for group in ${*:-dtc}; do
    TEST_BINDIR="$work/bin" ./run_tests.sh -t "$group" >"$work/log" 2>&1 || :
    total=$(sed -n 's/^\* *Total testcases:[[:space:]]*//p' "$work/log")
    pass=$(sed -n 's/^\* *PASS:[[:space:]]*//p' "$work/log")
    echo "$group: ${pass:-0} of ${total:-0} pass"
    if [ -z "$total" ] || [ "$total" = 0 ] || [ "$pass" != "$total" ]; then
        grep -E ':[[:space:]]+(FAIL|CONFIG|\*\*)' "$work/log" | head -n 50 || :
        status=1
    fi
done
exit $status
