/* SPDX-License-Identifier: Apache-2.0 */
#include "import/parts.h"

#include <string.h>

#define NAME_MAX_LEN 60

/* "Raspberry Pi-3" as names of boards and SoCs are: "raspberry_pi_3". */
static char *as_name(const char *text, gssize len)
{
    GString *name = g_string_new(NULL);

    for (gssize i = 0; text[i] && (len < 0 || i < len) && name->len < NAME_MAX_LEN; i++) {
        if (g_ascii_isalnum(text[i]))
            g_string_append_c(name, g_ascii_tolower(text[i]));
        else if (name->len && name->str[name->len - 1] != '_')
            g_string_append_c(name, '_');
    }
    while (name->len && name->str[name->len - 1] == '_')
        g_string_truncate(name, name->len - 1);
    return g_string_free(name, name->len == 0);
}

static bool is_name(const char *text)
{
    if (!*text || strlen(text) > NAME_MAX_LEN)
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && *text != '_')
            return false;
    return true;
}

/* Vendors are prefixes of compatible: "ti", "st-ericsson". */
static bool is_vendor(const char *text)
{
    if (!*text || strlen(text) > NAME_MAX_LEN)
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && !strchr("-_.+", *text))
            return false;
    return true;
}

static bool check_option(const bw_import_job *job, const char *option, const char *value, bool (*good)(const char *))
{
    if (!value || good(value))
        return true;
    bw_findings_add(job->findings, BW_CODE_import_name, bw_file_place(job->target->path),
                    "--%s %s: a %s has 1 to %d letters, digits%s", option, value, option, NAME_MAX_LEN,
                    good == is_vendor ? ", '-', '.', '+' and '_'" : " and '_'");
    return false;
}

/* The file's name without its ending; NULL for standard input and folders such as /proc/device-tree. */
static char *name_of_file(const bw_target *target)
{
    if (target->kind == BW_TARGET_FS || strcmp(target->path, "-") == 0)
        return NULL;
    char *base = g_path_get_basename(target->path);
    char *dot = strrchr(base, '.');
    char *name = as_name(base, dot && dot > base ? dot - base : -1);
    g_free(base);
    return name;
}

/* What stands behind the comma of a compatible. */
static char *name_of_compatible(const char *compatible)
{
    const char *comma = compatible ? strchr(compatible, ',') : NULL;

    return compatible ? as_name(comma ? comma + 1 : compatible, -1) : NULL;
}

static char *vendor_of(const char *compatible)
{
    const char *comma = compatible ? strchr(compatible, ',') : NULL;
    char *vendor = comma ? g_strndup(compatible, (gsize)(comma - compatible)) : NULL;

    if (vendor && is_vendor(vendor))
        return vendor;
    g_free(vendor);
    return NULL;
}

static char *first_of(char *a, char *b, const char *last)
{
    if (a)
        g_free(b);
    return a ? a : b ? b : g_strdup(last);
}

bool bw_identity_options_fit(const bw_import_job *job)
{
    const bw_import_options *o = job->options;

    return check_option(job, "name", o->name, is_name) && check_option(job, "soc", o->soc, is_name) &&
           check_option(job, "vendor", o->vendor, is_vendor);
}

bool bw_identity_of(const bw_board *board, const bw_import_job *job, bw_identity *identity)
{
    const bw_import_options *o = job->options;
    uint32_t count = board->compatible_count;
    const char *first = count ? board->compatible[0] : NULL;
    const char *last = count ? board->compatible[count - 1] : NULL;

    *identity = (bw_identity){0};
    if (!bw_identity_options_fit(job))
        return false;
    identity->name =
        o->name ? g_strdup(o->name) : first_of(name_of_file(job->target), name_of_compatible(first), "board");
    identity->vendor = o->vendor ? g_strdup(o->vendor) : vendor_of(first);
    identity->soc = o->soc ? g_strdup(o->soc) : first_of(name_of_compatible(last), NULL, "soc");
    identity->title = g_strdup(board->model ? board->model : first ? first : identity->name);
    identity->file = o->soc ? g_strdup_printf("%s_%s.dts", identity->name, identity->soc)
                            : g_strdup_printf("%s.dts", identity->name);
    return true;
}

void bw_identity_free(bw_identity *identity)
{
    g_free(identity->name);
    g_free(identity->vendor);
    g_free(identity->soc);
    g_free(identity->title);
    g_free(identity->file);
}
