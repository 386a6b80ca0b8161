/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications of CAmkES VM: devices.camkes, settings.cmake and CMakeLists.txt, the kernel's devicetree, with all
 * checks. The parts of an input stand behind each other, a line "%%" between them; a part may be missing.
 */
#include "fuzz.h"

#include "systems/sel4/app.h"
#include "systems/sel4/read.h"

#include <string.h>

#define PARTS 4

static const char *const names[PARTS] = {"devices.camkes", "settings.cmake", "CMakeLists.txt", "kernel.dts"};

static void add_parts(fuzz_run *run, const uint8_t *data, size_t size)
{
    const char *at = size ? (const char *)data : ""; /* libFuzzer begins with nothing at all */
    const char *end = at + size;

    for (int i = 0; i < PARTS; i++) {
        const char *stop = i + 1 < PARTS ? g_strstr_len(at, end - at, "\n%%\n") : NULL;

        (void)bw_source_add(run->ctx->sources, names[i], at, (size_t)((stop ? stop + 1 : end) - at));
        at = stop ? stop + 4 : end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bw_load_options load = {0};
    const char *const kernel[] = {"kernel.dts", NULL};
    GPtrArray *vms = g_ptr_array_new();
    bw_sel4_app app = {.directory = ".", .platform = "fuzz"};
    bw_sel4_cmake cmake;
    fuzz_run run;

    fuzz_begin(&run, 0);
    add_parts(&run, data, size);
    app.tree = bw_sel4_read(run.unit, kernel, &load, NULL);
    (void)bw_sel4_camkes_read(run.unit, names[0], vms);
    bw_sel4_cmake_init(&cmake, run.unit, app.platform);
    bw_sel4_cmake_read(&cmake, names[1]);
    bw_sel4_cmake_read(&cmake, names[2]);
    bw_sel4_cmake_end(&cmake, &app);
    app.vms = bw_arena_array(&run.unit->arena, bw_sel4_vm, vms->len);
    for (guint i = 0; i < vms->len; i++)
        app.vms[app.vm_count++] = *(bw_sel4_vm *)g_ptr_array_index(vms, i);
    bw_sel4_resolve_queries(&app);
    for (uint32_t v = 0; v < app.vm_count; v++)
        for (uint32_t q = 0; q < app.vms[v].query_count; q++)
            fuzz_promise(!app.vms[v].queries[q].node || app.vms[v].queries[q].matches > 0,
                         "a query that finds a node has a match", &run);
    bw_sel4_check_app(&app, &run.findings);
    g_ptr_array_free(vms, TRUE);
    fuzz_end(&run);
    return 0;
}
