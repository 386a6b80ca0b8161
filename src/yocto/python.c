/* SPDX-License-Identifier: Apache-2.0 */
#include "yocto/store.h"

char *bw_bb_python(bw_bb_store *store, const char *text, size_t len)
{
    (void)store;
    (void)text;
    (void)len;
    return NULL;
}
