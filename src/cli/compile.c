/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright compile: many sources to blobs, in one process. */
#include "base/output.h"
#include "board/roots.h"
#include "check/check.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/roots.h"
#include "dts/dts.h"
#include "dts/print.h"
#include "fdt/fdt.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

typedef struct settings {
    const bw_options *options;
    bw_context *ctx;
    bw_roots *roots;
    bw_resolve_options resolve;
    bw_check_set checks; /* dtc's errors; its warnings are for boardwright check */
    bw_fdt_generate_options generate;
    const char *const *overlays;
    bool to_stdout;
    bool stats;   /* --stats */
    bool strip;   /* --short-names */
    bool as_text; /* --dts */
} settings;

typedef struct job {
    const char *path;
    const bw_target *target; /* of --board; else NULL */
    bw_findings findings;
    char *out_path;
    uint64_t bytes; /* of the blob */
    bw_dts_size size;
    bool ok;
} job;

/* What a thread keeps from file to file. */
typedef struct worker {
    const settings *s;
    bw_unit *unit;
    bw_buffer blob;
} worker;

/* ---- one file ---- */

static bw_dts_options dts_options(const settings *s, const char *path)
{
    const bw_options *o = s->options;
    bw_dts_options d = {.preprocess = true,
                        .include_dirs = (const char *const *)o->include_dirs,
                        .dts_dirs = (const char *const *)o->dts_dirs,
                        .defines = (const char *const *)o->defines,
                        .tolerate_missing = o->tolerate_missing};

    if (!o->include_dirs) {
        const bw_root *root = bw_roots_find(s->roots, path);

        d.include_dirs = root->include_dirs;
        if (!o->dts_dirs)
            d.dts_dirs = root->dts_dirs;
    } else if (!o->dts_dirs) {
        d.dts_dirs = d.include_dirs;
    }
    return d;
}

/* -E: the text of one file to standard output. */
static int preprocess(const settings *s, const char *path)
{
    bw_unit *unit = bw_unit_new(s->ctx);
    bw_dts_options d = dts_options(s, path);
    bw_buffer text = {0};
    bw_findings findings;
    const bw_totals totals = {.boards = 1, .seconds = -1};

    bw_findings_init(&findings, s->ctx);
    bw_unit_begin(unit, &findings);
    bool ok = bw_dts_preprocess(unit, path, &d, &text);
    bool written = fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    int result = bw_print_findings(s->options, &findings, &totals);

    if (!written || bw_has_trouble(&findings))
        result = BW_EXIT_TROUBLE;
    else if (!ok)
        result = BW_EXIT_FINDINGS;
    bw_findings_free(&findings);
    bw_buffer_free(&text);
    bw_unit_free(unit);
    return result;
}

/* A target of Zephyr: the .dts with its overlays behind it, one translation unit, in Zephyr's dialect. */
static bw_tree *read_target(worker *w, const bw_target *target)
{
    const bw_options *o = w->s->options;
    const bw_load_options load = {.include_dirs = (const char *const *)o->include_dirs,
                                  .dts_dirs = (const char *const *)o->dts_dirs,
                                  .defines = (const char *const *)o->defines,
                                  .tolerate_missing = o->tolerate_missing};

    return bw_target_parse(w->unit, target, &load, w->s->roots);
}

/* Text or blob, as the file is. */
static bw_tree *read_tree(worker *w, const char *path)
{
    bw_source *source = bw_source_open(w->s->ctx->sources, path, NULL);

    if (source && bw_fdt_is_blob(source->text, source->len))
        return bw_fdt_read(w->unit, source);
    bw_dts_options d = dts_options(w->s, path);
    return bw_dts_read(w->unit, path, &d);
}

static bw_tree *read_resolved(worker *w, const char *path, const bw_target *target, bool overlay)
{
    bw_fdt_generate_options generate = w->s->generate;

    bw_tree *tree = target ? read_target(w, target) : read_tree(w, path);

    if (!tree || tree->broken || !bw_check_run_dtc(tree, &w->s->checks, &w->s->resolve))
        return NULL;
    generate.quiet = overlay;
    return bw_fdt_generate(tree, &generate) ? tree : NULL;
}

static bool apply_overlays(worker *w, bw_tree *tree)
{
    for (size_t i = 0; w->s->overlays && w->s->overlays[i]; i++) {
        bw_tree *overlay = read_resolved(w, w->s->overlays[i], NULL, true);

        if (!overlay || !bw_overlay_apply(tree, overlay))
            return false;
    }
    return true;
}

