/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright hex: Intel HEX files. */
#include "image/hex.h"

#include "cli/boards.h"
#include "cli/file_verb.h"
#include "cli/image_board.h"
#include "cli/image_file.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "report/json_out.h"
#include "yaml/schema.h"

#include <stdio.h>

/* More bytes than a file for a device has: two flashes far apart, most likely. */
#define TO_BIN_MAX ((uint64_t)256 * 1024 * 1024)

int bw_cmd_hex(int argc, char **argv)
{
    return bw_run_verb(argc, argv);
}

/* ---- what the verbs share ---- */

typedef struct words {
    char *address, *board, *size, *fill, *overlap, *record_size;
    gboolean sparse, no_start, crlf;
} words;

typedef struct settings {
    uint64_t address, size;
    bool has_address;
    uint8_t fill;
    bw_hex_overlap overlap;
    bw_hex_style style;
} settings;

static void free_words(words *w)
{
    g_free(w->address);
    g_free(w->board);
    g_free(w->size);
    g_free(w->fill);
    g_free(w->overlap);
    g_free(w->record_size);
}

static bool read_overlap(const char *command, const char *word, bw_hex_overlap *overlap)
{
    static const char *const names[] = {"error", "first", "last"};

    for (int i = 0; i < 3; i++)
        if (!word || strcmp(word, names[i]) == 0) {
            *overlap = (bw_hex_overlap)i;
            return true;
        }
    bw_usage_error(command, "--overlap=%s: it takes one of error, first, last", word);
    return false;
}

static bool read_words(settings *s, const words *w, const char *command)
{
    uint64_t fill = 0xff;
    uint64_t record = 0;

    *s = (settings){.has_address = w->address != NULL, .style = {.crlf = w->crlf}};
    if (!bw_size_option(command, "address", w->address, &s->address) ||
        !bw_size_option(command, "size", w->size, &s->size) || !bw_size_option(command, "fill", w->fill, &fill) ||
        !bw_size_option(command, "record-size", w->record_size, &record) ||
        !read_overlap(command, w->overlap, &s->overlap))
        return false;
    if (fill > 0xff || record > BW_HEX_RECORD_MAX || (w->record_size && record == 0)) {
        if (fill > 0xff)
            bw_usage_error(command, "--fill=%s: it takes one byte, 0 to 0xff", w->fill);
        else
            bw_usage_error(command, "--record-size=%s: it takes from 1 to %u bytes", w->record_size, BW_HEX_RECORD_MAX);
        return false;
    }
    s->fill = (uint8_t)fill;
    s->style.record_len = (uint32_t)record;
    return true;
}

typedef struct run {
    bw_file_verb *verb;
    bw_hex hex;
} run;

static run begin(bw_file_verb *verb)
{
    run r = {.verb = verb};

    bw_file_verb_begin(verb);
    bw_hex_init(&r.hex, verb->ctx, &verb->findings);
    return r;
}

/* Prints the findings. @return the exit status. */
static int end(run *r, bool good)
{
    bw_hex_free(&r->hex);
    return bw_file_verb_end(r->verb, good);
}

/* "user_data.bin@0x70000000": a raw file and its address. @return the sign, or NULL where there is none. */
static const char *find_at(const char *word, uint64_t *address)
{
    const char *at = strrchr(word, '@');
    const bw_yaml value = {.kind = BW_YAML_SCALAR, .plain = true, .text = at ? at + 1 : ""};

    return at && at != word && bw_yaml_to_size(&value, address) ? at : NULL;
}

/* A raw file with its address; all else is hex or ELF. */
static bool add_input(run *r, const char *word, bool sparse)
{
    uint64_t address;
    const char *at = find_at(word, &address);

    if (!at)
        return bw_hex_add(&r->hex, word);
    char *path = g_strndup(word, (size_t)(at - word));
    uint32_t runs = r->hex.runs->len;
    bool good = bw_hex_add_raw(&r->hex, path, address);
    if (good && sparse && r->hex.runs->len > runs)
        good = bw_hex_make_sparse(&r->hex);
    g_free(path);
    return good;
}

static uint64_t byte_count(const bw_hex *hex)
{
    uint64_t count = 0;

    for (guint i = 0; i < hex->runs->len; i++)
        count += g_array_index(hex->runs, bw_hex_run, i).len;
    return count;
}

/* Runs that touch are one range to a person. @return the index behind the range that begins at @p i. */
static guint range_end(const bw_hex *hex, guint i, uint64_t *first, uint64_t *behind)
{
    const bw_hex_run *runs = (const bw_hex_run *)(const void *)hex->runs->data;

    *first = runs[i].address;
    *behind = runs[i].address + runs[i].len;
    for (i++; i < hex->runs->len && runs[i].address == *behind; i++)
        *behind += runs[i].len;
    return i;
}

