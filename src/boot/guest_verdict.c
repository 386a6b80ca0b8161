/* SPDX-License-Identifier: Apache-2.0 */
/* What Linux says is compared with what the description says. */
#include "base/text.h"
#include "boot/drivers.h"
#include "boot/guest_parts.h"
#include "boot/machine_map.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define QUOTE_MAX 160 /* of what is quoted */

typedef struct judge {
    bw_guest_boot *guest;
    bw_arena *arena;
    bw_findings *findings;
    const bw_sel4_vm_section *section;
} judge;

static judge judge_of(bw_guest_boot *guest)
{
    bw_unit *unit = guest->board->tree->unit;

    return (judge){guest, &unit->arena, unit->findings, guest->vm->section};
}

/* -- verdicts ----------------------------------------------------------------------------------------- */

static bw_guest_claim *find_claim(const judge *j, bw_guest_claim_kind kind)
{
    for (guint i = 0; i < j->guest->claims->len; i++) {
        bw_guest_claim *claim = &g_array_index(j->guest->claims, bw_guest_claim, i);

        if (claim->kind == kind)
            return claim;
    }
    return NULL;
}

static void hold(bw_guest_claim *claim, const char *text)
{
    claim->state = BW_VERDICT_HOLDS;
    if (text)
        claim->text = text;
}

static void skip(bw_guest_claim *claim, const char *why)
{
    claim->state = BW_VERDICT_SKIPPED;
    claim->why = why;
}

static void follow(bw_guest_claim *claim, const char *text)
{
    claim->state = BW_VERDICT_FAILS;
    claim->text = text;
}

static bw_finding *fail(const judge *j, bw_guest_claim *claim, bw_code code, bw_place place, const char *text)
{
    follow(claim, text);
    claim->code = bw_codes[code].name;
    return bw_findings_add(j->findings, code, place, "%s", text);
}

static bw_place place_of(bw_place place, bw_place otherwise)
{
    return place.file ? place : otherwise;
}

/* -- before the run ----------------------------------------------------------------------------------- */

bool bw_guest_judge_place(bw_guest_boot *guest, const GArray *map)
{
    judge j = judge_of(guest);
    bw_guest_claim *claim = find_claim(&j, BW_GUEST_PLACE);
    const bw_sel4_span *ram = &guest->vm->ram;
    uint64_t first, last, end = ram->base + ram->size - 1;

    if (map->len == 0)
        return true;
    if (!bw_machine_map_near(map, ram->base, &first, &last)) {
        first = 0;
        last = 0;
    }
    if (first <= ram->base && end <= last) {
        hold(claim, NULL);
        return true;
    }
    bw_finding *f =
        fail(&j, claim, BW_CODE_guest_memory_absent, place_of(j.section->ram_address.place, j.section->ram.place),
             bw_arena_printf(j.arena,
                             "the RAM of %s is 0x%" PRIx64 "–0x%" PRIx64 ", and the machine has memory at 0x%" PRIx64
                             "–0x%" PRIx64,
                             guest->vm->name, ram->base, end, first, last));
    bw_finding_note(f, guest->machine->place, "the machine is named here");
    return false;
}

/* -- what the stub says ------------------------------------------------------------------------------- */

/* The device of the board whose registers an address is in, or NULL. */
static const bw_device *device_at(const bw_board *board, uint64_t address)
{
    for (uint32_t i = 0; i < board->device_count; i++)
        for (uint32_t k = 0; k < board->devices[i].block_count; k++) {
            const bw_block *b = &board->devices[i].blocks[k];

            if (b->mapped && address - b->address < b->size)
                return &board->devices[i];
        }
    return NULL;
}

static bw_place devices_place(const judge *j)
{
    return j->section->devices.count ? j->section->devices.items[0].place : j->section->place;
}

