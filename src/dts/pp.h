/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The C preprocessor: a stream of tokens out of the files of one unit.
 *
 * Works as `gcc -E -x assembler-with-cpp -undef` does, blanks between tokens included, because
 * they decide what a devicetree name is: `N-cells` with N=5 becomes `5 -cells`, two words.
 * No text is made; each token knows where it was written and through which macros it came.
 */
#ifndef BW_DTS_PP_H
#define BW_DTS_PP_H

#include "base/unit.h"
#include "dts/dts.h"
#include "dts/token.h"

/** Tokens that the macros of one board may expand to; a large board needs some 100,000. */
#define BW_PP_TOKENS_MAX 4000000U

/** A token of the stream. */
typedef struct bw_xtok {
    uint8_t kind; /**< bw_tok_kind; the members of bw_tok_head */
    uint8_t op;
    uint8_t flags; /**< BW_SPACE: white space before it */
    uint8_t unused;
    uint32_t len;
    bw_loc loc;
    uint32_t count;
    union {
        const bw_name *name;
        uint64_t number;
    } u;
    const char *text; /**< len bytes, no NUL */
} bw_xtok;

typedef struct bw_xlist {
    bw_xtok *v;
    uint32_t count, room;
} bw_xlist;

typedef enum bw_frame_kind { BW_FRAME_FILE, BW_FRAME_BODY, BW_FRAME_LIST } bw_frame_kind;

/** One thing that tokens are being read from. */
typedef struct bw_frame {
    bw_frame_kind kind;
    bool barrier; /**< of LIST: its end is the end of the stream (an argument on its own) */
    bool raw;     /**< of FILE: opened by /include/, not preprocessed */
    bool tail;    /**< of FILE: tokens were made anew from the middle */
    const bw_tok *cur, *end;
    const bw_tok *tokens;
    bw_source *source;
    const char *text;
    bw_loc base;
    const bw_xtok *xcur, *xend;
    const bw_macro *macro; /**< of BODY and LIST: not expanded again meanwhile */
    bw_loc call, call_last;
} bw_frame;

typedef struct bw_pp {
    bw_unit *unit;
    bw_context *ctx;
    const bw_dts_options *options;
    bw_frame *frames;
    uint32_t depth, room;
    uint32_t files_open;
    uint32_t visits;
    uint64_t *defined; /**< a bit for each name's number: it was defined in this unit */
    uint32_t defined_words;
    uint32_t counter; /**< __COUNTER__ */
    uint64_t budget;  /**< tokens that expansions may still make */
    bool exhausted;   /**< a limit was hit: the stream ends */
    uint8_t pad;      /**< bw_pad of the seam before the next token */
    bool seam;        /**< there is a seam before the next token */
    uint8_t prev_kind, prev_op;
    bool have_pushed;
    bw_xtok pushed;
    int open_error;       /**< errno of the first file of the last look-up that is there but cannot be read, or 0 */
    uint32_t missing;              /**< includes that were not found */
    bool missing_nodes;            /**< one of them may hold nodes: it is no .h */
    uint32_t faults;               /**< findings that the preprocessor has made: what follows may be their echo */
    const bw_source *redefined_in; /**< the file whose redefinition of a macro was reported last */
    bool cut_short;     /**< something without an end took the rest of a file: what it opened is not closed */
    uint32_t unclosed;  /**< comments that swallow code */
    bool mend_comments; /**< they end where they were meant to, whatever the options say */
    const char *main_dir;
    const char *main_path;
    GPtrArray *files;   /**< of bw_source*, each once */
    GHashTable *seen;   /**< sources in files */
    GPtrArray *tails;   /**< of bw_lexed*, to be freed */
    bw_source *builtin; /**< predefined macros and -D */
    char *builtin_text;
    bw_macro specials[8];
    bw_source *special_source;
} bw_pp;

void bw_pp_init(bw_pp *pp, bw_unit *unit); /**< once a worker */
void bw_pp_clear(bw_pp *pp);
/** Begins a unit. @return false if the main file cannot be read (a finding says why). */
bool bw_pp_begin(bw_pp *pp, const char *path, const bw_dts_options *options);
void bw_pp_end(bw_pp *pp);

