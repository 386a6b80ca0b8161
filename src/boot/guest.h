/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A guest of seL4 tried without seL4: the devicetree that boardwright wrote for a virtual machine, a real Linux kernel
 * and an initial RAM disk of our own, at the addresses of the plan, in the QEMU of the board.
 *
 *     sel4: of support.yml ─► plan, devicetree ─┐
 *     kernel, busybox (guest_linux.c) ─► initrd ├─► guest.elf ─► QEMU ─► console ─► facts ─► verdict, findings
 *     grants ─► stage 2 of translation, stub ───┘
 *
 * The stub (guest/stub.S) stands in for the virtual machine monitor: at EL2 it maps the guest's RAM, the pages that it
 * is granted and the interrupt controller, and nothing else, so that what a guest reaches beyond them is seen. The
 * first process (guest/init.sh) says what Linux made of it all, and is a shell that hears what is typed.
 */
#ifndef BW_BOOT_GUEST_H
#define BW_BOOT_GUEST_H

#include "boot/boot.h"
#include "boot/guest_linux.h"
#include "systems/sel4/plan.h"

/** What the user says of the guest. */
typedef struct bw_guest_wanted {
    const char *vm;     /**< name in support.yml; NULL: the only one */
    const char *kernel; /**< or NULL: that of support.yml if it is there, else Debian's */
    const char *initrd; /**< or NULL: likewise; without one ours alone */
} bw_guest_wanted;

typedef enum bw_guest_claim_kind {
    BW_GUEST_PLACE,        /**< the machine has memory where the guest's RAM is */
    BW_GUEST_SHELL,        /**< Linux comes up to its first process */
    BW_GUEST_ACCESS,       /**< nothing is touched that is not granted */
    BW_GUEST_MODEL,        /**< /proc/device-tree/model */
    BW_GUEST_MEMORY,       /**< System RAM in /proc/iomem */
    BW_GUEST_INITRD,       /**< /chosen, and that it was unpacked */
    BW_GUEST_CPUS,         /**< how many are online */
    BW_GUEST_CPU_KIND,     /**< their part in /proc/cpuinfo */
    BW_GUEST_COMMAND_LINE, /**< /proc/cmdline */
    BW_GUEST_CONSOLE,      /**< which device /proc/consoles has */
    BW_GUEST_INPUT,        /**< what is typed comes to the shell */
    BW_GUEST_DRIVER,       /**< a driver has taken a device */
    BW_GUEST_INTERRUPT,    /**< it came under its number */
} bw_guest_claim_kind;
const char *bw_guest_claim_name(bw_guest_claim_kind kind); /**< "place", "shell" …: as in JSON */

typedef struct bw_guest_claim {
    bw_guest_claim_kind kind;
    const char *title;       /**< "memory: 256 MiB at 0x50000000" */
    const bw_device *device; /**< of the board; NULL: it is about none */
    const bw_line *line;     /**< its interrupt */
    bw_verdict_state state;
    const char *text; /**< as bw_verdict */
    const char *why;
    const char *code;
} bw_guest_claim;

typedef struct bw_guest_boot {
    const bw_board *board;
    const bw_target *target;
    const bw_boot_options *options;
    bw_machine *machine;
    bw_sel4_plan *plan;
    const bw_sel4_plan_vm *vm;
    bw_guest_linux *linux;
    char *initrd_path;    /**< of the user or support.yml; or NULL */
    uint64_t initrd_size; /**< bytes in memory, ours included */
    bw_place initrd_place;
    char *image;      /**< path of guest.elf; NULL until it is built */
    GArray *claims;   /**< of bw_guest_claim */
    bw_boot_run *run; /**< NULL until it has run */
    GPtrArray *facts; /**< of char *: "NAME: VALUE" in the order they were said */
    unsigned held, failed, skipped, untested;
    int64_t build_time, total_time; /**< µs */
} bw_guest_boot;

/** Limits for a whole Linux. */
extern const bw_boot_run_limits bw_guest_limits;

/** Plans the guest and chooses machine, kernel and initrd. What is not at hand is fetched (bw_guest_linux_is_here()).
 *  @param section `sel4:` of support.yml, checked. @return NULL with a finding. */
bw_guest_boot *bw_guest_begin(const bw_board *board, const bw_target *target, const bw_yaml *support,
                              const bw_yaml *section, const bw_guest_wanted *wanted, const bw_boot_options *options);
/** Writes stub, tables, initrd and devicetree, and makes one executable of all. @return false with a finding. */
bool bw_guest_build(bw_guest_boot *guest);
/** Runs it and judges. Blocks until it is done. */
void bw_guest_simulate(bw_guest_boot *guest);
void bw_guest_free(bw_guest_boot *guest);

/** As bw_boot_command(), bw_boot_script(), bw_boot_log(). */
char *bw_guest_command(const bw_guest_boot *guest);
GString *bw_guest_script(const bw_guest_boot *guest);
GString *bw_guest_log(const bw_guest_boot *guest);

#endif
