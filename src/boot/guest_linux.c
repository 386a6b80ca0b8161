/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/guest_linux.h"

#include "base/embedded.h"
#include "boot/guest_files.h"
#include "image/cpio.h"
#include "image/kmod.h"

#include <string.h>

#define SIZE_MAX_OF_FILE ((gsize)1 << 30) /* a file that is larger is none of these */
#define WORDS_MAX 400                     /* of a script that fails */

/* -- the cache -------------------------------------------------------------------------------------- */

char *bw_guest_linux_folder(void)
{
    return g_build_filename(g_get_user_cache_dir(), "boardwright", "guest", "arm64", NULL);
}

bool bw_guest_linux_is_here(void)
{
    char *folder = bw_guest_linux_folder();
    char *path = g_build_filename(folder, "Image", NULL);
    bool here = g_file_test(path, G_FILE_TEST_IS_REGULAR);

    g_free(path);
    g_free(folder);
    return here;
}

const char *bw_guest_file(const char *name, size_t *len)
{
    const bw_embedded *file = bw_guest_files;

    while (file->path && strcmp(file->path, name) != 0)
        file++;
    if (len)
        *len = file->len;
    return file->text;
}

/* The last line that a script said, for a message. To be freed. */
static char *last_words(const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);
    char *last = NULL;

    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line)) {
            g_free(last);
            last = g_strndup(*line, WORDS_MAX);
        }
    g_strfreev(lines);
    return last ? last : g_strdup("it said nothing");
}

static bool fetch(const char *folder, bw_findings *findings)
{
    const char *script = bw_guest_file("fetch.sh", NULL);
    const char *const argv[] = {"/bin/sh", "-c", script, "fetch.sh", folder, NULL};
    char *words = NULL;
    GError *error = NULL;
    int status = 0;

    bool spawned = g_spawn_sync(NULL, (char **)(gpointer)(uintptr_t)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                                NULL, &words, &status, &error);
    bool ok = spawned && g_spawn_check_wait_status(status, NULL);
    if (!ok) {
        char *last = spawned ? last_words(words) : g_strdup(error->message);
        bw_finding *f = bw_findings_add(findings, BW_CODE_guest_kernel_missing, bw_file_place(folder),
                                        "Debian's arm64 kernel and busybox cannot be fetched: %s", last);

        bw_finding_cure(f, "put Image, busybox and modules (of linux-image-cloud-arm64 and busybox-static) there, or "
                           "copy the folder from another machine");
        g_free(last);
    }
    g_clear_error(&error);
    g_free(words);
    return ok;
}

bool bw_guest_linux_fetch(bw_findings *findings)
{
    char *folder = bw_guest_linux_folder();
    bool ok = bw_guest_linux_is_here() || fetch(folder, findings);

    g_free(folder);
    return ok;
}

/* -- the kernel --------------------------------------------------------------------------------------- */

static GMappedFile *map(const char *path, bw_code code, bw_place place, bw_findings *findings)
{
    GError *error = NULL;
    GMappedFile *file = g_mapped_file_new(path, FALSE, &error);

    if (file && g_mapped_file_get_length(file) < SIZE_MAX_OF_FILE)
        return file;
    bw_findings_add(findings, code, place, "%s cannot be read: %s", path,
                    file ? "it is larger than 1 GiB" : error->message);
    g_clear_error(&error);
    if (file)
        g_mapped_file_unref(file);
    return NULL;
}

static const void *bytes_of(const GMappedFile *file)
{
    const void *bytes = g_mapped_file_get_contents((GMappedFile *)(uintptr_t)file);

    return bytes ? bytes : "";
}

/* "linux-image-6.1.0-56-cloud-arm64 6.1.192-2": the line of the file `packages` that is a kernel's. To be freed. */
static char *package_title(const char *folder)
{
    char *path = g_build_filename(folder, "packages", NULL);
    char *text = NULL, *title = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL)) {
        char **lines = g_strsplit(text, "\n", -1);

        for (char **line = lines; *line && !title; line++)
            if (g_str_has_prefix(*line, "linux-image"))
                title = g_strdelimit(g_strdup(*line), "\t", ' ');
        g_strfreev(lines);
    }
    g_free(text);
    g_free(path);
    return title ? title : g_strdup("Debian's kernel");
}

