/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/machine.h"

#include "systems/support.h"
#include "tree/strings.h"

#include <inttypes.h>
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

/* What makes a QEMU: of support.yml or of the tree, and then what the user says. */
typedef struct qemu_choice {
    GString *machine;
    const char *cpu, *bios;
    uint64_t memory, cpus;
    char **args; /* or NULL; to be freed */
} qemu_choice;

typedef struct maker {
    const bw_board *board;
    const bw_target *target;
    const bw_machine_options *options;
    bw_findings *findings;
    bw_machine *machine;
} maker;

/* -- what the tree says ------------------------------------------------------------------------------- */

static const bw_cpu *first_cpu(const bw_board *board)
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
    const bw_cpu *cpu = first_cpu(board);
    const char *text;

    if (!*pattern)
        return true;
    for (uint32_t i = 0; cpu && (text = compatible_at(board, cpu->node, i)); i++)
        if (fits(pattern, text))
            return true;
    return false;
}

static const machine_row *guess(const bw_board *board)
{
    for (uint32_t i = 0; i < board->compatible_count; i++)
        for (size_t row = 0; row < G_N_ELEMENTS(machines); row++)
            if (strcmp(machines[row].compatible, board->compatible[i]) == 0 && cpu_fits(board, machines[row].cpu))
                return &machines[row];
    return NULL;
}

