/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the probe says, as it comes in: TAP version 14 (testanything.org/tap-version-14-specification.html),
 * as much of it as probe/tap.c writes, in any state of damage.
 *
 *     TAP version 14
 *     1..5
 *     # probe 1: aarch64, EL1
 *     ok 1 - cpu cpu@0
 *     not ok 2 - memory psram0
 *       ---
 *       reason: short
 *       found: 0x400000
 *       at: 0x80400000
 *       ...
 *     ok 3 - device uart0 # SKIP no driver
 *     # mark 4 0x1f3a0
 *     ok 4 - timer timer0
 *     Bail out! data abort: cause 0x96000010, pc 0x40000124, address 0x0
 *     # end
 *
 * Words of `reason`, by kind of claim:
 *
 *   cpu        absent (found: the firmware's error, signed), extra (found: id of one that nobody described)
 *              unanswered (found: 1 when firmware answers the other kind of PSCI's calls, 0 when it answers none)
 *   kind       other (found: part number or misa bits, wanted)
 *   memory     absent (at: first address, cause), short (found: bytes from the base that answer, at: where it ends),
 *              alias (found: bytes after which it repeats, at: the address that repeats the base), readonly (at),
 *              bits (at, found: what was read back, wanted: what was written)
 *   end, start answers (at: the address that behaves like more of this memory)
 *   device     fault (at: the register, cause), strange (at: an interrupt controller that does not behave like one)
 *   id         other (at: the register, found, wanted), fault (at, cause)
 *   console    fault (at, cause), strange (at: the register that does not behave so), stuck (never ready to send)
 *   timer      fault (at, cause), stopped (it does not count); else the host judges the marks
 *   interrupt  silent (none came), held (its controller has it pending, but does not tell the CPU),
 *              other (found: the number that came instead), fault (at, cause)
 *
 * "# end" is the last line of a run that went through.
 */
#ifndef BW_BOOT_TAP_H
#define BW_BOOT_TAP_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

typedef enum bw_tap_state { BW_TAP_MISSING, BW_TAP_OK, BW_TAP_NOT_OK, BW_TAP_SKIP } bw_tap_state;

/** What the probe says of one claim. */
typedef struct bw_tap_result {
    bw_tap_state state;
    char reason[64]; /**< a word as above; of a skip the beginning of its sentence */
    uint64_t at, found, wanted, cause;
    bool has_at, has_found, has_wanted, has_cause;
} bw_tap_result;

/** A reading of a timer, and when its line came in. */
typedef struct bw_tap_mark {
    unsigned claim;
    uint64_t count;
    int64_t time; /**< microseconds of the host's monotonic clock */
} bw_tap_mark;

typedef struct bw_tap {
    bool version;      /**< "TAP version 14" was there; what comes before it (a boot loader's words) is not read */
    unsigned planned;  /**< N of 1..N; 0: no plan yet */
    bool ended;        /**< "# end" */
    char *bail_out;    /**< text after "Bail out!", or NULL */
    GArray *results;   /**< of bw_tap_result; [0] is not used */
    GArray *marks;     /**< of bw_tap_mark, in order */
    unsigned reported; /**< claims that have a result */
    unsigned strange;  /**< lines that look like results and cannot be: a number beyond the plan, or said before */
    GString *line;     /**< private: the line that is coming in */
    int64_t line_time; /**< private: when its last byte came */
    unsigned current;  /**< private: the claim whose YAML block is open */
} bw_tap;

bw_tap *bw_tap_new(unsigned claims);
void bw_tap_free(bw_tap *tap);

/** Takes bytes as they come, whole lines or not. @param time when they came, microseconds. */
void bw_tap_feed(bw_tap *tap, const char *bytes, size_t len, int64_t time);

/** Nothing more can come. Of a last line without an end only "Bail out!" and "# end" count: a number may be cut off. */
void bw_tap_finish(bw_tap *tap);

/** @return the result of a claim; a missing one beyond all. */
const bw_tap_result *bw_tap_result_of(const bw_tap *tap, unsigned claim);

/** @return whether nothing more is to be expected: "# end", "Bail out!", or a result for each claim of the plan. */
bool bw_tap_complete(const bw_tap *tap);

#endif
