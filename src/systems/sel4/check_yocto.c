/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/check_yocto.h"

#include "systems/sel4/layer.h"

#include <string.h>

#define DEPTH_MAX 10
#define FILES_MAX 20000
#define LAYER_CONF "conf/layer.conf"

/* Releases in their order, from the one on that has today's layer.conf. */
static const char *const releases[] = {"dunfell",   "gatesgarth", "hardknott", "honister",  "kirkstone",
                                       "langdale",  "mickledore", "nanbield",  "scarthgap", "styhead",
                                       "walnascar", "whinlatter", "blacksail", NULL};

/* -- which files -------------------------------------------------------------------------------------- */

static int compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Links lead out of the folder, or in circles. */
static void collect(const char *folder, unsigned depth, GPtrArray *files)
{
    GDir *dir = depth < DEPTH_MAX ? g_dir_open(folder, 0, NULL) : NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL)
        if (name[0] != '.')
            g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, compare);
    for (guint i = 0; i < names->len && files->len < FILES_MAX; i++) {
        const char *path = names->pdata[i];

        if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            continue;
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            collect(path, depth + 1, files);
        else
            g_ptr_array_add(files, g_strdup(path));
    }
    g_ptr_array_unref(names);
}

static bool has_file(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL);
    bool there = g_file_test(path, G_FILE_TEST_IS_REGULAR);

    g_free(path);
    return there;
}

static bool holds_layer(const char *folder, unsigned depth)
{
    GDir *dir = depth ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;
    bool found = has_file(folder, LAYER_CONF);

    while (dir && !found && (name = g_dir_read_name(dir)) != NULL) {
        char *inner = g_build_filename(folder, name, NULL);

        found = name[0] != '.' && g_file_test(inner, G_FILE_TEST_IS_DIR) && holds_layer(inner, depth - 1);
        g_free(inner);
    }
    if (dir)
        g_dir_close(dir);
    return found;
}

bool bw_sel4_is_layer(const char *folder)
{
    return g_file_test(folder, G_FILE_TEST_IS_DIR) && !has_file(folder, "board.yml") &&
           !has_file(folder, "support.yml") && holds_layer(folder, 1);
}

bool bw_sel4_layers_have(const bw_sel4_layers *layers, const char *ending)
{
    for (guint i = 0; i < layers->files->len; i++)
        if (g_str_has_suffix(layers->files->pdata[i], ending))
            return true;
    return false;
}

static int age_of(const char *release)
{
    for (int i = 0; releases[i]; i++)
        if (strcmp(releases[i], release) == 0)
            return i;
    return -1;
}

bool bw_sel4_layers_since(const bw_sel4_layers *layers, const char *release)
{
    for (char **r = layers->releases; *r; r++)
        if (age_of(*r) < age_of(release))
            return false;
    return layers->releases[0] != NULL;
}

/* -- words ------------------------------------------------------------------------------------------ */

static bw_finding *say(const bw_sel4_layers *l, bw_code code, bw_place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bw_finding *say(const bw_sel4_layers *l, bw_code code, bw_place place, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = bw_findings_addv(l->unit->findings, code, place, format, ap);
    va_end(ap);
    return f;
}

/* "SERIAL_CONSOLES" of "SERIAL_CONSOLES:append". */
static bool is_variable(const bw_bb_statement *s, const char *name)
{
    size_t len = strlen(name);

    return s->kind == BW_BB_ASSIGN && strncmp(s->written, name, len) == 0 &&
           (!s->written[len] || s->written[len] == ':');
}

static const bw_bb_statement *find(const bw_bb_file *file, const char *name)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (is_variable(&file->statements[i], name))
            return &file->statements[i];
    return NULL;
}

static const bw_bb_statement *find_prefix(const bw_bb_file *file, const char *prefix)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (file->statements[i].kind == BW_BB_ASSIGN && g_str_has_prefix(file->statements[i].written, prefix))
            return &file->statements[i];
    return NULL;
}

static bool ends_in(const bw_bb_file *file, const char *ending)
{
    return g_str_has_suffix(file->path, ending);
}

/* -- layer.conf ------------------------------------------------------------------------------------- */

/* Names of repositories that people write for collections. */
static const struct {
    const char *folder, *collection;
} collections[] = {{"meta-tegra", "tegra"}, {"meta-raspberrypi", "raspberrypi"}, {"meta-freescale", "freescale-layer"}};

