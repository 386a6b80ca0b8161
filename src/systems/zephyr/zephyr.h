/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Zephyr's hardware model v2: from the metadata of a tree to the boards, their targets and the files of each.
 *
 *     roots ──► soc.yml, board.yml ──► SoCs, boards, extensions ──► targets        (model: this file)
 *     "board@rev/soc/cluster/variant" ──► one target and its revision               (name.h)
 *     target + shields + snippets ──► .dts, overlays, defconfigs, in order, and why (files.h)
 *     the names of all files of a board folder ──► findings                         (checks.h)
 *
 * Sources: Zephyr 4.1, scripts/list_boards.py, list_hardware.py, snippets.py, list_shields.py, scripts/schemas/;
 * cmake/modules/boards.cmake, extensions.cmake, dts.cmake, kconfig.cmake, shields.cmake, pre_dt.cmake.
 */
#ifndef BW_SYSTEMS_ZEPHYR_ZEPHYR_H
#define BW_SYSTEMS_ZEPHYR_ZEPHYR_H

#include "base/context.h"
#include "yaml/board_yml.h"

/** Where to look. Lists of folders, NULL-terminated; NULL is an empty one. */
typedef struct bw_zephyr_roots {
    const char *const *board_roots; /**< each with a folder boards/ */
    const char *const *soc_roots;   /**< each with a folder soc/ */
    const char *const *arch_roots;  /**< each with a folder arch/ */
    const char *const *board_dirs;  /**< if given, only the board.yml directly in these */
    /** Extensions bring variants only, one file after the other, as list_boards.py has them; else they bring SoCs, too,
     *  and variants of each other whatever the order. */
    bool as_zephyr;
    /** The board_dirs are loose; a board root without a folder boards/ is looked through itself, and is loose, too. */
    bool loose;
} bw_zephyr_roots;

/** A folder by two names: for findings as the user would write it, for Zephyr's CMake absolute. */
typedef struct bw_zephyr_dir {
    const char *path;     /**< below the root as it was given */
    const char *absolute; /**< with the root's symbolic links resolved; of --board-dir as it was given */
    bool loose;           /**< outside of any Zephyr tree: its SoCs may be in no soc.yml */
} bw_zephyr_dir;

typedef struct bw_zephyr_soc {
    const char *name;
    const bw_yaml *at;              /**< the name's place */
    const char *series, *family;    /**< or NULL */
    const bw_yaml *const *clusters; /**< names of the CPU clusters, extensions' ones last */
    uint32_t cluster_count;
    const bw_zephyr_dir *const *dirs; /**< of the soc.yml that defines it, and of those that extend it */
    uint32_t dir_count;
    bool made_up; /**< no soc.yml has it: it is what the board.yml of one board say, in no list of SoCs */
} bw_zephyr_soc;

typedef struct bw_zephyr_board bw_zephyr_board;
typedef struct bw_zephyr_target bw_zephyr_target;

/** A node in the tree of a board's qualifiers: SoC, CPU cluster or variant. */
struct bw_zephyr_target {
    const bw_zephyr_board *board;
    const char *segment;             /**< "foo" */
    const char *qualifiers;          /**< "soc1/cpu0/foo" */
    const char *name;                /**< "plank/soc1/cpu0/foo" */
    const bw_zephyr_soc *soc;        /**< NULL where no soc.yml has it, and of a board whose variants have no SoC */
    const bw_yaml *at;               /**< who said so: board.yml, or soc.yml for a cluster */
    uint32_t folder;                 /**< of board->dirs: 0 the base's own, else the extension's that brought it */
    bool buildable;                  /**< false for a SoC that has clusters: only what is below it is a target */
    bool parent_dts, parent_kconfig; /**< takes the devicetree, the configuration of its parent (board_yml.h) */
    bool before_parent;              /**< Zephyr, in order of path, would look for the parent before it is there */
    uint32_t turn;                   /**< of extensions' variants: the how many-th it is, in order of path, from 1 */
    bw_zephyr_target *parent, *first, *last, *next;
};

