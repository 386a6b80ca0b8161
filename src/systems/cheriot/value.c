/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/value.h"

#include "json/number.h"
#include "systems/cheriot/check.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>

#define SPACE_END ((uint64_t)1 << 32)

/* Nobody looks for a spelling among more members than this. */
#define MANY_MEMBERS 1000

static bool is_null(const bw_json *value)
{
    return value && value->kind == BW_JSON_NULL;
}

static bw_finding *wrong_type(bw_cheriot_reader *r, const bw_json *value, const char *what, const char *expected)
{
    return bw_json_find(r->findings, BW_CODE_cheriot_type, value, "%s is %s, not %s", what, bw_json_kind_name(value),
                        expected);
}

bool bw_cheriot_misspelled(const bw_cheriot_reader *r, const bw_json *object, const char *key)
{
    if (!object || object->kind != BW_JSON_OBJECT || object->count > MANY_MEMBERS || bw_json_get(object, key))
        return false;
    for (uint32_t i = 0; i < object->count; i++) {
        const char *name = object->members[i].name;
        const char *near = g_strv_contains(r->keys, name) ? NULL : bw_nearest(name, r->keys);

        if (near && strcmp(near, key) == 0)
            return true;
    }
    return false;
}

/* ---- numbers ---- */

/* Text that Lua takes for a number where it computes. */
static bool text_as_number(const bw_json *value, double *number)
{
    char *text = g_strstrip(g_strdup(value->text));
    uint32_t len = (uint32_t)strlen(text);
    bw_json_number scanned = bw_json_number_scan(text, len);
    bool is_number = len && scanned.len == len && isfinite(scanned.value);

    if (is_number)
        *number = scanned.value;
    g_free(text);
    return is_number;
}

/* The number of a value. @return false after a finding (null has its own). */
static bool take_double(bw_cheriot_reader *r, const bw_json *value, const char *what, double *number)
{
    if (value->kind == BW_JSON_NUMBER) {
        *number = value->number;
        if (!isfinite(*number))
            bw_json_find(r->findings, BW_CODE_cheriot_type, value, "%s is %s, which is no number to count with", what,
                         value->text);
        return isfinite(*number);
    }
    if (value->kind == BW_JSON_STRING && text_as_number(value, number)) {
        bw_finding *f = bw_json_find(r->findings, BW_CODE_cheriot_loose_type, value,
                                     "%s is text; the build takes it for the number in it", what);
        bw_finding_cure(f, "write %s without quotes", value->text);
        return true;
    }
    if (!is_null(value))
        wrong_type(r, value, what, "a number");
    return false;
}

static bool take_address(bw_cheriot_reader *r, const bw_json *value, const char *what, bool is_start, double number)
{
    const char *why = NULL;

    if (number < 0)
        why = "is negative";
    else if (number != floor(number))
        why = "is no whole number";
    else if (number > (double)SPACE_END || (is_start && number == (double)SPACE_END))
        why = is_start ? "is no address of a 32-bit machine: the last one is 0xffffffff"
                       : "is more than a 32-bit machine has: at most 0x100000000 (4 GiB)";
    if (why)
        bw_json_find(r->findings, BW_CODE_cheriot_address, value, "%s, %s, %s", what, value->text, why);
    return !why;
}

static bool take_clock(bw_cheriot_reader *r, const bw_json *value, const char *what, double number)
{
    if (number < 0 || number > 1e15) {
        bw_json_find(r->findings, BW_CODE_cheriot_type, value, "%s is %s, which is %s", what, value->text,
                     number < 0 ? "negative" : "beyond all measure");
        return false;
    }
    if (number > 0 && number < 1) {
        bw_json_find(r->findings, BW_CODE_cheriot_type, value, "%s is %s, which the build rounds down to 0", what,
                     value->text);
        return false;
    }
    if (number != floor(number))
        bw_json_find(r->findings, BW_CODE_cheriot_loose_type, value, "%s is %s; the build rounds it down to %.0f", what,
                     value->text, floor(number));
    return true;
}

