/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of shell.h: nodes, and what its files share. */
#ifndef BW_YOCTO_SHELL_PARTS_H
#define BW_YOCTO_SHELL_PARTS_H

#include "yocto/shell.h"

#include <glib.h>

/* Deeper nesting, longer walks and longer words are given up. */
#define SH_MAX_DEPTH 24 /* of the text */
#define SH_MAX_WALK 240 /* of the walk */
#define SH_MAX_STEPS 50000
#define SH_MAX_WORD ((size_t)1 << 18)
#define SH_MAX_TOTAL ((size_t)1 << 25) /* of all words */

typedef enum sh_kind {
    SH_SIMPLE,
    SH_PIPE,     /* a | b: children are the stages */
    SH_LIST,     /* children one after another, each with how it hangs on the one before */
    SH_IF,       /* children: condition, then, condition, then …, else if their number is odd */
    SH_FOR,      /* name in words; child: body */
    SH_LOOP,     /* while, until: condition, body */
    SH_CASE,     /* words[0] the subject; children: SH_ARM */
    SH_ARM,      /* words are patterns; child: body */
    SH_FUNCTION, /* name; child: body */
} sh_kind;

typedef enum sh_join { SH_THEN, SH_AND, SH_OR } sh_join;

/* As written, not expanded. */
typedef struct sh_word {
    const char *text;
    size_t len;
} sh_word;

typedef struct sh_node {
    sh_kind kind;
    sh_join join;
    bool negated;   /* ! */
    sh_word name;   /* of FOR and FUNCTION */
    sh_word *words; /* of SIMPLE with its assignments in front */
    uint32_t word_count;
    struct sh_node *first, *last, *next; /* children, and the next sibling */
} sh_node;

/* NULL when it is not understood. */
sh_node *sh_parse(const bw_sh_text *text, bw_arena *arena);

/* From behind an opening "$(", "${" or "`" to its end. @return one past the closing one, or NULL */
const char *sh_skip_paren(const char *p, const char *end, int depth);
const char *sh_skip_brace(const char *p, const char *end, int depth);

/* Known, or not, whether it succeeds. */
typedef enum sh_status { SH_UNSURE = -1, SH_FAILS, SH_SUCCEEDS } sh_status;

struct bw_sh {
    bw_sh_host host;
    bw_arena *arena;
    GHashTable *variables;        /* name: value, texts of the arena */
    GHashTable *functions;        /* name: function */
    const bw_sh_text *text;       /* whose nodes are walked */
    bw_place call;                /* where a text that stands nowhere was called from */
    const char *const *arguments; /* $1… */
    uint32_t argument_count;
    uint32_t steps;
    size_t total; /* characters of all words */
    int depth;
    bool maybe;    /* behind an unknown condition */
    bool returned; /* return or exit was met */
    bool failed;
    GString *output;   /* of a command substitution; NULL: nobody reads it */
    const char *input; /* what a stage of a pipe reads; NULL: unknown */
};

typedef struct sh_function {
    const sh_node *body;
    const bw_sh_text *text;
} sh_function;

/* Appends the words that a word becomes, texts of the arena. */
void sh_expand(bw_sh *sh, sh_word word, GPtrArray *fields);
/* One word, not split: right side of an assignment, subject of a case. */
const char *sh_expand_one(bw_sh *sh, sh_word word);
/* Sum of numbers, names, + - * / % and parentheses. @return false when it is not known */
bool sh_arithmetic(bw_sh *sh, const char *text, int64_t *value);

/* What a command substitution prints, without the last newlines; one BW_SH_UNKNOWN if it is not known. */
const char *sh_substitute(bw_sh *sh, const char *text, size_t len);
sh_status sh_walk(bw_sh *sh, const sh_node *node);
void sh_set(bw_sh *sh, const char *name, const char *value);
const char *sh_get(const bw_sh *sh, const char *name);

/* Commands whose output or status is known (shell_builtin.c). */
sh_status sh_builtin(bw_sh *sh, const char *const *words, uint32_t count);

#endif
