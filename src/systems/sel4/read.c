/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/read.h"

#include "fdt/fdt.h"

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

    return tree && !tree->broken && bw_tree_all_known(tree) ? tree : NULL;
}