static bool open_kernel(bw_guest_linux *linux, bw_findings *findings)
{
    const char *problem;

    linux->image = map(linux->path, BW_CODE_guest_kernel_missing, linux->place, findings);
    if (!linux->image)
        return false;
    if (bw_linux_image_read(&linux->header, bytes_of(linux->image), g_mapped_file_get_length(linux->image), &problem) &&
        !linux->header.big_endian)
        return true;
    bw_findings_add(findings, BW_CODE_guest_kernel_kind, linux->place, "%s is no kernel that a guest can enter: %s",
                    linux->path, linux->header.size ? "it is for big-endian CPUs" : problem);
    return false;
}

bw_guest_linux *bw_guest_linux_open(const char *kernel, bw_place place, bw_findings *findings)
{
    bw_guest_linux *linux = g_new0(bw_guest_linux, 1);

    linux->folder = bw_guest_linux_folder();
    linux->has_modules = kernel == NULL;
    linux->drivers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    linux->modules = g_ptr_array_new_with_free_func(g_free);
    bool ok = kernel || bw_guest_linux_fetch(findings);
    if (ok) {
        linux->path = kernel ? g_strdup(kernel) : g_build_filename(linux->folder, "Image", NULL);
        linux->title = kernel ? g_strdup(kernel) : package_title(linux->folder);
        linux->place = kernel ? place : bw_file_place(linux->path);
        ok = open_kernel(linux, findings);
    }
    if (ok)
        return linux;
    bw_guest_linux_free(linux);
    return NULL;
}

void bw_guest_linux_free(bw_guest_linux *linux)
{
    if (!linux)
        return;
    if (linux->image)
        g_mapped_file_unref(linux->image);
    g_hash_table_unref(linux->drivers);
    g_ptr_array_unref(linux->modules);
    g_free(linux->folder);
    g_free(linux->path);
    g_free(linux->title);
    g_free(linux);
}

/* -- modules ---------------------------------------------------------------------------------------- */

typedef struct module {
    char *path;
    char **needs; /* names */
    bool wanted, taken;
} module;

typedef struct chooser {
    bw_guest_linux *linux;
    const char *const *compatible;
    uint32_t virtio;
    GHashTable *by_name; /* of module */
    GPtrArray *wanted;   /* names, in the order of the folder */
} chooser;

static void module_free(gpointer data)
{
    module *m = data;

    g_free(m->path);
    g_strfreev(m->needs);
    g_free(m);
}

/* "virtio_net" of "…/virtio-net.ko": to the kernel '-' and '_' are one. To be freed. */
static char *module_name(const char *path)
{
    char *base = g_path_get_basename(path);

    base[strlen(base) - strlen(".ko")] = '\0';
    return g_strdelimit(base, "-", '_');
}

static bool means_virtio(const char *alias, uint32_t kinds)
{
    unsigned long kind = g_str_has_prefix(alias, "virtio:d") ? strtoul(alias + 8, NULL, 16) : 32;

    return kind < 32 && kinds >> kind & 1;
}

/* Whether the module drives one of the devices; these are noted as those that have a driver. */
static bool drives(const chooser *c, const bw_kmod *info)
{
    size_t offset = 0;
    bool found = false;
    const char *alias;

    while ((alias = bw_kmod_next(info, "alias", &offset)) != NULL) {
        for (const char *const *name = c->compatible; *name; name++)
            if (bw_kmod_alias_means(alias, *name)) {
                g_hash_table_add(c->linux->drivers, g_strdup(*name));
                found = true;
            }
        found = found || means_virtio(alias, c->virtio);
    }
    return found;
}

static void take_module(chooser *c, const char *path)
{
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);
    bw_kmod info;

    if (file && bw_kmod_read(&info, bytes_of(file), g_mapped_file_get_length(file))) {
        module *m = g_new0(module, 1);
        char *name = module_name(path);
        size_t offset = 0;
        const char *needs = bw_kmod_next(&info, "depends", &offset);

        m->path = g_strdup(path);
        m->needs = g_strsplit(needs ? needs : "", ",", -1);
        if (drives(c, &info))
            g_ptr_array_add(c->wanted, g_strdup(name));
        g_hash_table_replace(c->by_name, name, m);
    }
    if (file)
        g_mapped_file_unref(file);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void take_folder(chooser *c, const char *folder, unsigned depth)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = depth < 16 ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        char *path = g_build_filename(folder, names->pdata[i], NULL);

        if (g_str_has_suffix(path, ".ko"))
            take_module(c, path);
        else if (g_file_test(path, G_FILE_TEST_IS_DIR))
            take_folder(c, path, depth + 1);
        g_free(path);
    }
    g_ptr_array_unref(names);
}

