/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's virt as a machine that has guests. Its map: hw/arm/virt.c and docs/system/arm/virt.rst of QEMU. */
#include "boot/guest_parts.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* Slots for virtio devices. */
#define SLOTS_BASE 0xa000000U
#define SLOT_SIZE 0x200U
#define SLOTS 32U

#define VIRTIO_NET 1U
#define VIRTIO_BLOCK 2U

/* -- words of the machine ----------------------------------------------------------------------------- */

static guint index_of(const bw_machine *machine, const char *word)
{
    guint i = 0;

    while (machine->argv->pdata[i] && strcmp(machine->argv->pdata[i], word) != 0)
        i++;
    return i;
}

static void replace(bw_machine *machine, guint index, char *word)
{
    g_free(machine->argv->pdata[index]);
    machine->argv->pdata[index] = word;
}

/* Before the NULL at the end. */
static void add(bw_machine *machine, char *word)
{
    g_ptr_array_insert(machine->argv, (gint)machine->argv->len - 1, word);
}

static void add_pair(bw_machine *machine, const char *name, char *value)
{
    add(machine, g_strdup(name));
    add(machine, value);
}

static const char *gic_version(const bw_board *board)
{
    const bw_device *gic = bw_guest_gic(board);

    return gic && bw_node_is_compatible(board->tree, gic->node, "arm,gic-v3") ? "3" : "2";
}

static void fit_words(bw_guest_boot *guest)
{
    bw_machine *machine = guest->machine;
    guint at = index_of(machine, "-machine") + 1;
    GString *words = g_string_new(machine->argv->pdata[at]);

    if (!strstr(words->str, "virtualization="))
        g_string_append(words, ",virtualization=on");
    if (!strstr(words->str, "gic-version="))
        g_string_append_printf(words, ",gic-version=%s", gic_version(guest->board));
    g_free(machine->title);
    machine->title = g_strdup_printf("qemu %s", words->str);
    replace(machine, at, g_string_free(words, FALSE));
}

/* -- what is behind the slots of virtio --------------------------------------------------------------- */

static bool has_word(const char *text, const char *word)
{
    return text && strstr(text, word) != NULL;
}

static bool is_called_network(const bw_board *board, const bw_device *device)
{
    bool found = has_word(device->label, "eth") || has_word(device->label, "net") || has_word(device->path, "ethernet");

    for (uint32_t i = 0; i < board->alias_count && !found; i++)
        found = board->aliases[i].node == device->node &&
                (has_word(board->aliases[i].name, "eth") || has_word(board->aliases[i].name, "net"));
    return found;
}

/* @return the number of the slot of a device that the guest is given, or SLOTS. */
static unsigned slot_of(const bw_guest_boot *guest, const bw_device *device)
{
    uint64_t address = device->mapped ? device->blocks[0].address : 0;

    if (!bw_guest_is_given(guest, device->node) ||
        !bw_node_is_compatible(guest->board->tree, device->node, "virtio,mmio") || address < SLOTS_BASE ||
        address >= SLOTS_BASE + SLOTS * SLOT_SIZE || address % SLOT_SIZE)
        return SLOTS;
    return (unsigned)((address - SLOTS_BASE) / SLOT_SIZE);
}

uint32_t bw_guest_virtio(const bw_guest_boot *guest)
{
    uint32_t kinds = 0;

    for (uint32_t i = 0; i < guest->board->device_count; i++)
        if (slot_of(guest, &guest->board->devices[i]) < SLOTS)
            kinds |= 1U << (is_called_network(guest->board, &guest->board->devices[i]) ? VIRTIO_NET : VIRTIO_BLOCK);
    return kinds;
}

/* A card on a network that has nobody but QEMU; an empty disk. */
static void fill_slot(bw_guest_boot *guest, const bw_device *device, unsigned slot)
{
    bw_machine *machine = guest->machine;

    if (is_called_network(guest->board, device)) {
        add_pair(machine, "-netdev", g_strdup_printf("user,id=slot%u,restrict=on", slot));
        add_pair(machine, "-device",
                 g_strdup_printf("virtio-net-device,netdev=slot%u,bus=virtio-mmio-bus.%u", slot, slot));
    } else {
        add_pair(machine, "-drive", g_strdup_printf("if=none,driver=null-co,read-zeroes=on,size=1M,id=slot%u", slot));
        add_pair(machine, "-device",
                 g_strdup_printf("virtio-blk-device,drive=slot%u,bus=virtio-mmio-bus.%u", slot, slot));
    }
}

/* -- together ----------------------------------------------------------------------------------------- */

const bw_device *bw_guest_gic(const bw_board *board)
{
    static const char *const known[] = {"arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic"};

    for (uint32_t i = 0; i < board->device_count; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(known); k++)
            if (!board->devices[i].unavailable && bw_node_is_compatible(board->tree, board->devices[i].node, known[k]))
                return &board->devices[i];
    return NULL;
}

bool bw_guest_machine_fit(bw_guest_boot *guest)
{
    const bw_machine *machine = guest->machine;
    bw_findings *findings = guest->board->tree->unit->findings;

    if (!machine->qemu || !machine->name || strcmp(machine->name, "virt") != 0 ||
        bw_arch_of(guest->board) != BW_ARCH_AARCH64) {
        bw_finding *f =
            bw_findings_add(findings, BW_CODE_guest_machine, machine->place,
                            "%s is run by %s, and guests are tried on QEMU's virt with 64-bit Arm CPUs alone",
                            guest->target->name, machine->title);

        bw_finding_cure(f, "a board whose memory map is that of QEMU's virt has simulator: {qemu: {machine: virt}}; "
                           "of others the guest's files are checked, not run");
        return false;
    }
    guest->machine->semihosting = true; /* the stub speaks through it */
    fit_words(guest);
    for (uint32_t i = 0; i < guest->board->device_count; i++) {
        unsigned slot = slot_of(guest, &guest->board->devices[i]);

        if (slot < SLOTS)
            fill_slot(guest, &guest->board->devices[i], slot);
    }
    return true;
}
