/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/image.h"

#include "base/folder.h"
#include "systems/balena/raw_writes.h"

#include <glib/gstdio.h>
#include <stdlib.h>

/* BALENA_…, and as it was called until 2019. */
static const struct {
    const char *name, *old;
} variables[BW_BALENA_SETTINGS] = {
    [BW_BALENA_ALIGNMENT] = {"BALENA_IMAGE_ALIGNMENT", "RESIN_IMAGE_ALIGNMENT"},
    [BW_BALENA_SPACE] = {"DEVICE_SPECIFIC_SPACE", NULL},
    [BW_BALENA_BOOT_SIZE] = {"BALENA_BOOT_SIZE", "RESIN_BOOT_SIZE"},
    [BW_BALENA_ROOT_SIZE] = {"IMAGE_ROOTFS_SIZE", NULL},
    [BW_BALENA_ROOTB_SIZE] = {"BALENA_ROOTB_SIZE", "RESIN_ROOTB_SIZE"},
    [BW_BALENA_STATE_SIZE] = {"BALENA_STATE_SIZE", "RESIN_STATE_SIZE"},
    [BW_BALENA_DATA_SIZE] = {"PARTITION_SIZE", NULL},
};

typedef struct reading {
    bw_balena_image *image;
    const bw_balena_repo *repo;
    bw_bb_store *store;
    bw_arena *arena;
    const char *deploy;
} reading;

/* ---- sizes ---- */

/* A number as Python's int() and expr take it. */
static bool number_of(const char *text, uint64_t *number)
{
    char *end;

    while (g_ascii_isspace(*text))
        text++;
    if (!g_ascii_isdigit(*text))
        return false;
    *number = g_ascii_strtoull(text, &end, 10);
    while (g_ascii_isspace(*end))
        end++;
    return *end == 0 && *number != G_MAXUINT64;
}

/* "${@disk_aligned(d, 1024*1024)}": a product, rounded up. */
static bool aligned_product(const char *text, uint64_t alignment, uint64_t *number)
{
    static const char call[] = "${@disk_aligned(d,";
    uint64_t product = 1;

    while (g_ascii_isspace(*text))
        text++;
    if (!g_str_has_prefix(text, call) || !alignment)
        return false;
    text += strlen(call);
    for (;;) {
        char *end;

        while (*text == ' ')
            text++;
        if (!g_ascii_isdigit(*text) || __builtin_mul_overflow(product, g_ascii_strtoull(text, &end, 10), &product))
            return false;
        for (text = end; *text == ' '; text++)
            ;
        if (*text != '*')
            break;
        text++;
    }
    if (strcmp(text, ")}") != 0 || product > UINT64_MAX - alignment)
        return false;
    *number = (product + alignment - 1) / alignment * alignment;
    return true;
}

static bw_bb_value value_of(bw_bb_store *store, bw_balena_setting_kind kind)
{
    bw_bb_value value = bw_bb_get(store, variables[kind].name);

    if (!value.text && variables[kind].old)
        value = bw_bb_get(store, variables[kind].old);
    return value;
}

static void read_setting(reading *r, bw_bb_store *store, bw_balena_setting_kind kind, uint64_t unless)
{
    bw_balena_setting *s = &r->image->settings[kind];
    bw_bb_value value = value_of(store, kind);
    bool computed = value.text && strstr(value.text, "balena_rootfs_size"); /* the default, by Python */

    *s = (bw_balena_setting){.name = variables[kind].name, .value = unless, .known = true};
    if (!value.text || !*value.text || computed || (kind == BW_BALENA_ROOT_SIZE && strcmp(value.text, "0") == 0))
        return;
    s->set = true;
    s->place = value.place;
    s->known = (value.known && number_of(value.text, &s->value)) ||
               aligned_product(value.text, r->image->settings[BW_BALENA_ALIGNMENT].value, &s->value);
    if (!s->known && !r->image->unknown)
        r->image->unknown = bw_arena_printf(r->arena, "%s is not known", s->name);
}

