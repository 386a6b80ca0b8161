/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Room for what is in memory beside the RAM of guests, and what pages beside the application say of addresses.
 * Sources: seL4/camkes-vm, components/VM_Arm/configurations/vm.h for the pools. The kernel's size is that of a kernel
 * for one AArch64 platform with a hypervisor, of 2026: 0x254000 bytes.
 */
#include "systems/sel4/check_app.h"

#include "base/text.h"
#include "systems/sel4/parts.h"

#include <inttypes.h>
#include <string.h>

#define KERNEL_BYTES 0x254000U

/* What is more than a MiB, in whole ones: it is an estimate. */
static char *words(uint64_t bytes)
{
    GString *out = g_string_new(NULL);
    const uint64_t mib = (uint64_t)1 << 20;

    bw_text_size(out, bytes > mib && bytes <= UINT64_MAX - mib ? (bytes + mib - 1) / mib * mib : bytes);
    return g_string_free(out, FALSE);
}

/* What the kernel and the components of guests take, without images. */
static uint64_t bytes_needed(const bw_sel4_app *app)
{
    uint64_t sum = KERNEL_BYTES;

    for (uint32_t v = 0; v < app->vm_count; v++) {
        const bw_sel4_value *pool = &app->vms[v].mempool_size;
        const uint64_t mempool = pool->known ? pool->value : BW_SEL4_MEMPOOL;
        const uint64_t more =
            mempool < UINT64_MAX - app->vms[v].pool_bytes ? mempool + app->vms[v].pool_bytes : mempool;

        sum = more < UINT64_MAX - sum ? sum + more : UINT64_MAX;
    }
    return sum;
}

/* ---- S25 ---- */

static void check_memory(const bw_sel4_app *app, bw_findings *findings)
{
    GArray *memory = bw_sel4_normal_memory(app->tree);
    const uint64_t needed = bytes_needed(app);
    uint64_t there = 0;

    for (uint32_t v = 0; v < app->vm_count; v++)
        if (app->vms[v].ram_paddr_base.known && app->vms[v].ram_size.known && app->vms[v].ram_size.value &&
            app->vms[v].ram_size.value < UINT64_MAX - app->vms[v].ram_paddr_base.value)
            memory = bw_sel4_subtract_all(memory, app->vms[v].ram_paddr_base.value, app->vms[v].ram_size.value);
    for (guint i = 0; i < memory->len; i++)
        there += g_array_index(memory, bw_sel4_region, i).size;
    if (there && needed > there) {
        char *a = words(needed);
        char *b = words(there);

        bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_room, app->vms[0].place,
                                        "the kernel and the pools of all guests take %s, and beside the RAM of guests "
                                        "there is memory of %s",
                                        a, b),
                        "lower allocator_mempool_size or simple_untypedN_pool, or the RAM of a guest");
        g_free(a);
        g_free(b);
    }
    g_array_free(memory, TRUE);
}

static bool is_of_kernel(const char *name)
{
    char *small = g_ascii_strdown(name, -1);
    const bool guest = strstr(small, "linux") || strstr(small, "guest") || strstr(small, "vm");
    const bool kernel = !guest && (strstr(small, "sel4") || strstr(small, "kernel"));

    g_free(small);
    return kernel;
}

/* A page that says how much the kernel and the root server are to have. */
static void check_said_room(const bw_sel4_app *app, bw_findings *findings)
{
    const uint64_t needed = bytes_needed(app);

    for (uint32_t i = 0; i < app->said_count; i++) {
        const bw_sel4_said *said = &app->said[i];

        if (!said->size.known || !said->name.text || !is_of_kernel(said->name.text) || said->size.value >= needed)
            continue;
        char *a = words(said->size.value);
        char *b = words(needed);
        char *pool = words(BW_SEL4_MEMPOOL);

        bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_room, said->size.place,
                                        "%s is said for '%s', and the kernel and the pools of all guests take %s", a,
                                        said->name.text, b),
                        "count the pool of each guest's allocator in, %s by itself", pool);
        g_free(a);
        g_free(b);
        g_free(pool);
    }
}

/* ---- S31 ---- */

/* The node whose registers hold an address without beginning there. */
static const bw_node *holder_of(const bw_sel4_app *app, uint64_t address, const bw_sel4_said *said,
                                const bw_sel4_said **row)
{
    for (uint32_t v = 0; v < app->vm_count; v++)
        for (uint32_t q = 0; q < app->vms[v].query_count; q++) {
            const bw_node *node = app->vms[v].queries[q].node;
            bw_sel4_regions regions;

            if (!node || !bw_sel4_reg(app->tree, node, true, &regions))
                continue;
            for (uint32_t i = 0; i < regions.count; i++) {
                const bw_sel4_region *r = &regions.items[i];

                if (address <= r->base || address - r->base >= r->size)
                    continue;
                for (uint32_t k = 0; k < app->said_count; k++)
                    if (&app->said[k] != said && app->said[k].base.value == r->base) {
                        *row = &app->said[k];
                        return node;
                    }
            }
        }
    return NULL;
}

static void check_said_address(const bw_sel4_app *app, const bw_sel4_said *said, bw_findings *findings)
{
    const bw_sel4_said *row = NULL;
    const bw_node *holder = holder_of(app, said->base.value, said, &row);

    if (!holder)
        return;
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_said, said->base.place,
                                    "'%s' is said to be a block of its own at 0x%" PRIx64
                                    ", but that lies within %s, the block of '%s'",
                                    said->name.text, said->base.value, bw_node_path(app->tree, holder), row->name.text);

    bw_finding_note(f, row->base.place, "that one is here");
}

void bw_sel4_check_room(const bw_sel4_app *app, bw_findings *findings)
{
    if (!app->vm_count)
        return;
    if (app->tree)
        check_memory(app, findings);
    check_said_room(app, findings);
    for (uint32_t i = 0; app->tree && i < app->said_count; i++)
        check_said_address(app, &app->said[i], findings);
}