/* A word of a value, where it stands; the same word twice is one mistake. */
static bw_place word_place(const bw_bb_statement *s, const char *word)
{
    bw_source *source = s->value_place.source;
    const char *at = source ? strstr(source->text, word) : NULL;
    uint32_t begin = at ? (uint32_t)(at - source->text) : 0;

    return at ? bw_source_place(source, begin, begin + (uint32_t)strlen(word)) : s->value_place;
}

/* Recipes lie two folders below the collection's: dynamic-layers/tegra/recipes-kernel/linux. */
static void check_dynamic_entry(const bw_sel4_layers *l, const bw_bb_statement *s, const char *entry)
{
    const char *colon = strchr(entry, ':');

    if (!colon) {
        say(l, BW_CODE_yocto_dynamic, word_place(s, entry),
            "%s names no collection: BBFILES_DYNAMIC has \"collection:files\"", entry);
        return;
    }
    char *name = g_strndup(entry + (*entry == '!'), (gsize)(colon - entry - (*entry == '!')));
    for (size_t i = 0; i < G_N_ELEMENTS(collections); i++)
        if (strcmp(name, collections[i].folder) == 0) {
            bw_finding *f =
                say(l, BW_CODE_yocto_dynamic, word_place(s, entry),
                    "%s is a folder; BBFILES_DYNAMIC asks for the name of its collection, so this never holds", name);
            bw_finding_cure(f, "write %s:", collections[i].collection);
        }
    const char *dynamic = strstr(colon, "dynamic-layers/");
    unsigned levels = 0;
    for (const char *p = dynamic ? dynamic + strlen("dynamic-layers/") : NULL; p && *p; p++)
        levels += *p == '/';
    if (dynamic && levels < 3)
        say(l, BW_CODE_yocto_dynamic, word_place(s, entry),
            "%s reaches no recipe: they lie in dynamic-layers/COLLECTION/recipes-x/y/, three folders down", colon + 1);
    g_free(name);
}

static void check_dynamic(const bw_sel4_layers *l, const bw_bb_file *file)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *s = &file->statements[i];

        if (!is_variable(s, "BBFILES_DYNAMIC"))
            continue;
        char **entries = g_strsplit_set(s->value, " \t\n\\", -1);
        for (char **entry = entries; *entry; entry++)
            if (**entry)
                check_dynamic_entry(l, s, *entry);
        g_strfreev(entries);
    }
}

/* Includes by a path from the layer's own folder are looked up along BBPATH. @return the first one of a recipe of the
 * layer, or NULL. */
static const bw_bb_statement *first_by_path(const bw_sel4_layers *l, const char *root)
{
    for (guint i = 0; i < l->read->len; i++) {
        const bw_bb_file *file = l->read->pdata[i];

        for (uint32_t k = 0; k < file->count && g_str_has_prefix(file->path, root); k++) {
            const bw_bb_statement *s = &file->statements[k];
            char *path = g_build_filename(root, s->value ? s->value : "", NULL);
            bool found = (s->kind == BW_BB_INCLUDE || s->kind == BW_BB_REQUIRE) && strchr(s->value, '/') &&
                         g_file_test(path, G_FILE_TEST_IS_REGULAR);

            g_free(path);
            if (found)
                return s;
        }
    }
    return NULL;
}

static void check_path(const bw_sel4_layers *l, const bw_bb_file *file)
{
    char *root = g_strndup(file->path, strlen(file->path) - strlen(LAYER_CONF));
    const bw_bb_statement *s = find(file, "BBPATH") ? NULL : first_by_path(l, root);

    if (s) {
        bw_finding *f = say(l, BW_CODE_yocto_path, bw_file_place(file->path),
                            "BBPATH does not have the layer, so %s is not found", s->value);

        bw_finding_note(f, s->value_place, "it is asked for here");
        bw_finding_cure(f, "add BBPATH .= \":${LAYERDIR}\"");
    }
    g_free(root);
}

