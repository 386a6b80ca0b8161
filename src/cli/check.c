/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "check/check.h"
#include "cli/check_ocre.h"
#include "cli/load_options.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/roots.h"
#include "systems/balena/repo.h"
#include "systems/cheriot/devicetree.h"
#include "systems/sel4/app.h"
#include "systems/sel4/check_yocto.h"
#include "systems/support.h"
#include "systems/zephyr/trees.h"

#include <stdio.h>
#include <string.h>

static char *baseline;      /* --baseline */
static gboolean want_tally; /* --summary */
static char **kernel_dts;   /* --kernel-dts */
static char *linux_dts;     /* --linux-dts */
static char *rules;         /* --rules */
static char *system_name;   /* --system */

/* One target of the run: filled in by a worker, emptied by the one who joins. */
typedef struct job {
    const bw_target *target;           /* NULL: what was said while looking for targets */
    const bw_yaml *section;            /* of support.yml, when it is the target that runs CHERIoT RTOS */
    const bw_yaml **fit;               /* of each system: its section likewise, or NULL */
    const char *cheriot;               /* or a file of CHERIoT RTOS, and no target */
    const char *camkes;                /* or devices.camkes of an application, and no target */
    const char *layer;                 /* or a folder with layers of Yocto, and no target */
    const char *balena;                /* or a repository of balenaOS or of its contracts, and no target */
    const bw_ocre_app *const *samples; /* of Ocre, that the target is checked with, too; or NULL */
    bool samples_only;                 /* the target itself was not asked for */
    bool passed_over;                  /* by the section of --system: it means another target of the board */
    bool no_board;                     /* there was none */
    bw_findings findings;
    uint64_t nodes;
    uint32_t device_types; /* of a repository of balenaOS */
    bool done;
} job;

typedef struct run {
    bw_context *ctx;
    const bw_options *options;
    const bw_system *system; /* --system, or NULL */
    bw_load_options load;
    bw_roots *roots;
    bw_zephyr_lookup *zephyr;
    bw_zephyr_trees *trees;
    const bw_ocre_sdk *ocre; /* --sdk with --system=ocre, or NULL */
    GArray *jobs;            /* of job, in the order of the arguments */
    gint next;               /* first job that no worker has taken; atomic */

    /* Under the lock: findings come out in the order of the jobs, whoever ends first. */
    GMutex lock;
    guint joined; /* jobs whose findings are in all */
    bw_join *join;
    bw_findings all;
    uint64_t nodes;
    guint done;
    bw_progress progress;
} run;

/* Adds the jobs that are done, as far as there is no gap, to the findings of the run. */
static void hand_in(run *r, job *finished)
{
    g_mutex_lock(&r->lock);
    finished->done = true;
    bw_progress_step(&r->progress, ++r->done, finished->target ? finished->target->name : NULL);
    for (; r->joined < r->jobs->len; r->joined++) {
        job *j = &g_array_index(r->jobs, job, r->joined);

        if (!j->done)
            break;
        bw_join_add(r->join, &j->findings);
        bw_findings_free(&j->findings);
        r->nodes += j->nodes;
    }
    g_mutex_unlock(&r->lock);
}

static bw_cheriot_options cheriot_options(const run *r)
{
    return (bw_cheriot_options){.sdk = r->options->sdk, .mixins = (const char *const *)r->options->mixins};
}

/* A target that runs CHERIoT RTOS is checked as the board that is made of it. */
static void check_as_cheriot(bw_tree *tree, run *r, job *j)
{
    bw_cheriot_options how = cheriot_options(r);
    const bw_cheriot_board *board = bw_cheriot_from_tree(bw_board_of(tree), j->target, j->section, &how);

    if (board)
        bw_cheriot_check(board, r->ctx, &j->findings);
}

/* Whether the target is fit for the systems that --system and its support.yml name. */
static void check_fitness(bw_tree *tree, const run *r, const job *j)
{
    for (size_t i = 0; bw_systems[i].name; i++)
        if (bw_systems[i].check && (j->fit[i] || (r->system == &bw_systems[i] && !j->passed_over)) &&
            !(j->samples && bw_systems[i].check == bw_ocre_check))
            bw_systems[i].check(tree, j->fit[i]);
}

