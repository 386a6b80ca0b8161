/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Device-type files in the restricted CoffeeScript that they are written in: assignments in column 0, `require` of
 * `@resin.io/device-types/common`, and `module.exports =` with a block of keys. The value is what CoffeeScript 1.10
 * makes of it, with places in the .coffee; bw_coffee_manifest() is what the device-types package makes of that.
 *
 * The texts and options that the package shares (instructions.ETCHER_SD, networkOptions.group…) are not ours to copy.
 * Without them an instruction is its own template, "<%= ETCHER_SD %>", which the package's templates would fill in, and
 * anything else an object {"common": "networkOptions.group"}. With the package's value as JSON all is filled in:
 *
 *     node -e 'require("coffee-script/register");
 *              console.log(JSON.stringify(require("@resin.io/device-types/common")))' > common.json
 *
 * Sources: balena-os/balena-yocto-scripts, build/build-device-type-json.sh;
 * balena-io-modules/resin-device-types 10.5.3, build.coffee; CoffeeScript 1.10, "Language Reference" and measured.
 */
#ifndef BW_SYSTEMS_BALENA_COFFEE_H
#define BW_SYSTEMS_BALENA_COFFEE_H

#include "base/unit.h"
#include "json/json.h"

/**
 * @param common `@resin.io/device-types/common` as JSON, or NULL
 * @return `module.exports` of a .coffee in the unit's arena; NULL when it is beyond the grammar or wrong, with one
 * finding. What is undefined in JavaScript (a name before its definition, with a finding) is a null here.
 */
const bw_json *bw_coffee_read(bw_unit *unit, const char *path, const bw_json *common);

/** What buildManifest() makes of it: slug, instructions' templates, state, shared options, as the JSON manifest that
 *  the build writes into the root. @param file name of the .coffee without its ending
 *  @return NULL when the package would refuse it, with a finding */
const bw_json *bw_coffee_manifest(bw_unit *unit, const bw_json *exports, const char *file, const bw_json *common);

#endif
