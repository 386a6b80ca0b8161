/* SPDX-License-Identifier: Apache-2.0 */
/** Containers for `image info`. */
#ifndef BW_CLI_IMAGE_CONTAINER_H
#define BW_CLI_IMAGE_CONTAINER_H

#include "cli/options.h"

#include "base/finding.h"

/** Whether a file's bytes are a container's. */
bool bw_is_container(const uint8_t *data, size_t len);

/** Prints what a container is. Findings: what is malformed. */
void bw_container_info(const bw_options *options, const char *path, const uint8_t *data, size_t len,
                       bw_findings *findings);

#endif
