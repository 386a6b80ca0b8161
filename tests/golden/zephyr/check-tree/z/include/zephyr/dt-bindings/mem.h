/* SPDX-License-Identifier: Apache-2.0 */
#define DT_SIZE_K(x) ((x) * 1024)
#define DT_SIZE_M(x) ((x) * 1024 * 1024)
