/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A CHERIoT RTOS board: the JSON description after its patches and mixins, and what the build takes from it.
 *
 * The way: files ─► load.c (base chain, patches, mixins: one document) ─► board.c (this model) ─► check_*.c (findings)
 *                                                                             └─► write_*.c (files of the build)
 *
 * The model is made of any document, also a faulty one: what cannot be made out is marked and said once, by board.c
 * (types, missing members: reference checks C4, C5, C7, C47); the checks are silent about what is not known.
 * Sources: CHERIoT-Platform/cheriot-rtos, docs/BoardDescriptions.md, sdk/xmake/board-parsing.lua, sdk/xmake.lua.
 */
#ifndef BW_SYSTEMS_CHERIOT_BOARD_H
#define BW_SYSTEMS_CHERIOT_BOARD_H

#include "json/json.h"

/** A number of the file: a whole, non-negative one, or marked. */
typedef struct bw_cheriot_number {
    bool given;           /**< there is such a member */
    bool known;           /**< its value is a number that the build can use; strings that look like one are taken */
    uint64_t value;       /**< rounded down, as the build does for clocks and interrupts; addresses must be whole */
    const bw_json *where; /**< the value, or NULL */
} bw_cheriot_number;

/** [start, end) in bytes. */
typedef struct bw_cheriot_extent {
    const char *name;                     /**< of the device or memory: "uart", "instruction_memory" */
    bw_place place;                       /**< of the name */
    const bw_json *value;                 /**< the object */
    bw_cheriot_number start, end, length; /**< as written; end or length may be given alone */
    bool known;                           /**< first, past are known, and past > first */
    uint64_t first;                       /**< address of the first byte */
    uint64_t past;                        /**< address after the last byte, at most 2^32 */
} bw_cheriot_extent;

typedef struct bw_cheriot_interrupt {
    const bw_json *value; /**< the object */
    const char *name;     /**< or NULL */
    const bw_json *name_value;
    bw_cheriot_number number, priority;
    bool edge_triggered;       /**< by Lua's rule: everything but false and absent is true */
    const bw_json *edge_value; /**< or NULL */
} bw_cheriot_interrupt;

/** A string of a list, or of a list written as one string. */
typedef struct bw_cheriot_word {
    const char *text;
    const bw_json *where;
} bw_cheriot_word;

typedef struct bw_cheriot_words {
    const bw_cheriot_word *items;
    uint32_t count;
    const bw_json *value; /**< the member, or NULL: not given */
} bw_cheriot_words;

/** A piece of the firmware's linker script (reference 4.9). */
typedef struct bw_cheriot_fragment {
    const char *name; /**< of a member of an object, or NULL in an array */
    bw_cheriot_extent extent;
    const char *srcpath, *body, *genname, *phtype; /**< or NULL */
    const bw_json *value;
} bw_cheriot_fragment;

typedef enum bw_cheriot_revoker {
    BW_CHERIOT_NO_REVOKER,
    BW_CHERIOT_SOFTWARE,
    BW_CHERIOT_HARDWARE, /**< every value but "software", false and absent counts as this one */
} bw_cheriot_revoker;

/** A file that the board was made of: the .json, then each patch, then each mixin, in the order applied. */
typedef struct bw_cheriot_file {
    enum { BW_CHERIOT_BASE, BW_CHERIOT_PATCH, BW_CHERIOT_MIXIN } kind;
    const char *path;
    bw_source *source;
} bw_cheriot_file;

typedef struct bw_cheriot_board {
    const char *name;           /**< of the file given, without folder and extension */
    const char *directory;      /**< of the file given (`${board}`), no '/' at the end; "." for none */
    const char *base_directory; /**< of the .json below (`${boardBase}`) */
    const char *sdk;            /**< --sdk, or found above the board's folder, or NULL */
    const char *project;        /**< `${project}`: the working directory of the build */
    const bw_cheriot_file *files;
    uint32_t file_count;
    bool broken;               /**< some operation of a patch could not be applied: what is missing may come from that,
                                    so checks are not run */
    bool of_devicetree;        /**< made of a devicetree (devicetree.h); the only file is that */
    const bw_json *document;   /**< after patches and mixins, as written */
    const bw_json *normalized; /**< with both end and length in each extent, and trusted_spill_size */

    const bw_cheriot_extent *devices; /**< names sorted bytewise */
    uint32_t device_count;
    bw_cheriot_extent instruction_memory;
    bw_cheriot_extent data_memory; /**< value NULL: none */
    const bw_json *heap;           /**< or NULL */
    bw_cheriot_number heap_start, heap_end;
    bw_cheriot_number revokable_memory_start; /**< as given; see bw_cheriot_revokable_start() */
    const bw_json *interrupts_value;          /**< NULL: the key is absent, which differs from an empty list */
    const bw_cheriot_interrupt *interrupts;   /**< in the order of the file */
    uint32_t interrupt_count;
    bw_cheriot_revoker revoker;
    const bw_json *revoker_value; /**< or NULL */
    bool stack_high_water_mark;
    bool simulation; /**< by Lua's rule */
    bw_cheriot_number timer_hz, tickrate_hz;
    bw_cheriot_words defines, driver_includes, cxflags;
    bw_cheriot_words allocator_defines, scheduler_defines, loader_defines; /**< rtos_defines */
    const char *cpu;                                                       /**< "cheriot" when not given */
    const char *run_command;                                               /**< or the older `simulator`, or NULL */
    const bw_json *run_command_value, *simulator_value;                    /**< each or NULL */
    const bw_cheriot_fragment *fragments;
    uint32_t fragment_count;
} bw_cheriot_board;

