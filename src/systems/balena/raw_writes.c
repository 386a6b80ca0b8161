/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/raw_writes.h"

#include "base/folder.h"
#include "yocto/shell.h"

#include <dirent.h>
#include <glib/gstdio.h>
#include <stdlib.h>

/* What ${BALENA_RAW_IMG} becomes: the image that is being made. */
#define RAW_IMAGE "<image>"

static const char unknown[] = {BW_SH_UNKNOWN, 0};

typedef struct follower {
    bw_balena_raw *raw;
    const bw_balena_repo *repo;
    bw_bb_store *store; /* NULL: a script of the device */
    bw_arena *arena;
} follower;

bw_balena_raw bw_balena_raw_new(void)
{
    return (bw_balena_raw){
        .writes = g_array_new(FALSE, FALSE, sizeof(bw_balena_write)),
        .partitions = g_array_new(FALSE, FALSE, sizeof(bw_balena_partition)),
    };
}

void bw_balena_raw_free(bw_balena_raw *raw)
{
    g_array_unref(raw->writes);
    g_array_unref(raw->partitions);
}

/* ---- dd ---- */

/* The factor of a suffix; 0 if it is none. */
static uint64_t factor_of(const char *suffix)
{
    static const char letters[] = "KMGTPE";
    uint64_t thousand = 1024, factor = 1;

    if (!*suffix)
        return 1;
    if (strcmp(suffix, "c") == 0 || strcmp(suffix, "B") == 0)
        return 1;
    if (strcmp(suffix, "w") == 0)
        return 2;
    if (strcmp(suffix, "b") == 0)
        return 512;

    const char *letter = strchr(letters, g_ascii_toupper(*suffix));
    if (!letter)
        return 0;
    if (strcmp(suffix + 1, "B") == 0)
        thousand = 1000;
    else if (suffix[1] && strcmp(suffix + 1, "iB") != 0)
        return 0;
    for (const char *l = letters; l <= letter; l++)
        factor *= thousand;
    return factor;
}

bool bw_balena_dd_number(const char *text, uint64_t *number)
{
    uint64_t product = 1;

    for (;;) {
        char *end;
        uint64_t value;

        if (!g_ascii_isdigit(*text))
            return false;
        value = g_ascii_strtoull(text, &end, 10);

        const char *x = strchr(end, 'x');
        char *suffix = g_strndup(end, x ? (size_t)(x - end) : strlen(end));
        uint64_t factor = factor_of(suffix);
        g_free(suffix);
        if (!factor || value == G_MAXUINT64 || __builtin_mul_overflow(value, factor, &value) ||
            __builtin_mul_overflow(product, value, &product))
            return false;
        if (!x)
            break;
        text = x + 1;
    }
    *number = product;
    return true;
}

typedef struct dd {
    const char *from, *to;
    uint64_t in_block, out_block, seek, count;
    bool has_count, known, notrunc;
} dd;

static void read_operand(dd *d, const char *word)
{
    static const struct {
        const char *name;
        size_t in, out;
    } numbers[] = {
        {"bs=", offsetof(dd, in_block), offsetof(dd, out_block)},
        {"ibs=", offsetof(dd, in_block), offsetof(dd, in_block)},
        {"obs=", offsetof(dd, out_block), offsetof(dd, out_block)},
        {"seek=", offsetof(dd, seek), offsetof(dd, seek)},
        {"oseek=", offsetof(dd, seek), offsetof(dd, seek)},
        {"count=", offsetof(dd, count), offsetof(dd, count)},
    };

    if (g_str_has_prefix(word, "if="))
        d->from = word + 3;
    else if (g_str_has_prefix(word, "of="))
        d->to = word + 3;
    else if (g_str_has_prefix(word, "conv="))
        d->notrunc |= strstr(word, "notrunc") != NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        uint64_t value = 0;

        if (!g_str_has_prefix(word, numbers[i].name))
            continue;
        bool is_count = numbers[i].in == offsetof(dd, count);
        bool known = bw_balena_dd_number(word + strlen(numbers[i].name), &value);
        if (is_count)
            d->has_count = known;
        else
            d->known &= known;
        *(uint64_t *)((char *)d + numbers[i].in) = value;
        *(uint64_t *)((char *)d + numbers[i].out) = value;
    }
}

/* '?' for what is not known. */
static const char *shown(const follower *f, const char *word)
{
    char *text = bw_arena_strdup(f->arena, word);

    for (char *p = text; *p; p++) {
        if (*p == BW_SH_UNKNOWN)
            *p = '?';
    }
    return text;
}

