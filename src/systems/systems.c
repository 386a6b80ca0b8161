/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/systems.h"

#include "systems/balena/section.h"
#include "systems/bare/bare.h"
#include "systems/cheriot/section.h"
#include "systems/cheriot/write.h"
#include "systems/ocre/check.h"
#include "systems/ocre/section.h"
#include "systems/ocre/write.h"
#include "systems/sections.h"
#include "systems/sel4/section.h"
#include "systems/sel4/sel4.h"
#include "systems/zephyr/write.h"

#include <string.h>

const bw_system bw_systems[] = {
    {.name = "zephyr",
     .summary = "A board folder of Zephyr's hardware model v2.",
     .section = &bw_zephyr_schema,
     .build = bw_zephyr_build,
     .finish = bw_zephyr_finish},
    {.name = "ocre",
     .summary = "Containers on Zephyr: board files of the samples and merged images.",
     .section = &bw_ocre_schema,
     .takes_firmware = true,
     .build = bw_ocre_build,
     .start = "  target: @NAME@/@SOC@\n",
     .start_arch = "arm",
     .check = bw_ocre_check},
    {.name = "cheriot",
     .summary = "A board description of CHERIoT RTOS.",
     .section = &bw_cheriot_schema,
     .build = bw_cheriot_build,
     .own_boards = bw_cheriot_own_boards,
     .build_own = bw_cheriot_build_own},
    {.name = "sel4",
     .summary = "A platform of seL4 and CAmkES VM with its Yocto layer.",
     .section = &bw_sel4_schema,
     .start = "  target: @NAME@/@SOC@\n"
              "  platform: @NAME@\n",
     .start_arch = "arm64",
     .build = bw_sel4_build,
     .check = bw_sel4_check},
    {.name = "balena",
     .summary = "A repository of balenaOS customer board support.",
     .section = &bw_balena_schema,
     .start = "  target: @NAME@/@SOC@\n"
              "  name: @NAME@\n"
              "  release: scarthgap\n"
              "  bootloader: {u-boot: u-boot.bin}\n",
     .start_arch = "arm64",
     .build = bw_balena_build},
    {.name = "bare",
     .summary = "A C header and a linker script for no OS at all.",
     .section = &bw_bare_schema,
     .build = bw_bare_build},
    {.name = NULL},
};

size_t bw_system_count(void)
{
    return G_N_ELEMENTS(bw_systems) - 1;
}

const bw_system *bw_system_find(const char *name)
{
    for (const bw_system *s = bw_systems; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

const bw_system *bw_system_of_own(bw_context *ctx, const char *argument, const char *sdk, char ***boards)
{
    for (const bw_system *s = bw_systems; s->name; s++) {
        *boards = s->own_boards ? s->own_boards(ctx, argument, sdk) : NULL;
        if (*boards)
            return s;
    }
    return NULL;
}

const char *bw_system_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(bw_systems)];

    for (size_t i = 0; i < G_N_ELEMENTS(bw_systems); i++)
        names[i] = bw_systems[i].name;
    return bw_nearest(name, names);
}