static void write_failed(job *j, int error)
{
    bw_findings_add(&j->findings, BW_CODE_file_unwritable, bw_file_place(j->out_path), "cannot be written: %s",
                    g_strerror(error));
}

static void compile_one(worker *w, job *j)
{
    int error = 0;

    bw_unit_begin(w->unit, &j->findings);
    bw_tree *tree = read_resolved(w, j->path, j->target, false);
    j->size = bw_dts_size_of(w->unit);
    /* The overlays of a target are texts that were read with it. */
    if (!tree || (!j->target && !apply_overlays(w, tree)) || !bw_tree_all_known(tree))
        return;
    if (w->s->as_text) {
        bw_buffer_clear(&w->blob);
        bw_dts_print(tree, BW_ANNOTATE_LINES, &w->blob);
    } else if (!bw_fdt_write(tree, NULL, &w->blob)) {
        return;
    }
    if (j->findings.counts[BW_ERROR])
        return;
    j->bytes = w->blob.len;
    if (w->s->to_stdout)
        j->ok = fwrite(w->blob.data, 1, w->blob.len, stdout) == w->blob.len && fflush(stdout) == 0;
    else
        j->ok = bw_write_file_unsynced(j->out_path, w->blob.data, w->blob.len, &error);
    if (!j->ok)
        write_failed(j, error);
}

/* ---- all files ---- */

static worker *worker_new(const settings *s)
{
    worker *w = g_new0(worker, 1);

    w->s = s;
    w->unit = bw_unit_new(s->ctx);
    return w;
}

static void worker_free(worker *w)
{
    bw_unit_free(w->unit);
    bw_buffer_free(&w->blob);
    g_free(w);
}

typedef struct crew {
    const settings *s;
    job *jobs;
    gint count;
    gint next; /* atomic */
    gint threads;
} crew;

/* Neighbours in a list of boards include the same files, and who comes second waits while the first makes
 * their tokens: so threads that begin together begin far apart, each in its own stretch of the list. */
static gint nth_job(const crew *c, gint n)
{
    gint stretch = c->count / c->threads;

    return n < stretch * c->threads ? n % c->threads * stretch + n / c->threads : n;
}

static gpointer work(gpointer data)
{
    crew *c = data;
    worker *w = worker_new(c->s);

    for (;;) {
        gint i = g_atomic_int_add(&c->next, 1);
        if (i >= c->count)
            break;
        compile_one(w, &c->jobs[nth_job(c, i)]);
    }
    worker_free(w);
    return NULL;
}

static void run(crew *c, int threads)
{
    GPtrArray *others = g_ptr_array_new();

    c->threads = MIN(threads, c->count);
    for (int i = 1; i < c->threads; i++)
        g_ptr_array_add(others, g_thread_new("compile", work, c));
    work(c);
    for (guint i = 0; i < others->len; i++)
        g_thread_join(others->pdata[i]);
    g_ptr_array_free(others, TRUE);
}

/* DIR/<path as given>.dtb; what would lead out of DIR ("/", "..") is left out. */
static char *output_path(const settings *s, const char *source)
{
    GString *path = g_string_new(s->options->output);
    char **parts = g_strsplit(source, "/", -1);

    for (char **part = parts; *part; part++) {
        if (**part == '\0' || strcmp(*part, ".") == 0 || strcmp(*part, "..") == 0)
            continue;
        g_string_append_printf(path, "/%s", *part);
    }
    g_strfreev(parts);
    bool overlay = s->strip && g_str_has_suffix(path->str, ".dtso");
    if (s->strip) {
        const char *dot = strrchr(path->str, '.');
        if (dot && !strchr(dot, '/'))
            g_string_truncate(path, (gsize)(dot - path->str));
    }
    g_string_append(path, s->as_text ? ".dts" : overlay ? ".dtbo" : ".dtb");
    return g_string_free(path, FALSE);
}

static void print_stats(const job *jobs, int count, double seconds)
{
    bw_dts_size all = {0};
    uint64_t out = 0;

    for (int i = 0; i < count; i++) {
        all.tokens += jobs[i].size.tokens;
        all.bytes += jobs[i].size.bytes;
        all.files += jobs[i].size.files;
        out += jobs[i].bytes;
    }
    fprintf(stderr,
            "%d boards in %.3f s: %.3f ms a board; %.1f MB of source in %" G_GUINT64_FORMAT
            " files (%.0f MB/s), %.2f M tokens "
            "(%.1f M/s), %.1f MB of blobs\n",
            count, seconds, seconds * 1e3 / count, (double)all.bytes / 1e6, all.files,
            (double)all.bytes / 1e6 / seconds, (double)all.tokens / 1e6, (double)all.tokens / 1e6 / seconds,
            (double)out / 1e6);
}

