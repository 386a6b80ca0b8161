/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/git.h"

#include <git2.h>
#include <glib/gstdio.h>
#include <string.h>

/* A hostile index may claim any number of entries; each takes at least 62 bytes of its file. */
#define INDEX_MAX ((goffset)256 * 1024 * 1024)
#define GITLINK_MODE 0160000U

/* The folder that a file `.git` names: "gitdir: PATH", relative to where it lies. @return to be freed, or NULL. */
static char *linked_git_dir(const char *folder, const char *dot_git)
{
    char *text = NULL;
    gsize len;
    char *found = NULL;

    if (!g_file_get_contents(dot_git, &text, &len, NULL))
        return NULL;
    if (len < 4096 && strlen(text) == len && g_str_has_prefix(text, "gitdir:")) {
        const char *path = g_strstrip(text + strlen("gitdir:"));
        found = g_canonicalize_filename(path, folder);
    }
    g_free(text);
    return found;
}

/* @return the path of the index, to be freed; NULL where there is none. */
static char *index_of(const char *folder)
{
    char *dot_git = g_build_filename(folder, ".git", NULL);

    if (!g_file_test(dot_git, G_FILE_TEST_IS_DIR)) {
        char *root = g_canonicalize_filename(folder, NULL);
        char *linked = linked_git_dir(root, dot_git);
        g_free(root);
        g_free(dot_git);
        dot_git = linked;
    }
    char *path = dot_git ? g_build_filename(dot_git, "index", NULL) : NULL;
    g_free(dot_git);
    if (path && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_free(path);
        return NULL;
    }
    return path;
}

static bool is_small_enough(const char *path)
{
    GStatBuf st;

    return g_stat(path, &st) == 0 && st.st_size <= INDEX_MAX;
}

static void collect(bw_unit *unit, git_index *index, bw_gitlinks *links)
{
    GArray *found = g_array_new(FALSE, TRUE, sizeof(bw_gitlink));

    for (size_t i = 0; i < git_index_entrycount(index); i++) {
        const git_index_entry *entry = git_index_get_byindex(index, i);
        bw_gitlink link = {0};

        if (!entry || entry->mode != GITLINK_MODE || !entry->path)
            continue;
        link.path = bw_arena_strdup(&unit->arena, entry->path);
        git_oid_tostr(link.commit, sizeof link.commit, &entry->id);
        g_array_append_val(found, link);
    }
    links->known = true;
    links->count = found->len;
    links->items = bw_arena_dup(&unit->arena, found->data, sizeof(bw_gitlink) * found->len);
    g_array_free(found, TRUE);
}

bw_gitlinks bw_git_read(bw_unit *unit, const char *folder)
{
    bw_gitlinks links = {0};
    char *path = index_of(folder);
    git_index *index = NULL;

    if (!path)
        return links;
    git_libgit2_init();
    if (is_small_enough(path) && git_index_open(&index, path) == 0) {
        collect(unit, index, &links);
    } else {
        bw_findings_add(unit->findings, BW_CODE_balena_index, bw_file_place(bw_arena_strdup(&unit->arena, path)),
                        "git's index cannot be read: it is damaged, or has extensions that are not known");
    }
    git_index_free(index);
    git_libgit2_shutdown();
    g_free(path);
    return links;
}
