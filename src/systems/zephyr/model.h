/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How a board's tree of qualifiers is made. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_MODEL_H
#define BW_SYSTEMS_ZEPHYR_MODEL_H

#include "systems/zephyr/zephyr.h"

/* Segments of a target. A single board.yml cannot get there, but a chain of extensions could. */
#define BW_ZEPHYR_DEPTH_MAX 64

/** What is needed to make a tree grow. */
typedef struct bw_zephyr_grower {
    bw_zephyr *z;
    bw_zephyr_board *board;
    const bw_board_yml *file; /**< that says so */
    bw_findings *findings;
    const bw_zephyr_soc *soc; /**< of the branch that grows */
    uint32_t folder;          /**< of the board.yml that it comes from */
    bool loose;               /**< which may have SoCs that no soc.yml has */
    uint32_t turn;            /**< of extensions' variants */
    bool ok;                  /**< false after a finding */
} bw_zephyr_grower;

/** @return the node below @p parent (NULL: at the top) with this segment, or NULL. */
bw_zephyr_target *bw_zephyr_child(const bw_zephyr *zephyr, const bw_zephyr_board *board, bw_zephyr_target *parent,
                                  const char *segment);

/** A new node below parent (NULL: at the top). @return NULL after a finding: a second one of the same name. */
bw_zephyr_target *bw_zephyr_add_node(bw_zephyr_grower *grower, bw_zephyr_target *parent, const char *segment,
                                     const bw_yaml *at);

/** A variant with all below it. @return NULL after a finding. */
bw_zephyr_target *bw_zephyr_add_variant(bw_zephyr_grower *grower, bw_zephyr_target *parent,
                                        const bw_yml_variant *variant);

/** A SoC with its clusters and variants; of one that is there already what is new. */
void bw_zephyr_add_soc(bw_zephyr_grower *grower, const bw_yml_soc *yml);

/** Order of the table of all nodes: by board, parent and segment. */
int bw_zephyr_compare_nodes(gconstpointer a, gconstpointer b, gpointer unused);

/** Makes the tree of a board from its own board.yml. @return false after a finding. */
bool bw_zephyr_grow(bw_zephyr *zephyr, bw_zephyr_board *board, bw_findings *findings);

/** Adds the variants of an extension to the base's tree, as they come. @return false after a finding. */
bool bw_zephyr_extend(bw_zephyr *zephyr, const bw_zephyr_extension *extension, bw_findings *findings);

/** Adds the SoCs and the variants of all extensions to the trees of their bases, whatever their order.
 *  @return false after a finding. */
bool bw_zephyr_extend_all(bw_zephyr *zephyr, const bw_zephyr_extension *extensions, uint32_t count,
                          bw_findings *findings);

/** Notes what a board.yml outside of any Zephyr tree says of SoCs that no soc.yml has. To be called for all files
 *  before trees are made. */
void bw_zephyr_make_up_socs(bw_zephyr *zephyr, const bw_board_yml *file);

/** @return the SoC of a board by this name, or NULL. @param loose whether it may be a made up one */
const bw_zephyr_soc *bw_zephyr_soc_of(const bw_zephyr *zephyr, const char *board, const char *soc, bool loose);

/** Makes the list of a board's targets from its tree, once that is complete. */
void bw_zephyr_flatten(bw_zephyr *zephyr, bw_zephyr_board *board);

/** What bw_zephyr_is_doubtful() says of a board.yml from now on. */
void bw_zephyr_doubt(bw_zephyr *zephyr, const bw_board_yml *file);

/** @return the pointers as an array in the model's arena, ended by NULL; the GPtrArray is freed. */
const void *bw_zephyr_keep(bw_zephyr *zephyr, GPtrArray *pointers);

#endif