static void check_conf(const bw_sel4_layers *l, const bw_bb_file *file)
{
    const bw_bb_statement *collection = find(file, "BBFILE_COLLECTIONS");
    bw_place place = collection ? collection->name_place : bw_file_place(file->path);
    const bw_bb_statement *compat = find_prefix(file, "LAYERSERIES_COMPAT_");

    if (!compat)
        say(l, BW_CODE_yocto_compat, place,
            "LAYERSERIES_COMPAT is not set: BitBake warns, and newer ones refuse the layer");
    else if (collection && collection->op != BW_BB_SET_NOW) {
        char *name = g_strstrip(g_strdup(collection->value));

        if (*name && !strchr(name, ' ') && strcmp(compat->written + strlen("LAYERSERIES_COMPAT_"), name) != 0) {
            bw_finding *f = say(l, BW_CODE_yocto_compat, compat->name_place,
                                "%s is about another collection than this layer's, %s", compat->written, name);
            bw_finding_cure(f, "write LAYERSERIES_COMPAT_%s", name);
        }
        g_free(name);
    }
    check_path(l, file);
    check_dynamic(l, file);
}

/* -- recipes and appends ---------------------------------------------------------------------------- */

static bool is_recipe(const bw_bb_file *file)
{
    return ends_in(file, ".bb") || ends_in(file, ".bbappend") || ends_in(file, ".inc");
}

/* What others' layers have cannot be looked up: only a file that a layer here should have is missed. */
static void check_include(const bw_sel4_layers *l, const bw_bb_file *file, const bw_bb_statement *s)
{
    char *name = g_strstrip(g_strdup(s->value));
    char *ending = g_strconcat("/", name, NULL);
    bool there = strchr(name, '$') != NULL || bw_sel4_layers_have(l, ending);

    if (s->kind == BW_BB_INCLUDE && is_recipe(file)) {
        bw_finding *f = say(l, BW_CODE_yocto_include, s->value_place,
                            there ? "include says nothing when %s is not found, and the image then lacks what it sets"
                                  : "%s is in no layer here, and include says nothing of it",
                            name);
        bw_finding_cure(f, "write require %s", name);
    }
    g_free(ending);
    g_free(name);
}

/* := fixes THISDIR before the append's place is forgotten; the colon parts it from what is there. */
static void check_search(const bw_sel4_layers *l, const bw_bb_statement *s)
{
    bool prepend = strstr(s->written, ":prepend") != NULL || strstr(s->written, "_prepend") != NULL;
    bool append = strstr(s->written, ":append") != NULL || strstr(s->written, "_append") != NULL;
    size_t len = strlen(s->value);

    if (!g_str_has_prefix(s->written, "FILESEXTRAPATHS"))
        return;
    if (s->op != BW_BB_SET_NOW && strstr(s->value, "${THISDIR}")) {
        bw_finding *f = say(l, BW_CODE_yocto_search, s->value_place,
                            "THISDIR is taken when the recipe is done, and is the recipe's folder by then");
        bw_finding_cure(f, "write %s := …", s->written);
    }
    if ((prepend && (!len || s->value[len - 1] != ':')) || (append && s->value[0] != ':')) {
        bw_finding *f =
            say(l, BW_CODE_yocto_search, s->value_place,
                "the folder runs into the one %s it: there is no ':' between them", prepend ? "behind" : "before");
        bw_finding_cure(f, prepend ? "write \"%s:\"" : "write \":%s\"", s->value);
    }
}

/* Fragments lie beside the recipe, in a folder of its name or `files`. */
static void check_fragments(const bw_sel4_layers *l, const bw_bb_statement *s)
{
    char **words = g_strsplit_set(s->value, " \t\n\\", -1);

    for (char **word = words; g_str_has_prefix(s->written, "SRC_URI") && *word; word++) {
        char *name = g_str_has_prefix(*word, "file://") ? g_strdup(*word + 7) : NULL;

        if (name && strchr(name, ';'))
            *strchr(name, ';') = '\0';
        char *ending = name ? g_strconcat("/", name, NULL) : NULL;
        if (name && g_str_has_suffix(name, ".cfg") && !strchr(name, '$') && !bw_sel4_layers_have(l, ending))
            say(l, BW_CODE_yocto_fragment, s->value_place, "no layer here has the fragment %s", name);
        g_free(ending);
        g_free(name);
    }
    g_strfreev(words);
}

