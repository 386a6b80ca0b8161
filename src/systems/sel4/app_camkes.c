/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CAmkES files as cpp and CAmkES' parser see them, as far as they set attributes of guests:
 *
 *     INSTANCE.ATTRIBUTE = VALUE;
 *
 * VALUE is a string, a number or an expression, a list, a map, or dtb() of a list of queries. What else stands in such
 * a file (imports, compositions, connections) is passed over. Includes are the project's own: one that is not found
 * defines what is not needed here, but for VAR_STRINGIZE of configurations/vm.h, which is known.
 * Attributes: seL4/camkes-vm, components/VM_Arm/configurations/vm.h.
 */
#include "systems/sel4/app.h"

#include "dts/pp.h"

#include <string.h>

#define DEPTH_MAX 16
#define SAID_MAX 120 /* bytes of an expression that a finding repeats */

typedef enum value_kind { NOTHING, TEXT, NUMBER, LIST, MAP } value_kind;

typedef struct value {
    value_kind kind;
    bw_place place;
    const char *text; /* of TEXT without quotes, of NUMBER as written */
    const char *key;  /* of a member of a MAP */
    bw_place key_place;
    const struct value *items; /* of LIST and MAP */
    uint32_t count;
} value;

typedef struct reader {
    bw_unit *unit; /* whose arena and findings are used */
    bw_pp pp;
    bw_unit *scratch; /* of the preprocessor */
    bw_xtok token;    /* that is next */
    GPtrArray *vms;
} reader;

/* ---- tokens ---- */

static void advance(reader *r)
{
    bw_pp_next(&r->pp, false, &r->token);
}

static bool is_punct(const reader *r, char c)
{
    return r->token.kind == BW_TK_PUNCT && r->token.op == (uint8_t)c;
}

static bool is_end(const reader *r)
{
    return r->token.kind == BW_TK_EOF || is_punct(r, ';');
}

static bool take(reader *r, char c)
{
    const bool found = is_punct(r, c);

    if (found)
        advance(r);
    return found;
}

static bool is_word(const reader *r, const char *word)
{
    return r->token.kind == BW_TK_IDENT && r->token.len == strlen(word) &&
           memcmp(r->token.text, word, r->token.len) == 0;
}

static bw_place place_of(const reader *r)
{
    return bw_locs_place(&r->scratch->locs, bw_span_token(r->token.loc));
}

static bw_place join(bw_place from, bw_place to)
{
    if (from.file && to.file && strcmp(from.file, to.file) == 0 && to.end_line >= from.line) {
        from.end_line = to.end_line;
        from.end_column = to.end_column;
        from.source_end_line = to.source_end_line;
    }
    return from;
}

/* ---- values ---- */

static bool read_value(reader *r, unsigned depth, value *v);

/* A string as it is meant: quotes off, escapes of quotes and backslashes undone. */
static void add_string(GString *out, const bw_xtok *t)
{
    for (uint32_t i = 1; i + 1 < t->len; i++) {
        if (t->text[i] == '\\' && i + 2 < t->len && strchr("\"\\'", t->text[i + 1]))
            i++;
        g_string_append_c(out, t->text[i]);
    }
}

static void read_strings(reader *r, value *v)
{
    GString *text = g_string_new(NULL);

    for (; r->token.kind == BW_TK_STRING; advance(r)) {
        v->place = join(v->place, place_of(r));
        add_string(text, &r->token);
    }
    v->kind = TEXT;
    v->text = bw_arena_strndup(&r->unit->arena, text->str, text->len);
    g_string_free(text, TRUE);
}