static int finish(const settings *s, job *jobs, int count)
{
    bw_findings all;
    bw_totals totals = {.boards = (uint32_t)count, .seconds = -1};
    bw_findings_init(&all, s->ctx);
    bw_join *join = bw_join_new(&all);
    int written = 0;

    for (int i = 0; i < count; i++) {
        bw_join_add(join, &jobs[i].findings);
        written += jobs[i].ok;
    }
    bw_join_free(join);
    int result = bw_print_findings(s->options, &all, &totals);
    if (bw_has_trouble(&all))
        result = BW_EXIT_TROUBLE;
    else if (written < count)
        result = BW_EXIT_FINDINGS;
    if (!s->to_stdout && count > 1)
        fprintf(stderr, "%d of %d files compiled\n", written, count);
    bw_findings_free(&all);
    return result;
}

static int compile_all(settings *s, char **paths, const bw_target *targets, int count)
{
    job *jobs = g_new0(job, (gsize)count);
    crew c = {.s = s, .jobs = jobs, .count = count};

    for (int i = 0; i < count; i++) {
        jobs[i].path = targets ? targets[i].path : paths[i];
        jobs[i].target = targets ? &targets[i] : NULL;
        bw_findings_init(&jobs[i].findings, s->ctx);
        jobs[i].out_path = s->to_stdout ? g_strdup("<stdout>") : output_path(s, targets ? targets[i].name : paths[i]);
    }
    gint64 begin = g_get_monotonic_time();
    run(&c, s->options->jobs);
    if (s->stats)
        print_stats(jobs, count, (double)(g_get_monotonic_time() - begin) / 1e6);
    int result = finish(s, jobs, count);
    for (int i = 0; i < count; i++) {
        bw_findings_free(&jobs[i].findings);
        g_free(jobs[i].out_path);
    }
    g_free(jobs);
    return result;
}

/* ---- targets of Zephyr ---- */

/* What --board and its companions ask for. */
typedef struct wish {
    char **boards, **shields, **snippets;
    char **overlays;
} wish;

static bool find_target(bw_board_finder *finder, const wish *w, const char *name, bw_arena *arena,
                        bw_findings *findings, GArray *targets)
{
    const bw_zephyr_request request = {.target = name,
                                       .shields = (const char *const *)w->shields,
                                       .snippets = (const char *const *)w->snippets,
                                       .overlays = (const char *const *)w->overlays};
    bw_zephyr_choice choice;
    bw_zephyr_files files;
    bw_target target;

    if (!bw_zephyr_resolve(finder->zephyr, &request, arena, findings, &target, &choice, &files))
        return false;
    if (!target.path) {
        bw_finding *f =
            bw_findings_add(findings, BW_CODE_zephyr_no_devicetree, bw_yaml_place(choice.board->yml->at),
                            "no file is the devicetree of %s: Zephyr goes on with an empty tree", choice.name);
        bw_finding_cure(f, "'boardwright show --files %s' tells which files there are", choice.name);
        return false;
    }
    g_array_append_val(targets, target);
    return true;
}

static int compile_targets(settings *s, const wish *w)
{
    GArray *targets = g_array_new(FALSE, FALSE, sizeof(bw_target));
    bw_board_finder finder;
    bw_findings findings;
    bw_arena arena;
    int result = BW_EXIT_FINDINGS;

    bw_arena_init(&arena);
    bw_findings_init(&findings, s->ctx);
    bw_board_finder_init(&finder, s->ctx, s->options);
    bool found = true;
    for (char **name = w->boards; *name; name++)
        found &= find_target(&finder, w, *name, &arena, &findings, targets);
    int said = findings.first ? bw_print_findings(s->options, &findings, NULL) : BW_EXIT_OK;
    if (targets->len)
        result = compile_all(s, NULL, (const bw_target *)(void *)targets->data, (int)targets->len);
    if (!found || said > result)
        result = MAX(said, BW_EXIT_FINDINGS);
    bw_board_finder_free(&finder);
    bw_findings_free(&findings);
    bw_arena_free(&arena);
    g_array_free(targets, TRUE);
    return result;
}

