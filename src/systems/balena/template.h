/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files that are mostly text. In a template `@NAME@` stands for a value (`@@` for an '@'). A line `@if NAME` begins
 * lines that are kept when the value is not empty, `@if !NAME` when it is; `@else` turns that round, `@end` ends it,
 * and they nest. A line that is nothing but a value goes when that is empty, and gets no second line end.
 */
#ifndef BW_SYSTEMS_BALENA_TEMPLATE_H
#define BW_SYSTEMS_BALENA_TEMPLATE_H

#include "base/embedded.h"

#include <glib.h>

#include <stdbool.h>

/** @param values name to text, char * to char *
 *  @return the text; NULL when the template is broken or a name is unknown: @p problem says which. */
GString *bw_template_fill(const char *text, GHashTable *values, const char **problem);

#endif