/* "abort ESR HPFAR FAR ELR": HPFAR has the page, FAR the place in it. */
static void judge_abort(const judge *j, const char *words)
{
    bw_guest_claim *claim = find_claim(j, BW_GUEST_ACCESS);
    uint64_t n[4] = {0};
    const char *p = words + strlen("abort ");

    for (unsigned i = 0; i < 4; i++) {
        char *end;

        n[i] = g_ascii_strtoull(p, &end, 16);
        p = end;
    }
    unsigned class = (unsigned)(n[0] >> 26 & 0x3f);
    uint64_t address = (n[1] & ~(uint64_t)0xf) << 8 | (n[2] & 0xfff);
    if (class != 0x24 && class != 0x20) {
        fail(j, claim, BW_CODE_guest_stuck, j->section->place,
             bw_arena_printf(j->arena, "%s did something that traps to its monitor (ESR 0x%" PRIx64 ") at 0x%" PRIx64,
                             j->guest->vm->name, n[0], n[3]));
        return;
    }
    const bw_device *device = device_at(j->guest->board, address);
    const char *verb = class == 0x20 ? "runs into" : n[0] & 1U << 6 ? "writes to" : "reads from";
    bw_finding *f =
        fail(j, claim, BW_CODE_guest_access, devices_place(j),
             bw_arena_printf(j->arena, "%s %s 0x%" PRIx64 ", which it is not granted%s%s", j->guest->vm->name, verb,
                             address, device ? ": " : "; nothing is described there", device ? device->path : ""));
    if (!device)
        return;
    bw_find_note_node(j->guest->board->tree, f, device->node, "its registers are there");
    bw_finding_cure(f, "give it to the guest, too: add %s to devices", device->label ? device->label : device->path);
}

/* -- a guest that does not come up -------------------------------------------------------------------- */

static const char *last_line(const judge *j)
{
    char **lines = g_strsplit(j->guest->run->texts[BW_CHANNEL_CONSOLE]->str, "\n", -1);
    const char *last = NULL, *panic = NULL;

    for (char **line = lines; *line; line++) {
        const char *found = strstr(*line, "Kernel panic");

        if (found && !panic)
            panic = found;
        if (*g_strstrip(*line))
            last = *line;
    }
    const char *kept = panic || last
                           ? bw_arena_strndup(j->arena, panic ? panic : last, strnlen(panic ? panic : last, QUOTE_MAX))
                           : NULL;
    g_strfreev(lines);
    return kept;
}

static const char *how_it_ended(const bw_boot_run *run)
{
    switch (run->end) {
    case BW_RUN_DIED:
        return "the machine ended";
    case BW_RUN_TIMEOUT:
        return "the time was over";
    case BW_RUN_FLOODED:
        return "it said more than a guest ever says";
    default:
        return "then it fell silent";
    }
}

static void note_simulator(const judge *j, bw_finding *f)
{
    const GString *errors = j->guest->run->texts[BW_CHANNEL_ERRORS];

    if (errors->len) {
        char *line = g_strstrip(g_strndup(errors->str, MIN(errors->len, (gsize)QUOTE_MAX)));

        bw_finding_note(f, j->guest->machine->place, "the simulator says: %s", line);
        g_free(line);
    }
}

static void judge_silence(const judge *j)
{
    bw_guest_claim *claim = find_claim(j, BW_GUEST_SHELL);
    const char *said = last_line(j);
    uint64_t pc;
    bw_finding *f;

    if (find_claim(j, BW_GUEST_ACCESS)->state == BW_VERDICT_FAILS) {
        follow(claim, "the guest was stopped there");
        return;
    }
    if (said) {
        f = fail(j, claim, BW_CODE_guest_stuck, j->section->place,
                 bw_arena_printf(j->arena, "%s does not come to its shell; its last words, before %s: %s",
                                 j->guest->vm->name, how_it_ended(j->guest->run), said));
    } else {
        f = fail(j, claim, BW_CODE_guest_silent, place_of(j->section->console.place, j->section->place),
                 bw_arena_printf(j->arena, "%s says nothing on %s", j->guest->vm->name,
                                 j->guest->vm->console ? bw_node_path(j->guest->board->tree, j->guest->vm->console)
                                                       : "its console"));
        if (j->guest->run->registers && bw_registers_pc(j->guest->run->registers, &pc))
            bw_finding_note(f, bw_file_place(j->guest->linux->path), "its first CPU is at 0x%" PRIx64, pc);
    }
    note_simulator(j, f);
}

