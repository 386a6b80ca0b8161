/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU by the tree: the machine by the root's compatible (machines.def), the rest by what the tree holds. */
#include "boot/machine_parts.h"

#include "tree/strings.h"

#include <string.h>

typedef struct machine_row {
    const char *compatible, *cpu, *machine, *from_tree;
} machine_row;

static const machine_row machines[] = {
#define BW_MACHINE(compatible, cpu, machine, from_tree) {compatible, cpu, machine, from_tree},
#include "boot/machines.def"
};

static const struct {
    const char *machine;
    uint64_t bytes;
} offsets[] = {
#define BW_MACHINE_OFFSET(machine, bytes) {machine, bytes},
#include "boot/machines.def"
};

static const struct {
    const char *compatible, *cpu;
} qemu_cpus[] = {
#define BW_QEMU_CPU(compatible, cpu) {compatible, cpu},
#include "boot/machines.def"
};

const bw_cpu *bw_machine_first_cpu(const bw_board *board)
{
    for (uint32_t i = 0; i < board->cpu_count; i++)
        if (!board->cpus[i].unavailable)
            return &board->cpus[i];
    return NULL;
}

static bool fits(const char *pattern, const char *text)
{
    size_t len = strlen(pattern);

    return len && pattern[len - 1] == '*' ? strncmp(pattern, text, len - 1) == 0 : strcmp(pattern, text) == 0;
}

/* Calls for each compatible of a node would be more code than this: the entry at an index, or NULL. */
static const char *compatible_at(const bw_board *board, const bw_node *node, uint32_t index)
{
    return bw_prop_string_at(bw_node_prop(node, board->tree->unit->n->compatible), index);
}

static bool cpu_fits(const bw_board *board, const char *pattern)
{
    const bw_cpu *cpu = bw_machine_first_cpu(board);
    const char *text;

    if (!*pattern)
        return true;
    for (uint32_t i = 0; cpu && (text = compatible_at(board, cpu->node, i)); i++)
        if (fits(pattern, text))
            return true;
    return false;
}

static const machine_row *row_of(const bw_board *board)
{
    for (uint32_t i = 0; i < board->compatible_count; i++)
        for (size_t row = 0; row < G_N_ELEMENTS(machines); row++)
            if (strcmp(machines[row].compatible, board->compatible[i]) == 0 && cpu_fits(board, machines[row].cpu))
                return &machines[row];
    return NULL;
}

bool bw_machine_is_known(const bw_board *board)
{
    return row_of(board) != NULL;
}

const char *bw_machine_qemu_cpu(const bw_board *board)
{
    const bw_cpu *cpu = bw_machine_first_cpu(board);
    const char *text;

    for (uint32_t i = 0; cpu && (text = compatible_at(board, cpu->node, i)); i++)
        for (size_t row = 0; row < G_N_ELEMENTS(qemu_cpus); row++)
            if (strcmp(qemu_cpus[row].compatible, text) == 0)
                return qemu_cpus[row].cpu;
    return bw_arch_of(board) == BW_ARCH_AARCH64 ? "max" : NULL;
}

static uint64_t ram_of(const bw_board *board)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < board->memory_count; i++) {
        const bw_memory *m = &board->memories[i];

        if (m->kind == BW_MEMORY_RAM && !m->unavailable && sum + m->block.size >= sum)
            sum += m->block.size;
    }
    return sum;
}

static const bw_device *find_device(const bw_board *board, const char *compatible)
{
    for (uint32_t i = 0; i < board->device_count; i++)
        if (bw_node_is_compatible(board->tree, board->devices[i].node, compatible))
            return &board->devices[i];
    return NULL;
}

static bool has_secure_devices(const bw_board *board)
{
    BW_FOR_NODES (board->tree, node) {
        if (bw_node_prop_text(node, "secure-status"))
            return true;
    }
    return false;
}

static bool calls_by_smc(const bw_board *board)
{
    BW_FOR_CHILDREN (board->tree->root, node) {
        const char *method = bw_prop_string(bw_node_prop_text(node, "method"));

        if (strcmp(node->name->text, "psci") == 0 && method && strcmp(method, "smc") == 0)
            return true;
    }
    return false;
}

/* A GIC interrupts a hypervisor where one can run. */
static bool has_virtual_interrupts(const bw_board *board)
{
    static const char *const gics[] = {"arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic"};

    for (size_t i = 0; i < G_N_ELEMENTS(gics); i++) {
        const bw_device *gic = find_device(board, gics[i]);

        if (gic && gic->line_count)
            return true;
    }
    return false;
}

/* Options of QEMU's virt that show in the tree that it makes (hw/arm/virt.c, hw/riscv/virt.c of QEMU 7.2). */
static void add_virt_options(const bw_board *board, GString *machine)
{
    const bw_device *pci = find_device(board, "pci-host-ecam-generic");

    if (bw_arch_of(board) == BW_ARCH_RISCV) {
        if (find_device(board, "riscv,aclint-mtimer"))
            g_string_append(machine, ",aclint=on");
        if (find_device(board, "riscv,imsics"))
            g_string_append(machine, ",aia=aplic-imsic");
        else if (find_device(board, "riscv,aplic"))
            g_string_append(machine, ",aia=aplic");
        return;
    }
    if (find_device(board, "arm,gic-v3"))
        g_string_append(machine, ",gic-version=3");
    if (find_device(board, "arm,smmu-v3"))
        g_string_append(machine, ",iommu=smmuv3");
    if (pci && pci->mapped && pci->blocks[0].address <= UINT32_MAX)
        g_string_append(machine, ",highmem=off");
    if (has_secure_devices(board))
        g_string_append(machine, ",secure=on");
    if (calls_by_smc(board) || has_virtual_interrupts(board))
        g_string_append(machine, ",virtualization=on");
}

uint64_t bw_machine_offset(const char *machine)
{
    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++)
        if (strncmp(offsets[i].machine, machine, strcspn(machine, ",")) == 0 &&
            strlen(offsets[i].machine) == strcspn(machine, ","))
            return offsets[i].bytes;
    return 0;
}

bool bw_machine_guess_of(const bw_board *board, bw_machine_guess *out)
{
    const machine_row *row = row_of(board);

    *out = (bw_machine_guess){0};
    if (!row)
        return false;
    GString *machine = g_string_new(row->machine);
    if (strchr(row->from_tree, 'o'))
        add_virt_options(board, machine);
    if (strchr(row->from_tree, 'm'))
        out->memory = ram_of(board);
    if (strchr(row->from_tree, 'c'))
        out->cpus = MAX(board->cpu_count, 1); /* one that is disabled is there as well */
    if (strchr(row->from_tree, 'k'))
        out->cpu = bw_machine_qemu_cpu(board);
    out->offset = bw_machine_offset(machine->str);
    out->machine = g_string_free(machine, FALSE);
    return true;
}
