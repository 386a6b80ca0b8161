/* SPDX-License-Identifier: Apache-2.0 */
/** The files of src/boot/guest, as they were when boardwright was built. */
#ifndef BW_BOOT_GUEST_FILES_H
#define BW_BOOT_GUEST_FILES_H

#include "base/embedded.h"

/** @return the text of "stub.S", "init.sh" or "fetch.sh"; @p len of it, may be NULL. */
const char *bw_guest_file(const char *name, size_t *len);

#endif