static const char *qemu_cpu_of(const bw_board *board)
{
    const bw_cpu *cpu = first_cpu(board);
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

/* -- putting a QEMU together -------------------------------------------------------------------------- */

static const char *program_of(bw_arch arch, unsigned xlen)
{
    switch (arch) {
    case BW_ARCH_ARM_M:
    case BW_ARCH_ARM:
        return "qemu-system-arm";
    case BW_ARCH_AARCH64:
        return "qemu-system-aarch64";
    case BW_ARCH_RISCV:
        return xlen == 32 ? "qemu-system-riscv32" : "qemu-system-riscv64";
    default:
        return NULL;
    }
}

static unsigned xlen_of(const bw_board *board)
{
    const bw_cpu *cpu = first_cpu(board);

    return cpu && cpu->isa && g_ascii_strncasecmp(cpu->isa, "rv32", 4) == 0 ? 32 : 64;
}

static void add_word(GPtrArray *argv, const char *word)
{
    g_ptr_array_add(argv, g_strdup(word));
}

static void add_option(GPtrArray *argv, const char *name, const char *value)
{
    add_word(argv, name);
    add_word(argv, value);
}

/* "64M": QEMU counts in MiB where no unit is said. */
static void add_memory(GPtrArray *argv, uint64_t bytes)
{
    static const char units[] = "BKMG";
    unsigned unit = 0;
    char *text;

    while (unit < 3 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    text = g_strdup_printf("%" PRIu64 "%c", bytes, units[unit]);
    add_option(argv, "-m", text);
    g_free(text);
}

/* The image is all firmware that there is, unless support.yml says another. */
static void add_qemu_words(maker *m, const qemu_choice *q)
{
    GPtrArray *argv = m->machine->argv;
    bw_arch arch = bw_arch_of(m->board);

    add_word(argv, program_of(arch, xlen_of(m->board)));
    add_option(argv, "-machine", q->machine->str);
    if (q->cpu)
        add_option(argv, "-cpu", q->cpu);
    if (q->memory)
        add_memory(argv, q->memory);
    if (q->cpus) {
        char *cpus = g_strdup_printf("%" PRIu64, q->cpus);

        add_option(argv, "-smp", cpus);
        g_free(cpus);
    }
    if (q->bios || arch == BW_ARCH_RISCV)
        add_option(argv, "-bios", q->bios ? q->bios : "none");
    for (char **word = q->args; word && *word; word++)
        add_word(argv, *word);
    add_option(argv, "-kernel", "${image}");
    g_ptr_array_add(argv, NULL);
}

static void apply_options(maker *m, qemu_choice *q)
{
    const bw_machine_options *o = m->options;

    if (o->machine)
        g_string_assign(q->machine, o->machine);
    if (o->cpu) {
        q->cpu = o->cpu;
        m->machine->cpu_from_tree = false;
    }
    if (o->memory) {
        q->memory = o->memory;
        m->machine->memory_from_tree = false;
    }
    if (o->cpus) {
        q->cpus = o->cpus;
        m->machine->cpus_from_tree = false;
    }
}

/* A virt of AArch64 is a 32-bit machine by itself: no kind of CPU that it has would do. */
static void need_a_64_bit_cpu(maker *m, qemu_choice *q)
{
    if (q->cpu || bw_arch_of(m->board) != BW_ARCH_AARCH64 || strcspn(q->machine->str, ",") != strlen("virt") ||
        !g_str_has_prefix(q->machine->str, "virt"))
        return;
    q->cpu = qemu_cpu_of(m->board);
    m->machine->cpu_from_tree = true;
}

static bool report_missing(maker *m, const char *program, const char *package)
{
    bw_finding *f = bw_findings_add(m->findings, BW_CODE_simulator_missing, m->machine->place,
                                    "the simulator of %s, %s, is not installed", m->target->name, program);

    if (package)
        bw_finding_cure(f, "apt install %s", package);
    else
        bw_finding_cure(f, "install it, or put the folder that holds it into PATH");
    return false;
}

static const char *package_of(bw_arch arch)
{
    return arch == BW_ARCH_RISCV ? "qemu-system-misc" : "qemu-system-arm";
}

static bool is_program_there(const char *program)
{
    char *found = g_find_program_in_path(program);
    bool there = found != NULL;

    g_free(found);
    return there;
}

/* @param machine may have options. */
static uint64_t offset_of(const char *machine)
{
    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++)
        if (strncmp(offsets[i].machine, machine, strcspn(machine, ",")) == 0 &&
            strlen(offsets[i].machine) == strcspn(machine, ","))
            return offsets[i].bytes;
    return 0;
}

static bool finish_qemu(maker *m, qemu_choice *q)
{
    bw_machine *machine = m->machine;
    bw_arch arch = bw_arch_of(m->board);

    apply_options(m, q);
    need_a_64_bit_cpu(m, q);
    if (!program_of(arch, xlen_of(m->board))) {
        bw_findings_add(m->findings, BW_CODE_simulator_unknown, m->machine->place,
                        "the CPUs of %s are none that there is a QEMU for (Arm and RISC-V are known)", m->target->name);
        return false;
    }
    add_qemu_words(m, q);
    machine->qemu = true;
    machine->offset = offset_of(q->machine->str);
    machine->name = bw_arena_strndup(&m->board->tree->unit->arena, q->machine->str, strcspn(q->machine->str, ","));
    machine->title = g_strdup_printf("qemu %s", q->machine->str);
    return is_program_there(machine->argv->pdata[0]) || report_missing(m, machine->argv->pdata[0], package_of(arch));
}

static void read_tree(const bw_board *board, const machine_row *row, qemu_choice *q)
{
    q->machine = g_string_new(row->machine);
    if (strchr(row->from_tree, 'o'))
        add_virt_options(board, q->machine);
    if (strchr(row->from_tree, 'm'))
        q->memory = ram_of(board);
    if (strchr(row->from_tree, 'c'))
        q->cpus = MAX(board->cpu_count, 1); /* one that is disabled is there as well */
    if (strchr(row->from_tree, 'k'))
        q->cpu = qemu_cpu_of(board);
}

bool bw_machine_guess_of(const bw_board *board, bw_machine_guess *out)
{
    const machine_row *row = guess(board);
    qemu_choice q = {0};

    *out = (bw_machine_guess){0};
    if (!row)
        return false;
    read_tree(board, row, &q);
    out->offset = offset_of(q.machine->str);
    out->machine = g_string_free(q.machine, FALSE);
    out->cpu = q.cpu;
    out->memory = q.memory;
    out->cpus = q.cpus;
    return true;
}

static bool make_guess(maker *m, const machine_row *row)
{
    qemu_choice q = {0};
    bw_machine *machine = m->machine;

    read_tree(m->board, row, &q);
    machine->guessed = true;
    machine->memory_from_tree = q.memory != 0;
    machine->cpus_from_tree = q.cpus != 0;
    machine->cpu_from_tree = q.cpu != NULL;
    machine->semihosting = true;
    bool ok = finish_qemu(m, &q);
    g_string_free(q.machine, TRUE);
    return ok;
}

static bool make_qemu(maker *m, const bw_yaml *said)
{
    qemu_choice q = {.machine = g_string_new(bw_yaml_to_text(bw_yaml_get(said, "machine")))};

    q.cpu = bw_yaml_to_text(bw_yaml_get(said, "cpu"));
    q.bios = bw_yaml_to_text(bw_yaml_get(said, "bios"));
    q.args = bw_yaml_to_words(bw_yaml_get(said, "args"));
    bw_yaml_to_size(bw_yaml_get(said, "memory"), &q.memory);
    bw_yaml_to_int(bw_yaml_get(said, "cpus"), &q.cpus);
    bool ok = finish_qemu(m, &q);
    g_strfreev(q.args);
    g_string_free(q.machine, TRUE);
    return ok;
}

/* Only of the user's words: -M on a board that nobody knows. */
static bool make_named(maker *m)
{
    qemu_choice q = {.machine = g_string_new(m->options->machine)};

    m->machine->semihosting = true;
    bool ok = finish_qemu(m, &q);
    g_string_free(q.machine, TRUE);
    return ok;
}

/* -- commands ----------------------------------------------------------------------------------------- */

/* @param folder that a path with a '/' is relative to, or NULL: the working folder. */
static bool make_command(maker *m, char **words, const char *folder)
{
    bw_machine *machine = m->machine;

    for (char **word = words; *word; word++)
        if (word == words && folder && strchr(*word, '/') && !g_path_is_absolute(*word))
            g_ptr_array_add(machine->argv, g_build_filename(folder, *word, NULL));
        else
            add_word(machine->argv, *word);
    g_ptr_array_add(machine->argv, NULL);
    machine->title = g_path_get_basename(machine->argv->pdata[0]);
    return is_program_there(machine->argv->pdata[0]) || report_missing(m, machine->argv->pdata[0], NULL);
}

static bool make_users_command(maker *m)
{
    char **words = NULL;

    if (!g_shell_parse_argv(m->options->simulator, NULL, &words, NULL)) {
        bw_findings_add(m->findings, BW_CODE_simulator_target, m->machine->place,
                        "the simulator's command has no words, or a quote without its pair: %s", m->options->simulator);
        return false;
    }
    bool ok = make_command(m, words, NULL);
    g_strfreev(words);
    return ok;
}

/* -- support.yml -------------------------------------------------------------------------------------- */

/* "plank@1.1.0/m33" without its revision. To be freed. */
static char *without_revision(const char *name)
{
    const char *at = strchr(name, '@');
    const char *slash = at ? strchr(at, '/') : NULL;

    return at ? g_strdup_printf("%.*s%s", (int)(at - name), name, slash ? slash : "") : g_strdup(name);
}

/* A source without a board.yml is called by its file. To be freed. */
static char *file_stem(const bw_target *target)
{
    char *base = g_path_get_basename(target->path);
    char *dot = strrchr(base, '.');

    if (dot && dot != base)
        *dot = '\0';
    return base;
}

/*
 * Whether a key of `simulator:` means the target: 3 for its very name, 1 for its board. The source of plank/m33 is
 * called plank_m33, also when it is given by itself.
 */
static unsigned key_rank(const char *key, const bw_target *target)
{
    char *plain = target->board ? without_revision(target->name) : file_stem(target);
    char *stem = g_strdelimit(g_strdup(key), "/", '_');
    unsigned rank = strcmp(key, target->name) == 0 ? 3
                    : strcmp(key, plain) == 0      ? 2
                    : strcmp(target->board ? target->board : plain, target->board ? key : stem) == 0 ? 1
                                                                                                     : 0;

    g_free(stem);
    g_free(plain);
    return rank;
}

static const bw_yaml *part_of(const bw_yaml *support, const bw_target *target)
{
    const bw_yaml *simulator = bw_yaml_get(support, "simulator");
    const bw_yaml *found = bw_support_simulator_of_all(support);
    unsigned best = 0;

    if (found || !simulator || simulator->kind != BW_YAML_MAP)
        return found;
    for (uint32_t i = 0; i < simulator->count; i++) {
        unsigned rank = key_rank(simulator->entries[i].key->text, target);

        if (rank > best) {
            best = rank;
            found = simulator->entries[i].value;
        }
    }
    return found;
}

const bw_yaml *bw_machine_section(const bw_machine *machine, bw_unit *unit)
{
    GString *text = g_string_new(NULL);
    const bw_yaml *section = NULL;

    if (machine->offset)
        g_string_append_printf(text, "offset: %" PRIu64 "\n", machine->offset);
    if (machine->from_ram)
        g_string_append(text, "run-from: ram\n");
    if (text->len)
        section = bw_yaml_read(bw_source_from_memory(unit->ctx->sources, "machines.def", text->str, text->len),
                               &unit->arena, unit->findings);
    g_string_free(text, TRUE);
    return section;
}

bool bw_machine_is_left_out(const bw_board *board, const bw_target *target, const bw_yaml *support)
{
    const bw_yaml *simulator = bw_yaml_get(support, "simulator");

    return simulator && simulator->kind == BW_YAML_MAP && simulator->count && !part_of(support, target) &&
           !guess(board);
}

static bool make_of_support(maker *m, const bw_yaml *part)
{
    const bw_yaml *qemu = bw_yaml_get(part, "qemu");
    const bw_yaml *command = bw_yaml_get(part, "command");

    m->machine->place = bw_yaml_place(qemu ? qemu : command ? command : part);
    if (qemu && bw_yaml_get(qemu, "cpu") && !m->options->cpu)
        m->machine->cpu_place = bw_yaml_place(bw_yaml_get(qemu, "cpu"));
    if (!qemu == !command) {
        bw_finding *f = bw_findings_add(m->findings, BW_CODE_simulator_target, m->machine->place,
                                        qemu ? "the simulator of %s is either qemu or a command, not both"
                                             : "the simulator of %s has neither qemu nor a command",
                                        m->target->name);
        bw_finding_cure(f, qemu ? "remove one of them" : "write qemu: {machine: NAME}, or command: PROGRAM ${image}");
        return false;
    }
    m->machine->semihosting = qemu != NULL;
    bw_yaml_to_bool(bw_yaml_get(part, "semihosting"), &m->machine->semihosting);
    if (qemu)
        return make_qemu(m, qemu);
    char **words = bw_yaml_to_words(command);
    char *folder = g_path_get_dirname(command->source->path);
    bool ok = make_command(m, words, folder);
    g_free(folder);
    g_strfreev(words);
    return ok;
}

static bool report_unknown(maker *m)
{
    char *name = m->target->board ? without_revision(m->target->name) : file_stem(m->target);
    bw_finding *f =
        bw_findings_add(m->findings, BW_CODE_simulator_unknown, m->machine->place, "no simulator is known for %s%s%s",
                        m->target->name, m->board->compatible_count ? ", which is compatible with " : "",
                        m->board->compatible_count ? m->board->compatible[0] : "");

    bw_finding_cure(f,
                    "write into support.yml beside it: simulator: {%s: {qemu: {machine: NAME}}}, or name the machine "
                    "here: --machine NAME",
                    name);
    g_free(name);
    return false;
}

/* -- together ----------------------------------------------------------------------------------------- */

static bool make(maker *m, const bw_yaml *support)
{
    const bw_yaml *part = part_of(support, m->target);
    const machine_row *row = guess(m->board);

    if (m->options->simulator)
        return make_users_command(m);
    if (part)
        return make_of_support(m, part);
    if (m->options->machine)
        return make_named(m);
    return row ? make_guess(m, row) : report_unknown(m);
}

bw_machine *bw_machine_of(const bw_board *board, const bw_target *target, const bw_yaml *support,
                          const bw_machine_options *options, bw_findings *findings)
{
    bw_machine *machine = g_new0(bw_machine, 1);
    maker m = {board, target, options, findings, machine};

    machine->argv = g_ptr_array_new_with_free_func(g_free);
    machine->place = bw_file_place(target->path);
    if (make(&m, support)) {
        bw_arch arch = bw_arch_of(board);

        /* QEMU's Arm machines may put the devicetree where flash begins, if an image lies there. */
        machine->from_ram = machine->qemu && (arch == BW_ARCH_AARCH64 || arch == BW_ARCH_ARM);
        return machine;
    }
    bw_machine_free(machine);
    return NULL;
}

void bw_machine_free(bw_machine *machine)
{
    if (!machine)
        return;
    g_ptr_array_free(machine->argv, TRUE);
    g_free(machine->title);
    g_free(machine);
}

static bool is_known(const bw_targets *targets, const char *key)
{
    for (uint32_t i = 0; i < targets->count; i++)
        if (key_rank(key, &targets->items[i]))
            return true;
    return false;
}

static void report_target(const bw_targets *targets, const bw_yaml *key, bw_findings *findings)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (uint32_t i = 0; i < targets->count; i++) {
        const bw_target *target = &targets->items[i];

        g_ptr_array_add(names, target->board ? without_revision(target->name) : file_stem(target));
    }
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(key->text, (const char *const *)names->pdata);
    bw_finding *f = bw_findings_add(findings, BW_CODE_simulator_target, bw_yaml_place(key),
                                    "the board has no target '%s'", key->text);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    g_ptr_array_free(names, TRUE);
}

bool bw_machine_check_targets(const bw_targets *targets, const bw_yaml *support, bw_findings *findings)
{
    const bw_yaml *simulator = bw_yaml_get(support, "simulator");
    bool ok = true;

    if (!simulator || simulator->kind != BW_YAML_MAP || bw_support_simulator_of_all(support))
        return true;
    for (uint32_t i = 0; i < simulator->count; i++)
        if (!is_known(targets, simulator->entries[i].key->text)) {
            report_target(targets, simulator->entries[i].key, findings);
            ok = false;
        }
    return ok;
}
