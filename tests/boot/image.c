/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the probe's image of each target of a board, without running it: for whoever works on the probe, and for tests.
 *
 *   test-image BOARD FOLDER [COMPILER]
 *
 * writes FOLDER/<number of the target>/ and prints its claims, what the compiler made of them (no warning is let
 * pass), and how long it took.
 */
#include "board/load.h"
#include "boot/image.h"
#include "boot/machine.h"
#include "systems/support.h"

#include <stdio.h>

static void print_findings(const bw_findings *findings)
{
    for (const bw_finding *f = findings->first; f; f = f->next)
        printf("%s:%u: %s: %s [%s]\n%s%s%s", f->place.file ? f->place.file : "", f->place.line,
               bw_severity_name(f->severity), f->text, bw_codes[f->code].name, f->cure ? "  cure: " : "",
               f->cure ? f->cure : "", f->cure ? "\n" : "");
}

static void print_claims(const bw_unit *unit, const bw_claims *claims)
{
    for (guint i = 0; i < claims->items->len; i++) {
        const bw_claim *c = &g_array_index(claims->items, bw_claim, i);
        bw_span span = c->prop ? bw_prop_elem_span(c->prop, c->offset) : bw_node_span(c->node);
        bw_place place = bw_locs_place(&unit->locs, span);

        printf("%3u %s%s%s (%u:%u)\n", c->number, c->title, c->skip ? " # SKIP " : "", c->skip ? c->skip : "",
               place.line, place.column);
    }
}

static bool make(const bw_image_job *job, const char *compiler)
{
    bw_toolchain *toolchain = bw_toolchain_find(job->board, compiler, job->findings);
    gint64 start = g_get_monotonic_time();

    if (toolchain)
        g_ptr_array_add(toolchain->flags, g_strdup("-Werror"));
    bw_image *image = toolchain ? bw_image_build(job, toolchain) : NULL;

    if (image)
        printf("%s: %u bytes, entry 0x%llx, %.3f s\n", image->path, (unsigned)image->elf.loadable,
               (unsigned long long)image->elf.entry, (double)(g_get_monotonic_time() - start) / 1e6);
    else if (!toolchain)
        bw_image_write_sources(job);
    bool ok = image != NULL;
    bw_image_free(image);
    bw_toolchain_free(toolchain);
    return ok;
}

static void print_machine(const bw_board *board, const bw_target *target, const bw_yaml *support, bw_findings *findings)
{
    bw_machine_options options = {0};
    bw_machine *machine = bw_machine_of(board, target, support, &options, findings);

    if (machine) {
        char *line = g_strjoinv(" ", (char **)machine->argv->pdata);

        printf("%s:%s %s\n", machine->title, machine->guessed ? " guessed:" : "", line);
        g_free(line);
    }
    bw_machine_free(machine);
}

static bool make_target(bw_unit *unit, const bw_target *target, const bw_yaml *support, const char *folder,
                        const char *compiler, bw_findings *findings)
{
    bw_load_options options = {0};
    bw_roots *roots = bw_roots_new();

    bw_unit_begin(unit, findings);
    bw_tree *tree = bw_target_read(unit, target, &options, roots);
    bw_roots_free(roots);
    if (!tree)
        return false;
    bw_board *board = bw_board_of(tree);
    bw_bare_names *names = bw_bare_names_new(board);
    bw_bare_layout *layout = bw_bare_layout_new(board, names, NULL, true);
    bw_claims *claims = bw_claims_of(board, names, layout);
    bw_image_job job = {.board = board,
                        .target = target,
                        .claims = claims,
                        .semihosting = true,
                        .folder = folder,
                        .force = true,
                        .findings = findings};

    printf("%s: %u claims, %u tested\n", target->name, claims->items->len, claims->tested);
    print_claims(unit, claims);
    print_machine(board, target, support, findings);
    bool ok = make(&job, compiler);
    bw_claims_free(claims);
    bw_bare_layout_free(layout);
    bw_bare_names_free(names);
    return ok;
}

int main(int argc, char **argv)
{
    bw_context *ctx = bw_context_new();
    bw_unit *unit = bw_unit_new(ctx);
    bw_findings findings;
    bw_arena arena;
    bw_load_options options = {0};
    bw_targets targets = {0};
    bool ok = argc >= 3;

    bw_arena_init(&arena);
    bw_findings_init(&findings, ctx);
    const bw_yaml *support = NULL;
    char *path = NULL;
    if (ok && bw_targets_find(ctx, argv[1], &options, &arena, &findings, &targets)) {
        path = bw_support_path(&targets.items[0]);
        support = path ? bw_support_read(ctx, path, &arena, &findings) : NULL;
        ok &= bw_machine_check_targets(&targets, support, &findings);
        for (uint32_t i = 0; i < targets.count; i++) {
            char *folder = g_strdup_printf("%s/%u", argv[2], i);

            ok &= make_target(unit, &targets.items[i], support, folder, argc > 3 ? argv[3] : NULL, &findings);
            g_free(folder);
        }
    }
    g_free(path);
    print_findings(&findings);
    ok &= targets.count > 0;
    bw_unit_free(unit);
    bw_findings_free(&findings);
    bw_arena_free(&arena);
    bw_context_free(ctx);
    return ok ? 0 : 1;
}