bw_cheriot_number bw_cheriot_read_number(bw_cheriot_reader *r, const bw_json *object, const char *key, const char *what,
                                         bw_cheriot_number_use use)
{
    bw_cheriot_number n = {.where = bw_json_get(object, key)};
    double number = 0;

    n.given = n.where || bw_cheriot_misspelled(r, object, key);
    if (!n.where || !take_double(r, n.where, what, &number))
        return n;
    n.known = use == BW_CHERIOT_CLOCK ? take_clock(r, n.where, what, number)
                                      : take_address(r, n.where, what, use == BW_CHERIOT_START, number);
    if (n.known)
        n.value = (uint64_t)number;
    return n;
}

/* ---- text, truth, lists ---- */

const char *bw_cheriot_read_text(bw_cheriot_reader *r, const bw_json *object, const char *key, const bw_json **value)
{
    const bw_json *v = bw_json_get(object, key);

    if (value)
        *value = v;
    if (!v || is_null(v))
        return NULL;
    if (v->kind == BW_JSON_STRING)
        return v->text;
    wrong_type(r, v, key, "text");
    return NULL;
}

bool bw_cheriot_read_truth(bw_cheriot_reader *r, const bw_json *object, const char *key)
{
    const bw_json *v = bw_json_get(object, key);

    if (!v || is_null(v) || v->kind == BW_JSON_FALSE)
        return false;
    if (v->kind != BW_JSON_TRUE) {
        bw_finding *f = bw_json_find(r->findings, BW_CODE_cheriot_loose_type, v,
                                     "%s is %s, and counts as true: only false is false", key, bw_json_kind_name(v));
        if (v->kind == BW_JSON_STRING && strcmp(v->text, "false") == 0)
            bw_finding_cure(f, "remove the quotes");
    }
    return true;
}

bw_cheriot_words bw_cheriot_read_words(bw_cheriot_reader *r, const bw_json *object, const char *key)
{
    const bw_json *v = bw_json_get(object, key);
    bw_cheriot_words words = {.value = v};

    if (!v || is_null(v) || (v->kind == BW_JSON_OBJECT && v->count == 0))
        return words;
    if (v->kind != BW_JSON_ARRAY && v->kind != BW_JSON_STRING) {
        wrong_type(r, v, key, "an array of text");
        return words;
    }
    uint32_t count = v->kind == BW_JSON_ARRAY ? v->count : 1;
    bw_cheriot_word *items = bw_arena_array(r->arena, bw_cheriot_word, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const bw_json *item = v->kind == BW_JSON_ARRAY ? v->items[i] : v;

        if (item->kind == BW_JSON_STRING)
            items[words.count++] = (bw_cheriot_word){item->text, item};
        else if (!is_null(item))
            wrong_type(r, item, v->kind == BW_JSON_ARRAY ? bw_arena_printf(r->arena, "an item of %s", key) : key,
                       "text");
    }
    words.items = items;
    return words;
}

const bw_json *bw_cheriot_read_kind(bw_cheriot_reader *r, const bw_json *object, const char *key, bw_json_kind kind)
{
    const bw_json *v = bw_json_get(object, key);
    bool empty = v && (v->kind == BW_JSON_ARRAY || v->kind == BW_JSON_OBJECT) && v->count == 0;

    if (!v || is_null(v) || v->kind == kind || empty)
        return is_null(v) ? NULL : v;
    wrong_type(r, v, key, kind == BW_JSON_ARRAY ? "an array" : "an object");
    return NULL;
}

void bw_cheriot_check_keys(bw_cheriot_reader *r, const bw_json *object, const char *where)
{
    for (uint32_t i = 0; object->kind == BW_JSON_OBJECT && i < object->count; i++) {
        const bw_json_member *m = &object->members[i];

        if (g_strv_contains(r->keys, m->name))
            continue;
        bw_finding *f = bw_findings_add(r->findings, BW_CODE_cheriot_unknown_key, m->place,
                                        "the build looks at no key %s of %s", m->name, where);
        const char *near = f ? bw_nearest(m->name, r->keys) : NULL;
        if (near)
            bw_finding_cure(f, "did you mean %s?", near);
    }
}

/* ---- extents ---- */