/* What stands up to where a value ends, outside of parentheses. */
static bool read_expression(reader *r, bool inside, value *v)
{
    GString *text = g_string_new(NULL);
    unsigned open = 0;
    bw_loc last = r->token.loc; /* a place takes as long as its line is: once, not for each token */

    while (!is_end(r)) {
        if (!open && (is_punct(r, ')') || (!inside && (is_punct(r, ',') || is_punct(r, ']') || is_punct(r, '}')))))
            break;
        open += is_punct(r, '(');
        open -= is_punct(r, ')');
        if (text->len && r->token.flags & BW_SPACE)
            g_string_append_c(text, ' ');
        g_string_append_len(text, r->token.text, r->token.len);
        last = r->token.loc;
        advance(r);
    }
    const bool any = text->len > 0;

    v->place = join(v->place, bw_locs_place(&r->scratch->locs, bw_span_token(last)));

    v->kind = NUMBER;
    v->text = bw_arena_strndup(&r->unit->arena, text->str, text->len);
    g_string_free(text, TRUE);
    return any;
}

static bool read_stringized(reader *r, value *v)
{
    advance(r);
    if (!take(r, '('))
        return false;
    if (!is_punct(r, ')'))
        read_expression(r, true, v);
    else
        v->text = "";
    v->kind = TEXT;
    v->place = join(v->place, place_of(r));
    return take(r, ')');
}

static bool read_key(reader *r, value *item)
{
    value key = {.place = place_of(r)};

    if (r->token.kind != BW_TK_STRING)
        return false;
    read_strings(r, &key);
    if (!take(r, ':'))
        return false;
    item->key = key.text;
    item->key_place = key.place;
    return true;
}

static bool read_items(reader *r, unsigned depth, char end, value *v)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(value));
    bool ok = true;

    advance(r);
    while (ok && !is_punct(r, end)) {
        value item = {0};

        ok = (end != '}' || read_key(r, &item)) && read_value(r, depth + 1, &item);
        if (ok)
            g_array_append_val(items, item);
        if (ok && !take(r, ',') && !is_punct(r, end))
            ok = false;
    }
    v->kind = end == '}' ? MAP : LIST;
    v->items = bw_arena_dup(&r->unit->arena, items->data, items->len * sizeof(value));
    v->count = items->len;
    v->place = join(v->place, place_of(r));
    g_array_free(items, TRUE);
    return ok && take(r, end);
}

/* dtb([…]), and other functions of CAmkES around one list. */
static bool read_call(reader *r, unsigned depth, value *v)
{
    advance(r);
    if (!take(r, '('))
        return false;
    return read_value(r, depth + 1, v) && take(r, ')');
}

static bool read_value(reader *r, unsigned depth, value *v)
{
    v->place = place_of(r);
    if (depth > DEPTH_MAX || is_end(r))
        return false;
    if (r->token.kind == BW_TK_STRING) {
        read_strings(r, v);
        return true;
    }
    if (is_word(r, "VAR_STRINGIZE"))
        return read_stringized(r, v);
    if (is_word(r, "dtb"))
        return read_call(r, depth, v);
    if (is_punct(r, '['))
        return read_items(r, depth, ']', v);
    if (is_punct(r, '{'))
        return read_items(r, depth, '}', v);
    return read_expression(r, false, v);
}

/* ---- attributes ---- */

static bw_sel4_vm *vm_named(reader *r, const char *name, bw_place place)
{
    for (guint i = 0; i < r->vms->len; i++) {
        bw_sel4_vm *vm = g_ptr_array_index(r->vms, i);

        if (strcmp(vm->name, name) == 0)
            return vm;
    }
    bw_sel4_vm *vm = bw_arena_new(&r->unit->arena, bw_sel4_vm);

    vm->name = name;
    vm->place = place;
    g_ptr_array_add(r->vms, vm);
    return vm;
}

static bw_sel4_value as_number(const value *v)
{
    bw_sel4_value number = {.given = true, .place = v->place, .text = v->text};

    if (v->kind == TEXT || v->kind == NUMBER)
        number.known = bw_sel4_evaluate(v->text, &number.value);
    return number;
}

