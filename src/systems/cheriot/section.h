/* SPDX-License-Identifier: Apache-2.0 */
/** The part of support.yml that makes a CHERIoT board of a devicetree: what only the build of CHERIoT RTOS knows. */
#ifndef BW_SYSTEMS_CHERIOT_SECTION_H
#define BW_SYSTEMS_CHERIOT_SECTION_H

#include "yaml/schema.h"

extern const bw_schema bw_cheriot_schema;

#endif
