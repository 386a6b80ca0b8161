/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer.conf, the samples and the submodules of a repository that moves to a newer release.
 */
#include "systems/balena/update.h"
#include "systems/balena/words.h"

static bw_findings *findings_of(const bw_balena_updates *update)
{
    return update->repo->unit->findings;
}

/* Changes the bytes of a place. */
static void edit_place(bw_balena_updates *update, const bw_place *place, const char *text)
{
    uint32_t begin, end;

    bw_balena_place_bytes(place, &begin, &end);
    if (end > begin)
        bw_balena_edit_add(update, place->source, begin, end, text);
}

/* ---- LAYERSERIES_COMPAT ---- */

static void update_compat(bw_balena_updates *update)
{
    const bw_balena_layer *layer = update->repo->layer;
    char *name = g_strconcat("LAYERSERIES_COMPAT_", layer->collection ? layer->collection : "", NULL);

    for (const char *const *c = layer->compat; c && *c; c++)
        if (strcmp(*c, update->to->name) == 0) {
            g_free(name);
            return;
        }
    for (uint32_t i = 0; layer->conf && i < layer->conf->count; i++) {
        const bw_bb_statement *st = &layer->conf->statements[i];
        if (st->kind != BW_BB_ASSIGN || strcmp(st->written, name) != 0)
            continue;
        char *value = g_strdup_printf("\"%s\"", update->to->name);
        bw_finding *f = bw_findings_add(findings_of(update), BW_CODE_balena_update_compat, st->value_place,
                                        "The layer is for %s, not for %s", st->value, update->to->name);
        bw_finding_cure(f, "write %s (--fix)", value);
        edit_place(update, &st->value_place, value);
        g_free(value);
        g_free(name);
        return;
    }
    if (layer->conf && layer->collection) {
        char *line = g_strdup_printf(
            "%s%s = \"%s\"\n",
            layer->conf->source->len && layer->conf->source->text[layer->conf->source->len - 1] != '\n' ? "\n" : "",
            name, update->to->name);
        bw_finding *f = bw_findings_add(findings_of(update), BW_CODE_balena_update_compat,
                                        bw_file_place(layer->conf->path), "%s is not set", name);
        bw_finding_cure(f, "add %s = \"%s\" (--fix)", name, update->to->name);
        bw_balena_edit_add(update, layer->conf->source, layer->conf->source->len, layer->conf->source->len, line);
        g_free(line);
    }
    g_free(name);
}

/* ---- bblayers.conf.sample ---- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool is_release_layer(const char *name)
{
    static const char *const prefixes[] = {"meta-balena-", "meta-resin-"};

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(name, prefixes[i]) && bw_balena_release_find(name + strlen(prefixes[i])))
            return true;
    return false;
}

static void put_entry(GString *out, const char *entry)
{
    g_string_append_printf(out, "    %s \\\n", entry);
}

/* What BBLAYERS shall be: layers of balena, the own one, then all others as they stood, without meta-rust. */
static void put_layers(const bw_balena_updates *update, const GArray *words, GString *out)
{
    const char *own = NULL;

    g_string_append(out, "\" \\\n");
    put_entry(out, "${TOPDIR}/../layers/meta-balena/meta-balena-rust");
    put_entry(out, "${TOPDIR}/../layers/meta-balena/meta-balena-common");
    g_string_append_printf(out, "    ${TOPDIR}/../layers/meta-balena/meta-balena-%s \\\n", update->to->name);
    for (guint i = 0; i < words->len; i++) {
        const char *text = g_array_index(words, bw_balena_word, i).text;
        if (strcmp(last_part(text), update->repo->layer->name) == 0)
            own = text;
    }
    if (own) {
        put_entry(out, own);
    } else {
        char *entry = g_strconcat("${TOPDIR}/../layers/", update->repo->layer->name, NULL);
        put_entry(out, entry);
        g_free(entry);
    }
    for (guint i = 0; i < words->len; i++) {
        const char *text = g_array_index(words, bw_balena_word, i).text;
        const char *name = last_part(text);
        if (text == own || strstr(text, "/meta-balena/") || strstr(text, "/meta-rust") || is_release_layer(name))
            continue;
        put_entry(out, text);
    }
    g_string_append(out, "    \"");
}

static bool is_in_order(const bw_balena_updates *update, const GArray *words, const char **why)
{
    char *wanted = g_strconcat("meta-balena-", update->to->name, NULL);
    bool poky = false, right = false, late = false, rust = false;

    for (guint i = 0; i < words->len; i++) {
        const char *text = g_array_index(words, bw_balena_word, i).text;
        poky |= strstr(text, "/poky/meta") != NULL;
        right |= strcmp(last_part(text), wanted) == 0;
        rust |= strstr(text, "layers/meta-rust") != NULL;
        late |= poky && (strstr(text, "/meta-balena") || strstr(text, "/meta-resin"));
    }
    g_free(wanted);
    *why = !right ? "meta-balena's layer for the release is not among the layers"
           : rust ? "meta-rust is a part of meta-balena by now"
           : late ? "layers of balena stand behind poky"
                  : NULL;
    return !*why;
}