/* The data partition is made by another recipe; few repositories say something about it. */
static void read_data_size(reading *r)
{
    static const char *const recipes[] = {"docker-disk", NULL};
    bw_balena_setting *s = &r->image->settings[BW_BALENA_DATA_SIZE];
    bool own = false;

    for (uint32_t i = 0; r->repo->layer && i < r->repo->layer->file_count && !own; i++) {
        const bw_bb_file *file = r->repo->layer->files[i];

        own = strstr(file->path, "/docker-disk") && memmem(file->source->text, file->source->len, "PARTITION_SIZE", 14);
    }
    bw_bb_store *store = own ? bw_balena_store(r->repo, r->image->device->machine, recipes) : NULL;
    *s = (bw_balena_setting){.name = variables[BW_BALENA_DATA_SIZE].name, .value = (uint64_t)192 * 1024, .known = true};
    if (!store)
        return;
    read_setting(r, store, BW_BALENA_DATA_SIZE, 192);
    if (s->value > UINT64_MAX / 1024)
        s->known = false;
    s->value = s->known ? s->value * 1024 : 0; /* MiB */
    bw_bb_store_free(store);
}

static void read_table_type(reading *r, bw_balena_sizes *sizes)
{
    bw_bb_value value = bw_bb_get(r->store, "PARTITION_TABLE_TYPE");

    r->image->table_place = value.place;
    if (!value.text)
        return;
    sizes->gpt = value.known && strcmp(value.text, "gpt") == 0;
    if (!sizes->gpt && !(value.known && strcmp(value.text, "msdos") == 0) && !r->image->unknown)
        r->image->unknown = "PARTITION_TABLE_TYPE is neither msdos nor gpt";
}

static bw_balena_sizes read_sizes(reading *r)
{
    bw_balena_image *image = r->image;
    bw_balena_setting *s = image->settings;
    bw_balena_sizes sizes = bw_balena_default_sizes(image->v8, image->flasher);
    bw_bb_value fat32 = bw_bb_get(r->store, "BALENA_BOOT_FAT32");

    read_table_type(r, &sizes);
    sizes.fat32 = fat32.text && strcmp(fat32.text, "1") == 0;
    read_setting(r, r->store, BW_BALENA_ALIGNMENT, sizes.alignment);
    sizes.alignment = s[BW_BALENA_ALIGNMENT].value;
    read_setting(r, r->store, BW_BALENA_SPACE, sizes.alignment);
    read_setting(r, r->store, BW_BALENA_BOOT_SIZE, sizes.boot);
    read_setting(r, r->store, BW_BALENA_STATE_SIZE, bw_balena_default_sizes(image->v8, false).state);
    read_setting(r, r->store, BW_BALENA_ROOTB_SIZE, image->flasher ? sizes.alignment : 0);
    read_data_size(r);
    sizes.device_specific = s[BW_BALENA_SPACE].value;
    sizes.boot = s[BW_BALENA_BOOT_SIZE].value;
    sizes.rootb = s[BW_BALENA_ROOTB_SIZE].value;
    if (!image->flasher) { /* which has neither */
        sizes.state = s[BW_BALENA_STATE_SIZE].value;
        sizes.data = s[BW_BALENA_DATA_SIZE].value;
    }
    read_setting(r, r->store, BW_BALENA_ROOT_SIZE,
                 bw_balena_default_root(image->v8, sizes.boot, s[BW_BALENA_STATE_SIZE].value, sizes.alignment));
    sizes.root = s[BW_BALENA_ROOT_SIZE].value;
    return sizes;
}

/* ---- writes ---- */

/* Functions that an image recipe runs behind the image: "write_mbr; other". */
static void follow_postprocess(reading *r, bw_balena_raw *raw)
{
    bw_bb_value value = bw_bb_get(r->store, "IMAGE_POSTPROCESS_COMMAND");
    char **names = g_strsplit_set(value.text ? value.text : "", "; \t\n", -1);

    for (char **name = names; *name; name++) {
        if (**name && !strchr(*name, '$'))
            bw_balena_raw_function(raw, r->repo, r->store, *name);
    }
    g_strfreev(names);
}

static void follow_image(reading *r, bw_balena_raw *raw)
{
    bw_balena_raw after = bw_balena_raw_new();

    bw_balena_raw_function(raw, r->repo, r->store, "device_specific_configuration");
    r->image->partitions_known = !raw->beyond && !raw->partitions_lost;
    if (bw_bb_style_of(r->store) == BW_BB_NEW_STYLE) {
        bw_balena_raw_function(&after, r->repo, r->store, "IMAGE_CMD:balenaos-img");
    } else {
        bw_balena_raw_function(&after, r->repo, r->store, "IMAGE_CMD_balenaos-img");
        bw_balena_raw_function(&after, r->repo, r->store, "IMAGE_CMD_resinos-img");
    }
    follow_postprocess(r, &after);
    g_array_append_vals(raw->writes, after.writes->data, after.writes->len);
    bw_balena_raw_free(&after);
}