static json_t *ranges_json(const bw_hex *hex)
{
    json_t *list = json_array();
    uint64_t first, behind;

    for (guint i = 0; i < hex->runs->len;) {
        i = range_end(hex, i, &first, &behind);
        char *address = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", first);
        json_array_append_new(list, json_pack("{s:s, s:I}", "address", address, "size", (json_int_t)(behind - first)));
        g_free(address);
    }
    return list;
}

static uint32_t range_count(const bw_hex *hex)
{
    uint64_t first, behind;
    uint32_t count = 0;

    for (guint i = 0; i < hex->runs->len; count++)
        i = range_end(hex, i, &first, &behind);
    return count;
}

static bool unwritable(run *r, const char *path, int error_number)
{
    bw_findings_add(&r->verb->findings, BW_CODE_file_unwritable, bw_file_place(path), "the file cannot be written: %s",
                    g_strerror(error_number));
    return false;
}

static void print_written(const run *r, uint64_t records)
{
    uint64_t bytes = byte_count(&r->hex);
    uint32_t ranges = range_count(&r->hex);
    bw_arena arena;

    bw_arena_init(&arena);
    if (r->verb->options.json)
        bw_print_json(json_pack("{s:o, s:I, s:I, s:o}", "path", bw_json_text(r->verb->options.output), "bytes",
                                (json_int_t)bytes, "records", (json_int_t)records, "ranges", ranges_json(&r->hex)));
    else
        printf("%s: 0x%" G_GINT64_MODIFIER "x bytes (%s) in %u range%s, %" G_GUINT64_FORMAT " record%s\n",
               r->verb->options.output, bytes, bw_size_about(&arena, bytes), ranges, ranges == 1 ? "" : "s", records,
               records == 1 ? "" : "s");
    bw_arena_free(&arena);
}

static bool write_hex(run *r, const settings *s, bool with_start)
{
    bw_hex_style style = s->style;
    int error_number;

    if (!bw_hex_resolve(&r->hex, s->overlap) || (with_start && !bw_hex_start(&r->hex, &style.start_kind, &style.start)))
        return false;
    bw_output *out = bw_output_open(r->verb->options.output, &error_number);
    if (!out)
        return unwritable(r, r->verb->options.output, error_number);
    uint64_t records = bw_hex_write(&r->hex, &style, out);
    if (!bw_output_close(out, true, &error_number))
        return unwritable(r, r->verb->options.output, error_number);
    print_written(r, records);
    return true;
}

/* ---- from-bin ---- */

/* The address comes from --address, FILE@ADDRESS or the board. */
static bool find_address(settings *s, const words *w, const char *command, const bw_options *options, int *code)
{
    bw_storage storage = {0};

    if (s->has_address || !w->board)
        return true;
    bool good = bw_storage_of(&storage, command, options, w->board, code);
    if (good && !storage.mapped) {
        fprintf(stderr,
                "boardwright %s: no address of the CPU's leads to %s: neither ranges nor its flash's reg has one\n",
                command, storage.whose);
        good = false;
    }
    if (good)
        bw_storage_say_address(&storage, command);
    s->has_address = good;
    s->address = storage.address;
    bw_storage_free(&storage);
    return good;
}

static int from_bin(bw_file_verb *verb, const settings *s, const words *w, const char *word)
{
    uint64_t ignored;
    char *with_address = s->has_address || !find_at(word, &ignored)
                             ? g_strdup_printf("%s@0x%" G_GINT64_MODIFIER "x", word, s->address)
                             : g_strdup(word);
    run r = begin(verb);
    bool good = add_input(&r, with_address, w->sparse) && write_hex(&r, s, false);
    g_free(with_address);
    return end(&r, good);
}

#define WRITE_ENTRIES(w)                                                                                               \
    {"sparse",    0,                                                                                                   \
     0,           G_OPTION_ARG_NONE,                                                                                   \
     &(w).sparse, "Of a raw littlefs image, write only blocks in use, both of each pair",                              \
     NULL},                                                                                                            \
        {"record-size", 0, 0, G_OPTION_ARG_FILENAME, &(w).record_size, "Bytes of a record (16)", "BYTES"},             \
    {                                                                                                                  \
        "crlf", 0, 0, G_OPTION_ARG_NONE, &(w).crlf, "End lines with CR LF", NULL                                       \
    }

