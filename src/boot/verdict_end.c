/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that did not come to its end. The machine is asked what it has: an image in memory that is not there explains
 * a silent machine better than any guess.
 */
#include "boot/judge.h"
#include "boot/machine_map.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#define WORDS_MAX 300 /* bytes of a simulator's last words in a sentence */

/* -- where ------------------------------------------------------------------------------------------ */

/* When the probe tests a claim (probe_main() has the order): results do not come in the order of the plan. */
enum { AT_CPUS, AT_MEMORIES, AT_DEVICES, AT_CONSOLE, AT_TIMERS, AT_EXTRA_CPUS };

static bool is_reported(const bw_judge *j, guint i)
{
    return bw_judge_verdict(j, i)->state != BW_VERDICT_UNTESTED;
}

static int step_of(const bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_device *console =
        j->job->board->console ? bw_board_device(j->job->board, j->job->board->console->node) : NULL;

    switch (claim->kind) {
    case BW_CLAIM_CPU: { /* the last one that arrived is said to be there when others were waited for in vain */
        int kind = bw_judge_find(j, BW_CLAIM_CPU_KIND, claim->node);

        return kind >= 0 && is_reported(j, (guint)kind) && !is_reported(j, i) ? AT_EXTRA_CPUS : AT_CPUS;
    }
    case BW_CLAIM_MEMORY:
    case BW_CLAIM_MEMORY_END:
    case BW_CLAIM_MEMORY_START:
        return AT_MEMORIES;
    case BW_CLAIM_DEVICE:
    case BW_CLAIM_DEVICE_ID:
        return AT_DEVICES;
    case BW_CLAIM_TIMER_RATE:
        return AT_TIMERS;
    case BW_CLAIM_INTERRUPT:
        return console && claim->device == console ? AT_CONSOLE : AT_TIMERS;
    default:
        return AT_CPUS;
    }
}

/* The claim that was being tested: the next in the probe's order that has no result. -1: none. */
static int current_claim(const bw_judge *j)
{
    int reached = AT_CPUS;
    int found = -1;
    int fallback = -1;

    for (guint i = 0; i < j->job->claims->tested; i++)
        if (is_reported(j, i))
            reached = MAX(reached, step_of(j, i));
    for (guint i = 0; i < j->job->claims->tested; i++) {
        if (is_reported(j, i))
            continue;
        int step = step_of(j, i);

        if (fallback < 0)
            fallback = (int)i;
        if (step >= reached && (found < 0 || step < step_of(j, (guint)found)))
            found = (int)i;
    }
    return found >= 0 ? found : fallback;
}

static int console_claim(const bw_judge *j)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        if (bw_judge_claim(j, i)->kind == BW_CLAIM_CONSOLE)
            return (int)i;
    return -1;
}

/* At the claim that was being tested, else where the simulator is named. */
static bw_finding *say_at_current(bw_judge *j, bw_code code, const char *text)
{
    int current = j->tap->version ? current_claim(j) : -1;

    if (current < 0)
        return bw_findings_add(j->unit->findings, code, j->job->machine->place, "%s", text);
    const bw_claim *claim = bw_judge_claim(j, (guint)current);
    bw_finding *f = bw_judge_say(j, code, bw_judge_span(claim),
                                 bw_arena_printf(&j->unit->arena, "%s, while it tested this (%s)", text, claim->title));
    bw_finding_subject(f, bw_node_path(j->job->board->tree, claim->node), claim->prop ? claim->prop->name->text : NULL);
    return f;
}

/* -- an image in memory that is not there ----------------------------------------------------------- */

static const bw_bare_region *region_at(const bw_judge *j, uint64_t address)
{
    const GArray *regions = j->job->layout->regions;

    for (guint i = 0; i < regions->len; i++) {
        const bw_bare_region *r = &g_array_index(regions, bw_bare_region, i);

        if (address >= r->base && address - r->base < r->size)
            return r;
    }
    return NULL;
}

static bool has_memory(bw_judge *j, uint64_t address)
{
    const bw_machine_row *row = bw_machine_map_at(bw_judge_map(j), address);

    return row && row->is_memory;
}

/* @return the first address that the image needs and the machine has no memory for. */
static bool find_unbacked(bw_judge *j, uint64_t *address)
{
    const GArray *segments = j->job->image->elf.segments;

    for (guint i = 0; i < segments->len; i++) {
        const bw_elf_segment *s = &g_array_index(segments, bw_elf_segment, i);
        const uint64_t ends[] = {s->load, s->address, s->address + (s->memory_size ? s->memory_size - 1 : 0)};

        for (size_t k = 0; k < G_N_ELEMENTS(ends); k++)
            if (!has_memory(j, ends[k])) {
                *address = ends[k];
                return true;
            }
    }
    return false;
}

