/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show_ocre.h"

#include "report/json_out.h"
#include "report/show_ocre.h"
#include "systems/ocre/external.h"
#include "systems/support.h"
#include "systems/zephyr/walk.h"

#include <stdio.h>
#include <string.h>

typedef struct showing {
    bw_boards *boards;
    const bw_target *target;
    const bw_ocre_sdk *sdk;
    const bw_yaml *section;
    bw_ocre_containers containers;
    bool section_read;
    const bw_board *plain; /* the target as it is, which without a tree of Ocre is the same for all samples */
    bw_ocre_view show;
    bw_buffer out;
    json_t *object; /* or NULL */
} showing;

static void read_section(showing *s)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const bw_yaml *section = NULL;
    bw_findings *findings = &s->boards->findings;
    bool ok;
    const bw_yaml *support = bw_support_of(seen, s->boards->ctx, s->target, &s->boards->arena, findings, &ok);

    g_hash_table_unref(seen);
    if (support && bw_support_section(support, bw_system_find("ocre"), &section) && section &&
        bw_support_means(section, s->target))
        s->section = section;
}

/* What a page on the board would be called, and whether it is there. */
static const char *page_of(const showing *s)
{
    bw_arena *arena = &s->boards->arena;
    const char *board = s->target->board;

    if (!s->sdk || !board)
        return NULL;
    const char *name = bw_arena_printf(arena, "docs/boards/zephyr/%s.md", board);
    return bw_zephyr_is_file(bw_zephyr_path(arena, s->sdk->path, name)) ? name : bw_arena_printf(arena, "no %s", name);
}

/* The tree with what the sample's files add, and its verdict. @return NULL where it cannot be read */
static const bw_ocre_verdict *judge(showing *s, bw_ocre_sample sample, const bw_tree **tree)
{
    bw_boards *b = s->boards;
    const char *const *overlays = b->load.overlays;
    const bw_ocre_app *app = NULL;
    bw_ocre_verdict_options options = {.section = s->section, .is_64 = g_str_has_suffix(s->target->name, "/64")};

    if (s->sdk) {
        bw_zephyr_choice choice;
        bw_zephyr_files files;
        const bool known = bw_zephyr_files_of(b->finder.zephyr, s->target, &b->arena, &choice, &files);

        app = bw_ocre_app_of(s->sdk, sample, b->ctx, s->target, known ? &choice : NULL, known ? &files : NULL, overlays,
                             &b->arena, &b->findings);
        b->load.overlays = app->overlays;
        options.conf = app->settings;
    }
    const bw_board *board = s->plain ? s->plain : bw_boards_read(b, s->target);
    b->load.overlays = overlays;
    s->plain = s->sdk ? NULL : board;
    if (!board)
        return NULL;
    if (s->section && !s->section_read) {
        s->containers = bw_ocre_containers_of(s->section, bw_ocre_wamr_of(board).aot_arch, s->target->name, &b->arena,
                                              &b->findings);
        s->section_read = true;
    }
    options.containers = &s->containers;
    *tree = board->tree;
    return bw_ocre_verdict_of(board->tree, sample, &options);
}

static void show_samples(showing *s)
{
    json_t *samples = s->object ? json_array() : NULL;

    for (bw_ocre_sample sample = 0; sample < BW_OCRE_SAMPLES; sample++) {
        const bw_tree *tree;

        if ((s->sdk && !s->sdk->samples[sample].folder) || !bw_ocre_wants(s->section, sample))
            continue;
        const bw_ocre_verdict *v = judge(s, sample, &tree);
        if (!v)
            break;
        if (samples) {
            json_array_append_new(samples, bw_show_ocre_json(v, tree));
            continue;
        }
        if (!s->out.len)
            bw_show_ocre_facts(v, &s->show, &s->out);
        bw_show_ocre_sample(v, &s->show, &s->out);
    }
    if (samples)
        json_object_set_new(s->object, "samples", samples);
}

void bw_show_ocre(bw_boards *boards, const bw_target *target, const bw_ocre_sdk *sdk, bool more, json_t *list)
{
    showing s = {.boards = boards, .target = target, .sdk = sdk};

    read_section(&s);
    s.show = (bw_ocre_view){.target = target->name,
                            .stem = bw_ocre_board_stem(boards->ctx, target, &boards->arena),
                            .page = page_of(&s),
                            .has_files = sdk != NULL,
                            .style = bw_stdout_style()};
    if (list) {
        s.object = json_pack("{s:o, s:o, s:s, s:o}", "target", bw_json_text(target->name), "file",
                             bw_json_text(target->path), "system", "ocre", "stem", bw_json_text(s.show.stem));
        if (s.show.page)
            json_object_set_new(s.object, "page", bw_json_text(s.show.page));
    }
    show_samples(&s);
    if (list)
        json_array_append_new(list, s.object);
    if (more && s.out.len)
        putchar('\n');
    if (s.out.len)
        fwrite(s.out.data, 1, s.out.len, stdout);
    bw_buffer_free(&s.out);
}
