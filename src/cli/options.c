/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "cli/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_JOBS 256

int bw_usage_error(const char *command, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fprintf(stderr, "boardwright %s: ", command);
    vfprintf(stderr, format, ap);
    fprintf(stderr, "\nTry 'boardwright %s --help'.\n", command);
    va_end(ap);
    return BW_EXIT_TROUBLE;
}

static void add_groups(GArray *all, bw_options *o, unsigned groups)
{
    const GOptionEntry source[] = {
        {"include", 'I', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->include_dirs, "Look for #include files in DIR too", "DIR"},
        {"dts-include", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->dts_dirs,
         "Look for /include/ and /incbin/ files in DIR too", "DIR"},
        {"define", 'D', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->defines, "Define a macro (as 1 without a value)",
         "NAME[=VALUE]"},
    };
    const GOptionEntry missing[] = {
        {"missing-includes", 0, 0, G_OPTION_ARG_FILENAME, &o->missing_word,
         "A header that is not there: error, or tolerate (go on with unknown values)", "error|tolerate"},
    };
    const GOptionEntry overlay[] = {
        {"overlay", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->overlays,
         "Read FILE behind the board, or apply it if it is a /plugin/ or a blob; repeatable", "FILE"},
    };
    const GOptionEntry levels[] = {
        {"warn", 'W', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->levels,
         "Level of a finding (or of all): off, note, warning, error; no-NAME is off", "NAME=LEVEL"},
        {"werror", 0, 0, G_OPTION_ARG_NONE, &o->werror, "Warnings count as errors", NULL},
    };
    const GOptionEntry format[] = {
        {"format", 0, 0, G_OPTION_ARG_FILENAME, &o->format_word, "How findings are printed", "text|json|sarif|github"},
        {"color", 0, 0, G_OPTION_ARG_FILENAME, &o->color_word, "Colour: auto is on a terminal and without NO_COLOR",
         "auto|always|never"},
    };
    const GOptionEntry json[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &o->json, "Print the result as JSON", NULL},
    };
    const GOptionEntry jobs[] = {
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs, "Threads (default: one a processor)", "N"},
    };
    const GOptionEntry output[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "Where the results go", "PATH"},
    };
    const GOptionEntry roots[] = {
        {"board-root", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->board_roots,
         "Look for boards in DIR/boards, or in DIR where it has none; repeatable", "DIR"},
        {"soc-root", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->soc_roots, "Look for SoCs in DIR/soc; repeatable", "DIR"},
        {"arch-root", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->arch_roots,
         "Look for architectures in DIR/arch; repeatable", "DIR"},
    };
    const GOptionEntry cheriot[] = {
        {"sdk", 0, 0, G_OPTION_ARG_FILENAME, &o->sdk,
         "The SDK of CHERIoT RTOS (with boards/ and include/), or the repositories of seL4 (with kernel/ and "
         "projects/), by itself looked for above the board; or, for ocre, a tree of Ocre",
         "DIR"},
        {"mixin", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->mixins,
         "Apply a mixin to a CHERIoT board, behind its patches; repeatable", "FILE"},
    };
    const GOptionEntry write[] = {
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry_run, "Say what would be written, write nothing", NULL},
        {"force", 0, 0, G_OPTION_ARG_NONE, &o->force, "Overwrite files that somebody edited since", NULL},
    };

#define ADD(group, entries)                                                                                            \
    if (groups & (group))                                                                                              \
    g_array_append_vals(all, entries, G_N_ELEMENTS(entries))
    ADD(BW_OPT_OUTPUT, output);
    ADD(BW_OPT_SOURCE, source);
    ADD(BW_OPT_MISSING, missing);
    ADD(BW_OPT_OVERLAY, overlay);
    ADD(BW_OPT_LEVELS, levels);
    ADD(BW_OPT_FORMAT, format);
    ADD(BW_OPT_JSON, json);
    ADD(BW_OPT_JOBS, jobs);
    ADD(BW_OPT_WRITE, write);
    ADD(BW_OPT_ROOTS, roots);
    ADD(BW_OPT_CHERIOT, cheriot);
#undef ADD
    const GOptionEntry help = {"help", 'h', 0, G_OPTION_ARG_NONE, &o->help, "Show this help", NULL};
    g_array_append_val(all, help);
}

