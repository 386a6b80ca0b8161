/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/check.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

const char *bw_ocre_size(const bw_ocre_run *run, uint64_t bytes)
{
    GString *size = g_string_new(NULL);

    bw_text_size(size, bytes);
    const char *text = bw_arena_printf(&run->tree->unit->arena, "0x%" PRIx64 " (%s)", bytes, size->str);
    g_string_free(size, TRUE);
    return text;
}

const bw_node *bw_ocre_chosen(const bw_ocre_run *run, const char *name)
{
    for (uint32_t i = 0; i < run->board->chosen_count; i++)
        if (strcmp(run->board->chosen[i].name, name) == 0)
            return run->board->chosen[i].node;
    return NULL;
}

bw_finding *bw_ocre_say(const bw_ocre_run *run, bw_code code, const char *format, ...)
{
    const bw_ocre_storage *s = &run->storage;
    bw_span span = s->reg ? bw_prop_range_span(s->reg, s->reg_offset, s->reg_len) : BW_NOWHERE;
    bw_finding *f;
    va_list ap;

    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    if (span.begin)
        f = bw_find(run->tree->unit, code, span, "%s", text);
    else
        f = bw_find_prop(run->tree, code, s->node, s->reg, "%s", text);
    bw_finding_subject(f, bw_node_path(run->tree, s->node), s->reg ? s->reg->name->text : NULL);
    g_free(text);
    return f;
}

void bw_ocre_note(const bw_ocre_run *run, bw_finding *finding, const bw_node *node, const bw_prop *prop,
                  const char *format, ...)
{
    bw_span span = prop ? bw_prop_value_span(prop) : BW_NOWHERE;
    va_list ap;

    if (!finding || !node)
        return;
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    if (span.begin)
        bw_find_note(run->tree->unit, finding, span, "%s", text);
    else
        bw_find_note_node(run->tree, finding, node, "%s", text);
    g_free(text);
}

/* What Ocre's Kconfig works out of the devicetree can be set otherwise. */
static void apply_settings(bw_ocre_run *run)
{
    uint64_t value;

    if (!run->app)
        return;
    if (bw_ocre_conf_number(run->app->settings, "OCRE_STORAGE_PARTITION_BLOCK_SIZE", &value) && value &&
        value <= UINT32_MAX) {
        run->storage.block = (uint32_t)value;
        run->storage.block_guessed = false;
    }
    if (bw_ocre_conf_number(run->app->settings, "OCRE_STORAGE_PARTITION_ADDR", &value))
        run->storage.formula = value;
}

static void run_all(bw_ocre_run *run)
{
    run->storage = bw_ocre_storage_of(run->board);
    apply_settings(run);
    bw_ocre_check_cpu(run);
    bw_ocre_check_memory(run);
    bw_ocre_check_storage(run);
    bw_ocre_check_mounts(run);
    bw_ocre_check_preload(run);
    if (run->app)
        bw_ocre_check_conf(run);
    if (run->app && run->app->overlay)
        bw_ocre_check_overlay(run);
}

void bw_ocre_check(const bw_tree *tree, const bw_yaml *section)
{
    bw_ocre_run run = {.tree = tree, .board = bw_board_of(tree), .section = section};

    run_all(&run);
}

void bw_ocre_check_sample(const bw_tree *tree, const bw_yaml *section, const bw_ocre_app *app)
{
    bw_ocre_run run = {.tree = tree, .board = bw_board_of(tree), .section = section, .app = app};

    run_all(&run);
}
