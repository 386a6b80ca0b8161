/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writing a board for Zephyr: from the board model of any target to an out-of-tree board folder.
 *
 *     each target:  tree ──► a tree of its own that Zephyr's bindings and drivers take    (write_translate.c,
 *                                                                                          write_interrupts.c)
 *                        ──► what Kconfig, CMake and twister have to know of it           (write_facts.c)
 *     the board:    all targets ──► boards/<vendor>/<board>/, soc/<vendor>/<soc>/, README (write_board.c, write_soc.c,
 *                                                                                          write_readme.c)
 *
 * Private to systems/zephyr. Sources: Zephyr 4.1, doc/hardware/porting/, scripts/schemas/, dts/bindings/, the boards
 * and SoCs of QEMU in its tree.
 */
#ifndef BW_SYSTEMS_ZEPHYR_WRITE_H
#define BW_SYSTEMS_ZEPHYR_WRITE_H

#include "board/arch.h"
#include "systems/systems.h"
#include "yaml/board_yml.h"

#include <glib.h>

/** `zephyr:` of support.yml. */
extern const bw_schema bw_zephyr_schema;

bool bw_zephyr_build(const bw_system_job *job);
bool bw_zephyr_finish(const bw_system_whole *whole);

/** A file to be written beside the devicetrees. */
typedef struct bw_zephyr_text {
    const char *name;
    const char *text;
} bw_zephyr_text;

/** What Zephyr has to know of one target. All texts live in the board's arena. */
typedef struct bw_zephyr_output {
    const char *name;           /**< "plank/m33/ns" */
    const char *qualifiers;     /**< "m33/ns" */
    const char *soc;            /**< "m33", as board.yml has it */
    const char *cluster;        /**< "cpu0", or NULL */
    const char *stem;           /**< of its files: "plank_m33_ns" */
    const char *symbol;         /**< "BOARD_PLANK_M33_NS" */
    const char *dts;            /**< the devicetree as text */
    bool kept;                  /**< dts is the source as it is */
    GPtrArray *left_out;        /**< of const char *: "`/soc/rtc@101000` (google,goldfish-rtc)" */
    GPtrArray *todo;            /**< of const char *: sentences for a human */
    GPtrArray *features;        /**< of const char *: twister's `supported` */
    GPtrArray *sources;         /**< of const char *: files of several folders that it was made from, in order */
    const char *const *configs; /**< the user's own fragments of configuration, in order; or NULL */
    bw_arch arch;
    bool is_64;
    const char *core;   /**< "cortex-m33"; NULL of others */
    const char *isa;    /**< riscv,isa in lower case; NULL of others */
    uint32_t cpu_count; /**< available ones */
    bool has_psci, has_plic, has_gic;
    uint32_t plic_sources;                   /**< riscv,ndev */
    uint32_t irq_count;                      /**< one more than the largest number of the GIC or NVIC */
    uint64_t tick_rate;                      /**< Hz of the system timer; 0: not known */
    uint64_t ram_base, ram_size, flash_size; /**< of the chosen nodes, bytes; 0: none */
    bool from_flash;                         /**< the code runs there (XIP) */
    bool has_console;
    const char *machine, *cpu, *bios; /**< QEMU's, by support.yml; NULL */
    const char *const *args;          /**< likewise; ended by NULL; or NULL */
    uint64_t memory, qemu_cpus;       /**< 0: not said */
    bw_zephyr_text *more;             /**< revision overlays, and files that a kept source includes */
    uint32_t more_count;
} bw_zephyr_output;

/** What `socs:` of support.yml says of a SoC that Zephyr has. */
typedef struct bw_zephyr_their_soc {
    const char *name;   /**< as board.yml is to have it */
    const char *symbol; /**< "SOC_NRF52840_QIAA" */
} bw_zephyr_their_soc;

/** A board while it is being written: the state of the job. */
typedef struct bw_zephyr_output_board {
    bw_arena arena;
    const char *name;                    /**< "plank" */
    const char *full_name;               /**< never NULL */
    const char *vendor;                  /**< folder and board.yml; "others" where nobody says */
    const char *symbol;                  /**< "BOARD_PLANK" */
    const char *folder;                  /**< "boards/<vendor>/<board>"; of an extension its own name */
    bool extends;                        /**< name is of a board elsewhere, to which this one adds variants */
    const bw_yml_board *yml;             /**< NULL: the board had no board.yml */
    const bw_yaml *section;              /**< or NULL */
    GPtrArray *targets;                  /**< of bw_zephyr_output * */
    struct bw_zephyr_bindings *bindings; /**< of the user's Zephyr tree, or NULL */
} bw_zephyr_output_board;

