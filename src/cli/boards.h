/* SPDX-License-Identifier: Apache-2.0 */
/** What commands share that look at a BOARD: its targets, reading one, how the terminal likes its text. */
#ifndef BW_CLI_BOARDS_H
#define BW_CLI_BOARDS_H

#include "board/board.h"
#include "board/load.h"
#include "cli/options.h"
#include "cli/roots.h"
#include "report/figures.h"
#include "systems/systems.h"

typedef struct bw_boards {
    bw_context *ctx;
    bw_arena arena;
    bw_findings findings;
    bw_roots *roots;
    bw_board_finder finder;
    bw_unit *unit;
    bw_load_options load;
    bw_targets targets;
    const bw_options *options;
    const char *command;
    int exit_code; /**< the worst so far */
} bw_boards;

/** Finds the targets of @p argument; with @p wanted only the one of this name, or of these qualifiers.
 *  @return false when there is none; it is said, and exit_code is set. Close it in any case. */
bool bw_boards_open(bw_boards *boards, const char *command, const bw_options *options, const char *argument,
                    const char *wanted);
/** Reads one target; findings are printed. The last one's board is forgotten. @return NULL when there is no tree. */
bw_board *bw_boards_read(bw_boards *boards, const bw_target *target);
/** Leaves only the targets that support.yml means for the system; all of a board of which it means none, and one that
 *  was asked for by itself. */
void bw_boards_choose(bw_boards *boards, const bw_system *system);
void bw_boards_close(bw_boards *boards);

/** Whether a target is meant by @p wanted: "plank/m33", or what follows the board's name. */
bool bw_target_is_called(const bw_target *target, const char *wanted);

/** How standard output likes its text: UTF-8 by the locale, colour and width by the terminal. */
bw_style bw_stdout_style(void);

#endif