/* -- facts ------------------------------------------------------------------------------------------- */

static void judge_text(const judge *j, bw_guest_claim_kind kind, const char *name, const char *wanted, bw_place place,
                       const char *what)
{
    bw_guest_claim *claim = find_claim(j, kind);
    const char *is = bw_guest_fact(j->guest->facts, name);

    if (!claim)
        return;
    char *want = g_strstrip(g_strdup(wanted ? wanted : ""));
    if (is && strcmp(is, want) == 0)
        hold(claim, NULL);
    else
        fail(j, claim, BW_CODE_guest_differs, place,
             bw_arena_printf(j->arena, "the %s of %s is described as \"%s\", and is \"%s\"", what, j->guest->vm->name,
                             want, is ? is : ""));
    g_free(want);
}

/* Of a property's value, else of the node itself. */
static bw_place node_place(const judge *j, const bw_node *node, const bw_prop *prop)
{
    const bw_tree *tree = j->guest->board->tree;
    bw_span span = prop ? bw_prop_value_span(prop) : bw_node_span(node);

    return span.begin ? bw_locs_place(&tree->unit->locs, span) : bw_file_place(tree->path);
}

static void judge_model(const judge *j)
{
    const bw_node *root = j->guest->board->tree->root;
    const bw_prop *prop = bw_node_prop_text(root, "model");

    judge_text(j, BW_GUEST_MODEL, "model", bw_prop_string(bw_node_prop_text(j->guest->vm->guest->tree->root, "model")),
               node_place(j, root, prop), "model");
    judge_text(j, BW_GUEST_COMMAND_LINE, "cmdline", j->guest->vm->bootargs,
               place_of(j->section->command_line.place, j->section->place), "command line");
}

/* "50000000-5fffffff : System RAM": from the first to the last byte, and how many. */
static bool system_ram(const judge *j, uint64_t *first, uint64_t *last, uint64_t *sum)
{
    guint from = 0;
    const char *line;

    *first = UINT64_MAX;
    *last = *sum = 0;
    while ((line = bw_guest_fact_next(j->guest->facts, "iomem", &from)) != NULL) {
        char *end;
        uint64_t a = g_ascii_strtoull(line, &end, 16);
        uint64_t b = *end == '-' ? g_ascii_strtoull(end + 1, NULL, 16) : 0;

        if (!strstr(line, "System RAM") || b <= a)
            continue;
        *first = MIN(*first, a);
        *last = MAX(*last, b);
        *sum += b - a + 1;
    }
    return *sum != 0;
}

static void judge_memory(const judge *j)
{
    bw_guest_claim *claim = find_claim(j, BW_GUEST_MEMORY);
    const bw_sel4_span *ram = &j->guest->vm->ram;
    uint64_t first, last, sum;

    if (!system_ram(j, &first, &last, &sum))
        skip(claim, "this kernel does not say where its memory is");
    else if (first == ram->base && sum == ram->size)
        hold(claim, NULL);
    else
        fail(j, claim, BW_CODE_guest_differs, place_of(j->section->ram_address.place, j->section->ram.place),
             bw_arena_printf(j->arena,
                             "the memory of %s is described as 0x%" PRIx64 "–0x%" PRIx64 ", and Linux has 0x%" PRIx64
                             " bytes in 0x%" PRIx64 "–0x%" PRIx64,
                             j->guest->vm->name, ram->base, ram->base + ram->size - 1, sum, first, last));
}

