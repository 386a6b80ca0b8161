/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a blob, through everything that looks at a board: model, show, map. */
#include "board/board.h"
#include "fdt/fdt.h"
#include "report/json_out.h"
#include "report/map.h"
#include "report/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const bw_board *board)
{
    bw_target target = {.name = "fuzz", .path = "fuzz"};
    bw_show_options show = {.style = {.utf8 = true, .width = 80}, .all = true};
    bw_map_options map = {.style = {.utf8 = true, .width = 60}, .each = board->device_count % 2 == 1};
    bw_buffer out = {0};

    bw_show_text(board, &target, &show, &out);
    bw_json_write(&out, bw_show_json(board, &target));
    const bw_map *m = bw_map_of(board, true);
    bw_map_text(board, m, &map, &out);
    bw_map_svg(board, m, "fuzz", &out);
    bw_json_write(&out, bw_map_json(board, m, &target));
    BW_FOR_NODES (board->tree, n)
        if (out.len < 1 << 20)
            bw_show_node(board, n, &show, &out);
    bw_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bw_context *ctx = bw_context_new();
    bw_unit *unit = bw_unit_new(ctx);
    bw_findings findings;

    bw_findings_init(&findings, ctx);
    bw_unit_begin(unit, &findings);
    bw_tree *tree = bw_fdt_read(unit, bw_source_from_memory(ctx->sources, "fuzz.dtb", (const char *)data, size));
    if (tree) {
        bw_tree_resolve(tree, NULL);
        look_at(bw_board_of(tree));
    }
    bw_unit_free(unit);
    bw_findings_free(&findings);
    bw_context_free(ctx);
    return 0;
}