static void errors_only(bw_check_set *set)
{
    const char *name;

    bw_check_set_init(set);
    for (unsigned i = 0; (name = bw_check_dtc_name(i)); i++)
        bw_check_lower(set, name, true, false);
}

int bw_cmd_compile(int argc, char **argv)
{
    gboolean symbols = FALSE;
    gboolean strip = FALSE;
    gboolean only_preprocess = FALSE;
    gboolean stats = FALSE;
    gboolean as_text = FALSE;
    char **overlays = NULL;
    wish wanted = {0};
    const GOptionEntry entries[] = {
        {"board", 'b', 0, G_OPTION_ARG_FILENAME_ARRAY, &wanted.boards,
         "Compile the devicetree of a Zephyr target; repeatable", "TARGET"},
        {"shield", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &wanted.shields, "With a shield; repeatable", "NAME"},
        {"snippet", 'S', 0, G_OPTION_ARG_FILENAME_ARRAY, &wanted.snippets, "With a snippet; repeatable", "NAME"},
        {"dts", 0, 0, G_OPTION_ARG_NONE, &as_text,
         "Write sources instead of blobs, each line with the place it comes from", NULL},
        {"symbols", '@', 0, G_OPTION_ARG_NONE, &symbols, "Write /__symbols__, as dtc -@", NULL},
        {"overlay", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &overlays, "Apply an overlay, source or blob; repeatable",
         "FILE"},
        {"stats", 0, 0, G_OPTION_ARG_NONE, &stats, "Say how much was read and how fast", NULL},
        {"preprocess", 'E', 0, G_OPTION_ARG_NONE, &only_preprocess, "Only preprocess one FILE, to standard output",
         NULL},
        {"short-names", 0, 0, G_OPTION_ARG_NONE, &strip, "DIR/board.dtb instead of DIR/board.dts.dtb", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "FILE… -o DIR\n  or:  boardwright compile --board TARGET… -o DIR",
        .summary = "Preprocesses and compiles devicetree sources to blobs, many at once: DIR/<path of FILE>.dtb.\n"
                   "With -o - the blob of a single FILE goes to standard output.",
        .description = "Without -I the include directories are found from where FILE lies (Linux and Zephyr trees).\n"
                       "A file with errors is not written; all others are.",
        .groups = BW_OPT_ROOTS | BW_OPT_SOURCE | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_FORMAT | BW_OPT_JSON |
                  BW_OPT_JOBS | BW_OPT_OUTPUT,
        .entries = entries,
    };
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    settings s = {.options = &options,
                  .resolve = {.keep_labelled = symbols != 0},
                  .generate = {.symbols = symbols != 0 || overlays != NULL},
                  .overlays = (const char *const *)overlays,
                  .stats = stats != 0,
                  .strip = strip != 0,
                  .as_text = as_text != 0,
                  .to_stdout = g_strcmp0(options.output, "-") == 0};
    wanted.overlays = overlays;
    int count = wanted.boards ? (int)g_strv_length(wanted.boards) : argc - 1;
    if (wanted.boards && argc > 1)
        result = bw_usage_error("compile", "it takes FILEs or --board, not both");
    else if (!wanted.boards && (wanted.shields || wanted.snippets))
        result = bw_usage_error("compile", "--shield and --snippet go with --board");
    else if (wanted.boards && only_preprocess)
        result = bw_usage_error("compile", "-E takes one FILE, not --board");
    else if (count < 1)
        result = bw_usage_error("compile", "no FILE is given");
    else if (only_preprocess && argc > 2)
        result = bw_usage_error("compile", "-E takes one FILE");
    else if (!only_preprocess && !options.output)
        result = bw_usage_error("compile", "-o DIR is missing: where shall the blobs go?");
    else if (s.to_stdout && count > 1)
        result = bw_usage_error("compile", "-o - takes one FILE");
    else {
        s.ctx = bw_options_context(&options);
        errors_only(&s.checks);
        if (!options.levels)
            bw_context_drop_notes(s.ctx);
        s.roots = bw_roots_new();
        if (wanted.boards)
            result = compile_targets(&s, &wanted);
        else
            result = only_preprocess ? preprocess(&s, argv[1]) : compile_all(&s, argv + 1, NULL, argc - 1);
        bw_roots_free(s.roots);
        bw_context_free(s.ctx);
    }
    g_strfreev(overlays);
    g_strfreev(wanted.boards);
    g_strfreev(wanted.shields);
    g_strfreev(wanted.snippets);
    bw_options_free(&options);
    return result;
}
