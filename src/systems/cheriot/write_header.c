/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bw_board.h: the board as constants for C, C++ and assembly, whatever the compiler. Names are those of the board
 * between a prefix and a suffix, so no device can clash with another or with a keyword.
 */
#include "systems/cheriot/write_parts.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define WHOLE_RANGE ((uint64_t)1 << 32)

static void begin(GString *out, const bw_cheriot_board *board, const char *what)
{
    g_string_append(out, "/* ");
    bw_text_comment(out, board->name);
    g_string_append_printf(out, ": %s. Made by boardwright; change the board, and build again. */\n", what);
}

static void define(GString *out, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void define(GString *out, const char *name, const char *format, ...)
{
    va_list ap;

    g_string_append_printf(out, "#define %-40s ", name);
    va_start(ap, format);
    g_string_append_vprintf(out, format, ap);
    va_end(ap);
    g_string_append_c(out, '\n');
}

/* 2^32, the end of the last byte's range, needs more than 32 bits. */
static void define_address(GString *out, const char *name, uint64_t value)
{
    define(out, name, value >= WHOLE_RANGE ? "BW_U64(0x%" PRIx64 ")" : "BW_U32(0x%08" PRIx64 ")", value);
}

static void define_size(GString *out, const char *name, uint64_t value)
{
    define_address(out, name, value);
    g_string_truncate(out, out->len - 1);
    g_string_append(out, " /* ");
    bw_text_size(out, value);
    g_string_append(out, " */\n");
}

static void define_count(GString *out, const char *name, uint64_t value)
{
    define(out, name, value >= WHOLE_RANGE ? "BW_U64(%" PRIu64 ")" : "BW_U32(%" PRIu64 ")", value);
}

static void define_span(GString *out, const char *prefix, const bw_cheriot_extent *extent)
{
    char *base = g_strdup_printf("%s%s_BASE", prefix, extent->name);
    char *size = g_strdup_printf("%s%s_SIZE", prefix, extent->name);
    char *end = g_strdup_printf("%s%s_END", prefix, extent->name);

    define_address(out, base, extent->first);
    define_size(out, size, extent->past - extent->first);
    define_address(out, end, extent->past);
    g_free(base);
    g_free(size);
    g_free(end);
}

static void add_guards(GString *out, const bw_cheriot_board *board)
{
    const struct {
        const char *macro;
        const bw_cheriot_number *number;
    } guards[] = {{"CPU_TIMER_HZ", &board->timer_hz}, {"TICK_RATE_HZ", &board->tickrate_hz}};

    g_string_append(out, "\n/* Macros of the command line that belong to another board. */\n");
    for (size_t i = 0; i < G_N_ELEMENTS(guards); i++)
        if (guards[i].number->known)
            g_string_append_printf(out,
                                   "#if defined(%s) && (%s) != %" PRIu64
                                   "\n#error \"%s is not that of this board: %" PRIu64 "\"\n#endif\n",
                                   guards[i].macro, guards[i].macro, guards[i].number->value, guards[i].macro,
                                   guards[i].number->value);
    if (board->revoker == BW_CHERIOT_NO_REVOKER)
        g_string_append(out, "#ifdef TEMPORAL_SAFETY\n#error \"TEMPORAL_SAFETY is set, but this board has no "
                             "revoker\"\n#endif\n");
    if (board->revoker != BW_CHERIOT_SOFTWARE)
        g_string_append(out, "#ifdef SOFTWARE_REVOKER\n#error \"SOFTWARE_REVOKER is set, but this board has no "
                             "software revoker\"\n#endif\n");
    if (!board->simulation)
        g_string_append(out, "#ifdef SIMULATION\n#error \"SIMULATION is set, but this board is no simulator\"\n"
                             "#endif\n");
}

static void add_clocks(GString *out, const bw_cheriot_board *board)
{
    g_string_append(out, "\n/* Clocks, in Hz. */\n");
    if (board->timer_hz.known)
        define_count(out, "BW_TIMER_HZ", board->timer_hz.value);
    if (board->tickrate_hz.known)
        define_count(out, "BW_TICK_HZ", board->tickrate_hz.value);
    if (!board->timer_hz.known || !board->tickrate_hz.known || board->tickrate_hz.value == 0)
        return;
    define_count(out, "BW_CYCLES_PER_TICK", board->timer_hz.value / board->tickrate_hz.value);
    define_count(out, "BW_MS_PER_TICK", 1000 / board->tickrate_hz.value);
}

static void add_memory(GString *out, const bw_cheriot_board *board)
{
    const bw_cheriot_extent *rw = bw_cheriot_rw_memory(board);
    uint64_t revokable;

    g_string_append(out, "\n/* Memory; BW_RW_… is that of globals, stacks and heap. */\n");
    if (board->instruction_memory.known)
        define_span(out, "BW_MEM_", &board->instruction_memory);
    if (board->data_memory.known)
        define_span(out, "BW_MEM_", &board->data_memory);
    if (rw->known) {
        define_address(out, "BW_RW_BASE", rw->first);
        define_address(out, "BW_RW_END", rw->past);
    }
    if (board->heap_start.known)
        define_address(out, "BW_HEAP_START", board->heap_start.value);
    if (board->heap_end.known)
        define_address(out, "BW_HEAP_END", board->heap_end.value);
    if (bw_cheriot_revokable_start(board, &revokable))
        define_address(out, "BW_REVOKABLE_START", revokable);
}

static void add_features(GString *out, const bw_cheriot_board *board)
{
    g_string_append(out, "\n/* What the board has: 0 or 1. */\n");
    define(out, "BW_TEMPORAL_SAFETY", "%d", board->revoker != BW_CHERIOT_NO_REVOKER);
    define(out, "BW_SOFTWARE_REVOKER", "%d", board->revoker == BW_CHERIOT_SOFTWARE);
    define(out, "BW_HARDWARE_REVOKER", "%d", board->revoker == BW_CHERIOT_HARDWARE);
    define(out, "BW_STACK_HIGH_WATER_MARK", "%d", board->stack_high_water_mark);
    define(out, "BW_SIMULATION", "%d", board->simulation);
    g_string_append(out, "\n/* Bytes of a thread's trusted stack for its registers. */\n");
    define_count(out, "BW_TRUSTED_SPILL_SIZE",
                 board->stack_high_water_mark ? BW_CHERIOT_SPILL_MSHWM : BW_CHERIOT_SPILL);
}

static void add_devices(GString *out, const bw_cheriot_board *board)
{
    if (board->device_count)
        g_string_append(out, "\n/* Devices. */\n");
    for (uint32_t i = 0; i < board->device_count; i++) {
        const bw_cheriot_extent *device = &board->devices[i];

        if (!device->known || !bw_cheriot_is_identifier(device->name))
            continue;
        char *exists = g_strconcat("DEVICE_EXISTS_", device->name, NULL);
        define(out, exists, "1");
        define_span(out, "BW_DEV_", device);
        g_free(exists);
    }
}

static void define_irq(GString *out, const char *prefix, const char *name, uint64_t value)
{
    char *macro = g_strconcat(prefix, name, NULL);

    define(out, macro, "%" PRIu64, value);
    g_free(macro);
}

static void add_interrupts(GString *out, const bw_cheriot_board *board)
{
    uint32_t count = 0;

    g_string_append(out, "\n/* Interrupts: number in the controller; priority; whether it counts edges. */\n");
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *irq = &board->interrupts[i];

        if (!bw_cheriot_interrupt_is_whole(irq))
            continue;
        count++;
        define_irq(out, "BW_IRQ_", irq->name, irq->number.value);
        if (irq->priority.known)
            define_irq(out, "BW_IRQ_PRIORITY_OF_", irq->name, irq->priority.value);
        define_irq(out, "BW_IRQ_EDGE_OF_", irq->name, irq->edge_triggered);
    }
    define(out, "BW_INTERRUPT_COUNT", "%u", count);
}

GString *bw_cheriot_board_header(const bw_cheriot_board *board)
{
    GString *out = g_string_new(NULL);

    begin(out, board, "memory, devices, interrupts and clocks");
    g_string_append(out, "#ifndef BW_BOARD_H\n"
                         "#define BW_BOARD_H\n"
                         "\n"
                         "/* Numbers for C and C++ and, without the suffixes that it does not know, the assembler. */\n"
                         "#ifdef __ASSEMBLER__\n"
                         "#define BW_U32(number) number\n"
                         "#define BW_U64(number) number\n"
                         "#else\n"
                         "#include <stdint.h>\n"
                         "#ifndef UINT32_C /* C++ before 2011 wants to be asked */\n"
                         "#define BW_U32(number) number##UL\n"
                         "#define BW_U64(number) number##ULL\n"
                         "#else\n"
                         "#define BW_U32(number) UINT32_C(number)\n"
                         "#define BW_U64(number) UINT64_C(number)\n"
                         "#endif\n"
                         "#endif\n");
    add_guards(out, board);
    add_clocks(out, board);
    add_memory(out, board);
    add_features(out, board);
    add_devices(out, board);
    add_interrupts(out, board);
    g_string_append(out, "\n#endif\n");
    return out;
}
