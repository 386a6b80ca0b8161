/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/repo.h"
#include <string.h>
const bw_balena_release bw_balena_releases[] = {
    {"pyro", BW_BB_OLD_STYLE, false},      {"rocko", BW_BB_OLD_STYLE, false},
    {"sumo", BW_BB_OLD_STYLE, false},      {"thud", BW_BB_OLD_STYLE, false},
    {"warrior", BW_BB_OLD_STYLE, false},   {"zeus", BW_BB_OLD_STYLE, false},
    {"dunfell", BW_BB_OLD_STYLE, false},   {"gatesgarth", BW_BB_OLD_STYLE, false},
    {"hardknott", BW_BB_OLD_STYLE, false}, {"honister", BW_BB_NEW_STYLE, false},
    {"kirkstone", BW_BB_NEW_STYLE, false}, {"langdale", BW_BB_NEW_STYLE, true},
    {"mickledore", BW_BB_NEW_STYLE, true}, {"nanbield", BW_BB_NEW_STYLE, true},
    {"scarthgap", BW_BB_NEW_STYLE, true},  {"styhead", BW_BB_NEW_STYLE, true},
    {"walnascar", BW_BB_NEW_STYLE, true},  {"whinlatter", BW_BB_NEW_STYLE, true},
    {"wrynose", BW_BB_NEW_STYLE, true},    {NULL, BW_BB_NEW_STYLE, false},
};
const bw_balena_release *bw_balena_release_find(const char *name)
{
    for (const bw_balena_release *r = bw_balena_releases; name && r->name; r++)
        if (strcmp(r->name, name) == 0)
            return r;
    return NULL;
}