int bw_hex_from_bin(int argc, char **argv)
{
    words w = {0};
    const GOptionEntry entries[] = {
        {"address", 'a', 0, G_OPTION_ARG_FILENAME, &w.address, "Where the first byte goes (0 without --board)",
         "ADDRESS"},
        {"board", 'b', 0, G_OPTION_ARG_FILENAME, &w.board, "Put it at the storage partition of TARGET", "TARGET"},
        WRITE_ENTRIES(w),
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "FILE -o FILE.hex",
        .summary = "Writes the bytes of a file as Intel HEX.",
        .groups = BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_ROOTS | BW_OPT_OUTPUT | BW_OPT_LEVELS | BW_OPT_JSON,
        .entries = entries,
    };
    const bw_file_verb_shape shape = {.what = "FILE", .most = 1, .rather = "hex merge takes several", .output = "file"};
    bw_file_verb verb;
    settings s;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code) && read_words(&s, &w, verb.command) &&
        find_address(&s, &w, verb.command, &verb.options, &code))
        code = from_bin(&verb, &s, &w, argv[1]);
    free_words(&w);
    bw_file_verb_free(&verb);
    return code;
}

/* ---- merge ---- */

static int merge(bw_file_verb *verb, const settings *s, const words *w, char **files)
{
    run r = begin(verb);
    bool good = true;

    for (; *files; files++)
        good = add_input(&r, *files, w->sparse) && good;
    good = good && write_hex(&r, s, !w->no_start);
    return end(&r, good);
}

int bw_hex_merge(int argc, char **argv)
{
    words w = {0};
    const GOptionEntry entries[] = {
        {"overlap", 0, 0, G_OPTION_ARG_FILENAME, &w.overlap,
         "Where two files have an address: an error, or take the bytes of the first or last", "error|first|last"},
        {"no-start", 0, 0, G_OPTION_ARG_NONE, &w.no_start, "Leave start addresses out, as Zephyr's mergehex.py does",
         NULL},
        WRITE_ENTRIES(w),
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "FILE… -o FILE.hex",
        .summary = "Puts several files into one Intel HEX file, by address. FILE is Intel HEX or ELF, or raw as\n"
                   "FILE@ADDRESS.",
        .groups = BW_OPT_OUTPUT | BW_OPT_LEVELS | BW_OPT_JSON,
        .entries = entries,
    };
    const bw_file_verb_shape shape = {.what = "FILEs", .output = "file"};
    bw_file_verb verb;
    settings s;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code) && read_words(&s, &w, verb.command))
        code = merge(&verb, &s, &w, argv + 1);
    free_words(&w);
    bw_file_verb_free(&verb);
    return code;
}

/* ---- to-bin ---- */

/* What is to be written: all, or what the options say. */
static bool find_span(run *r, const settings *s, uint64_t *first, uint64_t *len)
{
    const GArray *runs = r->hex.runs;
    uint64_t low = 0;
    uint64_t high = 0;

    if (runs->len) {
        const bw_hex_run *last = &g_array_index(runs, bw_hex_run, runs->len - 1);
        low = g_array_index(runs, bw_hex_run, 0).address;
        high = last->address + last->len;
    }
    *first = s->has_address ? s->address : low;
    *len = s->size ? s->size : high > *first ? high - *first : 0;
    if (*len <= TO_BIN_MAX || s->size)
        return true;
    bw_finding *f =
        bw_findings_add(&r->verb->findings, BW_CODE_hex_span,
                        bw_file_place(((const bw_hex_file *)g_ptr_array_index(r->hex.files, 0))->path),
                        "0x%" G_GINT64_MODIFIER "x bytes lie between 0x%08" G_GINT64_MODIFIER
                        "x and 0x%08" G_GINT64_MODIFIER "x, and only 0x%" G_GINT64_MODIFIER "x of them are in the file",
                        *len, *first, *first + *len - 1, byte_count(&r->hex));
    bw_finding_cure(f, "say which with --address and --size; 'boardwright hex info' lists the ranges");
    return false;
}

static bool write_bin(run *r, const settings *s)
{
    uint64_t first, len;
    int error_number;

    if (!bw_hex_resolve(&r->hex, s->overlap) || !find_span(r, s, &first, &len))
        return false;
    bw_output *out = bw_output_open(r->verb->options.output, &error_number);
    if (!out)
        return unwritable(r, r->verb->options.output, error_number);
    uint64_t at = first;
    uint64_t behind = first + len;
    uint64_t filled = 0;
    for (guint i = 0; i < r->hex.runs->len && at < behind; i++) {
        const bw_hex_run *piece = &g_array_index(r->hex.runs, bw_hex_run, i);
        uint64_t begin_at = MAX(piece->address, at);
        uint64_t end_at = MIN(piece->address + piece->len, behind);

        if (begin_at >= end_at)
            continue;
        bw_output_fill(out, s->fill, begin_at - at);
        filled += begin_at - at;
        bw_output_write(out, bw_hex_bytes(&r->hex, piece) + (begin_at - piece->address), end_at - begin_at);
        at = end_at;
    }
    bw_output_fill(out, s->fill, behind - at);
    filled += behind - at;
    if (!bw_output_close(out, true, &error_number))
        return unwritable(r, r->verb->options.output, error_number);
    printf("%s: 0x%" G_GINT64_MODIFIER "x bytes from 0x%08" G_GINT64_MODIFIER "x on, 0x%" G_GINT64_MODIFIER
           "x of them filled\n",
           r->verb->options.output, len, first, filled);
    return true;
}