/* Says of a number that it cannot be evaluated, once. */
static bw_sel4_value as_checked(reader *r, const value *v)
{
    const bw_sel4_value number = as_number(v);
    const char *text = v->text ? v->text : "this";

    if (number.known)
        return number;
    int said = (int)MIN(strlen(text), SAID_MAX);
    while (text[said] && ((uint8_t)text[said] & 0xc0) == 0x80)
        said--; /* not within a character of UTF-8 */
    bw_finding_cure(bw_findings_add(r->unit->findings, BW_CODE_sel4_app_value, v->place,
                                    "'%.*s%s' is no number here, so nothing that hangs on it is checked", said, text,
                                    text[said] ? "…" : ""),
                    "write a number, or #define what it names in this file");
    return number;
}

static bw_sel4_text as_text(const value *v)
{
    return (bw_sel4_text){.text = v->kind == TEXT ? v->text : NULL, .place = v->place};
}

static bw_sel4_flag as_flag(const value *v)
{
    static const char *const yes[] = {"1", "true", "True", "TRUE", NULL};

    return (bw_sel4_flag){.given = true, .value = v->text && g_strv_contains(yes, v->text), .place = v->place};
}

typedef struct member {
    const char *key;
    size_t offset;
} member;

static void set_addresses(reader *r, bw_sel4_vm *vm, const value *map, bool old)
{
    static const member numbers[] = {
        {"ram_base", offsetof(bw_sel4_vm, ram_base)},
        {"linux_ram_base", offsetof(bw_sel4_vm, ram_base)},
        {"ram_paddr_base", offsetof(bw_sel4_vm, ram_paddr_base)},
        {"linux_ram_paddr_base", offsetof(bw_sel4_vm, ram_paddr_base)},
        {"ram_size", offsetof(bw_sel4_vm, ram_size)},
        {"linux_ram_size", offsetof(bw_sel4_vm, ram_size)},
        {"linux_ram_offset", offsetof(bw_sel4_vm, ram_offset)},
        {"initrd_max_size", offsetof(bw_sel4_vm, initrd_max_size)},
        {"kernel_entry_addr", offsetof(bw_sel4_vm, entry)},
        {"initrd_addr", offsetof(bw_sel4_vm, initrd_addr)},
        {"dtb_addr", offsetof(bw_sel4_vm, dtb_addr)},
    };

    /* The new form replaces the old one, wherever it stands. */
    if (old && vm->ram_base.given && !vm->old_addresses)
        return;
    vm->old_addresses = old;
    for (uint32_t i = 0; i < map->count; i++)
        for (size_t m = 0; m < G_N_ELEMENTS(numbers); m++)
            if (strcmp(map->items[i].key, numbers[m].key) == 0)
                *(bw_sel4_value *)(void *)((char *)vm + numbers[m].offset) = as_checked(r, &map->items[i]);
}

static void set_images(bw_sel4_vm *vm, const value *map, bool old)
{
    static const member texts[] = {
        {"kernel_name", offsetof(bw_sel4_vm, kernel_name)},     {"linux_name", offsetof(bw_sel4_vm, kernel_name)},
        {"dtb_name", offsetof(bw_sel4_vm, dtb_name)},           {"initrd_name", offsetof(bw_sel4_vm, initrd_name)},
        {"dtb_base_name", offsetof(bw_sel4_vm, dtb_base_name)}, {"kernel_bootcmdline", offsetof(bw_sel4_vm, bootargs)},
        {"linux_bootcmdline", offsetof(bw_sel4_vm, bootargs)},  {"kernel_stdout", offsetof(bw_sel4_vm, stdout_path)},
        {"linux_stdout", offsetof(bw_sel4_vm, stdout_path)},
    };
    static const member flags[] = {
        {"provide_dtb", offsetof(bw_sel4_vm, provide_dtb)},       {"generate_dtb", offsetof(bw_sel4_vm, generate_dtb)},
        {"provide_initrd", offsetof(bw_sel4_vm, provide_initrd)}, {"clean_cache", offsetof(bw_sel4_vm, clean_cache)},
        {"map_one_to_one", offsetof(bw_sel4_vm, map_one_to_one)},
    };

    vm->old_images = old;
    for (uint32_t i = 0; i < map->count; i++) {
        const value *item = &map->items[i];

        for (size_t m = 0; m < G_N_ELEMENTS(texts); m++)
            if (strcmp(item->key, texts[m].key) == 0)
                *(bw_sel4_text *)(void *)((char *)vm + texts[m].offset) = as_text(item);
        for (size_t m = 0; m < G_N_ELEMENTS(flags); m++)
            if (strcmp(item->key, flags[m].key) == 0)
                *(bw_sel4_flag *)(void *)((char *)vm + flags[m].offset) = as_flag(item);
    }
}

