/* SPDX-License-Identifier: Apache-2.0 */
/** What a module of the Linux kernel (.ko) says of itself: the words of its section .modinfo, "key=value". */
#ifndef BW_IMAGE_KMOD_H
#define BW_IMAGE_KMOD_H

#include <stdbool.h>
#include <stddef.h>

typedef struct bw_kmod {
    const char *info; /**< of the caller's bytes */
    size_t len;
} bw_kmod;

/** @param data of the file; lives as long as @p kmod. @return false if it is no module. */
bool bw_kmod_read(bw_kmod *kmod, const void *data, size_t len);
/** The words of modules.builtin.modinfo, "module.key=value", as those of a module. */
bw_kmod bw_kmod_builtin(const void *data, size_t len);

/** @return the next value of a key ("alias", "depends"), or NULL; @p offset is 0 at first. Of what is built in the
 *  key stands behind the module's name. */
const char *bw_kmod_next(const bw_kmod *kmod, const char *key, size_t *offset);

/** @return whether an alias for devicetree nodes ("of:N*T*Carm,pl011C*") means this compatible. */
bool bw_kmod_alias_means(const char *alias, const char *compatible);

#endif
