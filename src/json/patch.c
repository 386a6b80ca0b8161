/* SPDX-License-Identifier: Apache-2.0 */
#include "json/patch.h"

#include "json/number.h"
#include "json/pointer.h"

#include <math.h>
#include <stdarg.h>

typedef enum op_kind { OP_ADD, OP_REPLACE, OP_REMOVE, OP_TEST, OP_MOVE, OP_COPY, OP_COUNT } op_kind;

static const struct {
    const char *name;
    bool value, from; /* members that it needs */
} op_kinds[OP_COUNT] = {{"add", true, false},  {"replace", true, false}, {"remove", false, false},
                        {"test", true, false}, {"move", false, true},    {"copy", false, true}};

/* One operation, looked at. */
typedef struct operation {
    op_kind kind;
    const bw_json *json; /* the object */
    const bw_json *path_value, *from_value;
    const bw_json *value; /* or NULL */
    bw_pointer path, from;
} operation;

/* What CHERIoT's build would make of the operation at hand, kept until it is known that the operation fits at all. */
typedef struct difference {
    const bw_json *at;
    const char *text;    /* NULL: nothing else */
    const bw_json *note; /* the array with the hole, or NULL */
    const char *cure;    /* or NULL */
} difference;

typedef struct patcher {
    unsigned flags;
    bw_arena *arena;
    bw_findings *findings;
    uint32_t work;       /* values looked at or copied so far */
    const bw_json *json; /* the operation at hand */
    bool failed;         /* it cannot be applied; it is said */
    difference differs;  /* of it */
    GPtrArray *skip;     /* paths of operations that failed */
} patcher;

/* After so many operations that failed nobody wants to hear of more. */
#define MAX_FAILED 1000

/* Objects with more members than this are looked up in a table where two are compared. */
#define FEW_MEMBERS 32

/* ---- findings ---- */

