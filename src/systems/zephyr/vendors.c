/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/vendors.h"

#include "systems/zephyr/walk.h"

#include <string.h>

bw_zephyr_vendors *bw_zephyr_vendors_read(bw_context *ctx, const char *root)
{
    bw_zephyr_vendors *v = g_new0(bw_zephyr_vendors, 1);
    GPtrArray *names = g_ptr_array_new();

    bw_arena_init(&v->arena);
    v->set = g_hash_table_new(g_str_hash, g_str_equal);
    const char *path = root ? bw_zephyr_path(&v->arena, root, "dts/bindings/vendor-prefixes.txt") : NULL;
    bw_source *source = path && bw_zephyr_is_file(path) ? bw_source_open(ctx->sources, path, NULL) : NULL;
    /* "prefix<tab>name"; comments begin with '#'. */
    for (const char *line = source ? source->text : NULL; line && *line;) {
        size_t len = strcspn(line, "\n");
        size_t prefix = strcspn(line, "\t\n");

        if (*line != '#' && prefix && prefix < len) {
            char *name = bw_arena_strndup(&v->arena, line, prefix);

            g_hash_table_add(v->set, name);
            g_ptr_array_add(names, name);
        }
        line += len + (line[len] == '\n');
    }
    g_ptr_array_add(names, NULL);
    v->names = bw_arena_dup(&v->arena, names->pdata, names->len * sizeof(char *));
    g_ptr_array_free(names, TRUE);
    return v;
}

void bw_zephyr_vendors_free(bw_zephyr_vendors *v)
{
    if (!v)
        return;
    g_hash_table_destroy(v->set);
    bw_arena_free(&v->arena);
    g_free(v);
}

bool bw_zephyr_vendor_is_known(const bw_zephyr_vendors *v, const char *name)
{
    return g_hash_table_contains(v->set, name);
}
