/* SPDX-License-Identifier: Apache-2.0 */
/** What a repository of balenaOS holds: its device types. */
#ifndef BW_REPORT_SHOW_BALENA_H
#define BW_REPORT_SHOW_BALENA_H

#include "base/buffer.h"
#include "systems/balena/repo.h"

#include <jansson.h>

/** A line for each device type: slug, machine, architecture, state, image, name. */
void bw_list_balena_text(const bw_balena_repo *repo, bw_buffer *out);
/** The repository's version, releases and submodules, and that list. */
void bw_show_balena_text(const bw_balena_repo *repo, bw_buffer *out);
/** All about one device type. */
void bw_show_balena_device(const bw_balena_repo *repo, const bw_balena_device *device, bw_buffer *out);

/** The shapes are docs/json.md's. */
json_t *bw_show_balena_json(const bw_balena_repo *repo);
json_t *bw_show_balena_device_json(const bw_balena_repo *repo, const bw_balena_device *device);

/** A device type by its slug, an alias, its file's name or its machine; NULL if there is none. */
const bw_balena_device *bw_balena_device_named(const bw_balena_repo *repo, const char *name);

#endif
