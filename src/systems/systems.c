/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/systems.h"

#include "systems/bare/bare.h"
#include "systems/cheriot/section.h"
#include "systems/sections.h"
#include "systems/zephyr/write.h"

#include <string.h>

const bw_system bw_systems[] = {
    {"zephyr", "A board folder of Zephyr's hardware model v2.", &bw_zephyr_schema, bw_zephyr_build, bw_zephyr_finish},
    {"ocre", "Containers on Zephyr: board files of the samples and merged images.", &bw_ocre_schema, NULL, NULL},
    {"cheriot", "A board description of CHERIoT RTOS.", &bw_cheriot_schema, NULL, NULL},
    {"sel4", "A platform of seL4 and CAmkES VM with its Yocto layer.", &bw_sel4_schema, NULL, NULL},
    {"balena", "A repository of balenaOS customer board support.", &bw_balena_schema, NULL, NULL},
    {"bare", "A C header and a linker script for no OS at all.", &bw_bare_schema, bw_bare_build, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

const bw_system *bw_system_find(const char *name)
{
    for (const bw_system *s = bw_systems; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

const char *bw_system_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(bw_systems)];

    for (size_t i = 0; i < G_N_ELEMENTS(bw_systems); i++)
        names[i] = bw_systems[i].name;
    return bw_nearest(name, names);
}
