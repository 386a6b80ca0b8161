/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which simulator runs a target: as the section `simulator:` of support.yml says, else by the root's compatible
 * (machines.def).
 *
 * A description may lie, so nothing that it claims is copied into a machine that support.yml names: memory and CPUs are
 * then the machine's own unless support.yml or the user says them. A machine that is only guessed (an imported board)
 * has no other source than the tree: memory_from_tree and cpus_from_tree say so, and so shall the verdict.
 */
#ifndef BW_BOOT_MACHINE_H
#define BW_BOOT_MACHINE_H

#include "board/arch.h"
#include "board/load.h"
#include "yaml/yaml.h"

/** What the user says on the command line; zero-initialise. It goes before support.yml. */
typedef struct bw_machine_options {
    const char *simulator; /**< a command with ${image}, instead of all that support.yml says; NULL */
    const char *machine;   /**< QEMU's machine with its options, as for -M; NULL */
    const char *cpu;       /**< as for -cpu; NULL */
    uint64_t memory;       /**< bytes; 0: not said */
    unsigned cpus;         /**< 0: not said */
} bw_machine_options;

typedef struct bw_machine {
    bool qemu;        /**< else a command of the user's */
    char *title;      /**< "qemu mps2-an505"; of a command its program's name */
    const char *name; /**< QEMU's machine without options ("virt"); NULL of a command */
    GPtrArray *argv;  /**< of char *, NULL at the end: the program and what makes the machine. "${image}" stands where
                           the image's path goes (within a word, too). Of QEMU: no -serial, -semihosting-config,
                           -monitor, -qmp, -gdb, -display, -no-reboot: they are the runner's */
    bool semihosting; /**< it can have the semihosting calls of its architecture */
    bool guessed;     /**< by the root's compatible */
    bool memory_from_tree, cpus_from_tree, cpu_from_tree; /**< amount, count and kind */
    uint64_t offset;    /**< bytes at the beginning of RAM that it keeps for itself: the image has to lie behind */
    bool from_ram;      /**< the image has to lie in RAM, whatever /chosen says of flash */
    bw_place place;     /**< in support.yml, or of the target's source: for findings about the simulator */
    bw_place cpu_place; /**< where support.yml names the CPU; no place (file NULL): it does not */
} bw_machine;

/**
 * @param support the board's support.yml, checked, or NULL.
 * @return NULL with a finding: simulator-unknown (with the lines to write), simulator-missing (program, package, cure),
 * *         simulator-target (its part of support.yml has neither or both of qemu and command).
 */
bw_machine *bw_machine_of(const bw_board *board, const bw_target *target, const bw_yaml *support,
                          const bw_machine_options *options, bw_findings *findings);
void bw_machine_free(bw_machine *machine);

/** @return the section `bare:` for a board that has none: what the machine keeps for itself is left free; NULL: nothing
 *  need be. */
const bw_yaml *bw_machine_section(const bw_machine *machine, bw_unit *unit);

/** Whether support.yml has simulators for other targets of the board, but neither it nor machines.def has one for
 *  this: a target that only other software starts, such as a non-secure world. */
bool bw_machine_is_left_out(const bw_board *board, const bw_target *target, const bw_yaml *support);

/** QEMU for a board of which nobody says what runs it: by the root's compatible, the rest out of the tree. */
typedef struct bw_machine_guess {
    char *machine;   /**< with options, as for -machine; to be freed */
    const char *cpu; /**< or NULL: the machine's own */
    uint64_t memory; /**< bytes; 0: the machine's own */
    uint64_t cpus;   /**< 0: the machine's own */
    uint64_t offset; /**< bytes at the beginning of RAM that the machine takes for itself */
} bw_machine_guess;

/** @return whether machines.def has the board. */
bool bw_machine_guess_of(const bw_board *board, bw_machine_guess *guess);

/** Reports each target of `simulator:` that the board has not, with the nearest one that it has. @return whether
 *  there was none. */
bool bw_machine_check_targets(const bw_targets *targets, const bw_yaml *support, bw_findings *findings);

#endif