static const char *known_name(const follower *f, const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;

    return name && *name && bw_sh_known(name) ? bw_arena_strdup(f->arena, name) : NULL;
}

/* Whether a path is a disk as a whole, another medium, or neither (a file, a partition). */
typedef enum target { TARGET_NONE, TARGET_DISK, TARGET_OTHER } target;

static target target_of(const follower *f, const char *path)
{
    if (f->store)
        return strcmp(path, RAW_IMAGE) == 0 ? TARGET_DISK : TARGET_NONE;

    const char *name = strrchr(path, '/');
    size_t len = strlen(path);
    if (!g_str_has_prefix(path, "/dev/"))
        return TARGET_NONE;
    if (strstr(path, "boot0") || strstr(path, "boot1") || g_str_has_prefix(path, "/dev/mtd"))
        return TARGET_OTHER;
    if (g_str_has_prefix(path, "/dev/disk/") || strcmp(path, "/dev/null") == 0)
        return TARGET_NONE;
    /* mmcblk0p1, nvme0n1p2, sda1 are partitions; "/dev/?" is what the hooks work out to be the disk */
    if (name && bw_sh_known(name) && len > 1 && g_ascii_isdigit(path[len - 1])) {
        const char *p = path + len - 1;

        while (g_ascii_isdigit(*p))
            p--;
        if (*p == 'p' || g_str_has_prefix(name, "/sd"))
            return TARGET_NONE;
    }
    return TARGET_DISK;
}

static void add_write(const follower *f, const bw_sh_command *command)
{
    dd d = {.in_block = 512, .out_block = 512, .known = true};
    bw_balena_write w = {.maybe = command->maybe, .hook = !f->store, .place = command->place};

    for (uint32_t i = 1; i < command->count; i++)
        read_operand(&d, command->words[i]);
    target to = d.to ? target_of(f, d.to) : TARGET_NONE;
    if (to == TARGET_NONE)
        return;
    w.path = shown(f, d.from ? d.from : unknown);
    w.file = d.from && strcmp(d.from, "/dev/zero") == 0 ? "zeroes" : known_name(f, d.from);
    w.block = d.out_block;
    w.offset_known = d.known && !__builtin_mul_overflow(d.seek, d.out_block, &w.offset);
    if (d.has_count && __builtin_mul_overflow(d.count, d.in_block, &w.most))
        w.most = 0;
    if (d.from && strcmp(d.from, "/dev/zero") == 0)
        w.size = w.most;
    w.truncates = f->store && !d.notrunc;
    w.medium = to == TARGET_OTHER ? shown(f, d.to) : NULL;
    g_array_append_val(f->raw->writes, w);
}

/* ---- parted ---- */

/* Sectors of "64", "64s", "4MiB" in a unit. @return false when that is not exact */
static bool sector_of(const char *text, const char *unit, bool end, uint64_t *sector)
{
    static const struct {
        const char *name;
        uint64_t bytes;
        bool binary; /* an end is exclusive */
    } units[] = {
        {"s", 512, false}, {"B", 1, false}, {"KiB", 1024, true}, {"MiB", 1 << 20, true}, {"GiB", 1 << 30, true}};
    char *suffix;
    uint64_t value, bytes;

    if (!g_ascii_isdigit(*text))
        return false;
    value = g_ascii_strtoull(text, &suffix, 10);
    if (*suffix)
        unit = suffix;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_ascii_strcasecmp(unit, units[i].name) != 0)
            continue;
        if (__builtin_mul_overflow(value, units[i].bytes, &bytes))
            return false;
        *sector = bytes / BW_BALENA_SECTOR;
        if (end && units[i].binary && *sector)
            --*sector;
        return true;
    }
    return false;
}

/* @param words behind "mkpart" */
static void add_partition(const follower *f, const bw_sh_command *command, const char *const *words, uint32_t count,
                          const char *unit)
{
    bw_balena_partition p = {.device_specific = true, .place = command->place};

    /* The label, maybe a file system, start and end. */
    if (count < 3 || command->maybe || !sector_of(words[count - 2], unit, false, &p.first) ||
        !sector_of(words[count - 1], unit, true, &p.last)) {
        f->raw->partitions_lost = true;
        return;
    }
    p.label = shown(f, words[0]);
    g_array_append_val(f->raw->partitions, p);
}

