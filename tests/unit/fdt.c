/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "dts/print.h"
#include "dts/runs.h"
#include "fdt/fdt.h"
#include "fdt/strings.h"
#include "tree/sort.h"

#include <stdlib.h>

typedef struct fixture {
    bw_context *ctx;
    bw_unit *unit;
    bw_findings findings;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);

    f->ctx = bw_context_new();
    f->unit = bw_unit_new(f->ctx);
    bw_findings_init(&f->findings, f->ctx);
    bw_unit_begin(f->unit, &f->findings);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    bw_unit_free(f->unit);
    bw_findings_free(&f->findings);
    bw_context_free(f->ctx);
    free(f);
    return 0;
}

static const bw_name *name(fixture *f, const char *text)
{
    return bw_intern_str(f->ctx->names, text);
}

static bw_node *child(fixture *f, bw_tree *tree, bw_node *parent, const char *text)
{
    bw_node *node = bw_node_new(tree, name(f, text));

    bw_node_add_child(parent, node);
    return node;
}

static void set(fixture *f, bw_tree *tree, bw_node *node, const char *prop, const char *text)
{
    bw_node_set(tree, node, name(f, prop), bw_value_string(tree, text));
}

/* / { model; soc { uart@1000 { reg, "status" }; }; cpus { cpu@0 { reg }; }; } */
static bw_tree *small_tree(fixture *f)
{
    bw_tree *tree = bw_tree_new(f->unit, "small.dts");
    uint32_t cells[] = {0x1000, 0x10};

    tree->root = bw_node_new(tree, f->ctx->n.empty);
    set(f, tree, tree->root, "model", "small");
    bw_node *soc = child(f, tree, tree->root, "soc");
    bw_node *uart = child(f, tree, soc, "uart@1000");
    bw_node_set(tree, uart, name(f, "reg"), bw_value_cells(tree, cells, 2));
    set(f, tree, uart, "status", "okay");
    bw_node_add_prop(tree, uart, name(f, "flag"));
    bw_node *cpu = child(f, tree, child(f, tree, tree->root, "cpus"), "cpu@0");
    bw_node_set(tree, cpu, name(f, "reg"), bw_value_cells(tree, cells, 1));
    return tree;
}

/* -- strings ------------------------------------------------------------------------------------ */

/* What dtc does: look at every offset. */
static uint32_t slow_insert(char *table, uint32_t *len, const char *text)
{
    for (uint32_t i = 0; i < *len; i++)
        if (strcmp(table + i, text) == 0)
            return i;
    strcpy(table + *len, text);
    *len += (uint32_t)strlen(text) + 1;
    return *len - (uint32_t)strlen(text) - 1;
}

static void strings_stand_at_the_lowest_offset(void **state)
{
    fixture *f = *state;
    bw_fdt_strings strings;
    static char table[1 << 20];
    uint32_t len = 0;
    uint32_t seed = 1;

    bw_fdt_strings_begin(&strings, f->unit);
    for (int i = 0; i < 5000; i++) {
        char text[16];
        size_t n = 0;

        /* words of few letters, so that many end in others */
        seed = seed * 1664525U + 1013904223U;
        for (uint32_t bits = seed >> 8, count = seed >> 28; n < count; n++, bits >>= 1)
            text[n] = (char)('a' + (bits & 1));
        text[n] = '\0';
        assert_int_equal(bw_fdt_string_offset(&strings, name(f, text)), slow_insert(table, &len, text));
    }
    assert_int_equal(strings.len, len);
    uint8_t *copy = malloc(len);
    bw_fdt_strings_copy(&strings, copy);
    assert_memory_equal(copy, table, len);
    free(copy);
}

/* -- writing and reading ------------------------------------------------------------------------ */

static bw_tree *read_bytes(fixture *f, const void *data, size_t len)
{
    bw_tree *tree = bw_fdt_read(f->unit, bw_source_from_memory(f->ctx->sources, "t.dtb", data, len));

    return tree && !tree->broken ? tree : NULL;
}

