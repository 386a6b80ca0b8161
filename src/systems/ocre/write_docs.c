/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/boards/zephyr/<board file>.md: what somebody who has the board must know. Its sections are those of the pages
 * that Ocre's tree has.
 */
#include "systems/ocre/write.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* What wamrc is told for a CPU, so that Ocre's runtime takes what it makes. Names are those of WAMR's compiler and of
 * Ocre's zephyr/wamr.cmake. abi: with an FPU and without. */
static const struct core {
    const char *compatible, *target, *cpu, *hard, *soft;
} cores[] = {
    {"arm,cortex-m33", "thumbv8m.main", "cortex-m33", "eabihf", "eabi"},
    {"arm,cortex-m35p", "thumbv8m.main", "cortex-m35p", "eabihf", "eabi"},
    {"arm,cortex-m23", "thumbv8m.base", "cortex-m23", "eabi", "eabi"},
    {"arm,cortex-a53", "aarch64v8", "cortex-a53", NULL, NULL},
    {"arm,cortex-a57", "aarch64v8", "cortex-a57", NULL, NULL},
};

static const struct core *core_of(const bw_board *board)
{
    for (uint32_t i = 0; i < board->cpu_count; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(cores); k++)
            if (g_strcmp0(board->cpus[i].compatible, cores[k].compatible) == 0)
                return &cores[k];
    return NULL;
}

static bool is_set(const bw_ocre_written *w, const char *symbol, const char *value)
{
    for (int k = 0; w->verdict && k < BW_OCRE_TOPICS; k++)
        for (uint32_t i = 0; i < w->verdict->needs[k].setting_count; i++)
            if (strcmp(w->verdict->needs[k].settings[i].symbol, symbol) == 0 &&
                strcmp(w->verdict->needs[k].settings[i].value, value) == 0)
                return true;
    return false;
}

static bool any_is_set(const bw_ocre_output *o, const char *symbol, const char *value)
{
    for (int i = 0; i < BW_OCRE_SAMPLES; i++)
        if (is_set(&o->samples[i], symbol, value))
            return true;
    return false;
}

/* Text from a devicetree in a table. */
static void add_cell(GString *out, const char *text)
{
    gsize at = out->len;

    bw_text_comment(out, text);
    for (; at < out->len; at++)
        if (out->str[at] == '|' || out->str[at] == '`')
            out->str[at] = '/';
}

static void add_samples(GString *out, const bw_ocre_output *o)
{
    g_string_append(out, "\n## Samples\n\n| sample | on this board |\n|---|---|\n");
    for (int i = 0; i < BW_OCRE_SAMPLES; i++) {
        const bw_ocre_written *w = &o->samples[i];

        if (!w->verdict)
            continue;
        g_string_append_printf(out, "| [%s](../../samples/%s.md) | ", bw_ocre_sample_names[i], bw_ocre_sample_names[i]);
        if (!w->possible) {
            g_string_append(out, "does not run");
            for (int k = 0; k < BW_OCRE_TOPICS; k++)
                if (w->verdict->needs[k].state == BW_OCRE_IMPOSSIBLE) {
                    g_string_append(out, ": ");
                    add_cell(out, w->verdict->needs[k].because);
                }
        } else if (!w->overlay && !w->conf) {
            g_string_append(out, "runs as it is");
        } else {
            g_string_append(out, "runs with its");
            g_string_append_printf(out, "%s%s%s", w->overlay ? " `.overlay`" : "", w->overlay && w->conf ? " and" : "",
                                   w->conf ? " `.conf`" : "");
        }
        g_string_append(out, " |\n");
    }
}

static void add_needs(GString *out, const bw_ocre_output *o)
{
    const bw_ocre_verdict *v = NULL;

    for (int i = BW_OCRE_SAMPLES - 1; i >= 0 && !v; i--)
        v = o->samples[i].possible ? o->samples[i].verdict : NULL;
    if (!v)
        return;
    g_string_append_printf(out, "\n## What Ocre finds here\n\nFor the sample %s:\n\n| | |\n|---|---|\n",
                           bw_ocre_sample_names[v->sample]);
    for (int k = 0; k < BW_OCRE_TOPICS; k++) {
        const char *fact = v->needs[k].fact;
        const char *because = v->needs[k].because;

        /* Storage and network have sections of their own. */
        if (!fact || k == BW_OCRE_NETWORK || k == BW_OCRE_STORAGE)
            continue;
        g_string_append_printf(out, "| %s | ", bw_ocre_topic_names[k]);
        add_cell(out, fact);
        if (because) {
            g_string_append(out, "; ");
            add_cell(out, because);
        }
        g_string_append(out, " |\n");
    }
}

