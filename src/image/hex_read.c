/* SPDX-License-Identifier: Apache-2.0 */
#include "image/hex.h"

#include "image/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPACE ((uint64_t)1 << 32) /* all addresses */
#define PIECE ((size_t)256 * 1024)
/* ':', length, address, type, 255 bytes, checksum; room for blanks at the end */
#define LINE_MAX_LEN 1024U

typedef struct reader {
    bw_hex *hex;
    bw_hex_file *file;
    uint32_t file_index;
    uint64_t line_begin; /* offset of the line in the file */
    uint32_t line;
    uint32_t base;  /* added to each address */
    bool segmented; /* base came from a record 02: addresses wrap at 64 KiB */
    bool ended, said_behind;
    bool is_other; /* by its first line no hex file: the others would be said to be wrong, each */
    bool failed;
    bw_hex_run *run; /* that goes on, or NULL; moves with the array */
} reader;

void bw_hex_init(bw_hex *hex, bw_context *ctx, bw_findings *findings)
{
    *hex = (bw_hex){.ctx = ctx,
                    .findings = findings,
                    .files = g_ptr_array_new(),
                    .runs = g_array_new(FALSE, FALSE, sizeof(bw_hex_run))};
}

void bw_hex_free(bw_hex *hex)
{
    for (guint i = 0; i < hex->files->len; i++) {
        bw_hex_file *f = g_ptr_array_index(hex->files, i);

        bw_buffer_free(&f->bytes);
        g_free((char *)(uintptr_t)f->path);
        g_free(f);
    }
    g_ptr_array_free(hex->files, TRUE);
    g_array_free(hex->runs, TRUE);
}

const uint8_t *bw_hex_bytes(const bw_hex *hex, const bw_hex_run *run)
{
    const bw_hex_file *f = g_ptr_array_index(hex->files, run->file);

    return f->bytes.data + run->offset;
}

bool bw_hex_is_text(const void *data, size_t len)
{
    const char *p = data;

    for (size_t i = 0; i < len; i++)
        if (!strchr(" \t\r\n", p[i]) || p[i] == '\0')
            return p[i] == ':' && len - i > 1 && g_ascii_isxdigit(p[i + 1]);
    return false;
}

static bw_hex_file *add_file(bw_hex *hex, const char *path, bw_hex_kind kind)
{
    bw_hex_file *f = g_new0(bw_hex_file, 1);

    f->path = g_strdup(path);
    f->kind = kind;
    g_ptr_array_add(hex->files, f);
    return f;
}

static bool unreadable(bw_hex *hex, const char *path, int error_number)
{
    bw_findings_add(hex->findings, BW_CODE_file_unreadable, bw_file_place(path), "the file cannot be read: %s",
                    g_strerror(error_number));
    return false;
}

/* ---- one record ---- */

