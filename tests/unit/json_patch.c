/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json/patch.h"
#include "json/write.h"

#include "reader.h"

#define ROUNDS 10000

static const bw_json *read_text(fixture *f, const char *text)
{
    return bw_json_read(bw_source_from_memory(f->ctx->sources, "t.json", text, strlen(text)), BW_JSON_CJSON, &f->arena,
                        &f->findings);
}

/* The patched document on one line with sorted names, or NULL when an operation failed. */
static char *patched(fixture *f, const char *document, const char *patch, unsigned flags)
{
    static const bw_json_format format = {.sorted = true, .compact = true};
    bool ok = true;

    forget(f);
    const bw_json *d = read_text(f, document);
    const bw_json *p = read_text(f, patch);
    assert_non_null(d);
    assert_non_null(p);
    const bw_json *result = bw_json_patch(d, p, flags, &f->arena, &f->findings, &ok);
    if (!ok || !(flags & BW_PATCH_CHERIOT))
        assert_int_equal(ok, f->findings.counts[BW_ERROR] == 0);
    return ok ? bw_json_text_of(result, &format) : NULL;
}

/* Whether a text is @p line and a line end, or both are NULL. */
static bool is_line(const char *text, const char *line)
{
    size_t len = line ? strlen(line) : 0;

    return !text == !line && (!text || (strncmp(text, line, len) == 0 && strcmp(text + len, "\n") == 0));
}

/* ---- cases ---- */

/* RFC 6902, appendix A, and what its text says; NULL: an error. */
static const struct {
    const char *document, *patch, *result;
} rfc[] = {
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
     "{\"baz\":\"qux\",\"foo\":\"bar\"}"},
    {"{\"foo\":[\"bar\",\"baz\"]}", "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
     "{\"foo\":[\"bar\",\"qux\",\"baz\"]}"},
    {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]", "{\"foo\":\"bar\"}"},
    {"{\"foo\":[\"bar\",\"qux\",\"baz\"]}", "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}"},
    {"{\"baz\":\"qux\"}", "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]", "{\"baz\":\"boo\"}"},
    {"{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
     "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
     "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}"},
    {"{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}", "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
     "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}"},
    {"{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
     "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
     "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}"},
    {"{\"baz\":\"qux\"}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", NULL},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
     "{\"child\":{\"grandchild\":{}},\"foo\":\"bar\"}"},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]",
     "{\"baz\":\"qux\",\"foo\":\"bar\"}"},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", NULL},
    {"{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]", "{\"/\":9,\"~1\":10}"},
    {"{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", NULL},
    {"{\"foo\":[\"bar\"]}", "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
     "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}"},
    {"{}", "[{\"op\":\"add\",\"path\":\"\",\"value\":[1]}]", "[1]"},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/\",\"value\":2}]", "{\"\":2,\"a\":1}"},
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/b\"}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"\"}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/1\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/-\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/2\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/01\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/-1\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/1.0\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/0x1\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":2}]", NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/4294967296\",\"value\":2}]", NULL},
    {"{\"a\":[]}", "[{\"op\":\"remove\",\"path\":\"/a/0\"}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"a\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a~2\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a~\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"ADD\",\"path\":\"/a\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"path\":\"/a\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":3,\"value\":2}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/b\"}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"move\",\"path\":\"/b\"}]", NULL},
    {"{\"a\":1}", "[{\"op\":\"copy\",\"path\":\"/b\",\"from\":\"/c\"}]", NULL},
    {"{\"a\":1}", "[3]", NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/c\"}]", NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", "{\"a\":{\"b\":1}}"},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/c\"}]", "{\"a\":{\"b\":1,\"c\":{\"b\":1}}}"},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/c\"}]",
     "{\"a\":{\"b\":1},\"c\":{\"a\":{\"b\":1}}}"},
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":false}]", "{\"a\":false}"},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]", "{\"a\":null}"},
    {"{\"a\":{\"x\":[1,{\"y\":2}]}}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":{\"x\":[1.0,{\"y\":2e0}]}}]",
     "{\"a\":{\"x\":[1,{\"y\":2}]}}"},
};

