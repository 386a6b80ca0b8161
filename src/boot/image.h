/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The probe's image for one board: its sources and the compiled ELF file.
 *
 * The probe's own sources are part of this library (embed.py). What is written to the folder, all of it to be looked
 * at and compiled again by hand: board.h, board.ld and README.md of the system bare, claims.c, the sources of the probe
 * that this board needs, build.sh with the compiler's command line, and probe.elf:
 *
 *     DIR/bare/board.h …   DIR/probe/main.c …   DIR/claims.c   DIR/build.sh   DIR/probe.elf
 */
#ifndef BW_BOOT_IMAGE_H
#define BW_BOOT_IMAGE_H

#include "boot/claims.h"
#include "boot/toolchain.h"
#include "image/elf.h"

/** A probe is smaller than this: loadable bytes. */
#define BW_IMAGE_MAX 16384

typedef struct bw_image {
    char *path;  /**< of probe.elf */
    bw_elf elf;  /**< entry, segments, symbols; elf.loadable: bytes */
    char *bytes; /**< private: of the file */
} bw_image;

/** What an image is made from. */
typedef struct bw_image_job {
    const bw_board *board;
    const bw_target *target;
    const bw_yaml *section; /**< `bare:` of support.yml, or NULL */
    const bw_claims *claims;
    bool semihosting;   /**< the simulator offers it: the probe reports there, too, and ends the machine by it */
    const char *folder; /**< where all files go; made if it is not there */
    bool force;         /**< files there that somebody edited are overwritten, not a finding */
    bw_findings *findings;
} bw_image_job;

/** Writes the sources alone. @return false with a finding. */
bool bw_image_write_sources(const bw_image_job *job);

/** Writes the sources and compiles them. Blocks until the compiler is done (one call, below a second).
 *  @return NULL with a finding (compiler-failed has the compiler's own words; the sources stay). */
bw_image *bw_image_build(const bw_image_job *job, const bw_toolchain *toolchain);
void bw_image_free(bw_image *image);

#endif