static void note_built_in(chooser *c, const char *folder)
{
    char *path = g_build_filename(folder, "modules.builtin.modinfo", NULL);
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);

    if (file) {
        bw_kmod info = bw_kmod_builtin(bytes_of(file), g_mapped_file_get_length(file));

        drives(c, &info);
        g_mapped_file_unref(file);
    }
    g_free(path);
}

/* What a module needs comes before it. */
static void add_module(chooser *c, const char *name)
{
    char *key = g_strdelimit(g_strdup(name), "-", '_');
    module *m = g_hash_table_lookup(c->by_name, key);

    if (m && !m->taken) {
        m->taken = true;
        for (char **need = m->needs; *need; need++)
            add_module(c, *need);
        g_ptr_array_add(c->linux->modules, g_strdup(m->path));
    }
    g_free(key);
}

void bw_guest_linux_choose(bw_guest_linux *linux, const char *const *compatible, uint32_t virtio)
{
    chooser c = {.linux = linux, .compatible = compatible, .virtio = virtio};
    char *folder = g_build_filename(linux->folder, "modules", NULL);

    if (linux->has_modules) {
        c.by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, module_free);
        c.wanted = g_ptr_array_new_with_free_func(g_free);
        note_built_in(&c, folder);
        take_folder(&c, folder, 0);
        for (guint i = 0; i < c.wanted->len; i++)
            add_module(&c, c.wanted->pdata[i]);
        g_ptr_array_unref(c.wanted);
        g_hash_table_unref(c.by_name);
    }
    g_free(folder);
}

/* -- the first process ------------------------------------------------------------------------------ */

static void put_text(bw_cpio *cpio, const char *path, uint32_t mode, const char *name)
{
    size_t len;
    const char *text = bw_guest_file(name, &len);

    bw_cpio_file(cpio, path, mode, text, len);
}

static void put_modules(bw_cpio *cpio, const bw_guest_linux *linux)
{
    GString *order = g_string_new(NULL);

    bw_cpio_folder(cpio, "modules");
    for (guint i = 0; i < linux->modules->len; i++) {
        GMappedFile *file = g_mapped_file_new(linux->modules->pdata[i], FALSE, NULL);
        char *base = g_path_get_basename(linux->modules->pdata[i]);
        char *path = g_build_filename("modules", base, NULL);

        if (file) {
            bw_cpio_file(cpio, path, 0644, bytes_of(file), g_mapped_file_get_length(file));
            g_string_append_printf(order, "%s\n", base);
            g_mapped_file_unref(file);
        }
        g_free(path);
        g_free(base);
    }
    bw_cpio_file(cpio, "modules/order", 0644, order->str, order->len);
    g_string_free(order, TRUE);
}

bool bw_guest_initrd_make(const bw_guest_linux *linux, bw_buffer *out, bw_findings *findings)
{
    char *path = g_build_filename(linux->folder, "busybox", NULL);
    GMappedFile *busybox =
        !bw_guest_linux_fetch(findings) ? NULL : map(path, BW_CODE_guest_kernel_missing, bw_file_place(path), findings);

    if (busybox) {
        bw_cpio cpio = {.out = out};

        bw_cpio_folder(&cpio, "dev");
        bw_cpio_device(&cpio, "dev/console", 0600, 5, 1);
        bw_cpio_folder(&cpio, "bin");
        bw_cpio_file(&cpio, "bin/busybox", 0755, bytes_of(busybox), g_mapped_file_get_length(busybox));
        put_text(&cpio, "init", 0755, "init.sh");
        put_modules(&cpio, linux);
        bw_cpio_end(&cpio);
        g_mapped_file_unref(busybox);
    }
    g_free(path);
    return busybox != NULL;
}
