/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Device-type files in the restricted CoffeeScript that they are written in: assignments in column 0, `require` of
 * `@resin.io/device-types/common`, and `module.exports =` with a block of keys. The value is what CoffeeScript 1.10 and
 * the device-types package make of it (buildManifest), with places in the .coffee.
 *
 * Sources: balena-os/balena-yocto-scripts, build/build-device-type-json.sh; balena-io-modules/resin-device-types,
 * build.coffee and common.coffee; CoffeeScript 1.10, "Language Reference".
 */
#ifndef BW_SYSTEMS_BALENA_COFFEE_H
#define BW_SYSTEMS_BALENA_COFFEE_H

#include "base/unit.h"
#include "json/json.h"

/** @return `module.exports` of a .coffee; NULL when it is beyond the grammar or wrong, with a finding. A name that is
 *  used before its definition is a finding and the value null. */
const bw_json *bw_coffee_read(bw_unit *unit, const char *path);

/** What buildManifest() makes of it: slug, instructions' templates, state, shared options, as the JSON manifest that
 *  the build writes into the root. @param file name of the .coffee without its ending */
const bw_json *bw_coffee_manifest(bw_unit *unit, const bw_json *exports, const char *file);

#endif
