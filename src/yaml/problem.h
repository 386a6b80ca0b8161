/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is wrong with a text that is not YAML, said as a person would. Private to yaml.
 */
#ifndef BW_YAML_PROBLEM_H
#define BW_YAML_PROBLEM_H

#include "yaml/marks.h"
#include "yaml/yaml.h"

#include <yaml.h>

/** @return whether the bytes can be YAML at all: size, UTF-8, no control characters; else a finding. */
bool bw_yaml_readable(bw_source *source, bw_findings *findings);

/** Adds the finding for the error that libyaml stopped at. */
void bw_yaml_report(const yaml_parser_t *parser, const bw_marks *marks, bw_source *source, bw_findings *findings);

#endif
