/* SPDX-License-Identifier: Apache-2.0 */
/* Workflows that build device types, and hardware contracts: what is read besides the layer. */
#include "systems/balena/repo_parts.h"

#include <string.h>

#define BUILDER "yocto-build-deploy.yml"

static const char *scalar(const bw_yaml *map, const char *key)
{
    const bw_yaml *value = bw_yaml_get(map, key);

    return value && value->kind == BW_YAML_SCALAR && !bw_yaml_is_null(value) ? value->text : NULL;
}

static void read_workflow(bw_balena_repo *repo, const char *name, GArray *all)
{
    bw_arena *arena = &repo->unit->arena;
    const char *path = bw_balena_path(repo, bw_arena_join(arena, ".github/workflows/", name, ""));
    const bw_yaml *yaml = bw_yaml_read_file(repo->unit->ctx, path, arena, repo->unit->findings);
    bw_balena_workflow workflow = {.path = path, .yaml = yaml, .place = bw_file_place(path)};
    const bw_yaml *jobs = bw_yaml_get(yaml, "jobs");
    const guint before = all->len;

    workflow.name = bw_arena_strndup(arena, name, (size_t)(strrchr(name, '.') - name));
    for (uint32_t i = 0; jobs && jobs->kind == BW_YAML_MAP && i < jobs->count; i++) {
        const bw_yaml *job = jobs->entries[i].value;
        const char *uses = scalar(job, "uses");

        if (!uses || !strstr(uses, BUILDER))
            continue;
        workflow.builds = true;
        workflow.with = bw_yaml_get(job, "with");
        workflow.machine = scalar(workflow.with, "machine");
        workflow.slug = scalar(workflow.with, "slug");
        workflow.place = workflow.machine ? bw_yaml_place(bw_yaml_get(workflow.with, "machine")) : bw_file_place(path);
        g_array_append_val(all, workflow);
    }
    if (all->len == before)
        g_array_append_val(all, workflow);
}

void bw_balena_read_workflows(bw_balena_repo *repo)
{
    GPtrArray *names = bw_balena_names_in(bw_balena_path(repo, ".github/workflows"));
    GArray *all = g_array_new(FALSE, TRUE, sizeof(bw_balena_workflow));

    for (guint i = 0; i < names->len; i++)
        if (g_str_has_suffix(names->pdata[i], ".yml") || g_str_has_suffix(names->pdata[i], ".yaml"))
            read_workflow(repo, names->pdata[i], all);
    repo->workflow_count = all->len;
    repo->workflows = bw_arena_dup(&repo->unit->arena, all->data, sizeof(bw_balena_workflow) * all->len);
    g_array_free(all, TRUE);
    g_ptr_array_free(names, TRUE);
}

/* ------------------------------------------------------------------------------------------- contracts */

#define TYPES "contracts/hw.device-type"

static uint32_t read_contracts_below(bw_unit *unit, const char *folder, const bw_balena_contract **contracts)
{
    GPtrArray *names = bw_balena_names_in(folder);
    GArray *all = g_array_new(FALSE, TRUE, sizeof(bw_balena_contract));

    for (guint i = 0; i < names->len; i++) {
        const char *path = bw_arena_printf(&unit->arena, "%s/%s/contract.json", folder, (char *)names->pdata[i]);

        if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
            continue;
        const bw_balena_contract contract = {
            .folder = bw_arena_strdup(&unit->arena, names->pdata[i]),
            .path = path,
            .json = bw_json_read_file(unit->ctx, path, BW_JSON_STRICT, &unit->arena, unit->findings)};
        g_array_append_val(all, contract);
    }
    const uint32_t count = all->len;
    *contracts = bw_arena_dup(&unit->arena, all->data, sizeof(bw_balena_contract) * all->len);
    g_array_free(all, TRUE);
    g_ptr_array_free(names, TRUE);
    return count;
}

void bw_balena_read_contracts(bw_balena_repo *repo)
{
    repo->contract_count = read_contracts_below(repo->unit, bw_balena_path(repo, "contracts/" TYPES), &repo->contracts);
}

bool bw_balena_is_contracts(const char *folder)
{
    char *types = g_build_filename(folder, TYPES, NULL);
    const bool is = g_file_test(types, G_FILE_TEST_IS_DIR);

    g_free(types);
    return is;
}

uint32_t bw_balena_contracts_read(bw_unit *unit, const char *folder, const bw_balena_contract **contracts)
{
    return read_contracts_below(unit, bw_arena_join(&unit->arena, folder, "/", TYPES), contracts);
}