static void test_rfc(void **state)
{
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rfc); i++) {
        char *result = patched(f, rfc[i].document, rfc[i].patch, 0);

        if (!is_line(result, rfc[i].result))
            fail_msg("row %zu, %s on %s: %s", i, rfc[i].patch, rfc[i].document,
                     result ? result : f->findings.first->text);
        /* One operation that fails is one finding. */
        if (!result)
            assert_null(f->findings.first->next);
        else
            assert_null(f->findings.first);
        g_free(result);
    }
}

/* What real boards need, and what CHERIoT's build makes something else of; `code` once, or none at all. */
static const struct {
    const char *document, *patch, *result;
    int code; /* -1: none */
} cheriot[] = {
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/cpu\",\"value\":2}]", "{\"a\":1,\"cpu\":2}",
     BW_CODE_json_patch_missing},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/b\"}]", "{\"a\":1}", BW_CODE_json_patch_missing},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/b/c\"}]", NULL, BW_CODE_json_patch},
    {"{\"a\":[1]}", "[{\"op\":\"remove\",\"path\":\"/a/1\"}]", NULL, BW_CODE_json_patch},
    {"{\"a\":[1,2,3]}", "[{\"op\":\"remove\",\"path\":\"/a/2\"}]", "{\"a\":[1,2]}", -1},
    {"{\"a\":[1,2,3]}", "[{\"op\":\"remove\",\"path\":\"/a/0\"}]", "{\"a\":[2,3]}", BW_CODE_cheriot_patch},
    {"{\"a\":[1,2,3]}", "[{\"op\":\"remove\",\"path\":\"/a/1\"}]", "{\"a\":[1,3]}", BW_CODE_cheriot_patch},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":false}]", "{\"a\":false}", BW_CODE_cheriot_patch},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":0}]", "{\"a\":0}", -1},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":\"\"}]", "{\"a\":\"\"}", -1},
    {"{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":1}]", "{\"a\":1}", BW_CODE_cheriot_patch},
    {"{\"a\":1}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]", "{\"a\":1,\"b\":1}", BW_CODE_cheriot_patch},
    {"{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"}]", "{\"b\":1}", BW_CODE_cheriot_patch},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"\",\"value\":{}}]", "{}", BW_CODE_cheriot_patch},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/\",\"value\":2}]", "{\"\":2,\"a\":1}", BW_CODE_cheriot_patch},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a~1b\",\"value\":2}]", "{\"a\":1,\"a/b\":2}", BW_CODE_cheriot_patch},
    {"{\"a\":{}}", "[{\"op\":\"add\",\"path\":\"/a/\",\"value\":2}]", "{\"a\":{\"\":2}}", BW_CODE_cheriot_patch},
    {"{\"n\":{\"3\":1}}", "[{\"op\":\"replace\",\"path\":\"/n/3\",\"value\":2}]", "{\"n\":{\"3\":2}}",
     BW_CODE_cheriot_patch},
    {"{\"n\":{\"3\":{}}}", "[{\"op\":\"add\",\"path\":\"/n/3/x\",\"value\":2}]", "{\"n\":{\"3\":{\"x\":2}}}",
     BW_CODE_cheriot_patch},
    {"{\"n\":{}}", "[{\"op\":\"add\",\"path\":\"/n/-\",\"value\":2}]", "{\"n\":{\"-\":2}}", BW_CODE_cheriot_patch},
    {"{\"n\":{}}", "[{\"op\":\"add\",\"path\":\"/n/x\",\"value\":2}]", "{\"n\":{\"x\":2}}", -1},
    {"{\"n\":{}}", "[{\"op\":\"add\",\"path\":\"/n/nan\",\"value\":2}]", "{\"n\":{\"nan\":2}}", -1},
    {"{\"n\":[]}", "[{\"op\":\"add\",\"path\":\"/n/-\",\"value\":2}]", "{\"n\":[2]}", -1},
    {"{\"n\":[1]}", "[{\"op\":\"add\",\"path\":\"/n/0\",\"value\":2}]", "{\"n\":[2,1]}", -1},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/b/c~1d\",\"value\":2}]", NULL, BW_CODE_json_patch},
    {"{\"a\":1}", "[{\"op\":\"Add\",\"path\":\"/b\",\"value\":2},{\"op\":\"add\",\"path\":\"/b/c\",\"value\":2}]", NULL,
     BW_CODE_json_patch},
};

