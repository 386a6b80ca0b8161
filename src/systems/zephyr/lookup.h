/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Zephyr's boards as any command takes them: by name under the board roots, and the targets of a board.yml.
 */
#ifndef BW_SYSTEMS_ZEPHYR_LOOKUP_H
#define BW_SYSTEMS_ZEPHYR_LOOKUP_H

#include "board/load.h"
#include "systems/zephyr/files.h"

typedef struct bw_zephyr_lookup bw_zephyr_lookup;

/**
 * @param zephyr_base the Zephyr tree, or NULL; a board inside of one is looked at with that tree
 * @param threads how many read metadata side by side
 * Everything given must outlive the lookup.
 */
bw_zephyr_lookup *bw_zephyr_lookup_new(bw_context *ctx, const bw_zephyr_roots *roots, const char *zephyr_base,
                                       int threads);
void bw_zephyr_lookup_free(bw_zephyr_lookup *lookup);

/** What load.h asks when a BOARD is no file; @p lookup is a bw_zephyr_lookup. Not thread-safe. */
bw_board_lookup bw_zephyr_board_lookup(bw_zephyr_lookup *lookup);
/** The Zephyr tree of a lookup; NULL if there is none, or it is of another kind. */
const char *bw_zephyr_base_of(const bw_board_lookup *lookup);

/** The whole model, read at the first call; what is wrong with the metadata is said then. */
const bw_zephyr *bw_zephyr_lookup_model(bw_zephyr_lookup *lookup, bw_findings *findings);

/** Names replaced by others, of the Zephyr tree; NULL if there are none. */
const bw_zephyr_deprecated *bw_zephyr_lookup_deprecated(bw_zephyr_lookup *lookup);

/** What a user wants built, exactly: one target with shields, snippets and overlays, as Zephyr's build has it. */
typedef struct bw_zephyr_request {
    const char *target;
    const char *const *shields, *const *snippets, *const *overlays; /**< NULL-terminated, or NULL */
    bool near_misses;
} bw_zephyr_request;

/**
 * @param target gets what bw_target_parse() reads; its path is NULL where the target has no .dts
 * @param choice, files get how it came about
 * @return false after a finding.
 */
bool bw_zephyr_resolve(bw_zephyr_lookup *lookup, const bw_zephyr_request *request, bw_arena *arena,
                       bw_findings *findings, bw_target *target, bw_zephyr_choice *choice, bw_zephyr_files *files);

/**
 * Checks the metadata and file names of all folders with a board.yml that were found (through load.h) since the last
 * call, and of a tree with it what belongs to the whole of it.
 * @param argument what they were found for: if that is a Zephyr tree, its shields, snippets, samples and tests are
 *        looked at, too
 */
void bw_zephyr_lookup_check(bw_zephyr_lookup *lookup, const char *argument, bw_findings *findings);

/**
 * Checks the devicetree of a target that this lookup found against what its folder says elsewhere. Findings go to the
 * tree's unit. Thread-safe, once bw_zephyr_lookup_check() was called for all targets.
 */
void bw_zephyr_lookup_check_tree(const bw_zephyr_lookup *lookup, const bw_target *target, bw_tree *tree);

/** The files of a target that this lookup found (through load.h), with near misses; in @p arena.
 *  @return false if the target is none of Zephyr's. */
bool bw_zephyr_files_of(bw_zephyr_lookup *lookup, const bw_target *target, bw_arena *arena, bw_zephyr_choice *choice,
                        bw_zephyr_files *files);

#endif
