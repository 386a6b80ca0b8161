/* SPDX-License-Identifier: Apache-2.0 */
#include "check/semantic.h"

const bw_check bw_semantic_checks[] = {
    {0},
};
