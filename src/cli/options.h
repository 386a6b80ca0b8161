/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Options that several commands have: the same word with the same meaning in each.
 */
#ifndef BW_CLI_OPTIONS_H
#define BW_CLI_OPTIONS_H

#include "base/context.h"

#include <glib.h>

/** Groups of options; a command takes those it can honour. */
enum {
    BW_OPT_SOURCE = 1 << 0,   /**< -I, -i, -D */
    BW_OPT_MISSING = 1 << 1,  /**< --missing-includes */
    BW_OPT_LEVELS = 1 << 2,   /**< -W, --werror */
    BW_OPT_FORMAT = 1 << 3,   /**< --format, --color: how findings are printed */
    BW_OPT_JSON = 1 << 4,     /**< --json (with BW_OPT_FORMAT the same as --format=json) */
    BW_OPT_JOBS = 1 << 5,     /**< -j */
    BW_OPT_OUTPUT = 1 << 6,   /**< -o */
    BW_OPT_WRITE = 1 << 7,    /**< --dry-run, --force */
    BW_OPT_OVERLAY = 1 << 9,  /**< --overlay */
    BW_OPT_ROOTS = 1 << 8,    /**< --board-root, --soc-root, --arch-root */
    BW_OPT_CHERIOT = 1 << 10, /**< --sdk, --mixin: of boards of CHERIoT RTOS */
};

typedef enum bw_format { BW_FORMAT_TEXT, BW_FORMAT_JSON, BW_FORMAT_SARIF, BW_FORMAT_GITHUB } bw_format;

typedef struct bw_options {
    /* NULL-terminated lists, NULL if not given; as bw_dts_options takes them. */
    char **include_dirs; /**< -I */
    char **dts_dirs;     /**< -i */
    char **defines;      /**< -D */
    char **overlays;     /**< --overlay */
    char **levels;       /**< -W, as given */
    char **board_roots;  /**< --board-root; these three as bw_zephyr_roots takes them */
    char **soc_roots;    /**< --soc-root */
    char **arch_roots;   /**< --arch-root */
    char *sdk;           /**< --sdk; this and the next as bw_cheriot_options has them */
    char **mixins;       /**< --mixin */
    gboolean werror;
    gboolean json;
    gboolean dry_run, force;
    bool tolerate_missing; /**< --missing-includes=tolerate */
    bool missing_given;    /**< --missing-includes was given at all */
    bw_format format;
    bool color;   /**< findings on standard error in colour: terminal, NO_COLOR and --color considered */
    int jobs;     /**< -j; at least 1 */
    char *output; /**< -o or NULL */
    /* private */
    char *format_word, *missing_word, *color_word;
    gboolean help;
    char **arguments; /**< what argv points at after parsing */
} bw_options;

/** What a command says of itself in --help. */
typedef struct bw_usage {
    const char *arguments;       /**< "BOARD…" */
    const char *summary;         /**< sentences above the options */
    const char *description;     /**< text below them, or NULL */
    unsigned groups;             /**< BW_OPT_* */
    const GOptionEntry *entries; /**< the command's own options, or NULL. Use G_OPTION_ARG_FILENAME(_ARRAY)
                                      for text: it is not converted from the locale. */
} bw_usage;

/**
 * Parses; what remains in @p argv (argv[0] and the arguments) is the command's. A short option's
 * value may be joined ("-Idir", "-j4"). @p options is overwritten.
 * @return true to go on; false when all is said (--help, an error): return @p exit_code then.
 */
bool bw_options_parse(bw_options *options, const bw_usage *usage, int *argc, char ***argv, int *exit_code);

/** @return a new context with -W and --werror applied; the levels were verified while parsing. */
bw_context *bw_options_context(const bw_options *options);

void bw_options_free(bw_options *options);

/** "boardwright NAME: message" on standard error and the hint at --help. @return BW_EXIT_TROUBLE. */
int bw_usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
