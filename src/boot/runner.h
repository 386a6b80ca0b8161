/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs a simulator with the probe in it and listens, until the probe is done or something says that it never will be.
 *
 * QEMU gets each of its ends as a socket that it inherits: the first serial ports of the machine, semihosting and the
 * machine protocol (QMP), so nothing is mixed with its own words on standard error and no port or file of the host is
 * taken. Of any other simulator standard output is the console.
 */
#ifndef BW_BOOT_RUNNER_H
#define BW_BOOT_RUNNER_H

#include "boot/machine.h"
#include "boot/process.h"
#include "boot/tap.h"

#include <signal.h>

/** What is listened to. */
enum {
    BW_CHANNEL_CONSOLE = 0, /**< first serial port; standard output of a command */
    BW_SERIALS = 4,         /**< channels below it are the machine's serial ports, in its own order */
    BW_CHANNEL_SEMIHOSTING = BW_SERIALS,
    BW_CHANNEL_ERRORS, /**< the simulator's standard error */
    BW_CHANNEL_COUNT
};

typedef enum bw_boot_run_end {
    BW_RUN_COMPLETE,    /**< the report is whole, or the probe bailed out */
    BW_RUN_SILENT,      /**< it said nothing at all */
    BW_RUN_STALLED,     /**< it began and fell silent */
    BW_RUN_TIMEOUT,     /**< it went on and on */
    BW_RUN_FLOODED,     /**< more than a probe ever says */
    BW_RUN_DIED,        /**< the simulator ended before the report did */
    BW_RUN_NOT_STARTED, /**< see error */
    BW_RUN_STOPPED,     /**< by the user */
} bw_boot_run_end;

/** Seconds; 0: for ever. */
typedef struct bw_boot_run_limits {
    double first;   /**< until something is said */
    double silence; /**< between two things said */
    double total;
} bw_boot_run_limits;

typedef struct bw_boot_run bw_boot_run;

/** Somebody who talks with what runs, on the first serial port of a QEMU, instead of hearing its report. */
typedef struct bw_boot_talk {
    /** Called when something was said. @return what is typed then, or NULL. @param over set when all was said. */
    const char *(*answer)(void *data, const bw_boot_run *run, bool *over);
    void *data;
} bw_boot_talk;

typedef struct bw_boot_run_options {
    const bw_machine *machine;
    const char *image; /**< path of the ELF file */
    unsigned claims;   /**< N of the plan */
    unsigned gdb_port; /**< QEMU: waits for a debugger there before the first instruction; 0: no */
    bw_boot_run_limits limits;
    const volatile sig_atomic_t *stop; /**< set by a signal's handler: end it; or NULL */
    const bw_boot_talk *talk;          /**< NULL: the report is waited for */
} bw_boot_run_options;

struct bw_boot_run {
    bw_boot_run_end end;
    int error;                        /**< errno of NOT_STARTED */
    bool exited;                      /**< by itself, with status; else it was ended by us */
    int status;                       /**< as of waitpid() */
    GString *texts[BW_CHANNEL_COUNT]; /**< all that was said, bounded */
    bw_tap *taps[BW_CHANNEL_ERRORS];  /**< read from it; of the serial ports and semihosting */
    int64_t first_time;               /**< µs from the start to the first thing said; -1: never */
    int64_t total_time;               /**< µs */
    /* Of a QEMU that was still there when the report was not whole; else NULL. */
    char *registers; /**< "info registers" */
    char *map;       /**< "info mtree -f" */
};

bw_boot_run *bw_simulate(const bw_boot_run_options *options);
void bw_boot_run_free(bw_boot_run *run);

/** @return the channel whose report counts: a serial port that speaks TAP, the most complete one, else semihosting;
 *  BW_CHANNEL_CONSOLE when none does. */
unsigned bw_boot_run_report(const bw_boot_run *run);

/**
 * The command line as somebody would run it by hand, the console on the terminal: for logs, scripts and --dry-run.
 * @return words, NULL at the end; free with g_strfreev().
 */
char **bw_simulator_command(const bw_machine *machine, const char *image, unsigned gdb_port);

/**
 * Asks a machine about itself before it runs: a QEMU of its own is started for it, stopped at its first instruction.
 * @param question of the human monitor: "info mtree -f". @return its answer, to be freed, or NULL.
 */
char *bw_simulator_ask(const bw_machine *machine, const char *image, const char *question);

#endif
