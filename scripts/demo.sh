#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One board with three SoCs: checked, drawn, built for; a lie in its description, caught by a machine; and the proof
# that the rest is true, from three simulators.
#
#   scripts/demo.sh [PROGRAM]      (make demo builds the program and installs what is needed)
set -eu

program=${1:-build/boardwright}
examples=$(dirname "$0")/../examples
out=demo-out

for tool in qemu-system-arm qemu-system-aarch64 qemu-system-riscv32 \
    arm-none-eabi-gcc aarch64-linux-gnu-gcc riscv64-unknown-elf-gcc; do
    if ! command -v $tool >/dev/null 2>&1; then
        echo "demo: $tool is not installed; 'make demo' installs it, or: scripts/install-deps.sh boot" >&2
        exit 2
    fi
done

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
    bold='' plain=''
fi

step() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

# Shows a command as one would type it, and runs it.
run() {
    printf '$ boardwright %s\n' "$*"
    "$program" "$@" 2>&1
}

rm -rf $out
mkdir -p $out
cp -r "$examples/plank" $out/plank

step "1. Plank is one board with three SoCs: a Cortex-M33, four Cortex-A53, a RISC-V hart. Is its description sound?"
run check $out/plank

step "2. The Cortex-M33's memory, as its devicetree tells it."
run map $out/plank --target m33

step "3. What software needs to know of it: headers, linker scripts, a board folder for Zephyr."
# Systems that this version only reads, and what a human has to do for Zephyr, are named on standard error.
printf '$ boardwright build %s\n' "$out/plank -s bare -s zephyr -o $out/support"
"$program" build $out/plank -s bare -s zephyr -o $out/support 2>/dev/null
grep -n 'SRAM0\|UART0_BASE\|UART0_IRQ ' $out/support/plank/bare/m33/board.h | sed 's/^/  board.h:/'

step "4. Containers for Ocre: an image of the NOR flash, in one file with a firmware, and a look into it."
# The firmware is the probe of step 6.
"$program" boot $out/plank --target m33 --dry-run --keep $out/firmware >/dev/null
run build $out/plank -s ocre --firmware $out/firmware/probe.elf -o $out/ocre
run image list $out/ocre/plank/ocre/m33/storage/merged.hex --board $out/plank/m33
run hex info $out/ocre/plank/ocre/m33/storage/merged.hex

step "5. A lie: sram0 shall have 8 MiB. The description is as sound as before, so only the machine can tell."
cp -r $out/plank $out/lie
sed -i '/sram0: memory@38000000/,/reg/s/0x400000/0x800000/' $out/lie/plank_m33.dts
run check $out/lie
caught=0
run boot $out/lie --target m33 || caught=$?
if [ $caught != 1 ]; then
    echo "demo: the lie was not caught" >&2
    exit 1
fi

step "6. The truth: a small probe, built from those headers and linker scripts alone, runs on all three machines."
run boot $out/plank

step "All of it is in $out/. Try: $program boot --each $out/plank, or $program explain memory-not-there"