/* The target as the samples of a tree of Ocre are built for it. */
static void check_samples(bw_unit *unit, run *r, job *j)
{
    bw_ocre_pass pass = {.target = j->target, .load = &r->load, .roots = r->roots, .trees = r->trees};

    for (size_t i = 0; bw_systems[i].name; i++)
        if (bw_systems[i].check == bw_ocre_check)
            pass.section = j->fit[i];
    const uint64_t nodes = bw_ocre_check_apps(unit, &pass, j->samples, &j->findings);
    if (j->samples_only)
        j->nodes = nodes;
}

/* @return whether there is a tree that means what its author wrote. */
static bool check_target(bw_unit *unit, run *r, job *j)
{
    bw_unit_begin(unit, &j->findings);
    bw_tree *tree = bw_target_parse(unit, j->target, &r->load, r->roots);
    if (!tree)
        return false;
    /* What is missing after a syntax error would be found missing everywhere. */
    if (!tree->broken) {
        bw_check_run(tree, &r->load.resolve);
        bw_zephyr_check_tree(r->trees, j->target, r->roots, tree);
        bw_zephyr_lookup_check_tree(r->zephyr, j->target, tree);
    }
    if (!tree->broken)
        check_fitness(tree, r, j);
    if (j->section && !tree->broken && !j->findings.counts[BW_ERROR])
        check_as_cheriot(tree, r, j);
    BW_FOR_NODES (tree, node) {
        (void)node;
        j->nodes++;
    }
    return !tree->broken;
}

static void check_cheriot(run *r, job *j)
{
    bw_cheriot_options how = cheriot_options(r);
    bw_arena arena;

    bw_arena_init(&arena);
    if (bw_cheriot_kind_of(r->ctx, j->cheriot) == BW_CHERIOT_IS_MIXIN) {
        bw_cheriot_check_mixin(r->ctx, j->cheriot, &arena, &j->findings);
    } else {
        const bw_cheriot_board *board = bw_cheriot_read(r->ctx, j->cheriot, &how, &arena, &j->findings);

        /* What is missing where a patch failed would be found missing everywhere. */
        if (board && !board->broken)
            bw_cheriot_check(board, r->ctx, &j->findings);
    }
    bw_arena_free(&arena);
}

static void check_camkes(bw_unit *unit, run *r, job *j)
{
    const bw_sel4_app_options how = {
        .kernel_dts = (const char *const *)kernel_dts,
        .linux_dts = linux_dts,
        .rules = rules,
        .sdk = r->options->sdk,
        .linux_unit = bw_unit_new(r->ctx),
        .load = &r->load,
        .roots = r->roots,
    };

    bw_unit_begin(unit, &j->findings);
    const bw_sel4_app *app = bw_sel4_app_read(unit, j->camkes, &how);

    if (app)
        bw_sel4_check_app(app, &j->findings);
    bw_unit_free(how.linux_unit);
}

static void check_layer(bw_unit *unit, job *j)
{
    bw_unit_begin(unit, &j->findings);
    bw_sel4_check_layer(unit, j->layer);
}

static void check_balena(bw_unit *unit, job *j)
{
    bw_unit_begin(unit, &j->findings);
    if (bw_balena_is_contracts(j->balena)) {
        const bw_balena_contract *contracts;

        j->device_types = bw_balena_contracts_read(unit, j->balena, &contracts);
        for (uint32_t i = 0; i < j->device_types; i++)
            bw_balena_check_contract(unit, &contracts[i]);
        return;
    }
    bw_balena_repo *repo = bw_balena_repo_read(unit, j->balena);

    bw_balena_check(repo);
    j->device_types = repo->device_count;
    bw_balena_repo_free(repo);
}