static const bw_json *where_of(const bw_cheriot_number *n, const bw_json *otherwise)
{
    return n->where ? n->where : otherwise;
}

/* What is not there at all; @return whether start and one of the others are. */
static bool check_given(bw_cheriot_reader *r, const bw_cheriot_extent *e)
{
    bool sized = e->end.given || e->length.given;

    if (e->start.given && sized)
        return true;
    if (r->board->broken)
        return false;
    bw_finding *f = bw_findings_add(r->findings, BW_CODE_cheriot_extent, e->place, "%s has no %s", e->name,
                                    e->start.given ? "end and no length"
                                    : sized        ? "start"
                                                   : "start, no end and no length");
    if (e->value->replaced && e->value->replaced->source)
        bw_finding_note(f, bw_json_place(e->value->replaced), "a patch put it in the place of this one");
    return false;
}

static void say_mismatch(bw_cheriot_reader *r, const bw_cheriot_extent *e)
{
    uint64_t past = e->start.value + e->length.value;
    /* The one that a patch added to the other is the one to edit. */
    bool length_is_later = bw_cheriot_file_of(r->board, e->length.where) > bw_cheriot_file_of(r->board, e->end.where);
    const bw_json *later = length_is_later ? e->length.where : e->end.where;
    bw_finding *f = bw_json_find(r->findings, BW_CODE_cheriot_extent_mismatch, later,
                                 "%s begins at 0x%" PRIx64 " and has 0x%" PRIx64 " bytes, which makes 0x%" PRIx64
                                 ", but its end is 0x%" PRIx64,
                                 e->name, e->start.value, e->length.value, past, e->end.value);

    bw_finding_note(f, bw_json_place(length_is_later ? e->end.where : e->length.where), "the %s is given here",
                    length_is_later ? "end" : "length");
    bw_finding_cure(f, "remove end or length");
}

/* Of an extent that is complete. */
static void measure(bw_cheriot_reader *r, bw_cheriot_extent *e)
{
    if (!e->start.known || (e->end.given && !e->end.known) || (e->length.given && !e->length.known))
        return;
    uint64_t past = e->end.given ? e->end.value : e->start.value + e->length.value;
    if (e->end.given && e->length.given && e->start.value + e->length.value != past) {
        say_mismatch(r, e);
        return;
    }
    if (past <= e->start.value) {
        const bw_json *where = where_of(&e->end, e->length.where);

        bw_json_find(r->findings, BW_CODE_cheriot_extent_empty, where,
                     past == e->start.value ? "%s is empty: it begins and ends at 0x%" PRIx64
                                            : "%s begins at 0x%" PRIx64 ", and ends before that at 0x%" PRIx64,
                     e->name, e->start.value, past);
        return;
    }
    if (past > SPACE_END) {
        bw_json_find(r->findings, BW_CODE_cheriot_address, where_of(&e->length, e->end.where),
                     "%s begins at 0x%" PRIx64 " and has 0x%" PRIx64 " bytes: it ends at 0x%" PRIx64
                     ", beyond the 4 GiB of a 32-bit machine",
                     e->name, e->start.value, e->length.value, past);
        return;
    }
    e->first = e->start.value;
    e->past = past;
    e->known = true;
}

bw_cheriot_extent bw_cheriot_read_extent(bw_cheriot_reader *r, const char *name, bw_place place, const bw_json *value)
{
    bw_cheriot_extent e = {.name = name, .place = place, .value = value};

    if (value->kind != BW_JSON_OBJECT) {
        if (!is_null(value))
            wrong_type(r, value, name, "an object with start and end or length");
        return e;
    }
    e.start =
        bw_cheriot_read_number(r, value, "start", bw_arena_printf(r->arena, "the start of %s", name), BW_CHERIOT_START);
    e.end = bw_cheriot_read_number(r, value, "end", bw_arena_printf(r->arena, "the end of %s", name), BW_CHERIOT_END);
    e.length =
        bw_cheriot_read_number(r, value, "length", bw_arena_printf(r->arena, "the length of %s", name), BW_CHERIOT_END);
    if (check_given(r, &e))
        measure(r, &e);
    return e;
}