/* GOption reads "-Idir" as four options; take such a value apart before it does. */
static char **split_joined(int argc, char **argv, const GArray *entries)
{
    GPtrArray *split = g_ptr_array_new();
    bool options = true;

    for (int i = 0; i < argc; i++) {
        const char *a = argv[i];
        char joined = 0;

        if (strcmp(a, "--") == 0)
            options = false;
        if (options && i > 0 && a[0] == '-' && a[1] && a[1] != '-' && a[2])
            for (guint e = 0; e < entries->len; e++) {
                const GOptionEntry *entry = &g_array_index(entries, GOptionEntry, e);
                if (entry->short_name == a[1] && entry->arg != G_OPTION_ARG_NONE && entry->arg != G_OPTION_ARG_CALLBACK)
                    joined = a[1];
            }
        if (joined) {
            g_ptr_array_add(split, g_strdup_printf("-%c", joined));
            g_ptr_array_add(split, g_strdup(a + 2));
        } else {
            g_ptr_array_add(split, g_strdup(a));
        }
    }
    g_ptr_array_add(split, NULL);
    return (char **)g_ptr_array_free(split, FALSE);
}

/* GOption's own message names the option; add the nearest that there is. */
static int parse_error(const char *command, const GError *error, const GArray *entries)
{
    const char *dash = strstr(error->message, "--");
    const char *near = NULL;

    if (g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) && dash) {
        const char **names = g_new0(const char *, entries->len + 1);
        char *word = g_strndup(dash + 2, strcspn(dash + 2, "="));

        for (guint i = 0; i < entries->len; i++)
            names[i] = g_array_index(entries, GOptionEntry, i).long_name;
        near = bw_nearest(word, names);
        g_free(word);
        g_free(names);
    }
    if (near)
        return bw_usage_error(command, "%s; did you mean --%s?", error->message, near);
    return bw_usage_error(command, "%s", error->message);
}

/* "name=level", "no-name" or "name" (its own level, at least a warning). */
static bool parse_level(const char *word, char **name, bw_severity *level)
{
    static const char *const words[] = {"off", "note", "warning", "error"};
    const char *equals = strchr(word, '=');
    bw_code code;

    if (equals) {
        *name = g_strndup(word, (size_t)(equals - word));
        for (int i = 0; i < 4; i++)
            if (strcmp(equals + 1, words[i]) == 0) {
                *level = (bw_severity)i;
                return true;
            }
        return false;
    }
    bool off = (g_str_has_prefix(word, "no-") || g_str_has_prefix(word, "no_")) && !bw_code_find(word, &code);
    *name = g_strdup(off ? word + 3 : word);
    *level = off ? BW_OFF : BW_WARNING;
    if (!off && bw_code_find(word, &code) && bw_codes[code].severity > BW_WARNING)
        *level = bw_codes[code].severity;
    return true;
}

static bool check_levels(const char *command, const bw_options *o, int *exit_code)
{
    for (char **w = o->levels; w && *w; w++) {
        char *name;
        bw_severity level;
        bw_code code;
        bool good = parse_level(*w, &name, &level);

        if (!good) {
            *exit_code = bw_usage_error(command, "-W %s: the level is one of off, note, warning, error", *w);
        } else if (strcmp(name, "all") != 0 && !bw_code_find(name, &code)) {
            const char *names[BW_CODE_COUNT + 1];
            for (int i = 0; i < BW_CODE_COUNT; i++)
                names[i] = bw_codes[i].name;
            names[BW_CODE_COUNT] = NULL;
            const char *near = bw_nearest(name, names);
            *exit_code = bw_usage_error(command, "-W %s: there is no finding '%s'%s%s%s", *w, name,
                                        near ? "; did you mean '" : " ('boardwright explain' lists them)",
                                        near ? near : "", near ? "'?" : "");
            good = false;
        }
        g_free(name);
        if (!good)
            return false;
    }
    return true;
}

