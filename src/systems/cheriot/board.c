/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/parts.h"
#include "systems/cheriot/value.h"

#include <glib.h>

/* More are said only once: a file of a thousand is no board. */
#define NULLS_MAX 20
/* Findings of patches among which one about a key is looked for. */
#define SAID_MAX 100

static const char *const board_keys[] = {
    "devices",
    "instruction_memory",
    "data_memory",
    "heap",
    "revokable_memory_start",
    "interrupts",
    "revoker",
    "stack_high_water_mark",
    "timer_hz",
    "tickrate_hz",
    "defines",
    "driver_includes",
    "cxflags",
    "cpu",
    "simulation",
    "run_command",
    "simulator",
    "ldscript_fragments",
    "rtos_defines",
    "trusted_spill_size",
    NULL,
};
static const char *const extent_keys[] = {"start", "end", "length", NULL};

/* ---- the document as a whole ---- */

static void say_null(bw_cheriot_reader *r, const bw_json *value, const char *name, uint32_t *count)
{
    if (++*count <= NULLS_MAX)
        bw_json_find(r->findings, BW_CODE_cheriot_null, value, "%s is null, which stops the build", name);
}

static void find_nulls(bw_cheriot_reader *r, const bw_json *value, uint32_t *count)
{
    for (uint32_t i = 0; value->kind == BW_JSON_ARRAY && i < value->count; i++)
        if (value->items[i]->kind == BW_JSON_NULL)
            say_null(r, value->items[i], "an item", count);
        else
            find_nulls(r, value->items[i], count);
    for (uint32_t i = 0; value->kind == BW_JSON_OBJECT && i < value->count; i++)
        if (value->members[i].value->kind == BW_JSON_NULL)
            say_null(r, value->members[i].value, value->members[i].name, count);
        else
            find_nulls(r, value->members[i].value, count);
}

/* Without these there is no build. */
static const char *const needed_keys[] = {"instruction_memory", "heap", "timer_hz", "tickrate_hz", NULL};

bool bw_cheriot_is_misspelt(const bw_json *document, const char *key)
{
    const bw_cheriot_reader r = {.keys = board_keys};

    return bw_cheriot_misspelled(&r, document, key);
}

/* An object with a range of addresses, as devices are. */
static bool is_extent(const bw_json *value)
{
    return bw_json_get(value, "start") && (bw_json_get(value, "end") || bw_json_get(value, "length"));
}

/* Whether a patch that made the key by a replace was told so: a name spelled wrong is one mistake. */
static bool was_said(const bw_cheriot_reader *r, const bw_json_member *m)
{
    uint32_t left = SAID_MAX;

    for (const bw_finding *f = r->findings->first; f && left; f = f->next, left--)
        if (f->code == BW_CODE_json_patch_missing && f->place.source == m->place.source &&
            f->place.source_line == m->place.source_line && f->place.column == m->place.column)
            return true;
    return false;
}

/* A key of the top level that means nothing: often a device that belongs one level deeper. */
static void check_top(bw_cheriot_reader *r)
{
    static const char *const parts[] = {"devices", "instruction_memory", "data_memory", "heap", NULL};
    const bw_json *document = r->board->document;

    r->keys = board_keys;
    /* Without these much would be found missing that is only spelled wrong. */
    for (const char *const *part = parts; *part; part++)
        r->board->broken |= bw_cheriot_misspelled(r, document, *part);
    for (uint32_t i = 0; i < document->count; i++) {
        const bw_json_member *m = &document->members[i];

        if (g_strv_contains(board_keys, m->name) || was_said(r, m))
            continue;
        const char *near = bw_nearest(m->name, board_keys);
        if (near && g_strv_contains(needed_keys, near) && !bw_json_get(document, near)) {
            bw_finding_cure(bw_findings_add(r->findings, BW_CODE_cheriot_missing, m->place,
                                            "the build looks at no key %s, and needs %s", m->name, near),
                            "did you mean %s?", near);
            continue;
        }
        bw_finding *f =
            bw_findings_add(r->findings, BW_CODE_cheriot_unknown_key, m->place,
                            is_extent(m->value) ? "the device %s stands at the top level, where nothing looks at it"
                                                : "the build looks at no key %s",
                            m->name);
        if (is_extent(m->value))
            bw_finding_cure(f, "it belongs to devices: the path is /devices/%s", m->name);
        else if (near)
            bw_finding_cure(f, "did you mean %s?", near);
    }
}

