/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/write.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

void bw_ocre_add(const bw_ocre_output *o, GString *text, const char *format, ...)
{
    GString *path = g_string_new(o->job->folder);
    va_list ap;

    g_string_append_c(path, '/');
    va_start(ap, format);
    g_string_append_vprintf(path, format, ap);
    va_end(ap);
    bw_plan_add(o->job->plan, path->str, text->str, text->len);
    g_string_free(path, TRUE);
    g_string_free(text, TRUE);
}

void bw_ocre_add_bytes(GString *out, uint64_t bytes)
{
    g_string_append_printf(out, "0x%" PRIx64 " bytes (", bytes);
    if (bytes % 1024 == 0)
        bw_text_size(out, bytes);
    else
        g_string_append_printf(out, "%" PRIu64 ".%u KiB", bytes / 1024, (unsigned)(bytes % 1024 * 10 / 1024));
    g_string_append_c(out, ')');
}

static bool is_simulated(const bw_board *board)
{
    return board->cpu_count && board->cpus[0].compatible &&
           g_str_has_prefix(board->cpus[0].compatible, "zephyr,native");
}

/* "plank" of "plank@1.1.0/m33"; of a target without a board.yml the file's name without its ending. */
static const char *board_name(const bw_target *target, bw_arena *arena)
{
    if (target->board)
        return target->board;
    char *base = g_path_get_basename(target->path);
    const char *name = bw_arena_strndup(arena, base, strcspn(base, "."));
    g_free(base);
    return name;
}

/* Where room lacks, the largest container is the first to look at. */
static void note_largest(const bw_ocre_output *o, bw_finding *f, int topic)
{
    const bw_ocre_container *largest = NULL;

    for (uint32_t i = 0; i < o->containers.count; i++)
        if (!largest || o->containers.items[i].source->len > largest->source->len)
            largest = &o->containers.items[i];
    if (!largest || topic != BW_OCRE_STORAGE)
        return;
    GString *size = g_string_new(NULL);
    bw_ocre_add_bytes(size, largest->source->len);
    bw_finding_note(f, bw_yaml_place(largest->at), "%s%s%s has %s",
                    o->containers.count > 1 ? "the largest container, " : "", largest->name,
                    o->containers.count > 1 ? "," : "", size->str);
    g_string_free(size, TRUE);
}

static void say_impossible(const bw_ocre_output *o, int sample, int topic)
{
    const bw_yaml *samples = bw_yaml_get(o->job->section, "samples");

    note_largest(o,
                 bw_findings_add(o->findings, BW_CODE_ocre_sample_impossible, bw_yaml_place(samples),
                                 "Ocre's %s does not run on %s: %s", bw_ocre_sample_names[sample], o->target,
                                 o->samples[sample].verdict->needs[topic].because),
                 topic);
}

/* Of several targets that nobody chose among, some may be no place for Ocre: a core for the radio, one without flash.
 */
static bool say_none(const bw_ocre_output *o, const bw_ocre_need *least, int topic)
{
    const bool skip = !o->job->section && o->job->all->len > 1;
    bw_finding *f = bw_findings_add(o->findings, skip ? BW_CODE_ocre_target_skipped : BW_CODE_ocre_sample_impossible,
                                    bw_file_place(o->job->target->path), "Ocre does not run on %s: %s", o->target,
                                    least ? least->because : "no sample is asked for");

    note_largest(o, f, topic);
    return skip;
}

/* Which samples can be written. One that support.yml names and that cannot run is an error; of others, the first that
 * cannot tells why none can: it is the smallest. @param any gets whether one can */
static bool judge(bw_ocre_output *o, bool *any)
{
    const bool named = bw_yaml_get(o->job->section, "samples") != NULL;
    const bw_ocre_need *least = NULL;
    int least_topic = BW_OCRE_TOPICS;
    bool good = true;

    *any = false;
    for (int i = 0; i < BW_OCRE_SAMPLES; i++) {
        const bw_ocre_verdict *v = o->samples[i].verdict;

        o->samples[i].possible = v && v->state != BW_OCRE_IMPOSSIBLE;
        *any |= o->samples[i].possible;
        for (int k = 0; v && k < BW_OCRE_TOPICS && !o->samples[i].possible; k++) {
            if (v->needs[k].state != BW_OCRE_IMPOSSIBLE)
                continue;
            if (named)
                say_impossible(o, i, k);
            good = good && !named;
            if (!least) {
                least = &v->needs[k];
                least_topic = k;
            }
        }
    }
    return good && (*any || say_none(o, least, least_topic));
}

/* A name that goes into files of several languages and names of files: Zephyr's have no other characters. */
static const char *clean(bw_arena *arena, const char *name)
{
    char *copy = bw_arena_strdup(arena, name);

    for (char *p = copy; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("._+-/@", *p))
            *p = '_';
    return copy;
}

bool bw_ocre_build(const bw_system_job *job)
{
    bw_unit *unit = job->board->tree->unit;
    bw_ocre_output o = {.job = job,
                        .board = job->board,
                        .arena = &unit->arena,
                        .findings = unit->findings,
                        .simulated = is_simulated(job->board)};

    o.name = clean(o.arena, board_name(job->target, o.arena));
    o.target = job->target->board ? clean(o.arena, job->target->name) : o.name;
    o.full_name = job->target->full_name ? job->target->full_name : job->board->model ? job->board->model : o.name;
    o.stem = clean(o.arena, bw_ocre_board_stem(unit->ctx, job->target, o.arena));
    /* Ocre has a page a board; of several targets each has its own. */
    o.page = bw_yaml_get(job->section, "target") ? o.name : o.stem;
    o.containers =
        bw_ocre_containers_of(job->section, bw_ocre_wamr_of(job->board).aot_arch, o.target, o.arena, o.findings);
    if (!o.containers.good)
        return false;
    const bw_ocre_verdict_options options = {
        .section = job->section, .containers = &o.containers, .simulated = o.simulated};
    for (int i = 0; i < BW_OCRE_SAMPLES; i++)
        if (bw_ocre_wants(job->section, (bw_ocre_sample)i))
            o.samples[i].verdict = bw_ocre_verdict_of(job->board->tree, (bw_ocre_sample)i, &options);
    bool any;
    if (!judge(&o, &any))
        return false;
    if (!any)
        return true;
    if (!bw_ocre_write_samples(&o) || !bw_ocre_write_images(&o))
        return false;
    bw_ocre_write_docs(&o);
    bw_ocre_write_tests(&o);
    bw_ocre_write_readme(&o);
    return true;
}
