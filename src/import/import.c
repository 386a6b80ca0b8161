/* SPDX-License-Identifier: Apache-2.0 */
#include "import/import.h"

#include "import/parts.h"

static bool import_tree(bw_tree *tree, const bw_import_job *job, bw_import_result *result)
{
    bw_identity identity;
    bool ok = false;

    /* Who it is has to be known before the tree is changed. */
    if (bw_identity_of(bw_board_of(tree), job, &identity)) {
        GString *source = bw_import_source(tree, job, result);

        if (source) {
            result->name = g_strdup(identity.name);
            result->source = g_strdup(identity.file);
            bw_plan_add(job->plan, identity.file, source->str, source->len);
            bw_import_add_files(bw_board_of(tree), job, &identity, result);
            g_string_free(source, TRUE);
            ok = true;
        }
    }
    bw_identity_free(&identity);
    return ok;
}

bool bw_import(bw_context *ctx, const bw_import_job *job, bw_import_result *result)
{
    bw_unit *unit = bw_unit_new(ctx);
    bool ok = false;

    *result = (bw_import_result){0};
    bw_unit_begin(unit, job->findings);
    bw_tree *tree = bw_target_read(unit, job->target, job->load, job->roots);
    if (tree && !tree->broken)
        ok = import_tree(tree, job, result);
    bw_unit_free(unit);
    return ok;
}

void bw_import_result_free(bw_import_result *result)
{
    g_free(result->name);
    g_free(result->source);
}
