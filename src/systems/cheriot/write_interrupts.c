/* SPDX-License-Identifier: Apache-2.0 */
/* board-interrupts.h: the numbers of interrupts by name. */
#include "systems/cheriot/write_parts.h"

#include <inttypes.h>

bool bw_cheriot_interrupt_is_whole(const bw_cheriot_interrupt *interrupt)
{
    return interrupt->number.known && bw_cheriot_is_identifier(interrupt->name);
}

/* The header includes nothing, as the reference's: whoever takes it has uint16_t already. */
GString *bw_cheriot_interrupts_text(const bw_cheriot_board *board)
{
    GString *out = g_string_new("/* Interrupts of the board by name. Made by boardwright; change the board, and build "
                                "again. */\n"
                                "#pragma once\n"
                                "\n"
                                "enum InterruptName : uint16_t\n"
                                "{\n");
    const char *separator = "";

    if (!board->interrupts_value)
        g_string_append(out, "DummyInterrupt=0\n");
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *irq = &board->interrupts[i];

        if (!bw_cheriot_interrupt_is_whole(irq))
            continue;
        g_string_append_printf(out, "%s%s=%" PRIu64, separator, irq->name, irq->number.value);
        separator = ",\n";
    }
    if (*separator)
        g_string_append_c(out, '\n');
    g_string_append(out, "};\n");
    return out;
}