/* What the flasher's variables have it write to the internal disk, after the image. */
static void add_flasher_write(reading *r, bw_bb_store *store, const char *suffix, GArray *writes)
{
    const char *const names[] = {"BOOTLOADER_FLASH_DEVICE", "BOOTLOADER_IMAGE", "BOOTLOADER_BLOCK_SIZE_OFFSET",
                                 "BOOTLOADER_SKIP_OUTPUT_BLOCKS"};
    bw_bb_value v[4];
    bw_bb_value disk = bw_bb_get(store, "INTERNAL_DEVICE_KERNEL");
    uint64_t seek = 0;
    bool on_disk = false;

    for (int i = 0; i < 4; i++)
        v[i] = bw_bb_get(store, bw_arena_join(r->arena, names[i], suffix, ""));
    if (!v[0].text || !*v[0].text)
        return;
    bw_balena_write w = {.hook = true, .flasher = true, .place = v[0].place};
    w.path = w.file = v[1].text && v[1].known && *v[1].text ? v[1].text : NULL;
    if (!w.path)
        w.path = "?";
    w.offset_known = v[2].text && v[2].known && bw_balena_dd_number(v[2].text, &w.block) && v[3].text && v[3].known &&
                     bw_balena_dd_number(v[3].text, &seek) && !__builtin_mul_overflow(seek, w.block, &w.offset);
    char **patterns = g_strsplit_set(disk.text ? disk.text : "", " \t", -1);
    for (char **p = patterns; *p; p++)
        on_disk |= **p && g_pattern_match_simple(*p, v[0].text);
    g_strfreev(patterns);
    if (!on_disk)
        w.medium = bw_arena_join(r->arena, "/dev/", v[0].text, "");
    g_array_append_val(writes, w);
}

static void add_flasher_writes(reading *r, GArray *writes)
{
    static const char *const recipes[] = {"resin-init-flasher", NULL};
    bw_bb_store *store = bw_balena_store(r->repo, r->image->device->machine, recipes);

    if (!store)
        return;
    add_flasher_write(r, store, "", writes);
    add_flasher_write(r, store, "_1", writes);
    bw_bb_store_free(store);
}

static void add_hook_writes(reading *r, GArray *writes)
{
    GArray *hooks = bw_balena_hooks_of(r->repo, r->image->device);

    for (guint i = 0; i < hooks->len; i++)
        bw_balena_hook_writes(r->repo, &g_array_index(hooks, bw_balena_hook, i), writes);
    r->image->hooks = bw_arena_dup(r->arena, hooks->data, hooks->len * sizeof(bw_balena_hook));
    r->image->hook_count = hooks->len;
    g_array_unref(hooks);
}

static uint64_t size_below(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL);
    GStatBuf st;
    uint64_t size = g_stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;

    g_free(path);
    return size;
}

/* The size of a file that was built, by its path behind what is not known. */
static uint64_t size_in(const char *deploy, const bw_balena_write *w)
{
    const char *rest = strrchr(w->path, '?');
    const char *const tries[] = {rest ? rest + 1 : w->path, w->file};
    uint64_t size = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(tries) && size == 0; i++) {
        if (tries[i] && *tries[i] && !strstr(tries[i], ".."))
            size = size_below(deploy, tries[i]);
    }
    /* `find` in the fragment looks into folders: so do we, one level */
    GDir *dir = size || !w->file ? NULL : g_dir_open(deploy, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(name, w->file, NULL);
        uint64_t found = size_below(deploy, path);

        size = size && found && found != size ? 0 : MAX(size, found);
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    return w->most && w->most < size ? w->most : size;
}

