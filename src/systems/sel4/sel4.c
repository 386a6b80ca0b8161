/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/sel4.h"

#include "base/text.h"
#include "systems/sel4/plan.h"
#include "systems/sel4/write_platform.h"
#include "systems/sel4/write_vm.h"
#include "systems/sel4/yocto.h"

void bw_sel4_check(const bw_tree *tree, const bw_yaml *yaml)
{
    const bw_sel4_section *section = bw_sel4_section_read(yaml, &tree->unit->arena);
    bw_findings *findings = tree->unit->findings;

    if (section->yaml)
        bw_sel4_check_platform(bw_board_of(tree), section, findings);
    if (!section->vm_count)
        return;
    bw_sel4_plan *plan = bw_sel4_plan_make(bw_board_of(tree), section, findings);

    if (plan) {
        bw_sel4_check_files(plan, findings);
        bw_sel4_check_app(plan->app, findings);
    }
    bw_sel4_plan_free(plan);
}

/* What of the folder goes where. */
static void write_readme(const bw_system_job *job, const bw_sel4_plan *plan)
{
    GString *out = g_string_new("# seL4 on ");
    char *path = g_strdup_printf("%s/README.md", job->folder);

    bw_text_comment(out, plan->board->model ? plan->board->model : plan->section->platform.text);
    g_string_append(out, "\n\nMade by boardwright of the board's devicetree and the `sel4:` section of its "
                         "support.yml.\n\n");
    g_string_append(out,
                    "## Platform\n\nThe folders with the names of repositories hold what a new platform needs in each; "
                    "[PORTING.md](PORTING.md) says where it goes, and what is left to a human.\n\n");
    if (plan->vm_count) {
        const char *app = bw_sel4_app_name(plan);

        g_string_append_printf(out,
                               "## Guests\n\n`app/%s` is a CAmkES application with %u guest%s; its README.md has the "
                               "layout of memory and says why each node is in a guest's devicetree.\n\n",
                               app, plan->vm_count, plan->vm_count == 1 ? "" : "s");
        g_string_append_printf(out,
                               "    cp -r app/%s projects/vm-examples/apps/Arm/\n"
                               "    mkdir build && cd build\n"
                               "    ../init-build.sh -DCAMKES_VM_APP=%s -DPLATFORM=%s -D%s=TRUE\n"
                               "    ninja\n",
                               app, app, plan->section->platform.text, plan->app->narrow ? "ARM_HYP" : "AARCH64");
    }
    if (plan->section->yocto.given)
        g_string_append(out,
                        "\n## Kernel and initrd\n\n[yocto/README.md](yocto/README.md) builds them with the Yocto layer "
                        "beside it, and copies them to where the application looks for them.\n");
    bw_plan_add(job->plan, path, out->str, out->len);
    g_string_free(out, TRUE);
    g_free(path);
}

bool bw_sel4_build(const bw_system_job *job)
{
    const bw_tree *tree = job->board->tree;
    const bw_sel4_section *section = bw_sel4_section_read(job->section, &tree->unit->arena);
    bw_sel4_plan *plan = bw_sel4_plan_make(job->board, section, tree->unit->findings);

    if (!plan)
        return false;
    if (plan->vm_count) {
        bw_sel4_check_files(plan, job->described);
        bw_sel4_check_app(plan->app, job->described);
    }
    const bool ok = (!plan->vm_count || bw_sel4_write_vm(job, plan)) && bw_sel4_write_platform(job, section, plan) &&
                    bw_sel4_write_yocto(job, plan);

    write_readme(job, plan);
    bw_sel4_plan_free(plan);
    return ok;
}
