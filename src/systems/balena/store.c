/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What BitBake would have for one machine of a repository: layers in the order of bblayers.conf.sample, the
 * configuration, a recipe with its appends.
 *
 * When OE-core is there its bitbake.conf is read, and says itself what comes next. Without it the same files come in
 * the same order, and what they cannot know stays unknown.
 *
 * Source: bitbake, lib/bb/cookerdata.py and lib/bb/cooker.py; OE-core, meta/conf/bitbake.conf.
 */
#include "systems/balena/layers.h"

#include <stdlib.h>

#define LAYERS_MAX 256
#define FOLDERS_MAX 4096

/* ---- layers ---- */

/* "root/build/../layers/poky/meta" as "root/layers/poky/meta". */
static char *without_dots(const char *path)
{
    char **parts = g_strsplit(path, "/", -1);
    GPtrArray *kept = g_ptr_array_new();

    for (char **p = parts; *p; p++) {
        const bool back = strcmp(*p, "..") == 0 && kept->len && strcmp(kept->pdata[kept->len - 1], "..") != 0 &&
                          *(char *)kept->pdata[kept->len - 1];
        if (back)
            g_ptr_array_set_size(kept, (gint)kept->len - 1);
        else if (strcmp(*p, ".") != 0 && (**p || p == parts))
            g_ptr_array_add(kept, *p);
    }
    g_ptr_array_add(kept, NULL);
    char *joined = g_strjoinv("/", (char **)kept->pdata);
    g_ptr_array_free(kept, TRUE);
    g_strfreev(parts);
    return joined;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_recipes_of(bw_arena *arena, GPtrArray *files, const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".bb") || g_str_has_suffix(name, ".bbappend"))
            g_ptr_array_add(files, bw_arena_join(arena, folder, "/", name));
    if (dir)
        g_dir_close(dir);
}

/* All of `recipes-X/Y` below a layer, sorted. */
static void find_recipes(bw_arena *arena, bw_balena_stacked *layer)
{
    GPtrArray *files = g_ptr_array_new();
    GDir *top = g_dir_open(layer->path, 0, NULL);
    const char *name;
    unsigned folders = 0;

    while (top && (name = g_dir_read_name(top))) {
        if (!g_str_has_prefix(name, "recipes"))
            continue;
        char *folder = g_strconcat(layer->path, "/", name, NULL);
        GDir *dir = g_dir_open(folder, 0, NULL);
        const char *below;
        while (dir && (below = g_dir_read_name(dir)) && folders++ < FOLDERS_MAX) {
            char *path = g_strconcat(folder, "/", below, NULL);
            if (g_file_test(path, G_FILE_TEST_IS_DIR))
                add_recipes_of(arena, files, path);
            g_free(path);
        }
        if (dir)
            g_dir_close(dir);
        g_free(folder);
    }
    if (top)
        g_dir_close(top);
    g_ptr_array_sort(files, by_text);
    layer->recipe_count = files->len;
    layer->recipes = bw_arena_dup(arena, files->pdata, sizeof(gpointer) * (size_t)files->len);
    g_ptr_array_free(files, TRUE);
}

/* Priority as layer.conf gives it for its collection; 0 without. */
static int priority_of(const bw_bb_file *conf)
{
    for (uint32_t i = 0; conf && i < conf->count; i++)
        if (g_str_has_prefix(conf->statements[i].written, "BBFILE_PRIORITY_"))
            return atoi(conf->statements[i].value);
    return 0;
}

static void add_layer(const bw_balena_repo *repo, GArray *layers, const char *entry, const bw_place *place)
{
    bw_arena *arena = &repo->unit->arena;
    bw_balena_stacked layer = {.entry = bw_arena_strdup(arena, entry), .place = *place};
    char *path = without_dots(entry);
    char *conf = g_strconcat(path, "/conf/layer.conf", NULL);

    layer.path = bw_arena_strdup(arena, path);
    layer.known = !strstr(path, "${");
    if (layer.known && layers->len < LAYERS_MAX && g_file_test(conf, G_FILE_TEST_IS_REGULAR)) {
        layer.conf = bw_bb_read(repo->unit, conf);
        layer.priority = priority_of(layer.conf);
    }
    layer.own = repo->layer && ((layer.conf && layer.conf == repo->layer->conf) ||
                                strcmp(layer.path, repo->layer->path) == 0);
    if (layer.conf)
        find_recipes(arena, &layer);
    if (layers->len < LAYERS_MAX)
        g_array_append_val(layers, layer);
    g_free(conf);
    g_free(path);
}

