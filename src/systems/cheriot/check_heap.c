/* SPDX-License-Identifier: Apache-2.0 */
/* The heap in its memory, and where the revocation bitmap begins. (C14 to C18, C27) */
#include "systems/cheriot/check.h"

#define GRANULE 64U                         /* bytes of memory that a byte of the bitmap stands for */
#define STORE 8U                            /* boot clears the heap with stores of capabilities */
#define END_ALIGNMENT 2048U                 /* what bounds of up to 512 KiB ask for */
#define ARENA_MAX ((uint64_t)65535 * 8 + 8) /* the allocator's sizes: 16 bits, in units of 8 bytes */

/* Whether the memory was written after the heap's end: then it is the memory that does not fit. */
static bool memory_is_later(const bw_cheriot_run *run, const bw_cheriot_extent *memory)
{
    const bw_cheriot_board *board = run->board;
    uint32_t heap_file = bw_cheriot_file_of(board, board->heap_end.where);
    const bw_json *parts[] = {memory->value, memory->start.where, memory->end.where, memory->length.where};

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (bw_cheriot_file_of(board, parts[i]) > heap_file)
            return true;
    return false;
}

/* C14. @return whether it ends in its memory. */
static bool check_end(bw_cheriot_run *run, const bw_cheriot_extent *memory)
{
    const bw_json *heap_end = run->board->heap_end.where;
    const bw_json *memory_end = memory->end.where ? memory->end.where : memory->length.where;
    uint64_t end = run->board->heap_end.value;
    bool beyond = end > memory->past;
    bool later = memory_is_later(run, memory);
    bw_place place = bw_cheriot_place(run, !later ? heap_end : beyond ? memory_end : memory->start.where);
    bw_finding *f;

    if (!beyond && end > memory->first)
        return true;
    run->heap_wrong = true;
    if (beyond)
        f = bw_findings_add(run->findings, BW_CODE_cheriot_heap_end, place,
                            "the heap ends at 0x%" PRIx64 ", %s beyond the end of its memory, %s", end,
                            bw_cheriot_bytes(run, end - memory->past), memory->name);
    else
        f = bw_findings_add(run->findings, BW_CODE_cheriot_heap_end, place,
                            "the heap ends at 0x%" PRIx64 ", %s its memory, %s, begins", end,
                            end < memory->first ? "before" : "where", memory->name);
    if (later) {
        bw_finding_note(f, bw_cheriot_place(run, heap_end), "the heap's end is set here");
        bw_finding_cure(f, "change /heap/end here too: 0x%" PRIx64 " is the end of %s", memory->past, memory->name);
    } else {
        bw_finding_note(f, bw_cheriot_extent_place(run, memory), "%s is here, %s", memory->name,
                        bw_cheriot_range(run, memory));
        bw_finding_cure(f, "the heap can end at 0x%" PRIx64, memory->past);
    }
    return false;
}

/* C15, C17 */
static void check_end_value(bw_cheriot_run *run, const bw_cheriot_extent *memory)
{
    uint64_t end = run->board->heap_end.value;
    bw_place place = bw_cheriot_place(run, run->board->heap_end.where);

    if (end % END_ALIGNMENT) {
        bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_heap_alignment, place,
                                        "the heap ends at 0x%" PRIx64 ", which is no multiple of %s", end,
                                        bw_cheriot_bytes(run, END_ALIGNMENT));
        if (end - end % END_ALIGNMENT > memory->first)
            bw_finding_cure(f, "0x%" PRIx64 " is one", end - end % END_ALIGNMENT);
    } else if (end < memory->past) {
        bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_heap_unused, place,
                                        "the heap ends at 0x%" PRIx64 ": %s of %s behind it are not used", end,
                                        bw_cheriot_bytes(run, memory->past - end), memory->name);
        bw_finding_note(f, bw_cheriot_extent_place(run, memory), "%s is here, %s", memory->name,
                        bw_cheriot_range(run, memory));
    }
}