static gpointer work(gpointer data)
{
    run *r = data;
    bw_unit *unit = bw_unit_new(r->ctx);

    for (;;) {
        guint i = (guint)g_atomic_int_add(&r->next, 1);

        if (i >= r->jobs->len)
            break;
        job *j = &g_array_index(r->jobs, job, i);
        bool good = true;
        if (j->target && !j->samples_only)
            good = check_target(unit, r, j);
        if (j->samples && good)
            check_samples(unit, r, j);
        if (j->cheriot)
            check_cheriot(r, j);
        else if (j->camkes)
            check_camkes(unit, r, j);
        else if (j->layer)
            check_layer(unit, j);
        else if (j->balena)
            check_balena(unit, j);
        hand_in(r, j);
    }
    bw_unit_free(unit);
    return NULL;
}

static void work_in_threads(run *r, int count)
{
    GThread **threads = g_new0(GThread *, (gsize)count);

    /* The last worker is this thread. */
    for (int i = 0; i + 1 < count; i++)
        threads[i] = g_thread_new("check", work, r);
    work(r);
    for (int i = 0; i + 1 < count; i++)
        g_thread_join(threads[i]);
    g_free(threads);
}

/* What the board folder of a target says beyond its hardware: the parts of systems that mean the target. */
static void check_support(run *r, GHashTable *supports, job *j, bw_arena *arena, bw_findings *findings)
{
    bool ok;
    const bw_yaml *support = bw_support_of(supports, r->ctx, j->target, arena, findings, &ok);
    const bw_yaml *section;

    j->fit = bw_arena_array(arena, const bw_yaml *, bw_system_count());
    j->passed_over = r->system && !bw_support_admits(support, r->system, j->target);
    for (size_t i = 0; bw_systems[i].name; i++) {
        j->fit[i] = NULL;
        if (!support || !bw_support_section(support, &bw_systems[i], &section) || !section ||
            !bw_support_means(section, j->target))
            continue;
        if (strcmp(bw_systems[i].name, "cheriot") == 0)
            j->section = section;
        j->fit[i] = section;
    }
}

/* A target that was asked for by itself, and a board of which no target is meant, are judged for --system all the same.
 */
static void pass_over_others(const run *r, job *jobs, uint32_t count)
{
    uint32_t meant = 0;

    for (uint32_t i = 0; i < count; i++)
        meant += !jobs[i].passed_over;
    for (uint32_t i = 0; i < count; i++)
        jobs[i].passed_over &= r->system && count > 1 && meant > 0;
}

/* @return whether the argument is of CHERIoT RTOS. */
static bool add_cheriot(run *r, bw_arena *arena, const char *argument)
{
    const char *const *paths = bw_cheriot_find(r->ctx, argument, r->options->sdk, arena);

    for (const char *const *path = paths; path && *path; path++) {
        job j = {.cheriot = *path};
        bw_findings_init(&j.findings, r->ctx);
        g_array_append_val(r->jobs, j);
    }
    return paths != NULL;
}

/* @return whether the argument is an application of CAmkES. */
static bool add_camkes(run *r, bw_arena *arena, const char *argument)
{
    const char *const *paths = bw_sel4_app_find(argument, arena);

    for (const char *const *path = paths; path && *path; path++) {
        job j = {.camkes = *path};
        bw_findings_init(&j.findings, r->ctx);
        g_array_append_val(r->jobs, j);
    }
    return paths != NULL;
}

static void add_samples(run *r, bw_arena *arena, const bw_ocre_sdk *sdk, job *j, bw_findings *findings)
{
    j->samples = bw_ocre_apps_of(sdk, r->ctx, r->zephyr, j->target, &r->load, j->samples_only, arena, findings);
}

