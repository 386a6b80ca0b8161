/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright boot: what the machine says to the claims of a description. */
#include "boot/boot.h"
#include "boot/machine.h"

#include "check/check.h"
#include "cli/boards.h"
#include "cli/boot_cheriot.h"
#include "cli/boot_files.h"
#include "cli/boot_guest.h"
#include "cli/commands.h"
#include "cli/load_options.h"
#include "cli/print.h"
#include "cli/roots.h"
#include "report/boot.h"
#include "report/json_out.h"
#include "systems/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GDB_PORT 1234

static char *wanted_target, *keep_folder, *simulator, *machine, *cpu, *memory, *compiler, *toolchain;
static char *guest, *kernel, *initrd;
static int cpu_count;
static int gdb_port = GDB_PORT;
static double timeout;
static gboolean show_each, dry_run, force, with_gdb;

static const GOptionEntry entries[] = {
    {"target", 't', 0, G_OPTION_ARG_FILENAME, &wanted_target, "Only this target of a board folder", "NAME"},
    {"guest", 0, 0, G_OPTION_ARG_STRING, &guest,
     "Run a guest of seL4 instead: this one of vms: of support.yml, with a real Linux", "VM"},
    {"kernel", 0, 0, G_OPTION_ARG_FILENAME, &kernel,
     "The guest's kernel, an arm64 Image; by itself that of support.yml if it is there, else Debian's", "FILE"},
    {"initrd", 0, 0, G_OPTION_ARG_FILENAME, &initrd,
     "The guest's initrd; what looks at the guest from within is put behind it", "FILE"},
    {"each", 'e', 0, G_OPTION_ARG_NONE, &show_each, "A line for every claim, also where many of a kind hold", NULL},
    {"keep", 'k', 0, G_OPTION_ARG_FILENAME, &keep_folder,
     "Keep the probe's sources and image, the log and the command line (run.sh) there", "DIR"},
    {"gdb", 0, 0, G_OPTION_ARG_NONE, &with_gdb, "Stop at the first instruction and wait for a debugger", NULL},
    {"gdb-port", 0, 0, G_OPTION_ARG_INT, &gdb_port, "The port that it waits on; by itself 1234", "PORT"},
    {"timeout", 0, 0, G_OPTION_ARG_DOUBLE, &timeout,
     "Give up after so many seconds; by itself 10 without a word, 60 in all", "SECONDS"},
    {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run,
     "Run nothing: print the simulator's command line; with --keep also build the probe", NULL},
    {"force", 0, 0, G_OPTION_ARG_NONE, &force, "Overwrite files in the folder of --keep that somebody edited", NULL},
    {"simulator", 0, 0, G_OPTION_ARG_FILENAME, &simulator,
     "A command that runs ${image} with the console as its output, instead of that of support.yml", "COMMAND"},
    {"machine", 'M', 0, G_OPTION_ARG_FILENAME, &machine, "QEMU's machine, with options", "NAME"},
    {"cpu", 0, 0, G_OPTION_ARG_FILENAME, &cpu, "QEMU's CPU", "NAME"},
    {"cpus", 0, 0, G_OPTION_ARG_INT, &cpu_count, "Number of CPUs of the machine", "N"},
    {"memory", 0, 0, G_OPTION_ARG_FILENAME, &memory, "Memory of the machine: \"256 MiB\"", "SIZE"},
    {"compiler", 0, 0, G_OPTION_ARG_FILENAME, &compiler,
     "Cross compiler, or its prefix; by itself that of $CROSS_COMPILE or the usual ones", "NAME"},
    {"toolchain", 0, 0, G_OPTION_ARG_FILENAME, &toolchain,
     "CHERIoT's toolchain: where the program of a board's run_command is looked for first", "DIR"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD",
    .summary =
        "Proves a board's description in a simulator: builds a small probe from the generated support files alone,\n"
        "runs it, and compares what it saw with what the description says. The description is checked first.",
    .description =
        "A BOARD is a .dts, a .dtb, a board.yml, a board file of CHERIoT RTOS, or a folder that holds one of them; of\n"
        "several targets all are booted. The simulator is that of simulator: in support.yml; without it a QEMU that\n"
        "the root's compatible is known to belong to, or the run_command of a CHERIoT board that is a simulation.\n"
        "Findings stand at the line that makes the false claim.\n"
        "docs/boot.md says what is tested and how.",
    .groups = BW_OPT_ROOTS | BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_FORMAT |
              BW_OPT_JSON | BW_OPT_CHERIOT,
    .entries = entries,
};

typedef struct session {
    const bw_options *options;
    bw_context *ctx;
    bw_arena arena;
    bw_load_options load;
    bw_boot_options boot;
    GHashTable *supports; /* path of a support.yml to its value, NULL if it is wrong */
    json_t *list;         /* of boots; NULL: text */
    bw_findings findings; /* of all targets, where they are not printed one after the other */
    bw_join *join;
    bw_totals totals;
    guint count;             /* targets to boot */
    bool leave_folder;       /* a temporary one holds what a finding speaks of */
    bw_boot_cheriot cheriot; /* a board of CHERIoT RTOS instead of a devicetree */
    unsigned guests;         /* targets that have the guest */
    int code;                /* the worst so far */
} session;

static volatile sig_atomic_t stop_signal;

static void note_signal(int number)
{
    stop_signal = number;
}

static void worsen(session *s, int code)
{
    s->code = MAX(s->code, code);
}

static void print(bw_buffer *out)
{
    if (out->len)
        fwrite(out->data, 1, out->len, stdout);
    fflush(stdout); /* where standard error goes to the same place, the order stays */
    bw_buffer_clear(out);
}

/* Verdicts are shown as they come; else all is one document at the end. */
static bool is_text(const session *s)
{
    return s->options->format == BW_FORMAT_TEXT;
}

static void print_findings(session *s, bw_findings *findings)
{
    bw_boot_cheriot_move(&s->cheriot, findings);
    if (is_text(s))
        bw_print_findings(s->options, findings, NULL);
    else
        bw_join_add(s->join, findings);
    if (findings->counts[BW_ERROR])
        worsen(s, BW_EXIT_FINDINGS);
    if (bw_has_trouble(findings))
        worsen(s, BW_EXIT_TROUBLE);
}

/* -- one target ------------------------------------------------------------------------------------- */

static void say_how_to_attach(const bw_boot *boot)
{
    if (!with_gdb)
        return;
    fprintf(stderr,
            "the machine waits at its first instruction; attach with\n"
            "  gdb-multiarch %s -ex 'target remote :%d'\n"
            "and let it run with 'continue'; Ctrl-C here ends it\n",
            boot->image->path, gdb_port);
}

static void report(session *s, const bw_boot *boot, bw_findings *findings, const char *log)
{
    bw_boot_text options = {.style = bw_stdout_style(), .each = show_each};
    bw_buffer out = {0};

    if (s->list)
        json_array_append_new(s->list, bw_boot_json(boot, log, keep_folder != NULL));
    if (is_text(s))
        bw_boot_lines(boot, &options, &out);
    print(&out);
    print_findings(s, findings);
    if (is_text(s))
        bw_boot_summary(boot, &out);
    print(&out);
    if (is_text(s) && (findings->counts[BW_ERROR] || keep_folder))
        fprintf(stderr, "log: %s\n", log);
    bw_buffer_free(&out);
}

/* @return the path of the log. */
static char *keep_files(session *s, const bw_target *target, GString *log, GString *script)
{
    char *name = bw_boot_file_name(target);
    bool ok = true;
    char *path = bw_boot_keep(keep_folder ? s->boot.folder : NULL, name, log, script, &ok);

    if (!ok)
        worsen(s, BW_EXIT_TROUBLE);
    g_free(name);
    return path;
}

static void run(session *s, bw_boot *boot, bw_findings *findings)
{
    bw_buffer out = {0};

    if (is_text(s))
        bw_boot_heading(boot, &out);
    print(&out);
    bw_buffer_free(&out);
    say_how_to_attach(boot);
    bw_boot_simulate(boot);
    char *log = keep_files(s, boot->target, bw_boot_log(boot), bw_boot_script(boot));
    if (boot->run->end == BW_RUN_STOPPED)
        print_findings(s, findings);
    else
        report(s, boot, findings, log);
    g_free(log);
}

static void show_command(session *s, const bw_boot *boot)
{
    char *command = bw_boot_command(boot);

    if (s->list)
        json_array_append_new(s->list, bw_boot_json(boot, NULL, keep_folder != NULL));
    else
        printf("%s\n", command);
    if (keep_folder) {
        GString *script = bw_boot_script(boot);

        if (!bw_boot_write_file(s->boot.folder, "run.sh", script, true))
            worsen(s, BW_EXIT_TROUBLE);
        g_string_free(script, TRUE);
    }
    g_free(command);
}

/* Of a whole board just the targets are booted that support.yml has simulators for. */
static bool is_left_out(const session *s, const bw_board *board, const bw_target *target, const bw_yaml *support)
{
    if (s->count < 2 || simulator || machine || !bw_machine_is_left_out(board, target, support))
        return false;
    fprintf(stderr, "%s is not booted: support.yml names no simulator for it\n", target->name);
    return true;
}

static bool has_finding(const bw_findings *findings, bw_code code)
{
    const bw_finding *f = findings->first;

    while (f && f->code != code)
        f = f->next;
    return f != NULL;
}

/* A guest of seL4 on the target, instead of the probe. */
static void boot_guest(session *s, const bw_board *board, const bw_target *target, const bw_yaml *support,
                       bw_findings *findings)
{
    const bw_guest_wanted wanted = {.vm = guest, .kernel = kernel, .initrd = initrd};
    const bw_boot_guest_job job = {.board = board,
                                   .target = target,
                                   .support = support,
                                   .wanted = &wanted,
                                   .boot = &s->boot,
                                   .text = is_text(s),
                                   .each = show_each,
                                   .dry_run = dry_run,
                                   .kept = keep_folder != NULL,
                                   .findings = findings};
    bw_boot_guest_result result = bw_boot_guest(&job);

    if (s->list && result.json)
        json_array_append_new(s->list, result.json);
    print_findings(s, findings);
    print(&result.summary);
    bw_buffer_free(&result.summary);
    if (is_text(s) && result.log && (findings->counts[BW_ERROR] || keep_folder))
        fprintf(stderr, "log: %s\n", result.log);
    if (result.trouble)
        worsen(s, BW_EXIT_TROUBLE);
    s->guests += result.found;
    g_free(result.log);
}

static void boot_board(session *s, const bw_board *board, const bw_target *target, const bw_yaml *support,
                       bw_findings *findings)
{
    bw_boot *boot = bw_boot_begin(board, target, support, &s->boot);
    bool ready = boot && ((dry_run && !keep_folder) || bw_boot_build(boot));

    if (ready && with_gdb && !boot->machine->qemu) {
        fprintf(stderr, "boardwright boot: --gdb needs QEMU; %s is run by %s\n", target->name, boot->machine->title);
        worsen(s, BW_EXIT_TROUBLE);
        ready = false;
    }
    if (!ready) {
        s->leave_folder = has_finding(findings, BW_CODE_compiler_failed);
        print_findings(s, findings);
    } else if (dry_run)
        show_command(s, boot);
    else
        run(s, boot, findings);
    bw_boot_free(boot);
}

/* @return the support.yml of the target's board folder, NULL without one; *ok is false if it is wrong. */
static const bw_yaml *support_of(session *s, const bw_target *target, bw_findings *findings, bool *ok)
{
    return bw_support_of(s->supports, s->ctx, target, &s->arena, findings, ok);
}

/* An error in the description would be found again as something else by the machine. */
static bool is_sound(session *s, bw_tree *tree, const bw_target *target, bw_findings *findings)
{
    if (tree && tree->plugin) {
        fprintf(stderr, "boardwright boot: %s is an overlay, not a board\n", target->path);
        worsen(s, BW_EXIT_FINDINGS);
        return false;
    }
    if (tree && !tree->broken && !findings->counts[BW_ERROR])
        return true;
    print_findings(s, findings);
    fprintf(stderr, "%s is not booted: its description has errors%s\n", target->name,
            tree && !tree->broken ? "; -W CODE=warning lets one pass" : "");
    worsen(s, BW_EXIT_FINDINGS);
    return false;
}

static void boot_target(session *s, bw_unit *unit, bw_roots *roots, const bw_target *target)
{
    bw_findings checked, found;
    bool ok;

    bw_findings_init(&checked, s->ctx);
    bw_findings_init(&found, s->ctx);
    s->totals.targets++;
    bw_unit_begin(unit, &checked);
    bw_tree *tree = bw_target_parse(unit, target, &s->load, roots);
    if (tree && !tree->broken)
        bw_check_run(tree, &s->load.resolve);
    if (is_sound(s, tree, target, &checked)) {
        unit->findings = &found;
        const bw_yaml *support = support_of(s, target, &found, &ok);
        const bw_board *board = bw_board_of(tree);
        if (!ok)
            print_findings(s, &found);
        else if (guest)
            boot_guest(s, board, target, support, &found);
        else if (!is_left_out(s, board, target, support))
            boot_board(s, board, target, support, &found);
    }
    bw_findings_free(&checked);
    bw_findings_free(&found);
}

/* -- all -------------------------------------------------------------------------------------------- */

static void boot_in_folder(session *s, bw_unit *unit, bw_roots *roots, const bw_target *target)
{
    char *name = bw_boot_file_name(target);
    char *folder = keep_folder ? s->count > 1 ? g_build_filename(keep_folder, name, NULL) : g_strdup(keep_folder)
                               : g_dir_make_tmp("boardwright-boot-XXXXXX", NULL);

    if (folder) {
        s->boot.folder = folder;
        s->leave_folder = false;
        boot_target(s, unit, roots, target);
        if (!keep_folder && !s->leave_folder)
            bw_boot_remove_folder(folder);
    } else {
        fprintf(stderr, "boardwright boot: no folder can be made in %s\n", g_get_tmp_dir());
        worsen(s, BW_EXIT_TROUBLE);
    }
    g_free(folder);
    g_free(name);
}

/* The support.yml of a board may speak of targets that extensions bring. */
static void add_targets(session *s, bw_targets *all, const bw_targets *more)
{
    bw_target *items = bw_arena_array(&s->arena, bw_target, all->count + more->count);
    uint32_t count = all->count;

    if (count)
        memcpy(items, all->items, count * sizeof *items);
    for (uint32_t i = 0; i < more->count; i++) {
        bool known = false;

        for (uint32_t k = 0; k < all->count && !known; k++)
            known = strcmp(all->items[k].name, more->items[i].name) == 0;
        if (!known)
            items[count++] = more->items[i];
    }
    *all = (bw_targets){items, count};
}

/* A misspelt target in support.yml would be taken for one that has no simulator. */
static bool check_simulators(session *s, const bw_targets *targets)
{
    bw_findings findings;
    bw_targets all;
    bool ok;

    if (!bw_support_siblings(s->ctx, &targets->items[0], &s->load, &s->arena, &all))
        all = *targets;
    else
        add_targets(s, &all, targets);
    bw_findings_init(&findings, s->ctx);
    const bw_yaml *support = support_of(s, &targets->items[0], &findings, &ok);
    ok = ok && bw_machine_check_targets(&all, support, &findings);
    print_findings(s, &findings);
    bw_findings_free(&findings);
    return ok;
}

static bool is_meant(const bw_target *target)
{
    return !wanted_target || bw_target_is_called(target, wanted_target);
}

static void boot_targets(session *s, const bw_targets *targets)
{
    bw_roots *roots = bw_roots_new();
    bw_unit *unit = bw_unit_new(s->ctx);

    for (uint32_t i = 0; i < targets->count; i++)
        s->count += is_meant(&targets->items[i]);
    if (s->count == 0) {
        fprintf(stderr, "boardwright boot: there is no target %s; there are:\n", wanted_target);
        for (uint32_t i = 0; i < targets->count; i++)
            fprintf(stderr, "  %s\n", targets->items[i].name);
        worsen(s, BW_EXIT_TROUBLE);
    }
    for (uint32_t i = 0; i < targets->count && !stop_signal; i++)
        if (is_meant(&targets->items[i]))
            boot_in_folder(s, unit, roots, &targets->items[i]);
    if (guest && s->count && !s->guests && s->code == BW_EXIT_OK && !stop_signal) {
        fprintf(stderr,
                "boardwright boot: no support.yml says of a target booted here that it has guests (sel4: vms:)\n");
        worsen(s, BW_EXIT_TROUBLE);
    }
    bw_unit_free(unit);
    bw_roots_free(roots);
}

/* The findings of all targets in one document; in JSON with what happened. */
static void print_document(session *s)
{
    bw_buffer out = {0};

    if (s->list) {
        json_t *document = bw_json_report(&s->findings, &s->totals);

        json_object_set_new(document, "boots", s->list);
        bw_json_write(&out, document);
        print(&out);
    } else {
        bw_print_findings(s->options, &s->findings, &s->totals);
    }
    bw_buffer_free(&out);
}

/* A board of CHERIoT RTOS has its own files, and one target: what a devicetree would say of it. */
static bool find_targets(session *s, const char *argument, bw_findings *findings, bw_targets *targets)
{
    bool found = false;

    if (!bw_boot_cheriot_is_board(s->ctx, s->options, argument))
        return bw_targets_find(s->ctx, argument, &s->load, &s->arena, findings, targets);
    if (bw_boot_cheriot_open(&s->cheriot, s->ctx, s->options, argument, s->supports, &s->arena, findings)) {
        *targets = (bw_targets){.items = &s->cheriot.tree.target, .count = 1};
        found = bw_boot_cheriot_choose(&s->cheriot, &s->boot.machine, toolchain, findings);
    }
    return found;
}

static int boot_all(const bw_options *options, const bw_boot_options *boot, const char *argument)
{
    session s = {.options = options, .load = bw_load_options_of(options), .boot = *boot};
    bw_targets targets = {0};
    bw_board_finder finder;
    bw_findings findings;

    s.ctx = bw_options_context(options);
    bw_board_finder_init(&finder, s.ctx, options);
    s.load.lookup = &finder.lookup;
    bw_arena_init(&s.arena);
    bw_findings_init(&findings, s.ctx);
    s.supports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s.list = options->format == BW_FORMAT_JSON ? json_array() : NULL;
    bw_findings_init(&s.findings, s.ctx);
    s.join = bw_join_new(&s.findings);
    s.totals.boards = 1;
    bool found = find_targets(&s, argument, &findings, &targets);
    print_findings(&s, &findings);
    if (found && check_simulators(&s, &targets))
        boot_targets(&s, &targets);
    if (!is_text(&s))
        print_document(&s);
    bw_join_free(s.join);
    bw_findings_free(&s.findings);
    bw_boot_cheriot_close(&s.cheriot);
    g_hash_table_unref(s.supports);
    bw_findings_free(&findings);
    bw_arena_free(&s.arena);
    bw_board_finder_free(&finder);
    bw_context_free(s.ctx);
    return s.code;
}

/* -- options ---------------------------------------------------------------------------------------- */

static bool take_memory(uint64_t *bytes)
{
    bw_yaml value = {.kind = BW_YAML_SCALAR, .plain = true, .text = memory};

    value.len = memory ? (uint32_t)strlen(memory) : 0;
    return !memory || (bw_yaml_to_size(&value, bytes) && *bytes > 0);
}

static bw_boot_run_limits limits_of_options(void)
{
    if (with_gdb)
        return (bw_boot_run_limits){0};
    if (timeout > 0)
        return (bw_boot_run_limits){.first = timeout, .silence = timeout, .total = timeout};
    return guest ? bw_guest_limits : bw_boot_limits;
}

/* @return BW_EXIT_OK when all is well. */
static int check_options(int argc, bw_boot_options *boot)
{
    *boot = (bw_boot_options){
        .machine = {.simulator = simulator, .machine = machine, .cpu = cpu, .cpus = (unsigned)MAX(cpu_count, 0)},
        .compiler = compiler,
        .force = force,
        .limits = limits_of_options(),
        .gdb_port = with_gdb ? (unsigned)gdb_port : 0,
        .stop = &stop_signal,
    };
    if (argc != 2)
        return bw_usage_error("boot", argc < 2 ? "which board?" : "one board at a time");
    if (!take_memory(&boot->machine.memory))
        return bw_usage_error("boot", "'%s' is no size of memory; write it as \"256 MiB\"", memory);
    if (gdb_port < 1 || gdb_port > 65535)
        return bw_usage_error("boot", "%d is no port; ports go from 1 to 65535", gdb_port);
    if (cpu_count < 0 || timeout < 0)
        return bw_usage_error("boot", "a number below zero makes no sense");
    if (simulator && (machine || cpu || memory || cpu_count))
        return bw_usage_error("boot", "--machine, --cpu, --cpus and --memory are for QEMU, not for --simulator");
    if (!guest && (kernel || initrd))
        return bw_usage_error("boot", "--kernel and --initrd are for --guest");
    if (guest && simulator)
        return bw_usage_error("boot", "a guest is run by QEMU alone, not by --simulator");
    if (simulator && with_gdb)
        return bw_usage_error("boot", "--gdb is for QEMU, not for --simulator");
    return BW_EXIT_OK;
}

/* The simulator and the folder of this run go before we do. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = note_signal};
    const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE}; /* the last one comes of "| head" */

    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i], &action, NULL);
}

int bw_cmd_boot(int argc, char **argv)
{
    bw_options options;
    bw_boot_options boot;
    int code;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    code = check_options(argc, &boot);
    if (code == BW_EXIT_OK) {
        catch_signals();
        code = boot_all(&options, &boot, argv[1]);
    }
    char *const texts[] = {wanted_target, keep_folder, simulator, machine, cpu,   memory,
                           compiler,      toolchain,   guest,     kernel,  initrd};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    bw_options_free(&options);
    if (stop_signal) {
        signal(stop_signal, SIG_DFL);
        raise(stop_signal);
    }
    return code;
}
