/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is known of a target for Ocre, sample by sample: each thing that the sample needs, whether the target has it,
 * and if not, which lines of .conf and .overlay give it, or why nothing does.
 *
 * `show --system ocre` prints it, `build --system ocre` writes its lines into files, so both say the same. It reports
 * no findings; those are check.h's.
 *
 * Sources: project-ocre/ocre-runtime, docs for new boards, src/samples/, src/platform/zephyr/memory.c.
 */
#ifndef BW_SYSTEMS_OCRE_VERDICT_H
#define BW_SYSTEMS_OCRE_VERDICT_H

#include "board/load.h"
#include "systems/ocre/conf.h"
#include "systems/ocre/containers.h"
#include "systems/ocre/section.h"
#include "systems/ocre/storage.h"
#include "systems/ocre/wamr.h"

typedef enum bw_ocre_readiness {
    BW_OCRE_READY,      /**< nothing is to be done */
    BW_OCRE_AFTER,      /**< with the lines */
    BW_OCRE_IMPOSSIBLE, /**< whatever lines; because says why */
} bw_ocre_readiness;

typedef enum bw_ocre_topic {
    BW_OCRE_CPU,     /**< a target of WAMR; with AOT: MPU and FPU */
    BW_OCRE_MEMORY,  /**< RAM for containers */
    BW_OCRE_STORAGE, /**< the partition: there, blocks enough for the sample and the chosen containers */
    BW_OCRE_MERGE,   /**< merged.hex: only of samples with preloaded images, and where it is asked for */
    BW_OCRE_RANDOM,  /**< entropy */
    BW_OCRE_NETWORK, /**< never IMPOSSIBLE: Ocre runs without */
    BW_OCRE_TOPICS,
} bw_ocre_topic;
extern const char *const bw_ocre_topic_names[BW_OCRE_TOPICS]; /**< "CPU", "memory", "storage" … */

/** A line of a .conf: CONFIG_<symbol>=<value>. */
typedef struct bw_ocre_setting {
    const char *symbol, *value; /**< value as it stands in the file, a text with its quotes */
    const char *why;            /**< for a comment: half a sentence without a full stop */
} bw_ocre_setting;

/** Lines of an .overlay that belong together. Deletions by label come first of all, before any other text: dtc's order
 *  does not ask for it, readers do. */
typedef struct bw_ocre_patch {
    const char *deletes; /**< "/delete-node/ &slot1_partition;\n…", or NULL */
    const char *text;    /**< "&flash0 {\n\tpartitions {\n…};\n" in Zephyr's style, ended by a newline; or NULL */
    const char *why;     /**< as above */
} bw_ocre_patch;

typedef struct bw_ocre_need {
    bw_ocre_readiness state;
    const char *fact;    /**< what the target has: "THUMBV8M", "64 blocks of 0x2000 (8 KiB) in flash0"; never NULL */
    const char *because; /**< of what is not READY: what is missing, a clause; else NULL */
    const bw_ocre_setting *settings;
    uint32_t setting_count;
    const bw_ocre_patch *patches;
    uint32_t patch_count;
} bw_ocre_need;

/** The storage partition as it is with the lines (as it is, where it is good): what an image is made for. */
typedef struct bw_ocre_place {
    bool known;            /**< there is one */
    bool is_new;           /**< it is not the one of the devicetree */
    const bw_node *flash;  /**< the chip */
    uint64_t offset, size; /**< in it, bytes */
    uint32_t block;        /**< as Ocre takes it, bytes */
    uint64_t blocks;       /**< size / block */
    uint64_t wanted;       /**< blocks that the sample takes with what is preloaded */
    bool mapped;
    uint64_t address; /**< where its image goes in a hex file, by the rule of storage.h; if mapped */
    bool has_formula;
    uint64_t formula; /**< where Ocre's build puts it: CONFIG_OCRE_STORAGE_PARTITION_ADDR */
} bw_ocre_place;

typedef struct bw_ocre_verdict {
    bw_ocre_sample sample;
    bw_ocre_readiness state; /**< the worst of the needs but the network's */
    bw_ocre_need needs[BW_OCRE_TOPICS];
    bw_ocre_place storage;
    uint64_t ram_wanted; /**< bytes for what runs at once, without the program's own */
} bw_ocre_verdict;

typedef struct bw_ocre_verdict_options {
    const bw_yaml *section;               /**< `ocre:` of support.yml, or NULL */
    const bw_ocre_containers *containers; /**< what is preloaded in addition to the sample's own, or NULL */
    const bw_ocre_conf *conf;             /**< what is configured; NULL: the sample's prj.conf as known of Ocre */
    bool simulated;                       /**< native_sim: no hex, flash.bin */
    bool is_64;                           /**< the simulator's program is one of 64 bits */
} bw_ocre_verdict_options;

/**
 * The verdict of one sample. @param tree as the sample is built: with its overlays where there are some.
 * Everything lives in the arena of the tree's unit. @return never NULL
 */
const bw_ocre_verdict *bw_ocre_verdict_of(const bw_tree *tree, bw_ocre_sample sample,
                                          const bw_ocre_verdict_options *options);

/** Where the storage partition goes (verdict_storage.c): the one that is there if it will do, else the best place.
 *  @param blocks_of how many blocks are wanted, by their size. @param mapped a merged.hex is asked for
 *  @param need gets state, fact and lines. @return known is false where there is none */
bw_ocre_place bw_ocre_find_place(const bw_board *board, const bw_yaml *section,
                                 uint64_t (*blocks_of)(void *data, uint32_t block), void *data, bool mapped,
                                 bw_ocre_need *need);

/** Blocks of littlefs that a sample takes with @p containers (or NULL): folders, images, what copies of blocks need. */
uint64_t bw_ocre_blocks_wanted(bw_ocre_sample sample, const bw_ocre_containers *containers, uint32_t block);

/**
 * How board files of a sample are called for a target, without ending: the short form where the board has one SoC, as
 * Ocre's own are called; else the long one. @return in the arena
 */
const char *bw_ocre_board_stem(bw_context *ctx, const bw_target *target, bw_arena *arena);
/** The long form whatever the board. */
const char *bw_ocre_long_stem(const bw_target *target, bw_arena *arena);

#endif
