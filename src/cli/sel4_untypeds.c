/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright sel4 untypeds: the untyped objects that the root task of seL4 will be given. */
#include "cli/print.h"
#include "cli/sel4_platform.h"
#include "cli/verbs.h"
#include "systems/sel4/untypeds.h"

#include <inttypes.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static char **used_texts;
static int limit = BW_SEL4_UNTYPEDS_MAX;

/* START:END, END exclusive. */
static bool parse_used(const char *text, bw_sel4_used *used)
{
    char *end = NULL;

    errno = 0;
    used->base = g_ascii_strtoull(text, &end, 0);
    if (errno || end == text || *end != ':')
        return false;
    const char *second = end + 1;
    const uint64_t past = g_ascii_strtoull(second, &end, 0);

    if (errno || end == second || *end || past <= used->base)
        return false;
    used->size = past - used->base;
    used->name = text;
    return true;
}

static int parse_all_used(GArray *used)
{
    bw_sel4_used none = {0};

    for (char **text = used_texts; text && *text; text++) {
        bw_sel4_used one;

        if (!parse_used(*text, &one))
            return bw_usage_error("sel4 untypeds", "--used takes START:END in bytes, END exclusive, not '%s'", *text);
        g_array_append_val(used, one);
    }
    g_array_append_val(used, none);
    return BW_EXIT_OK;
}

static void print_size(unsigned bits)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    printf("%4u %s", 1U << (bits % 10), units[bits / 10]);
}

static void print_text(const bw_sel4_platform *platform, const bw_sel4_untyped_list *untypeds)
{
    for (uint32_t i = 0; i < untypeds->count; i++) {
        const bw_sel4_untyped *untyped = &untypeds->items[i];

        printf("%-6s  0x%011" PRIx64 "  2^%-2u ", untyped->device ? "device" : "memory", untyped->base, untyped->bits);
        print_size(untyped->bits);
        printf("%s%s\n", untyped->owner ? "  " : "",
               untyped->owner ? bw_node_path(platform->tree, untyped->owner) : "");
    }
    printf("%" PRIu32 " untyped objects: %" PRIu32 " of device memory, %" PRIu32 " of memory; boot info holds %d\n",
           untypeds->count, untypeds->device_count, untypeds->count - untypeds->device_count, limit);
}

static void print_json(const bw_sel4_platform *platform, const bw_sel4_untyped_list *untypeds)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < untypeds->count; i++) {
        const bw_sel4_untyped *untyped = &untypeds->items[i];
        char address[24];
        snprintf(address, sizeof address, "0x%" PRIx64, untyped->base);
        json_t *item = json_pack("{s:b, s:s, s:i}", "device", untyped->device, "address", address, "size_bits",
                                 (int)untyped->bits);

        if (untyped->owner)
            json_object_set_new(item, "node", json_string(bw_node_path(platform->tree, untyped->owner)));
        json_array_append_new(list, item);
    }
    bw_print_json(json_pack("{s:o, s:i}", "untypeds", list, "limit", limit));
}

/* Beyond the limit the kernel drops them without a word that a root task would see. */
static void check_limit(const bw_sel4_platform *platform, const bw_sel4_untyped_list *untypeds)
{
    if (untypeds->count <= (uint32_t)limit)
        return;
    bw_finding *finding =
        bw_find_node(platform->tree, BW_CODE_sel4_untypeds, platform->tree->root,
                     "%" PRIu32 " untyped objects, and boot info holds %d: the kernel drops the last %" PRIu32,
                     untypeds->count, limit, untypeds->count - (uint32_t)limit);

    bw_finding_cure(finding, "KernelMaxNumBootinfoUntypedCaps = %" PRIu32, untypeds->count);
}

static int run(const bw_options *options, int argc, char **argv, const bw_sel4_used *used)
{
    bw_sel4_run run;
    int code = bw_sel4_run_open(&run, "sel4 untypeds", options, argc, argv);

    if (code != BW_EXIT_OK)
        return code;
    if (run.platform) {
        const bw_sel4_untyped_list *untypeds = bw_sel4_untypeds_of(run.platform, used);

        check_limit(run.platform, untypeds);
        if (options->json)
            print_json(run.platform, untypeds);
        else
            print_text(run.platform, untypeds);
    }
    code = bw_print_findings_beside(options, &run.findings);
    if (bw_has_trouble(&run.findings))
        code = BW_EXIT_TROUBLE;
    bw_sel4_run_close(&run);
    return code;
}

int bw_sel4_untypeds(int argc, char **argv)
{
    GOptionEntry entries[BW_SEL4_ENTRY_COUNT + 3] = {{NULL, 0, 0, 0, NULL, NULL, NULL}};
    const bw_usage usage = {
        .arguments = "KERNEL.dts…",
        .summary = "Lists the untyped objects that seL4's root task will be given: memory and device memory cut into\n"
                   "naturally aligned powers of two, as the kernel cuts them when it starts.",
        .description = "What the kernel, the devicetree and the user images take is not known before they are built: "
                       "--used names it.",
        .groups = BW_OPT_SOURCE | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON,
        .entries = entries,
    };
    GArray *used = g_array_new(FALSE, FALSE, sizeof(bw_sel4_used));
    bw_options options;
    int code;

    for (size_t i = 0; i < BW_SEL4_ENTRY_COUNT; i++)
        entries[i] = bw_sel4_entries[i];
    entries[BW_SEL4_ENTRY_COUNT] = (GOptionEntry){
        "used",     0, 0, G_OPTION_ARG_FILENAME_ARRAY, &used_texts, "Memory that kernel and images have; repeatable",
        "START:END"};
    entries[BW_SEL4_ENTRY_COUNT + 1] =
        (GOptionEntry){"limit", 0, 0, G_OPTION_ARG_INT, &limit, "KernelMaxNumBootinfoUntypedCaps (default: 230)", "N"};
    if (bw_options_parse(&options, &usage, &argc, &argv, &code)) {
        code = limit < 1 ? bw_usage_error("sel4 untypeds", "--limit is at least 1") : parse_all_used(used);
        if (code == BW_EXIT_OK)
            code = run(&options, argc, argv, &g_array_index(used, bw_sel4_used, 0));
        bw_options_free(&options);
    }
    g_array_free(used, TRUE);
    g_strfreev(used_texts);
    bw_sel4_options_free();
    return code;
}
