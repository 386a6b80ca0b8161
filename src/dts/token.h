/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Tokens of a source file, made once a context and shared by all units.
 *
 * The text is cut into C preprocessing tokens (C17 6.4). Where several of them stand side by side
 * and together could be a devicetree name (`reset-gpios`, `uart@1000`), a RUN token with the whole
 * name goes in front, so that the reader need not join and look up the pieces again and again.
 */
#ifndef BW_DTS_TOKEN_H
#define BW_DTS_TOKEN_H

#include "base/context.h"

typedef enum bw_tok_kind {
    BW_TK_EOF,
    BW_TK_IDENT,     /**< u.name */
    BW_TK_NUMBER,    /**< a pp-number; op says what a devicetree reader makes of it, u.number its value */
    BW_TK_STRING,    /**< with its quotes */
    BW_TK_CHAR,      /**< with its quotes */
    BW_TK_PUNCT,     /**< op: the character, or one of bw_punct */
    BW_TK_KEYWORD,   /**< op: a bw_keyword */
    BW_TK_RUN,       /**< u.name: the name that the next count tokens are together */
    BW_TK_DIRECTIVE, /**< u.directive */
    BW_TK_OTHER,     /**< a stray byte or quote; op: a bw_stray */
    BW_TK_PARAM,     /**< in a macro body: parameter u.number; op '#': stringized */
    BW_TK_PADDING,   /**< in an expansion: a seam; op: a bw_pad */
    BW_TK_EMPTY,     /**< in an expansion: an empty argument beside ## (C17 6.10.3.3, placemarker) */
} bw_tok_kind;

/* BW_ALONE: an identifier, and what follows it cannot go on with a name. */
enum {
    BW_SPACE = 1,
    BW_COLON = 2,
    BW_PASTE = 4,
    BW_NO_EXPAND = 8,
    BW_ESCAPED = 16,
    BW_LINES = 32,
    BW_VA_OPT = 64,
    BW_ALONE = 128
};

typedef enum bw_punct {
    BW_P_SHL = 128,
    BW_P_SHR,
    BW_P_LE,
    BW_P_GE,
    BW_P_EQ,
    BW_P_NE,
    BW_P_AND,
    BW_P_OR,
    BW_P_PASTE
} bw_punct;

typedef enum bw_keyword {
    BW_KW_DTS_V1,
    BW_KW_PLUGIN,
    BW_KW_MEMRESERVE,
    BW_KW_BITS,
    BW_KW_DELETE_PROPERTY,
    BW_KW_DELETE_NODE,
    BW_KW_OMIT_IF_NO_REF,
    BW_KW_INCBIN,
    BW_KW_INCLUDE,
    BW_KEYWORDS
} bw_keyword;

typedef enum bw_number {
    BW_NUM_OK,
    BW_NUM_BAD,    /**< digits that are no number: 09 */
    BW_NUM_RANGE,  /**< more than 64 bits */
    BW_NUM_PIECES, /**< not one literal for a devicetree reader: 0x1e-3, 3u */
} bw_number;

typedef enum bw_stray { BW_STRAY_BYTE, BW_STRAY_QUOTE, BW_STRAY_COMMENT, BW_STRAY_LINE_COMMENT } bw_stray;
typedef enum bw_pad { BW_PAD_NONE, BW_PAD_TIGHT, BW_PAD_WHITE } bw_pad;

typedef struct bw_directive bw_directive;

/** How a token begins, everywhere alike: copied in one piece, because the processor waits when a
 *  word is read that was written byte by byte just before. */
typedef struct bw_tok_head {
    uint8_t kind;
    uint8_t op;
    uint8_t flags;
    uint8_t unused;
} bw_tok_head;

typedef struct bw_tok {
    uint8_t kind; /**< the members of bw_tok_head */
    uint8_t op;
    uint8_t flags;
    uint8_t unused;
    uint32_t offset; /**< in the source */
    uint32_t len;    /**< bytes as written */
    uint32_t count;  /**< of RUN: tokens that follow and belong to it; of IDENT: its name's number */
    union {
        const bw_name *name;
        uint64_t number;
        const bw_directive *directive;
    } u;
} bw_tok;

