/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Less is done before a line could be read. */
#define TOTAL_MIN 50
/* Microseconds between two pictures. */
#define PAUSE 50000
#define BAR_COLUMNS 24

void bw_progress_begin(bw_progress *p, const bw_options *options, const char *what, guint total)
{
    const char *terminal = getenv("TERM");

    *p = (bw_progress){.what = what, .total = total};
    p->shown = total >= TOTAL_MIN && isatty(STDERR_FILENO) && !(terminal && strcmp(terminal, "dumb") == 0);
    p->color = options->color;
    if (!p->shown)
        return;
    setlocale(LC_CTYPE, "");
    p->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static unsigned terminal_columns(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

static void add_bar(GString *line, const bw_progress *p, guint done)
{
    guint full = (guint)((guint64)done * BAR_COLUMNS / p->total);

    for (guint i = 0; i < BAR_COLUMNS; i++)
        g_string_append(line, p->utf8 ? (i < full ? "█" : "░") : i < full ? "#" : ".");
}

/* Columns of printable ASCII only; a name with anything else is left out. */
static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (!g_ascii_isprint(*text))
            return false;
    return true;
}

void bw_progress_step(bw_progress *p, guint done, const char *now)
{
    gint64 time = g_get_monotonic_time();

    if (!p->shown || (p->drawn && time - p->drawn < PAUSE))
        return;
    char *head = g_strdup_printf(" %3u %% ", (unsigned)((guint64)done * 100 / p->total));
    char *tail = g_strdup_printf(" %u of %u %s  ", done, p->total, p->what);
    /* The last column stays free: a terminal may go to the next line there. */
    unsigned room = terminal_columns() - 1;
    size_t used = strlen(head) + BAR_COLUMNS + strlen(tail);
    GString *line = g_string_new("\r");

    if (used <= room) {
        g_string_append_printf(line, "%s%s", head, p->color ? "\033[32m" : "");
        add_bar(line, p, done);
        g_string_append_printf(line, "%s%s", p->color ? "\033[0m" : "", tail);
        int rest = (int)(room - used);
        if (now && is_printable(now)) {
            g_string_append_printf(line, "%.*s", rest, now);
            used += MIN(strlen(now), (size_t)rest);
        }
    } else {
        g_string_append(line, head);
        used = strlen(head);
    }
    /* What the last picture had more is painted over, so that no escape sequence is needed for it. */
    for (size_t i = used; i < p->length; i++)
        g_string_append_c(line, ' ');
    p->length = (unsigned)used;
    p->drawn = time;
    fwrite(line->str, 1, line->len, stderr);
    fflush(stderr);
    g_string_free(line, TRUE);
    g_free(head);
    g_free(tail);
}

void bw_progress_end(bw_progress *p)
{
    if (p->length) {
        fprintf(stderr, "\r%*s\r", (int)p->length, "");
        fflush(stderr);
    }
    p->shown = false;
    p->length = 0;
}