/* The claim about the memory that a region lies in; a region may be a partition of it. */
static int memory_claim_at(const bw_judge *j, uint64_t address)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        const bw_memory *m = claim->memory;

        if (claim->kind == BW_CLAIM_MEMORY && m && address >= m->block.address &&
            (m->block.size == 0 || address - m->block.address < m->block.size))
            return (int)i;
    }
    return -1;
}

static bool fail_unbacked(bw_judge *j)
{
    const bw_machine *machine = j->job->machine;
    uint64_t address, first, last;

    if (bw_judge_map(j)->len == 0 || !find_unbacked(j, &address))
        return false;
    int index = memory_claim_at(j, address);
    const bw_bare_region *region = region_at(j, address);
    if (index < 0 && !region)
        return false;
    const bw_claim *claim = index >= 0 ? bw_judge_claim(j, (guint)index) : NULL;
    const char *name = claim ? claim->name : region->name;
    uint64_t base = claim ? claim->memory->block.address : region->base;
    bool is_short =
        bw_machine_map_near(bw_judge_map(j), base, &first, &last) && first <= base && last >= base && address > base;
    const char *text =
        is_short
            ? bw_arena_printf(&j->unit->arena, "memory %s: the description says %s, the machine's ends at 0x%" PRIx64,
                              name, bw_judge_size(j, claim ? claim->value : region->size), last)
            : bw_arena_printf(&j->unit->arena,
                              "memory %s: the description says %s at 0x%" PRIx64 ", the machine has none there", name,
                              bw_judge_size(j, claim ? claim->value : region->size), base);
    bw_span row =
        claim ? is_short ? bw_judge_span(claim) : bw_judge_row_span(&claim->memory->block) : bw_node_span(region->node);
    bw_finding *f = claim ? bw_judge_fail(j, (guint)index, BW_CODE_memory_not_there, &row, "%s", text)
                          : bw_judge_say(j, BW_CODE_memory_not_there, row, text);
    bw_judge_note_memory(j, f, base);
    if (f)
        bw_finding_note(f, machine->place, "the probe was to lie there, so it never ran");
    return true;
}

/* -- silence ---------------------------------------------------------------------------------------- */

static bool is_in_image(const bw_judge *j, uint64_t pc)
{
    const GArray *segments = j->job->image->elf.segments;

    for (guint i = 0; i < segments->len; i++) {
        const bw_elf_segment *s = &g_array_index(segments, bw_elf_segment, i);

        if (pc >= s->address && pc - s->address < s->memory_size)
            return true;
    }
    return false;
}

/* A machine that starts at the beginning of its memory does not come by where the description has it begin. */
static bool fail_displaced(bw_judge *j)
{
    uint64_t entry = j->job->image->elf.entry;
    const bw_machine_row *row = bw_machine_map_at(bw_judge_map(j), entry);
    int index = memory_claim_at(j, entry);

    if (index < 0 || !row || !row->is_memory)
        return false;
    const bw_claim *claim = bw_judge_claim(j, (guint)index);
    const bw_block *block = &claim->memory->block;
    if (block->address <= row->first)
        return false;
    bw_span span = bw_judge_row_span(block);
    bw_judge_fail(j, (guint)index, BW_CODE_boot_timeout, &span,
                  "memory %s: the description says that it begins at 0x%" PRIx64 ", the machine's begins at 0x%" PRIx64
                  ", and that is where it started, so the probe never ran",
                  claim->name, block->address, row->first);
    return true;
}

static const char *seconds_text(bw_judge *j)
{
    return bw_arena_printf(&j->unit->arena, "%.1f s", (double)j->job->run->total_time / G_USEC_PER_SEC);
}

/* The probe runs and is not heard: the console's mistake. */
static bool fail_console(bw_judge *j)
{
    int index = console_claim(j);

    if (index < 0 || bw_judge_claim(j, (guint)index)->skip)
        return false;
    bw_finding *f = bw_judge_silent_console(j, (guint)index);
    bw_judge_note_serials(j, f);
    return true;
}

