/* SPDX-License-Identifier: Apache-2.0 */
/** Trees out of text, for tests. One at a time. */
#ifndef BW_TESTS_FROM_TEXT_H
#define BW_TESTS_FROM_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dts/dts.h"
#include "tree/resolve.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static bw_context *test_ctx;
static bw_unit *test_unit;
static bw_findings test_findings;

static inline int begin_context(void **state)
{
    (void)state;
    test_ctx = bw_context_new();
    test_unit = bw_unit_new(test_ctx);
    bw_findings_init(&test_findings, test_ctx);
    return 0;
}

static inline int end_context(void **state)
{
    (void)state;
    bw_unit_free(test_unit);
    bw_findings_free(&test_findings);
    bw_context_free(test_ctx);
    return 0;
}

/** Reads "/dts-v1/;" and @p text, resolved. A missing include makes unknown values. */
static inline bw_tree *tree_of(const char *text)
{
    char *path = NULL;
    int file = g_file_open_tmp("bw-XXXXXX.dts", &path, NULL);
    char *whole = g_strconcat("/dts-v1/;\n", text, "\n", NULL);
    bw_dts_options options = {.preprocess = true, .tolerate_missing = true};

    assert_true(file >= 0);
    assert_int_equal(write(file, whole, strlen(whole)), (ssize_t)strlen(whole));
    close(file);
    bw_unit_begin(test_unit, &test_findings);
    bw_tree *tree = bw_dts_read(test_unit, path, &options);
    g_unlink(path);
    g_free(path);
    g_free(whole);
    assert_non_null(tree);
    assert_true(bw_tree_resolve(tree, NULL));
    return tree;
}

static inline const bw_node *node_at(const bw_tree *tree, const char *ref)
{
    const bw_node *node = bw_tree_by_ref(tree, ref);

    assert_non_null(node);
    return node;
}

#endif
