/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/isa.h"
#include "boot/machine_parts.h"
#include "boot/places.h"

#include "yaml/schema.h"

#include <inttypes.h>
#include <string.h>

/* What makes a QEMU: of support.yml or of the tree, and then what the user says. */
typedef struct qemu_choice {
    GString *machine;
    const char *program; /* NULL: that of the architecture */
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
    const bw_cpu *cpu = bw_machine_first_cpu(board);

    return cpu && cpu->isa ? bw_isa_xlen(cpu->isa) : 64;
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

    add_word(argv, q->program ? q->program : program_of(arch, xlen_of(m->board)));
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
    q->cpu = bw_machine_qemu_cpu(m->board);
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

/* Debian's. */
static const char *package_of(const char *program)
{
    if (g_str_has_prefix(program, "qemu-system-riscv"))
        return "qemu-system-misc";
    return strcmp(program, "qemu-system-arm") == 0 || strcmp(program, "qemu-system-aarch64") == 0 ? "qemu-system-arm"
                                                                                                  : NULL;
}

static bool is_program_there(const char *program)
{
    char *found = g_find_program_in_path(program);
    bool there = found != NULL;

    g_free(found);
    return there;
}

/* Whether support.yml names a QEMU that has no CPU of the described architecture: one of the two is wrong, and no run
 * could say so as clearly. qemu-system-aarch64 runs all Arm CPUs. */
static bool is_other_architecture(const char *program, const char *fitting)
{
    static const char *const known[] = {"qemu-system-arm", "qemu-system-aarch64", "qemu-system-riscv32",
                                        "qemu-system-riscv64", NULL};
    char *base = g_path_get_basename(program);
    bool other = g_strv_contains(known, base) && strcmp(base, fitting) != 0 &&
                 !(strcmp(base, "qemu-system-aarch64") == 0 && strcmp(fitting, "qemu-system-arm") == 0);

    g_free(base);
    return other;
}

static void report_architecture(const maker *m, const char *program, const char *fitting)
{
    const bw_tree *tree = m->board->tree;
    const bw_cpu *cpu = bw_machine_first_cpu(m->board);
    const char *name = cpu->label ? cpu->label : cpu->node->name->text;
    const char *text =
        bw_arena_printf(&tree->unit->arena, "cpu %s: the description says a CPU for %s, the machine is one of %s", name,
                        fitting, program);
    bw_said isa = bw_said_isa(cpu);
    bw_said said = isa.prop ? isa : bw_said_compatible(tree, cpu->node, 0);
    bw_finding *f = said.prop ? bw_find_elem(tree, BW_CODE_cpu_kind, cpu->node, said.prop, said.offset, "%s", text)
                              : bw_find_node(tree, BW_CODE_cpu_kind, cpu->node, "%s", text);

    bw_finding_note(f, m->machine->place, "the simulator is named here");
}

static bool finish_qemu(maker *m, qemu_choice *q)
{
    const char *fitting = program_of(bw_arch_of(m->board), xlen_of(m->board));

    bw_machine *machine = m->machine;

    apply_options(m, q);
    need_a_64_bit_cpu(m, q);
    if (!q->program && !fitting) {
        bw_findings_add(m->findings, BW_CODE_simulator_unknown, m->machine->place,
                        "the CPUs of %s are none that there is a QEMU for (Arm and RISC-V are known)", m->target->name);
        return false;
    }
    if (q->program && fitting && bw_machine_first_cpu(m->board) && is_other_architecture(q->program, fitting)) {
        report_architecture(m, q->program, fitting);
        return false;
    }
    add_qemu_words(m, q);
    machine->qemu = true;
    machine->offset = bw_machine_offset(q->machine->str);
    machine->name = bw_arena_strndup(&m->board->tree->unit->arena, q->machine->str, strcspn(q->machine->str, ","));
    machine->title = g_strdup_printf("qemu %s", q->machine->str);
    return is_program_there(machine->argv->pdata[0]) ||
           report_missing(m, machine->argv->pdata[0], package_of(machine->argv->pdata[0]));
}

static bool make_guess(maker *m, const bw_machine_guess *guess)
{
    qemu_choice q = {
        .machine = g_string_new(guess->machine), .cpu = guess->cpu, .memory = guess->memory, .cpus = guess->cpus};
    bw_machine *machine = m->machine;

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
    q.program = bw_yaml_to_text(bw_yaml_get(said, "program"));
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

    return simulator && simulator->kind == BW_YAML_MAP && simulator->count &&
           !bw_machine_target_part(support, target) && !bw_machine_is_known(board);
}

static bool make_of_support(maker *m, const bw_yaml *part)
{
    const bw_yaml *qemu = bw_yaml_get(part, "qemu");
    const bw_yaml *command = bw_yaml_get(part, "command");

    /* What the command line names instead is no fault of support.yml. */
    if (!m->options->machine)
        m->machine->place = bw_yaml_place(qemu ? qemu : command ? command : part);
    if (m->options->cpu)
        m->machine->cpu_place = bw_file_place(m->target->path);
    else if (qemu && bw_yaml_get(qemu, "cpu"))
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
    char *name = bw_machine_target_key(m->target);
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
    const bw_yaml *part = bw_machine_target_part(support, m->target);
    bw_machine_guess guess;

    if (m->options->simulator)
        return make_users_command(m);
    if (part)
        return make_of_support(m, part);
    if (m->options->machine)
        return make_named(m);
    if (!bw_machine_guess_of(m->board, &guess))
        return report_unknown(m);
    bool ok = make_guess(m, &guess);
    g_free(guess.machine);
    return ok;
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
