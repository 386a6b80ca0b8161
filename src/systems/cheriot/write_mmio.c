/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mmio.ldscript: the first script that the linker is given. Statements are joined by ";" and a line's end, the last
 * has a ";" and none, as the reference writes it.
 */
#include "systems/cheriot/write_parts.h"

#include <inttypes.h>

bool bw_cheriot_is_identifier(const char *name)
{
    if (!name || !(g_ascii_isalpha(*name) || *name == '_'))
        return false;
    while (g_ascii_isalnum(*name) || *name == '_')
        name++;
    return *name == '\0';
}

/* "__export_mem_uart = 0x10000000", "__export_mem_uart_end = 0x10000100" */
static void add_span(GPtrArray *statements, const char *prefix, const bw_cheriot_extent *extent)
{
    if (!extent->known || !bw_cheriot_is_identifier(extent->name))
        return;
    g_ptr_array_add(statements, g_strdup_printf("%s%s = 0x%" PRIx64, prefix, extent->name, extent->first));
    g_ptr_array_add(statements, g_strdup_printf("%s%s_end = 0x%" PRIx64, prefix, extent->name, extent->past));
}

/* Without a device there is no region: the reference then has its start at the end of memory, its end at 0. */
static void add_region(const bw_cheriot_board *board, GPtrArray *statements)
{
    uint64_t first = UINT32_MAX, past = 0;

    for (uint32_t i = 0; i < board->device_count; i++)
        if (board->devices[i].known) {
            first = MIN(first, board->devices[i].first);
            past = MAX(past, board->devices[i].past);
        }
    g_ptr_array_add(statements, g_strdup_printf("__mmio_region_start = 0x%" PRIx64, first));
    for (uint32_t i = 0; i < board->device_count; i++)
        add_span(statements, "__export_mem_", &board->devices[i]);
    g_ptr_array_add(statements, g_strdup_printf("__mmio_region_end = 0x%" PRIx64, past));
}

GString *bw_cheriot_mmio_text(const bw_cheriot_board *board)
{
    GPtrArray *statements = g_ptr_array_new_with_free_func(g_free);
    GString *out = g_string_new(NULL);

    add_region(board, statements);
    if (board->heap_end.known)
        g_ptr_array_add(statements, g_strdup_printf("__export_mem_heap_end = 0x%" PRIx64, board->heap_end.value));
    add_span(statements, "__memspan__", &board->instruction_memory);
    if (board->data_memory.value)
        add_span(statements, "__memspan__", &board->data_memory);
    for (uint32_t i = 0; i < board->fragment_count; i++) {
        bw_cheriot_extent extent = board->fragments[i].extent;

        extent.name = board->fragments[i].name;
        if (extent.name)
            add_span(statements, "__memspan__", &extent);
    }
    for (guint i = 0; i < statements->len; i++)
        g_string_append_printf(out, "%s%s;", i ? "\n" : "", (const char *)statements->pdata[i]);
    g_ptr_array_free(statements, TRUE);
    return out;
}