/* A finding at columns of the line, from 1. */
static bw_finding *fault(reader *r, bw_code code, size_t column, size_t len, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static bw_finding *fault(reader *r, bw_code code, size_t column, size_t len, const char *format, ...)
{
    bw_source *source = bw_source_open(r->hex->ctx->sources, r->file->path, NULL);
    bw_place place = {.file = r->file->path, .line = r->line, .column = (uint32_t)column};
    uint64_t begin = r->line_begin + column - 1;
    va_list ap;

    if (source && begin + len <= source->len)
        place = bw_source_place(source, (uint32_t)begin, (uint32_t)(begin + len));
    va_start(ap, format);
    bw_finding *f = bw_findings_addv(r->hex->findings, code, place, format, ap);
    va_end(ap);
    r->failed = true;
    return f;
}

/* Puts the bytes behind those of the run that goes on, or begins a new one. */
static void add_data(reader *r, uint64_t address, const uint8_t *bytes, uint32_t len)
{
    bw_buffer *all = &r->file->bytes;

    if (!r->run || r->run->address + r->run->len != address) {
        const bw_hex_run new = {.address = address, .offset = all->len, .file = r->file_index, .line = r->line};

        g_array_append_val(r->hex->runs, new);
        r->run = &g_array_index(r->hex->runs, bw_hex_run, r->hex->runs->len - 1);
    }
    bw_buffer_add(all, bytes, len);
    r->run->len += len;
}

static void take_data(reader *r, const uint8_t *record)
{
    uint32_t len = record[0];
    uint32_t low = (uint32_t)record[1] << 8 | record[2];
    uint64_t address = (uint64_t)r->base + low;

    if (r->segmented && low + len > 0x10000) {
        fault(r, BW_CODE_hex_address, 4, 4,
              "0x%x bytes at 0x%04x leave the segment at 0x%x, where addresses begin anew at 0x10000", len, low,
              r->base);
        return;
    }
    if (address + len > SPACE) {
        fault(r, BW_CODE_hex_address, 4, 4, "0x%x bytes at 0x%08" G_GINT64_MODIFIER "x go beyond 32 bits", len,
              address);
        return;
    }
    if (len)
        add_data(r, address, record + 4, len);
}

static void take_start(reader *r, bw_hex_start_kind kind, const uint8_t *data)
{
    uint32_t start = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];

    if (r->file->start_kind != BW_HEX_NO_START && (r->file->start_kind != kind || r->file->start != start)) {
        fault(r, BW_CODE_hex_start, 10, 8,
              "the file has another start already, 0x%08x as a record of type %02X in line %u", r->file->start,
              r->file->start_kind == BW_HEX_START_SEGMENT ? 3U : 5U, r->file->start_line);
        return;
    }
    r->file->start_kind = kind;
    r->file->start = start;
    r->file->start_line = r->line;
}

static void take_record(reader *r, const uint8_t *record)
{
    static const int lens[] = {-1, 0, 2, 4, 2, 4}; /* of the data, by type */
    const uint8_t *data = record + 4;
    unsigned type = record[3];

    if (type >= G_N_ELEMENTS(lens)) {
        fault(r, BW_CODE_hex_type, 8, 2, "there is no record type %02X; types are 00 to 05", type);
        return;
    }
    if (lens[type] >= 0 && record[0] != lens[type]) {
        fault(r, BW_CODE_hex_length, 2, 2, "a record of type %02X has %d bytes, not %u", type, lens[type], record[0]);
        return;
    }
    switch (type) {
    case 0:
        take_data(r, record);
        break;
    case 1:
        r->ended = true;
        break;
    case 2:
    case 4:
        r->segmented = type == 2;
        r->base = ((uint32_t)data[0] << 8 | data[1]) << (type == 2 ? 4 : 16);
        break;
    default:
        take_start(r, type == 3 ? BW_HEX_START_SEGMENT : BW_HEX_START_LINEAR, data);
        break;
    }
}

/* ---- lines ---- */

/* Of each character as a digit; 0x80 for all others. */
static inline unsigned digit(uint8_t c)
{
    unsigned number = c - (unsigned)'0';
    unsigned letter = (c | 0x20U) - (unsigned)'a';

    return number < 10 ? number : letter < 6 ? letter + 10 : 0x80;
}

/* A record that has lost its ':' is one of a hex file all the same. */
static bool is_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!g_ascii_isxdigit(text[i]))
            return false;
    return true;
}

