/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of driver headers, and the headers that the system wants. (C39, C40) */
#include "systems/cheriot/check.h"

#define GENERIC "/platform/generic-riscv"
#define SYNOPSIS "/platform/synopsis"

/* Headers that the core of the system includes, and when. */
typedef struct header {
    const char *name;
    bool simulation_only, hardware_revoker_only;
    const char *who;
} header;

static const header headers[] = {
    {"platform-uart.hh", false, false, "the loader"},
    {"platform-timer.hh", false, false, "the scheduler"},
    {"platform-plic.hh", false, false, "the scheduler"},
    {"platform-time.h", false, false, "time.h"},
    {"platform-rdcycle.h", false, false, "the SDK"},
    {"platform-simulation_exit.hh", true, false, "the scheduler of a simulation"},
    {"platform-hardware_revoker.hh", false, true, "the allocator with a hardware revoker"},
};

typedef struct folders {
    bw_cheriot_run *run;
    const bw_cheriot_words *words;
    const char **paths; /* NULL: it cannot be told where it is */
    bool missing;       /* one is not there, or it cannot be told */
} folders;

static bool is_folder(const char *text, const char *name)
{
    size_t len = strlen(text);

    while (len && text[len - 1] == '/')
        len--;
    return len >= strlen(name) && strncmp(text + len - strlen(name), name, strlen(name)) == 0;
}

static void find_paths(folders *f)
{
    f->paths = bw_arena_array(&f->run->arena, const char *, f->words->count);
    for (uint32_t i = 0; i < f->words->count; i++)
        f->paths[i] = bw_cheriot_path(f->run, &f->words->items[i], BW_CHERIOT_IN_INCLUDES);
}

static bw_finding *say(const folders *f, uint32_t index, const char *folder, const char *what)
{
    return bw_findings_add(f->run->findings, BW_CODE_cheriot_driver_includes,
                           bw_cheriot_place(f->run, f->words->items[index].where), "%s %s", folder, what);
}

static void check_there(folders *f)
{
    for (uint32_t i = 0; i < f->words->count; i++) {
        if (f->paths[i] && g_file_test(f->paths[i], G_FILE_TEST_IS_DIR))
            continue;
        f->missing = true;
        if (f->paths[i])
            say(f, i, f->paths[i], "is not there");
    }
}

static void check_repeated(folders *f)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (uint32_t i = 0; i < f->words->count; i++) {
        const bw_cheriot_word *word = &f->words->items[i];
        const bw_cheriot_word *first = g_hash_table_lookup(seen, word->text);

        if (first)
            bw_finding_note(say(f, i, word->text, "is named twice; the first time counts"),
                            bw_cheriot_place(f->run, first->where), "the first time");
        else
            g_hash_table_insert(seen, (gpointer)(uintptr_t)word->text, (gpointer)(uintptr_t)word);
    }
    g_hash_table_unref(seen);
}

/* Which of them is the generic one; -1 for none. */
static int64_t find_generic(const folders *f)
{
    for (uint32_t i = 0; i < f->words->count; i++)
        if (is_folder(f->words->items[i].text, GENERIC))
            return i;
    return -1;
}

static void check_order(folders *f, int64_t generic)
{
    for (uint32_t i = (uint32_t)generic + 1; i < f->words->count; i++) {
        if (is_folder(f->words->items[i].text, GENERIC))
            continue;
        bw_finding *finding =
            say(f, (uint32_t)generic, f->words->items[generic].text,
                is_folder(f->words->items[i].text, SYNOPSIS)
                    ? "has to stand behind platform/synopsis, whose platform-uart.hh goes on to the generic one"
                    : "has to be the last: its headers hide those of the folders behind it");
        bw_finding_note(finding, bw_cheriot_place(f->run, f->words->items[i].where), "this one stands behind it");
        return;
    }
}

static bool has_header(const folders *f, const char *name)
{
    bool found = false;

    for (uint32_t i = 0; i < f->words->count && !found; i++) {
        char *path = g_build_filename(f->paths[i], name, NULL);

        found = g_file_test(path, G_FILE_TEST_IS_REGULAR);
        g_free(path);
    }
    return found;
}

static bool is_wanted(const bw_cheriot_board *board, const header *h)
{
    return (!h->simulation_only || board->simulation) &&
           (!h->hardware_revoker_only || board->revoker == BW_CHERIOT_HARDWARE);
}

/* One finding: what one folder has is missing together. @p of_revoker: that of the revoker, else what the generic
 * folder has. */
static void say_missing_headers(folders *f, int64_t generic, bool of_revoker)
{
    const header *missing[G_N_ELEMENTS(headers)];
    GString *names = g_string_new(NULL);
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        if (headers[i].hardware_revoker_only == of_revoker && is_wanted(f->run->board, &headers[i]) &&
            !has_header(f, headers[i].name))
            missing[count++] = &headers[i];
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(names, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " and ", missing[i]->name);
    if (count) {
        bw_finding *finding =
            bw_findings_add(f->run->findings, BW_CODE_cheriot_driver_header, bw_cheriot_place(f->run, f->words->value),
                            "no folder of driver_includes has %s, which %s includes", names->str,
                            count == 1 ? missing[0]->who : "the system");
        if (generic < 0 && !of_revoker)
            bw_finding_cure(finding, "add ${sdk}/include" GENERIC " as the last folder");
    }
    g_string_free(names, TRUE);
}

/* C40: only where all folders can be looked at. */
static void check_headers(folders *f, int64_t generic)
{
    say_missing_headers(f, generic, false);
    say_missing_headers(f, generic, true);
}

void bw_cheriot_check_drivers(bw_cheriot_run *run)
{
    folders f = {.run = run, .words = &run->board->driver_includes};

    if (!f.words->count) {
        bw_findings_add(run->findings, BW_CODE_cheriot_driver_includes,
                        f.words->value ? bw_cheriot_place(run, f.words->value) : bw_cheriot_home(run->board),
                        "the board names no folder of driver headers: platform-uart.hh and others would not be found");
        return;
    }
    find_paths(&f);
    check_there(&f);
    check_repeated(&f);
    int64_t generic = find_generic(&f);
    if (generic >= 0)
        check_order(&f, generic);
    /* A board may well bring all headers itself: where that can be seen, it is. */
    if (f.missing && generic < 0)
        bw_findings_add(run->findings, BW_CODE_cheriot_driver_includes, bw_cheriot_place(run, f.words->value),
                        "driver_includes does not have ${sdk}/include" GENERIC
                        ", which has the headers that every board "
                        "needs");
    if (!f.missing)
        check_headers(&f, generic);
}
