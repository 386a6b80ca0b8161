/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright sel4 hardware: what seL4's build generates from a devicetree. */
#include "cli/plans.h"
#include "cli/print.h"
#include "cli/sel4_platform.h"
#include "cli/verbs.h"
#include "systems/sel4/write.h"

static int run(const bw_options *options, int argc, char **argv)
{
    bw_sel4_run run;
    bw_plan *plan;
    bool summarize;
    int code = bw_sel4_run_open(&run, "sel4 hardware", options, argc, argv);

    if (code != BW_EXIT_OK)
        return code;
    plan = bw_plan_new(options->output);
    if (run.platform && !run.findings.counts[BW_ERROR])
        bw_sel4_write_all(run.platform, NULL, plan);
    const bool done = run.platform && !run.findings.counts[BW_ERROR] && bw_plan_apply(plan, options, &run.findings);

    code = bw_plan_conclude(plan, options, &run.findings, done, &summarize);
    bw_plan_free(plan);
    bw_sel4_run_close(&run);
    return code;
}

int bw_sel4_hardware(int argc, char **argv)
{
    GOptionEntry entries[BW_SEL4_ENTRY_COUNT + 1] = {{NULL, 0, 0, 0, NULL, NULL, NULL}};
    const bw_usage usage = {
        .arguments = "KERNEL.dts… -o DIR",
        .summary =
            "Writes what seL4's build generates from a platform's devicetree: devices_gen.h, platform_gen.json,\n"
            "platform_gen.yaml, kernel_compat.txt and the loader's elfloader_devices_gen.h.",
        .description =
            "The sources are the base tree and the overlays behind it, in the order of KernelDTSList; or one blob.",
        .groups = BW_OPT_SOURCE | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_OUTPUT | BW_OPT_WRITE,
        .entries = entries,
    };
    bw_options options;
    int code;

    for (size_t i = 0; i < BW_SEL4_ENTRY_COUNT; i++)
        entries[i] = bw_sel4_entries[i];
    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    if (!options.output)
        code = bw_usage_error("sel4 hardware", "where to? Name a folder with -o");
    else
        code = run(&options, argc, argv);
    bw_options_free(&options);
    bw_sel4_options_free();
    return code;
}