/* "SRC_URI_append", "do_install_remove_tegra": from honister on these are plain names of variables nobody reads. */
static void check_style(const bw_sel4_layers *l, const bw_bb_statement *s)
{
    static const char *const words[] = {"_append", "_prepend", "_remove"};

    if ((s->kind != BW_BB_ASSIGN && s->kind != BW_BB_FUNCTION) || !bw_sel4_layers_since(l, "honister"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        const char *at = strstr(s->written, words[i]);
        char after = at ? at[strlen(words[i])] : 'x';

        if (after != '\0' && after != '_' && after != ':')
            continue;
        bw_finding *f =
            say(l, BW_CODE_yocto_override, s->name_place, "%s is a variable of its own since honister: nothing is %s",
                s->written, i == 2 ? "removed" : "added");
        bw_finding_cure(f, "write %.*s:%s", (int)(at - s->written), s->written, at + 1);
        return;
    }
}

/* :append adds no blank, so a word runs into the last one. */
static void check_blank(const bw_sel4_layers *l, const bw_bb_statement *s)
{
    static const char *const lists[] = {"SRC_URI:append",         "IMAGE_INSTALL:append",   "IMAGE_FSTYPES:append",
                                        "IMAGE_FEATURES:append",  "DISTRO_FEATURES:append", "MACHINE_FEATURES:append",
                                        "KERNEL_FEATURES:append", "SERIAL_CONSOLES:append"};

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (s->kind == BW_BB_ASSIGN && g_str_has_prefix(s->written, lists[i]) && s->value[0] &&
            !strchr(" \t\n\\", s->value[0])) {
            bw_finding *f = say(l, BW_CODE_yocto_blank, s->value_place,
                                "%s adds no blank: the word runs into the one before it", s->written);
            bw_finding_cure(f, "begin the value with a blank");
        }
}

/* Recipes that only some releases have: an append without its recipe stops BitBake. */
static void check_append(const bw_sel4_layers *l, const bw_bb_file *file)
{
    static const struct {
        const char *recipe, *release;
    } known[] = {{"linux-jammy-nvidia-tegra", "scarthgap"}, {"linux-noble-nvidia-tegra", "blacksail"}};
    char *base = g_path_get_basename(file->path);

    for (size_t i = 0; i < G_N_ELEMENTS(known) && ends_in(file, ".bbappend"); i++) {
        if (!g_str_has_prefix(base, known[i].recipe))
            continue;
        if (!strstr(file->path, "dynamic-layers/"))
            say(l, BW_CODE_yocto_append, bw_file_place(file->path),
                "%s is in meta-tegra, and without that layer the append stops BitBake: it belongs into "
                "dynamic-layers/tegra",
                known[i].recipe);
        for (char **release = l->releases; *release; release++)
            if (age_of(*release) >= 0 && strcmp(*release, known[i].release) != 0)
                say(l, BW_CODE_yocto_append, bw_file_place(file->path),
                    "the layer is for %s, too, where meta-tegra has no %s ('%%' stands for any version, not for "
                    "another "
                    "name)",
                    *release, known[i].recipe);
    }
    g_free(base);
}

/* -- machine files ---------------------------------------------------------------------------------- */

static const char *parent_of(const bw_bb_file *file)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (file->statements[i].kind == BW_BB_REQUIRE && strstr(file->statements[i].value, "conf/machine/") &&
            !strstr(file->statements[i].value, "/include/"))
            return strstr(file->statements[i].value, "conf/machine/") + strlen("conf/machine/");
    return NULL;
}

static bool is_tegra(const char *parent)
{
    return parent && (g_str_has_prefix(parent, "jetson-") || g_str_has_prefix(parent, "p3768-") ||
                      g_str_has_prefix(parent, "p3737-"));
}

static void check_tegra(const bw_sel4_layers *l, const bw_bb_file *file)
{
    const bw_bb_statement *class = find(file, "IMAGE_CLASSES:remove");
    const bw_bb_statement *loader = find(file, "UBOOT_MACHINE");

    if (class && strstr(class->value, "image_types_tegra") && !find(file, "INITRAMFS_FSTYPES")) {
        bw_finding *f =
            say(l, BW_CODE_yocto_class, class->name_place,
                "without image_types_tegra the type cpio.gz.cboot, which meta-tegra's initramfs has, is unknown");

        bw_finding_cure(f,
                        "keep the class, and set TEGRA_INITRAMFS_FSTYPES = \"\" and INITRAMFS_FSTYPES = \"cpio.gz\"");
    }
    if (loader && !*loader->value) {
        bw_finding *f = say(l, BW_CODE_yocto_dead, loader->name_place,
                            "UBOOT_MACHINE has no effect: machines with Tegra234 boot by EDK2");

        bw_finding_cure(f, "UBOOT_EXTLINUX = \"\" keeps the launcher's files out of the image");
    }
}

