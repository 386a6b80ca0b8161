/* SPDX-License-Identifier: Apache-2.0 */
/** A boot as text and JSON. */
#ifndef BW_REPORT_BOOT_H
#define BW_REPORT_BOOT_H

#include "base/buffer.h"
#include "boot/boot.h"
#include "report/figures.h"

#include <jansson.h>

typedef struct bw_boot_text {
    bw_style style;
    bool each; /**< a line for each claim, also where many of a kind hold */
} bw_boot_text;

/** "plank/m33 on qemu mps2-an505: 14 claims". */
void bw_boot_heading(const bw_boot *boot, bw_buffer *out);
/** A line a claim: "  ok   memory sram0: 256 KiB, whole". */
void bw_boot_lines(const bw_boot *boot, const bw_boot_text *options, bw_buffer *out);
/** "13 of 14 claims hold (1.8 s)". */
void bw_boot_summary(const bw_boot *boot, bw_buffer *out);

/* What a guest's boot (guest.h) has, too. */

/** "  ok   TEXT", "  skip TEXT: WHY". */
void bw_boot_line(const bw_boot_text *options, bw_verdict_state state, const char *text, const char *why,
                  bw_buffer *out);
/** "13 of 14 claims hold, 1 does not (1.8 s)". @param time µs */
void bw_boot_count(unsigned held, unsigned failed, unsigned untested, unsigned all, int64_t time, bw_buffer *out);
const char *bw_boot_end_name(bw_boot_run_end end); /**< "complete", "silent" …: as in JSON */

/** @param log path of what the machine said, or NULL. @param kept the image stays. Members: docs/json.md. */
json_t *bw_boot_json(const bw_boot *boot, const char *log, bool kept);

#endif
