/* SPDX-License-Identifier: Apache-2.0 */
/**
 * soc.yml: the SoCs of a folder, in families and series, with their CPU clusters.
 *
 * Source: Zephyr 4.1, scripts/schemas/soc-schema.yml and scripts/list_hardware.py.
 */
#ifndef BW_SYSTEMS_ZEPHYR_SOC_YML_H
#define BW_SYSTEMS_ZEPHYR_SOC_YML_H

#include "yaml/schema.h"

#include "base/context.h"

typedef struct bw_soc_yml_soc {
    const char *name;
    const bw_yaml *at;
    bool extends;                /**< name is of a SoC that another file defines */
    const char *series, *family; /**< or NULL */
    const bw_yaml **clusters;    /**< their names */
    uint32_t cluster_count;
} bw_soc_yml_soc;

typedef struct bw_soc_yml {
    bw_source *source;
    bw_soc_yml_soc *socs; /**< families first, then series, then single ones: the order of list_hardware.py */
    uint32_t count;
    const bw_yaml *runners; /**< or NULL */
} bw_soc_yml;

extern const bw_schema bw_soc_yml_schema;

/** Reads a soc.yml into @p arena. @return NULL with findings when it is wrong. */
const bw_soc_yml *bw_soc_yml_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

#endif