/* -- one target -------------------------------------------------------------------------------------- */

/** Reads the target again and makes its devicetree Zephyr's: sets dts, left_out, todo, features.
 *  @return false after an error finding. */
bool bw_zephyr_translate(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *output);

/** Makes the interrupts of a tree Zephyr's, and adds the timers that are nodes of their own there. Values that are made
 *  hold plain phandle numbers: the references have to be found again. @param model of the tree as it is. */
void bw_zephyr_shape_interrupts(bw_tree *tree, const bw_board *model);

/** Gives nodes the unit addresses that Zephyr's build wants. @return whether some path is another now: values that are
 *  paths have to be made anew. */
bool bw_zephyr_rename_nodes(bw_tree *tree);

/** Notes something that a human has to do, for README.md: a sentence without its full stop. */
void bw_zephyr_todo(bw_zephyr_output_board *board, bw_zephyr_output *output, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** What the model says: from arch to has_console. */
void bw_zephyr_gather(const bw_board *model, bw_arena *arena, bw_zephyr_output *output);

/** The files of the source's folder that go along: revisions' overlays, what a kept source includes. */
void bw_zephyr_add_files(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *output);

/** The chosen node for memory and for the console, also where the tree does not say zephyr,…; or NULL. */
const bw_memory *bw_zephyr_ram(const bw_board *model);
const bw_node *bw_zephyr_console(const bw_board *model);

/** The source of a target that lies in several folders, with what it includes from there and what variants have on top.
 *  @return NULL if a file cannot be read, or what they include is too much. */
const char *bw_zephyr_whole_source(const bw_system_job *job, bw_arena *arena);

/** Fragments of configuration as one: of what is assigned several times the last. @param begin comes first */
const char *bw_zephyr_merge_configs(bw_context *ctx, const char *begin, const char *const *files, bw_arena *arena);

/** Notes for README.md which files of which folders a target is made from. */
void bw_zephyr_note_sources(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *output);

/* -- the board --------------------------------------------------------------------------------------- */

/** @return what support.yml says of a SoC of board.yml: whether it is one of Zephyr's. */
bool bw_zephyr_soc_of_theirs(const bw_zephyr_output_board *board, const char *soc, bw_zephyr_their_soc *theirs);
/** "SOC_M33": the symbol of the SoC (and CPU cluster) of a target. */
const char *bw_zephyr_soc_symbol(const bw_zephyr_output_board *board, const bw_zephyr_output *target);
/** @return text in capitals, what is no letter and no digit as '_'. */
const char *bw_zephyr_capitals(bw_arena *arena, const char *prefix, const char *text);

/** Whether a target is for the non-secure world of a Cortex-M ("plank/m33/ns"). */
bool bw_zephyr_is_nonsecure(const bw_zephyr_output *target);
/** Whether the board has a target for each world of this one's CPU, so that the kernel has to know which it is in. */
bool bw_zephyr_has_worlds(const bw_zephyr_output_board *board, const bw_zephyr_output *target);

/** Zephyr's word for the architecture of a target: "arm", "arm64", "riscv"; NULL: not known. */
const char *bw_zephyr_arch_name(const bw_zephyr_output *target);
/** Whether a soc/ folder can be written for the target's architecture. */
bool bw_zephyr_soc_known(const bw_zephyr_output *target);
/** Whether of its SoC only the name is written, so that Zephyr reads the board's other targets. */
bool bw_zephyr_soc_name_only(const bw_zephyr_output_board *board, const bw_zephyr_output *target);

/** A text in the plan at "<folder>/<format>". Takes @p text. */
void bw_zephyr_add(const bw_system_whole *whole, GString *text, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** As a YAML scalar, in quotes where it needs them. */
void bw_zephyr_scalar(GString *out, const char *text);

/** Whether what holds for one target has to ask for its symbol: there are others under the same board's symbol. */
bool bw_zephyr_is_shared(const bw_zephyr_output_board *board);

void bw_zephyr_write_board(const bw_system_whole *whole, const bw_zephyr_output_board *board);
void bw_zephyr_write_socs(const bw_system_whole *whole, const bw_zephyr_output_board *board);
void bw_zephyr_write_readme(const bw_system_whole *whole, const bw_zephyr_output_board *board);

#endif
