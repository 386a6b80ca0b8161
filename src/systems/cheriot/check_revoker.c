/* SPDX-License-Identifier: Apache-2.0 */
/* Temporal safety: the revoker's kind, its devices and interrupt, the length of the bitmap. (C19, C23 to C26) */
#include "systems/cheriot/bounds.h"
#include "systems/cheriot/check.h"

#define BYTES_PER_BYTE 64U /* a bit for 8 bytes */

static const char *const kinds[] = {"software", "hardware", NULL};

/* C26. @return whether the kind is one that is meant. */
static bool check_kind(bw_cheriot_run *run)
{
    const bw_json *value = run->board->revoker_value;

    if (value->kind == BW_JSON_STRING && g_strv_contains(kinds, value->text))
        return true;
    const char *near = value->kind == BW_JSON_STRING ? bw_nearest(value->text, kinds) : NULL;
    bw_finding *f = value->kind == BW_JSON_STRING
                        ? bw_findings_add(run->findings, BW_CODE_cheriot_revoker_kind, bw_cheriot_place(run, value),
                                          "the revoker is \"%s\", which counts as \"hardware\"", value->text)
                        : bw_findings_add(run->findings, BW_CODE_cheriot_revoker_kind, bw_cheriot_place(run, value),
                                          "the revoker is %s, which counts as \"hardware\"", bw_json_kind_name(value));
    if (near)
        bw_finding_cure(f, "did you mean \"%s\"?", near);
    return false;
}

/* Whether all interrupts could be read: where one has no name, it may be any. */
static bool names_are_known(const bw_cheriot_board *board)
{
    const bw_json *interrupts = bw_json_get(board->document, "interrupts");
    bool known = !interrupts || interrupts->kind == BW_JSON_ARRAY || interrupts->kind == BW_JSON_OBJECT;

    for (uint32_t i = 0; i < board->interrupt_count; i++)
        known = known && board->interrupts[i].name;
    return known;
}

static const bw_cheriot_interrupt *revoker_interrupt(const bw_cheriot_board *board)
{
    for (uint32_t i = 0; i < board->interrupt_count; i++)
        if (board->interrupts[i].name && strcmp(board->interrupts[i].name, "RevokerInterrupt") == 0)
            return &board->interrupts[i];
    return NULL;
}

/* C23, C24, C25: all that is missing in one finding. */
static void check_parts(bw_cheriot_run *run, bool hardware)
{
    const bw_cheriot_board *board = run->board;
    bool devices = board->device_count > 0;
    bool no_shadow = devices && !bw_cheriot_device(board, "shadow");
    bool no_device = devices && hardware && !bw_cheriot_device(board, "revoker");
    bool no_interrupt = hardware && names_are_known(board) && !revoker_interrupt(board);
    bw_place place = bw_cheriot_place(run, board->revoker_value);
    const char *kind = hardware ? "a hardware revoker" : "a revoker";

    if (no_shadow || no_device)
        bw_findings_add(run->findings, BW_CODE_cheriot_device_missing, place,
                        "the board has %s, but no device %s%s%s%s", kind, no_shadow ? "shadow, its bitmap" : "",
                        no_shadow && no_device ? ", and no device " : "", no_device ? "revoker" : "",
                        no_interrupt ? ", and no interrupt RevokerInterrupt" : "");
    else if (no_interrupt)
        bw_findings_add(run->findings, BW_CODE_cheriot_revoker_interrupt, place,
                        "the board has %s, but no interrupt RevokerInterrupt, for which its driver waits", kind);
}

/* Whether it has a key that looks like the one that is missing; that is said already. */
static bool is_misspelt(const bw_cheriot_interrupt *interrupt)
{
    static const char *const keys[] = {"edge_triggered", NULL};
    bool found = false;

    for (uint32_t i = 0; i < interrupt->value->count && !interrupt->edge_value; i++)
        found |= bw_nearest(interrupt->value->members[i].name, keys) != NULL;
    return found;
}

/* C25, second part */
static void check_edge(bw_cheriot_run *run)
{
    const bw_cheriot_interrupt *interrupt = revoker_interrupt(run->board);

    if (!interrupt || interrupt->edge_triggered || is_misspelt(interrupt))
        return;
    bw_finding *f =
        bw_findings_add(run->findings, BW_CODE_cheriot_revoker_level,
                        bw_cheriot_place(run, interrupt->edge_value ? interrupt->edge_value : interrupt->name_value),
                        "RevokerInterrupt is not edge-triggered: nobody completes it, so it comes only once");
    bw_finding_cure(f, "%s \"edge_triggered\": true", interrupt->edge_value ? "write" : "add");
}

static uint64_t bitmap_of(uint64_t start, uint64_t past)
{
    return past > start ? (past - start + BYTES_PER_BYTE - 1) / BYTES_PER_BYTE : 0;
}

/* C19 */
static void check_shadow(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    const bw_cheriot_extent *shadow = bw_cheriot_device(board, "shadow");
    uint64_t start;

    if (!shadow || !shadow->known || run->bad[shadow - board->devices] || run->heap_wrong || run->memory_wrong ||
        run->revokable_wrong || !board->heap_end.known || !bw_cheriot_revokable_start(board, &start) ||
        board->heap_end.value <= start)
        return;
    uint64_t length = shadow->past - shadow->first;
    uint64_t needed = bitmap_of(start, board->heap_end.value);
    uint64_t whole = MAX(needed, bitmap_of(start, bw_cheriot_rw_memory(board)->past));
    bw_code code = length < needed ? BW_CODE_cheriot_shadow_small : BW_CODE_cheriot_shadow_large;
    /* One for the whole memory is what hardware has, also where the heap ends before. */
    if (length >= needed && length <= bw_cheriot_round_up(whole))
        return;
    const bw_json *where = shadow->length.where ? shadow->length.where : shadow->end.where;
    bw_finding *f =
        bw_findings_add(run->findings, code, bw_cheriot_place(run, where),
                        "the bitmap shadow has %s, but revokable memory, 0x%" PRIx64 "–0x%" PRIx64 ", needs %s%s",
                        bw_cheriot_bytes(run, length), start, board->heap_end.value - 1, length < needed ? "" : "only ",
                        bw_cheriot_bytes(run, needed));
    bw_finding_note(f, bw_cheriot_place(run, board->heap_end.where), "the heap ends here");
    if (board->revokable_memory_start.where)
        bw_finding_note(f, bw_cheriot_place(run, board->revokable_memory_start.where), "revokable memory begins here");
}

void bw_cheriot_check_revoker(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;

    if (board->revoker == BW_CHERIOT_NO_REVOKER || !board->revoker_value)
        return;
    bool meant = check_kind(run);
    check_parts(run, meant && board->revoker == BW_CHERIOT_HARDWARE);
    if (board->revoker == BW_CHERIOT_HARDWARE)
        check_edge(run);
    check_shadow(run);
}