/* Where in the value of BBLAYERS an entry stands. */
static bw_place entry_place(const bw_bb_statement *st, const char *entry)
{
    bw_source *source = st->value_place.source;
    const char *line;
    uint32_t len;

    for (uint32_t n = st->value_place.line; source && n <= st->value_place.end_line; n++) {
        if (!bw_source_line(source, n, &line, &len))
            break;
        const char *at = g_strstr_len(line, len, entry);
        if (at && (at[strlen(entry)] == '\0' || strchr(" \t\r\n\\\"'", at[strlen(entry)])))
            return bw_source_place(source, (uint32_t)(at - source->text),
                                   (uint32_t)(at - source->text + (ptrdiff_t)strlen(entry)));
    }
    return st->value_place;
}

static void read_bblayers(const bw_balena_repo *repo, GArray *layers)
{
    bw_bb_store *store = bw_bb_store_new(repo->unit, BW_BB_NEW_STYLE);
    char *build = g_strconcat(repo->root, "/build", NULL);

    bw_bb_store_set(store, "TOPDIR", "${TOPDIR}");
    bw_bb_add(store, repo->layer->bblayers, false);
    GPtrArray *parts = bw_bb_parts(store, "BBLAYERS");
    for (guint i = 0; i < parts->len; i++) {
        const bw_bb_statement *st = parts->pdata[i];
        char **words = g_strsplit_set(st->value, " \t\n", -1);
        for (char **w = words; *w; w++) {
            if (!**w)
                continue;
            const bw_place place = entry_place(st, *w);
            GString *path = g_string_new(*w);
            g_string_replace(path, "${TOPDIR}", build, 0);
            add_layer(repo, layers, path->str, &place);
            g_string_free(path, TRUE);
        }
        g_strfreev(words);
    }
    g_ptr_array_free(parts, TRUE);
    g_free(build);
    bw_bb_store_free(store);
}

const bw_balena_stack *bw_balena_stack_of(const bw_balena_repo *repo)
{
    bw_balena_repo *keeper = (bw_balena_repo *)(uintptr_t)repo;
    bw_arena *arena = &repo->unit->arena;

    if (repo->stack)
        return repo->stack;
    GArray *layers = g_array_new(FALSE, TRUE, sizeof(bw_balena_stacked));
    bw_balena_stack *stack = bw_arena_new(arena, bw_balena_stack);
    if (repo->layer && repo->layer->bblayers)
        read_bblayers(repo, layers);
    bool own = false;
    for (guint i = 0; i < layers->len; i++)
        own |= g_array_index(layers, bw_balena_stacked, i).own;
    if (repo->layer && !own) {
        const bw_place nowhere = {0};
        add_layer(repo, layers, repo->layer->path, &nowhere);
        g_array_index(layers, bw_balena_stacked, layers->len - 1).unlisted = true;
    }
    stack->count = layers->len;
    stack->layers = bw_arena_dup(arena, layers->data, sizeof(bw_balena_stacked) * (size_t)layers->len);
    g_array_free(layers, TRUE);
    stack->whole = true;
    for (uint32_t i = 0; i < stack->count; i++)
        stack->whole &= stack->layers[i].conf != NULL;
    keeper->stack = stack;
    return stack;
}

/* ---- recipes ---- */

/* Whether a file is "NAME.bb", "NAME_VERSION.bb", "NAME_%.bbappend", "NAME%.bbappend". */
static bool is_recipe_of(const char *path, const char *name, const char *ending)
{
    const char *file = strrchr(path, '/') + 1;
    const size_t len = strlen(name);

    return g_str_has_suffix(file, ending) && strncmp(file, name, len) == 0 &&
           (file[len] == '_' || file[len] == '%' || strcmp(file + len, ending) == 0);
}

