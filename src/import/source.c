/* SPDX-License-Identifier: Apache-2.0 */
#include "import/parts.h"

#include "base/bytes.h"
#include "base/text.h"
#include "dts/dts.h"
#include "fdt/fdt.h"
#include "tree/compare.h"
#include "tree/refs.h"
#include "tree/specifiers.h"

#include <string.h>

/* A phandle that the original has. */
typedef struct number {
    bw_node *node;
    uint32_t phandle;
    bool kept; /* it stands in the source */
} number;

typedef struct importer {
    bw_tree *tree;
    const bw_import_job *job;
    bw_import_result *result;
    GArray *numbers; /* of number */
    bw_unit *again;  /* of the source that is read back */
} importer;

/* -- before printing ------------------------------------------------------------------------------ */

static bool refuse_overlay(const importer *im)
{
    if (!im->tree->plugin && !bw_node_child(im->tree->root, im->tree->unit->n->fixups))
        return false;
    bw_finding_cure(bw_findings_add(im->job->findings, BW_CODE_import_overlay, bw_file_place(im->job->target->path),
                                    "this is an overlay, not a board"),
                    "apply it to its board first: boardwright dtc, or fdtoverlay");
    return true;
}

/* Names that the language has no way to write. */
static bool check_names(const importer *im)
{
    BW_FOR_NODES (im->tree, node) {
        if (!node->name->node_chars) {
            bw_find_node(im->tree, BW_CODE_import_unwritable, node,
                         "a source cannot name a node \"%s\": letters, digits and ,._+-@ are what it may have",
                         node->name->text);
            return false;
        }
        BW_FOR_PROPS (node, prop)
            if (!prop->name->property_chars) {
                bw_find_prop(
                    im->tree, BW_CODE_import_unwritable, node, prop,
                    "a source cannot name a property \"%s\": letters, digits and ,._+*#?- are what it may have",
                    prop->name->text);
                return false;
            }
    }
    return true;
}

static uint32_t count_nodes(const bw_tree *tree)
{
    uint32_t count = 0;

    BW_FOR_NODES (tree, node) {
        (void)node;
        count++;
    }
    return count;
}

static uint32_t count_labels(const bw_tree *tree)
{
    uint32_t count = 0;

    BW_FOR_NODES (tree, node)
        BW_FOR_LABELS (node, label) {
            (void)label;
            count++;
        }
    return count;
}

static uint32_t count_references(const bw_tree *tree)
{
    uint32_t count = 0;

    BW_FOR_NODES (tree, node)
        BW_FOR_PROPS (node, prop)
            for (uint32_t i = 0; prop->value.has_refs && i < prop->value.mark_count; i++)
                count += prop->value.marks[i].kind == BW_MARK_REF_PHANDLE;
    return count;
}

static void drop_generated(const importer *im)
{
    const bw_known_names *n = im->tree->unit->n;
    const bw_name *const names[] = {n->symbols, n->fixups, n->local_fixups};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        bw_node *node = bw_node_child(im->tree->root, names[i]);

        if (node)
            bw_node_delete(node);
    }
}

/* Takes the numbers out of the tree: whoever compiles the source gives new ones. */
static void drop_numbers(importer *im)
{
    const bw_known_names *n = im->tree->unit->n;

    BW_FOR_NODES (im->tree, node) {
        bw_prop *phandle = bw_node_prop(node, n->phandle);
        bw_prop *legacy = bw_node_prop(node, n->linux_phandle);

        if (node->phandle && (phandle || legacy)) {
            number entry = {.node = node, .phandle = node->phandle};
            g_array_append_val(im->numbers, entry);
        }
        if (phandle)
            bw_prop_delete(phandle);
        if (legacy)
            bw_prop_delete(legacy);
    }
}

/* -- there and back ------------------------------------------------------------------------------- */

static void write_head(const importer *im, GString *out)
{
    const bw_prop *model = bw_node_prop(im->tree->root, im->tree->unit->n->model);
    char *base = g_path_get_basename(im->job->target->path);

    g_string_append(out, "/*\n * ");
    if (model && model->value.len && model->value.data[model->value.len - 1] == 0)
        bw_text_comment(out, (const char *)model->value.data);
    else
        g_string_append(out, "A board");
    g_string_append(out, "\n *\n * Imported from ");
    bw_text_comment(out, strcmp(base, "-") == 0 ? "standard input" : base);
    g_string_append(out, im->tree->from_source ? " by boardwright, with all that it included.\n"
                                               : " by boardwright. A blob has no labels: these were made from names,\n"
                                                 " * aliases and addresses.\n");
    if (im->result->kept)
        g_string_append_printf(out,
                               " * %u node%s a phandle of the original, because a property whose meaning is not known\n"
                               " * has that number.\n",
                               im->result->kept, im->result->kept == 1 ? " keeps" : "s keep");
    g_string_append(out, " */\n\n");
    g_free(base);
}

static GString *print(const importer *im)
{
    GString *text = g_string_new(NULL);
    bw_buffer out = {0};

    write_head(im, text);
    bw_dts_print_readable(im->tree, im->job->options->origins, &out);
    g_string_append_len(text, (const char *)out.data, (gssize)out.len);
    bw_buffer_free(&out);
    return text;
}

/* Reads the text as a target of the new folder will be read. @return NULL if that gives no good tree. */
static bw_tree *read_back(importer *im, const GString *text, bw_findings *findings)
{
    char *path = g_strdup_printf("<import of %s, try %u>", im->job->target->path, im->result->kept ? 2 : 1);
    bw_dts_options options = {.dialect = BW_DIALECT_ZEPHYR, .preprocess = true};
    bw_tree *tree = NULL;

    if (bw_source_add(im->tree->unit->ctx->sources, path, text->str, text->len)) {
        bw_unit_begin(im->again, findings);
        tree = bw_dts_read(im->again, path, &options);
    }
    g_free(path);
    return tree && !tree->broken && bw_tree_resolve(tree, NULL) ? tree : NULL;
}

