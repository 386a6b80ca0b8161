/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rate of a timer, from its readings and the times at which their lines came in.
 *
 * A line may come in late, never early: the machine and we ourselves wait for a turn of the host's CPUs. So the rate is
 * an interval, and a described one is only wrong when it lies well outside of it. A loaded host makes the
 * interval wide and the answer "unsure", not a false one.
 */
#ifndef BW_BOOT_RATE_H
#define BW_BOOT_RATE_H

#include <glib.h>

#include <stdint.h>

typedef enum bw_rate_state { BW_RATE_HOLDS, BW_RATE_WRONG, BW_RATE_UNSURE } bw_rate_state;

typedef struct bw_rate {
    bw_rate_state state;
    double rate;      /**< Hz, most likely; 0: not known */
    double low, high; /**< Hz: what the uncertainty of the times allows */
    double seconds;   /**< between first and last reading */
    double delay;     /**< seconds: how late a line may have been */
} bw_rate;

/** @param marks of bw_tap_mark; those of @p claim are used. @param described Hz; 0: none, then it is only measured. */
bw_rate bw_rate_judge(const GArray *marks, unsigned claim, uint64_t described);

/** @return words for a factor that people know ("1,000 times: kHz where Hz is meant?"), or NULL. */
const char *bw_rate_factor(double found, double described);

#endif