static void add_storage(GString *out, const bw_ocre_output *o)
{
    g_string_append(out, "\n## Storage\n\n"
                         "littlefs in the partition `storage_partition`, mounted at `/lfs`:\n\n"
                         "| samples | blocks | used by what is preloaded | free |");
    g_string_append(out, o->simulated ? " offset in `flash.bin` |\n|---|---|---|---|---|\n"
                                      : " address |\n|---|---|---|---|---|\n");
    for (uint32_t k = 0; k < o->product_count; k++) {
        const bw_ocre_product *p = &o->products[k];
        const bw_ocre_place *s = &p->of->storage;

        g_string_append_printf(out, "| %s | %" PRIu64 " of ", p->samples, s->blocks);
        bw_text_size(out, s->block);
        g_string_append_printf(out, " | %u blocks | %u blocks, ", p->used, p->unused);
        bw_text_size(out, (uint64_t)p->unused * s->block);
        if (o->simulated)
            g_string_append_printf(out, " | 0x%08" PRIx64 " |\n", s->offset);
        else if (s->mapped)
            g_string_append_printf(out, " | 0x%08" PRIx64 " |\n", s->address);
        else
            g_string_append(out, " | not in the CPU's address space |\n");
    }
    if (!o->containers.count)
        return;
    g_string_append(out, "\nPreloaded images:\n\n| image | bytes | memory while it runs |\n|---|---|---|\n");
    for (uint32_t i = 0; i < o->containers.count; i++) {
        const bw_ocre_container *c = &o->containers.items[i];

        g_string_append_printf(out, "| `%s` | %u | ", c->name, c->source->len);
        bw_text_size(out, (bw_ocre_container_ram(c) + 1023) / 1024 * 1024);
        g_string_append(out, " |\n");
    }
}

static void add_network(GString *out, const bw_ocre_output *o)
{
    const bw_ocre_need *need = NULL;

    for (int i = 0; i < BW_OCRE_SAMPLES; i++)
        if (o->samples[i].possible)
            need = &o->samples[i].verdict->needs[BW_OCRE_NETWORK];
    g_string_append(out, "\n## Networking\n\n");
    if (need && need->fact) {
        gsize at = out->len;

        bw_text_comment(out, need->fact);
        if (out->len > at)
            out->str[at] = g_ascii_toupper(out->str[at]);
        g_string_append(out, ".");
        if (need->because) {
            g_string_append(out, " ");
            at = out->len;
            bw_text_comment(out, need->because);
            out->str[at] = g_ascii_toupper(out->str[at]);
            g_string_append(out, ".");
        }
        g_string_append(out, "\n\n");
    }
    g_string_append(out, "Ocre runs without a network. The supervisor asks for an address by DHCP; containers with the "
                         "capability `networking` and `ocre image pull` want one.\n");
}

static void add_build(GString *out, const bw_ocre_output *o)
{
    const struct core *core = core_of(o->board);
    const bw_ocre_wamr wamr = bw_ocre_wamr_of(o->board);

    g_string_append(out, "\n## Build Instructions\n\n"
                         "### Prerequisites\n\n"
                         "A build environment as [Get Started with Zephyr](../../GetStartedZephyr.md) describes it.\n");
    for (int i = 0; i < BW_OCRE_SAMPLES; i++)
        if (o->samples[i].possible)
            g_string_append_printf(out,
                                   "\n### The sample %s\n\n"
                                   "```sh\n"
                                   "west build -p always -b %s src/samples/%s/zephyr\n"
                                   "```\n",
                                   bw_ocre_sample_names[i], o->target, bw_ocre_sample_names[i]);
    g_string_append(out, "\n### AoT\n\n");
    if (core) {
        bool hard = any_is_set(o, "FPU", "y");

        g_string_append_printf(out,
                               "With `wamrc` of the WAMR that Ocre's tree has (another version's files may be "
                               "refused):\n\n"
                               "```sh\n"
                               "wamrc --target=%s --cpu=%s",
                               core->target, core->cpu);
        if (core->hard)
            g_string_append_printf(out, " --target-abi=%s", hard ? core->hard : core->soft);
        g_string_append(out, " -o hello.aot hello.wasm\n```\n");
        if (core->hard && strcmp(core->hard, core->soft) != 0)
            g_string_append_printf(out, "\n%s\n",
                                   hard ? "The samples set `CONFIG_FPU=y`, which code with the ABI `eabihf` needs."
                                        : "Code with the ABI `eabihf` needs `CONFIG_FPU=y`, which the samples do not "
                                          "set here.");
    } else if (wamr.aot_arch) {
        g_string_append_printf(out,
                               "The runtime takes files for an architecture whose name begins with `%s`; `boardwright "
                               "image info FILE` says what one was compiled for.\n",
                               wamr.aot_arch);
    } else {
        g_string_append(out, "The runtime for this CPU takes no files that were compiled ahead of time.\n");
    }
}

