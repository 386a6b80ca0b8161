/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations: _defconfig, .conf. */
#include "systems/zephyr/kconfig.h"

#include "systems/zephyr/kconfig_scan.h"

static bool starts(const char *text, uint32_t at, uint32_t end, const char *with)
{
    size_t len = strlen(with);

    return end - at >= len && memcmp(text + at, with, len) == 0;
}

/* Of a text without its second quote, and of anything behind a number, Kconfig makes no value; of what begins with y,
 * n or m it reads this letter only. */
static void check_value(bw_source *source, bw_kconfig_span value, bw_findings *findings)
{
    const char *text = source->text + value.begin;
    uint32_t len = value.end - value.begin;
    bw_place place = bw_source_place(source, value.begin, value.end);

    if (len && *text == '"' && (len == 1 || text[len - 1] != '"')) {
        bw_findings_add(findings, BW_CODE_zephyr_conf_syntax, place, "the text has no quote at its end");
    } else if (len && (g_ascii_isdigit(*text) || *text == '-') && memchr(text, ' ', len)) {
        char *whole = g_strndup(text, len);
        bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_conf_syntax, place,
                                        "'%s' as a whole is taken as the value", whole);
        if (strchr(whole, '#'))
            bw_finding_cure(f, "put the comment into a line of its own");
        g_free(whole);
    }
}

static void read_assignment(bw_source *source, uint32_t begin, uint32_t end, GArray *assignments, bw_findings *findings)
{
    static const char prefix[] = "CONFIG_";
    static const char unset[] = "# CONFIG_";
    const char *text = source->text;
    bw_kconfig_assignment a = {{0, 0}, {0, 0}};
    uint32_t first = begin;

    end = bw_kconfig_trim(text, begin, end);
    if (starts(text, begin, end, unset)) {
        uint32_t at = begin + (uint32_t)strlen(unset);

        a.name.begin = at;
        while (at < end && bw_kconfig_is_symbol_char(text[at]))
            at++;
        a.name.end = at;
        if (end - at == strlen(" is not set") && starts(text, at, end, " is not set"))
            g_array_append_val(assignments, a);
        return;
    }
    while (first < end && (text[first] == ' ' || text[first] == '\t'))
        first++;
    if (first == end || text[first] == '#')
        return;
    const char *sign = memchr(text + first, '=', end - first);
    uint32_t at = sign ? (uint32_t)(sign - text) : end;
    a.name = (bw_kconfig_span){first + (uint32_t)strlen(prefix), at};
    bool named = first == begin && starts(text, first, end, prefix) && at > a.name.begin;
    for (uint32_t i = a.name.begin; named && i < at; i++)
        named = bw_kconfig_is_symbol_char(text[i]);
    if (!named || !sign) {
        char *line = g_strndup(text + first, end - first);
        bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_conf_syntax, bw_source_place(source, first, end),
                                        "'%s' is no assignment, so Kconfig leaves it out with a warning, and the build "
                                        "stops",
                                        line);
        if (first > begin && starts(text, first, end, prefix))
            bw_finding_cure(f, "remove the blanks in front of it");
        g_free(line);
        return;
    }
    a.value = (bw_kconfig_span){at + 1, end};
    check_value(source, a.value, findings);
    g_array_append_val(assignments, a);
}

void bw_kconfig_read_assignments(bw_source *source, GArray *assignments, bw_findings *findings)
{
    uint32_t at = 0;

    while (at < source->len && assignments->len < BW_KCONFIG_ASSIGNMENTS_MAX) {
        const char *newline = memchr(source->text + at, '\n', source->len - at);
        uint32_t end = newline ? (uint32_t)(newline - source->text) : source->len;

        read_assignment(source, at, end, assignments, findings);
        at = end + 1;
    }
}