struct bw_zephyr_board {
    const char *name;
    const bw_yml_board *yml; /**< as its board.yml says */
    const bw_board_yml *file;
    bool contested;             /**< there is another board of the name; this one was read first */
    const bw_zephyr_dir **dirs; /**< the base's first, then those of its extensions in order */
    uint32_t dir_count;
    bw_zephyr_target *first, *last;         /**< SoCs (or variants without one), in order */
    const bw_zephyr_target *const *targets; /**< what can be built, in the order of list_boards.py */
    uint32_t target_count;
};

/** One entry of a board.yml that extends a board. */
typedef struct bw_zephyr_extension {
    const bw_yml_board *yml;
    const bw_board_yml *file;
    const bw_zephyr_dir *dir;
    bw_zephyr_board *base; /**< NULL: no board of this name was found; Zephyr ignores it */
    uint32_t folder;       /**< of base->dirs: its own */
} bw_zephyr_extension;

/** All that the metadata under some roots says. Everything lives as long as it. */
typedef struct bw_zephyr {
    bw_context *ctx;
    bw_arena arena;
    GArray *arenas; /**< private: of bw_arena *, those of the threads that read the files */
    bw_zephyr_roots roots;
    bw_zephyr_soc *const *socs; /**< in the order of list_hardware.py */
    uint32_t soc_count;
    bw_zephyr_board *const *boards; /**< root by root, by path */
    uint32_t board_count;
    const bw_zephyr_extension *extensions;
    uint32_t extension_count;
    const bw_board_yml *const *files; /**< each board.yml that could be read */
    uint32_t file_count;
    bool socs_incomplete;  /**< a soc.yml could not be read */
    bool misnamed_sought;  /**< private: files that are nearly called soc.yml were looked for */
    uint32_t unknown_socs; /**< private: how many were met */
    bool failed;           /**< Zephyr's own scripts would have refused something here */
    GTree *socs_by_name;   /**< private */
    GTree *made_up_socs;   /**< private: "board/soc" -> those that no soc.yml has */
    GTree *boards_by_name; /**< private */
    GTree *nodes;          /**< private: all nodes of all boards */
    GHashTable *doubtful;  /**< private: bw_board_yml whose targets are not all that were meant */
} bw_zephyr;

/**
 * Reads the metadata under the roots. What Zephyr's scripts refuse (or crash on) is a finding at its line;
 * what they could not have been read past is left out.
 * @param threads how many read files side by side; at least 1
 * @param only if not NULL, boards of other names are left out, and what is wrong with their SoCs is not said
 * @return never NULL; free it with bw_zephyr_free().
 */
bw_zephyr *bw_zephyr_load(bw_context *ctx, const bw_zephyr_roots *roots, const char *only, int threads,
                          bw_findings *findings);
void bw_zephyr_free(bw_zephyr *zephyr);

/** @return the board, or NULL. */
const bw_zephyr_board *bw_zephyr_board_called(const bw_zephyr *zephyr, const char *name);
const bw_zephyr_soc *bw_zephyr_soc_called(const bw_zephyr *zephyr, const char *name);

/** @return the target of a board with these qualifiers, or NULL. */
const bw_zephyr_target *bw_zephyr_target_called(const bw_zephyr_board *board, const char *qualifiers);

/** @return whether a finding was made (or is certain to be) after which the targets of a board.yml are not all that
 *          its author meant: what does not fit them is not worth another one. */
bool bw_zephyr_is_doubtful(const bw_zephyr *zephyr, const bw_board_yml *file);

/** Whether files of a folder of the board are the target's: the base's own, and those of the extensions that brought it
 *  or what it varies; of a CPU cluster that was added to the SoC, any. What another extension has is none of its
 * business. */
bool bw_zephyr_owns(const bw_zephyr_target *target, uint32_t folder);

/** Whether short file names are legal for a target: the board has by itself one SoC, and the target is of it. What
 *  extensions add makes no file of the base wrong; their own SoCs have long names. */
bool bw_zephyr_may_be_short(const bw_zephyr_target *target);

/** @return nearest board name for "did you mean", or NULL. */
const char *bw_zephyr_near_board(const bw_zephyr *zephyr, const char *name);

#endif
