/* SPDX-License-Identifier: Apache-2.0 */
/* Which key of `simulator:` means which target. */
#include "boot/machine_parts.h"

#include "systems/support.h"

#include <string.h>

/* "plank@1.1.0/m33" without its revision. To be freed. */
static char *without_revision(const char *name)
{
    const char *at = strchr(name, '@');
    const char *slash = at ? strchr(at, '/') : NULL;

    return at ? g_strdup_printf("%.*s%s", (int)(at - name), name, slash ? slash : "") : g_strdup(name);
}

/* A source without a board.yml is called by its file. To be freed. */
static char *file_stem(const bw_target *target)
{
    char *base = g_path_get_basename(target->path);
    char *dot = strrchr(base, '.');

    if (dot && dot != base)
        *dot = '\0';
    return base;
}

char *bw_machine_target_key(const bw_target *target)
{
    return target->board ? without_revision(target->name) : file_stem(target);
}

/*
 * Whether a key of `simulator:` means the target: 3 for its very name, 1 for its board. The source of plank/m33 is
 * called plank_m33, also when it is given by itself.
 */
static unsigned key_rank(const char *key, const bw_target *target)
{
    char *plain = bw_machine_target_key(target);
    char *stem = g_strdelimit(g_strdup(key), "/", '_');
    unsigned rank = strcmp(key, target->name) == 0 ? 3
                    : strcmp(key, plain) == 0      ? 2
                    : strcmp(target->board ? target->board : plain, target->board ? key : stem) == 0 ? 1
                                                                                                     : 0;

    g_free(stem);
    g_free(plain);
    return rank;
}

const bw_yaml *bw_machine_target_part(const bw_yaml *support, const bw_target *target)
{
    const bw_yaml *simulator = bw_yaml_get(support, "simulator");
    const bw_yaml *found = bw_support_simulator_of_all(support);
    unsigned best = 0;

    if (found || !simulator || simulator->kind != BW_YAML_MAP)
        return found;
    for (uint32_t i = 0; i < simulator->count; i++) {
        unsigned rank = key_rank(simulator->entries[i].key->text, target);

        if (rank > best) {
            best = rank;
            found = simulator->entries[i].value;
        }
    }
    return found;
}

static bool is_known(const bw_targets *targets, const char *key)
{
    for (uint32_t i = 0; i < targets->count; i++)
        if (key_rank(key, &targets->items[i]))
            return true;
    return false;
}

static void report_target(const bw_targets *targets, const bw_yaml *key, bw_findings *findings)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (uint32_t i = 0; i < targets->count; i++)
        g_ptr_array_add(names, bw_machine_target_key(&targets->items[i]));
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(key->text, (const char *const *)names->pdata);
    bw_finding *f = bw_findings_add(findings, BW_CODE_simulator_target, bw_yaml_place(key),
                                    "the board has no target '%s'", key->text);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    g_ptr_array_free(names, TRUE);
}

bool bw_machine_check_targets(const bw_targets *targets, const bw_yaml *support, bw_findings *findings)
{
    const bw_yaml *simulator = bw_yaml_get(support, "simulator");
    bool ok = true;

    if (!simulator || simulator->kind != BW_YAML_MAP || bw_support_simulator_of_all(support))
        return true;
    for (uint32_t i = 0; i < simulator->count; i++)
        if (!is_known(targets, simulator->entries[i].key->text)) {
            report_target(targets, simulator->entries[i].key, findings);
            ok = false;
        }
    return ok;
}