/* Version in a file's name, as far as it is written: "6.12" of linux_6.12.bb, "6." of linux_6.%.bbappend; "" without.
 */
static char *version_of(const char *path)
{
    char *file = g_path_get_basename(path);
    char *dot = strrchr(file, '.');

    if (dot)
        *dot = '\0';
    const char *under = strchr(file, '_');
    char *version = g_strdup(under ? under + 1 : "");
    g_free(file);
    version[strcspn(version, "%")] = '\0';
    return version;
}

static const bw_balena_stacked *highest(const bw_balena_stack *stack, const bw_balena_stacked *below, uint32_t *at)
{
    const bw_balena_stacked *best = NULL;

    for (uint32_t i = 0; i < stack->count; i++) {
        const bw_balena_stacked *l = &stack->layers[i];
        if (below && (l->priority > below->priority || (l->priority == below->priority && i <= *at)))
            continue;
        if (l->conf && (!best || l->priority > best->priority))
            best = l;
    }
    if (best)
        *at = (uint32_t)(best - stack->layers);
    return best;
}

/* The recipe: of the layer with the highest priority, of the version that is preferred, else of the last name. */
static const char *recipe_path(bw_bb_store *store, const bw_balena_stack *stack, const char *name)
{
    char *key = g_strconcat("PREFERRED_VERSION_", name, NULL);
    const bw_bb_value preferred = bw_bb_get(store, key);
    const size_t len = preferred.text && preferred.known ? strcspn(preferred.text, "%") : 0;
    const char *any = NULL, *wanted = NULL;
    uint32_t at = 0;

    g_free(key);
    for (const bw_balena_stacked *l = highest(stack, NULL, &at); l && !wanted; l = highest(stack, l, &at)) {
        const char *here = NULL;
        for (uint32_t i = 0; i < l->recipe_count; i++) {
            if (!is_recipe_of(l->recipes[i], name, ".bb"))
                continue;
            char *version = version_of(l->recipes[i]);
            if (len && strncmp(version, preferred.text, len) == 0)
                wanted = l->recipes[i];
            here = l->recipes[i];
            g_free(version);
        }
        any = any ? any : here;
        if (!len && any)
            break;
    }
    return wanted ? wanted : any;
}

static void add_appends_of(bw_bb_store *store, const bw_balena_repo *repo, const bw_balena_stacked *layer,
                           const char *name, const char *version)
{
    for (uint32_t i = 0; i < layer->recipe_count; i++) {
        if (!is_recipe_of(layer->recipes[i], name, ".bbappend"))
            continue;
        char *its = version_of(layer->recipes[i]);
        const bool fits = !version || !*its || g_str_has_prefix(version, its);
        if (fits)
            bw_bb_add(store, bw_bb_read(repo->unit, layer->recipes[i]), false);
        g_free(its);
    }
}

/* Of the layer that a recipe is in, as BBFILE_COLLECTIONS has it; NULL: none is given. */
static const char *collection_of(const bw_balena_stack *stack, const char *path)
{
    for (uint32_t i = 0; i < stack->count; i++) {
        const bw_balena_stacked *l = &stack->layers[i];
        const size_t len = strlen(l->path);
        if (!l->conf || strncmp(path, l->path, len) != 0 || path[len] != '/')
            continue;
        for (uint32_t k = 0; k < l->conf->count; k++)
            if (strcmp(l->conf->statements[k].written, "BBFILE_COLLECTIONS") == 0)
                return l->conf->statements[k].value;
    }
    return NULL;
}