static void every_version_reads_back(void **state)
{
    fixture *f = *state;
    static const uint32_t versions[] = {1, 2, 3, 16, 17};
    bw_buffer usual = {0};
    bw_buffer out = {0};
    bw_buffer again = {0};
    bw_tree *tree = small_tree(f);

    tree->boot_cpuid = 3;
    assert_true(bw_fdt_write(tree, NULL, &usual));
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        bw_fdt_write_options options = {.version = versions[i], .boot_cpuid_set = true, .boot_cpuid = 9};

        assert_true(bw_fdt_write(tree, &options, &out));
        assert_int_equal(bw_get32(out.data + 4), out.len);
        assert_int_equal(bw_get32(out.data + 20), versions[i]);
        bw_tree *back = read_bytes(f, out.data, out.len);
        assert_non_null(back);
        assert_int_equal(back->boot_cpuid, versions[i] == 1 ? 0 : 9);
        back->boot_cpuid = 3;
        if (versions[i] >= 16) { /* the old ones have gained name properties */
            assert_true(bw_fdt_write(back, NULL, &again));
            assert_int_equal(again.len, usual.len);
            assert_memory_equal(again.data, usual.data, usual.len);
        } else {
            const bw_node *uart = bw_tree_by_path(back, "/soc/uart@1000");
            assert_string_equal((const char *)bw_node_prop(uart, f->ctx->n.name)->value.data, "uart");
        }
    }
    assert_int_equal(f->findings.counts[BW_ERROR], 0);
    bw_buffer_free(&usual);
    bw_buffer_free(&out);
    bw_buffer_free(&again);
}

static size_t size_with(bw_tree *tree, bw_fdt_write_options options)
{
    bw_buffer out = {0};

    assert_true(bw_fdt_write(tree, &options, &out));
    size_t size = out.len;
    assert_int_equal(bw_get32(out.data + 4), size);
    bw_buffer_free(&out);
    return size;
}

static void padding_adds_up(void **state)
{
    fixture *f = *state;
    bw_tree *tree = small_tree(f);
    size_t plain = size_with(tree, (bw_fdt_write_options){0});

    assert_int_equal(size_with(tree, (bw_fdt_write_options){.pad = 11}), plain + 11);
    assert_int_equal(size_with(tree, (bw_fdt_write_options){.min_size = 1000}), 1000);
    assert_int_equal(size_with(tree, (bw_fdt_write_options){.reserve_slots = 3}), plain + 48);
    assert_int_equal(size_with(tree, (bw_fdt_write_options){.align = 256}), (plain + 255) / 256 * 256);
    assert_int_equal(size_with(tree, (bw_fdt_write_options){.align = 256, .pad = 300}), (plain + 555) / 256 * 256);
    assert_int_equal(f->findings.counts[BW_WARNING], 0);
    assert_int_equal(size_with(tree, (bw_fdt_write_options){.min_size = 10}), plain);
    assert_int_equal(f->findings.last->code, BW_CODE_blob_min_size);
}

/* No part of a blob is a blob, and whatever one changes it is read or refused, with a finding. */
static void damaged_blobs_are_refused_or_read(void **state)
{
    fixture *f = *state;
    bw_buffer good = {0};
    bw_buffer bad = {0};
    bw_buffer text = {0};

    assert_true(bw_fdt_write(small_tree(f), NULL, &good));
    for (size_t len = 0; len < good.len; len++) {
        uint32_t before = f->findings.counts[BW_ERROR];

        assert_null(read_bytes(f, good.data, len));
        assert_int_equal(f->findings.counts[BW_ERROR], before + 1);
    }
    for (size_t at = 0; at < good.len; at++) {
        static const uint8_t masks[] = {0x01, 0x03, 0x80, 0xff};

        for (size_t m = 0; m < sizeof masks; m++) {
            bw_findings_free(&f->findings);
            bw_findings_init(&f->findings, f->ctx);
            bw_unit_begin(f->unit, &f->findings);
            bw_buffer_clear(&bad);
            bw_buffer_add(&bad, good.data, good.len);
            bad.data[at] ^= masks[m];
            bw_tree *tree = read_bytes(f, bad.data, bad.len);
            assert_true(tree || f->findings.counts[BW_ERROR] == 1);
            if (tree) {
                bw_buffer_clear(&text);
                bw_tree_resolve(tree, NULL);
                bw_fdt_generate(tree, &(bw_fdt_generate_options){.symbols = true});
                bw_dts_print(tree, BW_ANNOTATE_NONE, &text);
            }
        }
    }
    bw_buffer_free(&good);
    bw_buffer_free(&bad);
    bw_buffer_free(&text);
}

/* -- guessing types ------------------------------------------------------------------------------ */