static void test_cheriot(void **state)
{
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(cheriot); i++) {
        char *result = patched(f, cheriot[i].document, cheriot[i].patch, BW_PATCH_LENIENT | BW_PATCH_CHERIOT);
        const bw_finding *finding = f->findings.first;

        if (!is_line(result, cheriot[i].result))
            fail_msg("row %zu, %s: %s", i, cheriot[i].patch, result ? result : finding->text);
        if ((finding ? (int)finding->code : -1) != cheriot[i].code || (finding && finding->next))
            fail_msg("row %zu, %s: %s", i, cheriot[i].patch, finding ? finding->text : "no finding");
        g_free(result);
    }
}

/* A finding about a value that a patch set shows the patch, and the base in a note. */
static void test_replaced(void **state)
{
    fixture *f = *state;
    const bw_json *base = read_text(f, "{\"uart\": {\"start\": 16, \"end\": 32}, \"l\": [1, 2]}");
    const bw_json *patch = read_text(
        f, "[{\"op\": \"add\", \"path\": \"/uart\", \"value\": {\"start\": 64, \"length\": 1}}, {\"op\": \"replace\", "
           "\"path\": \"/l/1\", \"value\": 3}, {\"op\": \"add\", \"path\": \"/new\", \"value\": 4}]");
    const bw_json *d = bw_json_patch(base, patch, BW_PATCH_LENIENT | BW_PATCH_CHERIOT, &f->arena, &f->findings, NULL);
    const bw_json *uart = bw_json_get(d, "uart");

    assert_null(f->findings.first);
    assert_ptr_equal(uart->replaced, bw_json_get(base, "uart"));
    assert_ptr_equal(bw_json_get(uart, "start")->replaced, bw_json_get(bw_json_get(base, "uart"), "start"));
    assert_ptr_equal(bw_json_get(uart, "start")->source, patch->source);
    assert_null(bw_json_get(uart, "length")->replaced);
    assert_ptr_equal(bw_json_get(d, "l")->items[1]->replaced, bw_json_get(base, "l")->items[1]);
    assert_ptr_equal(bw_json_member_of(d, "new")->place.source, patch->source);
    assert_ptr_equal(bw_json_member_of(d, "uart")->place.source, base->source);
    bw_finding *finding = bw_json_find(&f->findings, BW_CODE_cheriot_type, bw_json_get(uart, "start"), "x");
    assert_non_null(finding->related);
    assert_ptr_equal(finding->related->place.source, base->source);
    /* The base itself is what it was. */
    assert_null(bw_json_get(base, "uart")->replaced);
    assert_int_equal(base->count, 2);
}

/* Patches made to take all memory or time. */
static void test_limits(void **state)
{
    fixture *f = *state;
    GString *copies = g_string_new("[");
    GString *deep = g_string_new("[");
    GString *path = g_string_new("");

    for (int i = 0; i < 64; i++)
        g_string_append_printf(copies, "%s{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a%d\"}", i ? "," : "", i);
    g_string_append(copies, "]");
    assert_null(patched(f, "{}", copies->str, 0));
    for (int i = 0; i < 1200; i++) {
        g_string_append(path, "/a");
        g_string_append_printf(deep, "%s{\"op\":\"add\",\"path\":\"%s\",\"value\":{}}", i ? "," : "", path->str);
    }
    g_string_append(deep, "]");
    assert_null(patched(f, "{}", deep->str, 0));
    assert_non_null(strstr(f->findings.first->text, "1000 deep"));
    assert_null(f->findings.first->next);
    g_string_free(copies, TRUE);
    g_string_free(deep, TRUE);
    g_string_free(path, TRUE);
}

/* ---- a straight reading of RFC 6902, on values of jansson that it changes in place ---- */

/* The next token of a pointer, decoded; freed by the caller. NULL: the pointer is none. */
static char *token(const char **pointer)
{
    GString *out = g_string_new(NULL);
    const char *p = *pointer + 1;

    for (; *p && *p != '/'; p++) {
        if (*p != '~')
            g_string_append_c(out, *p);
        else if (p[1] == '0' || p[1] == '1')
            g_string_append_c(out, *++p == '0' ? '~' : '/');
        else
            return g_string_free(out, TRUE), NULL;
    }
    *pointer = p;
    return g_string_free(out, FALSE);
}

