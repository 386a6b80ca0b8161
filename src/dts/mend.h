/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Braces that do not match, mended so that one lost brace is one finding and the rest of the board is read as meant.
 *
 * Only a board whose braces do not match comes here: it is read a second time to record its tokens, the indentation
 * of each file then tells which "}" is missing or one too many, and a third reading puts them right and says so.
 */
#ifndef BW_DTS_MEND_H
#define BW_DTS_MEND_H

#include "dts/parser.h"

typedef struct bw_mender bw_mender;

bool bw_mender_records(const bw_mender *mender); /**< false for NULL */
bw_mender *bw_mender_new(void);                  /**< records the tokens that bw_mender_see() is given */
void bw_mender_free(bw_mender *mender);

/** Finds what to mend in the tokens seen; from then on the mender mends. @return false if nothing is certain. */
bool bw_mender_decide(bw_mender *mender, const bw_parser *p);

/** The parser has read p->t: records it, or takes it out, or puts "}" ";" before it, with a finding. */
void bw_mender_see(bw_parser *p);
/** Puts the next inserted token into p->t. @return false if there is none. */
bool bw_mender_insert(bw_parser *p);

uint32_t bw_parser_indentation(const bw_parser *p,
                               bw_loc loc); /**< column (from 1) of its line's first word; 0: unknown */

#endif
