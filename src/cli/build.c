/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright build: the support files of every system that a board asks for. */
#include "base/plan.h"
#include "check/check.h"
#include "cli/boards.h"
#include "cli/commands.h"
#include "cli/load_options.h"
#include "cli/plans.h"
#include "cli/print.h"
#include "cli/roots.h"
#include "report/json_out.h"
#include "systems/support.h"

#include <stdio.h>
#include <string.h>

static char **wanted_systems;
static char *wanted_target;
static char *firmware;
static gboolean print_keys;

static const GOptionEntry entries[] = {
    {"system", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &wanted_systems,
     "Write only this system (repeatable); by itself those of support.yml, else bare", "NAME"},
    {"target", 't', 0, G_OPTION_ARG_FILENAME, &wanted_target, "Only this target of a board folder", "NAME"},
    {"firmware", 0, 0, G_OPTION_ARG_FILENAME, &firmware,
     "The program of the target, Intel HEX or ELF: ocre merges it with the storage image", "FILE"},
    {"keys", 0, 0, G_OPTION_ARG_NONE, &print_keys,
     "Only print all keys of support.yml as Markdown: docs/support-yml.md", NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};
static const bw_usage usage = {
    .arguments = "BOARD",
    .summary = "Writes the support files of every system that a board asks for, into the folder that -o names.\n"
               "The description is checked first; with an error in it nothing is written.",
    .description =
        "A BOARD is a .dts, a .dtb, a board.yml, a .json or .patch of CHERIoT RTOS, or a folder that holds\n"
        "one of them. The systems are the sections of the support.yml beside it; without one it is 'bare', a\n"
        "C header and a linker script, and of a CHERIoT board 'cheriot'.\n"
        "Files go to DIR/<board>/<system>/. Each is written whole or not at all, and left alone if it is\n"
        "right already; DIR/<board>/manifest.sha256 lists them. A file that somebody edited since is not\n"
        "overwritten without --force.",
    .groups = BW_OPT_ROOTS | BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON |
              BW_OPT_OUTPUT | BW_OPT_WRITE | BW_OPT_CHERIOT,
    .entries = entries,
};

/* What a system says of the files of one of its folders. */
typedef struct remark {
    char *folder, *text;
} remark;

/* One folder below the output folder. */
typedef struct product {
    char *name;
    bw_plan *plan;
    GPtrArray *folders; /* of char *, below the plan's: one a target and system */
    GPtrArray *sources; /* of const char *: the target that each of them is made from */
    GArray *remarks;    /* of remark */
    GArray *wholes;     /* of whole */
} product;

/* A folder that all targets of the board share, while they are being built. */
typedef struct whole {
    const bw_system *system;
    char *folder;
    const bw_yaml *support;
    void *state;
} whole;

typedef struct build {
    const bw_options *options;
    bw_context *ctx;
    bw_arena arena;
    bw_load_options load;
    bw_findings findings; /* of the whole run */
    bw_join *join;
    GPtrArray *products;     /* of product */
    GHashTable *supports;    /* path of a support.yml to its value */
    GPtrArray *wanted;       /* of const bw_target: all that are built */
    char **own;              /* boards in a system's own description, or NULL */
    const char *firmware_of; /* the target that --firmware went to, or NULL */
    GPtrArray *skipped;      /* systems asked for that cannot be written yet */
    uint32_t warnings;       /* in the descriptions: not shown */
    bool trouble;
} build;

/* -- which folder ----------------------------------------------------------------------------------- */

/* A board's own name as a folder's: nothing that a shell or a file system trips over. */
static char *folder_name(const char *text)
{
    char *name = g_strdup(text);

    for (char *p = name; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("._+-", *p))
            *p = '_';
    if (*name == '.' || *name == '-' || *name == '\0') {
        char *safe = g_strconcat("_", name, NULL);
        g_free(name);
        name = safe;
    }
    return name;
}

/* Whether all that is built of the board is one extension's. */
static bool is_extension_alone(const build *b, const bw_target *target)
{
    if (!target->base_yml)
        return false;
    for (guint i = 0; i < b->wanted->len; i++) {
        const bw_target *other = b->wanted->pdata[i];

        if (g_strcmp0(other->board, target->board) == 0 && g_strcmp0(other->board_yml, target->board_yml) != 0)
            return false;
    }
    return true;
}

static char *board_folder(const build *b, const bw_target *target)
{
    /* An extension must not take the place of the board that it extends: its own folder's name. */
    bool extends = target->board && target->board_yml && (!strchr(target->name, '/') || is_extension_alone(b, target));

    if (target->board && !extends)
        return folder_name(target->board);
    char *folder = extends ? g_canonicalize_filename(target->board_yml, NULL) : NULL;
    char *parent = extends ? g_path_get_dirname(folder) : NULL;
    char *base = g_path_get_basename(extends ? parent : target->path);
    g_free(parent);
    g_free(folder);
    if (extends) {
        char *name = folder_name(base);
        g_free(base);
        return name;
    }
    char *dot = strrchr(base, '.');
    if (dot && dot != base)
        *dot = '\0';
    char *name = folder_name(base);
    g_free(base);
    return name;
}

/* "bare" or, for one target of a board folder, "bare/m33". */
static char *system_folder(const bw_target *target, const bw_system *system)
{
    const char *qualifiers = target->board && !system->finish ? strchr(target->name, '/') : NULL;

    if (!qualifiers)
        return g_strdup(system->name);
    char *part = folder_name(qualifiers + 1);
    char *folder = g_strdup_printf("%s/%s", system->name, part);
    g_free(part);
    return folder;
}

static void free_product(gpointer data)
{
    product *p = data;

    bw_plan_free(p->plan);
    g_ptr_array_free(p->folders, TRUE);
    g_ptr_array_free(p->sources, TRUE);
    for (guint i = 0; i < p->remarks->len; i++) {
        g_free(g_array_index(p->remarks, remark, i).folder);
        g_free(g_array_index(p->remarks, remark, i).text);
    }
    g_array_free(p->remarks, TRUE);
    g_array_free(p->wholes, TRUE);
    g_free(p->name);
    g_free(p);
}

/* @param name of the product; taken. */
static product *product_called(build *b, char *name)
{
    for (guint i = 0; i < b->products->len; i++) {
        product *p = b->products->pdata[i];

        if (strcmp(p->name, name) == 0) {
            g_free(name);
            return p;
        }
    }
    product *p = g_new0(product, 1);
    char *folder = g_build_filename(b->options->output, name, NULL);
    p->name = name;
    p->plan = bw_plan_new(folder);
    p->folders = g_ptr_array_new_with_free_func(g_free);
    p->sources = g_ptr_array_new();
    p->remarks = g_array_new(FALSE, FALSE, sizeof(remark));
    p->wholes = g_array_new(FALSE, FALSE, sizeof(whole));
    g_ptr_array_add(b->products, p);
    g_free(folder);
    return p;
}

static product *product_of(build *b, const bw_target *target)
{
    return product_called(b, board_folder(b, target));
}

/* -- which systems ---------------------------------------------------------------------------------- */

/* @return the support.yml of the target's board folder, NULL without one; *ok is false if it is wrong. */
static const bw_yaml *support_of(build *b, const bw_target *target, bool *ok)
{
    return bw_support_of(b->supports, b->ctx, target, &b->arena, &b->findings, ok);
}

static bool is_wanted(const bw_system *system, const bw_yaml *support, bool any_section)
{
    const bw_yaml *section;

    if (wanted_systems)
        return g_strv_contains((const char *const *)wanted_systems, system->name);
    if (any_section)
        return bw_support_section(support, system, &section);
    return strcmp(system->name, "bare") == 0;
}

/* Whether support.yml names a system that can be written; else bare is what there is. */
static bool names_a_system(const bw_yaml *support)
{
    const bw_yaml *section;

    for (const bw_system *s = bw_systems; support && s->name; s++)
        if (s->build && bw_support_section(support, s, &section))
            return true;
    return false;
}

static void skip_system(build *b, const bw_system *system)
{
    for (guint i = 0; i < b->skipped->len; i++)
        if (b->skipped->pdata[i] == system->name)
            return;
    g_ptr_array_add(b->skipped, (gpointer)(uintptr_t)system->name);
}

/* -- one target ------------------------------------------------------------------------------------- */

/* @return the folder that a board's targets share for a system, noted at the first of them. */
static whole *whole_of(product *p, const bw_target *target, const bw_system *system, const bw_yaml *support)
{
    for (guint i = 0; i < p->wholes->len; i++)
        if (g_array_index(p->wholes, whole, i).system == system)
            return &g_array_index(p->wholes, whole, i);
    whole w = {.system = system, .folder = system_folder(target, system), .support = support};
    g_array_append_val(p->wholes, w);
    g_ptr_array_add(p->folders, w.folder);
    g_ptr_array_add(p->sources, (gpointer)(uintptr_t)target->name);
    bw_plan_owns(p->plan, w.folder);
    return &g_array_index(p->wholes, whole, p->wholes->len - 1);
}

/* Says that a folder of the product is made from @p source. @param folder taken. @return false if it is another's. */
static bool take_folder(build *b, product *p, char *folder, const char *source)
{
    for (guint i = 0; i < p->folders->len; i++)
        if (strcmp(p->folders->pdata[i], folder) == 0) {
            fprintf(stderr, "boardwright build: %s and %s would both go to %s/%s; build them one by one\n",
                    (const char *)p->sources->pdata[i], source, bw_plan_folder(p->plan), folder);
            g_free(folder);
            b->trouble = true;
            return false;
        }
    g_ptr_array_add(p->folders, folder);
    g_ptr_array_add(p->sources, (gpointer)(uintptr_t)source);
    bw_plan_owns(p->plan, folder);
    return true;
}

/* Takes what the system said. */
static void take_remarks(product *p, const bw_system_job *job)
{
    for (guint i = 0; i < job->remarks->len; i++) {
        const remark r = {g_strdup(job->folder), job->remarks->pdata[i]};

        g_array_append_val(p->remarks, r);
    }
    g_ptr_array_free(job->remarks, TRUE);
}

/* The program is one target's: of two nobody could tell whose. */
static bool give_firmware(build *b, bw_system_job *job, const bw_system *system)
{
    if (!firmware || !system->takes_firmware)
        return true;
    if (b->firmware_of) {
        fprintf(stderr,
                "boardwright build: --firmware is the program of one target, and there are %s and %s: choose "
                "with --target\n",
                b->firmware_of, job->target->name);
        b->trouble = true;
        return false;
    }
    b->firmware_of = job->target->name;
    job->firmware = firmware;
    return true;
}

static bool add_system(build *b, bw_roots *roots, const bw_target *target, const bw_board *board,
                       const bw_system *system, const bw_yaml *support, bw_findings *described)
{
    product *p = product_of(b, target);
    bw_system_job job = {.board = board,
                         .target = target,
                         .all = b->wanted,
                         .load = &b->load,
                         .roots = roots,
                         .support = support,
                         .plan = p->plan,
                         .sdk = b->options->sdk,
                         .described = described};

    bw_support_section(support, system, &job.section);
    if (system->finish) {
        whole *w = whole_of(p, target, system, support);

        job.folder = w->folder;
        job.state = &w->state;
        return system->build(&job);
    }
    char *folder = system_folder(target, system);
    if (!take_folder(b, p, folder, target->name) || !give_firmware(b, &job, system))
        return false;
    job.folder = folder;
    job.remarks = g_ptr_array_new();
    bool ok = system->build(&job);
    take_remarks(p, &job);
    return ok;
}

static bool build_system(build *b, bw_roots *roots, const bw_target *target, const bw_board *board,
                         const bw_system *system, const bw_yaml *support)
{
    bw_findings described;

    bw_findings_init(&described, b->ctx);
    bool ok = add_system(b, roots, target, board, system, support, &described);
    if (described.counts[BW_ERROR])
        bw_join_add(b->join, &described);
    else
        b->warnings += described.counts[BW_WARNING];
    bw_findings_free(&described);
    return ok;
}

/* Once all targets were built: the files that they share. */
static void finish_systems(build *b)
{
    bool ok = !b->trouble && !b->findings.counts[BW_ERROR];

    for (guint i = 0; i < b->products->len; i++) {
        product *p = b->products->pdata[i];

        for (guint j = 0; j < p->wholes->len; j++) {
            const whole *w = &g_array_index(p->wholes, whole, j);
            bw_system_whole all = {.ctx = b->ctx,
                                   .board = p->name,
                                   .folder = w->folder,
                                   .plan = ok ? p->plan : NULL,
                                   .findings = &b->findings,
                                   .support = w->support,
                                   .state = w->state};

            bw_support_section(w->support, w->system, &all.section);
            w->system->finish(&all);
        }
    }
}

static void build_systems(build *b, bw_roots *roots, const bw_target *target, const bw_board *board)
{
    bool ok;
    const bw_yaml *support = support_of(b, target, &ok);
    bool any_section = names_a_system(support);
    const bw_yaml *section;

    if (!ok)
        return;
    for (const bw_system *s = bw_systems; s->name && ok; s++) {
        if (s->build && is_wanted(s, support, any_section) && bw_support_admits(support, s, target))
            ok = build_system(b, roots, target, board, s, support);
        else if (!s->build && !wanted_systems && support && bw_support_section(support, s, &section))
            skip_system(b, s);
    }
}

/* What `check` would warn of is counted, not shown: a build that succeeds is quiet. */
static void build_target(build *b, bw_unit *unit, bw_roots *roots, const bw_target *target)
{
    bw_findings found;

    bw_findings_init(&found, b->ctx);
    bw_unit_begin(unit, &found);
    bw_tree *tree = bw_target_parse(unit, target, &b->load, roots);
    if (tree && !tree->broken)
        bw_check_run(tree, &b->load.resolve);
    if (tree && tree->plugin)
        bw_finding_cure(bw_findings_add(&found, BW_CODE_build_overlay, bw_file_place(tree->path),
                                        "this is an overlay, not a board: there is nothing to build from it"),
                        "build the board it is for; boardwright compile BASE --overlay FILE applies it");
    if (!tree || tree->broken || found.counts[BW_ERROR]) {
        bw_join_add(b->join, &found);
    } else {
        b->warnings += found.counts[BW_WARNING];
        unit->findings = &b->findings;
        build_systems(b, roots, target, bw_board_of(tree));
    }
    bw_findings_free(&found);
}

/* -- a board in a system's own description ---------------------------------------------------------- */

/* "sonata" of "boards/sonata.json". */
static char *stem_folder(const char *path)
{
    char *base = g_path_get_basename(path);
    char *dot = strrchr(base, '.');

    if (dot && dot != base)
        *dot = '\0';
    char *name = folder_name(base);
    g_free(base);
    return name;
}

static void build_own(build *b, const bw_system *system, const char *board)
{
    product *p = product_called(b, stem_folder(board));
    bw_findings found;

    if (!take_folder(b, p, g_strdup(system->name), board))
        return;
    bw_findings_init(&found, b->ctx);
    bw_system_own own = {.ctx = b->ctx,
                         .board = board,
                         .sdk = b->options->sdk,
                         .mixins = (const char *const *)b->options->mixins,
                         .folder = system->name,
                         .plan = p->plan,
                         .findings = &found};
    if (!system->build_own(&own) || found.counts[BW_ERROR])
        bw_join_add(b->join, &found);
    else
        b->warnings += found.counts[BW_WARNING];
    bw_findings_free(&found);
}

/* @return whether the argument is such boards; then all is done, or said. */
static bool is_own(build *b, const char *argument)
{
    const bw_system *system = bw_system_of_own(b->ctx, argument, b->options->sdk, &b->own);

    if (!system)
        return false;
    if (wanted_target) {
        fprintf(stderr, "boardwright build: %s is of %s, and has no targets to choose from\n", argument, system->name);
        b->trouble = true;
    } else if (wanted_systems && (!g_strv_contains((const char *const *)wanted_systems, system->name) ||
                                  g_strv_length(wanted_systems) > 1)) {
        fprintf(stderr, "boardwright build: %s is of %s; files of other systems need a devicetree\n", argument,
                system->name);
        b->trouble = true;
    }
    for (char **board = b->own; *board && !b->trouble; board++)
        build_own(b, system, *board);
    return true;
}

/* -- the run ---------------------------------------------------------------------------------------- */

static bool compare(build *b)
{
    bool ok = true;

    for (guint i = 0; i < b->products->len; i++) {
        product *p = b->products->pdata[i];

        ok &= bw_plan_settle(p->plan, b->options->force, &b->findings);
    }
    return ok;
}

static bool carry_out(build *b)
{
    for (guint i = 0; i < b->products->len; i++) {
        product *p = b->products->pdata[i];

        if (!bw_plan_carry_out(p->plan, b->options->force, &b->findings))
            return false;
    }
    return true;
}

static void print_plan(const build *b)
{
    for (guint i = 0; i < b->products->len; i++) {
        const product *p = b->products->pdata[i];

        bw_plan_print(p->plan, b->options->force);
    }
}

static json_t *remarks_json(const product *p)
{
    json_t *list = json_array();

    for (guint i = 0; i < p->remarks->len; i++) {
        const remark *r = &g_array_index(p->remarks, remark, i);

        json_array_append_new(
            list, json_pack("{s:o, s:o}", "folder", bw_json_text(r->folder), "text", bw_json_text(r->text)));
    }
    return list;
}

static void print_json(const build *b)
{
    json_t *list = json_array();

    for (guint i = 0; i < b->products->len; i++) {
        const product *p = b->products->pdata[i];

        json_t *plan = bw_plan_json(p->plan, b->options->force);
        if (p->remarks->len)
            json_object_set_new(plan, "remarks", remarks_json(p));
        json_array_append_new(list, plan);
    }
    bw_print_json(list);
}

/* Whether a system has written something for a target. */
static bool has_files(const product *p, const char *folder)
{
    uint32_t count;
    const bw_plan_file *files = bw_plan_files(p->plan, &count);
    const size_t len = strlen(folder);

    for (uint32_t j = 0; j < count; j++)
        if (files[j].state != BW_PLAN_STALE && strncmp(files[j].path, folder, len) == 0 && files[j].path[len] == '/')
            return true;
    return false;
}

/* Whether there is anything to write at all. */
static bool has_any_files(const build *b)
{
    for (guint i = 0; i < b->products->len; i++) {
        const product *p = b->products->pdata[i];
        uint32_t count;

        bw_plan_files(p->plan, &count);
        if (count)
            return true;
    }
    return false;
}

/* "out/virt/bare/   board.h, board.ld, README.md" or "…/zephyr/  README.md, boards/…", and how many of all were
 * written. */
static void print_folder(const build *b, const product *p, const char *folder, size_t width, uint32_t *written)
{
    uint32_t count;
    const bw_plan_file *files = bw_plan_files(p->plan, &count);
    char *shown = g_strdup_printf("%s/%s/", bw_plan_folder(p->plan), folder);
    const char *separator = "";
    const char *below = ""; /* the sub-folder shown last */
    size_t below_len = 0;

    printf("%-*s  ", (int)width, shown);
    for (uint32_t j = 0; j < count; j++) {
        const bw_plan_file *f = &files[j];
        size_t len = strlen(folder);

        if (strncmp(f->path, folder, len) != 0 || f->path[len] != '/' || f->state == BW_PLAN_STALE)
            continue;
        const char *name = f->path + len + 1;
        const char *slash = strchr(name, '/');
        *written += bw_plan_file_written(f, b->options->force);
        if (slash && (size_t)(slash - name) == below_len && strncmp(name, below, below_len) == 0)
            continue;
        below = name;
        below_len = slash ? (size_t)(slash - name) : 0;
        printf("%s%.*s%s", separator, slash ? (int)below_len : (int)strlen(name), name, slash ? "/…" : "");
        separator = ", ";
    }
    putchar('\n');
    for (guint i = 0; i < p->remarks->len; i++)
        if (strcmp(g_array_index(p->remarks, remark, i).folder, folder) == 0)
            printf("  %s\n", g_array_index(p->remarks, remark, i).text);
    g_free(shown);
}

static size_t widest_folder(const build *b)
{
    size_t width = 0;

    for (guint i = 0; i < b->products->len; i++) {
        const product *p = b->products->pdata[i];

        for (guint j = 0; j < p->folders->len; j++)
            width = MAX(width, strlen(bw_plan_folder(p->plan)) + strlen(p->folders->pdata[j]) + 2);
    }
    return width;
}

static void print_summary(const build *b, gint64 start)
{
    uint32_t written = 0;
    double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    const product *first = b->products->pdata[0];
    const char *first_folder = NULL;

    for (guint i = 0; i < b->products->len; i++) {
        const product *p = b->products->pdata[i];

        for (guint j = 0; j < p->folders->len; j++) {
            const char *folder = p->folders->pdata[j];

            if (!has_files(p, folder))
                continue;
            if (!first_folder) {
                first = p;
                first_folder = folder;
            }
            print_folder(b, p, folder, widest_folder(b), &written);
        }
    }
    printf("%u file%s written (%.3f s)", written, written == 1 ? "" : "s", seconds);
    printf(written ? ". " : ": all are as they should be. ");
    if (first_folder)
        printf("Next: %s/%s/README.md says which commands follow.", bw_plan_folder(first->plan), first_folder);
    putchar('\n');
}

static void print_rest(const build *b, const char *argument)
{
    fflush(stdout); /* where both go to one place, this comes after */
    for (guint i = 0; i < b->skipped->len; i++)
        fprintf(stderr, "%s: asked for by support.yml, but this version cannot write it yet\n",
                (const char *)b->skipped->pdata[i]);
    if (b->warnings)
        fprintf(stderr, "%u warning%s about the description: boardwright check %s%s%s shows %s\n", b->warnings,
                b->warnings == 1 ? "" : "s", argument, b->options->sdk ? " --sdk " : "",
                b->options->sdk ? b->options->sdk : "", b->warnings == 1 ? "it" : "them");
}

static bool has_wanted_target(build *b, const bw_targets *targets)
{
    for (uint32_t i = 0; i < targets->count; i++)
        if (!wanted_target || bw_target_is_called(&targets->items[i], wanted_target))
            return true;
    fprintf(stderr, "boardwright build: there is no target %s; there are:\n", wanted_target);
    for (uint32_t i = 0; i < targets->count; i++)
        fprintf(stderr, "  %s\n", targets->items[i].name);
    b->trouble = true;
    return false;
}

static void build_all(build *b, const char *argument)
{
    bw_targets targets = {0};

    if (is_own(b, argument))
        return;
    if (b->options->mixins) {
        fprintf(stderr, "boardwright build: --mixin is for board files of CHERIoT RTOS, and %s is none\n", argument);
        b->trouble = true;
        return;
    }
    bw_roots *roots = bw_roots_new();
    bw_unit *unit = bw_unit_new(b->ctx);

    if (bw_targets_find(b->ctx, argument, &b->load, &b->arena, &b->findings, &targets) &&
        has_wanted_target(b, &targets)) {
        for (uint32_t i = 0; i < targets.count; i++)
            if (!wanted_target || bw_target_is_called(&targets.items[i], wanted_target))
                g_ptr_array_add(b->wanted, &targets.items[i]);
        bw_support_check_targets(b->supports, b->ctx, &targets, &b->load, &b->arena, &b->findings);
        for (guint i = 0; i < b->wanted->len && !b->trouble; i++)
            build_target(b, unit, roots, b->wanted->pdata[i]);
    }
    bw_unit_free(unit);
    bw_roots_free(roots);
}

static int run(const bw_options *options, const char *argument)
{
    gint64 start = g_get_monotonic_time();
    build b = {.options = options, .load = bw_load_options_of(options)};
    bw_board_finder finder;
    bool ok = false;

    b.ctx = bw_options_context(options);
    bw_board_finder_init(&finder, b.ctx, options);
    b.load.lookup = &finder.lookup;
    bw_arena_init(&b.arena);
    bw_findings_init(&b.findings, b.ctx);
    b.join = bw_join_new(&b.findings);
    b.products = g_ptr_array_new_with_free_func(free_product);
    b.supports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    b.skipped = g_ptr_array_new();
    b.wanted = g_ptr_array_new();
    build_all(&b, argument);
    if (firmware && !b.firmware_of && !b.trouble && !b.findings.counts[BW_ERROR]) {
        fprintf(stderr, "boardwright build: nothing that is built here takes --firmware; ocre does\n");
        b.trouble = true;
    }
    finish_systems(&b);
    if (!b.trouble && !b.findings.counts[BW_ERROR] && has_any_files(&b))
        ok = compare(&b) && (options->dry_run || carry_out(&b));
    int code = bw_print_findings_beside(options, &b.findings);
    if (!ok && !b.trouble && code == BW_EXIT_OK && b.products->len) /* all that was asked for was passed over */
        code = BW_EXIT_FINDINGS;
    if (ok && options->json)
        print_json(&b);
    else if (ok && options->dry_run)
        print_plan(&b);
    else if (ok)
        print_summary(&b, start);
    print_rest(&b, argument);
    if (!ok && code == BW_EXIT_FINDINGS && !options->dry_run)
        fprintf(stderr, "nothing was written\n");
    if (b.trouble || bw_has_trouble(&b.findings))
        code = BW_EXIT_TROUBLE;
    g_ptr_array_free(b.skipped, TRUE);
    g_strfreev(b.own);
    g_ptr_array_free(b.wanted, TRUE);
    g_hash_table_unref(b.supports);
    g_ptr_array_free(b.products, TRUE);
    bw_join_free(b.join);
    bw_findings_free(&b.findings);
    bw_arena_free(&b.arena);
    bw_board_finder_free(&finder);
    bw_context_free(b.ctx);
    return code;
}

static int check_systems(void)
{
    for (char **name = wanted_systems; name && *name; name++) {
        const bw_system *system = bw_system_find(*name);
        const char *near = bw_system_nearest(*name);

        if (!system && near)
            return bw_usage_error("build", "there is no system '%s'; did you mean '%s'?", *name, near);
        if (!system)
            return bw_usage_error("build", "there is no system '%s'", *name);
        if (!system->build && !system->build_own)
            return bw_usage_error("build", "the system %s cannot be written by this version yet", *name);
    }
    return BW_EXIT_OK;
}

static void document_keys(void)
{
    GString *text = bw_support_document();

    fputs(text->str, stdout);
    g_string_free(text, TRUE);
}

int bw_cmd_build(int argc, char **argv)
{
    bw_options options;
    int code;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    code = check_systems();
    if (code == BW_EXIT_OK && print_keys && argc == 1)
        document_keys();
    else if (code == BW_EXIT_OK && argc != 2)
        code = bw_usage_error("build", argc < 2 ? "which board?" : "one board at a time");
    else if (code == BW_EXIT_OK && !options.output)
        code = bw_usage_error("build", "where to? Name a folder with -o");
    else if (code == BW_EXIT_OK)
        code = run(&options, argv[1]);
    g_strfreev(wanted_systems);
    g_free(wanted_target);
    g_free(firmware);
    bw_options_free(&options);
    return code;
}
