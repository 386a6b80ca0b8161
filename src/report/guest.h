/* SPDX-License-Identifier: Apache-2.0 */
/** A guest's boot as text and JSON. */
#ifndef BW_REPORT_GUEST_H
#define BW_REPORT_GUEST_H

#include "boot/guest.h"
#include "report/boot.h"

/** "plank/a53 vm0 on qemu virt,virtualization=on: 14 claims". */
void bw_guest_heading(const bw_guest_boot *guest, bw_buffer *out);
/** A line a claim. */
void bw_guest_lines(const bw_guest_boot *guest, const bw_boot_text *options, bw_buffer *out);
/** "13 of 14 claims hold (4.8 s)". */
void bw_guest_summary(const bw_guest_boot *guest, bw_buffer *out);

/** @param log path of what the machine said, or NULL. Members: docs/json.md. */
json_t *bw_guest_json(const bw_guest_boot *guest, const char *log);

#endif
