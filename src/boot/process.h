/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A program of the user's machine, run beside us: in a process group of its own, so that it goes as a whole,
 * and ended with us, whatever ends us.
 */
#ifndef BW_BOOT_PROCESS_H
#define BW_BOOT_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct bw_process {
    pid_t pid;  /**< also its process group; 0: not started */
    bool ended; /**< and reaped */
    int status; /**< as of waitpid(), when ended */
} bw_process;

/** A file descriptor that the program gets, under a number that it is told. */
typedef struct bw_process_fd {
    int ours; /**< stays open here */
    int theirs;
} bw_process_fd;

/**
 * Starts @p argv, looked up in PATH. Its standard input is /dev/null unless @p fds says otherwise.
 * @return 0, or the errno that says why it could not be started.
 */
int bw_process_start(bw_process *process, const char *const *argv, const bw_process_fd *fds, unsigned count);

/** @return whether it has ended; does not wait. What it left running in its group is killed then. */
bool bw_process_ended(bw_process *process);

/** Ends it: asks, gives it @p patience milliseconds, then kills its group. Afterwards it is reaped. */
void bw_process_stop(bw_process *process, unsigned patience);

#endif
