/* SPDX-License-Identifier: Apache-2.0 */
/* What the description of a guest says that Linux, running in it, can say, too. */
#include "boot/guest_parts.h"

#include "base/text.h"
#include "boot/drivers.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

const char *bw_guest_claim_name(bw_guest_claim_kind kind)
{
    static const char *const names[] = {"place",    "shell",        "access",  "model", "memory", "initrd",   "cpus",
                                        "cpu-kind", "command-line", "console", "input", "driver", "interrupt"};

    return names[kind];
}

static bw_arena *arena_of(const bw_guest_boot *guest)
{
    return &guest->board->tree->unit->arena;
}

static bw_guest_claim *add(bw_guest_boot *guest, bw_guest_claim_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bw_guest_claim *add(bw_guest_boot *guest, bw_guest_claim_kind kind, const char *format, ...)
{
    bw_guest_claim claim = {.kind = kind, .state = BW_VERDICT_UNTESTED};
    va_list ap;

    va_start(ap, format);
    char *title = g_strdup_vprintf(format, ap);
    va_end(ap);
    claim.text = claim.title = bw_arena_strdup(arena_of(guest), title);
    g_free(title);
    g_array_append_val(guest->claims, claim);
    return &g_array_index(guest->claims, bw_guest_claim, guest->claims->len - 1);
}

bool bw_guest_is_given(const bw_guest_boot *guest, const bw_node *node)
{
    const bw_sel4_guest *tree = guest->vm->guest;

    for (uint32_t i = 0; i < tree->verdict_count; i++)
        if (tree->verdicts[i].node == node)
            return tree->verdicts[i].fate == BW_SEL4_GIVEN;
    return false;
}

/* -- the guest as a whole ----------------------------------------------------------------------------- */

static void claim_memory(bw_guest_boot *guest)
{
    const bw_sel4_span *ram = &guest->vm->ram;
    GString *size = g_string_new(NULL);

    bw_text_size(size, ram->size);
    add(guest, BW_GUEST_PLACE, "RAM: the machine has memory at 0x%" PRIx64 "–0x%" PRIx64, ram->base,
        ram->base + ram->size - 1);
    add(guest, BW_GUEST_SHELL, "%s comes up to a shell", guest->linux->title);
    add(guest, BW_GUEST_ACCESS, "nothing is reached but what is granted");
    add(guest, BW_GUEST_MEMORY, "memory: %s at 0x%" PRIx64, size->str, ram->base);
    g_string_free(size, TRUE);
}

static void claim_tree(bw_guest_boot *guest)
{
    const char *model = bw_prop_string(bw_node_prop_text(guest->vm->guest->tree->root, "model"));

    if (model)
        add(guest, BW_GUEST_MODEL, "model: %s", model);
    if (guest->vm->bootargs)
        add(guest, BW_GUEST_COMMAND_LINE, "command line: %s", guest->vm->bootargs);
    add(guest, BW_GUEST_INITRD, "initrd: at 0x%" PRIx64 ", unpacked", guest->vm->initrd.base);
}

static const bw_cpu *first_cpu(const bw_board *board)
{
    for (uint32_t i = 0; i < board->cpu_count; i++)
        if (!board->cpus[i].unavailable)
            return &board->cpus[i];
    return NULL;
}

static void claim_cpus(bw_guest_boot *guest)
{
    const bw_cpu *cpu = first_cpu(guest->board);
    uint32_t count = guest->vm->vcpus;

    add(guest, BW_GUEST_CPUS, "CPUs: %" PRIu32 " %s online", count, count == 1 ? "is" : "are");
    if (cpu && cpu->compatible && bw_driver_cpu_part_of(guest->board->tree, cpu->node).compatible)
        add(guest, BW_GUEST_CPU_KIND, "CPUs: %s", cpu->compatible);
}

/* -- devices ------------------------------------------------------------------------------------------ */

static const char *name_of(const bw_device *device)
{
    return device->label ? device->label : device->node->name->text;
}

static void claim_console(bw_guest_boot *guest)
{
    const bw_device *device = bw_board_device(guest->board, guest->vm->console);

    if (!device)
        return;
    add(guest, BW_GUEST_CONSOLE, "console: %s", device->path)->device = device;
    add(guest, BW_GUEST_INPUT, "console: what is typed comes to the shell")->device = device;
}

static void claim_device(bw_guest_boot *guest, const bw_device *device)
{
    if (!device->compatible || !device->mapped)
        return;
    add(guest, BW_GUEST_DRIVER, "device %s: a driver takes it", name_of(device))->device = device;
    for (uint32_t i = 0; i < device->line_count; i++) {
        const bw_line *line = &device->lines[i];

        if (!line->number_known || !line->kind)
            continue;
        bw_guest_claim *claim = add(guest, BW_GUEST_INTERRUPT, "interrupt of %s: %" PRIu32 " (%s %" PRIu32 ")",
                                    name_of(device), line->number, line->kind, line->kind_number);
        claim->device = device;
        claim->line = line;
    }
}

void bw_guest_claims_make(bw_guest_boot *guest)
{
    guest->claims = g_array_new(FALSE, TRUE, sizeof(bw_guest_claim));
    claim_memory(guest);
    claim_tree(guest);
    claim_cpus(guest);
    claim_console(guest);
    for (uint32_t i = 0; i < guest->board->device_count; i++)
        if (bw_guest_is_given(guest, guest->board->devices[i].node))
            claim_device(guest, &guest->board->devices[i]);
}
