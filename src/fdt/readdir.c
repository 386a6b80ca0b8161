/* SPDX-License-Identifier: Apache-2.0 */
#include "fdt/fdt.h"

#include "base/bytes.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void unreadable(bw_tree *tree, const char *path, int error)
{
    bw_findings_add(tree->unit->findings, BW_CODE_file_unreadable, bw_file_place(path), "%s", g_strerror(error));
    tree->broken = true;
}

/* Names of a directory, sorted, without "." and "..". @return NULL with errno set if it cannot be read. */
static GPtrArray *list(const char *path)
{
    DIR *dir = opendir(path);

    if (!dir)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(e->d_name));
    closedir(dir);
    if (names->len)
        qsort(names->pdata, names->len, sizeof *names->pdata, by_name);
    return names;
}

/* Files of a kernel say that they have 0 or 4096 bytes: read to the end instead. */
static void add_file(bw_tree *tree, bw_node *node, const char *path, const char *name)
{
    FILE *f = fopen(path, "rb");
    GByteArray *bytes = g_byte_array_new();
    uint8_t chunk[4096];
    size_t n = 0;

    while (f && bytes->len <= BW_SOURCE_MAX && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        g_byte_array_append(bytes, chunk, (guint)n);
    if (!f || ferror(f) || bytes->len > BW_SOURCE_MAX) {
        unreadable(tree, path, f && !ferror(f) ? EFBIG : errno);
    } else {
        bw_prop *p = bw_node_add_prop(tree, node, bw_intern_str(tree->unit->ctx->names, name));
        p->value = bw_value_bytes(tree, bytes->data, bytes->len);
    }
    g_byte_array_free(bytes, TRUE);
    if (f)
        fclose(f);
}

static bool add_dir(bw_tree *tree, bw_node *node, const char *path, unsigned depth)
{
    GPtrArray *names = list(path);

    if (!names) {
        unreadable(tree, path, errno);
        return false;
    }
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        char *below = g_build_filename(path, name, NULL);
        struct stat st;

        if (stat(below, &st) < 0) {
            unreadable(tree, below, errno);
        } else if (S_ISREG(st.st_mode)) {
            add_file(tree, node, below, name);
        } else if (S_ISDIR(st.st_mode) && depth >= BW_FDT_MAX_DEPTH) {
            bw_findings_add(tree->unit->findings, BW_CODE_nesting, bw_file_place(below),
                            "directories are nested deeper than %u", BW_FDT_MAX_DEPTH);
            tree->broken = true;
        } else if (S_ISDIR(st.st_mode)) {
            bw_node *child = bw_node_new(tree, bw_intern_str(tree->unit->ctx->names, name));
            bw_node_add_child(node, child);
            add_dir(tree, child, below, depth + 1);
        }
        g_free(below);
    }
    g_ptr_array_free(names, TRUE);
    return true;
}

bw_tree *bw_fdt_read_dir(bw_unit *unit, const char *path)
{
    bw_tree *tree = bw_tree_new(unit, path);

    tree->root = bw_node_new(tree, unit->n->empty);
    if (!add_dir(tree, tree->root, path, 1))
        return NULL;
    const bw_node *cpus = bw_node_child(tree->root, unit->n->cpus);
    const bw_node *cpu = cpus ? bw_live_node(cpus->first_child) : NULL;
    const bw_prop *reg = cpu ? bw_node_prop(cpu, unit->n->reg) : NULL;
    if (reg && reg->value.len == 4)
        tree->boot_cpuid = bw_get32(reg->value.data);
    return tree;
}
