/* SPDX-License-Identifier: Apache-2.0 */
/**
 * YAML as people write it for boards, read without the generality of libyaml. Private to yaml.
 *
 * Block maps and lists of one-line scalars, in ASCII: most files of a Zephyr tree are no more than that, and reading
 * them so takes a fifth of the time. Whatever is not, right or wrong, is left to libyaml: there is one reader of all of
 * YAML, and one that says what is wrong. The two agree on every value and every place (tests/unit/test_yaml.c, and
 * tests/fuzz).
 */
#ifndef BW_YAML_SIMPLE_H
#define BW_YAML_SIMPLE_H

#include "yaml/yaml.h"

/** @return the value of the file, or NULL if it is not that simple. */
const bw_yaml *bw_yaml_read_simple(bw_source *source, bw_arena *arena);

/** bw_yaml_read() of what is not that simple: by libyaml. */
const bw_yaml *bw_yaml_read_any(bw_source *source, bw_arena *arena, bw_findings *findings);

#endif