/* ---- memory ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const bw_cheriot_extent *)a)->name, ((const bw_cheriot_extent *)b)->name);
}

static void read_devices(bw_cheriot_reader *r)
{
    const bw_json *devices = bw_cheriot_read_kind(r, r->board->document, "devices", BW_JSON_OBJECT);

    if (!devices || devices->kind != BW_JSON_OBJECT)
        return;
    bw_cheriot_extent *list = bw_arena_array(r->arena, bw_cheriot_extent, devices->count + 1);
    for (uint32_t i = 0; i < devices->count; i++) {
        const bw_json_member *m = &devices->members[i];

        r->keys = extent_keys;
        list[i] = bw_cheriot_read_extent(r, m->name, m->place, m->value);
        bw_cheriot_check_keys(r, m->value, "a device");
    }
    qsort(list, devices->count, sizeof *list, by_name);
    r->board->devices = list;
    r->board->device_count = devices->count;
}

static bw_cheriot_extent read_memory(bw_cheriot_reader *r, const char *name)
{
    const bw_json_member *m = bw_json_member_of(r->board->document, name);

    if (!m || m->value->kind == BW_JSON_NULL)
        return (bw_cheriot_extent){.name = name};
    r->keys = extent_keys;
    bw_cheriot_check_keys(r, m->value, "a memory");
    return bw_cheriot_read_extent(r, m->name, m->place, m->value);
}

static void check_heap_length(bw_cheriot_reader *r, const bw_json *length)
{
    const bw_cheriot_board *b = r->board;
    bw_finding *f = bw_json_find(r->findings, BW_CODE_cheriot_heap_length, length,
                                 b->heap_end.given ? "the build ignores the heap's length, and takes its end"
                                                   : "the build ignores the heap's length, so the heap has no end");

    if (b->heap_end.given)
        bw_finding_cure(f, "remove it");
    else if (b->heap_start.known && length->kind == BW_JSON_NUMBER && length->number > 0 &&
             length->number < 4294967296.0)
        bw_finding_cure(f, "write \"end\": 0x%llx",
                        (unsigned long long)b->heap_start.value + (unsigned long long)length->number);
}

static void read_heap(bw_cheriot_reader *r)
{
    static const char *const keys[] = {"start", "end", "length", NULL};
    const bw_json_member *member = bw_json_member_of(r->board->document, "heap");
    const bw_json *heap = bw_cheriot_read_kind(r, r->board->document, "heap", BW_JSON_OBJECT);
    bw_cheriot_board *b = r->board;

    b->heap = heap;
    r->keys = keys;
    b->heap_start = bw_cheriot_read_number(r, heap, "start", "the heap's start", BW_CHERIOT_START);
    b->heap_end = bw_cheriot_read_number(r, heap, "end", "the heap's end", BW_CHERIOT_END);
    if (heap)
        bw_cheriot_check_keys(r, heap, "heap");
    const bw_json *length = bw_json_get(heap, "length");
    if (length)
        check_heap_length(r, length);
    else if (!b->heap_end.given && !b->broken && (heap || !member) && !bw_cheriot_is_misspelt(b->document, "heap"))
        bw_findings_add(r->findings, BW_CODE_cheriot_missing, member ? member->place : bw_cheriot_home(b),
                        heap ? "the heap has no end, which the build needs"
                             : "the board has no heap, whose end the build needs");
}

/* ---- interrupts ---- */

static void need(bw_cheriot_reader *r, const bw_json *interrupt, const char *key, const char *what)
{
    if (!bw_json_get(interrupt, key) && !r->board->broken && !bw_cheriot_misspelled(r, interrupt, key))
        bw_json_find(r->findings, BW_CODE_cheriot_missing, interrupt, "%s has no %s, which the build needs", what, key);
}

static bw_cheriot_interrupt read_interrupt(bw_cheriot_reader *r, const bw_json *value)
{
    static const char *const keys[] = {"name", "number", "priority", "edge_triggered", NULL};
    bw_cheriot_interrupt irq = {.value = value};

    if (value->kind != BW_JSON_OBJECT) {
        if (value->kind != BW_JSON_NULL)
            bw_json_find(r->findings, BW_CODE_cheriot_type, value, "an interrupt is %s, not an object",
                         bw_json_kind_name(value));
        return irq;
    }
    r->keys = keys;
    irq.name = bw_cheriot_read_text(r, value, "name", &irq.name_value);
    const char *what = irq.name ? irq.name : "an interrupt";
    irq.number = bw_cheriot_read_number(r, value, "number", bw_arena_printf(r->arena, "the number of %s", what),
                                        BW_CHERIOT_CLOCK);
    irq.priority = bw_cheriot_read_number(r, value, "priority", bw_arena_printf(r->arena, "the priority of %s", what),
                                          BW_CHERIOT_CLOCK);
    irq.edge_value = bw_json_get(value, "edge_triggered");
    irq.edge_triggered = irq.edge_value && irq.edge_value->kind != BW_JSON_FALSE;
    need(r, value, "name", what);
    need(r, value, "number", what);
    need(r, value, "priority", what);
    bw_cheriot_check_keys(r, value, "an interrupt");
    return irq;
}

