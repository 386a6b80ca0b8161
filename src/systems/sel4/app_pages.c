/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pages beside an application say that can be held against its files: rows of tables with an address, and
 * commands that copy images to where the build looks for them. Markdown as people write it; prose is not understood.
 */
#include "systems/sel4/app.h"

#include <string.h>

#define IMAGES "camkes-vm-images/"
#define CELLS_MAX 8
#define ITEMS_MAX 4096

typedef struct page {
    bw_unit *unit;
    bw_source *source;
    GArray *said;   /* of bw_sel4_said */
    GArray *copied; /* of bw_sel4_text */
    bool code;      /* between ``` */
    bool more;      /* the command goes on in the next line */
} page;

static bw_place place_at(const page *p, const char *from, const char *to)
{
    return bw_source_place(p->source, (uint32_t)(from - p->source->text), (uint32_t)(to - p->source->text));
}

static bw_sel4_text text_at(const page *p, const char *from, const char *to)
{
    while (from < to && strchr(" \t`*", *from))
        from++;
    while (to > from && strchr(" \t`*\r", to[-1]))
        to--;
    return (bw_sel4_text){bw_arena_strndup(&p->unit->arena, from, (size_t)(to - from)), place_at(p, from, to)};
}

/* ---- tables ---- */

static uint64_t unit_of(const char *text)
{
    static const struct {
        const char *word;
        unsigned bits;
    } units[] = {{"KiB", 10}, {"KB", 10}, {"MiB", 20}, {"MB", 20}, {"GiB", 30}, {"GB", 30}};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_has_prefix(text, units[i].word))
            return (uint64_t)1 << units[i].bits;
    return 0;
}

/* "0x90000000", "0x80400000+". @return false for what is no address. */
static bool read_address(const char *text, uint64_t *value)
{
    char *end = NULL;

    if (!g_str_has_prefix(text, "0x") || !g_ascii_isxdigit(text[2]))
        return false;
    *value = g_ascii_strtoull(text, &end, 16);
    return *end == '\0' || strcmp(end, "+") == 0;
}

/* "~64MB", "32 MiB max". */
static bool read_size(const char *text, uint64_t *value)
{
    char *end = NULL;

    text += *text == '~';
    if (!g_ascii_isdigit(*text))
        return false;
    *value = g_ascii_strtoull(text, &end, 10);
    const uint64_t unit = unit_of(end + strspn(end, " "));

    if (!unit || *value > UINT32_MAX)
        return false;
    *value *= unit;
    return true;
}

static bw_sel4_value value_of(bw_sel4_text text, uint64_t number)
{
    return (bw_sel4_value){.given = true, .known = true, .value = number, .place = text.place, .text = text.text};
}

static void read_row(page *p, const char *line, const char *end)
{
    bw_sel4_text cells[CELLS_MAX];
    bw_sel4_said row = {0};
    size_t count = 0;
    uint64_t number;

    for (const char *at = line + 1; at < end && count < CELLS_MAX; count++) {
        const char *bar = memchr(at, '|', (size_t)(end - at));

        if (!bar)
            break;
        cells[count] = text_at(p, at, bar);
        at = bar + 1;
    }
    for (size_t i = 1; i < count; i++) {
        if (!row.base.known && read_address(cells[i].text, &number))
            row.base = value_of(cells[i], number);
        else if (!row.size.known && read_size(cells[i].text, &number))
            row.size = value_of(cells[i], number);
    }
    row.name = count ? cells[0] : (bw_sel4_text){0};
    if (row.base.known && p->said->len < ITEMS_MAX)
        g_array_append_val(p->said, row);
}

/* ---- commands ---- */

/* The last word of cp, mv, install, ln or a redirection is what it writes. */
static void read_command(page *p, const char *line, const char *end)
{
    static const char *const writers[] = {"cp ", "mv ", "install ", "ln ", "gzip ", "rsync ", "scp "};
    const char *at = line + strspn(line, " \t");
    const char *images;
    bool writes = p->more || (at < end && memchr(at, '>', (size_t)(end - at)));

    at += g_str_has_prefix(at, "$ ") ? 2 : 0;
    at += g_str_has_prefix(at, "sudo ") ? 5 : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(writers) && !writes; i++)
        writes = g_str_has_prefix(at, writers[i]);
    const char *last = end;
    while (last > line && g_ascii_isspace(last[-1]))
        last--;
    p->more = writes && last > line && last[-1] == '\\';
    const char *word = last;
    while (word > line && !g_ascii_isspace(word[-1]))
        word--;
    images = writes && !p->more ? g_strstr_len(word, last - word, IMAGES) : NULL;
    if (!images || p->copied->len >= ITEMS_MAX)
        return;
    bw_sel4_text to = text_at(p, images + strlen(IMAGES), last);
    g_array_append_val(p->copied, to);
}

