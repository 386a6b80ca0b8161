/* SPDX-License-Identifier: Apache-2.0 */
#include "report/xml.h"

#include "report/figures.h"

void bw_xml_text(bw_buffer *out, bw_arena *arena, const char *text)
{
    for (const char *p = bw_clean_text(arena, text, 0); *p; p++) {
        if (*p == '<')
            bw_buffer_text(out, "&lt;");
        else if (*p == '>')
            bw_buffer_text(out, "&gt;");
        else if (*p == '&')
            bw_buffer_text(out, "&amp;");
        else if (*p == '"')
            bw_buffer_text(out, "&quot;");
        else
            bw_buffer_byte(out, (uint8_t)*p);
    }
}