static void read_interrupts(bw_cheriot_reader *r)
{
    bw_cheriot_board *b = r->board;

    b->interrupts_value = bw_cheriot_read_kind(r, b->document, "interrupts", BW_JSON_ARRAY);
    if (!b->interrupts_value || b->interrupts_value->kind != BW_JSON_ARRAY)
        return;
    bw_cheriot_interrupt *list = bw_arena_array(r->arena, bw_cheriot_interrupt, b->interrupts_value->count + 1);
    for (uint32_t i = 0; i < b->interrupts_value->count; i++)
        list[i] = read_interrupt(r, b->interrupts_value->items[i]);
    b->interrupts = list;
    b->interrupt_count = b->interrupts_value->count;
}

/* ---- software ---- */

static void read_revoker(bw_cheriot_reader *r)
{
    bw_cheriot_board *b = r->board;
    const bw_json *v = bw_json_get(b->document, "revoker");

    b->revoker_value = v;
    if (!v || v->kind == BW_JSON_FALSE || v->kind == BW_JSON_NULL)
        b->revoker = BW_CHERIOT_NO_REVOKER;
    else if (v->kind == BW_JSON_STRING && strcmp(v->text, "software") == 0)
        b->revoker = BW_CHERIOT_SOFTWARE;
    else
        b->revoker = BW_CHERIOT_HARDWARE;
}

static void read_rtos_defines(bw_cheriot_reader *r)
{
    static const char *const keys[] = {"allocator", "scheduler", "loader", NULL};
    bw_cheriot_board *b = r->board;
    const bw_json *defines = bw_cheriot_read_kind(r, b->document, "rtos_defines", BW_JSON_OBJECT);

    if (!defines)
        return;
    b->allocator_defines = bw_cheriot_read_words(r, defines, "allocator");
    b->scheduler_defines = bw_cheriot_read_words(r, defines, "scheduler");
    b->loader_defines = bw_cheriot_read_words(r, defines, "loader");
    r->keys = keys;
    bw_cheriot_check_keys(r, defines, "rtos_defines");
}

static bw_cheriot_fragment read_fragment(bw_cheriot_reader *r, const char *name, bw_place place, const bw_json *value)
{
    static const char *const keys[] = {"start", "end", "length", "phtype", "srcpath", "body", "genname", NULL};
    bw_cheriot_fragment f = {.name = name, .value = value};

    if (value->kind != BW_JSON_OBJECT) {
        f.extent = bw_cheriot_read_extent(r, name ? name : "a fragment", place, value);
        return f;
    }
    r->keys = keys;
    bw_cheriot_check_keys(r, value, "a linker-script fragment");
    if (bw_json_get(value, "end") || bw_json_get(value, "length")) {
        f.extent = bw_cheriot_read_extent(r, name ? name : "a fragment", place, value);
    } else {
        f.extent = (bw_cheriot_extent){.name = name, .place = place, .value = value};
        f.extent.start = bw_cheriot_read_number(r, value, "start", "the start of a fragment", BW_CHERIOT_START);
        need(r, value, "start", name ? name : "a fragment");
    }
    const bw_json *path;
    f.srcpath = bw_cheriot_read_text(r, value, "srcpath", &path);
    f.body = bw_cheriot_read_text(r, value, "body", NULL);
    f.genname = bw_cheriot_read_text(r, value, "genname", NULL);
    f.phtype = bw_cheriot_read_text(r, value, "phtype", NULL);
    if (f.srcpath)
        bw_cheriot_expand(r->board, &(bw_cheriot_word){f.srcpath, path}, BW_CHERIOT_IN_FRAGMENTS, r->arena,
                          r->findings);
    return f;
}

static void read_fragments(bw_cheriot_reader *r)
{
    const bw_json *v = bw_json_get(r->board->document, "ldscript_fragments");

    if (!v || v->kind == BW_JSON_NULL)
        return;
    if (v->kind != BW_JSON_ARRAY && v->kind != BW_JSON_OBJECT) {
        bw_json_find(r->findings, BW_CODE_cheriot_type, v, "ldscript_fragments is %s, not an array or an object",
                     bw_json_kind_name(v));
        return;
    }
    bw_cheriot_fragment *list = bw_arena_array(r->arena, bw_cheriot_fragment, v->count + 1);
    for (uint32_t i = 0; i < v->count; i++)
        list[i] = v->kind == BW_JSON_ARRAY
                      ? read_fragment(r, NULL, bw_json_place(v->items[i]), v->items[i])
                      : read_fragment(r, v->members[i].name, v->members[i].place, v->members[i].value);
    r->board->fragments = list;
    r->board->fragment_count = v->count;
}

