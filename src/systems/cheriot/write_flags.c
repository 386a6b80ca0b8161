/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a board goes to the compiler's command line, in the order of the real build: the CPU, the folders of
 * drivers, the component's own macros, the board's macros, what is derived of the board, and the flags that the board
 * asks for.
 *
 * Options of the build and of the firmware that are no board's (debugging, number of threads) have the values that a
 * build has by itself, of a firmware with one thread.
 */
#include "systems/cheriot/write_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

const char *const bw_cheriot_component_names[BW_CHERIOT_COMPONENT_COUNT] = {"compartment", "allocator", "scheduler",
                                                                            "loader", "switcher"};

/* -- one flag ------------------------------------------------------------------------------------------------------ */

/* Quoted as response files want it: a backslash before what would part words. */
static void add_flag(GString *out, const char *flag)
{
    for (const char *p = flag; *p; p++) {
        if (*p == '\n' || *p == '\r')
            continue; /* no macro and no file has one */
        if (strchr(" \t\\\"'", *p))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '\n');
}

static void flag(GString *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void flag(GString *out, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    add_flag(out, text);
    g_free(text);
}

static bool was_before(const bw_cheriot_words *words, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(words->items[i].text, words->items[index].text) == 0)
            return true;
    return false;
}

/* Exact repeats are dropped, as the build does it. */
static void add_defines(GString *out, const bw_cheriot_words *defines)
{
    for (uint32_t i = 0; i < defines->count; i++)
        if (!was_before(defines, i))
            flag(out, "-D%s", defines->items[i].text);
}

/* -- of the component ---------------------------------------------------------------------------------------------- */

static void add_interrupt_configuration(GString *out, const bw_cheriot_board *board)
{
    GString *text = g_string_new("-DCHERIOT_INTERRUPT_CONFIGURATION=");

    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *irq = &board->interrupts[i];

        if (irq->number.known && irq->priority.known)
            g_string_append_printf(text, "{%" PRIu64 ",%" PRIu64 ",%s},", irq->number.value, irq->priority.value,
                                   irq->edge_triggered ? "true" : "false");
    }
    add_flag(out, text->str);
    g_string_free(text, TRUE);
}

static void add_allocator(GString *out, const bw_cheriot_board *board)
{
    uint64_t revokable;

    flag(out, "-DCHERIOT_AVOID_CAPRELOCS");
    flag(out, "-DHEAP_RENDER=false");
    add_defines(out, &board->allocator_defines);
    if (bw_cheriot_revokable_start(board, &revokable))
        flag(out, "-DREVOKABLE_MEMORY_START=0x%" PRIx64, revokable);
    flag(out, "-DDEBUG_ALLOCATOR=DebugLevel::None");
    flag(out, "-DCHERIOT_STACK_CHECKS_ALLOCATOR=false");
}

static void add_scheduler(GString *out, const bw_cheriot_board *board)
{
    flag(out, "-DCHERIOT_AVOID_CAPRELOCS");
    flag(out, "-DSCHEDULER_ACCOUNTING=false");
    flag(out, "-DSCHEDULER_MULTIWAITER=true");
    add_defines(out, &board->scheduler_defines);
    if (board->interrupts_value)
        add_interrupt_configuration(out, board);
    flag(out, "-DDEBUG_SCHEDULER=false");
    flag(out, "-DCHERIOT_STACK_CHECKS_SCHEDULER=false");
    flag(out, "-DCONFIG_THREADS_NUM=1");
    flag(out, "-DCONFIG_THREAD_MAX_PRIORITY=0");
}

static void add_loader(GString *out, const bw_cheriot_board *board)
{
    flag(out, "-DCHERIOT_AVOID_CAPRELOCS");
    flag(out, "-DCHERIOT_NO_AMBIENT_MALLOC");
    add_defines(out, &board->loader_defines);
    flag(out, "-DCHERIOT_LOADER_TRUSTED_SPILL_SIZE=%d",
         board->stack_high_water_mark ? BW_CHERIOT_SPILL_MSHWM : BW_CHERIOT_SPILL);
    flag(out, "-DDEBUG_LOADER=false");
}