static void follow_parted(const follower *f, const bw_sh_command *command)
{
    const char *unit = "MB"; /* which is taken for inexact */
    bool on_image = false;

    for (uint32_t i = 1; i < command->count; i++) {
        const char *word = command->words[i];

        if (strcmp(word, RAW_IMAGE) == 0)
            on_image = true;
        else if (strcmp(word, "unit") == 0 && i + 1 < command->count)
            unit = command->words[++i];
        else if (strcmp(word, "mkpart") == 0 && on_image) {
            uint32_t count = MIN(command->count - i - 1, 4);

            if (count == 4 &&
                (i + 5 < command->count || !sector_of(command->words[i + 3], unit, false, &(uint64_t){0})))
                count = 3; /* another command follows */
            add_partition(f, command, command->words + i + 1, count, unit);
            i += count;
        }
    }
}

/* sgdisk and its like make partitions in ways that are not followed. */
static void follow_other(const follower *f, const bw_sh_command *command)
{
    bool on_image = false, makes = false;

    for (uint32_t i = 1; i < command->count; i++) {
        on_image |= strcmp(command->words[i], RAW_IMAGE) == 0;
        makes |= g_str_has_prefix(command->words[i], "-n") || g_str_has_prefix(command->words[i], "--new");
    }
    f->raw->partitions_lost |= on_image && makes;
}

/* ---- answers to the walk ---- */

static void see_command(void *data, const bw_sh_command *command)
{
    const follower *f = data;
    const char *slash = strrchr(command->words[0], '/');
    const char *name = slash ? slash + 1 : command->words[0];

    if (strcmp(name, "dd") == 0)
        add_write(f, command);
    else if (f->store && strcmp(name, "parted") == 0)
        follow_parted(f, command);
    else if (f->store && strcmp(name, "sgdisk") == 0)
        follow_other(f, command);
}

/* What stays of ${…} is not known. */
static const char *marked(const follower *f, const bw_bb_value *value)
{
    const char *p = value->text;
    GString *text;

    if (value->known)
        return value->text;
    if (!strstr(p, "${"))
        return unknown;
    text = g_string_new(NULL);
    while (*p) {
        if (p[0] == '$' && p[1] == '{') {
            int level = 1;

            for (p += 2; *p && level > 0; p++)
                level += (*p == '{') - (*p == '}');
            g_string_append_c(text, BW_SH_UNKNOWN);
        } else {
            g_string_append_c(text, *p++);
        }
    }
    const char *kept = bw_arena_strndup(f->arena, text->str, text->len);
    g_string_free(text, TRUE);
    return kept;
}

static const char *bitbake_value(void *data, const char *name)
{
    const follower *f = data;

    if (strcmp(name, "BALENA_RAW_IMG") == 0 || strcmp(name, "RESIN_RAW_IMG") == 0)
        return RAW_IMAGE;
    if (*name == '@')
        return unknown;
    bw_bb_value value = bw_bb_get(f->store, name);
    return value.text ? marked(f, &value) : NULL;
}

static bw_sh_text text_of(const bw_bb_statement *s)
{
    return (bw_sh_text){
        .text = s->value,
        .len = strlen(s->value),
        .source = s->value_place.source,
        .line = s->value_place.source_line,
    };
}

static bool own_function(void *data, const char *name, bw_sh_text *body)
{
    const follower *f = data;
    GPtrArray *bodies = bw_bb_shell(f->store, name);
    /* of one with appends the parts are not one text */
    bool found = bodies->len == 1 && ((const bw_bb_statement *)bodies->pdata[0])->kind == BW_BB_FUNCTION;

    if (found)
        *body = text_of(bodies->pdata[0]);
    g_ptr_array_free(bodies, TRUE);
    return found;
}

static const char *file_text(void *data, const char *path)
{
    const follower *f = data;
    const char *name = strrchr(path, '/');
    int error_number = 0;

    name = name ? name + 1 : path;
    const char *found = *name && bw_sh_known(name) ? bw_balena_layer_file(f->repo, name) : NULL;
    const bw_source *source = found ? bw_source_open(f->repo->unit->ctx->sources, found, &error_number) : NULL;
    return source && !memchr(source->text, 0, source->len) ? source->text : NULL;
}

/* ---- the outside ---- */