static void fail_silent(bw_judge *j)
{
    const bw_boot_run *run = j->job->run;
    int console = console_claim(j);
    bool known_pc;
    uint64_t pc;

    if (fail_unbacked(j))
        return;
    known_pc = bw_registers_pc(run->registers, &pc);
    if ((!known_pc || is_in_image(j, pc)) && fail_console(j))
        return;
    if (known_pc && !is_in_image(j, pc) && fail_displaced(j))
        return;
    const char *text =
        known_pc && !is_in_image(j, pc)
            ? bw_arena_printf(&j->unit->arena,
                              "nothing was said within %s, and the CPU is at 0x%" PRIx64
                              ", outside of the probe, which "
                              "begins at 0x%" PRIx64,
                              seconds_text(j), pc, j->job->image->elf.entry)
            : bw_arena_printf(&j->unit->arena, "nothing was said within %s%s", seconds_text(j),
                              console < 0 ? ": /chosen names no console, and the simulator has no semihosting" : "");
    bw_finding *f = bw_findings_add(j->unit->findings, BW_CODE_boot_timeout, j->job->machine->place, "%s", text);
    if (f && known_pc && !is_in_image(j, pc))
        bw_finding_cure(f, "does the simulator start the image that it is given? --gdb stops at its first instruction");
    else if (f && console < 0)
        bw_finding_cure(f, "let zephyr,console or stdout-path in /chosen name a UART");
}

/* -- the simulator's end ---------------------------------------------------------------------------- */

/* The last line that says something, without the program's own name before it. */
static char *last_words(const bw_boot_run *run, bool first_line)
{
    const GString *errors = run->texts[BW_CHANNEL_ERRORS];
    const GString *console = run->texts[BW_CHANNEL_CONSOLE];
    char **lines = g_strsplit(errors->len ? errors->str : console->str, "\n", -1);
    char *words = NULL;

    for (char **line = lines; *line; line++) {
        g_strchomp(*line);
        if (**line == '\0' || strstr(*line, "warning:") || (first_line && words))
            continue;
        g_free(words);
        words = g_strndup(*line, WORDS_MAX);
    }
    g_strfreev(lines);
    for (char *p = words; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    return words;
}

static const char *status_text(bw_judge *j)
{
    int status = j->job->run->status;

    if (WIFSIGNALED(status))
        return bw_arena_printf(&j->unit->arena, "was killed by signal %d (%s)", WTERMSIG(status),
                               g_strsignal(WTERMSIG(status)));
    return bw_arena_printf(&j->unit->arena, "ended with status %d", WEXITSTATUS(status));
}

/* "unsupported machine type", "unable to find CPU model 'x'": @return the list that has the right names. */
static const char *which_list(const char *errors, const char **what)
{
    static const struct {
        const char *words, *option, *what;
    } known[] = {{"unsupported machine type", "-machine", "machine"},
                 {"unable to find CPU model", "-cpu", "CPU"},
                 {"Invalid CPU type", "-cpu", "CPU"},
                 {"Invalid CPU model", "-cpu", "CPU"}};

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strstr(errors, known[i].words)) {
            *what = known[i].what;
            return known[i].option;
        }
    return NULL;
}