static void add_recipe(bw_bb_store *store, const bw_balena_repo *repo, const char *name)
{
    const bw_balena_stack *stack = bw_balena_stack_of(repo);
    char *version = NULL;

    bw_bb_store_set(store, "PN", name);
    bw_bb_store_set(store, "BPN", name);
    const char *path = recipe_path(store, stack, name);
    if (path) {
        const char *layer = collection_of(stack, path);
        if (layer)
            bw_bb_store_set(store, "FILE_LAYERNAME", layer);
        version = version_of(path);
        bw_bb_store_set(store, "PV", *version ? version : "1.0");
        bw_bb_add(store, bw_bb_read(repo->unit, path), false);
    } else {
        bw_bb_miss(store, name);
    }
    /* Appends come by rising priority; of equal ones as the layers stand. */
    int done = -1;
    for (;;) {
        int next = G_MAXINT;
        for (uint32_t i = 0; i < stack->count; i++)
            if (stack->layers[i].conf && stack->layers[i].priority > done)
                next = MIN(next, stack->layers[i].priority);
        if (next == G_MAXINT)
            break;
        for (uint32_t i = 0; i < stack->count; i++)
            if (stack->layers[i].conf && stack->layers[i].priority == next)
                add_appends_of(store, repo, &stack->layers[i], name, version);
        done = next;
    }
    g_free(version);
    if (path) { /* appends look from their own folders, what is left open is asked from the recipe's */
        char *folder = g_path_get_dirname(path);
        bw_bb_store_set(store, "FILE", path);
        bw_bb_store_set(store, "THISDIR", folder);
        bw_bb_store_set(store, "FILE_DIRNAME", folder);
        g_free(folder);
    }
}

/* ---- configuration ---- */

static void set_paths(bw_bb_store *store, const bw_balena_stack *stack)
{
    const bw_bb_value path = bw_bb_get(store, "BBPATH");
    char **folders = g_strsplit(path.text ? path.text : "", ":", -1);

    for (char **f = folders; *f; f++)
        if (**f && !strstr(*f, "${"))
            bw_bb_store_path(store, *f);
    g_strfreev(folders);
    for (uint32_t i = 0; i < stack->count;
         i++) /* those whose layer.conf forgot BBPATH help, as their folder may be meant */
        if (stack->layers[i].conf && !path.text)
            bw_bb_store_path(store, stack->layers[i].path);
}

static void add_layer_confs(bw_bb_store *store, const bw_balena_stack *stack)
{
    for (uint32_t i = 0; i < stack->count; i++) {
        const bw_balena_stacked *l = &stack->layers[i];
        if (!l->conf) {
            bw_bb_miss(store, l->path);
            continue;
        }
        bw_bb_store_now(store, "LAYERDIR", l->path);
        bw_bb_add(store, l->conf, false);
        bw_bb_store_now(store, NULL, NULL);
    }
}

static const char *architecture_override(const char *arch)
{
    static const struct {
        const char *arch, *word;
    } words[] = {{"aarch64", "aarch64"}, {"amd64", "x86-64"}, {"armv7hf", "arm"},
                 {"rpi", "arm"},         {"i386", "i586"},    {"i386-nlp", "i586"}};

    for (size_t i = 0; arch && i < G_N_ELEMENTS(words); i++)
        if (strcmp(arch, words[i].arch) == 0)
            return words[i].word;
    return "";
}

/* What bitbake.conf does, without it. */
static void configure_alone(bw_bb_store *store, const bw_balena_repo *repo, const char *machine)
{
    char *name;

    for (uint32_t i = 0; i < repo->device_count; i++)
        if (repo->devices[i].machine && strcmp(repo->devices[i].machine, machine) == 0)
            bw_bb_store_set(store, "TRANSLATED_TARGET_ARCH", architecture_override(repo->devices[i].arch));
    bw_bb_store_set(store, "OVERRIDES",
                    "linux:${TRANSLATED_TARGET_ARCH}:pn-${PN}:${MACHINEOVERRIDES}:${DISTROOVERRIDES}:${CLASSOVERRIDE}:"
                    "forcevariable");
    bw_bb_store_set(store, "CLASSOVERRIDE", "class-target");
    bw_bb_store_set(store, "DISTROOVERRIDES", "${DISTRO}");
    bw_bb_add(store, repo->layer ? repo->layer->local : NULL, false);
    name = g_strconcat("conf/machine/", machine, ".conf", NULL);
    bw_bb_include(store, name);
    g_free(name);
    const bw_bb_value distro = bw_bb_get(store, "DISTRO");
    if (distro.text) {
        name = g_strconcat("conf/distro/", distro.text, ".conf", NULL);
        bw_bb_include(store, name);
        g_free(name);
    }
}