/** The next token, macros expanded. With @p names, a name of several pieces without a macro in it
 *  comes as one RUN; else piece by piece. At the end of the input: EOF, again and again. */
void bw_pp_next(bw_pp *pp, bool names, bw_xtok *out);
/** Ends the stream with a finding: an expansion is too large. */
void bw_pp_limit(bw_pp *pp, bw_loc loc, const char *text);
/** Takes so many tokens from what the expansions of a unit may make; ends the stream when none are left. */
void bw_pp_spend(bw_pp *pp, bw_loc loc, uint64_t tokens);
void bw_pp_unread(bw_pp *pp, const bw_xtok *token); /**< at most one */

/** Opens a file for /include/ at @p loc. */
void bw_pp_include_raw(bw_pp *pp, const char *name, bw_span span);
/** Says why a file that was looked up and is there could not be read. @return false if there was none. */
bool bw_pp_unreadable(bw_pp *pp, const char *name, bw_span span);
/** Looks a file up as /include/ and /incbin/ do. @return an arena path, or NULL. */
const char *bw_pp_find(bw_pp *pp, const char *name);
/** Goes on reading behind the line of a string that lost its end quote. */
bool bw_pp_restart_after(bw_pp *pp, bw_loc loc, const char *text);

/* ---- shared by the files of the preprocessor ---- */

void bw_pp_fetch(bw_pp *pp, bool names, bw_xtok *out); /**< with PADDING tokens */
void bw_pp_fetch_raw(bw_pp *pp, bw_xtok *out);         /**< not expanded */
bw_frame *bw_pp_push(bw_pp *pp, bw_frame_kind kind);
const bw_frame *bw_pp_top_file(const bw_pp *pp); /**< the innermost open file, or NULL */
/** Reads @p source next. @p raw: not preprocessed. @return false, with a finding, when a limit is reached. */
bool bw_pp_enter_file(bw_pp *pp, bw_source *source, bw_span from, bool raw);
void bw_pp_include(bw_pp *pp, const char *name, bool quoted, bw_span span); /**< #include "name" or <name> */
void bw_pp_remember_file(bw_pp *pp, bw_source *source);                     /**< for bw_dts_files() */
void bw_pp_note_defined(bw_pp *pp, const bw_name *name);                    /**< see bw_pp_maybe_macro() */
void bw_pp_directive(bw_pp *pp, const bw_directive *d);                     /**< of the file on top */
/** Expands a macro whose name was read. @return false: it is no call, the name stays. Else @p out is
 *  the seam in front of the expansion. */
bool bw_pp_expand(bw_pp *pp, const bw_macro *macro, bw_xtok *name, bw_xtok *out);
/** Expands a list on its own (an argument, the line of an #if). */
void bw_pp_expand_list(bw_pp *pp, const bw_xlist *in, bw_xlist *out);
bool bw_pp_condition(bw_pp *pp, const bw_directive *d); /**< value of an #if or #elif line */
void bw_pp_line_tokens(bw_pp *pp, const bw_directive *d, bw_xlist *out);
void bw_xlist_add(bw_pp *pp, bw_xlist *list, const bw_xtok *token);
/** Whether @p name is a macro being expanded now. */
bool bw_pp_active(const bw_pp *pp, const bw_macro *macro);

/** Whether the name of this number may be a macro: touches neither the name nor its slot. */
static inline bool bw_pp_maybe_macro(const bw_pp *pp, uint32_t id)
{
    return id / 64 < pp->defined_words && (pp->defined[id / 64] >> (id % 64) & 1) != 0;
}

static inline const bw_macro *bw_pp_macro(bw_pp *pp, const bw_name *name)
{
    if (!atomic_load_explicit(&((bw_name *)(uintptr_t)name)->macro, memory_order_relaxed))
        return NULL;
    return bw_slot_ptr(&pp->unit->macros, name);
}

/** Whether a piece of a RUN in a file is a macro. */
static inline bool bw_pp_run_has_macro(bw_pp *pp, const bw_tok *run)
{
    for (uint32_t i = 1; i <= run->count; i++)
        if (run[i].kind == BW_TK_IDENT && bw_pp_maybe_macro(pp, run[i].count) && bw_pp_macro(pp, run[i].u.name))
            return true;
    return false;
}

#endif
