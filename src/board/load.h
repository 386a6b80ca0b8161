/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From what a user calls a board to trees: which targets it has, and reading one of them.
 *
 * A BOARD is a devicetree source, a blob (known by its magic), a board.yml, or a folder that holds them,
 * at its top or further down; a folder with board.yml is one board with its targets, and <folder>/<qualifiers> one
 * of them. What is no path is a name to look up.
 */
#ifndef BW_BOARD_LOAD_H
#define BW_BOARD_LOAD_H

#include "base/unit.h"
#include "board/roots.h"
#include "tree/resolve.h"

/**
 * Who knows boards by other means than files beside a board.yml: the hardware models of systems, which stand above this
 * folder. Both functions add bw_targets to an array, allocated in the arena.
 */
typedef struct bw_board_lookup {
    void *data;
    /** The targets that a name stands for. @return false after a finding. */
    bool (*by_name)(void *data, const char *name, bw_arena *arena, bw_findings *findings, GArray *targets);
    /** Told of each board.yml in the folders that a user names, before targets of any are asked for: boards and what
     *  extends them may lie in different folders. May be NULL. */
    void (*announce)(void *data, const char *path);
    /** The targets of a board.yml. @return false if nothing is known of it; then file names are looked at. */
    bool (*of_board_yml)(void *data, const char *path, bw_arena *arena, bw_findings *findings, GArray *targets);
    /** Whether a source that lies somewhere below a folder that a user named, without a board.yml, is a board. May be
     *  NULL: it is. */
    bool (*is_board)(void *data, const char *path);
} bw_board_lookup;

/** How to read the sources of a run; zero-initialise. What is not given is found (board/roots.h). */
typedef struct bw_load_options {
    const char *const *include_dirs; /**< -I; searched before the ones found; NULL-terminated or NULL */
    const char *const *dts_dirs;     /**< -i; likewise */
    const char *const *defines;      /**< -D */
    const bw_board_lookup *lookup;   /**< or NULL: a BOARD is a path */
    const char *const *overlays;     /**< --overlay, in order: texts as Zephyr appends them, or, with /plugin/ or as
                                          blobs, overlays as libfdt applies them; NULL-terminated or NULL */
    bool tolerate_missing;           /**< a missing include is a warning, reading goes on */
    bool no_preprocess;
    uint32_t names_max; /**< that are looked at in folders for boards; 0: 500,000 */
    bool dialect_given;
    bw_dialect dialect;
    bw_resolve_options resolve;
} bw_load_options;

/** What a target has for one revision. All lists are NULL-terminated. */
typedef struct bw_target_revision {
    const char *name;
    const char *const *overlays; /**< texts behind the devicetree, in order */
    const char *const *configs;  /**< fragments of configuration, in order */
} bw_target_revision;

typedef enum bw_target_kind {
    BW_TARGET_SOURCE,
    BW_TARGET_BLOB,
    BW_TARGET_FS, /**< a folder as /proc/device-tree has it */
} bw_target_kind;

/** One buildable combination: a tree to read. */
typedef struct bw_target {
    const char *name;      /**< "plank/m33" of a board folder; else the path as given */
    const char *board;     /**< the board's name by board.yml, or NULL */
    const char *full_name; /**< from board.yml, or NULL */
    const char *vendor;    /**< from board.yml, or NULL */
    bw_target_kind kind;
    const char *path;           /**< of the .dts or .dtb */
    const char *board_yml;      /**< path of the one that brings the target, or NULL */
    const char *base_yml;       /**< of a target that an extension brings: path of the board's own, else NULL */
    const char *const *configs; /**< the user's fragments of configuration for any revision, in the order in which
                                     they count, or NULL; NULL-terminated */
    const struct bw_yml_board *family;   /**< the board with all that extends it, as one board.yml would have it
                                              (yaml/board_yml.h); NULL: board_yml says all */
    const char *const *more_files;       /**< texts appended (a revision's overlay), or NULL; NULL-terminated */
    const char *const *plain_files;      /**< those of more_files that count for any revision; or NULL */
    const bw_target_revision *revisions; /**< of all revisions listed; NULL: files beside the source tell */
    uint32_t revision_count;
    const char *const *include_dirs; /**< where to look for what is included, instead of what is found; or NULL */
    const char *const *defines;      /**< as bw_dts_options has them, or NULL */
} bw_target;

typedef struct bw_targets {
    bw_target *items; /**< in the arena that was given, in order of name */
    uint32_t count;
} bw_targets;

/** Tells the lookup of all that is in a BOARD argument, where several are given whose boards may extend each other. */
void bw_targets_announce(bw_context *ctx, const char *argument, const bw_load_options *options, bw_arena *arena);

/**
 * Finds the targets of a BOARD argument.
 * @return false with a finding (file-unreadable, board-unknown, board-yml …) when there are none.
 */
bool bw_targets_find(bw_context *ctx, const char *argument, const bw_load_options *options, bw_arena *arena,
                     bw_findings *findings, bw_targets *targets);

/**
 * Reads one target into a tree of @p unit whose references are not resolved yet, for whoever resolves them
 * itself (check/check.h). @param roots, @return as for bw_target_read().
 */
bw_tree *bw_target_parse(bw_unit *unit, const bw_target *target, const bw_load_options *options, bw_roots *roots);

/**
 * Reads one target into a resolved tree of @p unit (call bw_unit_begin() first).
 * @param roots may be NULL: then nothing is found by itself.
 * @return NULL when there is no tree at all; findings say why. A tree with errors has broken set.
 */
bw_tree *bw_target_read(bw_unit *unit, const bw_target *target, const bw_load_options *options, bw_roots *roots);

#endif