/** What was given beside the board's file. */
typedef struct bw_cheriot_options {
    const char
        *sdk; /**< --sdk DIR: the folder that holds boards/, include/, xmake/; NULL: looked for above the board */
    const char *const *mixins; /**< --mixin FILE, in order; NULL-terminated or NULL */
    const char *project;       /**< `${project}`; NULL: the current folder */
    bool strict_patches; /**< RFC 6902 to the letter: no `replace` of a member that is missing, no `remove` of none */
} bw_cheriot_options;

/**
 * Reads a board: @p argument is a path, or a name to look up in the SDK's boards (reference 3.1).
 * @return NULL after an error finding when there is no document at all; else the board, in @p arena, with what is wrong
 *         among the findings.
 */
const bw_cheriot_board *bw_cheriot_read(bw_context *ctx, const char *argument, const bw_cheriot_options *options,
                                        bw_arena *arena, bw_findings *findings);

/** The model of a document that is there already, as of a devicetree. @p board comes with name, directory,
 *  base_directory, sdk, project and files; the rest is filled in here, with findings about what is wrong. */
void bw_cheriot_fill(bw_cheriot_board *board, const bw_json *document, bw_context *ctx, bw_arena *arena,
                     bw_findings *findings);

/** What a file is to CHERIoT. */
typedef enum bw_cheriot_kind {
    BW_CHERIOT_NOT,
    BW_CHERIOT_IS_BOARD, /**< a .json object with `devices`, `instruction_memory` or `base`; a .json that is not even
                              JSON, so that somebody says why; a .patch */
    BW_CHERIOT_IS_MIXIN, /**< a .json with an array of operations */
} bw_cheriot_kind;
bw_cheriot_kind bw_cheriot_kind_of(bw_context *ctx, const char *path);

/**
 * The boards that a BOARD argument stands for: a board's file, a mixin, a name in the boards of @p sdk (or NULL), or a
 * folder: of a CHERIoT SDK, its boards, or any other that holds such files and no devicetree.
 * @return their paths in order, NULL-terminated, in @p arena; NULL if there are none: then it is something else.
 */
const char *const *bw_cheriot_find(bw_context *ctx, const char *argument, const char *sdk, bw_arena *arena);

/** Checks a mixin by itself: the shape of its operations. @return false after an error finding. */
bool bw_cheriot_check_mixin(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

/** @return whether a file is a board, a patch or a mixin. */
bool bw_cheriot_is_board(bw_context *ctx, const char *path);

/** The board's file as a whole, of the patches the last: for findings about what is nowhere. */
bw_place bw_cheriot_home(const bw_cheriot_board *board);

/** The memory that holds globals, stacks and heap: data_memory, else instruction_memory. */
static inline const bw_cheriot_extent *bw_cheriot_rw_memory(const bw_cheriot_board *board)
{
    return board->data_memory.value ? &board->data_memory : &board->instruction_memory;
}

/** @return whether a key of the top level is not there, but one that nobody knows and that looks like it; that is said
 *          already. */
bool bw_cheriot_is_misspelt(const bw_json *document, const char *key);

/** Base address of the revocation bitmap (reference 4.2). @return false when it is not known. */
bool bw_cheriot_revokable_start(const bw_cheriot_board *board, uint64_t *address);

/** @return the device of this name, or NULL. */
const bw_cheriot_extent *bw_cheriot_device(const bw_cheriot_board *board, const char *name);

/** Bytes that a thread's register spill takes: 192 with the stack high-water mark, else 176 (reference 4.7). */
#define BW_CHERIOT_SPILL_MSHWM 192
#define BW_CHERIOT_SPILL 176

/** Where `${name}` may stand, and what it means there (reference 3.4). */
typedef enum bw_cheriot_use {
    BW_CHERIOT_IN_INCLUDES,
    BW_CHERIOT_IN_FRAGMENTS,
    BW_CHERIOT_IN_RUN,
    BW_CHERIOT_IN_NAMES
} bw_cheriot_use;

/** Expands `${…}`; what is unknown stays. @return the text, in @p arena. Names that mean nothing there, and the old
 *  `$(sdk)`, are findings (C42) when @p findings is not NULL. */
const char *bw_cheriot_expand(const bw_cheriot_board *board, const bw_cheriot_word *word, bw_cheriot_use use,
                              bw_arena *arena, bw_findings *findings);

/** @return the board with absolute paths for `${…}` to stand for, in @p arena: for words that a program takes which
 * runs in another folder. */
const bw_cheriot_board *bw_cheriot_with_whole_paths(const bw_cheriot_board *board, bw_arena *arena);

/** All checks of the model (C8 to C45, C48): check_*.c, called by bw_cheriot_check in this order. */
void bw_cheriot_check(const bw_cheriot_board *board, bw_context *ctx, bw_findings *findings);

#endif
