/* SPDX-License-Identifier: Apache-2.0 */
/* The public face of the library: see include/boardwright/boardwright.h. Nothing is decided here. */
#include "boardwright/boardwright.h"

#include "base/bytes.h"
#include "board/load.h"
#include "check/check.h"
#include "dts/print.h"
#include "fdt/fdt.h"
#include "report/report.h"
#include "tree/address.h"
#include "tree/status.h"
#include "tree/strings.h"

struct boardwright {
    bw_context *ctx;
    bw_roots *roots;
    GPtrArray *include_dirs, *dts_dirs, *defines; /* NULL-terminated once not empty */
    bool tolerate_missing;
};

struct boardwright_board {
    boardwright *context;
    bw_unit *unit;
    bw_tree *tree; /* may be NULL */
    bw_findings findings;
    bw_buffer blob;
    bool checked;
};

static const bw_node *node_of(const boardwright_node *node)
{
    return (const bw_node *)(const void *)node;
}

static const boardwright_node *public_node(const bw_node *node)
{
    return (const boardwright_node *)(const void *)node;
}

static const bw_prop *prop_of(const boardwright_property *property)
{
    return (const bw_prop *)(const void *)property;
}

static const boardwright_property *public_prop(const bw_prop *prop)
{
    return (const boardwright_property *)(const void *)prop;
}

static boardwright_place public_place(bw_place place)
{
    return (boardwright_place){place.file, place.line, place.column, place.end_line, place.end_column};
}

/* A buffer's bytes as text that free() releases. */
static char *take_text(bw_buffer *buffer)
{
    char *text = malloc(buffer->len + 1);

    if (!text)
        abort();
    if (buffer->len)
        memcpy(text, buffer->data, buffer->len);
    text[buffer->len] = '\0';
    bw_buffer_free(buffer);
    return text;
}

const char *boardwright_version(void)
{
    return BW_VERSION;
}

/* -- context ---------------------------------------------------------------------------------------- */

boardwright *boardwright_new(void)
{
    boardwright *context = g_new0(boardwright, 1);

    context->ctx = bw_context_new();
    context->roots = bw_roots_new();
    context->include_dirs = g_ptr_array_new_with_free_func(g_free);
    context->dts_dirs = g_ptr_array_new_with_free_func(g_free);
    context->defines = g_ptr_array_new_with_free_func(g_free);
    return context;
}

void boardwright_free(boardwright *context)
{
    if (!context)
        return;
    g_ptr_array_free(context->include_dirs, TRUE);
    g_ptr_array_free(context->dts_dirs, TRUE);
    g_ptr_array_free(context->defines, TRUE);
    bw_roots_free(context->roots);
    bw_context_free(context->ctx);
    g_free(context);
}

bool boardwright_set_level(boardwright *context, const char *code, boardwright_level level)
{
    return bw_context_set_level(context->ctx, code, (bw_severity)level);
}

static void append(GPtrArray *list, const char *text)
{
    if (list->len)
        g_ptr_array_remove_index(list, list->len - 1);
    g_ptr_array_add(list, g_strdup(text));
    g_ptr_array_add(list, NULL);
}

void boardwright_add_include_dir(boardwright *context, const char *directory)
{
    append(context->include_dirs, directory);
}

void boardwright_add_dts_dir(boardwright *context, const char *directory)
{
    append(context->dts_dirs, directory);
}

void boardwright_define(boardwright *context, const char *definition)
{
    append(context->defines, definition);
}

void boardwright_tolerate_missing_includes(boardwright *context, bool tolerate)
{
    context->tolerate_missing = tolerate;
}

bool boardwright_add_file(boardwright *context, const char *path, const void *bytes, size_t size)
{
    return bw_source_add(context->ctx->sources, path, bytes, size) != NULL;
}

/* -- boards ----------------------------------------------------------------------------------------- */

static const char *const *words_of(const GPtrArray *list)
{
    return list->len ? (const char *const *)list->pdata : NULL;
}

static bw_load_options load_options(const boardwright *context)
{
    return (bw_load_options){
        .include_dirs = words_of(context->include_dirs),
        .dts_dirs = words_of(context->dts_dirs),
        .defines = words_of(context->defines),
        .tolerate_missing = context->tolerate_missing,
    };
}

