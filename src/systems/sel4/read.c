/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/read.h"

#include "fdt/fdt.h"
#include "tree/interrupts.h"
#include "tree/specifiers.h"

#include <string.h>

/* The beginning of the first line that only a preprocessor understands, or NULL. */
static const char *find_directive(const bw_source *source)
{
    static const char *const words[] = {"#include", "#define", "#ifdef", "#ifndef", "#if "};

    for (const char *line = source->text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
            if (strncmp(line, words[i], strlen(words[i])) == 0)
                return line;
    }
    return NULL;
}

/* The kernel's build gives its sources to dtc as they are. */
static void note_directives(bw_unit *unit, const char *const *paths)
{
    for (; *paths; paths++) {
        bw_source *source = bw_source_open(unit->ctx->sources, *paths, NULL);
        const char *line = source && !bw_fdt_is_blob(source->text, source->len) ? find_directive(source) : NULL;

        if (!line)
            continue;
        const uint32_t at = (uint32_t)(line - source->text);

        bw_finding_cure(bw_findings_add(unit->findings, BW_CODE_sel4_preprocessor,
                                        bw_source_place(source, at, at + (uint32_t)strcspn(line, " \t\r\n")),
                                        "seL4's build runs no preprocessor: it will not read this source"),
                        "boardwright compile --dts prints the source with all of it done");
    }
}

/* ---- numbers that name nodes ---- */

static bool is_reference(const bw_value *value, uint32_t offset)
{
    for (uint32_t i = 0; i < value->mark_count; i++)
        if (value->marks[i].offset == offset && value->marks[i].kind == BW_MARK_REF_PHANDLE)
            return true;
    return false;
}

/* What the number leads to has to be what the property asks for. */
static bool is_provider(const bw_tree *tree, const bw_node *target, const bw_spec_kind *kind)
{
    if (!kind)
        return bw_is_interrupt_provider(tree, target);
    return !kind->cells || kind->optional_cells || bw_node_prop_text(target, kind->cells) != NULL;
}

/* @return whether a number was found there, and said. @param kind NULL: of interrupt-parent. */
static bool check_number(bw_tree *tree, const bw_node *node, const bw_prop *prop, uint32_t offset,
                         const bw_spec_kind *kind)
{
    bw_spec_fault fault;
    const bw_node *target = bw_phandle_node(tree, prop, offset, &fault);

    if (is_reference(&prop->value, offset) || fault == BW_SPEC_EMPTY || fault == BW_SPEC_UNKNOWN)
        return false;
    if (target && is_provider(tree, target, kind)) {
        bw_finding_cure(bw_find_elem(tree, BW_CODE_sel4_phandle_number, node, prop, offset,
                                     "%s of %s is the number that %s has in this base tree, and in another one another "
                                     "node",
                                     prop->name->text, bw_node_path(tree, node), bw_node_path(tree, target)),
                        "write <&{%s}>", bw_node_path(tree, target));
        return true;
    }
    bw_finding *f =
        bw_find_elem(tree, BW_CODE_sel4_phandle_wrong, node, prop, offset,
                     "%s of %s is the number of %s%s in this base tree: the overlay was written for another",
                     prop->name->text, bw_node_path(tree, node), target ? bw_node_path(tree, target) : "no node",
                     target ? ", which is none that could be meant," : "");

    if (target)
        bw_find_note_node(tree, f, target, "that node is here");
    bw_finding_cure(f, "name the node: <&{/path}>");
    return true;
}

/* One property, one mistake. */
static void check_numbers(bw_tree *tree, const bw_node *node, const bw_prop *prop)
{
    const bw_spec_kind *kind = bw_spec_kind_for(tree, node, prop);
    bw_spec_iter iter;
    bw_spec spec;

    if (strcmp(prop->name->text, "interrupt-parent") == 0 && prop->value.len == 4)
        check_number(tree, node, prop, 0, NULL);
    if (!kind)
        return;
    iter = bw_spec_begin(tree, node, prop, kind);
    while (bw_spec_next(&iter, &spec))
        if (check_number(tree, node, prop, spec.offset, kind))
            return;
}

/* Base trees are flat, their phandles numbers; an overlay is written by hand for one or several of them. */
static void check_overlays(bw_tree *tree, const char *base)
{
    BW_FOR_NODES (tree, node)
        BW_FOR_PROPS (node, prop) {
            const bw_place place = prop->history ? bw_locs_place(&tree->unit->locs, bw_prop_span(prop)) : (bw_place){0};

            if (place.file && strcmp(place.file, base) != 0)
                check_numbers(tree, node, prop);
        }
}

bw_tree *bw_sel4_read(bw_unit *unit, const char *const *paths, const bw_load_options *options, bw_roots *roots)
{
    bw_source *source = bw_source_open(unit->ctx->sources, paths[0], NULL);
    const bool blob = source && bw_fdt_is_blob(source->text, source->len);
    bw_load_options load = *options;
    bw_target target = {.name = paths[0], .path = paths[0], .kind = blob ? BW_TARGET_BLOB : BW_TARGET_SOURCE};

    if (blob)
        load.overlays = paths + 1;
    else
        target.more_files = paths + 1;
    note_directives(unit, paths);
    bw_tree *tree = bw_target_read(unit, &target, &load, roots);

    if (!tree || tree->broken || !bw_tree_all_known(tree))
        return NULL;
    if (!blob && paths[1])
        check_overlays(tree, paths[0]);
    return tree;
}