static void add_component(GString *out, const bw_cheriot_board *board, bw_cheriot_component component)
{
    switch (component) {
    case BW_CHERIOT_ALLOCATOR:
        add_allocator(out, board);
        break;
    case BW_CHERIOT_SCHEDULER:
        add_scheduler(out, board);
        break;
    case BW_CHERIOT_LOADER:
        add_loader(out, board);
        break;
    case BW_CHERIOT_SWITCHER:
        flag(out, "-DNDEBUG");
        break;
    case BW_CHERIOT_COMPARTMENT:
    case BW_CHERIOT_COMPONENT_COUNT:
        break;
    }
}

/* -- of the board -------------------------------------------------------------------------------------------------- */

/* Whole, because compilers run elsewhere. What begins with a name that could not be expanded stays. */
static void add_folders(GString *out, const bw_cheriot_board *board, bw_arena *arena)
{
    const bw_cheriot_words *folders = &board->driver_includes;
    const bw_cheriot_board *whole = bw_cheriot_with_whole_paths(board, arena);

    for (uint32_t i = 0; i < folders->count; i++)
        if (!was_before(folders, i)) {
            const char *folder = bw_cheriot_expand(whole, &folders->items[i], BW_CHERIOT_IN_INCLUDES, arena, NULL);
            char *path = *folder == '$' ? g_strdup(folder) : g_canonicalize_filename(folder, whole->directory);

            flag(out, "-I%s", path);
            g_free(path);
        }
}

static void add_derived(GString *out, const bw_cheriot_board *board)
{
    if (board->timer_hz.known)
        flag(out, "-DCPU_TIMER_HZ=%" PRIu64, board->timer_hz.value);
    if (board->tickrate_hz.known)
        flag(out, "-DTICK_RATE_HZ=%" PRIu64, board->tickrate_hz.value);
    if (board->simulation)
        flag(out, "-DSIMULATION");
    if (board->stack_high_water_mark)
        flag(out, "-DCONFIG_MSHWM");
    for (uint32_t i = 0; i < board->device_count; i++)
        flag(out, "-DDEVICE_EXISTS_%s", board->devices[i].name);
}

/* A text with spaces is several flags. */
static void add_cxflags(GString *out, const bw_cheriot_board *board)
{
    for (uint32_t i = 0; i < board->cxflags.count; i++) {
        char **words = g_strsplit_set(board->cxflags.items[i].text, " \t\r\n", -1);

        for (char **word = words; *word; word++)
            if (**word)
                add_flag(out, *word);
        g_strfreev(words);
    }
}

/* Of a release build: what the SDK's own build files declare is built without assertions. */
static bool has_ndebug_last(bw_cheriot_component component)
{
    return component == BW_CHERIOT_ALLOCATOR || component == BW_CHERIOT_LOADER;
}

GString *bw_cheriot_flags_text(const bw_cheriot_board *board, bw_cheriot_component component, bw_arena *arena)
{
    GString *out = g_string_new(NULL);

    flag(out, "-mcpu=%s", board->cpu);
    add_folders(out, board, arena);
    add_component(out, board, component);
    if (board->revoker != BW_CHERIOT_NO_REVOKER)
        flag(out, "-DTEMPORAL_SAFETY");
    if (board->revoker == BW_CHERIOT_SOFTWARE)
        flag(out, "-DSOFTWARE_REVOKER");
    add_defines(out, &board->defines);
    add_derived(out, board);
    if (has_ndebug_last(component))
        flag(out, "-DNDEBUG");
    if (component != BW_CHERIOT_SWITCHER)
        add_cxflags(out, board);
    return out;
}
