/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/bare/bare.h"

static const char *const run_from[] = {"flash", "ram", NULL};

static const bw_schema rows[] = {
    {"run-from", BW_TYPE_ENUM,
     "Where the code lies: by itself `flash` on a Cortex-M, where `/chosen` names a flash, or where RAM is only on the "
     "chip; else `ram`.",
     false, false, NULL, run_from, 0, 0},
    {"offset", BW_TYPE_SIZE, "Bytes kept free before the code, for a boot loader's header or for firmware.", false,
     false, NULL, NULL, 0, 0},
    {"stack-size", BW_TYPE_SIZE, "Stack of each CPU; by itself 4 KiB on a microcontroller, else 16 KiB.", false, false,
     NULL, NULL, 64, (uint64_t)1 << 32},
    {"heap-size", BW_TYPE_SIZE, "Heap that must be left at least; the heap gets all that is free.", false, false, NULL,
     NULL, 0, 0},
    BW_SCHEMA_END,
};
const bw_schema bw_bare_schema = {
    "bare", BW_TYPE_MAP, "No OS: a C header and a linker script.", false, false, rows, NULL, 0, 0};

static void add(const bw_system_job *job, const char *name, GString *text)
{
    char *path = g_strdup_printf("%s/%s", job->folder, name);

    bw_plan_add(job->plan, path, text->str, text->len);
    g_string_free(text, TRUE);
    g_free(path);
}

bool bw_bare_write(const bw_system_job *job, bool alone)
{
    const bw_board *board = job->board;
    bw_bare_names *names = bw_bare_names_new(board);
    bw_bare_layout *layout = bw_bare_layout_new(board, names, job->section, alone);
    bool ok = true;

    add(job, "board.h", bw_bare_header(board, names));
    if (layout->problem) {
        bw_finding *f =
            bw_findings_add(board->tree->unit->findings, BW_CODE_bare_no_linker_script,
                            bw_file_place(job->target->path), "no board.ld is written: %s", layout->problem);
        ok = !f || f->severity != BW_ERROR;
    } else {
        add(job, "board.ld", bw_bare_linker_script(board, layout));
    }
    add(job, "README.md", bw_bare_readme(board, layout));
    bw_bare_layout_free(layout);
    bw_bare_names_free(names);
    return ok;
}

bool bw_bare_build(const bw_system_job *job)
{
    return bw_bare_write(job, false);
}