typedef enum bw_directive_kind {
    BW_D_DEFINE,
    BW_D_UNDEF,
    BW_D_INCLUDE,
    BW_D_IF,
    BW_D_IFDEF,
    BW_D_IFNDEF,
    BW_D_ELIF,
    BW_D_ELSE,
    BW_D_ENDIF,
    BW_D_ERROR,
    BW_D_WARNING,
    BW_D_LINE,
    BW_D_BAD, /**< message says why */
} bw_directive_kind;

typedef struct bw_macro bw_macro;

struct bw_directive {
    bw_directive_kind kind;
    uint32_t offset, len;  /**< "#word" */
    uint32_t arg, arg_end; /**< rest of the line: bytes in the source */
    const bw_name *name;   /**< of DEFINE, UNDEF, IFDEF, IFNDEF */
    const bw_macro *macro; /**< of DEFINE */
    uint32_t next;         /**< of IF…ELSE: token of the next branch or ENDIF (or EOF) */
    uint32_t end;          /**< of IF…ELSE: token of the ENDIF (or EOF) */
    bool matched;          /**< of ELIF, ELSE, ENDIF: there is an IF; of IF: there is an ENDIF */
    const char *message;   /**< of BAD */
};

struct bw_macro {
    const bw_name *name;
    bw_source *source;
    uint32_t offset;         /**< of the name */
    uint32_t body, body_end; /**< bytes in the source */
    const bw_name **params;
    uint16_t param_count;
    bool function_like;
    bool variadic;                    /**< the last parameter takes the rest */
    uint8_t builtin;                  /**< a bw_builtin */
    _Atomic(struct bw_body *) tokens; /**< made at first use */
};

typedef enum bw_builtin {
    BW_B_NONE,
    BW_B_LINE,
    BW_B_FILE,
    BW_B_COUNTER,
    BW_B_INCLUDE_LEVEL,
    BW_B_BASE_FILE,
    BW_B_DATE,
    BW_B_TIME
} bw_builtin;

/** The tokens of a macro's replacement list. */
typedef struct bw_body {
    uint32_t count;
    bool pasted;       /**< holds ## */
    const char *fault; /**< NULL, or why the definition is wrong */
    bw_tok tokens[];
} bw_body;

/** A comment in which another one begins, or that has no end. */
typedef struct bw_odd_comment {
    uint32_t begin;
    uint32_t inner; /**< where another one begins in it; 0: it has no end at all */
    uint32_t meant; /**< where it was likely meant to end: behind its text on its line or lines */
    bool code;      /**< what stands between looks like code: the end was certainly forgotten */
} bw_odd_comment;

typedef struct bw_lexed {
    bw_tok *tokens; /**< ends with EOF */
    uint32_t count;
    bw_arena arena;
    GPtrArray *macros;
    GArray *comments; /**< of bw_odd_comment, or NULL */
} bw_lexed;

/** The tokens of a source; made at the first call for this mode. */
const bw_lexed *bw_lex(bw_context *ctx, bw_source *source, bool preprocess);
/** The tokens from @p offset on, where no string goes on over a line end: for going on after a missing
 *  quote. The caller frees them with bw_lexed_free(). */
bw_lexed *bw_lex_tail(bw_context *ctx, bw_source *source, bool preprocess, uint32_t offset);
/** All tokens, where comments that swallow code end where they were meant to. The caller frees them likewise. */
bw_lexed *bw_lex_mended(bw_context *ctx, bw_source *source, bool preprocess);
void bw_lexed_free(void *lexed);

/** The tokens of a macro's body; params are marked. */
const bw_body *bw_macro_body(bw_context *ctx, const bw_macro *macro);
/** The tokens of a piece of text on one (logical) line: the argument of a directive. Freed with g_free(). */
bw_body *bw_lex_line(bw_context *ctx, const bw_source *source, uint32_t begin, uint32_t end);
/** One token out of @p text, all of it. @return false if it is not one token. */
bool bw_lex_one(bw_context *ctx, const char *text, size_t len, bw_tok *token);
/** Reads a literal as dtc does. @return how it is (BW_NUM_PIECES: @p used bytes are the literal). */
bw_number bw_lex_number(const char *text, size_t len, uint64_t *value, size_t *used);

/** Rank of a binary operator as in C, 10 (* / %) to 1 (||); 0: it is none. */
int bw_precedence(uint8_t op);

extern const uint8_t bw_char_class[256]; /**< see dts/lexer.h */

static inline bool bw_is_name_char(unsigned char c)
{
    return (bw_char_class[c] & 1) != 0;
}

#endif
