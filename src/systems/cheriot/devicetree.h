/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A CHERIoT board out of a devicetree, and a devicetree out of a CHERIoT board.
 *
 * There is no binding; the rules are ours (docs/cheriot.md). What a devicetree has no word for stands in the section
 * `cheriot:` of support.yml (section.h), so that the way there and back gives the same board.
 */
#ifndef BW_SYSTEMS_CHERIOT_DEVICETREE_H
#define BW_SYSTEMS_CHERIOT_DEVICETREE_H

#include "board/board.h"
#include "board/load.h"
#include "systems/cheriot/board.h"
#include "yaml/yaml.h"

/** The compatible of a node that has interrupts of no device. Its interrupt-names are their names. */
#define BW_CHERIOT_INTERRUPTS "boardwright,cheriot-interrupts"

/**
 * Makes a board of a resolved tree. Its values stand at the lines of the devicetree and of support.yml that they come
 * from, so findings of bw_cheriot_check() do too.
 * @param section `cheriot:` of support.yml, or NULL
 * @param options for the SDK; mixins are not looked at
 * @return the board, in the arena of the tree's unit, with findings there; NULL after an error that leaves no board.
 */
const bw_cheriot_board *bw_cheriot_from_tree(const bw_board *board, const bw_target *target, const bw_yaml *section,
                                             const bw_cheriot_options *options);

/** What becomes of a board that is no devicetree. */
typedef struct bw_cheriot_tree {
    GString *source;           /**< the devicetree */
    GString *section;          /**< `cheriot:` of support.yml, two spaces deep below the key */
    const char *name;          /**< as board.yml has it: letters, digits, '_' */
    const char *soc;           /**< likewise; NULL before: "cheriot" */
    uint32_t devices, unknown; /**< how many, and how many of them without a compatible */
} bw_cheriot_tree;

/** A compatible for a device, as the user says. */
typedef struct bw_cheriot_compatible {
    const char *device, *compatible;
} bw_cheriot_compatible;

/**
 * Writes a devicetree and the side facts. Both are read back and made a board again, which is compared: what differs
 * goes below `board:` of the side facts as it is.
 * @param compatibles ended by a row without a device, or NULL
 * @param tree zero-initialised, but for names that are wanted
 * @return false after an error finding; else free with bw_cheriot_tree_free().
 */
bool bw_cheriot_to_tree(const bw_cheriot_board *board, const bw_cheriot_compatible *compatibles, bw_context *ctx,
                        bw_findings *findings, bw_cheriot_tree *tree);
void bw_cheriot_tree_free(bw_cheriot_tree *tree);

#endif
