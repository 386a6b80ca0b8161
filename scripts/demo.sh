#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A real machine's own devicetree, from QEMU: checked, shown, drawn, and turned into a header and a
# linker script that a cross compiler takes. What comes out runs on that machine.
#
#   scripts/demo.sh [PROGRAM]      (make demo builds the program and installs what is needed)
set -eu

boardwright=${1:-build/boardwright}
source=$(dirname "$0")/../examples/hello/hello.c
out=demo-out
machine="virt -cpu cortex-a53 -smp 2 -m 256M -nic none"
cross=aarch64-linux-gnu-

for tool in qemu-system-aarch64 ${cross}gcc ${cross}nm; do
    if ! command -v $tool >/dev/null 2>&1; then
        echo "demo: $tool is not installed; 'make demo' installs it, or: scripts/install-deps.sh demo" >&2
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
    "$boardwright" "$@" 2>&1
}

mkdir -p $out

step "1. A machine describes itself. QEMU's 'virt' board hands its firmware a devicetree; here is that blob."
echo "\$ qemu-system-aarch64 -M virt,dumpdtb=$out/virt.dtb${machine#virt}"
said=$(qemu-system-aarch64 -M "virt,dumpdtb=$out/virt.dtb" ${machine#virt} -display none 2>&1) || {
    echo "demo: QEMU gave no devicetree: $said" >&2
    exit 2
}
echo "$(wc -c <$out/virt.dtb) bytes, nobody here wrote them"

step "2. Is the description right? Each finding has its place, its reason and its cure."
run check $out/virt.dtb

step "3. What is this board?"
run show $out/virt.dtb

step "4. Its memory map, as a picture."
run map $out/virt.dtb

step "5. Board support without an operating system: a C header and a linker script."
run build $out/virt.dtb -o $out
bare=$out/virt/bare
echo
echo "From $bare/board.h, made of the console's node:"
grep -n 'PL011\|CONSOLE' $bare/board.h | sed 's/^/  /'

step "6. A cross compiler takes both."
flags="-mcpu=cortex-a53 -mgeneral-regs-only -ffreestanding -fno-pic -fno-stack-protector -O2 -Wall -Wextra -Werror"
echo "\$ ${cross}gcc $flags -I$bare -c hello.c"
${cross}gcc $flags -I$bare -c "$source" -o $out/hello.o
echo "\$ ${cross}gcc -nostdlib -static -T $bare/board.ld hello.o -o hello.elf"
${cross}gcc -nostdlib -static -no-pie -Wl,--fatal-warnings -T $bare/board.ld $out/hello.o -o $out/hello.elf
echo "Where its parts lie, all of them in the RAM that the devicetree describes:"
say_symbol() {
    printf '  0x%s  %-14s %s\n' "$(${cross}nm $out/hello.elf | sed -n "s/^0*\([0-9a-f]\{8\}\) . $1\$/\1/p")" "$1" "$2"
}
say_symbol _start "the first instruction, at the beginning of RAM"
say_symbol __bss_start "memory that start-up code clears"
say_symbol __heap_start "free memory begins"
say_symbol __stack_bottom "free memory ends, the stacks of two CPUs follow"
say_symbol __stack_top "the end of RAM"

step "7. The proof: the machine runs it."
echo "\$ qemu-system-aarch64 -M $machine -nographic -kernel hello.elf"
timeout 30 qemu-system-aarch64 -M $machine -display none -monitor none -serial stdio -kernel $out/hello.elf </dev/null |
    tee $out/hello.txt
grep -q '^hello from linux,dummy-virt: my console is at 0x09000000' $out/hello.txt

step "All of it is in $out/. Try: $boardwright explain unit-address-mismatch"