boardwright_board *boardwright_read(boardwright *context, const char *path)
{
    boardwright_board *board = g_new0(boardwright_board, 1);
    bw_load_options options = load_options(context);
    bw_targets targets;

    board->context = context;
    board->unit = bw_unit_new(context->ctx);
    bw_findings_init(&board->findings, context->ctx);
    bw_unit_begin(board->unit, &board->findings);
    if (bw_targets_find(context->ctx, path, &options, &board->unit->arena, &board->findings, &targets))
        board->tree = bw_target_read(board->unit, &targets.items[0], &options, context->roots);
    return board;
}

void boardwright_board_free(boardwright_board *board)
{
    if (!board)
        return;
    bw_unit_free(board->unit);
    bw_findings_free(&board->findings);
    bw_buffer_free(&board->blob);
    g_free(board);
}

bool boardwright_check(boardwright_board *board)
{
    const bw_resolve_options options = {0};

    if (board->tree && !board->tree->broken && !board->checked)
        bw_check_run(board->tree, &options);
    board->checked = true;
    return board->findings.counts[BW_ERROR] == 0;
}

static boardwright_finding public_finding(bw_arena *arena, const bw_finding *f)
{
    boardwright_finding result = {
        .code = bw_codes[f->code].name,
        .level = (boardwright_level)f->severity,
        .message = f->text,
        .place = public_place(f->place),
        .node = f->node,
        .property = f->property,
        .cure = f->cure,
    };
    boardwright_note *notes;
    size_t n = 0;

    for (const bw_related *r = f->related; r; r = r->next)
        result.note_count++;
    for (const bw_trail *t = f->trail; t; t = t->next)
        result.note_count++;
    notes = bw_arena_array(arena, boardwright_note, result.note_count);
    for (const bw_related *r = f->related; r; r = r->next)
        notes[n++] = (boardwright_note){r->text, public_place(r->place)};
    for (const bw_trail *t = f->trail; t; t = t->next)
        notes[n++] = (boardwright_note){t->text, public_place(t->place)};
    result.notes = notes;
    return result;
}

const boardwright_finding *boardwright_findings(boardwright_board *board, size_t *count)
{
    bw_arena *arena = &board->findings.arena;
    size_t n = 0;

    for (const bw_finding *f = board->findings.first; f; f = f->next)
        n++;
    boardwright_finding *list = bw_arena_array(arena, boardwright_finding, n);
    *count = n;
    n = 0;
    for (const bw_finding *f = board->findings.first; f; f = f->next)
        list[n++] = public_finding(arena, f);
    return list;
}

char *boardwright_report(boardwright_board *board, boardwright_format format)
{
    bw_buffer out = {0};
    bw_totals totals = {.boards = 1, .targets = board->tree != NULL};

    switch (format) {
    case BOARDWRIGHT_TEXT:
        bw_report_text(&out, &board->findings, false);
        break;
    case BOARDWRIGHT_JSON:
        for (const bw_node *n = board->tree ? board->tree->root : NULL; n; n = bw_node_following(n))
            totals.nodes++;
        bw_report_json(&out, &board->findings, &totals);
        break;
    case BOARDWRIGHT_SARIF:
        bw_report_sarif(&out, &board->findings);
        break;
    case BOARDWRIGHT_GITHUB:
        bw_report_github(&out, &board->findings);
        break;
    }
    return take_text(&out);
}

void boardwright_free_text(char *text)
{
    free(text);
}

/* -- the tree --------------------------------------------------------------------------------------- */

const boardwright_node *boardwright_root(const boardwright_board *board)
{
    return board->tree ? public_node(board->tree->root) : NULL;
}

const boardwright_node *boardwright_node_find(const boardwright_board *board, const char *reference)
{
    return board->tree ? public_node(bw_tree_by_ref(board->tree, reference)) : NULL;
}

const boardwright_node *boardwright_node_parent(const boardwright_node *node)
{
    return public_node(node_of(node)->parent);
}

const boardwright_node *boardwright_node_first_child(const boardwright_node *node)
{
    return public_node(bw_live_node(node_of(node)->first_child));
}

