/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/bare/place.h"

#include "base/paths.h"
#include "base/text.h"

void bw_bare_place(GString *out, const bw_board *board, bw_span span)
{
    bw_place place = bw_locs_place(&board->tree->unit->locs, span);

    if (place.file && place.line) {
        char *path = bw_path_relative(place.file, board->tree->path);

        bw_text_comment(out, path);
        g_string_append_printf(out, ":%u", (unsigned)place.line);
        g_free(path);
    }
}
