/* SPDX-License-Identifier: Apache-2.0 */
/** `ocre:` of support.yml: what runs on the board, which its devicetree does not say. */
#ifndef BW_SYSTEMS_OCRE_SECTION_H
#define BW_SYSTEMS_OCRE_SECTION_H

#include "yaml/schema.h"

extern const bw_schema bw_ocre_schema;

/** The samples of Ocre: src/samples/<name>/zephyr in its tree. */
typedef enum bw_ocre_sample { BW_OCRE_MINI, BW_OCRE_DEMO, BW_OCRE_SUPERVISOR, BW_OCRE_SAMPLES } bw_ocre_sample;
extern const char *const bw_ocre_sample_names[BW_OCRE_SAMPLES + 1]; /**< NULL-terminated */

/** @return whether the section asks for a sample; without `samples:`, and without a section, for all. */
bool bw_ocre_wants(const bw_yaml *section, bw_ocre_sample sample);

/** @return whether a key is there and true. */
bool bw_ocre_is_set(const bw_yaml *section, const char *key);

#endif