const boardwright_node *boardwright_node_next(const boardwright_node *node)
{
    return public_node(bw_live_node(node_of(node)->next));
}

const char *boardwright_node_name(const boardwright_node *node)
{
    return node_of(node)->name->text;
}

const char *boardwright_node_path(boardwright_board *board, const boardwright_node *node)
{
    return bw_node_path(board->tree, node_of(node));
}

boardwright_place boardwright_node_place(const boardwright_board *board, const boardwright_node *node)
{
    return public_place(bw_locs_place(&board->unit->locs, bw_node_span(node_of(node))));
}

bool boardwright_node_available(const boardwright_board *board, const boardwright_node *node)
{
    return bw_node_available(board->tree, node_of(node));
}

bool boardwright_node_block(const boardwright_board *board, const boardwright_node *node, uint32_t index,
                            uint64_t *address, uint64_t *size)
{
    bw_rows rows = bw_reg_rows(board->tree, node_of(node));

    if (index >= rows.count)
        return false;
    bw_row row = bw_rows_get(&rows, index);
    if (!row.known || row.size.wide)
        return false;
    bw_translation t = bw_translate(board->tree, node_of(node), row.child, row.size.value);
    *address = t.address;
    *size = row.size.value;
    return t.state == BW_TRANSLATED;
}

const boardwright_property *boardwright_first_property(const boardwright_node *node)
{
    return public_prop(bw_live_prop(node_of(node)->first_prop));
}

const boardwright_property *boardwright_next_property(const boardwright_property *property)
{
    return public_prop(bw_live_prop(prop_of(property)->next));
}

const boardwright_property *boardwright_property_find(const boardwright_node *node, const char *name)
{
    return public_prop(bw_node_prop_text(node_of(node), name));
}

const char *boardwright_property_name(const boardwright_property *property)
{
    return prop_of(property)->name->text;
}

const void *boardwright_property_bytes(const boardwright_property *property, size_t *size)
{
    *size = prop_of(property)->value.len;
    return prop_of(property)->value.data;
}

bool boardwright_property_cell(const boardwright_property *property, uint32_t index, uint32_t *cell)
{
    const bw_prop *prop = prop_of(property);
    uint64_t offset = (uint64_t)index * 4;

    if (offset + 4 > prop->value.len || !bw_prop_known(prop, (uint32_t)offset, 4))
        return false;
    *cell = bw_get32(prop->value.data + offset);
    return true;
}

const char *boardwright_property_string(const boardwright_property *property, uint32_t index)
{
    return bw_prop_string_at(prop_of(property), index);
}

const boardwright_node *boardwright_property_target(const boardwright_board *board,
                                                    const boardwright_property *property, uint32_t index)
{
    const bw_value *value = &prop_of(property)->value;
    uint32_t phandle;

    for (uint32_t i = 0; i < value->mark_count; i++)
        if (value->marks[i].kind == BW_MARK_REF_PHANDLE && value->marks[i].offset == (uint64_t)index * 4)
            return public_node(value->marks[i].node);
    if (board->tree->from_source || !boardwright_property_cell(property, index, &phandle))
        return NULL;
    return public_node(bw_tree_by_phandle(board->tree, phandle));
}

boardwright_place boardwright_property_place(const boardwright_board *board, const boardwright_property *property)
{
    return public_place(bw_locs_place(&board->unit->locs, bw_prop_value_span(prop_of(property))));
}

/* -- output ----------------------------------------------------------------------------------------- */

const void *boardwright_dtb(boardwright_board *board, bool symbols, size_t *size)
{
    const bw_fdt_generate_options generate = {.symbols = symbols};
    const bw_fdt_write_options options = {0};

    if (!board->tree || board->tree->broken || board->tree->has_unknown || !bw_fdt_generate(board->tree, &generate) ||
        !bw_fdt_write(board->tree, &options, &board->blob))
        return NULL;
    *size = board->blob.len;
    return board->blob.data;
}

char *boardwright_dts(boardwright_board *board)
{
    bw_buffer out = {0};

    if (!board->tree)
        return NULL;
    bw_dts_print(board->tree, BW_ANNOTATE_NONE, &out);
    return take_text(&out);
}
