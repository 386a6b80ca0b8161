/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Board files of the samples: boards/<stem>.overlay and .conf, with what is needed and why; then the target is read
 * again with them, as Zephyr's build will read it, and checked.
 */
#include "systems/ocre/check.h"
#include "systems/ocre/write.h"

#include "base/text.h"

#include <string.h>

/* What each sample's own fstab.overlay says of the file system. */
static const char fstab[] = "/ {\n"
                            "\tfstab {\n"
                            "\t\tcompatible = \"zephyr,fstab\";\n"
                            "\t\tlfs1: lfs1 {\n"
                            "\t\t\tcompatible = \"zephyr,fstab,littlefs\";\n"
                            "\t\t\tread-size = <256>;\n"
                            "\t\t\tprog-size = <256>;\n"
                            "\t\t\tcache-size = <256>;\n"
                            "\t\t\tlookahead-size = <256>;\n"
                            "\t\t\tblock-cycles = <512>;\n"
                            "\t\t\tpartition = <&storage_partition>;\n"
                            "\t\t\tmount-point = \"/lfs\";\n"
                            "\t\t\tautomount;\n"
                            "\t\t};\n"
                            "\t};\n"
                            "};\n";

/* With a capital letter, unless it begins with a name. */
static void begin_sentence(GString *out, const char *why)
{
    const gsize at = out->len;
    gsize word = at;

    bw_text_comment(out, why);
    while (g_ascii_islower(out->str[word]))
        word++;
    if (word > at && (out->str[word] == ' ' || out->str[word] == '\'' || out->str[word] == ',' || !out->str[word]))
        out->str[at] = g_ascii_toupper(out->str[at]);
}

static const char *overlay_text(const bw_ocre_output *o, const bw_ocre_verdict *v)
{
    GString *out = g_string_new("/* SPDX-License-Identifier: Apache-2.0 */\n/*\n * ");
    bool any = false;

    bw_text_comment(out, o->full_name);
    g_string_append_printf(out, " (%s): what Ocre's sample %s needs beside the board's devicetree.\n */\n", o->target,
                           bw_ocre_sample_names[v->sample]);
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < BW_OCRE_TOPICS; k++)
            for (uint32_t i = 0; i < v->needs[k].patch_count; i++) {
                const bw_ocre_patch *p = &v->needs[k].patches[i];
                const char *text = pass ? p->text : p->deletes;

                if (!text)
                    continue;
                any = true;
                /* Of a patch that deletes and adds, the reason stands in front of the first. */
                g_string_append(out, "\n");
                if (p->why && !(pass && p->deletes)) {
                    g_string_append(out, "/* ");
                    begin_sentence(out, p->why);
                    g_string_append(out, ". */\n");
                }
                g_string_append(out, text);
            }
    const char *kept = any ? bw_arena_strdup(o->arena, out->str) : NULL;
    g_string_free(out, TRUE);
    return kept;
}

static const char *conf_text(const bw_ocre_output *o, const bw_ocre_verdict *v)
{
    GString *out = g_string_new("# SPDX-License-Identifier: Apache-2.0\n#\n# ");
    const char *before = NULL;
    bool any = false;

    bw_text_comment(out, o->full_name);
    g_string_append_printf(out, " (%s): what Ocre's sample %s sets beside its prj.conf.\n", o->target,
                           bw_ocre_sample_names[v->sample]);
    for (int k = 0; k < BW_OCRE_TOPICS; k++)
        for (uint32_t i = 0; i < v->needs[k].setting_count; i++) {
            const bw_ocre_setting *s = &v->needs[k].settings[i];

            if (s->why && g_strcmp0(s->why, before) != 0) {
                g_string_append(out, "\n# ");
                begin_sentence(out, s->why);
                g_string_append(out, ".\n");
            }
            before = s->why;
            any = true;
            g_string_append_printf(out, "CONFIG_%s=%s\n", s->symbol, s->value);
        }
    const char *kept = any ? bw_arena_strdup(o->arena, out->str) : NULL;
    g_string_free(out, TRUE);
    return kept;
}

static void add_text(const bw_ocre_output *o, const char *path, const char *text)
{
    if (text)
        bw_ocre_add(o, g_string_new(text), "%s", path);
}

