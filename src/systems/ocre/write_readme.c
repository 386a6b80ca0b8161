/* SPDX-License-Identifier: Apache-2.0 */
/* README.md: what goes where, and which commands follow. */
#include "systems/ocre/write.h"

#include "base/text.h"

#include <inttypes.h>

static void add_files(GString *out, const bw_ocre_output *o)
{
    bool any = false;

    g_string_append(out, "\n## Into Ocre's tree\n\n    cp -r docs src ");
    g_string_append(out, bw_yaml_get(o->job->section, "hardware-test") ? "tests_hw $OCRE/\n" : "$OCRE/\n");
    g_string_append(out, "\n| file | is |\n|---|---|\n");
    for (int i = 0; i < BW_OCRE_SAMPLES; i++) {
        const bw_ocre_written *w = &o->samples[i];

        if (!w->possible)
            continue;
        if (w->overlay)
            g_string_append_printf(out, "| `%s` | what %s needs beside the board's devicetree |\n", w->overlay_path,
                                   bw_ocre_sample_names[i]);
        if (w->conf)
            g_string_append_printf(out, "| `%s` | what %s sets beside its `prj.conf` |\n", w->conf_path,
                                   bw_ocre_sample_names[i]);
        any |= w->overlay || w->conf;
    }
    g_string_append_printf(out, "| `docs/boards/zephyr/%s.md` | the board's page |\n", o->page);
    if (bw_yaml_get(o->job->section, "hardware-test"))
        g_string_append_printf(out,
                               "| `tests_hw/groups/%s-*/` | tests of the board when it is plugged in: `cd tests_hw && "
                               "bash beginTests.sh %s-…` |\n",
                               o->stem, o->stem);
    if (!any)
        g_string_append(out, "\nNo sample needs a file of its own: the board has all of it.\n");
    g_string_append_printf(out,
                           "\nIn `.github/workflows/zephyr.yml`, one line more in `matrix: board:` of the job "
                           "`build-zephyr`:\n\n"
                           "          - %s\n",
                           o->target);
}

static void add_reasons(GString *out, const bw_ocre_output *o)
{
    for (int i = 0; i < BW_OCRE_SAMPLES; i++) {
        const bw_ocre_written *w = &o->samples[i];

        for (int k = 0; w->verdict && !w->possible && k < BW_OCRE_TOPICS; k++)
            if (w->verdict->needs[k].state == BW_OCRE_IMPOSSIBLE) {
                g_string_append_printf(out, "\nNothing is written for the sample %s: ", bw_ocre_sample_names[i]);
                bw_text_comment(out, w->verdict->needs[k].because);
                g_string_append(out, ".\n");
            }
    }
}

static void add_product(GString *out, const bw_ocre_output *o, const bw_ocre_product *p)
{
    const bw_ocre_place *s = &p->of->storage;

    g_string_append_printf(out, "\n### %s\n\n%u of %" PRIu64 " blocks of ", p->samples, p->used, s->blocks);
    bw_ocre_add_bytes(out, s->block);
    g_string_append_printf(out, " are used; %u are free, ", p->unused);
    bw_ocre_add_bytes(out, (uint64_t)p->unused * s->block);
    g_string_append(out, ".\n\n| file | is |\n|---|---|\n");
    g_string_append_printf(out, "| `%s/user_data.bin` | the partition as it lies in the flash |\n", p->folder);
    if (p->has_hex)
        g_string_append_printf(out, "| `%s/user_data.hex` | the same at 0x%08" PRIx64 "%s |\n", p->folder, s->address,
                               bw_ocre_is_set(o->job->section, "sparse") ? ", the blocks in use alone" : "");
    if (p->has_merged)
        g_string_append_printf(out, "| `%s/merged.hex` | that and the firmware: `west flash --hex-file merged.hex` |\n",
                               p->folder);
    if (p->has_flash)
        g_string_append_printf(out, "| `%s/flash.bin` | native_sim's flash, with the partition at 0x%" PRIx64 " |\n",
                               p->folder, s->offset);
    if (p->has_hex && s->has_formula && s->formula != s->address)
        g_string_append_printf(out,
                               "\nOcre's own build computes 0x%08" PRIx64
                               " for the address, unless the sample's `.conf` says "
                               "`CONFIG_OCRE_STORAGE_PARTITION_ADDR=0x%" PRIx64 "`.\n",
                               s->formula, s->address);
    if (p->has_hex && !p->has_merged)
        g_string_append_printf(out,
                               "\nTogether with a firmware:\n\n"
                               "    boardwright hex merge zephyr.hex %s/user_data.hex --no-start -o merged.hex\n",
                               p->folder);
}

void bw_ocre_write_readme(const bw_ocre_output *o)
{
    GString *out = g_string_new("# ");

    bw_text_comment(out, o->full_name);
    g_string_append_printf(out, " (%s) for Ocre\n", o->target);
    add_files(out, o);
    add_reasons(out, o);
    if (o->product_count)
        g_string_append(out, "\n## The storage\n\n"
                             "An image of Ocre's state directory: `/ocre/images` with the containers of `support.yml`, "
                             "`/ocre/containers`. `boardwright image list FILE` looks into it.\n");
    for (uint32_t k = 0; k < o->product_count; k++)
        add_product(out, o, &o->products[k]);
    bw_ocre_add(o, out, "README.md");
}
