/* SPDX-License-Identifier: Apache-2.0 */
#include "report/show_cheriot.h"

#include "json/write.h"
#include "report/json_out.h"
#include "systems/cheriot/bounds.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>

typedef struct showing {
    const bw_cheriot_board *board;
    const bw_style *style;
    bw_buffer *out;
    bw_arena arena;
} showing;

static void heading(showing *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void heading(showing *s, const char *format, ...)
{
    va_list ap;
    char text[256];

    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    bw_buffer_printf(s->out, s->style->color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
}

static void put(showing *s, const bw_table *table)
{
    bw_table_put(table, s->out, 2, s->style->width, s->style->utf8);
}

static const char *range(showing *s, uint64_t first, uint64_t past)
{
    return bw_arena_printf(&s->arena, "0x%08" PRIx64 "%s0x%08" PRIx64, first, s->style->utf8 ? "–" : "-", past - 1);
}

/* A row "name  text". */
static void fact(bw_table *t, const char *name, const char *text)
{
    bw_table_add(t, "%s", name);
    bw_table_add(t, "%s", text);
}

static const char *join_words(showing *s, const bw_cheriot_words *words)
{
    GString *text = g_string_new(NULL);

    for (uint32_t i = 0; i < words->count; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", words->items[i].text);
    const char *copy = bw_arena_strdup(&s->arena, text->str);
    g_string_free(text, TRUE);
    return copy;
}

/* ---- sections ---- */

static const char *clocks(showing *s)
{
    const bw_cheriot_board *b = s->board;

    if (!b->timer_hz.known || !b->tickrate_hz.known || !b->tickrate_hz.value)
        return b->timer_hz.known ? bw_rate_words(&s->arena, b->timer_hz.value) : "";
    return bw_arena_printf(&s->arena, "%s, %" PRIu64 " tick%s a second of %" PRIu64 " counts",
                           bw_rate_words(&s->arena, b->timer_hz.value), b->tickrate_hz.value,
                           b->tickrate_hz.value == 1 ? "" : "s", b->timer_hz.value / b->tickrate_hz.value);
}

static const char *revoker(showing *s)
{
    static const char *const names[] = {"none: no temporal safety", "software", "hardware"};
    const bw_cheriot_board *b = s->board;
    uint64_t start;

    if (b->revoker == BW_CHERIOT_NO_REVOKER || !bw_cheriot_revokable_start(b, &start) || !b->heap_end.known ||
        b->heap_end.value <= start)
        return names[b->revoker];
    return bw_arena_printf(&s->arena, "%s, for %s", names[b->revoker], range(s, start, b->heap_end.value));
}

static void show_identity(showing *s)
{
    static const char *const uses[] = {"board", "patch", "mixin"};
    const bw_cheriot_board *b = s->board;
    bw_table *t = bw_table_new(&s->arena, "ll");

    bw_buffer_printf(s->out, s->style->color ? "\033[1m%s\033[0m\n" : "%s\n", bw_clean_text(&s->arena, b->name, 0));
    for (uint32_t i = 0; i < b->file_count; i++)
        fact(t, uses[b->files[i].kind], b->files[i].path);
    fact(t, "cpu", b->cpu);
    if (b->timer_hz.known)
        fact(t, "timer", clocks(s));
    fact(t, "revoker", revoker(s));
    if (b->run_command)
        fact(t, b->simulation ? "simulator" : "run by", b->run_command);
    put(s, t);
}

static void add_memory(showing *s, bw_table *t, const bw_cheriot_extent *memory, const char *use)
{
    if (!memory->value)
        return;
    bw_table_add(t, "%s", memory->known ? range(s, memory->first, memory->past) : "?");
    bw_table_add(t, "%s", memory->known ? bw_size_words(&s->arena, memory->past - memory->first) : "?");
    bw_table_add(t, "%s", memory->name);
    bw_table_add(t, "%s", use);
}

static void show_memory(showing *s)
{
    const bw_cheriot_board *b = s->board;
    bw_table *t = bw_table_new(&s->arena, "lrll");
    const char *heap = "";

    if (b->heap_end.known)
        heap = bw_arena_printf(&s->arena, "heap %s%s up to 0x%" PRIx64,
                               b->heap_start.known ? "from " : "behind static data",
                               b->heap_start.known ? bw_arena_printf(&s->arena, "0x%" PRIx64, b->heap_start.value) : "",
                               b->heap_end.value - 1);
    heading(s, "Memory");
    add_memory(s, t, &b->instruction_memory,
               b->data_memory.value ? "code" : bw_arena_printf(&s->arena, "code and data; %s", heap));
    add_memory(s, t, &b->data_memory, bw_arena_printf(&s->arena, "data; %s", heap));
    put(s, t);
}

static int by_address(gconstpointer x, gconstpointer y)
{
    const bw_cheriot_extent *a = *(const bw_cheriot_extent *const *)x;
    const bw_cheriot_extent *b = *(const bw_cheriot_extent *const *)y;

    if (a->known != b->known)
        return a->known ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Names whose meaning the system fixes. */
static const char *use_of(const char *name)
{
    static const char *const uses[][2] = {
        {"uart", "console"},
        {"clint", "timer"},
        {"plic", "interrupt controller"},
        {"shadow", "revocation bitmap"},
        {"revoker", "hardware revoker"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(uses); i++)
        if (strcmp(name, uses[i][0]) == 0)
            return uses[i][1];
    return "";
}

static void show_devices(showing *s)
{
    const bw_cheriot_board *b = s->board;
    bw_table *t = bw_table_new(&s->arena, "lrll");
    GPtrArray *list = g_ptr_array_new();

    if (!b->device_count) {
        g_ptr_array_free(list, TRUE);
        return;
    }
    for (uint32_t i = 0; i < b->device_count; i++)
        g_ptr_array_add(list, (gpointer)(uintptr_t)&b->devices[i]);
    g_ptr_array_sort(list, by_address);
    heading(s, "Devices (%u)", (unsigned)b->device_count);
    for (guint i = 0; i < list->len; i++) {
        const bw_cheriot_extent *d = list->pdata[i];

        bw_table_add(t, "%s", d->known ? range(s, d->first, d->past) : "?");
        bw_table_add(t, "%s", d->known ? bw_size_words(&s->arena, d->past - d->first) : "?");
        bw_table_add(t, "%s", d->name);
        bw_table_add(t, "%s", use_of(d->name));
    }
    put(s, t);
    g_ptr_array_free(list, TRUE);
}

static void add_interrupt(showing *s, bw_table *t, const bw_cheriot_interrupt *irq)
{
    bw_table_add(t, "%s", irq->number.known ? bw_arena_printf(&s->arena, "%" PRIu64, irq->number.value) : "?");
    bw_table_add(t, "%s", irq->name ? irq->name : "?");
    bw_table_add(t, "%s",
                 irq->priority.known ? bw_arena_printf(&s->arena, "priority %" PRIu64, irq->priority.value) : "");
    bw_table_add(t, "%s", irq->edge_triggered ? "edge" : "level");
}

static void show_interrupts(showing *s)
{
    const bw_cheriot_board *b = s->board;
    bw_table *t = bw_table_new(&s->arena, "rlll");

    if (!b->interrupt_count)
        return;
    heading(s, "Interrupts (%u)", (unsigned)b->interrupt_count);
    for (uint32_t i = 0; i < b->interrupt_count; i++)
        add_interrupt(s, t, &b->interrupts[i]);
    put(s, t);
}

static void show_build(showing *s)
{
    const bw_cheriot_board *b = s->board;
    const struct {
        const char *name;
        const bw_cheriot_words *words;
    } rows[] = {{"drivers", &b->driver_includes},
                {"defines", &b->defines},
                {"flags", &b->cxflags},
                {"of the allocator", &b->allocator_defines},
                {"of the scheduler", &b->scheduler_defines},
                {"of the loader", &b->loader_defines}};
    bw_table *t = bw_table_new(&s->arena, "ll");
    bool any = false;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].words->count)
            continue;
        any = true;
        if (i > 0) {
            fact(t, rows[i].name, join_words(s, rows[i].words));
            continue;
        }
        for (uint32_t k = 0; k < rows[i].words->count; k++)
            fact(t, k ? "" : rows[i].name, rows[i].words->items[k].text);
    }
    if (!any)
        return;
    heading(s, "Build");
    put(s, t);
}

static showing begin(const bw_cheriot_board *board, const bw_style *style, bw_buffer *out)
{
    showing s = {.board = board, .style = style, .out = out};

    bw_arena_init(&s.arena);
    return s;
}

void bw_show_cheriot_text(const bw_cheriot_board *board, const bw_style *style, bw_buffer *out)
{
    showing s = begin(board, style, out);

    show_identity(&s);
    show_memory(&s);
    show_devices(&s);
    show_interrupts(&s);
    show_build(&s);
    bw_arena_free(&s.arena);
}

/* ---- one device ---- */

/* Letters of a name, in lower case: nothing else ties an interrupt to its device. */
static char *bare_name(const char *name, bool interrupt)
{
    size_t len = strlen(name);
    GString *out = g_string_new(NULL);

    if (interrupt && g_str_has_suffix(name, "Interrupt"))
        len -= strlen("Interrupt");
    for (size_t i = 0; i < len; i++)
        if (g_ascii_isalnum(name[i]))
            g_string_append_c(out, g_ascii_tolower(name[i]));
    return g_string_free(out, FALSE);
}

static bool is_like(const char *device, const char *interrupt)
{
    char *a = bare_name(device, false);
    char *b = bare_name(interrupt, true);
    /* "uart" and "Uart0Interrupt" are the same. */
    bool like = strcmp(a, b) == 0 || (g_str_has_suffix(b, "0") && strlen(b) == strlen(a) + 1 && g_str_has_prefix(b, a));

    g_free(a);
    g_free(b);
    return like;
}

void bw_show_cheriot_device(const bw_cheriot_board *board, const bw_cheriot_extent *device, const bw_style *style,
                            bw_buffer *out)
{
    showing s = begin(board, style, out);
    bw_table *t = bw_table_new(&s.arena, "ll");

    bw_buffer_printf(out, style->color ? "\033[1m%s\033[0m\n" : "%s\n", bw_clean_text(&s.arena, device->name, 0));
    if (*use_of(device->name))
        fact(t, "use", use_of(device->name));
    if (device->known) {
        uint64_t size = device->past - device->first;

        fact(t, "addresses", range(&s, device->first, device->past));
        fact(t, "size", bw_arena_printf(&s.arena, "0x%" PRIx64 " (%s)", size, bw_size_words(&s.arena, size)));
        fact(t, "bounds",
             bw_cheriot_exact(device->first, size)
                 ? bw_arena_printf(&s.arena, "exact (by %" PRIu64 ")", bw_cheriot_alignment(size))
                 : bw_arena_printf(&s.arena, "not exact: by %" PRIu64, bw_cheriot_alignment(size)));
    }
    if (device->place.file && device->place.line)
        fact(t, "described at", bw_arena_printf(&s.arena, "%s:%u", device->place.file, (unsigned)device->place.line));
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *irq = &board->interrupts[i];

        if (irq->name && irq->number.known && is_like(device->name, irq->name))
            fact(t, "interrupt",
                 bw_arena_printf(&s.arena, "%" PRIu64 ", %s, by its name (%s)", irq->number.value,
                                 irq->edge_triggered ? "edge" : "level", irq->name));
    }
    fact(t, "in C", bw_arena_printf(&s.arena, "MMIO_CAPABILITY(T, %s), DEVICE_EXISTS(%s)", device->name, device->name));
    put(&s, t);
    bw_arena_free(&s.arena);
}

/* ---- JSON ---- */

json_t *bw_show_cheriot_json(const bw_cheriot_board *board)
{
    static const char *const uses[] = {"board", "patch", "mixin"};
    json_t *object = json_object();
    json_t *files = json_array();
    uint64_t start;

    for (uint32_t i = 0; i < board->file_count; i++) {
        json_t *file = json_object();

        json_object_set_new(file, "path", bw_json_text(board->files[i].path));
        json_object_set_new(file, "use", json_string(uses[board->files[i].kind]));
        json_array_append_new(files, file);
    }
    json_object_set_new(object, "name", bw_json_text(board->name));
    json_object_set_new(object, "system", json_string("cheriot"));
    json_object_set_new(object, "files", files);
    if (bw_cheriot_revokable_start(board, &start))
        json_object_set_new(object, "revokable_memory_start", json_integer((json_int_t)start));
    json_object_set_new(object, "board", bw_json_to_jansson(board->normalized));
    return object;
}
