/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parser's own view of the input: devicetree tokens, and the state while a tree is built.
 */
#ifndef BW_DTS_PARSER_H
#define BW_DTS_PARSER_H

#include "dts/pp.h"

/** Depth of nodes and of parentheses beyond which the reader refuses to go on. */
#define BW_DTS_DEPTH_MAX 256U

typedef enum bw_dtok_kind {
    BW_DT_EOF,
    BW_DT_NAME,    /**< name: of a node or property */
    BW_DT_LITERAL, /**< number: an integer or a character */
    BW_DT_STRING,  /**< text with its quotes */
    BW_DT_LABEL,   /**< name, without ":" */
    BW_DT_REF,     /**< name: "label", "/path" or "label/path" */
    BW_DT_BYTES,   /**< text: hex digits in [ ] */
    BW_DT_KEYWORD, /**< op: a bw_keyword */
    BW_DT_PUNCT,   /**< op: a character or a bw_punct */
    BW_DT_IDENT,   /**< name: a word where none belongs, most often a macro that nothing defines */
    BW_DT_BAD,     /**< something that is no token; a finding has been made */
} bw_dtok_kind;

typedef struct bw_dtok {
    bw_dtok_kind kind;
    uint8_t op;
    uint8_t flags; /**< BW_ESCAPED, BW_LINES of strings */
    bw_loc loc;
    uint32_t len; /**< bytes as written, where it was written in one piece; else of the name */
    const bw_name *name;
    uint64_t number;
    const char *text;
    uint32_t text_len;
} bw_dtok;

/** What the words are taken for; dtc's lexer states. */
typedef enum bw_lex_state { BW_LEX_INITIAL, BW_LEX_VALUES, BW_LEX_NAMES, BW_LEX_BYTES } bw_lex_state;

/** A number of an expression. dtc counts in 64 bits without sign; Zephyr's reader with it. */
typedef struct bw_int {
    uint64_t v;
    bool negative; /**< v is the two's complement of a negative number (Zephyr's dialect only) */
    bool unknown;  /**< a name that a missing include would have defined took part */
} bw_int;

/** The parts of a value while it is read; kept from value to value. */
typedef struct bw_scratch {
    uint8_t *bytes;
    bw_mark *marks;
    bw_elem *elems;
    uint32_t byte_count, byte_room;
    uint32_t mark_count, mark_room;
    uint32_t elem_count, elem_room;
} bw_scratch;

typedef struct bw_parser {
    bw_unit *unit;
    bw_tree *tree;
    bw_pp *pp;
    const bw_dts_options *options;
    bool zephyr;
    bw_lex_state state;
    bw_dtok t;       /**< the token to look at */
    bw_span prev;    /**< the token before */
    bw_loc prev_end; /**< one past its last byte when it stands in a file; 0 else */
    unsigned depth;
    uint64_t tokens;          /**< devicetree tokens read */
    uint32_t errors;          /**< syntax errors reported */
    uint32_t echo_from;       /**< pp->faults at the begin of the statement */
    bool unbalanced;          /**< braces do not match; said once */
    struct bw_mender *mender; /**< NULL, unless braces of this board do not match (dts/mend.h) */
    GString *join;
    bw_finding *lost_header; /**< the first word that nothing defines and no macro is near to */
    GPtrArray *unknown;      /**< of const bw_name*: words that were reported as undefined */
    /* The value being read. */
    bw_scratch *scratch;
    bw_loc value_first, value_last;
    bool value_refs, value_unknown;
} bw_parser;

void bw_parser_advance(bw_parser *p);                    /**< the next token into p->t */
void bw_parser_read(bw_parser *p);                       /**< likewise, but only what the input has */
void bw_parser_reread(bw_parser *p, bw_lex_state state); /**< p->t once more, as another kind of word */
bool bw_parser_on_new_line(const bw_parser *p);          /**< p->t begins a line */
char *bw_dts_unescape(bw_parser *p, const char *text, uint32_t len, uint32_t *out_len, bw_loc loc); /**< arena */

static inline bool bw_at(const bw_parser *p, uint8_t op)
{
    return p->t.kind == BW_DT_PUNCT && p->t.op == op;
}
static inline bool bw_at_keyword(const bw_parser *p, bw_keyword keyword)
{
    return p->t.kind == BW_DT_KEYWORD && p->t.op == (uint8_t)keyword;
}

/** A syntax finding at p->t: "expected …" unless what stands there is the echo of something already said. */
bw_finding *bw_parser_expected(bw_parser *p, const char *what);
bw_finding *bw_parser_error(bw_parser *p, bw_code code, bw_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *bw_parser_describe(const bw_parser *p); /**< p->t in words */
bool bw_parser_echo(const bw_parser *p);            /**< an error here follows from one that was reported */

bool bw_parse_value(bw_parser *p, bw_value *value); /**< behind "=", to the ";" (not taken) */
bw_int bw_parse_primary(bw_parser *p, bool *ok);    /**< literal, character or "(" expression ")" */
void bw_parse_file(bw_parser *p);
void bw_parser_skip_call(bw_parser *p); /**< "(" … ")" behind an unknown name */

#endif
