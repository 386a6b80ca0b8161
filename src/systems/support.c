/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/support.h"

#include "systems/sections.h"

#include <string.h>

/* One row for each system of the table, and the simulator's. */
#define ROWS_MAX 32

static const bw_schema simulator_of_all = {
    "simulator", BW_TYPE_MAP, "How all targets are run.", false, false, bw_simulator_rows, NULL, 0, 0};

static void collect_rows(bw_schema *rows, const bw_schema *simulator)
{
    size_t count = 0;

    for (const bw_system *s = bw_systems; s->name && count < ROWS_MAX - 2; s++)
        rows[count++] = *s->section;
    rows[count++] = *simulator;
    rows[count] = (bw_schema)BW_SCHEMA_END;
}

const bw_yaml *bw_support_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    bw_schema rows[ROWS_MAX];
    bw_schema file = {"support.yml", BW_TYPE_MAP, "", false, false, rows, NULL, 0, 0};
    const bw_yaml *root = bw_yaml_read_file(ctx, path, arena, findings);

    collect_rows(rows, bw_support_simulator_of_all(root) ? &simulator_of_all : &bw_simulator_schema);
    return root && bw_schema_check(&file, root, findings) ? root : NULL;
}

static char *support_beside(const char *file)
{
    char *folder = g_path_get_dirname(file);
    char *path = strcmp(folder, ".") == 0 ? g_strdup("support.yml") : g_build_filename(folder, "support.yml", NULL);

    g_free(folder);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_free(path);
    return NULL;
}

char *bw_support_path(const bw_target *target)
{
    char *path = support_beside(target->board_yml ? target->board_yml : target->path);

    return !path && target->base_yml ? support_beside(target->base_yml) : path;
}

const bw_yaml *bw_support_of(GHashTable *seen, bw_context *ctx, const bw_target *target, bw_arena *arena,
                             bw_findings *findings, bool *ok)
{
    char *path = bw_support_path(target);
    gpointer support = NULL;

    *ok = true;
    if (!path)
        return NULL;
    if (!g_hash_table_lookup_extended(seen, path, NULL, &support)) {
        support = (gpointer)(uintptr_t)bw_support_read(ctx, path, arena, findings);
        g_hash_table_insert(seen, g_strdup(path), support);
    }
    *ok = support != NULL;
    g_free(path);
    return support;
}

bool bw_support_section(const bw_yaml *support, const bw_system *system, const bw_yaml **section)
{
    const bw_yaml *found = bw_yaml_get(support, system->name);

    *section = found && found->kind == BW_YAML_MAP ? found : NULL;
    return found != NULL;
}

/* "board.dts" is "some/where/board.dts": it stands beside the file. */
static bool is_file_name_of(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash ? slash + 1 : path, name) == 0;
}

bool bw_support_means(const bw_yaml *section, const bw_target *target)
{
    const bw_yaml *wanted = bw_yaml_get(section, "target");
    const char *at = strchr(target->name, '@');
    const char *slash = strchr(target->name, '/');

    if (!wanted || strcmp(target->name, wanted->text) == 0)
        return true;
    if (!target->board)
        return is_file_name_of(target->path, wanted->text);
    if (!slash)
        return false;
    /* "plank@1.1.0/m33" is "plank/m33" and "m33", too. */
    size_t name_len = at && at < slash ? (size_t)(at - target->name) : (size_t)(slash - target->name);
    return strcmp(slash + 1, wanted->text) == 0 ||
           (strncmp(target->name, wanted->text, name_len) == 0 && strcmp(slash, wanted->text + name_len) == 0);
}

bool bw_support_admits(const bw_yaml *support, const bw_system *system, const bw_target *target)
{
    const bw_yaml *section;

    return !support || !bw_support_section(support, system, &section) || !section || bw_support_means(section, target);
}

const bw_yaml *bw_support_simulator_of_all(const bw_yaml *support)
{
    const bw_yaml *simulator = bw_yaml_get(support, "simulator");

    for (const bw_schema *row = bw_simulator_rows; row->type != BW_TYPE_END; row++)
        if (bw_yaml_get(simulator, row->key))
            return simulator;
    return NULL;
}

static const char introduction[] =
    "# support.yml\n"
    "\n"
    "Beside a board's `board.yml`, `support.yml` holds decisions that the devicetree cannot know: one section\n"
    "for each system. The systems named there are the ones that `boardwright build` writes; an address that the\n"
    "devicetree holds is never repeated. A key that is not listed here is an error.\n"
    "\n"
    "A *size* is a number of bytes, alone or with B, KiB, MiB, GiB or TiB (`64 KiB`, `0x1000`); a *rate* is a\n"
    "number with Hz, kHz, MHz or GHz (`100 Hz`, `1.5 MHz`). `[]` stands for each item of a list, `<target>` for\n"
    "any name.\n"
    "\n"
    "This page is made from the tables that the reader uses (`make docs`).\n";

GString *bw_support_document(void)
{
    GString *out = g_string_new(introduction);
    bw_schema rows[ROWS_MAX];

    collect_rows(rows, &bw_simulator_schema);
    for (const bw_schema *row = rows; row->type != BW_TYPE_END; row++) {
        const bw_system *system = bw_system_find(row->key);
        const bw_schema one[] = {*row, BW_SCHEMA_END};

        g_string_append_printf(out, "\n## %s\n\n%s", row->key, system ? system->summary : row->doc);
        if (system && !system->build)
            g_string_append(out, " The keys are read and checked; files are not written yet.");
        g_string_append(out, "\n\n");
        bw_schema_document(row->type == BW_TYPE_MAP ? row->children : one, out);
    }
    return out;
}
