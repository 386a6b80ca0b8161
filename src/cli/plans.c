/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plans.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "report/json_out.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>

bool bw_plan_settle(bw_plan *plan, bool force, bw_findings *findings)
{
    bw_plan_error error;

    if (!bw_plan_compare(plan, &error)) {
        bool in_the_way = error.number == ENOTDIR || error.number == EISDIR;

        bw_findings_add(findings, in_the_way ? BW_CODE_file_unwritable : BW_CODE_file_unreadable,
                        bw_file_place(error.path), "cannot be %s: %s", in_the_way ? "written" : "read",
                        g_strerror(error.number));
        return false;
    }
    return force || bw_plan_report_edited(plan, findings);
}

bool bw_plan_carry_out(bw_plan *plan, bool force, bw_findings *findings)
{
    bw_plan_error error;

    if (bw_plan_write(plan, force, &error))
        return true;
    bw_findings_add(findings, BW_CODE_file_unwritable, bw_file_place(error.path), "cannot be written: %s",
                    g_strerror(error.number));
    return false;
}

bool bw_plan_apply(bw_plan *plan, const bw_options *options, bw_findings *findings)
{
    return bw_plan_settle(plan, options->force, findings) &&
           (options->dry_run || bw_plan_carry_out(plan, options->force, findings));
}

int bw_plan_conclude(const bw_plan *plan, const bw_options *options, const bw_findings *findings, bool done,
                     bool *summarize)
{
    int code = bw_print_findings_beside(options, findings);

    *summarize = done && !options->json && !options->dry_run;
    if (done && options->json)
        bw_plan_print_json(plan, options->force);
    else if (done && options->dry_run)
        bw_plan_print(plan, options->force);
    if (!done && code == BW_EXIT_FINDINGS && !options->dry_run)
        fprintf(stderr, "nothing was written\n");
    return bw_has_trouble(findings) ? BW_EXIT_TROUBLE : code;
}

/* What happens to a file. */
static const char *fate_of(const bw_plan_file *file, bool force)
{
    switch (file->state) {
    case BW_PLAN_NEW:
        return "new";
    case BW_PLAN_CHANGED:
        return "changed";
    case BW_PLAN_SAME:
        return "same";
    case BW_PLAN_EDITED:
        return force ? "overwritten" : "kept";
    case BW_PLAN_STALE:
        return "removed";
    }
    return "";
}

void bw_plan_print(const bw_plan *plan, bool force)
{
    uint32_t count;
    const bw_plan_file *files = bw_plan_files(plan, &count);

    for (uint32_t i = 0; i < count; i++)
        printf("%-11s %s/%s\n", fate_of(&files[i], force), bw_plan_folder(plan), files[i].path);
}

json_t *bw_plan_json(const bw_plan *plan, bool force)
{
    json_t *list = json_array();
    uint32_t count;
    const bw_plan_file *files = bw_plan_files(plan, &count);

    for (uint32_t i = 0; i < count; i++) {
        json_t *file = json_object();

        json_object_set_new(file, "path", bw_json_text(files[i].path));
        json_object_set_new(file, "state", json_string(fate_of(&files[i], force)));
        if (files[i].state != BW_PLAN_STALE)
            json_object_set_new(file, "sha256", json_string(files[i].sum));
        json_array_append_new(list, file);
    }
    json_t *object = json_object();
    json_object_set_new(object, "folder", bw_json_text(bw_plan_folder(plan)));
    json_object_set_new(object, "files", list);
    return object;
}

void bw_plan_print_json(const bw_plan *plan, bool force)
{
    json_t *list = json_array();

    json_array_append_new(list, bw_plan_json(plan, force));
    bw_print_json(list);
}

bool bw_plan_file_written(const bw_plan_file *file, bool force)
{
    return file->state == BW_PLAN_NEW || file->state == BW_PLAN_CHANGED || (file->state == BW_PLAN_EDITED && force);
}

uint32_t bw_plan_written(const bw_plan *plan, bool force)
{
    uint32_t count;
    uint32_t written = 0;
    const bw_plan_file *files = bw_plan_files(plan, &count);

    for (uint32_t i = 0; i < count; i++)
        written += bw_plan_file_written(&files[i], force);
    return written;
}
