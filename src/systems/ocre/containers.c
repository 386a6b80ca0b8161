/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/containers.h"

#include "yaml/schema.h"

#include <inttypes.h>
#include <string.h>

/* Bytes that the runtime takes for each container beside its memory: WAMR's stack and heap, the thread's stack. */
#define RAM_STACKS 0x6000U

bw_source *bw_ocre_container_read(const char *path, const char *name, const char *arch, const char *whose,
                                  bw_arena *arena, bw_wasm *wasm, bw_findings *findings)
{
    const char *problem = bw_ocre_name_problem(name);
    uint32_t errors = findings->counts[BW_ERROR];
    int error_number;
    size_t offset;
    bw_wasm own;

    wasm = wasm ? wasm : &own;
    if (problem)
        bw_findings_add(findings, BW_CODE_ocre_image_name, bw_file_place(path),
                        "the name %s: Ocre would list the container, and never run it", problem);
    bw_source *source = bw_source_open(findings->ctx->sources, path, &error_number);
    if (!source) {
        bw_findings_add(findings, BW_CODE_file_unreadable, bw_file_place(path), "the file cannot be read: %s",
                        g_strerror(error_number));
        return NULL;
    }
    if (bw_wasm_kind_of(source->text, source->len) == BW_WASM_NONE)
        bw_findings_add(findings, BW_CODE_ocre_image_kind, bw_file_place(path), "this is no container: %s",
                        source->len ? "it begins as neither a WebAssembly module nor WAMR's AOT does"
                                    : "the file is empty");
    else if (!bw_wasm_read(wasm, arena, source->text, source->len, &problem, &offset))
        bw_findings_add(findings, BW_CODE_container_malformed, bw_file_place(path),
                        "at byte 0x%zx: the container is broken: %s", offset, problem);
    else if (wasm->kind == BW_WASM_AOT && arch && strncmp(wasm->arch, arch, strlen(arch)) != 0)
        bw_findings_add(findings, BW_CODE_ocre_image_kind, bw_file_place(path),
                        "the container is compiled for %s, and the runtime of %s takes only %s…", wasm->arch, whose,
                        arch);
    return findings->counts[BW_ERROR] == errors ? source : NULL;
}

/* Two files of one name: the second would take the place of the first. */
static bool is_twice(const bw_ocre_containers *list, const bw_ocre_container *one, bw_findings *findings)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, one->name) != 0)
            continue;
        bw_finding *f =
            bw_findings_add(findings, BW_CODE_ocre_image_name, bw_yaml_place(one->at),
                            "a second container is called %s: images stand beside each other in one folder", one->name);
        bw_finding_note(f, bw_yaml_place(list->items[i].at), "the first is here");
        return true;
    }
    return false;
}

bw_ocre_containers bw_ocre_containers_of(const bw_yaml *section, const char *arch, const char *whose, bw_arena *arena,
                                         bw_findings *findings)
{
    const bw_yaml *list = bw_yaml_get(section, "containers");
    bw_ocre_containers all = {.good = true};

    if (!list || list->kind != BW_YAML_LIST || !list->count)
        return all;
    all.items = bw_arena_array(arena, bw_ocre_container, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        bw_ocre_container *c = &all.items[all.count];
        const char *word = bw_yaml_to_text(list->items[i]);

        *c = (bw_ocre_container){.at = list->items[i]};
        c->path = *word == '/' ? word : bw_arena_printf(arena, "%s%s", c->at->source->dir, word);
        c->name = strrchr(c->path, '/') ? strrchr(c->path, '/') + 1 : c->path;
        if (is_twice(&all, c, findings)) {
            all.good = false;
            continue;
        }
        c->source = bw_ocre_container_read(c->path, c->name, arch, whose, arena, &c->wasm, findings);
        all.good = all.good && c->source;
        all.count++;
    }
    return all;
}

static bw_lfs_node *folder(bw_arena *arena, const char *name, bw_lfs_node *children)
{
    bw_lfs_node *n = bw_arena_new(arena, bw_lfs_node);

    n->name = name;
    n->is_dir = true;
    n->children = children;
    return n;
}

bw_lfs_node *bw_ocre_state(bw_arena *arena, bw_lfs_node *images)
{
    bw_lfs_node *both = folder(arena, "images", images);

    both->next = folder(arena, "containers", NULL);
    return folder(arena, "", folder(arena, "ocre", both));
}

uint64_t bw_ocre_container_ram(const bw_ocre_container *c)
{
    return (c->source ? c->source->len : 0) + bw_wasm_memory(&c->wasm) + RAM_STACKS;
}