static void *fail(patcher *p, const bw_json *at, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void *fail(patcher *p, const bw_json *at, const char *format, ...)
{
    va_list ap;

    p->failed = true;
    va_start(ap, format);
    bw_findings_addv(p->findings, BW_CODE_json_patch, bw_json_place(at), format, ap);
    va_end(ap);
    return NULL;
}

/* CHERIoT's build would do something else. Once an operation: the first reason is enough. */
static difference *differs(patcher *p, const bw_json *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static difference *differs(patcher *p, const bw_json *at, const char *format, ...)
{
    va_list ap;

    if (!(p->flags & BW_PATCH_CHERIOT) || p->differs.text)
        return NULL;
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    p->differs = (difference){.at = at, .text = bw_arena_strdup(p->arena, text)};
    g_free(text);
    return &p->differs;
}

static void say_difference(patcher *p)
{
    const difference *d = &p->differs;

    if (!d->text)
        return;
    bw_finding *f = bw_findings_add(p->findings, BW_CODE_cheriot_patch, bw_json_place(d->at), "%s", d->text);
    if (d->note)
        bw_finding_note(f, bw_json_place(d->note), "the array was written here");
    if (d->cure)
        bw_finding_cure(f, "%s", d->cure);
}

static const char *lead(patcher *p, const bw_pointer *pointer, uint32_t count)
{
    const char *text = bw_pointer_lead(pointer, count, p->arena);

    return *text ? text : "the document";
}

/* ---- the shape of an operation ---- */

static bool find_kind(patcher *p, const bw_json *json, op_kind *kind)
{
    const bw_json *op = bw_json_get(json, "op");

    if (!op || op->kind != BW_JSON_STRING) {
        fail(p, op ? op : json, op ? "op is %s, not the name of an operation" : "the operation has no op",
             bw_json_kind_name(op));
        return false;
    }
    for (int i = 0; i < OP_COUNT; i++)
        if (strcmp(op->text, op_kinds[i].name) == 0) {
            *kind = (op_kind)i;
            return true;
        }
    const char *names[OP_COUNT + 1] = {NULL};
    for (int i = 0; i < OP_COUNT; i++)
        names[i] = op_kinds[i].name;
    char *lower = g_ascii_strdown(op->text, -1);
    const char *near = bw_nearest(lower, names);
    bw_finding *f =
        bw_findings_add(p->findings, BW_CODE_json_patch, bw_json_place(op), "there is no operation \"%s\"", op->text);
    if (near)
        bw_finding_cure(f, "did you mean \"%s\"?", near);
    g_free(lower);
    p->failed = true;
    return false;
}

static bool find_pointer(patcher *p, const bw_json *json, const char *name, const bw_json **value, bw_pointer *pointer)
{
    *value = bw_json_get(json, name);
    if (!*value || (*value)->kind != BW_JSON_STRING) {
        fail(p, *value ? *value : json, *value ? "%s is %s, not a path" : "the operation has no %s", name,
             bw_json_kind_name(*value));
        return false;
    }
    const char *why = bw_pointer_parse((*value)->text, p->arena, pointer);
    if (why)
        fail(p, *value, "%s is not a JSON pointer: %s", (*value)->text, why);
    return !why;
}

static bool read_operation(patcher *p, const bw_json *json, operation *o)
{
    *o = (operation){.json = json};
    if (json->kind != BW_JSON_OBJECT) {
        fail(p, json, "an operation is an object, not %s", bw_json_kind_name(json));
        return false;
    }
    if (!find_kind(p, json, &o->kind) || !find_pointer(p, json, "path", &o->path_value, &o->path))
        return false;
    if (op_kinds[o->kind].from && !find_pointer(p, json, "from", &o->from_value, &o->from))
        return false;
    o->value = bw_json_get(json, "value");
    if (op_kinds[o->kind].value && !o->value) {
        fail(p, json, "%s has no value", op_kinds[o->kind].name);
        return false;
    }
    return true;
}

/* ---- what CHERIoT's build makes of it ---- */

static void compare_operation(patcher *p, const operation *o)
{
    if (o->kind >= OP_TEST)
        differs(p, bw_json_get(o->json, "op"), "CHERIoT's build knows add, replace and remove only, and refuses %s",
                op_kinds[o->kind].name);
    else if (o->kind != OP_REMOVE && o->value->kind == BW_JSON_FALSE)
        differs(p, o->value, "CHERIoT's build takes false for a missing value, and refuses the operation");
    if (o->path.count == 0 || (o->path.count == 1 && !*o->path.tokens[0]))
        differs(p, o->path_value, "CHERIoT's build refuses the path \"%s\"", o->path.text);
    if (o->path.escaped)
        differs(p, o->path_value, "CHERIoT's build does not decode ~0 and ~1: it takes the path's parts as written");
    for (uint32_t i = 0; i < o->path.count; i++)
        if (!*o->path.tokens[i])
            differs(p, o->path_value, "CHERIoT's build passes over the empty part of %s", o->path.text);
}

/* A part of a path that names a member of @p object. */
static void compare_member(patcher *p, const operation *o, const bw_json *object, const char *token)
{
    uint32_t len = (uint32_t)strlen(token);
    bw_json_number number = bw_json_number_scan(token, len);

    if (object->count == 0 && (strcmp(token, "-") == 0 || strcmp(token, "0") == 0))
        differs(p, o->path_value, "CHERIoT's build makes an array of the empty object that %s leads to", o->path.text);
    else if (number.len == len && len && isfinite(number.value))
        differs(p, o->path_value, "CHERIoT's build takes %s for a number, and makes a second member that nothing finds",
                token);
}

static void compare_array_removal(patcher *p, const operation *o, const bw_json *array, uint32_t index)
{
    if (o->kind != OP_REMOVE || index + 1 >= array->count)
        return;
    uint32_t lost = array->count - 1 - index;
    difference *d =
        differs(p, o->path_value, "CHERIoT's build leaves a hole in the array: it loses the %u item%s behind index %u",
                (unsigned)lost, lost == 1 ? "" : "s", (unsigned)index);
    if (d) {
        d->note = array;
        d->cure = "replace the whole array";
    }
}

/* ---- making values ---- */

/* Every value that is looked at costs; hostile patches end here. */
static bool charge(patcher *p, uint32_t values)
{
    if (values > BW_PATCH_MAX_VALUES - p->work) {
        p->work = BW_PATCH_MAX_VALUES;
        if (!p->failed)
            fail(p, p->json, "the patch moves more than %d values about", BW_PATCH_MAX_VALUES);
        return false;
    }
    p->work += values;
    return true;
}

/* How deep a value is; gives up beyond the limit. */
static int depth_of(const bw_json *value, int limit)
{
    int deepest = 0;

    if (value->kind != BW_JSON_ARRAY && value->kind != BW_JSON_OBJECT)
        return 0;
    if (limit <= 0)
        return 1;
    for (uint32_t i = 0; i < value->count && deepest < limit; i++) {
        int depth = depth_of(value->kind == BW_JSON_ARRAY ? value->items[i] : value->members[i].value, limit - 1);

        deepest = MAX(deepest, depth);
    }
    return deepest + 1;
}

/* Values in it, itself counted; gives up beyond the limit, so that what refers to one thing many times costs no more.
 */
static uint32_t size_of(const bw_json *value, uint32_t limit)
{
    uint32_t size = 1;

    if (value->kind != BW_JSON_ARRAY && value->kind != BW_JSON_OBJECT)
        return 1;
    for (uint32_t i = 0; i < value->count && size <= limit; i++)
        size += size_of(value->kind == BW_JSON_ARRAY ? value->items[i] : value->members[i].value, limit - size);
    return size;
}

/* The members of an object by name, for who looks up many. */
static GHashTable *table_of(const bw_json *object)
{
    if (object->kind != BW_JSON_OBJECT || object->count <= FEW_MEMBERS)
        return NULL;
    GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
    for (uint32_t i = 0; i < object->count; i++)
        g_hash_table_insert(table, (gpointer)(uintptr_t)object->members[i].name,
                            (gpointer)(uintptr_t)object->members[i].value);
    return table;
}

static const bw_json *look_up(const bw_json *object, GHashTable *table, const char *name)
{
    return table ? g_hash_table_lookup(table, name) : bw_json_get(object, name);
}

/* A value in the place of another: findings about it, or about members that both have, can show what was there. */
static const bw_json *in_place_of(patcher *p, const bw_json *value, const bw_json *old)
{
    if (value == old)
        return value;
    bw_json *copy = bw_arena_dup(p->arena, value, sizeof *value);
    copy->replaced = old;
    if (value->kind != BW_JSON_OBJECT || old->kind != BW_JSON_OBJECT)
        return copy;
    bw_json_member *members = bw_arena_array(p->arena, bw_json_member, value->count + 1);
    GHashTable *table = table_of(old);
    for (uint32_t i = 0; i < value->count; i++) {
        const bw_json *before = look_up(old, table, value->members[i].name);

        members[i] = value->members[i];
        if (before)
            members[i].value = in_place_of(p, members[i].value, before);
    }
    if (table)
        g_hash_table_destroy(table);
    copy->members = members;
    return copy;
}

/* An array with @p more items (1, 0, -1) at @p index; the value there is for the caller to set. */
static bw_json *array_with(patcher *p, const bw_json *array, uint32_t index, int more, const bw_json *value)
{
    bw_json *copy = bw_arena_dup(p->arena, array, sizeof *array);

    copy->count = (uint32_t)((int64_t)array->count + more);
    const bw_json **items = bw_arena_array(p->arena, const bw_json *, copy->count + 1);
    uint32_t rest = index + (more <= 0); /* first of the old items behind the place */
    if (index)
        memcpy(items, array->items, index * sizeof *items);
    if (rest < array->count)
        memcpy(items + (int64_t)rest + more, array->items + rest, (array->count - rest) * sizeof *items);
    if (more >= 0)
        items[index] = value;
    copy->items = items;
    return copy;
}

static bw_json *object_with(patcher *p, const bw_json *object, const bw_json_member *old, const bw_json_member *member)
{
    bw_json *copy = bw_arena_dup(p->arena, object, sizeof *object);
    uint32_t n = 0;

    bw_json_member *members = bw_arena_array(p->arena, bw_json_member, object->count + 1);
    for (uint32_t i = 0; i < object->count; i++) {
        if (&object->members[i] != old)
            members[n++] = object->members[i];
        else if (member)
            members[n++] = *member;
    }
    if (!old && member)
        members[n++] = *member;
    copy->members = members;
    copy->count = n;
    return copy;
}

/* ---- walking to the place ---- */

/* What a pointer leads to, or NULL; says nothing of what is not there. */
static const bw_json *find(patcher *p, const bw_json *value, const bw_pointer *pointer)
{
    for (uint32_t i = 0; i < pointer->count && value; i++) {
        uint32_t index;

        if (!charge(p, value->count + 1))
            return NULL;
        if (value->kind == BW_JSON_OBJECT)
            value = bw_json_get(value, pointer->tokens[i]);
        else if (value->kind == BW_JSON_ARRAY && bw_pointer_index(pointer->tokens[i], &index) && index < value->count)
            value = value->items[index];
        else
            value = NULL;
    }
    return value;
}

/* An index into @p array by the token @p i. @param behind whether the place behind the last item counts */
static bool take_index(patcher *p, const operation *o, uint32_t i, const bw_json *array, bool behind, uint32_t *index)
{
    const char *token = o->path.tokens[i];

    if (strcmp(token, "-") == 0) {
        *index = array->count;
        if (!behind)
            fail(p, o->path_value, "'-' is the place behind the last item of %s, and nothing is there yet",
                 lead(p, &o->path, i));
        return behind;
    }
    if (!bw_pointer_index(token, index)) {
        fail(p, o->path_value, "%s is an array, and '%s' is no index of one", lead(p, &o->path, i), token);
        return false;
    }
    if (*index > array->count || (*index == array->count && !behind)) {
        fail(p, o->path_value, "%s has %u item%s, so there is no index %u", lead(p, &o->path, i),
             (unsigned)array->count, array->count == 1 ? "" : "s", (unsigned)*index);
        return false;
    }
    return true;
}

/* Members that are near to a name that is not there. */
static void cure_name(bw_finding *f, const bw_json *object, const char *name)
{
    const char **names = g_new0(const char *, object->count + 1);

    for (uint32_t i = 0; i < object->count; i++)
        names[i] = object->members[i].name;
    const char *near = object->count < 1000 ? bw_nearest(name, names) : NULL;
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    g_free(names);
}

/* The token @p i names no member. @return the object where that is taken. */
static const bw_json *missing(patcher *p, const operation *o, const bw_json *object, uint32_t i)
{
    bw_code code = BW_CODE_json_patch;
    const char *token = o->path.tokens[i];
    bool last = i + 1 == o->path.count;
    bool lenient = (p->flags & BW_PATCH_LENIENT) && last && (o->kind == OP_REPLACE || o->kind == OP_REMOVE);

    if (lenient)
        code = BW_CODE_json_patch_missing;
    else
        p->failed = true;
    bw_finding *f =
        bw_findings_add(p->findings, code, bw_json_place(o->path_value), "%s has no member %s%s", lead(p, &o->path, i),
                        *token ? token : "\"\"",
                        !lenient                ? ""
                        : o->kind == OP_REPLACE ? " to replace, so that it is made: RFC 6902 would refuse it"
                                                : " to remove, so that nothing is done: RFC 6902 would refuse it");
    cure_name(f, object, token);
    if (f && !f->cure && lenient && o->kind == OP_REPLACE)
        bw_finding_cure(f, "write \"op\": \"add\"");
    if (i > 0)
        bw_finding_note(f, bw_json_place(object), "the object is written here");
    return lenient ? object : NULL;
}

static const bw_json *edit_object(patcher *p, const operation *o, const bw_json *object, const bw_json *value)
{
    const char *token = o->path.tokens[o->path.count - 1];
    const bw_json_member *old = bw_json_member_of(object, token);

    compare_member(p, o, object, token);
    if (!old && (o->kind == OP_REPLACE || o->kind == OP_REMOVE)) {
        const bw_json *go_on = missing(p, o, object, o->path.count - 1);

        if (!go_on || o->kind == OP_REMOVE)
            return go_on;
    }
    if (!value)
        return object_with(p, object, old, NULL);
    bw_json_member member = {.name = token, .place = bw_json_place(o->path_value), .value = value};
    if (old)
        member = (bw_json_member){old->name, old->place, in_place_of(p, value, old->value)};
    return object_with(p, object, old, &member);
}

static const bw_json *edit_array(patcher *p, const operation *o, const bw_json *array, const bw_json *value)
{
    bool inserts = o->kind != OP_REPLACE && o->kind != OP_REMOVE;
    uint32_t index;

    if (!take_index(p, o, o->path.count - 1, array, inserts, &index))
        return NULL;
    compare_array_removal(p, o, array, index);
    if (value && !inserts)
        value = in_place_of(p, value, array->items[index]);
    return array_with(p, array, index, !value ? -1 : inserts ? 1 : 0, value);
}

/* Sets what the path leads to (NULL: takes it away) in @p at, which the first @p i tokens led to.
 * @return the new value of @p at, or NULL after a finding. Recursion: a path that leads somewhere is no deeper than the
 * document. */
static const bw_json *edit(patcher *p, const operation *o, const bw_json *at, uint32_t i, const bw_json *value)
{
    const char *token = o->path.tokens[i];
    uint32_t index;

    if (!charge(p, at->count + 1))
        return NULL;
    if (at->kind != BW_JSON_OBJECT && at->kind != BW_JSON_ARRAY)
        return fail(p, o->path_value, "%s is %s, so it has no %s", lead(p, &o->path, i), bw_json_kind_name(at), token);
    if (i + 1 == o->path.count)
        return at->kind == BW_JSON_OBJECT ? edit_object(p, o, at, value) : edit_array(p, o, at, value);
    if (at->kind == BW_JSON_ARRAY) {
        if (!take_index(p, o, i, at, false, &index))
            return NULL;
        const bw_json *below = edit(p, o, at->items[index], i + 1, value);
        return !below ? NULL : below == at->items[index] ? at : array_with(p, at, index, 0, below);
    }
    const bw_json_member *member = bw_json_member_of(at, token);
    if (!member)
        return missing(p, o, at, i);
    compare_member(p, o, at, token);
    const bw_json *below = edit(p, o, member->value, i + 1, value);
    if (!below || below == member->value)
        return below ? at : NULL;
    bw_json_member changed = {member->name, member->place, below};
    return object_with(p, at, member, &changed);
}

/* ---- operations ---- */

/* Where an operation that has one reads from. */
static const bw_json *source_of(patcher *p, const operation *o, const bw_json *document)
{
    const bw_json *value = find(p, document, &o->from);

    if (!value && p->failed)
        return NULL;
    if (!value)
        return fail(p, o->from_value, "there is nothing at %s", o->from.text);
    return value;
}

static const bw_json *test(patcher *p, const operation *o, const bw_json *document)
{
    const bw_json *value = find(p, document, &o->path);

    if (!value && p->failed)
        return NULL;
    if (!value)
        return fail(p, o->path_value, "there is nothing at %s to test", o->path.text);
    if (charge(p, size_of(value, BW_PATCH_MAX_VALUES - p->work)) && bw_json_equal(value, o->value))
        return document;
    if (!p->failed) {
        bw_finding *f = bw_findings_add(p->findings, BW_CODE_json_patch, bw_json_place(o->value),
                                        "the test fails: %s is not this value", lead(p, &o->path, o->path.count));
        bw_finding_note(f, bw_json_place(value), "it is this one");
    }
    return NULL;
}

static bool is_inside(const bw_pointer *path, const bw_pointer *from)
{
    if (path->count <= from->count)
        return false;
    for (uint32_t i = 0; i < from->count; i++)
        if (strcmp(path->tokens[i], from->tokens[i]) != 0)
            return false;
    return true;
}

static const bw_json *set(patcher *p, const operation *o, const bw_json *document, const bw_json *value)
{
    int room = BW_JSON_MAX_DEPTH - (int)MIN(o->path.count, BW_JSON_MAX_DEPTH);

    if (value && !charge(p, size_of(value, BW_PATCH_MAX_VALUES - p->work)))
        return NULL;
    if (value && depth_of(value, room) > room)
        return fail(p, o->path_value, "the document would be nested more than %d deep", BW_JSON_MAX_DEPTH);
    if (o->path.count == 0)
        return value ? in_place_of(p, value, document) : fail(p, o->path_value, "the whole document cannot be removed");
    return edit(p, o, document, 0, value);
}

static const bw_json *move(patcher *p, const operation *o, const bw_json *document)
{
    const bw_json *value = source_of(p, o, document);
    operation removal = {.kind = OP_REMOVE, .json = o->json, .path_value = o->from_value, .path = o->from};

    if (!value)
        return NULL;
    if (o->path.count == o->from.count && strcmp(o->path.text, o->from.text) == 0)
        return document;
    if (o->from.count == 0 || is_inside(&o->path, &o->from))
        return fail(p, o->path_value, "%s cannot be moved into itself", lead(p, &o->from, o->from.count));
    document = edit(p, &removal, document, 0, NULL);
    return document ? set(p, o, document, value) : NULL;
}

static const bw_json *copy(patcher *p, const operation *o, const bw_json *document)
{
    const bw_json *value = source_of(p, o, document);

    return value ? set(p, o, document, value) : NULL;
}

static const bw_json *apply(patcher *p, const operation *o, const bw_json *document)
{
    switch (o->kind) {
    case OP_TEST:
        return test(p, o, document);
    case OP_MOVE:
        return move(p, o, document);
    case OP_COPY:
        return copy(p, o, document);
    case OP_REMOVE:
        return set(p, o, document, NULL);
    default:
        return set(p, o, document, o->value);
    }
}

/* Whether an earlier operation failed at this path or above it: what it says now follows from that. */
static bool follows_failure(const patcher *p, const char *path)
{
    for (guint i = 0; path && i < p->skip->len; i++) {
        const char *failed = p->skip->pdata[i];
        size_t len = strlen(failed);

        if (strncmp(path, failed, len) == 0 && (path[len] == '\0' || path[len] == '/'))
            return true;
    }
    return false;
}

static const char *path_text(const bw_json *json)
{
    const bw_json *path = bw_json_get(json, "path");

    return path && path->kind == BW_JSON_STRING ? path->text : NULL;
}

static void begin_operation(patcher *p, const bw_json *json)
{
    p->json = json;
    p->failed = false;
    p->differs = (difference){0};
}

const bw_json *bw_json_patch(const bw_json *document, const bw_json *operations, unsigned flags, bw_arena *arena,
                             bw_findings *findings, bool *ok)
{
    patcher p = {.flags = flags, .arena = arena, .findings = findings, .skip = g_ptr_array_new()};
    bool failed = false;

    for (uint32_t i = 0; i < operations->count; i++) {
        const bw_json *json = operations->items[i];
        const bw_json *result = NULL;
        operation o;

        if (follows_failure(&p, path_text(json)))
            continue;
        begin_operation(&p, json);
        if (read_operation(&p, json, &o)) {
            compare_operation(&p, &o);
            result = apply(&p, &o, document);
        }
        if (result) {
            say_difference(&p);
            document = result;
            continue;
        }
        failed = true;
        if (path_text(json))
            g_ptr_array_add(p.skip, (gpointer)(uintptr_t)path_text(json));
        if (p.work >= BW_PATCH_MAX_VALUES || p.skip->len > MAX_FAILED)
            break;
    }
    g_ptr_array_free(p.skip, TRUE);
    if (failed && ok)
        *ok = false;
    return document;
}

bool bw_json_patch_check(const bw_json *operations, unsigned flags, bw_findings *findings)
{
    patcher p = {.flags = flags, .findings = findings};
    bw_arena arena;
    bool ok = true;

    bw_arena_init(&arena);
    p.arena = &arena;
    for (uint32_t i = 0; i < operations->count; i++) {
        operation o;

        begin_operation(&p, operations->items[i]);
        if (read_operation(&p, operations->items[i], &o)) {
            compare_operation(&p, &o);
            say_difference(&p);
        } else {
            ok = false;
        }
    }
    bw_arena_free(&arena);
    return ok;
}

static bool equal_members(const bw_json *a, const bw_json *b)
{
    GHashTable *table = table_of(b);
    bool equal = true;

    for (uint32_t i = 0; i < a->count && equal; i++) {
        const bw_json *other = look_up(b, table, a->members[i].name);

        equal = other && bw_json_equal(a->members[i].value, other);
    }
    if (table)
        g_hash_table_destroy(table);
    return equal;
}

bool bw_json_equal(const bw_json *a, const bw_json *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == BW_JSON_NUMBER)
        return a->number == b->number;
    if (a->kind == BW_JSON_STRING)
        return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
    if (a->kind == BW_JSON_OBJECT)
        return equal_members(a, b);
    for (uint32_t i = 0; i < a->count; i++)
        if (!bw_json_equal(a->items[i], b->items[i]))
            return false;
    return true;
}
