/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the checks need of Kconfig: files as lines with places, conditions, and configurations. Nothing is evaluated
 * but conditions of symbols whose value is known.
 *
 * Sources: the Kconfig language of the Linux kernel (Documentation/kbuild/kconfig-language.rst) as kconfiglib reads it,
 * with its words rsource, osource, orsource and configdefault; Zephyr 4.1, scripts/kconfig/kconfiglib.py.
 */
#ifndef BW_SYSTEMS_ZEPHYR_KCONFIG_H
#define BW_SYSTEMS_ZEPHYR_KCONFIG_H

#include "base/context.h"

typedef enum bw_kconfig_word {
    BW_KCONFIG_CONFIG,   /**< config, menuconfig */
    BW_KCONFIG_DEFAULTS, /**< configdefault: adds to a symbol that is defined elsewhere */
    BW_KCONFIG_CHOICE,
    BW_KCONFIG_IF,
    BW_KCONFIG_MENU,
    BW_KCONFIG_END,    /**< endif, endchoice, endmenu */
    BW_KCONFIG_SOURCE, /**< source, rsource, osource, orsource */
    BW_KCONFIG_TYPE,   /**< bool, tristate, int, hex, string; the prompt behind it */
    BW_KCONFIG_VALUE,  /**< def_bool and the like */
    BW_KCONFIG_PROMPT,
    BW_KCONFIG_DEFAULT,
    BW_KCONFIG_SELECT,
    BW_KCONFIG_IMPLY,
    BW_KCONFIG_DEPENDS,
    BW_KCONFIG_HELP,
    BW_KCONFIG_OTHER, /**< comment, mainmenu, range, visible, optional, option, modules */
    BW_KCONFIG_MACRO, /**< NAME := value, $(…) */
} bw_kconfig_word;

/** Bytes of the source. */
typedef struct bw_kconfig_span {
    uint32_t begin, end;
} bw_kconfig_span;

typedef struct bw_kconfig_line {
    bw_kconfig_word word;
    bw_kconfig_span keyword;
    bw_kconfig_span what; /**< symbol, path without its quotes, prompt with them, condition of if and depends on */
    bw_kconfig_span when; /**< the condition behind "if"; empty if there is none */
    int32_t entry;        /**< the CONFIG, DEFAULTS, CHOICE or MENU line that this one is a part of; or -1 */
    int32_t inside;       /**< the IF, MENU or CHOICE that it stands in; or -1 */
} bw_kconfig_line;

typedef struct bw_kconfig {
    bw_source *source;
    const bw_kconfig_line *lines;
    uint32_t count;
    bool broken; /**< there were findings: what is missing may be an error's consequence */
} bw_kconfig;

/** Statements of a file; the longest real one has 1,100. What follows is left out, with a finding. */
#define BW_KCONFIG_LINES_MAX 10000U

/** Reads a file. @return in the arena, never NULL; what is not Kconfig is a finding and left out. */
const bw_kconfig *bw_kconfig_read(bw_source *source, bw_arena *arena, bw_findings *findings);

/** The text of a span, in the arena; backslashes at the end of lines are blanks. */
const char *bw_kconfig_text(const bw_kconfig *kconfig, bw_kconfig_span span, bw_arena *arena);
bool bw_kconfig_is(const bw_kconfig *kconfig, bw_kconfig_span span, const char *text);
bw_place bw_kconfig_place(const bw_kconfig *kconfig, bw_kconfig_span span);

/** Whether a config (or what is in one) has a prompt: users can set it. @param entry its line */
bool bw_kconfig_has_prompt(const bw_kconfig *kconfig, uint32_t entry);

/**
 * The next symbol of an expression; strings, $(macros) and the n, m and y are none.
 * @param rest what of the expression is left; is moved behind the symbol
 */
bool bw_kconfig_next_symbol(const bw_kconfig *kconfig, bw_kconfig_span *rest, bw_kconfig_span *symbol);

typedef enum bw_kconfig_truth { BW_KCONFIG_NO, BW_KCONFIG_UNKNOWN, BW_KCONFIG_YES } bw_kconfig_truth;

/** What a condition comes to. @param is_set tells of a symbol; an empty condition is true */
bw_kconfig_truth bw_kconfig_condition(const bw_kconfig *kconfig, bw_kconfig_span condition,
                                      bw_kconfig_truth (*is_set)(void *data, const char *symbol, size_t len),
                                      void *data);

/** Whether a line counts: its own condition, those of what it stands in, and the depends on of its entry. */
bw_kconfig_truth bw_kconfig_counts(const bw_kconfig *kconfig, uint32_t line,
                                   bw_kconfig_truth (*is_set)(void *data, const char *symbol, size_t len), void *data);

/** A line of a configuration: _defconfig, .conf. */
typedef struct bw_kconfig_assignment {
    bw_kconfig_span name;  /**< without CONFIG_ */
    bw_kconfig_span value; /**< empty of "# CONFIG_… is not set" */
} bw_kconfig_assignment;

/** Lines of a configuration that are kept. */
#define BW_KCONFIG_ASSIGNMENTS_MAX 20000U

/** Reads the lines of a configuration (into an array of bw_kconfig_assignment); others are findings. */
void bw_kconfig_read_assignments(bw_source *source, GArray *assignments, bw_findings *findings);

#endif