static void update_bblayers(bw_balena_updates *update)
{
    const bw_bb_file *file = update->repo->layer->bblayers;
    const bw_bb_statement *layers = NULL;
    unsigned statements = 0;

    for (uint32_t i = 0; file && i < file->count; i++)
        if (strncmp(file->statements[i].written, "BBLAYERS", 8) == 0 && file->statements[i].kind == BW_BB_ASSIGN &&
            (!file->statements[i].written[8] || file->statements[i].written[8] == '_')) {
            layers = layers ? layers : &file->statements[i];
            statements++;
        }
    if (!layers)
        return;
    GArray *words = bw_balena_words(update->repo->unit, layers);
    const char *why;
    if (!is_in_order(update, words, &why)) {
        bw_finding *f =
            bw_findings_add(findings_of(update), BW_CODE_balena_update_bblayers, layers->value_place, "%s", why);
        if (statements == 1) {
            GString *value = g_string_new(NULL);
            put_layers(update, words, value);
            edit_place(update, &layers->value_place, value->str);
            g_string_free(value, TRUE);
            bw_finding_cure(f, "write the list anew (--fix)");
        } else {
            bw_finding_cure(f, "BBLAYERS is put together by several statements: change it by hand");
        }
    }
    g_array_free(words, TRUE);
}

/* ---- local.conf.sample ---- */

static void update_disk_monitor(bw_balena_updates *update)
{
    const bw_bb_file *file = update->repo->layer->local;
    const bw_balena_release *kirkstone = bw_balena_release_find("kirkstone");

    if (!file || update->to < kirkstone)
        return;
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *st = &file->statements[i];
        uint32_t begin, end;
        bw_finding *f = NULL;

        if (st->kind != BW_BB_ASSIGN || strcmp(st->written, "BB_DISKMON_DIRS") != 0)
            continue;
        bw_balena_place_bytes(&st->value_place, &begin, &end);
        for (uint32_t at = begin; at + 6 <= end; at++) {
            if (strncmp(file->source->text + at, "ABORT,", 6) != 0 || g_ascii_isalpha(file->source->text[at - 1]))
                continue;
            const bw_place place = bw_source_place(file->source, at, at + 5);
            if (!f) {
                f = bw_findings_add(findings_of(update), BW_CODE_balena_update_disk_monitor, place,
                                    "ABORT is refused since kirkstone");
                bw_finding_cure(f, "write HALT (--fix)");
            } else {
                bw_finding_note(f, place, "and here");
            }
            bw_balena_edit_add(update, file->source, at, at + 5, "HALT");
        }
    }
}

/* ---- where the samples lie ---- */

static void update_samples(bw_balena_updates *update)
{
    static const char *const names[] = {"bblayers.conf.sample", "local.conf.sample", "conf-notes.txt",
                                        "conf-summary.txt"};
    const bw_balena_layer *layer = update->repo->layer;
    const size_t root = strlen(update->repo->root) + 1;

    if (!update->to->templates || !layer->samples || !g_str_has_suffix(layer->samples, "/conf/samples"))
        return;
    bw_finding *f = bw_findings_add(findings_of(update), BW_CODE_balena_update_samples, bw_file_place(layer->samples),
                                    "%s reads conf/templates/default, not conf/samples", update->to->name);
    bw_finding_cure(f, "move the files to conf/templates/default (--fix)");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *path = g_strconcat(layer->samples, "/", names[i], NULL);
        char *moved = g_strconcat(layer->path + root, "/conf/templates/default/", names[i], NULL);
        int error;
        bw_source *source = g_file_test(path, G_FILE_TEST_IS_REGULAR)
                                ? bw_source_open(update->repo->unit->ctx->sources, path, &error)
                                : NULL;
        if (source)
            bw_balena_edit_move(update, source, moved);
        g_free(moved);
        g_free(path);
    }
}

/* ---- submodules ---- */

static void update_branch(bw_balena_updates *update, const char *path)
{
    const bw_balena_submodule *sub = bw_balena_submodule_of(update->repo, path);

    if (!sub || !sub->branch || !bw_balena_release_find(sub->branch) || strcmp(sub->branch, update->to->name) == 0)
        return;
    bw_finding *f = bw_findings_add(findings_of(update), BW_CODE_balena_update_submodule, sub->branch_place,
                                    "%s follows %s", path, sub->branch);
    bw_finding_cure(f, "write %s (--fix), then git submodule update --remote %s", update->to->name, path);
    edit_place(update, &sub->branch_place, update->to->name);
}

static void update_submodules(bw_balena_updates *update)
{
    const bw_balena_submodule *poky = bw_balena_submodule_of(update->repo, "layers/poky");
    const bw_balena_submodule *rust = bw_balena_submodule_of(update->repo, "layers/meta-rust");

    if (poky && poky->url && !strstr(poky->url, "balena-os/poky")) {
        bw_finding *f = bw_findings_add(findings_of(update), BW_CODE_balena_update_submodule, poky->url_place,
                                        "poky is not balena's fork: %s", poky->url);
        bw_finding_cure(f, "write https://github.com/balena-os/poky (--fix), then git submodule sync layers/poky");
        edit_place(update, &poky->url_place, "https://github.com/balena-os/poky");
    }
    update_branch(update, "layers/poky");
    update_branch(update, "layers/meta-openembedded");
    if (rust) {
        bw_finding *f = bw_findings_add(findings_of(update), BW_CODE_balena_update_submodule, rust->place,
                                        "meta-rust is a part of meta-balena by now");
        bw_finding_cure(f, "git rm layers/meta-rust");
    }
}

void bw_balena_update_layers(bw_balena_updates *update)
{
    update_compat(update);
    update_bblayers(update);
    update_disk_monitor(update);
    update_samples(update);
    update_submodules(update);
}