/* @return the index of @p word in @p words, 0 for NULL, -1 (after saying so) for any other. */
static int choose(const char *command, const char *option, const char *word, const char *const *words, int *exit_code)
{
    if (!word)
        return 0;
    for (int i = 0; words[i]; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    char *all = g_strjoinv(", ", (char **)(uintptr_t)words);
    *exit_code = bw_usage_error(command, "--%s=%s: it takes one of %s", option, word, all);
    g_free(all);
    return -1;
}

static bool interpret(const char *command, bw_options *o, int *exit_code)
{
    static const char *const formats[] = {"text", "json", "sarif", "github", NULL};
    static const char *const missing[] = {"error", "tolerate", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    const char *no_color = getenv("NO_COLOR");

    int format = choose(command, "format", o->format_word, formats, exit_code);
    int tolerate = choose(command, "missing-includes", o->missing_word, missing, exit_code);
    int color = choose(command, "color", o->color_word, colors, exit_code);
    if (format < 0 || tolerate < 0 || color < 0)
        return false;
    o->format = o->json && !o->format_word ? BW_FORMAT_JSON : (bw_format)format;
    o->missing_given = o->missing_word != NULL;
    o->tolerate_missing = tolerate == 1;
    o->color = color == 1 || (color == 0 && isatty(STDERR_FILENO) && !(no_color && *no_color));
    if (o->jobs < 0 || o->jobs > MAX_JOBS) {
        *exit_code = bw_usage_error(command, "-j %d: it takes a number from 1 to %d", o->jobs, MAX_JOBS);
        return false;
    }
    if (o->sdk && !g_file_test(o->sdk, G_FILE_TEST_IS_DIR)) {
        *exit_code = bw_usage_error(command, "--sdk %s: there is no such folder", o->sdk);
        return false;
    }
    if (o->jobs == 0)
        o->jobs = (int)MIN(g_get_num_processors(), MAX_JOBS);
    return check_levels(command, o, exit_code);
}

static void print_help(const char *command, const bw_usage *usage, GOptionContext *context)
{
    char *help = g_option_context_get_help(context, FALSE, NULL);
    static const char heading[] = "Options:\n";
    char *options = strstr(help, heading);

    printf("Usage: boardwright %s [OPTION…] %s\n\n%s\n", command, usage->arguments, usage->summary);
    printf("\nOptions:\n%s\n", g_strchomp(options ? options + strlen(heading) : help));
    if (usage->description)
        printf("\n%s\n", usage->description);
    g_free(help);
}

bool bw_options_parse(bw_options *options, const bw_usage *usage, int *argc, char ***argv, int *exit_code)
{
    const char *command = (*argv)[0];
    GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    GError *error = NULL;
    bool go_on = false;

    *options = (bw_options){0};
    for (const GOptionEntry *e = usage->entries; e && e->long_name; e++)
        g_array_append_val(entries, *e);
    add_groups(entries, options, usage->groups);

    GOptionContext *context = g_option_context_new(usage->arguments);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, (const GOptionEntry *)(void *)entries->data, NULL);
    char **split = split_joined(*argc, *argv, entries);
    if (!g_option_context_parse_strv(context, &split, &error)) {
        *exit_code = parse_error(command, error, entries);
        g_error_free(error);
    } else if (options->help) {
        print_help(command, usage, context);
        *exit_code = BW_EXIT_OK;
    } else {
        go_on = interpret(command, options, exit_code);
    }
    g_option_context_free(context);
    g_array_free(entries, TRUE);
    if (!go_on) {
        g_strfreev(split);
        bw_options_free(options);
        return false;
    }
    /* "--" has done its work. */
    int kept = 0;
    bool dropped = false;
    for (int i = 0; split[i]; i++) {
        if (i > 0 && !dropped && strcmp(split[i], "--") == 0) {
            dropped = true;
            g_free(split[i]);
            continue;
        }
        split[kept++] = split[i];
    }
    split[kept] = NULL;
    options->arguments = split;
    *argc = kept;
    *argv = split;
    return true;
}

bw_context *bw_options_context(const bw_options *options)
{
    bw_context *ctx = bw_context_new();

    for (char **w = options->levels; w && *w; w++) {
        char *name;
        bw_severity level;

        if (parse_level(*w, &name, &level))
            bw_context_set_level(ctx, name, level);
        g_free(name);
    }
    ctx->werror = options->werror;
    return ctx;
}

void bw_options_free(bw_options *options)
{
    g_strfreev(options->include_dirs);
    g_strfreev(options->dts_dirs);
    g_strfreev(options->defines);
    g_strfreev(options->overlays);
    g_strfreev(options->levels);
    g_strfreev(options->board_roots);
    g_strfreev(options->soc_roots);
    g_strfreev(options->arch_roots);
    g_strfreev(options->mixins);
    g_strfreev(options->arguments);
    g_free(options->sdk);
    g_free(options->output);
    g_free(options->format_word);
    g_free(options->missing_word);
    g_free(options->color_word);
    *options = (bw_options){0};
}