/* "compatible[0]", "reg", "interrupts[0x1]", "compatible[*]" */
static void read_prop_key(reader *r, const char *key, bw_sel4_query_prop *prop)
{
    const size_t len = strcspn(key, "[");
    const char *at = key + len + (key[len] == '[');
    uint64_t index = 0;

    while (*at == ' ')
        at++;
    const size_t digits = strcspn(at, " ]");
    char *number = g_strndup(at, digits);

    prop->name = bw_arena_strndup(&r->unit->arena, key, len);
    if (digits && (!bw_sel4_evaluate(number, &index) || index > INT16_MAX))
        prop->index = -1;
    else
        prop->index = (int)index;
    g_free(number);
}

static void set_query_props(reader *r, bw_sel4_query *query, const value *map)
{
    bw_sel4_query_prop *props = bw_arena_array(&r->unit->arena, bw_sel4_query_prop, map->count);

    for (uint32_t i = 0; i < map->count; i++) {
        props[i] = (bw_sel4_query_prop){0};
        read_prop_key(r, map->items[i].key, &props[i]);
        if (map->items[i].kind == TEXT)
            props[i].text = map->items[i].text;
        else
            props[i].value = as_number(&map->items[i]);
        if (map->items[i].kind != TEXT && map->items[i].kind != NUMBER)
            props[i].index = -1;
    }
    query->props = props;
    query->prop_count = map->count;
}

static void set_queries(reader *r, bw_sel4_vm *vm, const value *list)
{
    vm->queries = bw_arena_array(&r->unit->arena, bw_sel4_query, list->count);
    vm->query_count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const value *map = &list->items[i];
        bw_sel4_query query = {.place = map->place};

        for (uint32_t k = 0; map->kind == MAP && k < map->count; k++) {
            const value *item = &map->items[k];

            if (item->kind == MAP && strcmp(item->key, "properties") == 0) {
                set_query_props(r, &query, item);
                query.key = query.key ? query.key : item->key;
            } else {
                query.key = item->key;
                query.path = as_text(item);
            }
        }
        if (query.key) /* {} means nothing */
            vm->queries[vm->query_count++] = query;
        if (query.key && !query.path.text)
            vm->queries[vm->query_count - 1].path.place = map->place;
    }
}

/* "paddr:bits", or "paddr:size:bits". */
static bool read_mmio(reader *r, const value *v, bool untyped, bw_sel4_mmio *mmio)
{
    char **parts = v->kind == TEXT ? g_strsplit(v->text, ":", 4) : NULL;
    const guint count = parts ? g_strv_length(parts) : 0;
    uint64_t bits = 0;
    uint64_t size = 0;
    bool ok = count == (untyped ? 2U : 3U);

    *mmio = (bw_sel4_mmio){.untyped = untyped, .place = v->place};
    ok = ok && bw_sel4_evaluate(parts[0], &mmio->base.value) && bw_sel4_evaluate(parts[count - 1], &bits) && bits < 64;
    ok = ok && (untyped || bw_sel4_evaluate(parts[1], &size));
    if (ok) {
        mmio->base.given = mmio->base.known = mmio->size.given = mmio->size.known = true;
        mmio->base.place = mmio->size.place = v->place;
        mmio->bits = (unsigned)bits;
        mmio->size.value = untyped ? (uint64_t)1 << bits : size;
        ok = mmio->base.value + mmio->size.value >= mmio->base.value;
    }
    if (!ok)
        bw_finding_cure(bw_findings_add(r->unit->findings, BW_CODE_sel4_app_value, v->place, "'%s' is no %s",
                                        v->text ? v->text : "this", untyped ? "address:bits" : "address:size:bits"),
                        untyped ? "write as \"0x90000000:28\": address, and size as a power of two"
                                : "write as \"0x9000000:0x1000:12\": address, size, and size of a frame as a power of "
                                  "two");
    g_strfreev(parts);
    return ok;
}