int bw_hex_to_bin(int argc, char **argv)
{
    words w = {0};
    const GOptionEntry entries[] = {
        {"address", 'a', 0, G_OPTION_ARG_FILENAME, &w.address, "Begin there (default: the first byte that is there)",
         "ADDRESS"},
        {"size", 0, 0, G_OPTION_ARG_FILENAME, &w.size, "Write so many bytes (default: up to the last that is there)",
         "BYTES"},
        {"fill", 0, 0, G_OPTION_ARG_FILENAME, &w.fill, "What goes between (0xff)", "BYTE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "FILE -o FILE.bin",
        .summary = "Writes the bytes of an Intel HEX or ELF file as they lie in memory; gaps are filled.",
        .groups = BW_OPT_OUTPUT | BW_OPT_LEVELS,
        .entries = entries,
    };
    const bw_file_verb_shape shape = {.what = "FILE", .most = 1, .output = "file"};
    bw_file_verb verb;
    settings s;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code) && read_words(&s, &w, verb.command)) {
        run r = begin(&verb);
        bool good = add_input(&r, argv[1], false) && write_bin(&r, &s);

        code = end(&r, good);
    }
    free_words(&w);
    bw_file_verb_free(&verb);
    return code;
}

/* ---- info ---- */

static const char *const kind_names[] = {"Intel HEX", "raw", "ELF"};

static json_t *info_json(const bw_hex *hex)
{
    const bw_hex_file *f = g_ptr_array_index(hex->files, 0);
    json_t *object = json_pack("{s:o, s:s, s:I, s:o}", "path", bw_json_text(f->path), "kind", kind_names[f->kind],
                               "bytes", (json_int_t)byte_count(hex), "ranges", ranges_json(hex));

    if (f->kind == BW_HEX_FILE)
        json_object_set_new(object, "records", json_integer(f->records));
    if (f->start_kind != BW_HEX_NO_START) {
        char *start = g_strdup_printf("0x%x", f->start);
        json_object_set_new(object, "start", json_string(start));
        json_object_set_new(object, "start_kind",
                            json_string(f->start_kind == BW_HEX_START_SEGMENT ? "segment" : "linear"));
        g_free(start);
    }
    return object;
}

static void info_text(const bw_hex *hex)
{
    const bw_hex_file *f = g_ptr_array_index(hex->files, 0);
    uint64_t bytes = byte_count(hex);
    uint64_t first, behind;
    bw_arena arena;

    bw_arena_init(&arena);
    printf("%s: %s", f->path, kind_names[f->kind]);
    if (f->kind == BW_HEX_FILE)
        printf(", %u record%s", f->records, f->records == 1 ? "" : "s");
    printf(", 0x%" G_GINT64_MODIFIER "x bytes (%s) in %u range%s\n", bytes, bw_size_about(&arena, bytes),
           range_count(hex), range_count(hex) == 1 ? "" : "s");
    for (guint i = 0; i < hex->runs->len;) {
        i = range_end(hex, i, &first, &behind);
        printf("  0x%08" G_GINT64_MODIFIER "x–0x%08" G_GINT64_MODIFIER "x  0x%" G_GINT64_MODIFIER "x (%s)\n", first,
               behind - 1, behind - first, bw_size_about(&arena, behind - first));
    }
    if (f->start_kind == BW_HEX_START_SEGMENT)
        printf("  start %04X:%04X\n", f->start >> 16, f->start & 0xffff);
    else if (f->start_kind == BW_HEX_START_LINEAR)
        printf("  start 0x%08x\n", f->start);
    bw_arena_free(&arena);
}

int bw_hex_info(int argc, char **argv)
{
    const bw_usage usage = {
        .arguments = "FILE",
        .summary =
            "Says which addresses an Intel HEX or ELF file has bytes for, and where its program starts. Each bad\n"
            "record is reported.",
        .groups = BW_OPT_LEVELS | BW_OPT_JSON,
    };
    const bw_file_verb_shape shape = {.what = "FILE", .most = 1};
    bw_file_verb verb;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code)) {
        run r = begin(&verb);
        bool good = add_input(&r, argv[1], false);

        good = bw_hex_resolve(&r.hex, BW_HEX_OVERLAP_ERROR) && good;
        if (r.hex.files->len && verb.options.json)
            bw_print_json(info_json(&r.hex));
        else if (r.hex.files->len)
            info_text(&r.hex);
        code = end(&r, good);
    }
    bw_file_verb_free(&verb);
    return code;
}
