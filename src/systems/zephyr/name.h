/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a user calls a target: board[@revision][/soc[/cluster][/variant…]] or board[@revision]//variant.
 *
 * Source: Zephyr 4.1, cmake/modules/boards.cmake and board_check_revision() of extensions.cmake.
 */
#ifndef BW_SYSTEMS_ZEPHYR_NAME_H
#define BW_SYSTEMS_ZEPHYR_NAME_H

#include "systems/zephyr/deprecated.h"
#include "systems/zephyr/zephyr.h"

/** A name taken apart. */
typedef struct bw_zephyr_name {
    const char *board;
    const char *revision;   /**< without '@'; NULL if not given */
    const char *qualifiers; /**< with the leading '/'; NULL if not given */
} bw_zephyr_name;

/** @return false if @p text is none; @p problem says then why (a static text). */
bool bw_zephyr_name_parse(bw_arena *arena, const char *text, bw_zephyr_name *name, const char **problem);

/** What is built for a name. */
typedef struct bw_zephyr_choice {
    const bw_zephyr_board *board;
    const bw_zephyr_target *target; /**< NULL: the board has no targets, and Zephyr takes any qualifiers */
    const char *qualifiers;         /**< with the leading '/', the SoC filled in; NULL: none */
    const char *revision;           /**< that files are named after; NULL: the board has none */
    const char *requested;          /**< the revision as asked for, zeros added; NULL: the default was taken */
    const char *replaced;           /**< the deprecated name that was given, or NULL */
    bool single_soc;                /**< short file names are legal */
    const char *name;               /**< "plank@1.5.0/soc1/foo" in full */
} bw_zephyr_choice;

/**
 * Finds what is built for @p text. Findings are placed at @p place (the argument, or the file that has the name).
 * @param deprecated replaced names, or NULL
 * @return false after a finding that says why there is nothing, and what there is.
 */
bool bw_zephyr_choose(const bw_zephyr *zephyr, const bw_zephyr_deprecated *deprecated, const char *text, bw_place place,
                      bw_arena *arena, bw_findings *findings, bw_zephyr_choice *choice);

/** The choice of a target as it is built without a revision given: with the default one. No findings:
 *  a default revision that Zephyr would refuse leaves revision NULL and returns false. */
bool bw_zephyr_choose_default(const bw_zephyr_target *target, bw_arena *arena, bw_zephyr_choice *choice);

/** Whether a listed revision is spelled as its format wants (after Zephyr's padding of what is asked for). */
bool bw_zephyr_revision_is_spelled(const char *format, const char *revision);

typedef enum bw_zephyr_revision_answer {
    BW_ZEPHYR_REVISION_LISTED,   /**< in board.yml as asked for */
    BW_ZEPHYR_REVISION_LOWER,    /**< the greatest listed one below it is taken */
    BW_ZEPHYR_REVISION_CUSTOM,   /**< revision.cmake decides; taken as asked for here */
    BW_ZEPHYR_REVISION_SPELLING, /**< not of the format */
    BW_ZEPHYR_REVISION_UNKNOWN,  /**< not listed, and nothing to fall back to */
} bw_zephyr_revision_answer;

/**
 * What Zephyr makes of a revision. @param asked NULL: none was given
 * @param padded gets what was asked for (or the default) with ".0"s added; NULL if there is no revision at all
 * @param active gets the revision that files are named after
 */
bw_zephyr_revision_answer bw_zephyr_revision(const bw_yml_board *board, const char *asked, bw_arena *arena,
                                             const char **padded, const char **active);

#endif