static int by_place_on_disk(const void *x, const void *y)
{
    const bw_balena_write *a = x, *b = y;

    if (!a->medium != !b->medium)
        return a->medium ? 1 : -1;
    if (a->offset_known != b->offset_known)
        return a->offset_known ? -1 : 1;
    if (a->offset_known && a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return a->hook - b->hook;
}

static void put_writes(reading *r, GArray *writes)
{
    bw_balena_disk *disk = &r->image->disk;

    for (guint i = 0; r->deploy && i < writes->len; i++) {
        bw_balena_write *w = &g_array_index(writes, bw_balena_write, i);

        if (!w->size)
            w->size = size_in(r->deploy, w);
    }
    disk->writes = bw_arena_dup(r->arena, writes->data, writes->len * sizeof(bw_balena_write));
    disk->write_count = writes->len;
    if (disk->write_count)
        qsort(disk->writes, disk->write_count, sizeof *disk->writes, by_place_on_disk);
}

/* ---- what is not here ---- */

/* "nanopi-r2s" of "conf/machine/nanopi-r2s.conf"; 0 if it is no machine's file. */
static size_t machine_of(const char *missing, const char **name)
{
    static const char folder[] = "conf/machine/";
    size_t len = strlen(missing);

    if (!g_str_has_prefix(missing, folder) || len < strlen(folder) + 5 || !g_str_has_suffix(missing, ".conf"))
        return 0;
    *name = missing + strlen(folder);
    return len - strlen(folder) - strlen(".conf");
}

static bool is_named(const char *const *missing, const char *word)
{
    for (; *missing; missing++) {
        const char *name;
        size_t len = machine_of(*missing, &name);

        if (len && strlen(word) == len && memcmp(word, name, len) == 0)
            return true;
    }
    return false;
}

static bool is_other_machine(const bw_balena_repo *repo, const char *word)
{
    for (uint32_t i = 0; i < repo->device_count; i++) {
        if (repo->devices[i].machine && strcmp(repo->devices[i].machine, word) == 0)
            return true;
    }
    return false;
}

/* Whether overrides ("mx8:plank") may be in force by what is not here: none of them is another machine, unless that
 * machine's file is what is required. */
static bool may_be_in_force(const reading *r, const char *const *missing, const char *overrides)
{
    char **words = g_strsplit_set(overrides, ":", -1);
    bool maybe = !bw_bb_has_override(r->store, overrides);

    for (char **w = words; *w && maybe; w++)
        maybe = bw_bb_has_override(r->store, *w) || is_named(missing, *w) || !is_other_machine(r->repo, *w);
    g_strfreev(words);
    return maybe;
}

/* A machine's file that is not here may bring overrides (MACHINEOVERRIDES) that choose other values. */
static void look_for_doubt(reading *r)
{
    static const char *const names[] = {"DEVICE_SPECIFIC_SPACE", "PARTITION_TABLE_TYPE", "BALENA_BOOT_SIZE",
                                        "BALENA_IMAGE_ALIGNMENT", "device_specific_configuration"};
    const char *const *missing = bw_bb_missing(r->store);
    const char *file = NULL, *name;

    for (uint32_t i = 0; missing[i] && !file; i++)
        file = machine_of(missing[i], &name) ? missing[i] : NULL;
    for (size_t i = 0; file && i < G_N_ELEMENTS(names) && !r->image->unsure; i++) {
        GPtrArray *variants = bw_bb_variants(r->store, names[i]);

        for (guint k = 0; k < variants->len; k++) {
            if (may_be_in_force(r, missing, variants->pdata[k]))
                r->image->unsure = file;
        }
        g_ptr_array_free(variants, TRUE);
    }
}

/* ---- the image ---- */

static const char *recipe_of(const bw_balena_device *device, bool flasher)
{
    bool old = device->image && g_str_has_prefix(device->image, "resin-");

    if (flasher)
        return old ? "resin-image-flasher" : "balena-image-flasher";
    return old ? "resin-image" : "balena-image";
}

void bw_balena_image_read(bw_balena_image *image, const bw_balena_repo *repo, const bw_balena_device *device,
                          bool flasher, const char *deploy)
{
    reading r = {.image = image, .repo = repo, .arena = &repo->unit->arena, .deploy = deploy};
    const char *const recipes[] = {recipe_of(device, flasher), NULL};
    bw_balena_raw raw = bw_balena_raw_new();

    *image = (bw_balena_image){.device = device, .flasher = flasher};
    image->v8 = !repo->version || g_ascii_strtoull(repo->version, NULL, 10) >= 8;
    r.store = device->machine ? bw_balena_store(repo, device->machine, recipes) : NULL;
    if (!r.store) {
        image->unknown = "the device type names no machine";
        bw_balena_raw_free(&raw);
        return;
    }
    look_for_doubt(&r);
    bw_balena_sizes sizes = read_sizes(&r);
    follow_image(&r, &raw);
    if (!flasher) {
        add_hook_writes(&r, raw.writes);
        if (device->flasher)
            add_flasher_writes(&r, raw.writes);
    }
    if (raw.partitions->len)
        image->first_extra = bw_arena_dup(r.arena, raw.partitions->data, sizeof(bw_balena_partition));
    if (image->unknown)
        image->disk = (bw_balena_disk){.sizes = sizes};
    else
        image->drawn = bw_balena_disk_make(&image->disk, &sizes, (bw_balena_partition *)(void *)raw.partitions->data,
                                           raw.partitions->len, r.arena);
    put_writes(&r, raw.writes);
    bw_bb_store_free(r.store);
    bw_balena_raw_free(&raw);
}

/* ---- hooks ---- */

/* meta-balena's own, of all its releases. */
static bool is_of_meta_balena(const char *name)
{
    static const char *const names[] = {
        "0-bootfiles",          "0-signed-update",  "1-bootfiles",    "60-data-breadcrumb",      "70-sshd_migrate_keys",
        "75-supervisor-db",     "76-supervisor-db", "80-rollback",    "85-os-blocks-extensions", "95-secureboot",
        "99-balena-bootloader", "99-resin-grub",    "99-resin-uboot", "99-resin-bootfiles",
    };
    size_t len = strcspn(name, "/");

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return true;
    }
    return false;
}