static void judge_initrd(const judge *j)
{
    bw_guest_claim *claim = find_claim(j, BW_GUEST_INITRD);
    const char *start = bw_guest_fact(j->guest->facts, "linux,initrd-start");
    uint64_t is = start ? g_ascii_strtoull(start, NULL, 16) : 0;

    if (is == j->guest->vm->initrd.base)
        hold(claim, NULL);
    else
        fail(j, claim, BW_CODE_guest_differs, place_of(j->section->initrd.address.place, j->section->initrd.file.place),
             bw_arena_printf(j->arena, "the initrd of %s is at 0x%" PRIx64 ", and its devicetree says 0x%" PRIx64,
                             j->guest->vm->name, j->guest->vm->initrd.base, is));
}

/* "0-1,3": how many. */
static unsigned count_of_list(const char *text)
{
    unsigned count = 0;

    while (text && g_ascii_isdigit(*text)) {
        char *end;
        unsigned long a = strtoul(text, &end, 10);
        unsigned long b = *end == '-' ? strtoul(end + 1, &end, 10) : a;

        count += b >= a && b < 4096 ? (unsigned)(b - a + 1) : 0;
        text = *end == ',' ? end + 1 : "";
    }
    return count;
}

static void judge_cpus(const judge *j)
{
    bw_guest_claim *claim = find_claim(j, BW_GUEST_CPUS);
    bw_guest_claim *kind = find_claim(j, BW_GUEST_CPU_KIND);
    unsigned online = count_of_list(bw_guest_fact(j->guest->facts, "online"));

    if (online == j->guest->vm->vcpus) {
        hold(claim, NULL);
    } else {
        bw_finding *f = fail(j, claim, BW_CODE_guest_differs, place_of(j->section->vcpus.place, j->section->place),
                             bw_arena_printf(j->arena, "%s has %" PRIu32 " virtual CPUs, and %u came up",
                                             j->guest->vm->name, j->guest->vm->vcpus, online));
        bw_finding_note(f, j->guest->machine->place, "the machine, which needs as many CPUs, is named here");
    }
    const bw_cpu *cpu = NULL;
    for (uint32_t i = 0; i < j->guest->board->cpu_count && !cpu; i++)
        if (!j->guest->board->cpus[i].unavailable)
            cpu = &j->guest->board->cpus[i];
    const char *part = bw_guest_fact(j->guest->facts, "cpu");
    const char *number = part ? strstr(part, "0x") : NULL;
    if (!kind)
        return;
    uint32_t wanted = bw_driver_cpu_part_of(j->guest->board->tree, cpu->node).part;
    if (!number)
        skip(kind, "this kernel does not say their kind");
    else if ((strtoul(number, NULL, 16) & 0xfff) == (wanted & 0xfff))
        hold(kind, NULL);
    else
        fail(j, kind, BW_CODE_guest_differs, node_place(j, cpu->node, bw_node_prop_text(cpu->node, "compatible")),
             bw_arena_printf(j->arena, "CPU %s is described as %s, part 0x%x, and the guest's CPU is part %s",
                             cpu->path, cpu->compatible, (unsigned)(wanted & 0xfff), number));
}

/* -- console ------------------------------------------------------------------------------------------ */

/* The path of the guest's tree: the same as the board's. */
static const char *node_word(const judge *j, const char *text)
{
    const char *node = text ? strstr(text, "node=") : NULL;

    return node ? bw_arena_strndup(j->arena, node + 5, strcspn(node + 5, " ")) : "";
}

static void judge_console(const judge *j)
{
    bw_guest_claim *claim = find_claim(j, BW_GUEST_CONSOLE);
    const char *said = bw_guest_fact(j->guest->facts, "console");

    if (!claim)
        return;
    const char *path = node_word(j, said);
    if (strcmp(path, claim->device->path) == 0) {
        hold(claim, bw_arena_printf(j->arena, "%s is %.*s", claim->title, (int)strcspn(said, " "), said));
        return;
    }
    fail(j, claim, BW_CODE_guest_differs, place_of(j->section->console.place, j->section->place),
         bw_arena_printf(j->arena, "the console of %s is described as %s, and Linux has %s", j->guest->vm->name,
                         claim->device->path, said ? *path ? path : said : "none"));
}

