/* SPDX-License-Identifier: Apache-2.0 */
#include "image/wasm.h"

#include "base/bytes.h"

/* Sections of a module that are looked at. */
enum {
    SECTION_CUSTOM,
    SECTION_IMPORT = 2,
    SECTION_FUNCTION = 3,
    SECTION_MEMORY = 5,
    SECTION_EXPORT = 7,
    SECTION_LAST = 13
};

/* Sections of AOT. */
enum { AOT_TARGET = 0, AOT_INIT_DATA = 1 };
#define AOT_TARGET_LEN 48U

/* Limits of a memory. */
#define LIMIT_MAX 1U
#define LIMIT_SHARED 2U
#define LIMIT_WIDE 4U

typedef struct reader {
    const uint8_t *data;
    size_t at, end;
    const char *problem; /* the first; then nothing more is read */
    size_t problem_at;
    bw_arena *arena;
} reader;

static void fail(reader *r, const char *problem)
{
    if (!r->problem) {
        r->problem = problem;
        r->problem_at = r->at;
    }
    r->at = r->end;
}

bw_wasm_kind bw_wasm_kind_of(const void *data, size_t len)
{
    if (len >= 8 && memcmp(data, "\0asm", 4) == 0)
        return BW_WASM_MODULE;
    return len >= 8 && memcmp(data, "\0aot", 4) == 0 ? BW_WASM_AOT : BW_WASM_NONE;
}

uint64_t bw_wasm_memory(const bw_wasm *w)
{
    return w->page * (w->memory_shared && w->memory_limited ? w->most_pages : w->pages);
}

const char *bw_ocre_name_problem(const char *name)
{
    if (name[0] == '\0')
        return "is empty";
    if (name[0] == '.')
        return "begins with a dot";
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-")])
        return "has other characters than a-z, 0-9, '.', '_' and '-'";
    return NULL;
}

/* ---- modules ---- */

/* An unsigned number in LEB128. */
static uint64_t number(reader *r, unsigned bits)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < bits; shift += 7) {
        if (r->at == r->end) {
            fail(r, "a number is cut off");
            return 0;
        }
        uint8_t byte = r->data[r->at];
        if (shift + 7 > bits && byte >> (bits - shift)) {
            fail(r, "a number is too large");
            return 0;
        }
        r->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    fail(r, "a number is too long");
    return 0;
}

static uint8_t byte_of(reader *r)
{
    if (r->at == r->end) {
        fail(r, "it is cut off");
        return 0;
    }
    return r->data[r->at++];
}

static const char *name_of(reader *r)
{
    uint64_t len = number(r, 32);

    if (len > r->end - r->at) {
        fail(r, "a name is cut off");
        return "";
    }
    const char *name = bw_arena_strndup(r->arena, (const char *)r->data + r->at, len);
    r->at += len;
    return name;
}

static void read_limits(reader *r, bw_wasm *w)
{
    uint8_t flags = byte_of(r);
    unsigned bits = flags & LIMIT_WIDE ? 64 : 32;

    if (flags > (LIMIT_MAX | LIMIT_SHARED | LIMIT_WIDE)) {
        fail(r, "a memory has flags that nobody knows");
        return;
    }
    w->has_memory = true;
    w->page = BW_WASM_PAGE;
    w->memory_shared = flags & LIMIT_SHARED;
    w->memory_limited = flags & LIMIT_MAX;
    w->pages = number(r, bits);
    w->most_pages = w->memory_limited ? number(r, bits) : 0;
    if (w->pages > (uint64_t)1 << 32 || w->most_pages > (uint64_t)1 << 32)
        fail(r, "a memory is larger than can be addressed");
    else if (w->memory_limited && w->most_pages < w->pages)
        fail(r, "a memory begins larger than it may become");
    else if (w->memory_shared && !w->memory_limited)
        fail(r, "a shared memory has no greatest size");
}

static void skip_table(reader *r)
{
    byte_of(r);
    uint8_t flags = byte_of(r);

    number(r, 64);
    if (flags & LIMIT_MAX)
        number(r, 64);
}

static void read_imports(reader *r, bw_wasm *w)
{
    bw_wasm_import **link = &w->imports;

    for (uint64_t left = number(r, 32); left > 0 && !r->problem; left--) {
        bw_wasm_import *i = bw_arena_new(r->arena, bw_wasm_import);

        i->module = name_of(r);
        i->name = name_of(r);
        uint8_t kind = byte_of(r);
        if (r->problem)
            return;
        i->kind = (bw_wasm_import_kind)kind;
        switch (kind) {
        case BW_WASM_FUNCTION:
            number(r, 32);
            break;
        case BW_WASM_TABLE:
            skip_table(r);
            break;
        case BW_WASM_MEMORY:
            read_limits(r, w);
            w->memory_imported = true;
            break;
        case BW_WASM_GLOBAL:
            byte_of(r);
            byte_of(r);
            break;
        case BW_WASM_TAG:
            byte_of(r);
            number(r, 32);
            break;
        default:
            r->at--;
            fail(r, "an import is of a kind that nobody knows");
            return;
        }
        *link = i;
        link = &i->next;
        w->import_count++;
    }
}