static void types_are_guessed_as_dtc_does(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *bytes;
        uint32_t len, runs;
        bw_mark_kind first;
    } cases[] = {
        {"okay", 5, 1, BW_MARK_STRING},  {"a\0b", 4, 2, BW_MARK_STRING},    {"\0\0\0\1", 4, 1, BW_MARK_UINT32},
        {"\0\0\0", 3, 1, BW_MARK_UINT8}, {"abc", 3, 1, BW_MARK_UINT8},      {"abcd", 4, 1, BW_MARK_UINT32},
        {"\xe9", 2, 1, BW_MARK_UINT8},   {"a\0\0\0", 4, 1, BW_MARK_UINT32}, {"tab\t\n", 6, 1, BW_MARK_STRING},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bw_value value = {.data = (const uint8_t *)cases[i].bytes, .len = cases[i].len};
        uint32_t count;
        const bw_value_run *runs = bw_value_runs(&f->unit->arena, &value, &count);

        assert_int_equal(count, cases[i].runs);
        assert_int_equal(runs[0].kind, cases[i].first);
    }
}

static void no_byte_is_lost_between_runs(void **state)
{
    fixture *f = *state;
    uint8_t bytes[40] = {0};
    bw_mark marks[] = {
        {.offset = 3, .kind = BW_MARK_UINT64},  {.offset = 14, .kind = BW_MARK_STRING},
        {.offset = 14, .kind = BW_MARK_LABEL},  {.offset = 20, .kind = BW_MARK_UINT32},
        {.offset = 20, .kind = BW_MARK_UINT16}, {.offset = 25, .kind = BW_MARK_UINT8},
        {.offset = 40, .kind = BW_MARK_UINT32},
    };
    bw_value value = {.data = bytes, .len = 40, .marks = marks, .mark_count = sizeof marks / sizeof *marks};
    uint32_t count;
    const bw_value_run *runs = bw_value_runs(&f->unit->arena, &value, &count);
    uint32_t at = 0;

    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(runs[i].begin, at);
        assert_int_equal(runs[i].len % bw_run_width(runs[i].kind), 0);
        at += runs[i].len;
    }
    assert_int_equal(at, 40);
    assert_int_equal(runs[count - 1].len, 0); /* the "<>" at the end */
}

/* -- sorting ------------------------------------------------------------------------------------- */

static void sorting_orders_all_levels(void **state)
{
    fixture *f = *state;
    bw_tree *tree = small_tree(f);

    bw_tree_sort(tree);
    assert_string_equal(tree->root->first_child->name->text, "cpus");
    assert_string_equal(tree->root->last_child->name->text, "soc");
    const bw_node *uart = bw_tree_by_path(tree, "/soc/uart@1000");
    assert_string_equal(uart->first_prop->name->text, "flag");
    assert_string_equal(uart->last_prop->name->text, "status");
    assert_null(uart->last_prop->next);
}

/* -- overlays ------------------------------------------------------------------------------------ */

/* / { fragment@0 { target-path = "…"; __overlay__ { uart@1000 { status = "disabled"; }; }; }; } */
static bw_tree *small_overlay(fixture *f, const char *target)
{
    bw_tree *tree = bw_tree_new(f->unit, "small.dtso");

    tree->root = bw_node_new(tree, f->ctx->n.empty);
    bw_node *fragment = child(f, tree, tree->root, "fragment@0");
    set(f, tree, fragment, "target-path", target);
    bw_node *inner = child(f, tree, fragment, "__overlay__");
    set(f, tree, child(f, tree, inner, "uart@1000"), "status", "disabled");
    child(f, tree, inner, "new");
    return tree;
}

static void overlays_merge(void **state)
{
    fixture *f = *state;
    bw_tree *base = small_tree(f);

    assert_true(bw_overlay_apply(base, small_overlay(f, "/soc")));
    const bw_node *uart = bw_tree_by_path(base, "/soc/uart@1000");
    assert_string_equal((const char *)bw_node_prop(uart, f->ctx->n.status)->value.data, "disabled");
    assert_int_equal(bw_node_prop(uart, f->ctx->n.reg)->value.len, 8);
    assert_non_null(bw_tree_by_path(base, "/soc/new"));
    assert_int_equal(f->findings.counts[BW_ERROR], 0);
}

static void overlays_without_target_are_refused(void **state)
{
    fixture *f = *state;

    assert_false(bw_overlay_apply(small_tree(f), small_overlay(f, "/sock")));
    assert_int_equal(f->findings.last->code, BW_CODE_overlay_target_missing);
    assert_non_null(strstr(f->findings.last->text, "/sock"));
    assert_non_null(strstr(f->findings.last->text, "fragment@0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strings_stand_at_the_lowest_offset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_version_reads_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(padding_adds_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_blobs_are_refused_or_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(types_are_guessed_as_dtc_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_byte_is_lost_between_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sorting_orders_all_levels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overlays_merge, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overlays_without_target_are_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
