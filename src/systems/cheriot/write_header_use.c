/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers on top of bw_board.h: pointers to devices, the interrupts as an enumeration and a table, and the SDK's own
 * names for code that is written for it.
 */
#include "systems/cheriot/write_parts.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static GString *begin(const bw_cheriot_board *board, const char *what, const char *guard)
{
    GString *out = g_string_new("/* ");

    bw_text_comment(out, board->name);
    g_string_append_printf(out, ": %s. Made by boardwright; change the board, and build again. */\n", what);
    g_string_append_printf(out, "#ifndef %s\n#define %s\n\n", guard, guard);
    return out;
}

static bool is_whole(const bw_cheriot_extent *device)
{
    return device->known && bw_cheriot_is_identifier(device->name);
}

/* -- bw_mmio.h ----------------------------------------------------------------------------------------------------- */

static const char mmio_macros[] =
    "/*\n"
    " * BW_MMIO(T, name) is a device's registers as a `volatile T *`; BW_MMIO_CHECKED does not compile when T is "
    "larger\n"
    " * than the device. Both are address constants.\n"
    " */\n"
    "#ifdef __cplusplus\n"
    "#define BW_MMIO_POINTER(T, address) (reinterpret_cast<volatile T *>(static_cast<uintptr_t>(address)))\n"
    "#else\n"
    "#define BW_MMIO_POINTER(T, address) ((volatile T *)(uintptr_t)(address))\n"
    "#endif\n"
    "#define BW_MMIO(T, name) BW_MMIO_POINTER(T, BW_DEV_##name##_BASE)\n"
    "#define BW_MMIO_CHECKED(T, name) \\\n"
    "    BW_MMIO_POINTER(T, BW_DEV_##name##_BASE + 0U * sizeof(char[sizeof(T) <= BW_DEV_##name##_SIZE ? 1 : -1]))\n"
    "\n"
    "/* The same through symbols of mmio.ldscript: the linker says where the device is. */\n"
    "#define BW_MMIO_SYMBOL(T, name) BW_MMIO_POINTER(T, (uintptr_t)__export_mem_##name)\n"
    "#define BW_MMIO_SYMBOL_SIZE(name) ((uintptr_t)__export_mem_##name##_end - (uintptr_t)__export_mem_##name)\n";

GString *bw_cheriot_mmio_header(const bw_cheriot_board *board)
{
    GString *out = begin(board, "pointers to devices", "BW_MMIO_H");

    g_string_append_printf(out, "#include \"bw_board.h\"\n\n%s\n", mmio_macros);
    g_string_append(out, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    for (uint32_t i = 0; i < board->device_count; i++)
        if (is_whole(&board->devices[i]))
            g_string_append_printf(out, "extern char __export_mem_%s[], __export_mem_%s_end[];\n",
                                   board->devices[i].name, board->devices[i].name);
    if (board->heap_end.known)
        g_string_append(out,
                        "extern char __export_mem_heap[], __export_mem_heap_end[]; /* of the firmware's script */\n");
    g_string_append(out, "extern char __mmio_region_start[], __mmio_region_end[];\n"
                         "#ifdef __cplusplus\n}\n#endif\n");
    g_string_append(out, "\n#if (defined(__cplusplus) && __cplusplus >= 201103L) || \\\n"
                         "    (!defined(__cplusplus) && defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L)\n"
                         "#ifdef __cplusplus\n"
                         "#define BW_ASSERT(condition, text) static_assert(condition, text)\n"
                         "#else\n"
                         "#define BW_ASSERT(condition, text) _Static_assert(condition, text)\n"
                         "#endif\n");
    for (uint32_t i = 0; i < board->device_count; i++)
        if (is_whole(&board->devices[i])) {
            const char *name = board->devices[i].name;

            g_string_append_printf(out, "BW_ASSERT(BW_DEV_%s_BASE < BW_DEV_%s_END, \"%s is empty\");\n", name, name,
                                   name);
        }
    g_string_append(out, "#undef BW_ASSERT\n#endif\n\n#endif\n");
    return out;
}

/* -- bw_interrupts.h ----------------------------------------------------------------------------------------------- */

static uint32_t whole_interrupts(const bw_cheriot_board *board)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < board->interrupt_count; i++)
        count += bw_cheriot_interrupt_is_whole(&board->interrupts[i]);
    return count;
}

/* What a compiler without enumerations of a given type gets. C wants at least one enumerator. */
static void add_plain_enum(GString *out, const bw_cheriot_board *board)
{
    const char *separator = "";

    g_string_append(out, "enum InterruptName {\n");
    if (!board->interrupts_value)
        g_string_append(out, "    DummyInterrupt = 0\n");
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *irq = &board->interrupts[i];

        if (!bw_cheriot_interrupt_is_whole(irq))
            continue;
        g_string_append_printf(out, "%s    %s = %" PRIu64, separator, irq->name, irq->number.value);
        separator = ",\n";
    }
    g_string_append(out, *separator ? "\n};\n" : "};\n");
}