static void report_difference(importer *im, const bw_difference *d)
{
    const char *format = "the source that would be written is not the same: %s %s";

    if (d->prop)
        bw_find_prop(im->tree, BW_CODE_import_unwritable, d->node, d->prop, format, d->prop->name->text, d->what);
    else if (d->node)
        bw_find_node(im->tree, BW_CODE_import_unwritable, d->node, format, bw_node_path(im->tree, d->node), d->what);
    else
        bw_findings_add(im->job->findings, BW_CODE_import_unwritable, bw_file_place(im->job->target->path), format,
                        "the memory reservations", d->what);
}

/* @return the tree of the text if it is the same, else NULL with a finding. */
static bw_tree *same_again(importer *im, const GString *text)
{
    bw_findings findings;
    bw_difference difference;

    bw_findings_init(&findings, im->tree->unit->ctx);
    bw_tree *again = read_back(im, text, &findings);
    if (!again) {
        const bw_finding *first = findings.first;

        bw_findings_add(im->job->findings, BW_CODE_import_unwritable, bw_file_place(im->job->target->path),
                        "the source that would be written cannot be read: %s", first ? first->text : "no reason given");
    } else if (!bw_tree_same(im->tree, again, &difference)) {
        report_difference(im, &difference);
        again = NULL;
    }
    bw_findings_free(&findings);
    return again;
}

/* -- numbers that something else may mean ----------------------------------------------------------- */

/* Whether the cells of a property may be phandles in a way that nobody told us: a vendor's own property, or one that
 * ought to hold phandles but cannot be read. */
static bool is_obscure(const bw_tree *tree, const bw_node *node, const bw_prop *prop)
{
    static const char *const numbers[] = {"riscv,", "snps,", "linux,", "pinctrl-single,", NULL};

    if (prop->value.has_refs || prop->value.len % 4 || prop->value.len > 256)
        return false;
    if (bw_spec_kind_for(tree, node, prop) || bw_phandle_cells_of(prop->name) ||
        prop->name == tree->unit->n->interrupt_map)
        return true;
    for (const char *const *known = numbers; *known; known++)
        if (g_str_has_prefix(prop->name->text, *known))
            return false;
    return strchr(prop->name->text, ',') && !g_str_has_suffix(prop->name->text, ",pins");
}

static void keep_if_met(const bw_prop *prop, GHashTable *changed)
{
    for (uint32_t at = 0; at + 4 <= prop->value.len; at += 4) {
        number *entry = g_hash_table_lookup(changed, GUINT_TO_POINTER(bw_get32(prop->value.data + at)));

        if (entry)
            entry->kept = true;
    }
}

/* The source gives other numbers; those that an obscure property has must stay. @return how many. */
static uint32_t keep_numbers(importer *im, const bw_tree *again)
{
    GHashTable *changed = g_hash_table_new(NULL, NULL);
    bw_node **nodes = bw_arena_array(&im->again->arena, bw_node *, count_nodes(again));
    uint32_t kept = 0;

    BW_FOR_NODES (again, node)
        nodes[node->number] = node;
    for (guint i = 0; i < im->numbers->len; i++) {
        number *entry = &g_array_index(im->numbers, number, i);

        if (nodes[entry->node->number]->phandle != entry->phandle)
            g_hash_table_insert(changed, GUINT_TO_POINTER(entry->phandle), entry);
    }
    if (g_hash_table_size(changed))
        BW_FOR_NODES (im->tree, node)
            BW_FOR_PROPS (node, prop)
                if (is_obscure(im->tree, node, prop))
                    keep_if_met(prop, changed);
    g_hash_table_unref(changed);
    for (guint i = 0; i < im->numbers->len; i++) {
        const number *entry = &g_array_index(im->numbers, number, i);

        if (!entry->kept)
            continue;
        bw_node_set(im->tree, entry->node, im->tree->unit->n->phandle, bw_value_cells(im->tree, &entry->phandle, 1));
        kept++;
    }
    return kept;
}

GString *bw_import_source(bw_tree *tree, const bw_import_job *job, bw_import_result *result)
{
    importer im = {.tree = tree, .job = job, .result = result};
    GString *text = NULL;

    if (refuse_overlay(&im) || !bw_tree_all_known(tree))
        return NULL;
    bw_fdt_generate(tree, &(bw_fdt_generate_options){.quiet = true});
    if (!job->options->keep_symbols)
        drop_generated(&im);
    if (!check_names(&im))
        return NULL;
    uint32_t labels = count_labels(tree);
    bw_tree_find_refs(tree);
    bw_tree_make_labels(tree);
    result->labels = count_labels(tree) - labels;
    result->references = count_references(tree);
    im.numbers = g_array_new(FALSE, FALSE, sizeof(number));
    im.again = bw_unit_new(tree->unit->ctx);
    drop_numbers(&im);
    text = print(&im);
    bw_tree *again = same_again(&im, text);
    result->nodes = again ? count_nodes(again) : 0;
    result->kept = again ? keep_numbers(&im, again) : 0;
    if (result->kept) {
        g_string_free(text, TRUE);
        text = print(&im);
        again = same_again(&im, text);
    }
    if (!again) {
        g_string_free(text, TRUE);
        text = NULL;
    }
    bw_unit_free(im.again);
    g_array_free(im.numbers, TRUE);
    return text;
}
