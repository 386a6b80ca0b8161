/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/file_verb.h"

#include "cli/boards.h"
#include "cli/commands.h"
#include "cli/print.h"

#include <stdio.h>

bool bw_file_verb_parse(bw_file_verb *v, const bw_usage *usage, const bw_file_verb_shape *shape, int *argc,
                        char ***argv, int *code)
{
    *v = (bw_file_verb){.command = (*argv)[0]};
    v->parsed = bw_options_parse(&v->options, usage, argc, argv, code);
    if (!v->parsed)
        return false;
    *code = BW_EXIT_TROUBLE;
    if (*argc < 2)
        bw_usage_error(v->command, "which %s?", shape->what);
    else if (shape->most && *argc > shape->most + 1)
        bw_usage_error(v->command, "one %s at a time%s%s", shape->what, shape->rather ? "; " : "",
                       shape->rather ? shape->rather : "");
    else if (shape->output && !v->options.output)
        bw_usage_error(v->command, "where to? Name a %s with -o", shape->output);
    else
        return true;
    return false;
}

void bw_file_verb_free(bw_file_verb *v)
{
    if (v->parsed)
        bw_options_free(&v->options);
}

void bw_file_verb_begin(bw_file_verb *v)
{
    v->ctx = bw_options_context(&v->options);
    bw_findings_init(&v->findings, v->ctx);
}

int bw_file_verb_end(bw_file_verb *v, bool good)
{
    fflush(stdout);
    int code = bw_print_findings_beside(&v->options, &v->findings);

    if (bw_has_trouble(&v->findings))
        code = BW_EXIT_TROUBLE;
    else if (!good && code == BW_EXIT_OK)
        code = BW_EXIT_FINDINGS;
    bw_findings_free(&v->findings);
    bw_context_free(v->ctx);
    return code;
}