static void read_commands(bw_cheriot_reader *r)
{
    bw_cheriot_board *b = r->board;
    const char *command = bw_cheriot_read_text(r, b->document, "run_command", &b->run_command_value);
    const char *older = bw_cheriot_read_text(r, b->document, "simulator", &b->simulator_value);

    b->run_command = command ? command : older;
    if (b->run_command)
        bw_cheriot_expand(b, &(bw_cheriot_word){b->run_command, command ? b->run_command_value : b->simulator_value},
                          BW_CHERIOT_IN_RUN, r->arena, r->findings);
}

static void read_software(bw_cheriot_reader *r)
{
    bw_cheriot_board *b = r->board;
    const bw_json *cpu;

    r->keys = board_keys;
    read_revoker(r);
    b->stack_high_water_mark = bw_cheriot_read_truth(r, b->document, "stack_high_water_mark");
    b->simulation = bw_cheriot_read_truth(r, b->document, "simulation");
    b->timer_hz = bw_cheriot_read_number(r, b->document, "timer_hz", "timer_hz", BW_CHERIOT_CLOCK);
    b->tickrate_hz = bw_cheriot_read_number(r, b->document, "tickrate_hz", "tickrate_hz", BW_CHERIOT_CLOCK);
    b->defines = bw_cheriot_read_words(r, b->document, "defines");
    b->driver_includes = bw_cheriot_read_words(r, b->document, "driver_includes");
    for (uint32_t i = 0; i < b->driver_includes.count; i++)
        bw_cheriot_expand(b, &b->driver_includes.items[i], BW_CHERIOT_IN_INCLUDES, r->arena, r->findings);
    b->cxflags = bw_cheriot_read_words(r, b->document, "cxflags");
    b->cpu = bw_cheriot_read_text(r, b->document, "cpu", &cpu);
    if (!b->cpu)
        b->cpu = "cheriot";
    read_rtos_defines(r);
    read_commands(r);
    read_fragments(r);
}

void bw_cheriot_model(bw_cheriot_board *board, bw_arena *arena, bw_findings *findings)
{
    bw_cheriot_reader r = {board, arena, findings, board_keys};
    uint32_t nulls = 0;

    find_nulls(&r, board->document, &nulls);
    check_top(&r);
    read_devices(&r);
    board->instruction_memory = read_memory(&r, "instruction_memory");
    board->data_memory = read_memory(&r, "data_memory");
    if (!bw_json_get(board->document, "instruction_memory") && !board->broken &&
        !bw_cheriot_is_misspelt(board->document, "instruction_memory"))
        bw_findings_add(findings, BW_CODE_cheriot_missing, bw_cheriot_home(board),
                        "the board has no instruction_memory, which the build needs");
    read_heap(&r);
    r.keys = board_keys;
    board->revokable_memory_start = bw_cheriot_read_number(&r, board->document, "revokable_memory_start",
                                                           "revokable_memory_start", BW_CHERIOT_START);
    read_interrupts(&r);
    read_software(&r);
}

void bw_cheriot_fill(bw_cheriot_board *board, const bw_json *document, bw_context *ctx, bw_arena *arena,
                     bw_findings *findings)
{
    (void)ctx;
    board->document = document;
    bw_cheriot_model(board, arena, findings);
    board->normalized = bw_cheriot_normalized(board, arena);
}

bw_place bw_cheriot_home(const bw_cheriot_board *board)
{
    const char *path = board->name;

    for (uint32_t i = 0; i < board->file_count; i++)
        if (board->files[i].kind != BW_CHERIOT_MIXIN)
            path = board->files[i].path;
    return bw_file_place(path);
}

const bw_cheriot_board *bw_cheriot_read(bw_context *ctx, const char *argument, const bw_cheriot_options *options,
                                        bw_arena *arena, bw_findings *findings)
{
    static const bw_cheriot_options none = {0};
    bw_cheriot_board *board = bw_arena_new(arena, bw_cheriot_board);

    if (!bw_cheriot_load(ctx, argument, options ? options : &none, board, arena, findings))
        return NULL;
    bw_cheriot_fill(board, board->document, ctx, arena, findings);
    return board;
}

bool bw_cheriot_revokable_start(const bw_cheriot_board *board, uint64_t *address)
{
    const bw_cheriot_extent *memory = bw_cheriot_rw_memory(board);

    if (board->revokable_memory_start.given) {
        *address = board->revokable_memory_start.value;
        return board->revokable_memory_start.known;
    }
    *address = memory->start.value;
    return memory->start.known;
}

const bw_cheriot_extent *bw_cheriot_device(const bw_cheriot_board *board, const char *name)
{
    const bw_cheriot_extent key = {.name = name};

    return board->device_count ? bsearch(&key, board->devices, board->device_count, sizeof key, by_name) : NULL;
}
