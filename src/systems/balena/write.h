/* SPDX-License-Identifier: Apache-2.0 */
/** Between the files that write a repository of balenaOS. */
#ifndef BW_SYSTEMS_BALENA_WRITE_H
#define BW_SYSTEMS_BALENA_WRITE_H

#include "systems/balena/section.h"

/** What templates ask for: char * to char *, both owned by the table. */
GHashTable *bw_balena_values(const bw_balena_type *type);

/** Adds a file below the job's folder. Frees @p text. */
void bw_balena_add(const bw_balena_type *type, const char *path, GString *text);

/** What Leviathan's suites will test on such a device, and what not and why: TEST-PLAN.md. To be freed. */
GString *bw_balena_test_plan(const bw_balena_type *type);

#endif
