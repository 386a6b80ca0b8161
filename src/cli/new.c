/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright new: a board folder to begin with. */
#include "cli/boards.h"
#include "cli/commands.h"
#include "cli/plans.h"
#include "cli/print.h"
#include "import/start.h"
#include "systems/systems.h"

#include <stdio.h>

static char **systems;
static char *vendor;
static char *soc;
static char *arch;

static const GOptionEntry entries[] = {
    {"system", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &systems,
     "A system that support is to be written for (repeatable; default: zephyr)", "NAME"},
    {"arch", 'a', 0, G_OPTION_ARG_FILENAME, &arch,
     "riscv32, riscv64, arm or arm64 (default: what the systems want, else riscv32)", "ARCH"},
    {"vendor", 0, 0, G_OPTION_ARG_FILENAME, &vendor, "Its vendor, as devicetrees prefix it (default: others)",
     "PREFIX"},
    {"soc", 0, 0, G_OPTION_ARG_FILENAME, &soc, "Its SoC (default: named after the CPU)", "NAME"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};
static const bw_usage usage = {
    .arguments = "NAME -o DIR",
    .summary = "Makes a new board folder: board.yml, NAME_SOC.dts and support.yml, in DIR.",
    .description = "The devicetree is a beginning that passes 'check', boots with 'boot' and builds with 'build': the\n"
                   "CPU, memory, console and timer of a machine that QEMU has. Put your own hardware in its place.\n"
                   "A file that somebody edited since is not overwritten without --force.",
    .groups = BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_OUTPUT | BW_OPT_WRITE,
    .entries = entries,
};

static void print_summary(const bw_options *options, const bw_plan *plan)
{
    uint32_t written = bw_plan_written(plan, options->force);
    uint32_t count;
    const bw_plan_file *files = bw_plan_files(plan, &count);

    printf("%s/", options->output);
    for (uint32_t i = 0; i < count; i++)
        printf("%s%s", i ? ", " : "  ", files[i].path);
    printf("\n%u file%s written. Next: boardwright check %s, boardwright boot %s\n", written, written == 1 ? "" : "s",
           options->output, options->output);
}

static int run(const bw_options *options, const char *name)
{
    bw_start_options wanted = {
        .name = name, .vendor = vendor, .soc = soc, .arch = arch, .systems = (const char *const *)systems};
    bw_context *ctx = bw_options_context(options);
    bw_plan *plan = bw_plan_new(options->output);
    bw_findings findings;
    bool summarize;

    bw_findings_init(&findings, ctx);
    bool ok = bw_start(&wanted, plan, &findings) && bw_plan_apply(plan, options, &findings);
    int code = bw_plan_conclude(plan, options, &findings, ok, &summarize);
    if (summarize)
        print_summary(options, plan);
    bw_findings_free(&findings);
    bw_plan_free(plan);
    bw_context_free(ctx);
    return code;
}

static int check_systems(void)
{
    for (char **name = systems; name && *name; name++) {
        const char *near = bw_system_nearest(*name);

        if (bw_system_find(*name))
            continue;
        if (near)
            return bw_usage_error("new", "there is no system '%s'; did you mean '%s'?", *name, near);
        return bw_usage_error("new", "there is no system '%s'", *name);
    }
    return BW_EXIT_OK;
}

int bw_cmd_new(int argc, char **argv)
{
    bw_options options;
    int code;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    code = check_systems();
    if (code == BW_EXIT_OK && argc != 2)
        code = bw_usage_error("new", argc < 2 ? "what is the board's name?" : "one board at a time");
    else if (code == BW_EXIT_OK && !options.output)
        code = bw_usage_error("new", "where to? Name a folder with -o");
    else if (code == BW_EXIT_OK)
        code = run(&options, argv[1]);
    bw_options_free(&options);
    g_strfreev(systems);
    g_free(vendor);
    g_free(soc);
    g_free(arch);
    return code;
}
