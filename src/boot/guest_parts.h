/* SPDX-License-Identifier: Apache-2.0 */
/** Private to guest.c and its parts. */
#ifndef BW_BOOT_GUEST_PARTS_H
#define BW_BOOT_GUEST_PARTS_H

#include "boot/guest.h"

#define BW_GUEST_PAGE 0x1000U

/* guest_stage2.c */

/** What the guest reaches, at the same address as the machine has it. */
typedef struct bw_guest_window {
    uint64_t base, size; /**< bytes, multiples of 4 KiB */
    bool memory;         /**< cached; else a device */
} bw_guest_window;

/**
 * Tables of the second stage of translation (Arm DDI 0487, chapter D8): 4 KiB pages, 39 bits of address, from level 1.
 * @param at address of the first table, which the others follow; a multiple of 4 KiB. Appended to @p out, which is
 * empty. Of windows that overlap the later one counts. @return false if one lies beyond 512 GiB.
 */
bool bw_guest_stage2(bw_buffer *out, uint64_t at, const bw_guest_window *windows, unsigned count);

/* guest_machine.c */

/** Makes the board's machine one that has guests: virtualization, the interrupt controller as described, something
 * behind each virtio slot that is given. @return false with a finding: guest-machine. */
bool bw_guest_machine_fit(bw_guest_boot *guest);
/** @return kinds of virtio devices that stand behind the guest's slots, as bits. */
uint32_t bw_guest_virtio(const bw_guest_boot *guest);
/** @return the GIC of the board, or NULL. */
const bw_device *bw_guest_gic(const bw_board *board);

/* guest_image.c */

/** Writes all files into the folder; stub and tables lie in memory of the machine that is not the guest's. */
bool bw_guest_image_make(bw_guest_boot *guest, bw_findings *findings);

/* guest_facts.c: lines "bw: NAME: VALUE" of the console. */

GPtrArray *bw_guest_facts_read(const char *console);
/** @return the value of the first fact of a name from @p *from on, which is set behind it, or NULL. */
const char *bw_guest_fact_next(const GPtrArray *facts, const char *name, guint *from);
const char *bw_guest_fact(const GPtrArray *facts, const char *name);
/** Who types to the guest. */
const char *bw_guest_talk(void *data, const bw_boot_run *run, bool *over);
#define BW_GUEST_TYPED "echo boardwright"

/* guest_claims.c */

void bw_guest_claims_make(bw_guest_boot *guest);
/** Whether a node of the board is the guest's, with its registers. */
bool bw_guest_is_given(const bw_guest_boot *guest, const bw_node *node);

/* guest_verdict.c */

/** Before the run: whether the machine has memory where the guest's RAM is. @param map of bw_machine_row; empty: the
 *  machine does not say. @return false with a finding. */
bool bw_guest_judge_place(bw_guest_boot *guest, const GArray *map);
void bw_guest_judge(bw_guest_boot *guest);

#endif
