/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/tap.h"

#include <string.h>

#define LINE_MAX_BYTES 1024 /* the probe's own lines are below 200 */
#define MARKS_MAX 65536     /* an hour of marks; a machine that babbles shall not fill the host's memory */

static const bw_tap_result missing = {.state = BW_TAP_MISSING};

bw_tap *bw_tap_new(unsigned claims)
{
    bw_tap *tap = g_new0(bw_tap, 1);

    tap->results = g_array_sized_new(FALSE, TRUE, sizeof(bw_tap_result), claims + 1);
    g_array_set_size(tap->results, claims + 1);
    tap->marks = g_array_new(FALSE, FALSE, sizeof(bw_tap_mark));
    tap->line = g_string_new(NULL);
    return tap;
}

void bw_tap_free(bw_tap *tap)
{
    if (!tap)
        return;
    g_array_free(tap->results, TRUE);
    g_array_free(tap->marks, TRUE);
    g_string_free(tap->line, TRUE);
    g_free(tap->bail_out);
    g_free(tap);
}

const bw_tap_result *bw_tap_result_of(const bw_tap *tap, unsigned claim)
{
    if (claim == 0 || claim >= tap->results->len)
        return &missing;
    return &g_array_index(tap->results, bw_tap_result, claim);
}

bool bw_tap_complete(const bw_tap *tap)
{
    return tap->ended || tap->bail_out || (tap->planned && tap->reported >= tap->planned);
}

/* -- words ------------------------------------------------------------------------------------------ */

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* If the text goes on with a word, steps behind it. */
static bool take(const char **text, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*text, word, len) != 0)
        return false;
    *text += len;
    return true;
}

/* A number, decimal or after 0x hexadecimal, with a sign or without; it ends at a blank or the line's end. */
static bool take_number(const char **text, uint64_t *number)
{
    const char *p = skip_blanks(*text);
    bool negative = *p == '-';
    char *end;

    p += negative;
    if (!g_ascii_isdigit(*p))
        return false;
    bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
    if (hex && !g_ascii_isxdigit(p[2]))
        return false;
    uint64_t value = g_ascii_strtoull(hex ? p + 2 : p, &end, hex ? 16 : 10);
    if (*end && *end != ' ' && *end != '\t' && *end != ',')
        return false;
    *number = negative ? 0 - value : value;
    *text = end;
    return true;
}

/* -- lines ------------------------------------------------------------------------------------------ */

/* "# SKIP reason", in any case of the letters; '#' counts after a blank only, as TAP has it. */
static const char *skip_directive(const char *text)
{
    for (const char *p = text; (p = strchr(p, '#')) != NULL; p++) {
        const char *word = skip_blanks(p + 1);

        if (p > text && p[-1] == ' ' && g_ascii_strncasecmp(word, "skip", 4) == 0)
            return skip_blanks(word + 4);
    }
    return NULL;
}

static void take_result(bw_tap *tap, const char *text, bool ok)
{
    uint64_t number;

    if (!take_number(&text, &number) || number == 0 || number >= tap->results->len) {
        tap->strange++;
        return;
    }
    bw_tap_result *r = &g_array_index(tap->results, bw_tap_result, number);
    if (r->state != BW_TAP_MISSING) {
        tap->strange++;
        return;
    }
    const char *skip = ok ? skip_directive(text) : NULL;
    r->state = skip ? BW_TAP_SKIP : ok ? BW_TAP_OK : BW_TAP_NOT_OK;
    if (skip)
        g_strlcpy(r->reason, skip, sizeof r->reason);
    if (!ok)
        tap->current = (unsigned)number;
    tap->reported++;
}

/* "  found: 0x10" of the block below a "not ok". */
static void take_key(bw_tap *tap, const char *text)
{
    bw_tap_result *r = &g_array_index(tap->results, bw_tap_result, tap->current);

    if (take(&text, "..."))
        tap->current = 0;
    else if (take(&text, "reason:"))
        g_strlcpy(r->reason, skip_blanks(text), sizeof r->reason);
    else if (take(&text, "at:"))
        r->has_at |= take_number(&text, &r->at);
    else if (take(&text, "found:"))
        r->has_found |= take_number(&text, &r->found);
    else if (take(&text, "wanted:"))
        r->has_wanted |= take_number(&text, &r->wanted);
    else if (take(&text, "cause:"))
        r->has_cause |= take_number(&text, &r->cause);
}

static void take_mark(bw_tap *tap, const char *text)
{
    bw_tap_mark mark = {.time = tap->line_time};
    uint64_t claim;

    if (take_number(&text, &claim) && claim && claim < tap->results->len && take_number(&text, &mark.count) &&
        tap->marks->len < MARKS_MAX) {
        mark.claim = (unsigned)claim;
        g_array_append_val(tap->marks, mark);
    }
}

static void take_comment(bw_tap *tap, const char *text)
{
    if (take(&text, "mark "))
        take_mark(tap, text);
    else if (strcmp(text, "end") == 0)
        tap->ended = true;
}

static void take_plan(bw_tap *tap, const char *text)
{
    uint64_t count;

    if (take_number(&text, &count) && tap->planned == 0 && count <= UINT32_MAX)
        tap->planned = (unsigned)count;
}

/* A line without its end. */
static void take_line(bw_tap *tap, const char *text)
{
    if (!tap->version) {
        /* A boot loader may have left its last line open. */
        const char *version = strstr(text, "TAP version 14");
        tap->version = version && *skip_blanks(version + strlen("TAP version 14")) == '\0';
        return;
    }
    if (tap->current && *text == ' ') {
        take_key(tap, skip_blanks(text));
        return;
    }
    tap->current = 0;
    if (take(&text, "ok "))
        take_result(tap, text, true);
    else if (take(&text, "not ok "))
        take_result(tap, text, false);
    else if (take(&text, "1.."))
        take_plan(tap, text);
    else if (take(&text, "# "))
        take_comment(tap, text);
}

/* A crash may come in the middle of a line: its words are looked for everywhere. */
static void take_bail_out(bw_tap *tap, const char *text)
{
    const char *words = strstr(text, "Bail out!");

    if (words && tap->version && !tap->bail_out)
        tap->bail_out = g_strdup(skip_blanks(words + strlen("Bail out!")));
}

static void end_line(bw_tap *tap)
{
    take_line(tap, tap->line->str);
    take_bail_out(tap, tap->line->str);
    g_string_truncate(tap->line, 0);
}

void bw_tap_feed(bw_tap *tap, const char *bytes, size_t len, int64_t time)
{
    tap->line_time = time;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n')
            end_line(tap);
        else if (bytes[i] == '\r' || bytes[i] == '\0')
            continue; /* of terminals, and of lines that were noise */
        else if (tap->line->len < LINE_MAX_BYTES)
            g_string_append_c(tap->line, bytes[i]);
    }
}

void bw_tap_finish(bw_tap *tap)
{
    take_bail_out(tap, tap->line->str);
    if (strcmp(tap->line->str, "# end") == 0)
        end_line(tap);
    g_string_truncate(tap->line, 0);
}
