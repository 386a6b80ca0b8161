/* SPDX-License-Identifier: Apache-2.0 */
/** A context with findings and an arena, for tests of readers. Include it behind cmocka.h. */
#ifndef BW_TESTS_UNIT_READER_H
#define BW_TESTS_UNIT_READER_H

#include "base/context.h"

#include <glib.h>

typedef struct fixture {
    bw_context *ctx;
    bw_findings findings;
    bw_arena arena;
} fixture;

static int set_up(void **state)
{
    fixture *f = g_new0(fixture, 1);

    f->ctx = bw_context_new();
    bw_findings_init(&f->findings, f->ctx);
    bw_arena_init(&f->arena);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    bw_arena_free(&f->arena);
    bw_findings_free(&f->findings);
    bw_context_free(f->ctx);
    g_free(f);
    return 0;
}

/* Forgets the findings of the last text. */
static void forget(fixture *f)
{
    bw_findings_free(&f->findings);
    bw_findings_init(&f->findings, f->ctx);
}

#endif
