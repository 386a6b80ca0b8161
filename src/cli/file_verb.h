/* SPDX-License-Identifier: Apache-2.0 */
/** What verbs that take files have in common: how they are asked for them, and a run with its findings. */
#ifndef BW_CLI_FILE_VERB_H
#define BW_CLI_FILE_VERB_H

#include "base/context.h"
#include "base/finding.h"
#include "cli/options.h"

/** What a verb wants beside its options. */
typedef struct bw_file_verb_shape {
    const char *what;   /**< "FILE", or "DIR" */
    int most;           /**< arguments; 0: any number */
    const char *rather; /**< what to do with several, for a message; or NULL */
    const char *output; /**< "file" or "folder", which -o must name; NULL: none */
} bw_file_verb_shape;

typedef struct bw_file_verb {
    const char *command;
    bw_options options;
    bool parsed;
    bw_context *ctx;      /**< between begin and end */
    bw_findings findings; /**< likewise */
} bw_file_verb;

/** Reads the options, and says what is not given. @param argc, argv as of a command; then without options.
 *  @return false: the exit status is @p code. Either way bw_file_verb_free() it. */
bool bw_file_verb_parse(bw_file_verb *verb, const bw_usage *usage, const bw_file_verb_shape *shape, int *argc,
                        char ***argv, int *code);
void bw_file_verb_free(bw_file_verb *verb);

void bw_file_verb_begin(bw_file_verb *verb);
/** Prints the findings. @param good what the verb was to do is done. @return the exit status */
int bw_file_verb_end(bw_file_verb *verb, bool good);

#endif
