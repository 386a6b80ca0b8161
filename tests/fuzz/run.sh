#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Looks for inputs that crash, hang, leak or break a promise: all targets, one after another.
#
#   tests/fuzz/run.sh [-j JOBS] [-s SEEDS]… SECONDS [dts|preprocessor|dtb|yaml|json|tap|kconfig|camkes|bitbake…]
#
# SECONDS is for each target, on JOBS processes (default: all cores). What is found and learnt lies in
# build-fuzz/found; each crash is one file there. A fixed one belongs into tests/fuzz/regressions, made
# small with:  build-fuzz/tests/fuzz/fuzz-TARGET -minimize_crash=1 -max_total_time=60 FILE
# -s adds a folder with more seeds (.dts, .dtb, .yml … for all targets). Exits 1 if anything was found.
set -eu
cd "$(dirname "$0")/../.."

jobs=$(nproc)
more=
while getopts j:s: option; do
    case $option in
    j) jobs=$OPTARG ;;
    s) more="$more $OPTARG" ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
seconds=${1:?how many seconds for each target?}
shift
[ $# -gt 0 ] || set -- dts preprocessor dtb yaml json tap kconfig camkes bitbake coffee

if ! command -v clang >/dev/null; then
    echo "run.sh: clang is not installed: no libFuzzer" >&2
    exit 2
fi
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_lundef=false >/dev/null
ninja -C build-fuzz >/dev/null
found=build-fuzz/found
mkdir -p $found

# Short stacks of allocations and a small quarantine: twice the speed, and a find can be run again without.
export ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=32

failed=0
for target in "$@"; do
    corpus=$found/$target
    mkdir -p $corpus $found/crashes
    log=$found/$target.log
    status=0
    # An input of 64 KiB is far more than any of our limits needs; ten seconds are a hang.
    build-fuzz/tests/fuzz/fuzz-$target -fork=$jobs -ignore_crashes=0 -max_total_time=$seconds -timeout=10 \
        -rss_limit_mb=2048 -max_len=65536 -dict=tests/fuzz/$target.dict -artifact_prefix=$found/crashes/$target- \
        -print_final_stats=1 $corpus tests/fuzz/seeds/$target tests/fuzz/regressions/$target $more >$log 2>&1 </dev/null || status=$?
    # The last line of the log: executions, edges covered, features, inputs kept.
    echo "$target: $(grep -E '^#[0-9]+' $log | tail -1)"
    if [ $status -ne 0 ]; then
        failed=1
        echo "$target: FOUND SOMETHING, see $log and $found/crashes"
    fi
done
exit $failed