static void add_flashing(GString *out, const bw_ocre_output *o)
{
    bool merged = false;

    for (uint32_t k = 0; k < o->product_count; k++)
        merged |= o->products[k].has_hex;
    if (o->simulated) {
        g_string_append(out, "\n## Running\n\n"
                             "`flash.bin` is the simulated flash. It is opened in the folder from which the program is "
                             "started:\n\n"
                             "```sh\n"
                             "cp storage/flash.bin build/ && cd build && ./zephyr/zephyr.exe\n"
                             "```\n");
        return;
    }
    g_string_append(out, "\n## Flashing\n");
    if (merged)
        g_string_append(out, "\n### First Flash (with Preloaded Images)\n\n"
                             "`merged.hex` has the program and the storage:\n\n"
                             "```sh\n"
                             "boardwright hex merge build/zephyr/zephyr.hex user_data.hex --no-start -o merged.hex\n"
                             "west flash --hex-file merged.hex\n"
                             "```\n\n"
                             "### Subsequent Flashes\n\n"
                             "The program alone; what is stored stays, unless the runner erases the whole chip:\n");
    else
        g_string_append(out, "\nThe storage is made when the program starts for the first time.\n");
    g_string_append(out, "\n```sh\nwest flash\n```\n");
}

static void add_console(GString *out, const bw_ocre_output *o)
{
    const bw_choice *console = o->board->console;
    uint32_t speed = 0;

    g_string_append(out, "\n## Serial Console\n\n");
    if (!console || !console->node) {
        g_string_append(out, "The devicetree names no console (`zephyr,console`).\n");
        return;
    }
    const bw_device *device = bw_board_device(o->board, console->node);
    const bw_prop *prop = bw_node_prop_text(console->node, "current-speed");
    if (prop)
        bw_prop_u32(prop, &speed);
    g_string_append_printf(out, "`%s`", device && device->label ? device->label : console->path);
    if (speed)
        g_string_append_printf(out, ", %" PRIu32 " baud", speed);
    g_string_append(out, ". On Linux, as an example:\n\n```sh\n");
    g_string_append_printf(out, "picocom -b %" PRIu32 " /dev/ttyACM0\n```\n", speed ? speed : 115200);
    if (speed && speed != 115200)
        g_string_append(out, "\nThe scripts in `tests_hw/` open the port with 115200 baud.\n");
}

static void add_references(GString *out, const bw_ocre_output *o)
{
    g_string_append(out, "\n## References\n\n"
                         "- [Adding support for Zephyr boards](../../AddZephyrBoard.md)\n"
                         "- [Build System Zephyr](../../BuildSystemZephyr.md)\n"
                         "- [State Information](../../StateInformation.md)\n");
    for (int i = 0; i < BW_OCRE_SAMPLES; i++)
        if (o->samples[i].possible)
            g_string_append_printf(out, "- [The sample %s](../../samples/%s.md)\n", bw_ocre_sample_names[i],
                                   bw_ocre_sample_names[i]);
}

void bw_ocre_write_docs(const bw_ocre_output *o)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "<!-- SPDX-License-Identifier: Apache-2.0 -->\n\n# Zephyr Board: `%s`\n\n", o->target);
    bw_text_comment(out, o->full_name);
    g_string_append(out, ".");
    if (o->board->cpu_count && o->board->cpus[0].compatible) {
        g_string_append(out, " Its CPU is `");
        add_cell(out, o->board->cpus[0].compatible);
        g_string_append(out, "`.");
    }
    g_string_append(out, "\n");
    add_samples(out, o);
    add_needs(out, o);
    add_storage(out, o);
    add_network(out, o);
    add_build(out, o);
    add_flashing(out, o);
    add_console(out, o);
    add_references(out, o);
    bw_ocre_add(o, out, "docs/boards/zephyr/%s.md", o->page);
}