/* @return whether the argument is a tree of Ocre: then its samples are checked for each target with board files. */
static bool add_ocre(run *r, bw_arena *arena, const char *argument)
{
    GArray *targets;
    job first = {0};

    if (!bw_ocre_is_sdk(argument))
        return false;
    bw_findings_init(&first.findings, r->ctx);
    const bw_ocre_sdk *sdk = bw_ocre_sdk_read(r->ctx, argument, arena, &first.findings);
    targets = g_array_new(FALSE, FALSE, sizeof(bw_target));
    bw_ocre_targets_of(sdk, r->ctx, r->zephyr, &r->load, arena, &first.findings, targets);
    bw_target *items = bw_arena_array(arena, bw_target, targets->len);
    job *jobs = bw_arena_array(arena, job, targets->len);
    for (guint i = 0; i < targets->len; i++) {
        items[i] = g_array_index(targets, bw_target, i);
        jobs[i] = (job){.target = &items[i], .samples_only = true};
        jobs[i].fit = bw_arena_array(arena, const bw_yaml *, bw_system_count());
        add_samples(r, arena, sdk, &jobs[i], &first.findings);
    }
    first.no_board = targets->len == 0;
    g_array_append_val(r->jobs, first);
    for (guint i = 0; i < targets->len; i++) {
        bw_findings_init(&jobs[i].findings, r->ctx);
        g_array_append_vals(r->jobs, &jobs[i], 1);
    }
    g_array_free(targets, TRUE);
    return true;
}

/* @return whether the argument is a repository of balenaOS, or of its contracts. */
static bool add_balena(run *r, bw_arena *arena, const char *argument)
{
    job j = {.balena = bw_arena_strdup(arena, argument)};

    if (!bw_balena_is_repo(argument) && !bw_balena_is_contracts(argument))
        return false;
    bw_findings_init(&j.findings, r->ctx);
    g_array_append_val(r->jobs, j);
    return true;
}

/* @return whether the argument is or holds layers of Yocto for a guest of seL4. */
static bool add_layer(run *r, bw_arena *arena, const char *argument)
{
    job j = {.layer = bw_arena_strdup(arena, argument)};

    if (!bw_sel4_is_layer(argument))
        return false;
    bw_findings_init(&j.findings, r->ctx);
    g_array_append_val(r->jobs, j);
    return true;
}

static void add_jobs(run *r, bw_arena *arena, const char *argument)
{
    bw_targets targets = {0};
    job first = {0};

    if (add_camkes(r, arena, argument)) {
        add_layer(r, arena, argument); /* of its guests' images, beside it */
        return;
    }
    if (add_cheriot(r, arena, argument) || add_balena(r, arena, argument) || add_ocre(r, arena, argument) ||
        add_layer(r, arena, argument))
        return;

    GHashTable *supports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bw_findings_init(&first.findings, r->ctx);
    bool found = bw_targets_find(r->ctx, argument, &r->load, arena, &first.findings, &targets);
    job *jobs = bw_arena_array(arena, job, targets.count);
    for (uint32_t i = 0; i < targets.count; i++) {
        jobs[i] = (job){.target = &targets.items[i]};
        check_support(r, supports, &jobs[i], arena, &first.findings);
    }
    pass_over_others(r, jobs, targets.count);
    for (uint32_t i = 0; r->ocre && i < targets.count; i++)
        if (!jobs[i].passed_over)
            add_samples(r, arena, r->ocre, &jobs[i], &first.findings);
    bw_support_check_targets(supports, r->ctx, &targets, &r->load, arena, &first.findings);
    g_hash_table_unref(supports);
    bw_zephyr_lookup_check(r->zephyr, argument, &first.findings);
    /* What was said on the way to the targets stands in front of what they have to say. */
    first.no_board = targets.count == 0;
    if (!found || first.findings.first)
        g_array_append_val(r->jobs, first);
    else
        bw_findings_free(&first.findings);
    for (uint32_t i = 0; i < targets.count; i++) {
        bw_findings_init(&jobs[i].findings, r->ctx);
        g_array_append_vals(r->jobs, &jobs[i], 1);
    }
}

static char *board_of(const bw_target *t)
{
    return (char *)(uintptr_t)(t->base_yml ? t->base_yml : t->board_yml ? t->board_yml : t->path);
}