static void add_mmios(reader *r, bw_sel4_vm *vm, const value *list, bool untyped)
{
    bw_sel4_mmio *all = bw_arena_array(&r->unit->arena, bw_sel4_mmio, vm->mmio_count + list->count);
    uint32_t count = 0;

    /* Untyped ones come first; an attribute that is set again replaces what it was. */
    for (uint32_t i = 0; !untyped && i < vm->mmio_count; i++)
        if (vm->mmios[i].untyped)
            all[count++] = vm->mmios[i];
    for (uint32_t i = 0; i < list->count; i++)
        if (read_mmio(r, &list->items[i], untyped, &all[count]))
            count++;
    for (uint32_t i = 0; untyped && i < vm->mmio_count; i++)
        if (!vm->mmios[i].untyped)
            all[count++] = vm->mmios[i];
    vm->mmios = all;
    vm->mmio_count = count;
}

static void add_irqs(reader *r, bw_sel4_vm *vm, const value *list)
{
    bw_sel4_value *all = bw_arena_array(&r->unit->arena, bw_sel4_value, vm->irq_count + list->count);

    for (uint32_t i = 0; i < vm->irq_count; i++)
        all[i] = vm->irqs[i];
    for (uint32_t i = 0; i < list->count; i++)
        all[vm->irq_count + i] = as_checked(r, &list->items[i]);
    vm->irqs = all;
    vm->irq_count += list->count;
}

static void set_keep(reader *r, bw_sel4_vm *vm, const value *list)
{
    guint had = vm->keep ? g_strv_length((char **)(uintptr_t)vm->keep) : 0;
    const char **all = bw_arena_array(&r->unit->arena, const char *, had + list->count + 1);

    for (guint i = 0; i < had; i++)
        all[i] = vm->keep[i];
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].kind == TEXT)
            all[had++] = list->items[i].text;
    vm->keep = all;
}

/* simple_untypedN_pool: so many objects of N bits. */
static bool is_pool(const char *attribute, uint64_t *bits)
{
    char *end = NULL;

    if (!g_str_has_prefix(attribute, "simple_untyped"))
        return false;
    *bits = g_ascii_strtoull(attribute + strlen("simple_untyped"), &end, 10);
    return *bits > 0 && *bits < 48 && strcmp(end, "_pool") == 0;
}

static void add_pool(bw_sel4_vm *vm, const value *v, uint64_t bits)
{
    const bw_sel4_value number = as_number(v);

    if (number.known && number.value < 0x10000)
        vm->pool_bytes += number.value << bits;
}

static bool is_of_guest(const char *attribute)
{
    static const char *const names[] = {
        "vm_address_config",
        "linux_address_config",
        "vm_image_config",
        "linux_image_config",
        "num_vcpus",
        "dtb",
        "dtb_irqs",
        "irqs",
        "untyped_mmios",
        "mmios",
        "plat_keep_devices",
        "plat_keep_devices_and_subtree",
        "allocator_mempool_size",
        NULL,
    };
    uint64_t bits;

    return g_strv_contains(names, attribute) || is_pool(attribute, &bits);
}

