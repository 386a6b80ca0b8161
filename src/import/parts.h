/* SPDX-License-Identifier: Apache-2.0 */
/** What the files of src/import share; private to it. */
#ifndef BW_IMPORT_PARTS_H
#define BW_IMPORT_PARTS_H

#include "board/board.h"
#include "import/import.h"

#include <glib.h>

/** Who the board is, as board.yml has it. */
typedef struct bw_identity {
    char *name;   /**< letters, digits, '_' */
    char *vendor; /**< a devicetree prefix, or NULL */
    char *soc;    /**< likewise as name */
    char *title;  /**< for people */
    char *file;   /**< of the devicetree: "<name>.dts", "<name>_<soc>.dts" where the user names the SoC */
} bw_identity;

/** @return false, with a finding, when a name that the user gave cannot be one. */
bool bw_identity_of(const bw_board *board, const bw_import_job *job, bw_identity *identity);
void bw_identity_free(bw_identity *identity);
/** @return false, with a finding, when a name that the user gave cannot be one. */
bool bw_identity_options_fit(const bw_import_job *job);

void bw_import_add_board_yml(const bw_import_job *job, const bw_identity *identity);
/** board.yml, support.yml where there is something to say, README.md. */
void bw_import_add_files(const bw_board *board, const bw_import_job *job, const bw_identity *identity,
                         const bw_import_result *result);

/**
 * The tree as a readable source that was read back and is the same. @p tree is changed: it gets labels and marks, and
 * loses phandle properties.
 * @return the text, or NULL with a finding.
 */
GString *bw_import_source(bw_tree *tree, const bw_import_job *job, bw_import_result *result);

#endif