static void read_memories(reader *r, bw_wasm *w)
{
    uint64_t count = number(r, 32);

    if (count && w->has_memory)
        fail(r, "it has two memories");
    else if (count > 1)
        fail(r, "it has more than one memory");
    else if (count)
        read_limits(r, w);
}

static void read_module(reader *r, bw_wasm *w)
{
    while (r->at < r->end) {
        size_t begin = r->at;
        uint8_t id = byte_of(r);
        uint64_t len = number(r, 32);

        if (id > SECTION_LAST) {
            r->at = begin;
            fail(r, "a section is of a kind that nobody knows");
        } else if (len > r->end - r->at) {
            r->at = begin;
            fail(r, "a section is cut off");
        }
        if (r->problem)
            return;
        reader section = *r;
        section.end = r->at + len;
        if (id == SECTION_IMPORT)
            read_imports(&section, w);
        else if (id == SECTION_MEMORY)
            read_memories(&section, w);
        else if (id == SECTION_FUNCTION)
            w->function_count = (uint32_t)number(&section, 32);
        else if (id == SECTION_EXPORT)
            w->export_count = (uint32_t)number(&section, 32);
        if (section.problem) {
            r->at = section.problem_at;
            fail(r, section.problem);
            r->problem_at = section.problem_at;
            return;
        }
        r->at += len;
    }
}

/* ---- AOT ---- */

static uint32_t word_at(const reader *r, size_t at)
{
    return bw_get32le(r->data + at);
}

/* Import count, count; of each flags, bytes of a page, pages, most pages. */
static void read_aot_memory(const reader *r, bw_wasm *w, size_t len)
{
    if (len < 24 || word_at(r, r->at) != 0 || word_at(r, r->at + 4) != 1)
        return;
    uint32_t flags = word_at(r, r->at + 8);
    uint32_t page = word_at(r, r->at + 12);
    if (page == 0 || word_at(r, r->at + 20) < word_at(r, r->at + 16))
        return;
    w->has_memory = true;
    w->memory_shared = flags & LIMIT_SHARED;
    w->memory_limited = flags & LIMIT_MAX;
    w->page = page;
    w->pages = word_at(r, r->at + 16);
    w->most_pages = word_at(r, r->at + 20);
}

static void read_target(reader *r, bw_wasm *w, size_t len)
{
    if (len < AOT_TARGET_LEN) {
        fail(r, "its section about the target is cut off");
        return;
    }
    const uint8_t *p = r->data + r->at;
    w->wide = p[0] & 2;
    w->machine = (uint16_t)(p[6] | p[7] << 8);
    const char *arch = (const char *)p + 32;
    w->arch = bw_arena_strndup(r->arena, arch, strnlen(arch, 16));
}

static void read_aot(reader *r, bw_wasm *w)
{
    while (r->end - r->at >= 8) {
        uint32_t type = word_at(r, r->at);
        uint32_t len = word_at(r, r->at + 4);

        if (len > r->end - r->at - 8) {
            fail(r, "a section is cut off");
            return;
        }
        r->at += 8;
        if (type == AOT_TARGET)
            read_target(r, w, len);
        else if (type == AOT_INIT_DATA)
            read_aot_memory(r, w, len);
        if (r->problem)
            return;
        /* Words are aligned where they are read. */
        r->at += len;
        r->at = r->end - r->at < 3 ? r->end : (r->at + 3) & ~(size_t)3;
    }
    if (!w->arch)
        fail(r, "it does not say what it was compiled for");
}

bool bw_wasm_read(bw_wasm *w, bw_arena *arena, const void *data, size_t len, const char **problem, size_t *offset)
{
    reader r = {.data = data, .at = 8, .end = len, .arena = arena};

    *w = (bw_wasm){.kind = bw_wasm_kind_of(data, len), .page = BW_WASM_PAGE};
    if (w->kind == BW_WASM_NONE) {
        *problem = "it begins as neither a WebAssembly module nor WAMR's AOT does";
        *offset = 0;
        return false;
    }
    w->version = word_at(&r, 4);
    if (w->kind == BW_WASM_AOT) {
        read_aot(&r, w);
    } else if (w->version != 1) {
        r.at = 4;
        fail(&r, "it is no module of version 1; components are of another");
    } else {
        read_module(&r, w);
    }
    *problem = r.problem;
    *offset = r.problem_at;
    return !r.problem;
}