static void set(reader *r, bw_sel4_vm *vm, const char *attribute, const value *v)
{
    uint64_t bits;

    if (strcmp(attribute, "vm_address_config") == 0 || strcmp(attribute, "linux_address_config") == 0)
        set_addresses(r, vm, v, *attribute == 'l');
    else if (strcmp(attribute, "vm_image_config") == 0 || strcmp(attribute, "linux_image_config") == 0)
        set_images(vm, v, *attribute == 'l');
    else if (strcmp(attribute, "num_vcpus") == 0)
        vm->vcpus = as_checked(r, v);
    else if (strcmp(attribute, "dtb") == 0)
        set_queries(r, vm, v);
    else if (strcmp(attribute, "dtb_irqs") == 0 || strcmp(attribute, "irqs") == 0)
        add_irqs(r, vm, v);
    else if (strcmp(attribute, "untyped_mmios") == 0 || strcmp(attribute, "mmios") == 0)
        add_mmios(r, vm, v, *attribute == 'u');
    else if (g_str_has_prefix(attribute, "plat_keep_devices"))
        set_keep(r, vm, v);
    else if (strcmp(attribute, "allocator_mempool_size") == 0)
        vm->mempool_size = as_checked(r, v);
    else if (is_pool(attribute, &bits))
        add_pool(vm, v, bits);
}

/* ---- a file ---- */

static const char *take_word(reader *r)
{
    if (r->token.kind != BW_TK_IDENT)
        return NULL;
    const char *word = bw_arena_strndup(&r->unit->arena, r->token.text, r->token.len);

    advance(r);
    return word;
}

static void skip_statement(reader *r)
{
    while (!is_end(r))
        advance(r);
}

static void say_unreadable(reader *r, bw_place place, const char *instance, const char *attribute)
{
    bw_finding *f = bw_findings_add(r->unit->findings, BW_CODE_sel4_app_syntax, place,
                                    "%s.%s has a value that cannot be read", instance, attribute);

    bw_finding_note(f, place_of(r), "up to here it is understood");
}

/* At a word: INSTANCE . ATTRIBUTE = VALUE, or something else. */
static void read_statement(reader *r)
{
    const bw_place place = place_of(r);
    const char *instance = take_word(r);
    value v = {0};

    if (!take(r, '.'))
        return;
    const char *attribute = take_word(r);

    if (!attribute || !take(r, '='))
        return;
    if (!is_of_guest(attribute)) {
        skip_statement(r);
        return;
    }
    if (read_value(r, 0, &v) && is_end(r)) {
        set(r, vm_named(r, instance, place), attribute, &v);
        return;
    }
    say_unreadable(r, place, instance, attribute);
    skip_statement(r);
}

/* What the preprocessor had to say, but for files of other repositories, which are looked for nowhere. */
static void hand_over(bw_findings *said, bw_findings *findings)
{
    for (const bw_finding *f = said->first; f; f = f->next) {
        if (f->code == BW_CODE_include_missing || f->code == BW_CODE_include_skipped)
            continue;
        bw_finding *copy = bw_findings_add(findings, f->code, f->place, "%s", f->text);

        for (const bw_related *note = f->related; note; note = note->next)
            bw_finding_note(copy, note->place, "%s", note->text);
        if (f->cure)
            bw_finding_cure(copy, "%s", f->cure);
    }
}

bool bw_sel4_camkes_read(bw_unit *unit, const char *path, GPtrArray *vms)
{
    const bw_dts_options options = {.preprocess = true, .tolerate_missing = true};
    reader r = {.unit = unit, .vms = vms};
    bw_findings said;

    bw_findings_init(&said, unit->ctx);
    r.scratch = bw_unit_new(unit->ctx);
    bw_unit_begin(r.scratch, &said);
    bw_pp_init(&r.pp, r.scratch);
    bool ok = bw_pp_begin(&r.pp, path, &options);
    if (ok) {
        advance(&r);
        while (r.token.kind != BW_TK_EOF)
            if (r.token.kind == BW_TK_IDENT)
                read_statement(&r);
            else
                advance(&r);
        bw_pp_end(&r.pp);
    }
    ok = ok && !said.counts[BW_ERROR];
    bw_pp_clear(&r.pp);
    hand_over(&said, unit->findings);
    bw_unit_free(r.scratch);
    bw_findings_free(&said);
    return ok;
}
