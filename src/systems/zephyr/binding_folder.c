/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/binding_folder.h"

#include "systems/zephyr/walk.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 32
#define READERS_MAX 4

struct bw_zephyr_binding_folders {
    GMutex lock; /* for all below */
    bw_arena arena;
    GHashTable *by_dir; /* path -> GArray of bw_zephyr_binding_text */
};

/* "compatible: x" on a line of its own, at the top or of a child; a property called compatible has no value there. */
static const char *const *compatibles_in(bw_arena *arena, const char *text)
{
    static const char word[] = "compatible:";
    static const size_t word_len = sizeof word - 1;
    GPtrArray *found = g_ptr_array_new();

    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word)) {
        const char *line = p;
        const char *value = p + word_len;

        while (line > text && (line[-1] == ' '))
            line--;
        if (line > text && line[-1] != '\n')
            continue;
        value += strspn(value, " \t");
        size_t len = *value == '"' || *value == '\'' ? strcspn(value + 1, "\"'\n") : strcspn(value, " \t\r\n#");
        if (len)
            g_ptr_array_add(found, bw_arena_strndup(arena, value + (*value == '"' || *value == '\''), len));
    }
    g_ptr_array_add(found, NULL);
    const char *const *list = bw_arena_dup(arena, found->pdata, found->len * sizeof(char *));
    g_ptr_array_free(found, TRUE);
    return list;
}

/* A file that may be a binding, and its text as long as it is looked at. */
typedef struct candidate {
    const char *name, *path;
    char *text;
} candidate;

/* In the order of names, folders among them. */
static void find_candidates(bw_arena *arena, const char *dir, int depth, GArray *found)
{
    GPtrArray *names = bw_zephyr_names_in(dir);

    for (guint i = 0; names && i < names->len; i++) {
        candidate c = {.name = names->pdata[i]};

        c.path = bw_zephyr_path(arena, dir, c.name);
        if (g_str_has_suffix(c.name, ".yaml") || g_str_has_suffix(c.name, ".yml")) {
            c.name = c.path + strlen(c.path) - strlen(c.name);
            g_array_append_val(found, c);
        } else if (!strchr(c.name, '.') && depth < DEPTH_MAX && bw_zephyr_is_dir(c.path)) {
            find_candidates(arena, c.path, depth + 1, found);
        }
    }
    if (names)
        g_ptr_array_free(names, TRUE);
}

/* Thousands of small files, which most of an editor's time would go to: some threads read them. */
typedef struct readers {
    GArray *candidates;
    gint next; /* atomic */
} readers;

/* @return the text of a file (to be freed), or NULL if it cannot be read. */
static char *read_text(const char *path)
{
    char buffer[16384];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = file >= 0 ? read(file, buffer, sizeof buffer) : -1;
    char *text = NULL;

    if (file >= 0)
        close(file);
    if (len < 0)
        return NULL;
    if ((size_t)len < sizeof buffer)
        return g_strndup(buffer, (gsize)len);
    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static gpointer read_some(gpointer data)
{
    readers *r = data;

    for (;;) {
        guint i = (guint)g_atomic_int_add(&r->next, 16);

        if (i >= r->candidates->len)
            return NULL;
        for (guint end = MIN(i + 16, r->candidates->len); i < end; i++) {
            candidate *c = &g_array_index(r->candidates, candidate, i);

            c->text = read_text(c->path);
        }
    }
}

static void read_all(GArray *candidates)
{
    GThread *helpers[READERS_MAX - 1];
    guint count = MIN(g_get_num_processors(), READERS_MAX) - 1;
    readers r = {candidates, 0};

    for (guint i = 0; i < count; i++)
        helpers[i] = g_thread_new("bindings", read_some, &r);
    read_some(&r);
    for (guint i = 0; i < count; i++)
        g_thread_join(helpers[i]);
}

static GArray *read_folder(bw_arena *arena, const char *dir)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(candidate));
    GArray *texts = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_binding_text));

    find_candidates(arena, dir, 0, found);
    read_all(found);
    for (guint i = 0; i < found->len; i++) {
        const candidate *c = &g_array_index(found, candidate, i);

        if (!c->text)
            continue;
        bw_zephyr_binding_text t = {c->name, c->path, compatibles_in(arena, c->text)};
        g_array_append_val(texts, t);
        g_free(c->text);
    }
    g_array_free(found, TRUE);
    return texts;
}

static void free_texts(gpointer texts)
{
    g_array_free(texts, TRUE);
}

bw_zephyr_binding_folders *bw_zephyr_binding_folders_new(void)
{
    bw_zephyr_binding_folders *folders = g_new0(bw_zephyr_binding_folders, 1);

    g_mutex_init(&folders->lock);
    bw_arena_init(&folders->arena);
    folders->by_dir = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_texts);
    return folders;
}

void bw_zephyr_binding_folders_free(bw_zephyr_binding_folders *folders)
{
    if (!folders)
        return;
    g_hash_table_destroy(folders->by_dir);
    g_mutex_clear(&folders->lock);
    bw_arena_free(&folders->arena);
    g_free(folders);
}

const GArray *bw_zephyr_binding_folder(bw_zephyr_binding_folders *folders, const char *dir)
{
    g_mutex_lock(&folders->lock);
    GArray *texts = g_hash_table_lookup(folders->by_dir, dir);
    if (!texts) {
        texts = read_folder(&folders->arena, dir);
        g_hash_table_insert(folders->by_dir, bw_arena_strdup(&folders->arena, dir), texts);
    }
    g_mutex_unlock(&folders->lock);
    return texts;
}