static void read_page(page *p)
{
    const char *text = p->source->text;
    const char *end = text + p->source->len;

    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));

        stop = stop ? stop : end;
        if (g_str_has_prefix(line, "```"))
            p->code = !p->code, p->more = false;
        else if (p->code)
            read_command(p, line, stop);
        else if (*line == '|')
            read_row(p, line, stop);
        line = stop + (stop < end);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void bw_sel4_pages_read(bw_unit *unit, const char *folder, bw_sel4_app *app)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    page p = {.unit = unit};

    p.said = g_array_new(FALSE, FALSE, sizeof(bw_sel4_said));
    p.copied = g_array_new(FALSE, FALSE, sizeof(bw_sel4_text));
    while (dir && (name = g_dir_read_name(dir)) != NULL && names->len < 64)
        if (g_str_has_suffix(name, ".md"))
            g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        p.source = bw_source_open(unit->ctx->sources, bw_arena_join(&unit->arena, folder, "/", names->pdata[i]), NULL);
        p.code = p.more = false;
        if (p.source)
            read_page(&p);
    }
    app->said = bw_arena_dup(&unit->arena, p.said->data, p.said->len * sizeof(bw_sel4_said));
    app->said_count = p.said->len;
    app->copied = bw_arena_dup(&unit->arena, p.copied->data, p.copied->len * sizeof(bw_sel4_text));
    app->copied_count = p.copied->len;
    g_array_free(p.said, TRUE);
    g_array_free(p.copied, TRUE);
    g_ptr_array_unref(names);
}

/* ---- terminals of the guest's image ---- */

/* SERIAL_CONSOLES = "115200;ttyAMA0 115200;hvc0" */
static void read_machine(bw_unit *unit, const char *path, GArray *gettys)
{
    bw_source *source = bw_source_open(unit->ctx->sources, path, NULL);
    const char *at = source ? source->text : NULL;

    while (at && (at = strstr(at, "SERIAL_CONSOLES")) != NULL) {
        const bool begins = at == source->text || at[-1] == '\n';
        const char *equals = at + strcspn(at, "=\n");
        const char *open = equals + strcspn(equals, "\"\n");
        const char *close = *open == '"' ? open + 1 + strcspn(open + 1, "\"\n") : open;

        at += strlen("SERIAL_CONSOLES");
        if (!begins || *close != '"')
            continue;
        for (const char *word = open + 1; word < close && gettys->len < 64;) {
            const size_t len = MIN(strcspn(word, " \""), (size_t)(close - word));
            const char *tty = memchr(word, ';', len);
            const uint32_t begin = (uint32_t)(word - source->text);

            if (tty) {
                bw_sel4_text text = {
                    bw_arena_strndup(&unit->arena, tty + 1, len - (size_t)(tty + 1 - word)),
                    bw_source_place(source, begin, begin + (uint32_t)len),
                };
                g_array_append_val(gettys, text);
            }
            word += len + 1;
        }
    }
}

static void find_machines(bw_unit *unit, const char *folder, unsigned levels, GArray *gettys)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const bool here = g_str_has_suffix(folder, "conf/machine");
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL && names->len < 256)
        g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        const char *path = bw_arena_join(&unit->arena, folder, "/", names->pdata[i]);

        if (here && g_str_has_suffix(path, ".conf"))
            read_machine(unit, path, gettys);
        else if (levels && g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            find_machines(unit, path, levels - 1, gettys);
    }
    g_ptr_array_unref(names);
}

void bw_sel4_gettys_read(bw_unit *unit, const char *folder, bw_sel4_app *app)
{
    GArray *gettys = g_array_new(FALSE, FALSE, sizeof(bw_sel4_text));

    find_machines(unit, folder, 4, gettys);
    app->gettys = bw_arena_dup(&unit->arena, gettys->data, gettys->len * sizeof(bw_sel4_text));
    app->getty_count = gettys->len;
    g_array_free(gettys, TRUE);
}
