/* SPDX-License-Identifier: Apache-2.0 */
/** Private to check_yocto.c and check_yocto_page.c: the files of a folder with layers. */
#ifndef BW_SYSTEMS_SEL4_LAYER_H
#define BW_SYSTEMS_SEL4_LAYER_H

#include "base/unit.h"
#include "yocto/bitbake.h"

typedef struct bw_sel4_layers {
    bw_unit *unit;
    const char *folder;
    GPtrArray *files; /**< of char *: paths of all files, in order */
    GPtrArray *read;  /**< of const bw_bb_file *: metadata among them */
    GPtrArray *roots; /**< of char *: folders that have conf/layer.conf */
    char **releases;  /**< of LAYERSERIES_COMPAT, all layers' together; empty: none is said */
} bw_sel4_layers;

/** @return whether a file's path ends like that. */
bool bw_sel4_layers_have(const bw_sel4_layers *layers, const char *ending);
/** Whether all releases of the layers are @p release or newer; false when none is said or known. */
bool bw_sel4_layers_since(const bw_sel4_layers *layers, const char *release);

/** Commands of a Markdown page. */
void bw_sel4_check_page(const bw_sel4_layers *layers, const char *path);

#endif
