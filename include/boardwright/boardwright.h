/* SPDX-License-Identifier: Apache-2.0 */
/**
 * libboardwright: devicetrees and boards, read and checked.
 *
 * The library has no global mutable state, never prints and never exits.
 */
#ifndef BOARDWRIGHT_H
#define BOARDWRIGHT_H

#ifdef __cplusplus
extern "C" {
#endif

/** @return the library's version, "0.1.0". */
const char *boardwright_version(void);

#ifdef __cplusplus
}
#endif
#endif