static bool was_heard(const judge *j)
{
    const char *typed = bw_guest_fact(j->guest->facts, "typed");

    return typed && strcmp(typed, BW_GUEST_TYPED) == 0;
}

/* -- interrupts and drivers --------------------------------------------------------------------------- */

/* " 13: 3 0 GIC-0 33 Level uart-pl011": by hardware's number. @return what stands behind it, or NULL. */
static const char *find_interrupt(const judge *j, uint32_t number, uint64_t *came)
{
    guint from = 0;
    const char *line;

    while ((line = bw_guest_fact_next(j->guest->facts, "interrupt", &from)) != NULL) {
        const char *chip = strstr(line, "GIC");
        const char *p = strchr(line, ':');

        if (!chip || !p)
            continue;
        const char *digits = chip + strcspn(chip, " ");
        if (strtoul(digits, (char **)(uintptr_t)&digits, 10) != number)
            continue;
        *came = 0;
        for (p++; p < chip;) {
            char *end;

            *came += g_ascii_strtoull(p, &end, 10);
            p = end == p ? chip : end + strspn(end, " ");
        }
        digits += strspn(digits, " ");
        digits += strcspn(digits, " ");
        return digits + strspn(digits, " ");
    }
    return NULL;
}

/* @return the fact about the device of a node, or NULL. */
static const char *find_device(const judge *j, const char *path)
{
    guint from = 0;
    const char *line;

    while ((line = bw_guest_fact_next(j->guest->facts, "device", &from)) != NULL)
        if (g_str_has_prefix(line, "virtio") == false && strcmp(node_word(j, line), path) == 0)
            return line;
    return NULL;
}

static const char *driver_word(const judge *j, const char *line)
{
    const char *driver = line ? strstr(line, "driver=") : NULL;

    return driver ? bw_arena_strndup(j->arena, driver + 7, strcspn(driver + 7, " ")) : "";
}

/* PrimeCells are found by their identification, so no module names their compatible. */
static bool has_driver(const judge *j, const bw_device *device)
{
    const bw_prop *prop = bw_node_prop_text(device->node, "compatible");
    uint32_t offset = 0;
    const char *text;

    while ((text = bw_prop_next_string(prop, &offset)) != NULL)
        if (g_hash_table_contains(j->guest->linux->drivers, text))
            return true;
    return false;
}

static void judge_driver(const judge *j, bw_guest_claim *claim)
{
    const bw_device *device = claim->device;
    const char *line = find_device(j, device->path);
    const char *driver = driver_word(j, line);

    if (*driver) {
        hold(claim, bw_arena_printf(j->arena, "%s: %s", claim->title, driver));
        return;
    }
    if (!has_driver(j, device) && !(line && g_str_has_prefix(line, "amba") && device->node == j->guest->vm->console)) {
        skip(claim, line ? "this kernel has no driver that takes it" : "Linux makes no device of it");
        return;
    }
    fail(j, claim, BW_CODE_guest_driver, node_place(j, device->node, bw_node_prop_text(device->node, "compatible")),
         bw_arena_printf(j->arena, "no driver of %s takes %s, though it has one for %s", j->guest->vm->name,
                         device->path, device->compatible));
}

/* Whether the first process made the device interrupt. */
static bool is_exercised(const judge *j, const bw_device *device)
{
    guint from = 0;
    const char *line;

    if (device->node == j->guest->vm->console)
        return true;
    while ((line = bw_guest_fact_next(j->guest->facts, "exercised", &from)) != NULL)
        if (strcmp(node_word(j, line), device->path) == 0)
            return true;
    return false;
}

