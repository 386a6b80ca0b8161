/* SPDX-License-Identifier: Apache-2.0 */
/* What the first process says through the kernel's log, and what is typed to its shell. */
#include "boot/guest_parts.h"

#include <string.h>

#define MARK "bw: "

/* "[    1.234] bw: model: Plank": the kernel's time may be missing, and an echo of the shell may stand before. */
static const char *fact_of(const char *line)
{
    const char *mark = strstr(line, MARK);

    if (!mark || (mark != line && mark[-1] != ' ' && mark[-1] != '>'))
        return NULL;
    return mark + strlen(MARK);
}

GPtrArray *bw_guest_facts_read(const char *console)
{
    GPtrArray *facts = g_ptr_array_new_with_free_func(g_free);
    char **lines = g_strsplit(console, "\n", -1);

    for (char **line = lines; *line; line++) {
        const char *fact = fact_of(*line);

        if (fact && line[1]) /* the last piece may not be whole */
            g_ptr_array_add(facts, g_strchomp(g_strdup(fact)));
    }
    g_strfreev(lines);
    return facts;
}

const char *bw_guest_fact_next(const GPtrArray *facts, const char *name, guint *from)
{
    size_t len = strlen(name);

    while (*from < facts->len) {
        const char *fact = facts->pdata[(*from)++];

        if (strncmp(fact, name, len) != 0 || (fact[len] && fact[len] != ':'))
            continue;
        fact += len + (fact[len] == ':');
        return fact + strspn(fact, " ");
    }
    return NULL;
}

const char *bw_guest_fact(const GPtrArray *facts, const char *name)
{
    guint from = 0;

    return bw_guest_fact_next(facts, name, &from);
}

const char *bw_guest_talk(void *data, const bw_boot_run *run, bool *over)
{
    bool *typed = data;
    const char *console = run->texts[BW_CHANNEL_CONSOLE]->str;

    *over = strstr(console, MARK "end") != NULL || run->texts[BW_CHANNEL_SEMIHOSTING]->len > strlen("hvc\n");
    if (*typed || !strstr(console, "boardwright: a shell"))
        return NULL;
    *typed = true;
    return BW_GUEST_TYPED "\nexit\n";
}
