/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Shell fragments, followed as far as their words are known: functions of recipes, hook and flasher scripts. Nothing is
 * executed: a caller is shown each simple command with its words expanded, and answers what variables, functions and
 * files are.
 *
 *     text ─► nodes (shell_parse.c) ─► walk (shell.c): commands in order ─► caller
 *                                         └─ words (shell_words.c): quotes, $NAME, $(expr …), $(cat … | cut …)
 *
 * What is not known stays unknown: BW_SH_UNKNOWN stands for any text in a word, all branches of a condition that is not
 * known are followed as "maybe", and what they assign is unknown behind them.
 *
 * Sources: POSIX.1-2017, "Shell Command Language"; BitBake User Manual, "Shell Functions" (`${NAME}` is BitBake's
 * first).
 */
#ifndef BW_YOCTO_SHELL_H
#define BW_YOCTO_SHELL_H

#include "base/unit.h"

#define BW_SH_UNKNOWN '\x01'

/** A text of shell, with where it stands. */
typedef struct bw_sh_text {
    const char *text;
    size_t len;
    bw_source *source; /**< NULL: it stands nowhere */
    uint32_t line;     /**< of the source, where the text begins */
} bw_sh_text;

typedef struct bw_sh_command {
    const char *const *words; /**< expanded: [0] is the command */
    uint32_t count;
    bool maybe; /**< behind a condition that is not known */
    bw_place place;
} bw_sh_command;

/** Answers of the caller; any may be NULL. Texts that they return live as long as the arena. */
typedef struct bw_sh_host {
    void *data;
    /** BitBake's value of `${NAME}`; NULL: it has none, so it is the shell's. May hold BW_SH_UNKNOWN. */
    const char *(*bitbake)(void *data, const char *name);
    /** A variable that the fragment did not set; NULL: unknown. */
    const char *(*variable)(void *data, const char *name);
    /** A function that the fragment did not define. @return false if there is none */
    bool (*function)(void *data, const char *name, bw_sh_text *body);
    /** What `cat PATH` prints; NULL: unknown. @p path may hold BW_SH_UNKNOWN. */
    const char *(*file)(void *data, const char *path);
    void (*command)(void *data, const bw_sh_command *command);
} bw_sh_host;

/** A walk: variables and functions stay from text to text. */
typedef struct bw_sh bw_sh;
bw_sh *bw_sh_new(const bw_sh_host *host, bw_arena *arena); /**< @p host is copied */
void bw_sh_free(bw_sh *sh);
/** @return false when the text is beyond what is understood, or too long a walk: what was shown until then holds. */
bool bw_sh_run(bw_sh *sh, const bw_sh_text *text);
/** Value of a variable after the walk so far; NULL: never set. */
const char *bw_sh_variable(const bw_sh *sh, const char *name);

static inline bool bw_sh_known(const char *word)
{
    return word && !strchr(word, BW_SH_UNKNOWN);
}

#endif