static void judge_interrupt(const judge *j, bw_guest_claim *claim)
{
    uint64_t came = 0;
    const char *who = find_interrupt(j, claim->line->number, &came);

    if (who && came) {
        hold(claim, bw_arena_printf(j->arena, "%s: %" PRIu64 " came to %s", claim->title, came, who));
        return;
    }
    if (!is_exercised(j, claim->device)) {
        skip(claim, who ? "nothing made it come" : "no driver asked for it");
        return;
    }
    const bw_irq *irq = &claim->line->irq;
    const char *text = bw_arena_printf(
        j->arena, "interrupt %" PRIu32 " (%s %" PRIu32 ") of %s never came to %s, though the device works",
        claim->line->number, claim->line->kind, claim->line->kind_number, claim->device->path, j->guest->vm->name);
    follow(claim, text);
    claim->code = bw_codes[BW_CODE_guest_interrupt].name;
    bw_finding *f =
        bw_find_elem(j->guest->board->tree, BW_CODE_guest_interrupt, irq->consumer, irq->prop, irq->offset, "%s", text);
    if (claim->device->node == j->guest->vm->console)
        bw_finding_note(f, place_of(j->section->console.place, devices_place(j)),
                        "it is the guest's console, which therefore says all and hears nothing");
}

/* Nothing typed comes without the console's interrupt: then that has the finding. */
static void judge_input(const judge *j)
{
    bw_guest_claim *claim = find_claim(j, BW_GUEST_INPUT);
    uint64_t came = 0;

    if (!claim)
        return;
    if (was_heard(j)) {
        hold(claim, NULL);
        return;
    }
    const bw_device *device = claim->device;
    bool by_interrupt = device->line_count && device->lines[0].number_known;
    if (by_interrupt && !(find_interrupt(j, device->lines[0].number, &came) && came))
        follow(claim, "what is typed does not come to the shell: its interrupt does not");
    else
        fail(j, claim, BW_CODE_guest_silent, place_of(j->section->console.place, j->section->place),
             bw_arena_printf(j->arena, "what is typed at the console of %s does not come to its shell",
                             j->guest->vm->name));
}

/* -- together ----------------------------------------------------------------------------------------- */

static void judge_facts(const judge *j)
{
    judge_model(j);
    judge_memory(j);
    judge_initrd(j);
    judge_cpus(j);
    judge_console(j);
    judge_input(j);
    for (guint i = 0; i < j->guest->claims->len; i++) {
        bw_guest_claim *claim = &g_array_index(j->guest->claims, bw_guest_claim, i);

        if (claim->kind == BW_GUEST_DRIVER)
            judge_driver(j, claim);
        else if (claim->kind == BW_GUEST_INTERRUPT)
            judge_interrupt(j, claim);
    }
}

void bw_guest_judge(bw_guest_boot *guest)
{
    judge j = judge_of(guest);
    const char *stub = guest->run->texts[BW_CHANNEL_SEMIHOSTING]->str;
    const char *abort = strstr(stub, "abort ");
    bw_guest_claim *access = find_claim(&j, BW_GUEST_ACCESS);

    if (guest->run->end == BW_RUN_NOT_STARTED) {
        fail(
            &j, find_claim(&j, BW_GUEST_SHELL), BW_CODE_simulator_missing, guest->machine->place,
            bw_arena_printf(j.arena, "%s cannot be started: %s", guest->machine->title, g_strerror(guest->run->error)));
        return;
    }
    if (abort)
        judge_abort(&j, abort);
    if (!bw_guest_fact(guest->facts, "begin")) {
        judge_silence(&j);
        return;
    }
    hold(find_claim(&j, BW_GUEST_SHELL), NULL);
    if (!bw_guest_fact(guest->facts, "end")) {
        if (!abort)
            fail(&j, find_claim(&j, BW_GUEST_SHELL), BW_CODE_guest_stuck, j.section->place,
                 bw_arena_printf(j.arena, "%s stops within its first process; its last words: %s", guest->vm->name,
                                 last_line(&j)));
        return;
    }
    if (access->state == BW_VERDICT_UNTESTED)
        hold(access, NULL);
    judge_facts(&j);
}