static bool is_pointer(const char *pointer)
{
    if (*pointer && *pointer != '/')
        return false;
    while (*pointer) {
        char *t = token(&pointer);

        if (!t)
            return false;
        g_free(t);
    }
    return true;
}

static bool index_of(const char *text, size_t *index)
{
    if (strspn(text, "0123456789") != strlen(text) || !*text || strlen(text) > 9 || (*text == '0' && text[1]))
        return false;
    *index = (size_t)atoi(text);
    return true;
}

static json_t *step(json_t *at, const char *name)
{
    size_t index;

    if (json_is_object(at))
        return json_object_get(at, name);
    return json_is_array(at) && index_of(name, &index) ? json_array_get(at, index) : NULL;
}

/* The value at a pointer; or, with @p last, what holds it, and the last token. */
static json_t *walk(json_t *document, const char *pointer, char **last)
{
    json_t *at = document;

    while (*pointer && at) {
        char *name = token(&pointer);

        if (last && !*pointer) {
            *last = name;
            return at;
        }
        at = step(at, name);
        g_free(name);
    }
    return at;
}

static bool naive_remove(json_t **document, const char *path, bool lenient)
{
    char *name = NULL;
    json_t *holder = walk(*document, path, &name);
    size_t index;
    bool ok = false;

    if (holder && name && json_is_object(holder))
        ok = json_object_get(holder, name) ? json_object_del(holder, name) == 0 : lenient;
    else if (holder && name && json_is_array(holder) && index_of(name, &index))
        ok = json_array_remove(holder, index) == 0;
    g_free(name);
    return ok;
}

/* Takes over @p value. */
static bool naive_add(json_t **document, const char *path, json_t *value)
{
    char *name = NULL;
    size_t index;
    bool ok = false;

    if (!*path) {
        json_decref(*document);
        *document = value;
        return true;
    }
    json_t *holder = walk(*document, path, &name);
    if (holder && name && json_is_object(holder))
        ok = json_object_set(holder, name, value) == 0;
    else if (holder && name && json_is_array(holder) && strcmp(name, "-") == 0)
        ok = json_array_append(holder, value) == 0;
    else if (holder && name && json_is_array(holder) && index_of(name, &index) && index <= json_array_size(holder))
        ok = json_array_insert(holder, index, value) == 0;
    g_free(name);
    json_decref(value);
    return ok;
}

static bool naive_replace(json_t **document, const char *path, json_t *value, bool lenient)
{
    char *name = NULL;
    json_t *there = walk(*document, path, NULL);
    json_t *holder = walk(*document, path, &name);
    size_t index;
    bool ok = false;

    if (!*path)
        return naive_add(document, path, json_incref(value));
    if (holder && json_is_object(holder))
        ok = (there || lenient) && json_object_set(holder, name, value) == 0;
    else if (there && index_of(name, &index))
        ok = json_array_set(holder, index, value) == 0;
    g_free(name);
    return ok;
}

static bool naive_operation(json_t **document, json_t *o, bool lenient)
{
    const char *op = json_string_value(json_object_get(o, "op"));
    const char *path = json_string_value(json_object_get(o, "path"));
    const char *from = json_string_value(json_object_get(o, "from"));
    json_t *value = json_object_get(o, "value");
    size_t len = from ? strlen(from) : 0;

    if (!op || !path || !is_pointer(path))
        return false;
    if (strcmp(op, "remove") == 0)
        return naive_remove(document, path, lenient);
    if (strcmp(op, "add") == 0)
        return value && naive_add(document, path, json_deep_copy(value));
    if (strcmp(op, "replace") == 0) {
        json_t *copy = value ? json_deep_copy(value) : NULL;
        bool ok = copy && naive_replace(document, path, copy, lenient);
        json_decref(copy);
        return ok;
    }
    if (strcmp(op, "test") == 0) {
        json_t *there = walk(*document, path, NULL);
        return value && there && json_equal(there, value);
    }
    if (!from || !is_pointer(from) || !walk(*document, from, NULL))
        return false;
    json_t *copy = json_deep_copy(walk(*document, from, NULL));
    if (strcmp(op, "move") == 0) {
        bool same = strcmp(from, path) == 0;
        bool inside = strncmp(path, from, len) == 0 && path[len] == '/';

        if (same || inside || !naive_remove(document, from, false)) {
            json_decref(copy);
            return same;
        }
    } else if (strcmp(op, "copy") != 0) {
        json_decref(copy);
        return false;
    }
    return naive_add(document, path, copy);
}

