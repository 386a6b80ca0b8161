/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sel4_platform.h"

#include "cli/commands.h"
#include "cli/load_options.h"
#include "systems/sel4/read.h"

#include <errno.h>
#include <string.h>

static char *rules_path;
static char *arch_name;
static char *space_text;
static char **config;

const GOptionEntry bw_sel4_entries[] = {
    {"rules", 0, 0, G_OPTION_ARG_FILENAME, &rules_path, "The kernel's rules: tools/hardware.yml of seL4", "FILE"},
    {"sel4arch", 0, 0, G_OPTION_ARG_FILENAME, &arch_name, "aarch32, arm_hyp, aarch64, riscv32 or riscv64", "ARCH"},
    {"addrspace-max", 0, 0, G_OPTION_ARG_FILENAME, &space_text,
     "Exclusive end of physical addresses (default: by the CPU)", "N"},
    {"config", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &config, "An option of the kernel; repeatable", "NAME=ON|OFF"},
};

void bw_sel4_options_free(void)
{
    g_clear_pointer(&rules_path, g_free);
    g_clear_pointer(&arch_name, g_free);
    g_clear_pointer(&space_text, g_free);
    g_clear_pointer(&config, g_strfreev);
}

static int check_arch(const char *command, const bw_sel4_arch **arch)
{
    if (!arch_name)
        return bw_usage_error(command, "which architecture? --sel4arch has none of aarch32, arm_hyp, aarch64, riscv32, "
                                       "riscv64");
    *arch = bw_sel4_arch_find(arch_name);
    if (*arch)
        return BW_EXIT_OK;
    const char *near = bw_sel4_arch_nearest(arch_name);

    if (near)
        return bw_usage_error(command, "seL4 has no architecture '%s'; did you mean '%s'?", arch_name, near);
    return bw_usage_error(command, "seL4 has no architecture '%s' (aarch32, arm_hyp, aarch64, riscv32, riscv64)",
                          arch_name);
}

static int check_space(const char *command, uint64_t *space)
{
    char *end = NULL;

    if (!space_text)
        return BW_EXIT_OK;
    errno = 0;
    *space = g_ascii_strtoull(space_text, &end, 0);
    if (errno || end == space_text || *end || space_text[0] == '-' || *space < 4096)
        return bw_usage_error(command, "--addrspace-max is the number of bytes, as 0x10000000000, not '%s'",
                              space_text);
    return BW_EXIT_OK;
}

static int check_config(const char *command)
{
    for (char **item = config; item && *item; item++) {
        const char *value = strchr(*item, '=');

        if (!value || value == *item || (strcmp(value, "=ON") != 0 && strcmp(value, "=OFF") != 0))
            return bw_usage_error(command, "--config takes NAME=ON or NAME=OFF, not '%s'", *item);
    }
    return BW_EXIT_OK;
}

int bw_sel4_run_open(bw_sel4_run *run, const char *command, const bw_options *options, int argc, char **argv)
{
    *run = (bw_sel4_run){0};
    if (argc < 2)
        return bw_usage_error(command, "which devicetree?");
    if (!rules_path)
        return bw_usage_error(command, "which rules? --rules names the kernel's tools/hardware.yml");
    int code = check_arch(command, &run->options.arch);

    if (code == BW_EXIT_OK)
        code = check_space(command, &run->options.addrspace_max);
    if (code == BW_EXIT_OK)
        code = check_config(command);
    if (code != BW_EXIT_OK)
        return code;
    run->options.config = (const char *const *)config;
    run->ctx = bw_options_context(options);
    run->roots = bw_roots_new();
    run->unit = bw_unit_new(run->ctx);
    bw_arena_init(&run->arena);
    bw_findings_init(&run->findings, run->ctx);
    bw_unit_begin(run->unit, &run->findings);

    const bw_load_options load = bw_load_options_of(options);
    const bw_sel4_rules *rules = bw_sel4_rules_read(run->ctx, rules_path, &run->arena, &run->findings);
    const bw_tree *tree = bw_sel4_read(run->unit, (const char *const *)argv + 1, &load, run->roots);

    if (rules && tree)
        run->platform = bw_sel4_platform_make(tree, rules, &run->options);
    return BW_EXIT_OK;
}

void bw_sel4_run_close(bw_sel4_run *run)
{
    bw_findings_free(&run->findings);
    bw_unit_free(run->unit);
    bw_roots_free(run->roots);
    bw_arena_free(&run->arena);
    bw_context_free(run->ctx);
}
