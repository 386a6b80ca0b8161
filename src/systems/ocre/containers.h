/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Containers that are put on a board beforehand, and the state directory that holds them.
 *
 * Sources: project-ocre/ocre-runtime, src/common/common.c (names), src/ocre/ocre.c and
 * cmake/state_information.cmake (the directory).
 */
#ifndef BW_SYSTEMS_OCRE_CONTAINERS_H
#define BW_SYSTEMS_OCRE_CONTAINERS_H

#include "image/lfs.h"
#include "image/wasm.h"
#include "yaml/yaml.h"

/** Checks one: name, kind, and, unless @p arch is NULL, that AOT is for an architecture whose name begins so.
 *  @param wasm NULL, or gets what it is; @p arena holds its strings. @param whose the target, for findings
 *  @return its bytes, or NULL after findings. */
bw_source *bw_ocre_container_read(const char *path, const char *name, const char *arch, const char *whose,
                                  bw_arena *arena, bw_wasm *wasm, bw_findings *findings);

/** A container that support.yml names. */
typedef struct bw_ocre_container {
    const char *path;
    const char *name;  /**< of the file, which is that of the image */
    const bw_yaml *at; /**< where it is named */
    bw_source *source; /**< NULL: it cannot be used, and a finding says why */
    bw_wasm wasm;
} bw_ocre_container;

typedef struct bw_ocre_containers {
    bw_ocre_container *items;
    uint32_t count;
    bool good; /**< all of them can be used */
} bw_ocre_containers;

/** Reads and checks those of `containers:`. Everything lives in @p arena or the context of the findings. */
bw_ocre_containers bw_ocre_containers_of(const bw_yaml *section, const char *arch, const char *whose, bw_arena *arena,
                                         bw_findings *findings);

/** The root of an image: /ocre/images with @p images (a list, may be NULL) and an empty /ocre/containers. */
bw_lfs_node *bw_ocre_state(bw_arena *arena, bw_lfs_node *images);

/** Bytes of RAM that a container takes while it runs: its file, linear memory, the runtime's stack and heap for it.
 *  Source: WAMR, core/iwasm/common/wasm_memory.c; Ocre, src/runtime/wamr-wasip1/wamr.c. */
uint64_t bw_ocre_container_ram(const bw_ocre_container *container);

#endif
