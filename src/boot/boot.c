/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/boot.h"

#include "boot/words.h"
#include "systems/support.h"
#include "tree/strings.h"

#include <string.h>

const bw_boot_run_limits bw_boot_limits = {.first = 10, .silence = 10, .total = 60};

/* -- the steps -------------------------------------------------------------------------------------- */

static bool has_layout(const bw_boot *boot)
{
    if (!boot->layout->problem)
        return true;
    bw_findings_add(boot->board->tree->unit->findings, BW_CODE_probe_homeless, bw_file_place(boot->target->path),
                    "there is no place for the probe: %s", boot->layout->problem);
    return false;
}

/* -- what cannot be tested --------------------------------------------------------------------------- */

/* The bus whose ranges leave a device out. Behind PCI, addresses are given by software. */
static const bw_node *closed_bus_of(const bw_device *d)
{
    const bw_translation *t = d->block_count ? &d->blocks[0].translation : NULL;

    if (!t || d->unavailable || d->blocks[0].mapped || t->state != BW_TRANSLATE_OUTSIDE || !t->bus || !t->ranges)
        return NULL;
    const char *type = bw_prop_string(bw_node_prop_text(t->bus, "device_type"));
    return type && strcmp(type, "pci") == 0 ? NULL : t->bus;
}

static void report_bus(const bw_boot *boot, const bw_device *first, unsigned count)
{
    const bw_tree *tree = boot->board->tree;
    const bw_translation *t = &first->blocks[0].translation;
    bw_finding *f =
        bw_find(tree->unit, BW_CODE_reg_outside_ranges, bw_prop_value_span(t->ranges),
                count > 1 ? "%u devices are in no window of %s, so they cannot be reached, and are not tested"
                          : "%u device is in no window of %s, so it cannot be reached, and is not tested",
                count, bw_node_path(tree, t->bus));

    bw_find_note(tree->unit, f, bw_prop_value_span(first->blocks[0].prop), count > 1 ? "one of them" : "this one");
}

/* Nothing is claimed of a device that has no address: a mistake in ranges would make claims go away unseen. */
static void report_unreachable(const bw_boot *boot)
{
    const bw_board *board = boot->board;
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    for (uint32_t i = 0; i < board->device_count; i++) {
        const bw_node *bus = closed_bus_of(&board->devices[i]);
        unsigned count = 0;

        if (!bus || !g_hash_table_add(seen, (gpointer)(uintptr_t)bus))
            continue;
        for (uint32_t k = i; k < board->device_count; k++)
            count += closed_bus_of(&board->devices[k]) == bus;
        report_bus(boot, &board->devices[i], count);
    }
    g_hash_table_unref(seen);
}

bw_boot *bw_boot_begin(const bw_board *board, const bw_target *target, const bw_yaml *support,
                       const bw_boot_options *options)
{
    bw_boot *boot = g_new0(bw_boot, 1);
    bw_findings *findings = board->tree->unit->findings;

    *boot = (bw_boot){.board = board, .target = target, .options = options};
    if (support)
        bw_support_section(support, bw_system_find("bare"), &boot->section);
    boot->machine = bw_machine_of(board, target, support, &options->machine, findings);
    if (boot->machine && !boot->section)
        boot->section = bw_machine_section(boot->machine, board->tree->unit);
    boot->names = bw_bare_names_new(board);
    boot->layout = bw_bare_layout_new(board, boot->names, boot->section, true);
    if (!boot->machine || !has_layout(boot)) {
        bw_boot_free(boot);
        return NULL;
    }
    boot->claims = bw_claims_of(board, boot->names, boot->layout);
    report_unreachable(boot);
    return boot;
}

bool bw_boot_build(bw_boot *boot)
{
    gint64 start = g_get_monotonic_time();
    bw_findings *findings = boot->board->tree->unit->findings;
    bw_image_job job = {.board = boot->board,
                        .target = boot->target,
                        .section = boot->section,
                        .claims = boot->claims,
                        .semihosting = boot->machine->semihosting,
                        .folder = boot->options->folder,
                        .force = boot->options->force,
                        .findings = findings};
    bw_toolchain *toolchain = bw_toolchain_find(boot->board, boot->options->compiler, findings);

    if (toolchain)
        boot->image = bw_image_build(&job, toolchain);
    bw_toolchain_free(toolchain);
    boot->build_time = g_get_monotonic_time() - start;
    return boot->image != NULL;
}

static void count(bw_boot *boot)
{
    for (guint i = 0; i < boot->verdicts->len; i++)
        switch (g_array_index(boot->verdicts, bw_verdict, i).state) {
        case BW_VERDICT_HOLDS:
            boot->held++;
            break;
        case BW_VERDICT_FAILS:
            boot->failed++;
            break;
        case BW_VERDICT_SKIPPED:
            boot->skipped++;
            break;
        case BW_VERDICT_UNTESTED:
            boot->untested++;
            break;
        }
}

void bw_boot_simulate(bw_boot *boot)
{
    gint64 start = g_get_monotonic_time();
    const bw_boot_run_options run = {.machine = boot->machine,
                                     .image = boot->image->path,
                                     .claims = boot->claims->tested,
                                     .gdb_port = boot->options->gdb_port,
                                     .limits = boot->options->limits,
                                     .stop = boot->options->stop};

    boot->run = bw_simulate(&run);
    const bw_verdict_job job = {.board = boot->board,
                                .claims = boot->claims,
                                .layout = boot->layout,
                                .machine = boot->machine,
                                .image = boot->image,
                                .run = boot->run};
    boot->verdicts = bw_verdicts_of(&job);
    count(boot);
    boot->total_time = boot->build_time + g_get_monotonic_time() - start;
}

void bw_boot_free(bw_boot *boot)
{
    if (!boot)
        return;
    if (boot->verdicts)
        g_array_free(boot->verdicts, TRUE);
    bw_boot_run_free(boot->run);
    bw_image_free(boot->image);
    bw_claims_free(boot->claims);
    bw_bare_layout_free(boot->layout);
    bw_bare_names_free(boot->names);
    bw_machine_free(boot->machine);
    g_free(boot);
}

/* -- for people ------------------------------------------------------------------------------------- */

GString *bw_boot_script(const bw_boot *boot)
{
    return bw_words_script(boot->machine, "probe.elf", "the probe", boot->options->gdb_port);
}

char *bw_boot_command(const bw_boot *boot)
{
    char *image = g_build_filename(boot->options->folder ? boot->options->folder : ".", "probe.elf", NULL);
    char *text = bw_words_command(boot->machine, boot->image ? boot->image->path : image, boot->options->gdb_port);

    g_free(image);
    return text;
}

GString *bw_boot_log(const bw_boot *boot)
{
    return bw_words_log(boot->run);
}
