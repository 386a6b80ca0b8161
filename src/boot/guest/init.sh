#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The guest's first process: says what Linux made of the machine, hears what is typed, and switches off.
#
# Facts go through the kernel's log, which needs no interrupt of the console: "<1>bw: NAME: VALUE", one a line. The shell
# reads and writes the console itself, as a user's would.

/bin/busybox mkdir -p /bin /sbin /proc /sys /dev /tmp
/bin/busybox --install -s /bin
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
echo on >/proc/sys/kernel/printk_devkmsg 2>/dev/null
echo 8 >/proc/sys/kernel/printk

say() {
    echo "<1>bw: $*" >/dev/kmsg
}

# Each line of standard input as a fact of its own.
say_lines() {
    while IFS= read -r line; do
        [ -z "$line" ] || say "$1: $line"
    done
}

text_of() {
    [ -e "$1" ] && tr '\0' ' ' <"$1" | sed 's/ $//'
}

node_of() { # path of the devicetree's node of a device of /sys
    [ -e "$1/of_node" ] || return 0
    path=$(readlink -f "$1/of_node")
    echo "${path#/sys/firmware/devicetree/base}"
}

say_devices() {
    for bus in platform amba virtio; do
        for device in /sys/bus/$bus/devices/*; do
            [ -e "$device" ] || continue
            driver=$(readlink "$device/driver")
            node=$(node_of "$device")
            [ -n "$node" ] || node=$(node_of "$device/..")
            say "device: $bus ${device##*/} driver=${driver##*/} node=$node"
        done
    done
}

say_interrupts() {
    grep -E '^ *[0-9]+:' /proc/interrupts | tr -s ' ' | say_lines "$1"
}

say begin
say "kernel: $(uname -r)"
say "model: $(text_of /proc/device-tree/model)"
say "compatible: $(text_of /proc/device-tree/compatible)"
say "cmdline: $(cat /proc/cmdline)"
say_lines consoles </proc/consoles
tty=$(awk '{print $1; exit}' /proc/consoles)
[ -z "$tty" ] || say "console: $tty node=$(node_of /sys/class/tty/$tty/device)"
grep -E 'System RAM|Kernel|reserved' /proc/iomem | say_lines iomem
say "memtotal: $(awk '/^MemTotal/{print $2}' /proc/meminfo)"
say "online: $(cat /sys/devices/system/cpu/online)"
say "present: $(cat /sys/devices/system/cpu/present)"
grep 'CPU part' /proc/cpuinfo | tr -d '\t' | say_lines cpu
for name in linux,initrd-start linux,initrd-end; do
    [ -e /proc/device-tree/chosen/$name ] && say "$name: $(hexdump -v -e '/1 "%02x"' /proc/device-tree/chosen/$name)"
done

# A disk whose interrupt does not come keeps its driver waiting for ever.
load() {
    rm -f /tmp/loaded
    { insmod "/modules/$1" 2>/dev/null || say "module: $1 failed"; echo >/tmp/loaded; } &
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        [ -e /tmp/loaded ] && return
        sleep 0.1
    done
    say "module: $1 hangs"
}

for module in $(cat /modules/order 2>/dev/null); do
    load "$module"
done

# What makes devices interrupt.
for device in /sys/class/net/*; do
    name=${device##*/}
    [ -e "$device/device" ] || continue
    ip link set "$name" up && ip address add 10.0.2.15/24 dev "$name" && ping -c 1 -W 3 10.0.2.2 >/dev/null
    say "net: $name answered=$?"
done
for device in /sys/bus/virtio/devices/*; do
    [ -e "$device/driver" ] && say "exercised: ${device##*/} node=$(node_of "$device/..")"
done
for device in /sys/class/rtc/*; do
    [ -e "$device/wakealarm" ] || continue
    echo +1 >"$device/wakealarm" 2>/dev/null || continue
    alarm=1
    say "exercised: ${device##*/} node=$(node_of "$device/device")"
done
say_devices

# The shell, on the console. What is typed is carried out; "exit" ends it.
exec <>/dev/console >&0 2>&1
say ready
echo "boardwright: a shell of the guest; type exit to end it"
patience=10
while read -t "$patience" -r typed; do
    patience=86400
    [ "$typed" != exit ] || break
    say "typed: $typed"
    eval "$typed"
done
[ -z "$alarm" ] || sleep 1
say_interrupts interrupt
say end
poweroff -f