/* conf/machine counts in folders with conf/layer.conf alone. */
static void check_root(const bw_sel4_layers *l, const bw_bb_file *file)
{
    char *machine = g_path_get_dirname(file->path);
    char *conf = g_path_get_dirname(machine);
    char *root = g_path_get_dirname(conf);

    if (g_str_has_suffix(machine, "conf/machine") && !has_file(root, LAYER_CONF)) {
        bw_finding *f = say(l, BW_CODE_yocto_root, bw_file_place(file->path),
                            "%s has no conf/layer.conf, so BitBake never sees this machine", root);

        for (guint i = 0; i < l->roots->len; i++)
            bw_finding_note(f, bw_file_place(l->roots->pdata[i]), "a layer is here");
    }
    g_free(root);
    g_free(conf);
    g_free(machine);
}

/* -- together ----------------------------------------------------------------------------------------- */

static void check_file(const bw_sel4_layers *l, const bw_bb_file *file)
{
    if (ends_in(file, LAYER_CONF))
        check_conf(l, file);
    if (strstr(file->path, "conf/machine/") && !strstr(file->path, "/include/")) {
        check_root(l, file);
        if (is_tegra(parent_of(file)))
            check_tegra(l, file);
    }
    check_append(l, file);
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *s = &file->statements[i];

        if (s->kind == BW_BB_INCLUDE || s->kind == BW_BB_REQUIRE)
            check_include(l, file, s);
        check_style(l, s);
        if (s->kind != BW_BB_ASSIGN)
            continue;
        check_search(l, s);
        check_fragments(l, s);
        check_blank(l, s);
    }
}

static void read_releases(bw_sel4_layers *l)
{
    GString *words = g_string_new(NULL);

    for (guint i = 0; i < l->read->len; i++) {
        const bw_bb_file *file = l->read->pdata[i];
        const bw_bb_statement *compat = ends_in(file, LAYER_CONF) ? find_prefix(file, "LAYERSERIES_COMPAT_") : NULL;

        if (compat)
            g_string_append_printf(words, "%s%s", words->len ? " " : "", compat->value);
    }
    char *text = g_strstrip(g_string_free(words, FALSE));
    l->releases = *text ? g_regex_split_simple("\\s+", text, 0, 0) : g_new0(char *, 1);
    g_free(text);
}

static void read_files(bw_sel4_layers *l)
{
    static const char *const endings[] = {".bb", ".bbappend", ".inc", ".conf"};

    for (guint i = 0; i < l->files->len; i++) {
        const char *path = l->files->pdata[i];
        const bw_bb_file *file = NULL;

        for (size_t k = 0; k < G_N_ELEMENTS(endings) && !file; k++)
            if (g_str_has_suffix(path, endings[k]))
                file = bw_bb_read(l->unit, path);
        if (file)
            g_ptr_array_add(l->read, (gpointer)(uintptr_t)file);
        if (g_str_has_suffix(path, "/" LAYER_CONF))
            g_ptr_array_add(l->roots, g_strndup(path, strlen(path) - strlen("/" LAYER_CONF)));
    }
}

void bw_sel4_check_layer(bw_unit *unit, const char *folder)
{
    bw_sel4_layers l = {.unit = unit,
                        .folder = folder,
                        .files = g_ptr_array_new_with_free_func(g_free),
                        .read = g_ptr_array_new(),
                        .roots = g_ptr_array_new_with_free_func(g_free)};

    collect(folder, 0, l.files);
    read_files(&l);
    read_releases(&l);
    for (guint i = 0; i < l.read->len; i++)
        check_file(&l, l.read->pdata[i]);
    for (guint i = 0; i < l.files->len; i++)
        if (g_str_has_suffix(l.files->pdata[i], ".md"))
            bw_sel4_check_page(&l, l.files->pdata[i]);
    g_strfreev(l.releases);
    g_ptr_array_unref(l.roots);
    g_ptr_array_unref(l.read);
    g_ptr_array_unref(l.files);
}
