/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/image_container.h"

#include "cli/print.h"
#include "image/wasm.h"
#include "report/figures.h"
#include "report/json_out.h"

#include <stdio.h>

static const char *const import_kinds[] = {"function", "table", "memory", "global", "tag"};

bool bw_is_container(const uint8_t *data, size_t len)
{
    return bw_wasm_kind_of(data, len) != BW_WASM_NONE;
}

static json_t *container_json(const bw_wasm *w, const char *path, size_t len)
{
    json_t *object =
        json_pack("{s:o, s:s, s:I, s:I}", "path", bw_json_text(path), "kind", w->kind == BW_WASM_AOT ? "aot" : "wasm",
                  "version", (json_int_t)w->version, "size", (json_int_t)len);

    if (w->has_memory) {
        json_t *memory =
            json_pack("{s:I, s:I, s:I, s:b, s:b}", "page", (json_int_t)w->page, "pages", (json_int_t)w->pages, "bytes",
                      (json_int_t)bw_wasm_memory(w), "shared", w->memory_shared, "imported", w->memory_imported);
        if (w->memory_limited)
            json_object_set_new(memory, "most_pages", json_integer((json_int_t)w->most_pages));
        json_object_set_new(object, "memory", memory);
    }
    if (w->kind == BW_WASM_AOT) {
        if (w->arch)
            json_object_set_new(object, "arch", bw_json_text(w->arch));
        json_object_set_new(object, "machine", json_integer(w->machine));
        return object;
    }
    json_t *imports = json_array();
    for (const bw_wasm_import *i = w->imports; i; i = i->next)
        json_array_append_new(imports, json_pack("{s:o, s:o, s:s}", "module", bw_json_text(i->module), "name",
                                                 bw_json_text(i->name), "kind", import_kinds[i->kind]));
    json_object_set_new(object, "imports", imports);
    json_object_set_new(object, "functions", json_integer(w->function_count));
    json_object_set_new(object, "exports", json_integer(w->export_count));
    return object;
}

static void put_clean(bw_buffer *out, const char *text)
{
    bw_report_clean(out, text);
}

static void container_text(const bw_wasm *w, const char *path, size_t len, bw_arena *arena, bw_buffer *out)
{
    put_clean(out, path);
    if (w->kind == BW_WASM_AOT)
        bw_buffer_printf(out, ": compiled ahead of time, version %u", w->version);
    else
        bw_buffer_printf(out, ": WebAssembly module");
    bw_buffer_printf(out, ", 0x%zx bytes (%s)\n", len, bw_size_about(arena, len));
    if (w->arch) {
        bw_buffer_text(out, "  for      ");
        put_clean(out, w->arch);
        bw_buffer_printf(out, ", %s bits\n", w->wide ? "64" : "32");
    }
    if (w->has_memory) {
        uint64_t bytes = bw_wasm_memory(w);

        bw_buffer_printf(out, "  memory   %" G_GUINT64_FORMAT " page%s", w->pages, w->pages == 1 ? "" : "s");
        if (w->memory_limited)
            bw_buffer_printf(out, ", at most %" G_GUINT64_FORMAT, w->most_pages);
        bw_buffer_printf(out, "%s%s: 0x%" G_GINT64_MODIFIER "x bytes (%s) at once\n",
                         w->memory_shared ? ", shared" : "", w->memory_imported ? ", imported" : "", bytes,
                         bw_size_words(arena, bytes));
    }
    if (w->kind == BW_WASM_MODULE)
        bw_buffer_printf(out, "  holds    %u function%s, %u export%s\n", w->function_count,
                         w->function_count == 1 ? "" : "s", w->export_count, w->export_count == 1 ? "" : "s");
    for (const bw_wasm_import *i = w->imports; i; i = i->next) {
        bw_buffer_printf(out, "  imports  %s ", import_kinds[i->kind]);
        put_clean(out, i->module);
        bw_buffer_byte(out, '.');
        put_clean(out, i->name);
        bw_buffer_byte(out, '\n');
    }
}

static void malformed(const char *path, const char *problem, size_t offset, bw_findings *findings)
{
    bw_findings_add(findings, BW_CODE_container_malformed, bw_file_place(path),
                    "at byte 0x%zx: the container is broken: %s", offset, problem);
}

void bw_container_info(const bw_options *options, const char *path, const uint8_t *data, size_t len,
                       bw_findings *findings)
{
    const char *problem;
    bw_buffer out = {0};
    bw_arena arena;
    size_t offset;
    bw_wasm w;

    bw_arena_init(&arena);
    if (!bw_wasm_read(&w, &arena, data, len, &problem, &offset))
        malformed(path, problem, offset, findings);
    if (options->json) {
        bw_print_json(container_json(&w, path, len));
    } else {
        container_text(&w, path, len, &arena, &out);
        fwrite(out.data, 1, out.len, stdout);
    }
    bw_buffer_free(&out);
    bw_arena_free(&arena);
}