/* The first words of the lines of a list. */
static char **names_in(const char *list)
{
    GPtrArray *names = g_ptr_array_new();
    char **lines = g_strsplit(list, "\n", -1);

    for (char **line = lines; *line; line++) {
        char *start = g_strchug(*line);
        size_t len = strcspn(start, " \t\r");

        if (len && start[len - 1] != ':')
            g_ptr_array_add(names, g_strndup(start, len));
    }
    g_strfreev(lines);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/* The word after an option of the command line; of a machine without its own options. */
static char *word_after(const bw_machine *machine, const char *option)
{
    const char *const *argv = (const char *const *)machine->argv->pdata;

    for (guint i = 0; i + 1 < machine->argv->len && argv[i] && argv[i + 1]; i++)
        if (strcmp(argv[i], option) == 0)
            return g_strndup(argv[i + 1], strcspn(argv[i + 1], ","));
    return NULL;
}

static char *list_of(const bw_machine *machine, const char *option)
{
    char *machine_word = word_after(machine, "-machine");
    const char *argv[] = {
        machine->argv->pdata[0], option, "help", strcmp(option, "-cpu") == 0 ? "-machine" : NULL, machine_word, NULL};
    char *list = NULL;

    if (!g_spawn_sync(NULL, (char **)(gpointer)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                      &list, NULL, NULL, NULL))
        list = NULL;
    g_free(machine_word);
    return list;
}

/* A name that QEMU does not know. */
static bool fail_value(bw_judge *j)
{
    const bw_machine *machine = j->job->machine;
    const char *what = NULL;
    const char *option = machine->qemu ? which_list(j->job->run->texts[BW_CHANNEL_ERRORS]->str, &what) : NULL;
    char *word = option ? word_after(machine, option) : NULL;
    char *list = option ? list_of(machine, option) : NULL;

    if (word) {
        char **names = names_in(list ? list : "");
        const char *near = bw_nearest(word, (const char *const *)names);
        bool is_cpu = strcmp(option, "-cpu") == 0 && machine->cpu_place.file;
        bw_finding *f =
            bw_findings_add(j->unit->findings, BW_CODE_simulator_value, is_cpu ? machine->cpu_place : machine->place,
                            "%s has no %s '%s'", (const char *)machine->argv->pdata[0], what, word);

        if (f && near)
            bw_finding_cure(f, "write '%s'", near);
        else if (f)
            bw_finding_cure(f, "%s %s help lists what there is", (const char *)machine->argv->pdata[0], option);
        g_strfreev(names);
    }
    g_free(word);
    g_free(list);
    return option && what;
}

static void fail_died(bw_judge *j)
{
    const bw_boot_run *run = j->job->run;
    bool lockup = strstr(run->texts[BW_CHANNEL_ERRORS]->str, "Lockup") != NULL;
    bool fatal = lockup || strstr(run->texts[BW_CHANNEL_ERRORS]->str, "qemu: fatal:");

    if (fail_value(j) || (!j->tap->version && fail_unbacked(j)))
        return;
    char *words = last_words(run, fatal);
    const char *text =
        lockup ? bw_arena_printf(&j->unit->arena,
                                 "the CPU locked up: an exception came while it took another; the simulator says: %s",
                                 words)
               : bw_arena_printf(&j->unit->arena, "the simulator %s before the probe was done%s%s", status_text(j),
                                 words ? "; it says: " : " and said nothing", words ? words : "");
    bw_finding *f = say_at_current(j, lockup ? BW_CODE_probe_crashed : BW_CODE_simulator_died, text);
    if (f && !j->tap->version)
        bw_finding_cure(f, "boardwright boot --keep DIR leaves its command line as DIR/run.sh");
    g_free(words);
}

/* -- the others ------------------------------------------------------------------------------------- */

static void fail_flood(bw_judge *j)
{
    say_at_current(
        j, BW_CODE_report_broken,
        bw_arena_printf(&j->unit->arena, "more than %u KiB came from the machine, and no end of the report", 1024U));
}

static void fail_not_started(bw_judge *j)
{
    bw_findings_add(j->unit->findings, BW_CODE_simulator_died, j->job->machine->place, "%s cannot be started: %s",
                    (const char *)j->job->machine->argv->pdata[0], g_strerror(j->job->run->error));
}

static void fail_timeout(bw_judge *j)
{
    bool stalled = j->job->run->end == BW_RUN_STALLED;

    if (!j->tap->version) { /* somebody talks, but not the probe */
        bw_finding *f;

        if (fail_unbacked(j))
            return;
        f = bw_findings_add(j->unit->findings, BW_CODE_report_broken, j->job->machine->place,
                            "the machine talks, but within %s no report began (\"TAP version 14\")", seconds_text(j));
        if (f)
            bw_finding_cure(f, "look at the log: is something else started instead of the image?");
        return;
    }
    say_at_current(j, BW_CODE_boot_timeout,
                   bw_arena_printf(&j->unit->arena,
                                   stalled ? "the probe fell silent after %u of %u claims (%s)"
                                           : "the probe was not done after %u of %u claims (%s)",
                                   j->tap->reported, j->job->claims->tested, seconds_text(j)));
}

/* The report came to an end, and is not whole. */
static void judge_complete(bw_judge *j)
{
    if (j->tap->bail_out) {
        say_at_current(j, BW_CODE_probe_crashed,
                       bw_arena_printf(&j->unit->arena, "the probe crashed: %s", j->tap->bail_out));
        return;
    }
    if (j->tap->planned != j->job->claims->tested)
        bw_findings_add(j->unit->findings, BW_CODE_report_broken, j->job->machine->place,
                        "the report has a plan of %u claims, the probe one of %u", j->tap->planned,
                        j->job->claims->tested);
    else if (current_claim(j) >= 0)
        say_at_current(j, BW_CODE_report_broken, "the report ended without a result for all claims");
}

void bw_judge_end(bw_judge *j)
{
    switch (j->job->run->end) {
    case BW_RUN_COMPLETE:
        judge_complete(j);
        break;
    case BW_RUN_SILENT:
        fail_silent(j);
        break;
    case BW_RUN_STALLED:
    case BW_RUN_TIMEOUT:
        fail_timeout(j);
        break;
    case BW_RUN_FLOODED:
        fail_flood(j);
        break;
    case BW_RUN_DIED:
        fail_died(j);
        break;
    case BW_RUN_NOT_STARTED:
        fail_not_started(j);
        break;
    case BW_RUN_STOPPED:
        break;
    }
}