/* @return the patched document, or NULL at the first operation that fails. */
static json_t *naive_patch(const char *document, const char *patch, bool lenient)
{
    json_t *d = json_loads(document, 0, NULL);
    json_t *operations = json_loads(patch, 0, NULL);
    json_t *o;
    size_t i;
    bool ok = true;

    json_array_foreach(operations, i, o)
    {
        if (ok)
            ok = naive_operation(&d, o, lenient);
    }
    json_decref(operations);
    if (!ok) {
        json_decref(d);
        d = NULL;
    }
    return d;
}

/* ---- random boards and patches ---- */

static int upto(GRand *random, int n)
{
    return g_rand_int_range(random, 0, n);
}

static const char *const names[] = {"uart", "plic", "shadow", "start", "end",  "length", "0",   "3",
                                    "-",    "a~b",  "a/b",    "",      "name", "number", "cpu", "heap",
                                    "nan",  "x y",  "~1",     "01",    "1.0",  "devices"};

static json_t *random_value(GRand *random, int depth)
{
    json_t *value;
    int count = upto(random, 4);

    switch (upto(random, depth > 0 ? 8 : 6)) {
    case 0:
        return json_boolean(upto(random, 2));
    case 1:
        return upto(random, 3) ? json_integer(upto(random, 5)) : json_null();
    case 2:
        return json_string(names[upto(random, G_N_ELEMENTS(names))]);
    case 3:
        return json_integer((json_int_t)g_rand_int(random));
    case 6:
        value = json_array();
        while (count-- > 0)
            json_array_append_new(value, random_value(random, depth - 1));
        return value;
    default:
        value = json_object();
        while (depth > 0 && count-- > 0)
            json_object_set_new(value, names[upto(random, G_N_ELEMENTS(names))], random_value(random, depth - 1));
        return value;
    }
}

static json_t *random_extent(GRand *random)
{
    json_int_t start = (json_int_t)(g_rand_int(random) & 0xfffff000);
    json_t *extent = json_pack("{sI}", "start", start);

    json_object_set_new(extent, upto(random, 2) ? "end" : "length", json_integer(start + 0x100));
    return extent;
}

/* The parts of a real board, some of them left out, and strangers among them. */
static json_t *random_board(GRand *random)
{
    json_t *devices = json_object();
    json_t *interrupts = json_array();
    json_t *board = json_pack("{s:o, s:o, s:{s:i}, s:[s,s], s:i, s:b}", "devices", devices, "instruction_memory",
                              random_extent(random), "heap", "end", 0x80040000 >> 4, "defines", "SAIL", "RISCV_HTIF",
                              "timer_hz", 2000, "simulation", 1);

    for (int i = upto(random, 6); i > 0; i--)
        json_object_set_new(devices, names[upto(random, G_N_ELEMENTS(names))], random_extent(random));
    for (int i = upto(random, 5); i > 0; i--)
        json_array_append_new(interrupts, json_pack("{s:s, s:i, s:i}", "name", names[upto(random, 3)], "number", i,
                                                    "priority", upto(random, 4)));
    if (upto(random, 4))
        json_object_set(board, "interrupts", interrupts);
    json_decref(interrupts);
    if (upto(random, 3) == 0)
        json_object_set_new(board, names[upto(random, G_N_ELEMENTS(names))], random_value(random, 2));
    return board;
}

static void append_token(GString *path, const char *name)
{
    g_string_append_c(path, '/');
    for (; *name; name++)
        g_string_append(path, *name == '~' ? "~0" : *name == '/' ? "~1" : (char[]){*name, '\0'});
}