static bool has_core(const bw_balena_stack *stack)
{
    for (uint32_t i = 0; i < stack->count; i++) {
        char *path = g_strconcat(stack->layers[i].path, "/conf/bitbake.conf", NULL);
        const bool here = stack->layers[i].conf && g_file_test(path, G_FILE_TEST_IS_REGULAR);
        g_free(path);
        if (here)
            return true;
    }
    return false;
}

static bool has_word(const char *words, const char *word)
{
    char **all = g_strsplit_set(words ? words : "", " \t\n", -1);
    const bool found = g_strv_contains((const gchar *const *)all, word);

    g_strfreev(all);
    return found;
}

/* What OE-core's base class adds to a list of features unless it is said to have been considered. */
static void backfill(bw_bb_store *store, const char *name)
{
    char *key = g_strconcat(name, "_BACKFILL", NULL);
    const bw_bb_value wanted = bw_bb_get(store, key);
    g_free(key);
    key = g_strconcat(name, "_BACKFILL_CONSIDERED", NULL);
    const bw_bb_value considered = bw_bb_get(store, key);
    const bw_bb_value features = bw_bb_get(store, name);
    char **words = g_strsplit_set(wanted.text ? wanted.text : "", " \t\n", -1);
    GString *added = g_string_new(NULL);

    for (char **w = words; *w; w++)
        if (**w && !has_word(considered.text, *w) && !has_word(features.text, *w))
            g_string_append_printf(added, " %s", *w);
    g_free(key);
    key = g_strconcat(name, ":append", NULL);
    if (added->len)
        bw_bb_store_set(store, key, added->str);
    g_free(key);
    g_string_free(added, TRUE);
    g_strfreev(words);
}

static void inherit_all(bw_bb_store *store)
{
    const bw_bb_value classes = bw_bb_get(store, "INHERIT");
    char **words = g_strsplit_set(classes.text ? classes.text : "", " \t\n", -1);

    bw_bb_inherit(store, "base");
    for (char **w = words; *w; w++)
        if (**w)
            bw_bb_inherit(store, *w);
    g_strfreev(words);
}

/* The release that the layer is for; without LAYERSERIES_COMPAT the one whose meta-balena layer is in use. */
static const bw_balena_release *release_of(const bw_balena_repo *repo, const bw_balena_stack *stack)
{
    const bw_balena_release *release = repo->layer ? repo->layer->release : NULL;

    for (uint32_t i = 0; i < stack->count && !release; i++) {
        const char *dash = stack->layers[i].entry ? strrchr(stack->layers[i].entry, '-') : NULL;

        release = dash ? bw_balena_release_find(dash + 1) : NULL;
    }
    return release;
}

bw_bb_store *bw_balena_store(const bw_balena_repo *repo, const char *machine, const char *const *recipes)
{
    const bw_balena_stack *stack = bw_balena_stack_of(repo);
    const bw_balena_release *release = release_of(repo, stack);
    bw_bb_store *store = bw_bb_store_new(repo->unit, release ? release->style : BW_BB_NEW_STYLE);
    char *build = g_strconcat(repo->root, "/build", NULL);

    bw_bb_store_set(store, "TOPDIR", build);
    bw_bb_store_set(store, "MACHINE", machine);
    if (stack->whole && has_core(stack))
        bw_bb_store_closed(store);
    bw_bb_store_set(store, "DEVICE_TYPE", machine);
    bw_bb_store_set(store, "BB_CURRENT_MC", "default");
    add_layer_confs(store, stack);
    set_paths(store, stack);
    if (repo->layer && repo->layer->local)
        bw_bb_store_file(store, "conf/local.conf", repo->layer->local->path);
    if (has_core(stack)) {
        bw_bb_include(store, "conf/bitbake.conf");
        backfill(store, "DISTRO_FEATURES");
        backfill(store, "MACHINE_FEATURES");
        inherit_all(store);
    } else {
        bw_bb_miss(store, "conf/bitbake.conf");
        configure_alone(store, repo, machine);
    }
    for (; recipes && *recipes; recipes++)
        add_recipe(store, repo, *recipes);
    g_free(build);
    return store;
}
