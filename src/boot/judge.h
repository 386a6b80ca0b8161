/* SPDX-License-Identifier: Apache-2.0 */
/** Private to the verdict: what its parts share. */
#ifndef BW_BOOT_JUDGE_H
#define BW_BOOT_JUDGE_H

#include "boot/verdict.h"

typedef struct bw_judge {
    const bw_verdict_job *job;
    bw_unit *unit;
    const bw_tap *tap; /**< the report that counts */
    unsigned channel;  /**< where it came from */
    GArray *verdicts;
    GArray *map; /**< of the machine; NULL: not asked yet */
} bw_judge;

#define BW_JUDGE_COUNT(j) ((j)->job->claims->items->len)

const bw_claim *bw_judge_claim(const bw_judge *j, guint index);
bw_verdict *bw_judge_verdict(const bw_judge *j, guint index);
const bw_tap_result *bw_judge_result(const bw_judge *j, guint index);

/** @return the index of a claim of this kind about a node, or -1. */
int bw_judge_find(const bw_judge *j, bw_claim_kind kind, const bw_node *node);
bool bw_judge_fails(const bw_judge *j, bw_claim_kind kind, const bw_node *node);

/** A claim that does not hold, with its own finding; the sentence is the verdict's text as well. @return the
 *  finding, or NULL. @param span where, NULL: the claim's own element. */
bw_finding *bw_judge_fail(bw_judge *j, guint index, bw_code code, const bw_span *span, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/** A finding at a span; of a blob, which has none, at the file. */
bw_finding *bw_judge_say(bw_judge *j, bw_code code, bw_span span, const char *text);
/** It does not hold for the reason that another finding names. */
void bw_judge_follow(bw_judge *j, guint index, bw_finding *finding, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** It cannot be judged because something else does not hold. */
void bw_judge_skip(bw_judge *j, guint index, const char *why);

bw_span bw_judge_span(const bw_claim *claim);           /**< the element that makes the claim */
bw_span bw_judge_row_span(const bw_block *block);       /**< a row of reg */
const char *bw_judge_size(bw_judge *j, uint64_t bytes); /**< "4 MiB (0x400000)" */
const char *bw_judge_rate(bw_judge *j, double hertz);   /**< "about 25 MHz" */
const GArray *bw_judge_map(bw_judge *j);                /**< asks the machine, once; empty when it cannot say */
/** Notes which memory the machine has nearest to an address. */
void bw_judge_note_memory(bw_judge *j, bw_finding *f, uint64_t address);
void bw_judge_note_serials(bw_judge *j, bw_finding *f);

/** The probe runs, and nothing comes out of the console that claim @p index is about. */
bw_finding *bw_judge_silent_console(bw_judge *j, guint index);

/* Parts: each looks at claims of its kinds whose result is "not ok". */
void bw_judge_buses(bw_judge *j); /**< before the devices on them */
void bw_judge_cpus(bw_judge *j);
void bw_judge_memories(bw_judge *j);
void bw_judge_devices(bw_judge *j);
void bw_judge_console(bw_judge *j); /**< before devices: what is wrong with the console is said once */
void bw_judge_interrupts(bw_judge *j);
void bw_judge_rates(bw_judge *j);
/** A run that did not come to its end: one finding that says why, at the most likely place. */
void bw_judge_end(bw_judge *j);

#endif
