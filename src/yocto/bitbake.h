/* SPDX-License-Identifier: Apache-2.0 */
/**
 * BitBake metadata as far as a board's layer needs it: recipes, appends, includes, classes and configuration files as
 * statements with places, and what a variable comes to for one machine.
 *
 *     .bb .bbappend .inc .conf .bbclass ─► bw_bb_file (statements) ─► bw_bb_store (one machine) ─► bw_bb_value
 *
 * Python is not run: `${@…}` and functions of Python make a value unknown, and an unknown value is never judged.
 *
 * Source: BitBake User Manual, "Syntax and Operators"; bitbake, lib/bb/parse and lib/bb/data_smart.py.
 */
#ifndef BW_YOCTO_BITBAKE_H
#define BW_YOCTO_BITBAKE_H

#include "base/unit.h"

#include <glib.h>

typedef enum bw_bb_kind {
    BW_BB_ASSIGN,
    BW_BB_FLAG,     /**< VAR[flag] = "…" */
    BW_BB_INCLUDE,  /**< include NAME: silent when there is no such file */
    BW_BB_REQUIRE,  /**< require NAME: fatal when there is none */
    BW_BB_INHERIT,  /**< inherit A B */
    BW_BB_FUNCTION, /**< of shell or Python: value is its body */
    BW_BB_OTHER,    /**< addtask, deltask, EXPORT_FUNCTIONS, unset, def … */
} bw_bb_kind;

typedef enum bw_bb_operator {
    BW_BB_SET,           /**< =   */
    BW_BB_SET_NOW,       /**< :=  */
    BW_BB_DEFAULT,       /**< ?=  */
    BW_BB_WEAK,          /**< ??= */
    BW_BB_APPEND_BLANK,  /**< +=  */
    BW_BB_PREPEND_BLANK, /**< =+  */
    BW_BB_APPEND_PLAIN,  /**< .=  */
    BW_BB_PREPEND_PLAIN, /**< =.  */
} bw_bb_operator;

/** One statement. Texts live in the unit's arena. */
typedef struct bw_bb_statement {
    bw_bb_kind kind;
    bw_bb_operator op;
    bool python;         /**< of a function: `python name()` or `fakeroot python` */
    const char *written; /**< left side as written, without flag: "SRC_URI:append:plank", "do_install_append" */
    const char *flag;    /**< between [ and ], or NULL */
    const char *value; /**< without its quotes, continued lines joined as BitBake does; of a function the body, exactly
                            as in the file from value_place on; of include, require, inherit the words behind it */
    bw_place name_place;  /**< of the left side */
    bw_place value_place; /**< of the value with its quotes; of a function its first line */
} bw_bb_statement;

typedef struct bw_bb_file {
    const char *path;
    bw_source *source;
    const bw_bb_statement *statements;
    uint32_t count;
} bw_bb_file;

/** Reads one file; a line that is no BitBake is a finding (`bitbake-syntax`) and is passed over. What a file includes
 *  is not read: see bw_bb_add(). @return NULL when the file cannot be read, with a finding. */
const bw_bb_file *bw_bb_read(bw_unit *unit, const char *path);

/** How override words are joined to names: `SRC_URI_append` until gatesgarth, `SRC_URI:append` from honister on. */
typedef enum bw_bb_style { BW_BB_OLD_STYLE, BW_BB_NEW_STYLE } bw_bb_style;

/** What is set for one machine, from the files that were added in their order. */
typedef struct bw_bb_store bw_bb_store;

/** An empty store. OVERRIDES is `${MACHINEOVERRIDES}:forcevariable` and MACHINEOVERRIDES `${MACHINE}` until a file or
 *  bw_bb_store_set() says otherwise: set MACHINE, and PN for a recipe. Values live in the unit's arena. */
bw_bb_store *bw_bb_store_new(bw_unit *unit, bw_bb_style style);
void bw_bb_store_free(bw_bb_store *store);
bw_bb_style bw_bb_style_of(const bw_bb_store *store);
/** A folder to look up includes in, after that of the including file: BBPATH, first come first served. */
void bw_bb_store_path(bw_bb_store *store, const char *folder);
/** Says that all folders that BitBake would look in are known: what an include does not find is nowhere. */
void bw_bb_store_closed(bw_bb_store *store);
/** From now on an include of @p name ("conf/local.conf") reads the file @p path. */
void bw_bb_store_file(bw_bb_store *store, const char *name, const char *path);
/** Sets a variable as if `NAME = "value"` stood before all files. @p value is copied. */
void bw_bb_store_set(bw_bb_store *store, const char *name, const char *value);
/** From now on `${NAME}` is replaced by @p value wherever it stands in a statement that is added, as BitBake does with
 *  LAYERDIR in a layer.conf. NULL: no longer. */
void bw_bb_store_now(bw_bb_store *store, const char *name, const char *value);
/** Includes a file, found in the folders of bw_bb_store_path(). */
void bw_bb_include(bw_bb_store *store, const char *name);
/** Says that something is not at hand that BitBake would have: see bw_bb_is_whole(). */
void bw_bb_miss(bw_bb_store *store, const char *name);
/** Inherits a class as INHERIT does, if it is there. */
void bw_bb_inherit(bw_bb_store *store, const char *class);
/** Adds a file with all that it includes and requires and whose names are known. Classes that it inherits are read when
 * they are found in `classes` of a folder of bw_bb_store_path(). Missing required files are findings
 * (`bitbake-require-missing`) when
 *  @p report. @p file NULL: nothing. */
void bw_bb_add(bw_bb_store *store, const bw_bb_file *file, bool report);

/** What a variable comes to: `:append`, `:prepend`, `:remove`, overrides and `${…}` done. */
typedef struct bw_bb_value {
    const char *text; /**< NULL: not set. In the unit's arena */
    bool known;       /**< false: Python, or a `${NAME}` that nobody set, is in it */
    bw_place
        place; /**< of the statement that had the last word on it; its file is NULL if it was given by the program */
} bw_bb_value;

bw_bb_value bw_bb_get(bw_bb_store *store, const char *name);
/** Of VAR[flag]. */
bw_bb_value bw_bb_flag(bw_bb_store *store, const char *name, const char *flag);
/** Expands `${…}` of a text. */
bw_bb_value bw_bb_expand(bw_bb_store *store, const char *text);
/** Whether overrides, joined as in names ("mx8:plank"), are all in force. */
bool bw_bb_has_override(bw_bb_store *store, const char *overrides);
/** Overrides of which a variable has values, in force or not ("plank", "mx8:plank"), of const char *; to be freed. */
GPtrArray *bw_bb_variants(bw_bb_store *store, const char *name);
/** Whether all that was included and inherited was found, and OVERRIDES is known: else another override may be in
 *  force, and what is not set here may be set by what was not found. */
bool bw_bb_is_whole(bw_bb_store *store);
/** What was not found, as named, NULL-terminated. In the arena. */
const char *const *bw_bb_missing(bw_bb_store *store);

/** Statements that have part in a variable's value for this machine, in order: for notes. @return of const
 *  bw_bb_statement *, to be freed. */
GPtrArray *bw_bb_parts(bw_bb_store *store, const char *name);

/** Bodies of a shell function for this machine with its `:append`s, in order: of const bw_bb_statement *, to be freed.
 *  `IMAGE_CMD:balenaos-img:append:plank () { … }` is asked for as "IMAGE_CMD:balenaos-img". */
GPtrArray *bw_bb_shell(bw_bb_store *store, const char *name);

#endif
