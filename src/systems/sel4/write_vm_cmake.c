/* SPDX-License-Identifier: Apache-2.0 */
/* Source: seL4/camkes-vm, arm_vm_helpers.cmake; seL4/camkes-vm-linux, vm-linux-helpers.cmake. */
#include "systems/sel4/write_vm.h"

#include "base/text.h"

#include <inttypes.h>

static uint32_t most_vcpus(const bw_sel4_plan *plan)
{
    uint32_t most = 1;

    for (uint32_t i = 0; i < plan->vm_count; i++)
        most = MAX(most, plan->vms[i].vcpus);
    return most;
}

GString *bw_sel4_vm_settings(const bw_sel4_plan *plan)
{
    GString *out = g_string_new("# Made by boardwright of the board's support.yml.\n\n");

    g_string_append_printf(out, "set(supported \"%s\")\n", plan->section->platform.text);
    g_string_append(out, "if(NOT \"${PLATFORM}\" IN_LIST supported)\n"
                         "    message(FATAL_ERROR \"PLATFORM: ${PLATFORM} not supported. Supported: ${supported}\")\n"
                         "endif()\n\n"
                         "set(LibUSB OFF CACHE BOOL \"\" FORCE)\n");
    if (most_vcpus(plan) > 1)
        g_string_append_printf(out,
                               "# A guest gets no more virtual CPUs than the kernel has nodes.\n"
                               "set(KernelMaxNumNodes %u CACHE STRING \"\" FORCE)\n",
                               most_vcpus(plan));
    return out;
}

static void add_vm(GString *out, const bw_sel4_plan *plan, uint32_t *next)
{
    const bw_sel4_app *app = plan->app;

    for (uint32_t end = *next; end < app->file_count; end++) {
        const bw_sel4_file *f = &app->files[end];

        if (!f->from_initrd) {
            g_string_append_printf(out, "AddToFileServer(\"%s\" \"%s\")\n", f->name.text, f->path.text);
            continue;
        }
        const bw_sel4_file *initrd = &app->files[end - 1];

        g_string_append_printf(out,
                               "# Writes the size of the initrd into /chosen; its address is VM…_INITRD_ADDR of "
                               "devices.camkes.\n"
                               "UpdateDtbFromInitrd(\n    \"%s\"\n    \"%s\"\n    \"0x%" PRIx64 "\"\n"
                               "    %s_target\n    %s_location\n)\n",
                               f->path.text, initrd->path.text, f->address.value, f->name.text, f->name.text);
        g_string_append_printf(out, "AddToFileServer(\"%s\" \"${%s_location}\" DEPENDS %s_target)\n", f->name.text,
                               f->name.text, f->name.text);
    }
    *next = app->file_count;
}

GString *bw_sel4_vm_cmakelists(const bw_sel4_plan *plan)
{
    const char *app = bw_sel4_app_name(plan);
    GString *out = g_string_new("# Made by boardwright of the board's support.yml.\n\n"
                                "cmake_minimum_required(VERSION 3.16.0)\n\n");
    uint32_t next = 0;

    g_string_append_printf(out, "project(%s C)\n\n", app);
    g_string_append(out, "include(${CAMKES_ARM_VM_HELPERS_PATH})\n"
                         "find_package(camkes-vm-linux REQUIRED)\n"
                         "include(${CAMKES_VM_LINUX_HELPERS_PATH})\n\n"
                         "set(cpp_includes \"${CAMKES_VM_DIR}/components/VM_Arm\")\n\n");
    add_vm(out, plan, &next);
    g_string_append(out, "\nAddCamkesCPPFlag(cpp_flags CONFIG_VARS VmEmmc2NoDMA VmVUSB Tk1DeviceFwd Tk1Insecure)\n"
                         "DefineCAmkESVMFileServer()\n"
                         "CAmkESAddImportPath(${PLATFORM})\n");
    g_string_append_printf(
        out, "DeclareCAmkESRootserver(%s.camkes CPP_FLAGS ${cpp_flags} CPP_INCLUDES ${cpp_includes})\n", app);
    return out;
}