/* ---- as it will be built ---- */

/* A text as a file that the reader finds, though it is not on the disk yet. */
static const char *in_memory(const bw_ocre_output *o, const char *path, const char *text)
{
    const char *full = bw_arena_printf(o->arena, "%s/%s/%s", bw_plan_folder(o->job->plan), o->job->folder, path);

    bw_source_add(o->board->tree->unit->ctx->sources, full, text, strlen(text));
    return full;
}

/* The user's overlays, then the sample's, in the order of Zephyr's build. */
static const char *const *overlays_of(const bw_ocre_output *o, const bw_ocre_written *w)
{
    const char *const *given = o->job->load->overlays;
    guint count = given ? g_strv_length((char **)(uintptr_t)given) : 0;
    const char **all = bw_arena_array(o->arena, const char *, count + 3);

    for (guint i = 0; i < count; i++)
        all[i] = given[i];
    if (w->overlay)
        all[count++] = in_memory(o, w->overlay_path, w->overlay);
    all[count++] = in_memory(
        o, bw_arena_printf(o->arena, "src/samples/%s/zephyr/fstab.overlay", bw_ocre_sample_names[w->verdict->sample]),
        fstab);
    all[count] = NULL;
    return all;
}

static bw_ocre_place place_of(const bw_ocre_output *o, const bw_board *board, const bw_ocre_verdict *v)
{
    const bw_ocre_storage s = bw_ocre_storage_of(board);
    bw_ocre_place place = v->storage;

    place.known = s.node && s.known;
    place.flash = NULL; /* it is another tree's */
    place.offset = s.offset;
    place.size = s.size;
    place.block = s.block;
    place.blocks = bw_ocre_storage_blocks(&s);
    place.mapped = s.mapping != BW_OCRE_UNMAPPED && !o->simulated;
    place.address = s.address;
    place.has_formula = s.has_formula;
    place.formula = s.formula;
    return place;
}

/* @return false after an error finding */
static bool read_with(bw_ocre_output *o, bw_ocre_written *w, bw_findings *findings)
{
    bw_unit *unit = bw_unit_new(o->board->tree->unit->ctx);
    bw_load_options load = *o->job->load;

    bw_unit_begin(unit, findings);
    load.overlays = overlays_of(o, w);
    bw_tree *tree = bw_target_read(unit, o->job->target, &load, o->job->roots);
    if (tree && !tree->broken) {
        const bw_board *board = bw_board_of(tree);

        bw_ocre_check(tree, o->job->section);
        w->storage = place_of(o, board, w->verdict);
        w->mount = bw_ocre_mount_of(tree, bw_ocre_storage_of(board).node);
        w->mount.node = NULL; /* of this tree */
    }
    bw_unit_free(unit);
    return !findings->counts[BW_ERROR];
}

/* Reads and checks the target with the sample's files. What is no error there is for `check` to say: it knows the
 * configuration, too. */
static bool read_again(bw_ocre_output *o, bw_ocre_written *w)
{
    bw_findings findings;

    bw_findings_init(&findings, o->board->tree->unit->ctx);
    bool good = read_with(o, w, &findings) || read_with(o, w, o->job->described);
    bw_findings_free(&findings);
    return good;
}

bool bw_ocre_write_samples(bw_ocre_output *o)
{
    bool good = true;

    for (int i = 0; i < BW_OCRE_SAMPLES && good; i++) {
        bw_ocre_written *w = &o->samples[i];

        if (!w->possible)
            continue;
        const char *folder = bw_arena_printf(o->arena, "src/samples/%s/zephyr/boards", bw_ocre_sample_names[i]);
        w->overlay_path = bw_arena_printf(o->arena, "%s/%s.overlay", folder, o->stem);
        w->conf_path = bw_arena_printf(o->arena, "%s/%s.conf", folder, o->stem);
        w->overlay = overlay_text(o, w->verdict);
        w->conf = conf_text(o, w->verdict);
        add_text(o, w->overlay_path, w->overlay);
        add_text(o, w->conf_path, w->conf);
        good = read_again(o, w);
    }
    return good;
}