void bw_balena_raw_function(bw_balena_raw *raw, const bw_balena_repo *repo, bw_bb_store *store, const char *name)
{
    follower f = {.raw = raw, .repo = repo, .store = store, .arena = &repo->unit->arena};
    const bw_sh_host host = {
        .data = &f, .bitbake = bitbake_value, .function = own_function, .file = file_text, .command = see_command};
    GPtrArray *bodies = bw_bb_shell(store, name);
    bw_sh *sh = bw_sh_new(&host, f.arena);

    for (guint i = 0; i < bodies->len; i++) {
        const bw_bb_statement *s = bodies->pdata[i];
        bw_sh_text text = text_of(s);

        if (s->kind != BW_BB_FUNCTION)
            continue;
        /* meta-balena's own body makes the partitions that disk.h computes. */
        if (s->value_place.file && strstr(s->value_place.file, "image_types_balena"))
            continue;
        raw->beyond |= s->python || !bw_sh_run(sh, &text);
    }
    bw_sh_free(sh);
    g_ptr_array_free(bodies, TRUE);
}

void bw_balena_raw_script(bw_balena_raw *raw, const bw_balena_repo *repo, const char *path)
{
    follower f = {.raw = raw, .repo = repo, .arena = &repo->unit->arena};
    const bw_sh_host host = {.data = &f, .command = see_command};
    int error_number = 0;
    bw_source *source = bw_source_open(repo->unit->ctx->sources, path, &error_number);

    if (!source || memchr(source->text, 0, source->len))
        return;
    bw_sh *sh = bw_sh_new(&host, f.arena);
    raw->beyond |= !bw_sh_run(sh, &(bw_sh_text){source->text, source->len, source, 1});
    bw_sh_free(sh);
}

/* ---- files of the layer ---- */

#define MAX_FILES 50000
#define MAX_DEPTH 16

typedef struct search {
    GPtrArray *found; /* of char *, in the arena */
    bw_arena *arena;
} search;

static bool is_folder(const char *path, const struct dirent *entry)
{
    GStatBuf st;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return g_lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void look_through(search *s, const char *folder, int depth)
{
    DIR *dir = depth < MAX_DEPTH ? opendir(folder) : NULL;
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)) && s->found->len < MAX_FILES) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = bw_arena_join(s->arena, folder, "/", entry->d_name);
        if (is_folder(path, entry))
            look_through(s, path, depth + 1);
        else
            g_ptr_array_add(s->found, path);
    }
    if (dir)
        closedir(dir);
}

static int by_name(const void *x, const void *y)
{
    const char *a = *(char *const *)x, *b = *(char *const *)y;
    int order = strcmp(bw_path_name(a), bw_path_name(b));

    return order ? order : strcmp(a, b);
}

static void find_own_files(const bw_balena_repo *repo)
{
    bw_balena_repo *keeper = (bw_balena_repo *)(uintptr_t)repo;
    search s = {.found = g_ptr_array_new(), .arena = &repo->unit->arena};

    keeper->own_files_known = true;
    if (repo->layer)
        look_through(&s, repo->layer->path, 0);
    if (s.found->len) {
        qsort(s.found->pdata, s.found->len, sizeof(char *), by_name);
        keeper->own_files = bw_arena_dup(s.arena, s.found->pdata, s.found->len * sizeof(char *));
        keeper->own_file_count = s.found->len;
    }
    g_ptr_array_free(s.found, TRUE);
}

static bool same_text(const bw_balena_repo *repo, const char *a, const char *b)
{
    int error_number = 0;
    const bw_source *x = bw_source_open(repo->unit->ctx->sources, a, &error_number);
    const bw_source *y = bw_source_open(repo->unit->ctx->sources, b, &error_number);

    return x && y && x->len == y->len && memcmp(x->text, y->text, x->len) == 0;
}

const char *const *bw_balena_layer_files(const bw_balena_repo *repo, const char *name, uint32_t *count)
{
    uint32_t low = 0, high;

    if (!repo->own_files_known)
        find_own_files(repo);
    high = repo->own_file_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(bw_path_name(repo->own_files[middle]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < repo->own_file_count && strcmp(bw_path_name(repo->own_files[low + *count]), name) == 0)
        ++*count;
    return repo->own_files + low;
}

const char *bw_balena_layer_file(const bw_balena_repo *repo, const char *name)
{
    uint32_t count;
    const char *const *found = bw_balena_layer_files(repo, name, &count);

    for (uint32_t i = 1; i < count; i++) {
        if (!same_text(repo, found[0], found[i]))
            return NULL;
    }
    return count ? found[0] : NULL;
}