static void take_line(reader *r, const char *text, size_t len)
{
    uint8_t record[4 + BW_HEX_RECORD_MAX + 1];
    const uint8_t *p = (const uint8_t *)text + 1;
    uint8_t sum = 0;

    while (len > 0 && (text[len - 1] == '\r' || text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (len == 0)
        return;
    if (r->ended) {
        if (!r->said_behind)
            fault(r, BW_CODE_hex_order, 1, len, "this stands behind the end record");
        r->said_behind = true;
        return;
    }
    if (text[0] != ':') {
        r->is_other = r->line == 1 && !is_digits(text, len);
        bw_finding *f =
            fault(r, BW_CODE_hex_syntax, 1, 1,
                  r->is_other ? "this is no Intel HEX file: a record begins with ':'" : "a record begins with ':'");
        if (r->is_other)
            bw_finding_cure(f, "of a raw file, boardwright hex from-bin --address=… makes one");
        return;
    }
    size_t digits = len - 1;
    size_t count = MIN(digits / 2, sizeof record);
    for (size_t i = 0; i < count; i++) {
        unsigned high = digit(p[2 * i]);
        unsigned low = digit(p[2 * i + 1]);

        if ((high | low) & 0x80) {
            fault(r, BW_CODE_hex_syntax, 2 + 2 * i + (high < 0x80), 1, "this is no hexadecimal digit");
            return;
        }
        record[i] = (uint8_t)(high << 4 | low);
        sum = (uint8_t)(sum + record[i]);
    }
    if (count < 5 || digits != 2 * ((size_t)record[0] + 5)) {
        if (count < 5)
            fault(r, BW_CODE_hex_length, 1, len, "a record has 10 digits at least, this one %zu", digits);
        else
            fault(r, BW_CODE_hex_length, 2, 2, "a record with 0x%02X bytes has %u digits; this one has %zu", record[0],
                  2 * (record[0] + 5U), digits);
        return;
    }
    if (sum != 0) {
        uint8_t stored = record[count - 1];

        fault(r, BW_CODE_hex_checksum, len - 1, 2, "the checksum is %02X, but the bytes of the record give %02X",
              stored, (uint8_t)(stored - sum));
        return;
    }
    r->file->records++;
    take_record(r, record);
}

/* @return false when reading failed. */
static bool read_lines(reader *r, int fd, int *error_number)
{
    char *piece = g_malloc(PIECE + LINE_MAX_LEN);
    size_t kept = 0;
    uint64_t offset = 0; /* of piece in the file */
    bool skipping = false;
    bool good = true;

    for (;;) {
        ssize_t n = read(fd, piece + kept, PIECE);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            *error_number = errno;
            good = false;
            break;
        }
        char *p = piece;
        char *end = piece + kept + n;
        for (;;) {
            char *eol = memchr(p, '\n', (size_t)(end - p));
            size_t len = (size_t)((eol ? eol : end) - p);

            if (!eol && n > 0 && len < LINE_MAX_LEN)
                break;
            r->line_begin = offset + (uint64_t)(p - piece);
            if (len > 0 && !skipping && (len < LINE_MAX_LEN || (r->line == 1 && *p != ':')))
                take_line(r, p, len);
            else if (len >= LINE_MAX_LEN && !skipping)
                fault(r, BW_CODE_hex_length, 1, 1, "the line is longer than any record");
            skipping = !eol;
            if (eol)
                r->line++;
            p = eol ? eol + 1 : end;
            if (p == end || r->is_other)
                break;
        }
        kept = (size_t)(end - p);
        memmove(piece, p, kept);
        offset += (uint64_t)(p - piece);
        if (n == 0 || r->is_other)
            break;
    }
    g_free(piece);
    return good;
}

static bool read_text(bw_hex *hex, const char *path, int fd)
{
    reader r = {.hex = hex, .file = add_file(hex, path, BW_HEX_FILE), .file_index = hex->files->len - 1, .line = 1};
    int error_number;

    if (!read_lines(&r, fd, &error_number))
        return unreadable(hex, path, error_number);
    if (!r.ended && !r.failed) {
        bw_finding *f = bw_findings_add(hex->findings, BW_CODE_hex_end, bw_file_place(path),
                                        "the file has no end record, :00000001FF: it was cut off");
        bw_finding_cure(f, "make the file again");
        r.failed = true;
    }
    return !r.failed;
}

/* ---- other files ---- */

static bool read_all(bw_hex *hex, const char *path, int fd, bw_buffer *bytes)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return unreadable(hex, path, errno);
    if ((uint64_t)st.st_size > SPACE)
        return unreadable(hex, path, EFBIG);
    if (st.st_size)
        bw_buffer_reserve(bytes, (size_t)st.st_size);
    for (;;) {
        ssize_t n = read(fd, bw_buffer_reserve(bytes, 1), bytes->room - bytes->len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return unreadable(hex, path, errno);
        if (n == 0)
            return true;
        bytes->len += (size_t)n;
        if (bytes->len > SPACE)
            return unreadable(hex, path, EFBIG);
    }
}

static bool take_segment(bw_hex *hex, const bw_elf_segment *s)
{
    const bw_hex_file *f = g_ptr_array_index(hex->files, hex->files->len - 1);

    if (s->file_size == 0)
        return true;
    if (s->load > SPACE || s->file_size > SPACE - s->load) {
        bw_findings_add(hex->findings, BW_CODE_hex_address, bw_file_place(f->path),
                        "a segment of 0x%" G_GINT64_MODIFIER "x bytes at 0x%" G_GINT64_MODIFIER
                        "x goes beyond the 32 bits that Intel HEX has",
                        s->file_size, s->load);
        return false;
    }
    const bw_hex_run run = {.address = s->load, .len = s->file_size, .offset = s->offset, .file = hex->files->len - 1};
    g_array_append_val(hex->runs, run);
    return true;
}

static bool read_elf(bw_hex *hex, const char *path, int fd)
{
    bw_hex_file *f = add_file(hex, path, BW_HEX_ELF);
    const char *problem;
    bool good = true;
    bw_elf elf;

    if (!read_all(hex, path, fd, &f->bytes))
        return false;
    if (!bw_elf_read(&elf, f->bytes.data, f->bytes.len, &problem)) {
        bw_findings_add(hex->findings, BW_CODE_hex_elf, bw_file_place(path), "the ELF file cannot be read: %s",
                        problem);
        return false;
    }
    for (guint i = 0; i < elf.segments->len && good; i++)
        good = take_segment(hex, &g_array_index(elf.segments, bw_elf_segment, i));
    if (good && elf.loadable == 0) {
        bw_findings_add(hex->findings, BW_CODE_hex_elf, bw_file_place(path),
                        "the ELF file has nothing to load: it is an object file, or has only symbols");
        good = false;
    }
    if (elf.type == 2 && elf.entry < SPACE) {
        f->start_kind = BW_HEX_START_LINEAR;
        f->start = (uint32_t)elf.entry;
    }
    bw_elf_free(&elf);
    return good;
}

static int open_file(bw_hex *hex, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    int error_number = errno;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        fd = -1;
        error_number = EISDIR;
    }
    if (fd < 0)
        unreadable(hex, path, error_number);
    return fd;
}