/* Walks down the board, and at times off the way. */
static char *random_path(GRand *random, json_t *at)
{
    static const char *const odd[] = {"", "/", "x", "/a~", "/~2", "//", "/devices/", "/interrupts/-", "/interrupts/99"};
    GString *path = g_string_new(NULL);

    if (upto(random, 40) == 0) {
        g_string_append(path, odd[upto(random, G_N_ELEMENTS(odd))]);
        return g_string_free(path, FALSE);
    }
    do {
        const char *name;
        json_t *value = NULL;
        char number[16];
        int skip;

        if (json_is_object(at) && json_object_size(at) && upto(random, 20)) {
            skip = upto(random, (int)json_object_size(at));
            json_object_foreach(at, name, value)
            {
                if (skip-- == 0)
                    break;
            }
            append_token(path, name);
            at = value;
        } else if (json_is_array(at) && upto(random, 20)) {
            skip = upto(random, (int)json_array_size(at) + 2);
            g_snprintf(number, sizeof number, "%d", skip);
            append_token(path, upto(random, 6) ? number : "-");
            at = json_array_get(at, (size_t)skip);
        } else {
            append_token(path, names[upto(random, G_N_ELEMENTS(names))]);
            at = NULL;
        }
    } while (at && upto(random, 4));
    return g_string_free(path, FALSE);
}

static json_t *random_patch(GRand *random, json_t *board)
{
    static const char *const ops[] = {"add",    "add",    "add",  "replace", "replace",
                                      "remove", "remove", "test", "move",    "copy"};
    json_t *patch = json_array();

    for (int i = upto(random, 3); i >= 0; i--) {
        const char *op = upto(random, 40) ? ops[upto(random, G_N_ELEMENTS(ops))] : "Add";
        char *path = random_path(random, board);
        char *from = random_path(random, board);
        json_t *o = json_pack("{s:s, s:s}", "op", op, "path", path);
        json_t *there = is_pointer(path) ? walk(board, path, NULL) : NULL;

        if (strcmp(op, "test") == 0 && there && upto(random, 5))
            json_object_set_new(o, "value", json_deep_copy(there));
        else if (upto(random, 50))
            json_object_set_new(o, "value", random_value(random, 2));
        if (upto(random, 50))
            json_object_set_new(o, "from", json_string(from));
        json_array_append_new(patch, o);
        g_free(path);
        g_free(from);
    }
    return patch;
}

/* Whether ours and theirs are the same, or both refuse. */
static void compare(fixture *f, const char *board, const char *patch, unsigned flags, unsigned *refused)
{
    json_t *naive = naive_patch(board, patch, (flags & BW_PATCH_LENIENT) != 0);
    char *theirs = naive ? json_dumps(naive, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    char *ours = patched(f, board, patch, flags);
    size_t len = ours ? strlen(ours) - 1 : 0;

    if (!ours != !theirs || (ours && (strlen(theirs) != len || memcmp(ours, theirs, len) != 0)))
        fail_msg("%s\non %s:\nours:   %s\nstraight: %s\n%s", patch, board, ours ? ours : "refused\n",
                 theirs ? theirs : "refused", f->findings.first ? f->findings.first->text : "");
    if (!ours)
        assert_int_not_equal(f->findings.counts[BW_ERROR], 0);
    *refused += !ours;
    /* Without a finding it is what RFC 6902 says, however lenient we are. */
    if (!f->findings.first && (flags & BW_PATCH_LENIENT)) {
        json_t *strict = naive_patch(board, patch, false);

        assert_true(json_equal(strict, naive));
        json_decref(strict);
    }
    g_free(ours);
    free(theirs);
    json_decref(naive);
}

static void test_random(void **state)
{
    fixture *f = *state;
    GRand *random = g_rand_new_with_seed(6902);
    unsigned refused[2] = {0, 0};
    const char *rounds = g_getenv("PATCH_ROUNDS");
    int count = rounds ? atoi(rounds) : ROUNDS;

    for (int i = 0; i < count; i++) {
        json_t *board = random_board(random);
        json_t *patch = random_patch(random, board);
        char *board_text = json_dumps(board, 0);
        char *patch_text = json_dumps(patch, 0);

        compare(f, board_text, patch_text, 0, &refused[0]);
        compare(f, board_text, patch_text, BW_PATCH_LENIENT | BW_PATCH_CHERIOT, &refused[1]);
        free(board_text);
        free(patch_text);
        json_decref(board);
        json_decref(patch);
        if (i % 64 == 0) {
            tear_down(state);
            set_up(state);
            f = *state;
        }
    }
    /* Both answers come often. */
    print_message("# of %d patches %u and %u are refused\n", count, refused[0], refused[1]);
    for (int k = 0; k < 2; k++)
        assert_true(refused[k] > (unsigned)count / 10 && refused[k] < (unsigned)count * 9 / 10);
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rfc, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cheriot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