/* A board folder may hold several targets; any other target is a board by itself. */
static uint32_t count_boards(const GArray *jobs)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    uint32_t unknown = 0;

    for (guint i = 0; i < jobs->len; i++) {
        const job *j = &g_array_index(jobs, job, i);

        if (j->target)
            g_hash_table_add(seen, board_of(j->target));
        unknown += j->no_board || j->cheriot || j->camkes || j->balena;
    }
    uint32_t boards = g_hash_table_size(seen) + unknown;
    g_hash_table_destroy(seen);
    return boards;
}

/* What the jobs are when none is a board. */
static void name_things(const GArray *jobs, bw_totals *totals)
{
    guint applications = 0, repositories = 0, layers = 0;

    for (guint i = 0; i < jobs->len; i++) {
        const job *j = &g_array_index(jobs, job, i);

        applications += j->camkes != NULL;
        repositories += j->balena != NULL;
        layers += j->layer != NULL;
    }
    if (applications && applications + layers == jobs->len) { /* with the layers of their guests */
        totals->thing = "application";
    } else if (repositories && repositories == jobs->len) {
        totals->thing = "repository";
        totals->part = "device type";
    } else if (layers && layers == jobs->len) {
        totals->thing = "layer";
        totals->boards = layers;
    }
}

static const GOptionEntry entries[] = {
    {"baseline", 0, 0, G_OPTION_ARG_FILENAME, &baseline,
     "Leave out the findings that are in FILE, made by --format=json before", "FILE"},
    {"system", 0, 0, G_OPTION_ARG_FILENAME, &system_name,
     "Check also whether each target is fit for the system NAME: ocre", "NAME"},
    {"summary", 0, 0, G_OPTION_ARG_NONE, &want_tally, "Only say how many findings there are of each kind", NULL},
    {"kernel-dts", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &kernel_dts,
     "seL4's devicetree, which dtb() of an application asks; repeatable, as KernelDTSList", "FILE"},
    {"linux-dts", 0, 0, G_OPTION_ARG_FILENAME, &linux_dts,
     "Linux's devicetree of the board, which an application with guests is compared with", "FILE"},
    {"rules", 0, 0, G_OPTION_ARG_FILENAME, &rules, "seL4's tools/hardware.yml, for what its kernel takes for itself",
     "FILE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* @return false if the file is none. */
static bool drop_known(bw_findings *findings)
{
    uint32_t dropped = 0;
    char *error = NULL;
    bool ok = bw_baseline_drop(findings, baseline, &dropped, &error);

    if (!ok)
        fprintf(stderr, "boardwright check: %s: %s\n", baseline, error);
    else if (dropped)
        fprintf(stderr, "%u known finding%s left out\n", (unsigned)dropped, dropped == 1 ? " is" : "s are");
    g_free(error);
    return ok;
}

static int print_tally(const bw_findings *findings)
{
    bw_buffer out = {0};

    bw_report_tally(&out, findings);
    if (out.len)
        fwrite(out.data, 1, out.len, stdout);
    bw_buffer_free(&out);
    return findings->counts[BW_ERROR] ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

/* @return false after a message if --system names none that has such checks. */
static bool find_system(const bw_system **system)
{
    *system = system_name ? bw_system_find(system_name) : NULL;
    if (!system_name || (*system && (*system)->check))
        return true;
    const char *near = *system ? NULL : bw_system_nearest(system_name);
    if (*system)
        bw_usage_error("check", "there is nothing more to check of a board for %s", system_name);
    else if (near)
        bw_usage_error("check", "there is no system '%s'; did you mean '%s'?", system_name, near);
    else
        bw_usage_error("check", "there is no system '%s'", system_name);
    return false;
}

/* --sdk is a tree of Ocre where --system asks for it. What is wrong with the tree is said of it as an argument. */
static const bw_ocre_sdk *find_ocre(run *r, bw_arena *arena)
{
    bw_findings unheard;

    if (!r->system || r->system->check != bw_ocre_check || !r->options->sdk || !bw_ocre_is_sdk(r->options->sdk))
        return NULL;
    bw_findings_init(&unheard, r->ctx);
    const bw_ocre_sdk *sdk = bw_ocre_sdk_read(r->ctx, r->options->sdk, arena, &unheard);
    bw_findings_free(&unheard);
    return sdk;
}

static int check(const bw_options *options, const bw_system *system, int argc, char **argv)
{
    gint64 start = g_get_monotonic_time();
    run r = {.options = options, .system = system, .load = bw_load_options_of(options)};
    bw_totals totals = {0};
    bw_board_finder finder;
    bw_arena arena;

    r.ctx = bw_options_context(options);
    bw_board_finder_init(&finder, r.ctx, options);
    r.load.lookup = &finder.lookup;
    r.zephyr = finder.zephyr;
    r.trees = bw_zephyr_trees_new(r.ctx, &finder.lists.roots, finder.lists.zephyr_base);
    r.roots = bw_roots_new();
    r.jobs = g_array_new(FALSE, FALSE, sizeof(job));
    g_mutex_init(&r.lock);
    bw_arena_init(&arena);
    bw_findings_init(&r.all, r.ctx);
    r.join = bw_join_new(&r.all);
    r.ocre = find_ocre(&r, &arena);
    for (int i = 1; i < argc && argc > 2; i++)
        bw_targets_announce(r.ctx, argv[i], &r.load, &arena);
    for (int i = 1; i < argc; i++)
        add_jobs(&r, &arena, argv[i]);
    totals.treeless = r.jobs->len > 0;
    for (guint i = 0; i < r.jobs->len; i++) {
        const job *j = &g_array_index(r.jobs, job, i);

        totals.targets += j->target || j->cheriot || j->camkes;
        totals.treeless &= j->cheriot || j->camkes || j->layer || j->balena;
    }
    totals.boards = count_boards(r.jobs);
    name_things(r.jobs, &totals);
    bw_progress_begin(&r.progress, options, "targets", r.jobs->len);
    work_in_threads(&r, MIN(options->jobs, MAX((int)r.jobs->len, 1)));
    bw_progress_end(&r.progress);

    for (guint i = 0; i < r.jobs->len; i++)
        totals.targets += g_array_index(r.jobs, job, i).device_types;
    totals.nodes = r.nodes;
    totals.seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    bool known = !baseline || drop_known(&r.all);
    int result = want_tally ? print_tally(&r.all) : bw_print_findings(options, &r.all, &totals);
    bw_print_summary(&r.all, &totals);
    if (bw_has_trouble(&r.all) || !known)
        result = BW_EXIT_TROUBLE;

    bw_zephyr_trees_free(r.trees);
    bw_join_free(r.join);
    bw_findings_free(&r.all);
    bw_arena_free(&arena);
    g_mutex_clear(&r.lock);
    g_array_free(r.jobs, TRUE);
    bw_roots_free(r.roots);
    bw_board_finder_free(&finder);
    bw_context_free(r.ctx);
    return result;
}

int bw_cmd_check(int argc, char **argv)
{
    static const bw_usage usage = {
        .arguments = "BOARD…",
        .summary = "Reads boards, checks them and reports what is wrong, at the line to edit.\n"
                   "A BOARD is a .dts, a .dtb, a board.yml, a .json or .patch of CHERIoT RTOS, a devices.camkes, or a\n"
                   "folder that holds one of them. Include directories are found by themselves in Linux and Zephyr "
                   "trees; -I names\n"
                   "others instead.",
        .description = "Findings go to standard error as text, to standard output in any other format.\n"
                       "'boardwright explain' lists them all, 'boardwright explain CODE' tells what one means.",
        .groups = BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_FORMAT | BW_OPT_JSON |
                  BW_OPT_JOBS | BW_OPT_ROOTS | BW_OPT_CHERIOT,
        .entries = entries,
    };
    const bw_system *system;
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    if (argc < 2)
        result = bw_usage_error("check", "which board? It takes one or more");
    else if (!find_system(&system))
        result = BW_EXIT_TROUBLE;
    else
        result = check(&options, system, argc, argv);
    g_free(system_name);
    g_free(baseline);
    g_strfreev(kernel_dts);
    g_free(linux_dts);
    g_free(rules);
    bw_options_free(&options);
    return result;
}
