/* SPDX-License-Identifier: Apache-2.0 */
#include "base/context.h"

#include <glib.h>
#include <string.h>

bw_context *bw_context_new(void)
{
    bw_context *ctx = g_new0(bw_context, 1);

    ctx->names = bw_names_new();
    ctx->sources = bw_sources_new();
#define BW_KNOWN(ident, text) ctx->n.ident = bw_intern_str(ctx->names, text);
#include "base/known_names.def"
#undef BW_KNOWN
    for (int i = 0; i < BW_CODE_COUNT; i++)
        ctx->levels[i] = bw_codes[i].severity;
    return ctx;
}

void bw_context_free(bw_context *ctx)
{
    if (!ctx)
        return;
    bw_sources_free(ctx->sources);
    bw_names_free(ctx->names);
    g_free(ctx);
}

bool bw_context_set_level(bw_context *ctx, const char *name, bw_severity level)
{
    bw_code code;

    if (strcmp(name, "all") == 0) {
        for (int i = 0; i < BW_CODE_COUNT; i++)
            ctx->levels[i] = level;
        return true;
    }
    if (!bw_code_find(name, &code))
        return false;
    ctx->levels[code] = level;
    return true;
}

void bw_context_drop_notes(bw_context *ctx)
{
    for (int i = 0; i < BW_CODE_COUNT; i++)
        if (ctx->levels[i] == BW_NOTE)
            ctx->levels[i] = BW_OFF;
}
