/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/flags.h"

#include <string.h>

void bw_zephyr_flags_init(bw_zephyr_flags *f)
{
    *f = (bw_zephyr_flags){g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new()};
}

static void undefine(bw_zephyr_flags *f, const char *name)
{
    size_t len = strlen(name);

    for (guint i = f->defines->len; i-- > 0;) {
        const char *define = f->defines->pdata[i];

        if (strncmp(define, name, len) == 0 && (define[len] == '\0' || define[len] == '=' || define[len] == '('))
            g_ptr_array_remove_index(f->defines, i);
    }
}

/* @return the list that an option adds to, with its text in @p value: behind it, or the next argument (then @p next is
 *         taken). NULL: it is none of these. */
static GPtrArray *list_of(bw_zephyr_flags *f, const char *argument, const char ***next, const char **value)
{
    const struct {
        const char *option;
        GPtrArray *list;
    } options[] = {
        {"-include", f->files}, {"-isystem", f->system_dirs}, {"-I", f->dirs}, {"-D", f->defines}, {"-U", f->defines},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!g_str_has_prefix(argument, options[i].option))
            continue;
        *value = argument + strlen(options[i].option);
        if (!**value && **next)
            *value = *(*next)++;
        return **value ? options[i].list : NULL;
    }
    return NULL;
}

void bw_zephyr_flags_add(bw_zephyr_flags *f, const bw_zephyr_append *a, bw_arena *arena, bw_findings *findings)
{
    char **arguments = g_strsplit(a->value, ";", -1);
    const char **next = (const char **)arguments;

    while (*next) {
        const char *argument = *next++;
        const char *value;

        if (!*argument)
            continue; /* CMake drops what is empty in a list */
        GPtrArray *list = list_of(f, argument, &next, &value);
        if (!list)
            bw_findings_add(findings, BW_CODE_zephyr_snippet_flag, bw_yaml_place(a->at),
                            "the argument '%s' of the preprocessor is not understood here, and left out", argument);
        else if (g_str_has_prefix(argument, "-U"))
            undefine(f, value);
        else
            g_ptr_array_add(list, bw_arena_strdup(arena, value));
    }
    g_strfreev(arguments);
}
