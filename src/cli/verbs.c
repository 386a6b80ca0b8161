/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

#include "base/finding.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

typedef struct verb {
    const char *system;
    const char *name;
    const char *summary;
    bw_command_main *main;
} verb;

static const verb verbs[] = {
#define BW_VERB(system, ident, verb, summary) {#system, verb, summary, bw_##system##_##ident},
#include "cli/verbs.def"
#undef BW_VERB
};

static bool is_there(const verb *v, const char *system)
{
    return v->main && strcmp(v->system, system) == 0;
}

static void print_help(FILE *out, const char *system)
{
    fprintf(out, "Usage: boardwright %s VERB [OPTION…] ARGUMENT…\n\nVerbs:\n", system);
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (is_there(&verbs[i], system))
            fprintf(out, "  %-11s %s\n", verbs[i].name, verbs[i].summary);
    fprintf(out, "\n'boardwright %s VERB --help' shows a verb's options.\n", system);
}

static int unknown_verb(const char *system, const char *word)
{
    const char *known[G_N_ELEMENTS(verbs) + 1];
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (is_there(&verbs[i], system))
            known[count++] = verbs[i].name;
    known[count] = NULL;
    const char *near = bw_nearest(word, known);
    if (near)
        return bw_usage_error(system, "there is no verb '%s'; did you mean '%s'?", word, near);
    return bw_usage_error(system, "there is no verb '%s'", word);
}

int bw_run_verb(int argc, char **argv)
{
    const char *system = argv[0];

    if (argc < 2) {
        print_help(stderr, system);
        return BW_EXIT_TROUBLE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout, system);
        return BW_EXIT_OK;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (is_there(&verbs[i], system) && strcmp(verbs[i].name, argv[1]) == 0) {
            char *full = g_strdup_printf("%s %s", system, argv[1]);
            char *spelled = argv[1];

            argv[1] = full;
            int code = verbs[i].main(argc - 1, argv + 1);
            argv[1] = spelled;
            g_free(full);
            return code;
        }
    return unknown_verb(system, argv[1]);
}