static void add_table(GString *out, const bw_cheriot_board *board)
{
    const char *separator = "";

    g_string_append(out, "\n/*\n"
                         " * A row for each interrupt, in the board's order. BW_IRQ_LIST(ROW) makes\n"
                         " * ROW(name, number, priority, edge) of each; with an interrupt at all, BW_IRQ_TABLE is the\n"
                         " * initialiser of an array of struct bw_irq with BW_INTERRUPT_COUNT elements.\n"
                         " */\n"
                         "struct bw_irq {\n"
                         "    uint16_t number;\n"
                         "    uint8_t edge;\n"
                         "    uint32_t priority;\n"
                         "};\n"
                         "#define BW_IRQ_LIST(ROW)");
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *irq = &board->interrupts[i];

        if (bw_cheriot_interrupt_is_whole(irq))
            g_string_append_printf(out, " \\\n    ROW(%s, %" PRIu64 ", %" PRIu64 ", %d)", irq->name, irq->number.value,
                                   irq->priority.known ? irq->priority.value : 0, irq->edge_triggered);
    }
    g_string_append_c(out, '\n');
    if (!whole_interrupts(board))
        return;
    g_string_append(out, "#define BW_IRQ_TABLE \\\n    {");
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *irq = &board->interrupts[i];

        if (!bw_cheriot_interrupt_is_whole(irq))
            continue;
        g_string_append_printf(out, "%s{%" PRIu64 ", %d, %" PRIu64 "}", separator, irq->number.value,
                               irq->edge_triggered, irq->priority.known ? irq->priority.value : 0);
        separator = ", ";
    }
    g_string_append(out, "}\n");
}

GString *bw_cheriot_interrupts_header(const bw_cheriot_board *board)
{
    GString *out = begin(board, "interrupts as an enumeration and as a table", "BW_INTERRUPTS_H");
    bool is_empty = board->interrupts_value && !whole_interrupts(board);

    g_string_append(out,
                    "#include \"bw_board.h\"\n"
                    "\n"
                    "/*\n"
                    " * Where the language has enumerations of a given type, the SDK's own header is taken. C has\n"
                    " * them since 2023 (gcc since version 13), C++ since 2011.\n"
                    " */\n"
                    "#if defined(__cplusplus) ? __cplusplus >= 201103L \\\n"
                    "    : defined(__clang__) ? __STDC_VERSION__ > 201710L \\\n"
                    "    : defined(__GNUC__) ? __GNUC__ >= 13 && __STDC_VERSION__ > 201710L \\\n"
                    "                        : __STDC_VERSION__ >= 202311L\n"
                    "#define BW_TYPED_ENUM 1\n"
                    "#else\n"
                    "#define BW_TYPED_ENUM 0\n"
                    "#endif\n"
                    "\n");
    if (is_empty)
        g_string_append(out, "#ifdef __cplusplus /* C has no empty enumeration */\n");
    g_string_append(out, "#if BW_TYPED_ENUM\n"
                         "#ifdef __clang__ /* before version 20 it has them as an extension */\n"
                         "#pragma clang diagnostic push\n"
                         "#pragma clang diagnostic ignored \"-Wfixed-enum-extension\"\n"
                         "#endif\n"
                         "#include \"../board-interrupts.h\"\n"
                         "#ifdef __clang__\n"
                         "#pragma clang diagnostic pop\n"
                         "#endif\n"
                         "typedef enum InterruptName bw_interrupt;\n"
                         "#else\n");
    add_plain_enum(out, board);
    g_string_append(out, "typedef uint16_t bw_interrupt; /* holds an InterruptName */\n"
                         "#endif\n");
    if (is_empty)
        g_string_append(out, "#else\ntypedef uint16_t bw_interrupt;\n#endif\n");
    add_table(out, board);
    g_string_append(out, "\n#endif\n");
    return out;
}

/* -- bw_cheriot.h -------------------------------------------------------------------------------------------------- */

GString *bw_cheriot_names_header(const bw_cheriot_board *board)
{
    GString *out = begin(board, "the SDK's names for compilers that are not CHERIoT's", "BW_CHERIOT_H");

    g_string_append(
        out, "#include \"bw_interrupts.h\"\n"
             "#include \"bw_mmio.h\"\n"
             "\n"
             "/*\n"
             " * With the CHERIoT compiler these come from the SDK: a capability is more than an address.\n"
             " * Elsewhere a device is its address, and permissions are a promise of the code.\n"
             " */\n"
             "#ifndef __CHERIOT__\n"
             "#ifndef DEVICE_EXISTS\n"
             "#define DEVICE_EXISTS(name) (DEVICE_EXISTS_##name)\n"
             "#endif\n"
             "#ifndef MMIO_CAPABILITY\n"
             "#define MMIO_CAPABILITY(T, name) BW_MMIO_CHECKED(T, name)\n"
             "#endif\n"
             "#ifndef MMIO_CAPABILITY_WITH_PERMISSIONS\n"
             "#define MMIO_CAPABILITY_WITH_PERMISSIONS(T, name, load, store, capabilities, mutable_, global) \\\n"
             "    BW_MMIO_CHECKED(T, name)\n"
             "#endif\n"
             "#endif\n");
    g_string_append(out, "\n/* Macros of the SDK's command line, where that does not give them. */\n");
    const struct {
        const char *macro, *value;
        bool wanted;
    } macros[] = {
        {"CPU_TIMER_HZ", "BW_TIMER_HZ", board->timer_hz.known},
        {"TICK_RATE_HZ", "BW_TICK_HZ", board->tickrate_hz.known},
        {"TEMPORAL_SAFETY", "1", board->revoker != BW_CHERIOT_NO_REVOKER},
        {"SOFTWARE_REVOKER", "1", board->revoker == BW_CHERIOT_SOFTWARE},
        {"SIMULATION", "1", board->simulation},
        {"CONFIG_MSHWM", "1", board->stack_high_water_mark},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(macros); i++)
        if (macros[i].wanted)
            g_string_append_printf(out, "#ifndef %s\n#define %s %s\n#endif\n", macros[i].macro, macros[i].macro,
                                   macros[i].value);
    g_string_append(out, "\n#endif\n");
    return out;
}
