/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a variable's name says of overrides: operators, packages, image types, in the style of either age. For checks
 * and for converting.
 */
#ifndef BW_SYSTEMS_BALENA_NAMES_H
#define BW_SYSTEMS_BALENA_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/** Where "_append", "_prepend" or "_remove" stands as a word of a name (behind it nothing, '_' or ':'); NULL: nowhere.
 */
const char *bw_balena_old_operator(const char *name);
/** Where ":append", ":prepend" or ":remove" stands, likewise with ':'. */
const char *bw_balena_new_operator(const char *name);
/** Where ":remove_machine" and its kin stand: half converted. */
const char *bw_balena_half_converted(const char *name);
/** Where the package begins in "RDEPENDS_${PN}" and "FILES_kernel-base"; 0: it is none. */
size_t bw_balena_package_suffix(const char *name);
/** Whether a variable is one of packages: RDEPENDS, FILES…, of either style. */
bool bw_balena_of_package(const char *name);
/** Where the name begins in "PREFERRED_VERSION:linux"; 0: it is none. */
size_t bw_balena_over_converted(const char *name);
/** Where the type begins in "IMAGE_CMD_balenaos-img:append"; 0: it is none. */
size_t bw_balena_image_type(const char *name);

#endif
