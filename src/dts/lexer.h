/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the parts of the lexer share: its state, the classes of characters, the making of tokens.
 */
#ifndef BW_DTS_LEXER_H
#define BW_DTS_LEXER_H

#include "dts/token.h"

/* Classes of bw_char_class: devicetree name, identifier start, digit, blank (no newline), hexadecimal. */
enum { NAME = 1, ALPHA = 2, DIGIT = 4, BLANK = 8, HEX = 16 };

static inline bool is(unsigned char c, uint8_t class)
{
    return (bw_char_class[c] & class) != 0;
}

typedef struct lexer {
    bw_context *ctx;
    bw_source *source;
    const char *text, *p, *end;
    bool preprocess;
    bool one_line_strings;
    bool mend;       /* comments that swallow code end where they were meant to */
    bool line_start; /* only blanks since the last newline */
    uint8_t space;   /* BW_SPACE if there was white space before p */
    bw_tok *tokens;
    uint32_t count, room;
    bw_lexed *lexed;
    GArray *open_ifs; /* of uint32_t: tokens of #if whose branch is open, then of #elif/#else */
} lexer;

static inline const char *scan_ident(const char *p)
{
    while (is((unsigned char)*p, ALPHA | DIGIT))
        p++;
    return p;
}

/** The length of a backslash and the newline after it, 0 if there is none. */
size_t bw_lexer_splice(const lexer *lx, const char *p);
/** To the newline that ends a // comment; a backslash before it lets the comment go on. */
const char *bw_lexer_skip_line_comment(const lexer *lx, const char *p);
/** Behind blanks, splices and block comments, @p end at most. */
const char *bw_lexer_skip_blanks(const lexer *lx, const char *p, const char *end);

bw_tok *bw_lexer_add(lexer *lx, bw_tok_kind kind, uint8_t op, const char *begin, const char *end);
const char *bw_lexer_scan_piece(const char *p, const char *end); /**< the end of the preprocessing token at p */
void bw_lexer_add_piece(lexer *lx, const char *end);             /**< the token from lx->p to there */
void bw_lexer_add_quoted(lexer *lx);
bool bw_lexer_add_keyword(lexer *lx);
void bw_lexer_add_punct(lexer *lx);

/** At '#', the first thing of a line. @return false if it is no directive but text. */
bool bw_lexer_add_directive(lexer *lx);
/** A line marker that dtc knows: only at column 0, with a file name. */
bool bw_lexer_read_line_mark(lexer *lx);
/** Once all is read: conditionals without #endif end at the end of the file. */
void bw_lexer_end_conditionals(lexer *lx);

#endif