/* The file of a hook: FILESPATH prefers a folder of the machine. */
static const char *hook_file(const bw_balena_repo *repo, const char *machine, const char *name)
{
    char *end = g_strconcat("/", name, NULL);
    char *folder = g_strconcat("/", machine, end, NULL);
    uint32_t count;
    const char *const *found = bw_balena_layer_files(repo, bw_path_name(name), &count);
    const char *path = NULL;

    for (uint32_t i = 0; i < count; i++) {
        const char *p = found[i];

        if (!g_str_has_suffix(p, end) || !strstr(p, "hostapp-update"))
            continue;
        if (!path || g_str_has_suffix(p, folder))
            path = p;
    }
    g_free(folder);
    g_free(end);
    return path;
}

/* The word itself in the statement that has it, else the whole value. */
static bw_place place_of_word(bw_bb_store *store, const char *variable, const char *word, bw_place otherwise)
{
    GPtrArray *parts = bw_bb_parts(store, variable);
    bw_place place = otherwise;
    size_t len = strlen(word);

    for (guint i = 0; i < parts->len; i++) {
        const bw_bb_statement *s = parts->pdata[i];
        bw_source *source = s->value_place.source;
        const char *line;
        uint32_t line_len;

        if (!strstr(s->value, word) || !source || !bw_source_line(source, s->value_place.source_line, &line, &line_len))
            continue;
        place = s->value_place;
        const char *stop = source->text + source->len;
        for (const char *p = line; (p = memmem(p, (size_t)(stop - p), word, len)); p++) {
            if (strchr(" \t\n\"'\\", p[-1]) && (p + len == stop || strchr(" \t\n\"'\\", p[len]))) {
                uint32_t at = (uint32_t)(p - source->text);

                place = bw_source_place(source, at, at + (uint32_t)len);
                break;
            }
        }
    }
    g_ptr_array_free(parts, TRUE);
    return place;
}

GArray *bw_balena_hooks_of(const bw_balena_repo *repo, const bw_balena_device *device)
{
    static const char *const recipes[] = {"hostapp-update-hooks", NULL};
    GArray *hooks = g_array_new(FALSE, FALSE, sizeof(bw_balena_hook));
    bw_bb_store *store = device->machine ? bw_balena_store(repo, device->machine, recipes) : NULL;

    if (!store)
        return hooks;
    bw_bb_value value = bw_bb_get(store, "HOSTAPP_HOOKS");
    char **names = g_strsplit_set(value.text ? value.text : "", " \t\n", -1);
    for (char **name = names; *name; name++) {
        bw_balena_hook hook = {.place = value.place};

        if (!**name || strpbrk(*name, "${}@,'\"()"))
            continue;
        hook.name = bw_arena_strdup(&repo->unit->arena, *name);
        hook.path = hook_file(repo, device->machine, hook.name);
        hook.own = !is_of_meta_balena(hook.name);
        hook.place = place_of_word(store, "HOSTAPP_HOOKS", hook.name, value.place);
        g_array_append_val(hooks, hook);
    }
    g_strfreev(names);
    bw_bb_store_free(store);
    return hooks;
}

