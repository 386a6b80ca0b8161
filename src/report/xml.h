/* SPDX-License-Identifier: Apache-2.0 */
/** Text of the input in pictures. */
#ifndef BW_REPORT_XML_H
#define BW_REPORT_XML_H

#include "base/arena.h"
#include "base/buffer.h"

/** Appends a text of the input as XML: made safe to show, and what XML takes for itself escaped. */
void bw_xml_text(bw_buffer *out, bw_arena *arena, const char *text);

#endif
