/* SPDX-License-Identifier: Apache-2.0 */
/**
 * support.yml: what each system needs to know of a board beyond its hardware, one section a system.
 */
#ifndef BW_SYSTEMS_SUPPORT_H
#define BW_SYSTEMS_SUPPORT_H

#include "systems/systems.h"

/** Reads and checks a support.yml into @p arena. @return NULL with findings when it is wrong. */
const bw_yaml *bw_support_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

/** @return the support.yml beside a target's board.yml or source, to be freed; NULL when there is none. */
char *bw_support_path(const bw_target *target);

/**
 * Reads the support.yml of a target once, however many targets of the board folder ask for it.
 * @param seen path to value (NULL: wrong); new: g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL).
 * @param ok false if it is wrong; the findings come with the first target.
 * @return NULL also without one.
 */
const bw_yaml *bw_support_of(GHashTable *seen, bw_context *ctx, const bw_target *target, bw_arena *arena,
                             bw_findings *findings, bool *ok);

/** @return whether the file has a section for the system; then @p section is it (NULL for an empty one). */
bool bw_support_section(const bw_yaml *support, const bw_system *system, const bw_yaml **section);

/** @return whether the `target:` of a system's section means this target: by its name, with or without the revision, or
 *          by what follows the board's name. A section without one means every target. */
bool bw_support_means(const bw_yaml *section, const bw_target *target);

/** @return false if @p support (or NULL) has a section for the system, and it means another target. */
bool bw_support_admits(const bw_yaml *support, const bw_system *system, const bw_target *target);

/** Finds the targets of the board that one target, or one source, was chosen of: support.yml speaks of them all.
 *  @return false without a board.yml. */
bool bw_support_siblings(bw_context *ctx, const bw_target *target, const bw_load_options *load, bw_arena *arena,
                         bw_targets *all);

/** Reports each `target:` of a section that means no target of its board, with the nearest one: support-target.
 *  @param seen as for bw_support_of(). @param targets of a run; those of their boards that it leaves out are looked
 * for. */
void bw_support_check_targets(GHashTable *seen, bw_context *ctx, const bw_targets *targets, const bw_load_options *load,
                              bw_arena *arena, bw_findings *findings);

/** @return the part of `simulator:` that is for all targets, or NULL when it has a part for each (or is not there). */
const bw_yaml *bw_support_simulator_of_all(const bw_yaml *support);

/** The documentation of all keys: docs/support-yml.md. To be freed. */
GString *bw_support_document(void);

#endif