bool bw_balena_hook_writes(const bw_balena_repo *repo, const bw_balena_hook *hook, GArray *writes)
{
    bw_balena_raw raw = bw_balena_raw_new();

    if (hook->path)
        bw_balena_raw_script(&raw, repo, hook->path);
    g_array_append_vals(writes, raw.writes->data, raw.writes->len);
    bw_balena_raw_free(&raw);
    return !raw.beyond;
}

/* ---- the boot partition ---- */

/* ${…} becomes '*'; what ${@…} may add is left out. */
static void wild(const char *text, GString *out)
{
    while (*text) {
        if (text[0] == '$' && text[1] == '{') {
            bool python = text[2] == '@';
            int level = 1;

            for (text += 2; *text && level > 0; text++)
                level += (*text == '{') - (*text == '}');
            if (!python)
                g_string_append_c(out, '*');
        } else {
            g_string_append_c(out, *text++);
        }
    }
}

static bool is_own(const bw_balena_repo *repo, bw_place place)
{
    return place.file && repo->layer && g_str_has_prefix(place.file, repo->layer->path);
}

/* What the layer itself adds by an expression. (What meta-balena adds so is known to be no boot loader.) */
static bool own_expression(const bw_balena_repo *repo, bw_bb_store *store)
{
    GPtrArray *parts = bw_bb_parts(store, "BALENA_BOOT_PARTITION_FILES");
    bool found = false;

    for (guint i = 0; i < parts->len; i++) {
        const bw_bb_statement *s = parts->pdata[i];

        found |= is_own(repo, s->name_place) && strstr(s->value, "${@");
    }
    g_ptr_array_free(parts, TRUE);
    return found;
}

/* "/dir/" + base of the source, "/" + source without a destination. */
static const char *destination(const char *entry, bw_arena *arena)
{
    char **fields = g_strsplit(entry, ":", 3);
    const char *to = fields[0] && fields[1] ? fields[1] : "";
    const char *path = *to ? bw_arena_strdup(arena, to) : bw_arena_join(arena, "/", fields[0] ? fields[0] : "", "");

    if (*path && path[strlen(path) - 1] == '/') { /* a folder's files have names that are not said */
        const char *name = bw_path_name(fields[0]);

        path = bw_arena_join(arena, path, *name && strchr(name, '.') ? name : "*", "");
    }
    g_strfreev(fields);
    return path;
}

/* Python of a recipe may add to the list what cannot be told. */
static bool python_adds(const bw_balena_repo *repo)
{
    for (uint32_t i = 0; repo->layer && i < repo->layer->file_count; i++) {
        const bw_bb_file *file = repo->layer->files[i];

        for (uint32_t k = 0; k < file->count; k++) {
            if (file->statements[k].python && strstr(file->statements[k].value, "_BOOT_PARTITION_FILES"))
                return true;
        }
    }
    return false;
}

bw_balena_boot_files bw_balena_boot_files_of(const bw_balena_repo *repo, const bw_balena_device *device, bool flasher)
{
    const char *const recipes[] = {recipe_of(device, flasher), NULL};
    bw_balena_boot_files files = {0};
    bw_bb_store *store = device->machine ? bw_balena_store(repo, device->machine, recipes) : NULL;
    GString *text = g_string_new(NULL);

    if (!store) {
        g_string_free(text, TRUE);
        return files;
    }
    bw_bb_value value = bw_bb_get(store, "BALENA_BOOT_PARTITION_FILES");
    if (!value.text)
        value = bw_bb_get(store, "RESIN_BOOT_PARTITION_FILES");
    wild(value.text ? value.text : "", text);
    files.whole = value.text && !own_expression(repo, store) && !python_adds(repo);
    char **entries = g_strsplit_set(text->str, " \t\n", -1);
    files.paths = bw_arena_array(&repo->unit->arena, const char *, g_strv_length(entries) + 1);
    for (char **entry = entries; *entry; entry++) {
        if (**entry)
            files.paths[files.count++] = destination(*entry, &repo->unit->arena);
        files.whole &= strcmp(*entry, "*") != 0;
    }
    g_strfreev(entries);
    g_string_free(text, TRUE);
    bw_bb_store_free(store);
    return files;
}
