/* SPDX-License-Identifier: Apache-2.0 */
/* Findings that a run before had, and how many there are of each code. */
#include "report/report.h"

#include "report/json_out.h"

#include <stdlib.h>
#include <string.h>

static int compare_text(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

/* Lines move when something is added above, so they do not count. Freed by the caller. */
static char *key_of(const char *code, const char *file, const char *message)
{
    return g_strdup_printf("%s\n%s\n%s", code ? code : "", file ? file : "", message ? message : "");
}

static const char *text_in(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Key -> how often it is there. */
static GTree *known_of(const json_t *root)
{
    GTree *known = g_tree_new_full(compare_text, NULL, g_free, NULL);
    const json_t *findings = json_object_get(root, "findings");

    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *f = json_array_get(findings, i);
        char *key = key_of(text_in(f, "code"), text_in(json_object_get(f, "place"), "file"), text_in(f, "message"));
        guint count = GPOINTER_TO_UINT(g_tree_lookup(known, key));

        g_tree_replace(known, key, GUINT_TO_POINTER(count + 1));
    }
    return known;
}

static bool take(GTree *known, const bw_finding *f)
{
    char *message = g_utf8_make_valid(f->text, -1);
    char *file = f->place.file ? g_utf8_make_valid(f->place.file, -1) : NULL;
    char *key = key_of(bw_codes[f->code].name, file, message);
    guint count = GPOINTER_TO_UINT(g_tree_lookup(known, key));

    g_free(message);
    g_free(file);
    if (count == 0) {
        g_free(key);
        return false;
    }
    g_tree_replace(known, key, GUINT_TO_POINTER(count - 1));
    return true;
}

bool bw_baseline_drop(bw_findings *findings, const char *path, uint32_t *dropped, char **error)
{
    json_error_t problem;
    json_t *root = json_load_file(path, 0, &problem);
    bw_finding *kept = NULL;

    *dropped = 0;
    if (!root || !json_is_array(json_object_get(root, "findings"))) {
        *error = root               ? g_strdup("it is not what 'boardwright check --json' prints")
                 : problem.line > 0 ? g_strdup_printf("line %d: %s", problem.line, problem.text)
                                    : g_strdup(problem.text);
        json_decref(root);
        return false;
    }
    GTree *known = known_of(root);
    for (bw_finding **link = &findings->first; *link;) {
        if (take(known, *link)) {
            findings->counts[(*link)->severity]--;
            *link = (*link)->next;
            ++*dropped;
        } else {
            kept = *link;
            link = &kept->next;
        }
    }
    findings->last = kept;
    g_tree_unref(known);
    json_decref(root);
    return true;
}

typedef struct tally {
    bw_code code;
    uint32_t counts[4]; /* by severity */
    uint32_t all;
} tally;

static int compare_tallies(const void *a, const void *b)
{
    const tally *x = a;
    const tally *y = b;

    if (x->all != y->all)
        return x->all > y->all ? -1 : 1;
    return strcmp(bw_codes[x->code].name, bw_codes[y->code].name);
}

void bw_report_tally(bw_buffer *out, const bw_findings *findings)
{
    tally *tallies = g_new0(tally, BW_CODE_COUNT);

    for (int i = 0; i < BW_CODE_COUNT; i++)
        tallies[i].code = (bw_code)i;
    for (const bw_finding *f = findings->first; f; f = f->next) {
        tallies[f->code].counts[f->severity]++;
        tallies[f->code].all++;
    }
    qsort(tallies, BW_CODE_COUNT, sizeof *tallies, compare_tallies);
    for (int i = 0; i < BW_CODE_COUNT && tallies[i].all; i++) {
        const uint32_t *c = tallies[i].counts;

        for (int s = BW_ERROR; s >= BW_NOTE; s--)
            if (c[s])
                bw_buffer_printf(out, "%7u %-8s %s\n", (unsigned)c[s], bw_severity_name((bw_severity)s),
                                 bw_codes[tallies[i].code].name);
    }
    g_free(tallies);
}