/* C16. @return whether the start can be used. */
static bool check_start(bw_cheriot_run *run, const bw_cheriot_extent *memory)
{
    const bw_cheriot_board *board = run->board;
    uint64_t start = board->heap_start.value;
    uint64_t end = run->heap_wrong || !board->heap_end.known ? memory->past : board->heap_end.value;
    bw_place place = bw_cheriot_place(run, board->heap_start.where);

    if (start < memory->first || start >= memory->past) {
        bw_finding *f =
            bw_findings_add(run->findings, BW_CODE_cheriot_heap_start, place,
                            "the heap starts at 0x%" PRIx64 ", outside of its memory, %s", start, memory->name);
        bw_finding_note(f, bw_cheriot_extent_place(run, memory), "%s is here, %s", memory->name,
                        bw_cheriot_range(run, memory));
        return false;
    }
    if (start >= end) {
        bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_heap_start, place,
                                        "the heap starts at 0x%" PRIx64 ", not before its end, 0x%" PRIx64, start, end);
        bw_finding_note(f, bw_cheriot_place(run, board->heap_end.where), "it ends here");
        run->heap_wrong = true;
        return false;
    }
    if (start % GRANULE) {
        bw_finding *f = bw_findings_add(
            run->findings, BW_CODE_cheriot_heap_start, place,
            "the heap starts at 0x%" PRIx64 ", which is no multiple of %u%s", start, start % STORE ? STORE : GRANULE,
            start % STORE ? ": boot clears it with stores of capabilities"
                          : ": a byte of the revocation bitmap would stand for memory outside, too");
        bw_finding_cure(f, "0x%" PRIx64 " is one", start + GRANULE - start % GRANULE);
    }
    return true;
}

/* C18 */
static void check_size(bw_cheriot_run *run, const bw_cheriot_extent *memory)
{
    const bw_cheriot_board *board = run->board;
    bool fixed = board->heap_start.known;
    uint64_t start = fixed ? board->heap_start.value : memory->first;
    uint64_t size = board->heap_end.value - start;

    if (size <= ARENA_MAX)
        return;
    bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_heap_limit,
                                    bw_cheriot_place(run, fixed ? board->heap_start.where : board->heap_end.where),
                                    fixed ? "the heap has %s, but the allocator can manage no more than %s"
                                          : "the heap can have up to %s, but the allocator can manage no more than %s",
                                    bw_cheriot_bytes(run, size), bw_cheriot_bytes(run, ARENA_MAX));
    if (board->of_devicetree)
        bw_finding_cure(f, "write heap-size: 512 KiB in cheriot: of support.yml");
    else
        bw_finding_cure(f, "with heap.start 0x%" PRIx64 " it is as large as can be", board->heap_end.value - ARENA_MAX);
}

/* C27 */
static void check_revokable(bw_cheriot_run *run, const bw_cheriot_extent *memory)
{
    const bw_cheriot_number *start = &run->board->revokable_memory_start;
    bw_place place = bw_cheriot_place(run, start->where);

    if (!start->known || run->board->revoker == BW_CHERIOT_NO_REVOKER)
        return;
    run->revokable_wrong = true;
    if (start->value > memory->first && memory->known) {
        bw_finding *f = bw_findings_add(
            run->findings, BW_CODE_cheriot_revokable_start, place,
            "the bitmap stands for memory from 0x%" PRIx64 " on, but the memory of the heap, %s, begins %s before",
            start->value, memory->name, bw_cheriot_bytes(run, start->value - memory->first));
        bw_finding_note(f, bw_cheriot_extent_place(run, memory), "%s is here, %s", memory->name,
                        bw_cheriot_range(run, memory));
    } else if (start->value % STORE) {
        bw_finding *f =
            bw_findings_add(run->findings, BW_CODE_cheriot_revokable_start, place,
                            "revokable_memory_start is 0x%" PRIx64 ", which is no multiple of %u: a bit of the "
                            "bitmap stands for %u bytes",
                            start->value, STORE, STORE);
        bw_finding_cure(f, "0x%" PRIx64 " is one", start->value - start->value % STORE);
    } else {
        run->revokable_wrong = false;
    }
}

void bw_cheriot_check_heap(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    const bw_cheriot_extent *memory = bw_cheriot_rw_memory(board);
    bool start_fits = true;

    if (run->memory_wrong)
        return;
    check_revokable(run, memory);
    if (!memory->value || !memory->known)
        return;
    bool end_fits = board->heap_end.known && check_end(run, memory);
    if (board->heap_start.known)
        start_fits = check_start(run, memory);
    if (end_fits && !run->heap_wrong)
        check_end_value(run, memory);
    if (end_fits && start_fits)
        check_size(run, memory);
}