bool bw_hex_add(bw_hex *hex, const char *path)
{
    int fd = open_file(hex, path);
    char magic[4] = {0};

    if (fd < 0)
        return false;
    bool is_elf = pread(fd, magic, 4, 0) == 4 && memcmp(magic, "\177ELF", 4) == 0;
    bool good = is_elf ? read_elf(hex, path, fd) : read_text(hex, path, fd);
    close(fd);
    return good;
}

/* A run of all bytes of the file that was added last. */
static bool place_all(bw_hex *hex, uint64_t address)
{
    const bw_hex_file *f = g_ptr_array_index(hex->files, hex->files->len - 1);

    if (address > SPACE || f->bytes.len > SPACE - address) {
        bw_findings_add(hex->findings, BW_CODE_hex_address, bw_file_place(f->path),
                        "0x%zx bytes at 0x%" G_GINT64_MODIFIER "x go beyond the 32 bits that Intel HEX has",
                        f->bytes.len, address);
        return false;
    }
    const bw_hex_run run = {.address = address, .len = f->bytes.len, .file = hex->files->len - 1};
    if (run.len)
        g_array_append_val(hex->runs, run);
    return true;
}

bool bw_hex_add_raw(bw_hex *hex, const char *path, uint64_t address)
{
    int fd = open_file(hex, path);

    if (fd < 0)
        return false;
    bool good = read_all(hex, path, fd, &add_file(hex, path, BW_HEX_RAW)->bytes);
    close(fd);
    return good && place_all(hex, address);
}

bool bw_hex_add_bytes(bw_hex *hex, const char *path, bw_buffer *bytes, uint64_t address)
{
    add_file(hex, path, BW_HEX_RAW)->bytes = *bytes;
    *bytes = (bw_buffer){0};
    return place_all(hex, address);
}
