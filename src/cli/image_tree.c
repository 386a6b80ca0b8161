/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/image_tree.h"

#include "systems/ocre/containers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* As deep as the reader of images looks. */
#define DEPTH_MAX 256

void bw_image_tree_init(bw_image_tree *tree, bw_findings *findings)
{
    *tree = (bw_image_tree){.findings = findings};
    bw_arena_init(&tree->arena);
    tree->root = bw_arena_new(&tree->arena, bw_lfs_node);
    tree->root->is_dir = true;
    tree->root->name = "";
}

void bw_image_tree_free(bw_image_tree *tree)
{
    bw_arena_free(&tree->arena);
}

static void unreadable(bw_image_tree *tree, const char *path, int error_number)
{
    bw_findings_add(tree->findings, BW_CODE_file_unreadable, bw_file_place(path), "%s cannot be read: %s",
                    error_number == ENOTDIR ? "it is no folder: what is in it" : "it", g_strerror(error_number));
}

static bool refuse(bw_image_tree *tree, const char *path, const char *what)
{
    bw_findings_add(tree->findings, BW_CODE_image_input, bw_file_place(path), "%s", what);
    return false;
}

static bool read_folder(bw_image_tree *tree, bw_lfs_node *dir, int fd, const char *path, unsigned depth);

/* Appends at @p link. */
static bool add(bw_image_tree *tree, bw_lfs_node **link, int fd, const char *path, const char *name, unsigned depth)
{
    const char *full = bw_arena_printf(&tree->arena, "%s/%s", path, name);
    bw_lfs_node *n = bw_arena_new(&tree->arena, bw_lfs_node);
    struct stat st;
    struct stat own; /* of a link itself */

    if (fstatat(fd, name, &st, 0) != 0 || fstatat(fd, name, &own, AT_SYMLINK_NOFOLLOW) != 0) {
        unreadable(tree, full, errno);
        return false;
    }
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return refuse(tree, full, "this is neither a file nor a folder, and has no place in an image");
    if (S_ISDIR(st.st_mode) && S_ISLNK(own.st_mode))
        return refuse(tree, full, "this is a link to a folder: links have no place in an image");
    if (depth >= DEPTH_MAX && S_ISDIR(st.st_mode))
        return refuse(tree, full, "folders are more than 256 deep here");
    n->name = bw_arena_strdup(&tree->arena, name);
    n->source = full;
    n->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    n->is_dir = S_ISDIR(st.st_mode);
    *link = n;
    if (!n->is_dir)
        return true;
    int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0) {
        unreadable(tree, full, errno);
        return false;
    }
    return read_folder(tree, n, below, full, depth + 1);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Closes @p fd. The order of what the system lists does not matter: who makes the image sorts. Findings come in it,
 * though, so names are sorted here too. */
static bool read_folder(bw_image_tree *tree, bw_lfs_node *dir, int fd, const char *path, unsigned depth)
{
    DIR *stream = fdopendir(fd);
    bw_lfs_node **link = &dir->children;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    bool good = true;

    if (!stream) {
        unreadable(tree, path, errno);
        close(fd);
        g_ptr_array_free(names, TRUE);
        return false;
    }
    for (struct dirent *e; (e = readdir(stream));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(e->d_name));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        good = add(tree, link, dirfd(stream), path, g_ptr_array_index(names, i), depth) && good;
        if (*link)
            link = &(*link)->next;
    }
    closedir(stream);
    g_ptr_array_free(names, TRUE);
    return good;
}

bool bw_image_tree_read(bw_image_tree *tree, const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        unreadable(tree, folder, errno);
        return false;
    }
    return read_folder(tree, tree->root, fd, folder, 0);
}

bool bw_image_tree_ocre(bw_image_tree *tree, const char *folder)
{
    bool good = bw_image_tree_read(tree, folder);

    for (const bw_lfs_node *n = tree->root->children; n; n = n->next)
        if (n->is_dir)
            good = refuse(tree, n->source, "Ocre's images have no folders: containers stand beside each other");
        else
            good = bw_ocre_container_read(n->source, n->name, tree->arch, tree->whose, &tree->arena, NULL,
                                          tree->findings) &&
                   good;
    tree->root = bw_ocre_state(&tree->arena, tree->root->children);
    return good;
}

bool bw_image_tree_load(void *user, const bw_lfs_node *file, uint8_t *to)
{
    bw_image_tree *tree = user;
    int fd = open(file->source, O_RDONLY | O_CLOEXEC);
    uint64_t done = 0;
    char more;

    if (fd < 0) {
        unreadable(tree, file->source, errno);
        return false;
    }
    while (done < file->size) {
        ssize_t n = read(fd, to + done, file->size - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (uint64_t)n;
    }
    bool good = done == file->size && read(fd, &more, 1) == 0;
    if (!good)
        bw_findings_add(tree->findings, BW_CODE_file_unreadable, bw_file_place(file->source),
                        "the file had %" G_GUINT64_FORMAT " bytes, and no longer does", file->size);
    close(fd);
    return good;
}
