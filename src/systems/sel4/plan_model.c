/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan in the words of a CAmkES application. A node is given by a query of dtb() where that grants just what is
 * meant; where pieces of two nodes overlap, or its interrupts are no plain lines of the GIC, by addresses and numbers.
 * Source: seL4/camkes-tool, camkes/templates/macros.py; seL4/camkes-vm, templates/seL4VMDTBPassthrough-from.template.c.
 */
#include "systems/sel4/plan_parts.h"

#include "base/powers.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

#define PAGE ((uint64_t)4096)
#define SPI_BASE 32U

/* A node that the guest drives, while it is being given. */
typedef struct given {
    const bw_node *node;
    const char *path;
    const bw_needed *needed;
    bool by_number; /* not by a query */
} given;

typedef struct modeller {
    bw_sel4_planner *p;
    bw_sel4_plan_vm *vm;
    GArray *given;   /* of given */
    GArray *queries; /* of bw_sel4_query */
    GArray *mmios;   /* of bw_sel4_mmio */
    GArray *irqs;    /* of bw_sel4_value */
} modeller;

static bw_sel4_value value_at(uint64_t value, bw_place place)
{
    return (bw_sel4_value){.given = true, .known = true, .value = value, .place = place};
}

static bw_place home(const modeller *m)
{
    return m->vm->section->name.place;
}

/* ---- what a query would grant ---- */

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

static bool has_interrupts(const modeller *m, const bw_node *node)
{
    return bw_irq_begin(m->p->tree, node).prop != NULL;
}

/* CAmkES reads triples, adds 32 to those of type 0, and does not ask whose they are. */
static bool are_plain_interrupts(const modeller *m, const bw_node *node)
{
    bw_irq_iter iter = bw_irq_begin(m->p->tree, node);
    bw_irq irq;
    uint32_t count = 0;

    while (bw_irq_next(&iter, &irq)) {
        if (irq.fault != BW_IRQ_OK || irq.controller != m->p->gic || irq.nexus || irq.count != 3 || irq.cells[0] != 0)
            return false;
        count++;
    }
    return !iter.extended || count <= 1;
}

/* Base and size are rounded each for itself: the end of a region that begins inside of a page may be lost. */
static bool are_plain_registers(const modeller *m, const given *g)
{
    const bw_rows rows = bw_reg_rows(m->p->tree, g->node);
    const uint32_t grants = g->needed ? g->needed->grant_count : 0;

    if (rows.state == BW_STATE_NONE)
        return grants == 0;
    if (rows.state != BW_STATE_OK || rows.count != grants || rows.size_cells == 0)
        return false;
    for (uint32_t i = 0; i < grants; i++) {
        const bw_grant *grant = &g->needed->grants[i];
        const uint64_t rounded = (grant->block->size + PAGE - 1) & ~(PAGE - 1);

        if (!grant->address || rounded != grant->size)
            return false;
    }
    return true;
}

static bool is_alone(const modeller *m, const char *path)
{
    uint32_t count = 0;

    BW_FOR_NODES (m->p->tree, node)
        count += g_ascii_strcasecmp(bw_node_path(m->p->tree, node), path) == 0;
    return count == 1;
}

static bool is_safe(const char *path)
{
    return strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/@,._+-") == strlen(path);
}

static void find_given(modeller *m)
{
    for (uint32_t i = 0; m->vm->needs && i < m->vm->guest->verdict_count; i++) {
        const bw_sel4_verdict *v = &m->vm->guest->verdicts[i];
        given g = {.node = v->node, .path = v->path};

        for (uint32_t k = 0; k < m->vm->needs->count && !g.needed; k++)
            if (m->vm->needs->nodes[k].node == v->node)
                g.needed = &m->vm->needs->nodes[k];
        if (v->fate != BW_SEL4_GIVEN && (v->fate != BW_SEL4_SHOWN || !g.needed || !has_interrupts(m, v->node)))
            continue;
        g.by_number =
            !are_plain_registers(m, &g) || !are_plain_interrupts(m, g.node) || !is_safe(g.path) || !is_alone(m, g.path);
        g_array_append_val(m->given, g);
    }
}

/* Within a guest the same address is one object, whatever its size; other overlaps fail. */
static bool clash(const given *a, const given *b)
{
    for (uint32_t i = 0; a->needed && i < a->needed->grant_count; i++)
        for (uint32_t k = 0; b->needed && k < b->needed->grant_count; k++) {
            const bw_grant *x = &a->needed->grants[i];
            const bw_grant *y = &b->needed->grants[k];
            const bool same = x->address == y->address && x->size == y->size;

            if (overlap(x->address, x->size, y->address, y->size) && (!same || a->by_number || b->by_number))
                return true;
        }
    return false;
}

static void find_clashes(modeller *m)
{
    bool more = true;

    while (more) {
        more = false;
        for (guint i = 0; i < m->given->len; i++)
            for (guint k = 0; k < m->given->len; k++) {
                given *a = &g_array_index(m->given, given, i);

                if (i != k && !a->by_number && clash(a, &g_array_index(m->given, given, k)))
                    a->by_number = more = true;
            }
    }
}

/* ---- queries ---- */

/* The whole path, with the signs of regular expressions as what they are. */
static const char *anchored(const modeller *m, const char *path)
{
    GString *text = g_string_new("^");

    for (; *path; path++)
        if (*path == '.' || *path == '+')
            g_string_append_printf(text, "[%c]", *path);
        else
            g_string_append_c(text, *path);
    g_string_append_c(text, '$');
    const char *kept = bw_arena_strndup(m->p->arena, text->str, text->len);
    g_string_free(text, TRUE);
    return kept;
}

static void add_queries(modeller *m)
{
    for (guint i = 0; i < m->given->len; i++) {
        const given *g = &g_array_index(m->given, given, i);
        const bw_sel4_query query = {.path = {.text = anchored(m, g->path), .place = home(m)}, .key = "path"};

        if (!g->by_number)
            g_array_append_val(m->queries, query);
    }
}

/* ---- numbers ---- */

static void add_untyped(modeller *m, uint64_t base, unsigned bits, bw_place place)
{
    const bw_sel4_mmio mmio = {.base = value_at(base, place),
                               .size = value_at((uint64_t)1 << bits, place),
                               .bits = bits,
                               .untyped = true,
                               .place = place};

    g_array_append_val(m->mmios, mmio);
}

static void add_ram(modeller *m)
{
    for (uint32_t i = 0; i < m->vm->untyped_count; i++)
        add_untyped(m, m->vm->untypeds[i].base, bw_power_at(m->vm->untypeds[i].base, m->vm->untypeds[i].size, 62),
                    m->vm->section->ram.place);
}

/* The virtual CPU interface of a GICv2, its fourth region, which the VMM maps where the guest has the CPU interface. */
static void add_virtual_interface(modeller *m)
{
    const bw_device *gic = m->p->gic ? bw_board_device(m->p->board, m->p->gic) : NULL;
    const char *compatible = gic ? bw_node_string(gic->node, m->p->tree->unit->n->compatible) : NULL;

    if (gic && compatible && !strstr(compatible, "gic-v3") && gic->block_count > 3 && gic->blocks[3].mapped)
        add_untyped(m, gic->blocks[3].address & ~(PAGE - 1), 12, home(m));
}

static int by_base(gconstpointer a, gconstpointer b)
{
    const bw_sel4_span *x = a;
    const bw_sel4_span *y = b;

    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return (x->size > y->size) - (x->size < y->size);
}

static void add_pages(modeller *m, uint64_t base, uint64_t size)
{
    while (size) {
        const unsigned bits = bw_power_at(base, size, 46);

        add_untyped(m, base, bits, home(m));
        base += (uint64_t)1 << bits;
        size -= (uint64_t)1 << bits;
    }
}

static void add_registers(modeller *m)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(bw_sel4_span));

    for (guint i = 0; i < m->given->len; i++) {
        const given *g = &g_array_index(m->given, given, i);

        for (uint32_t k = 0; g->by_number && g->needed && k < g->needed->grant_count; k++) {
            const bw_sel4_span span = {g->needed->grants[k].address, g->needed->grants[k].size};
            g_array_append_val(spans, span);
        }
    }
    g_array_sort(spans, by_base);
    uint64_t base = 0, end = 0;
    for (guint i = 0; i < spans->len; i++) {
        const bw_sel4_span *s = &g_array_index(spans, bw_sel4_span, i);

        if (s->base > end || !end) {
            add_pages(m, base, end - base);
            base = s->base;
            end = s->base + s->size;
        }
        end = MAX(end, s->base + s->size);
    }
    add_pages(m, base, end - base);
    g_array_free(spans, TRUE);
}

static bool has_irq(const modeller *m, uint64_t number)
{
    for (guint i = 0; i < m->irqs->len; i++)
        if (g_array_index(m->irqs, bw_sel4_value, i).value == number)
            return true;
    return false;
}

static void add_irqs(modeller *m)
{
    for (guint i = 0; i < m->given->len; i++) {
        const given *g = &g_array_index(m->given, given, i);
        bw_irq_iter iter = bw_irq_begin(m->p->tree, g->node);
        bw_irq irq;

        while (g->by_number && bw_irq_next(&iter, &irq)) {
            const bool line = irq.fault == BW_IRQ_OK && irq.controller == m->p->gic && irq.count >= 3 &&
                              irq.cells[0] == 0 && irq.cells[1] < 1020 - SPI_BASE;
            const bw_sel4_value number = value_at(irq.cells[1] + SPI_BASE, home(m));

            if (line && !has_irq(m, number.value))
                g_array_append_val(m->irqs, number);
        }
    }
}

/* ---- the guest ---- */

static bw_sel4_text text_at(const char *text, bw_place place)
{
    return (bw_sel4_text){.text = text, .place = place};
}

static const char *file_name(const modeller *m, const char *what)
{
    if (m->p->plan->vm_count == 1)
        return what;
    return bw_arena_join(m->p->arena, m->vm->name, "-", what);
}

static bw_place first_place(const bw_sel4_value *said, bw_place otherwise)
{
    return said->given ? said->place : otherwise;
}

static void fill(modeller *m, bw_sel4_vm *model)
{
    const bw_sel4_plan_vm *vm = m->vm;
    const bw_sel4_vm_section *s = vm->section;
    const bw_place ram = first_place(&s->ram_address, s->ram.place);
    const bool has_initrd = vm->initrd.size != 0;

    *model = (bw_sel4_vm){
        .name = vm->instance,
        .place = home(m),
        .ram_base = value_at(vm->ram.base, ram),
        .ram_paddr_base = value_at(vm->ram.base, ram),
        .ram_size = value_at(vm->ram.size, s->ram.place),
        .entry = value_at(vm->entry, first_place(&s->kernel_address, s->kernel.place)),
        .dtb_addr = value_at(vm->dtb.base, first_place(&s->dtb.address, home(m))),
        .kernel_name = text_at(file_name(m, "linux"), s->kernel.place),
        .dtb_name = text_at(file_name(m, "linux-dtb"), home(m)),
        .initrd_name = text_at(has_initrd ? file_name(m, "linux-initrd") : NULL, s->initrd.file.place),
        .bootargs = s->command_line,
        .provide_dtb = {true, true, home(m)},
        .generate_dtb = {true, false, home(m)},
        .provide_initrd = {true, has_initrd, home(m)},
        .clean_cache = {true, true, home(m)},
        .map_one_to_one = {true, true, home(m)},
        .vcpus = value_at(vm->vcpus, first_place(&s->vcpus, home(m))),
        .queries = (bw_sel4_query *)(void *)bw_arena_dup(m->p->arena, m->queries->data,
                                                         m->queries->len * sizeof(bw_sel4_query)),
        .query_count = m->queries->len,
        .mmios = bw_arena_dup(m->p->arena, m->mmios->data, m->mmios->len * sizeof(bw_sel4_mmio)),
        .mmio_count = m->mmios->len,
        .irqs = bw_arena_dup(m->p->arena, m->irqs->data, m->irqs->len * sizeof(bw_sel4_value)),
        .irq_count = m->irqs->len,
    };
    if (has_initrd)
        model->initrd_addr = value_at(vm->initrd.base, first_place(&s->initrd.address, s->initrd.file.place));
    if (has_initrd && s->initrd.size.given) {
        model->initrd_max_size = s->initrd.size;
        model->initrd_max_size.value = vm->initrd.size;
    }
}

static void model_vm(bw_sel4_planner *p, bw_sel4_plan_vm *vm, bw_sel4_vm *model)
{
    modeller m = {.p = p,
                  .vm = vm,
                  .given = g_array_new(FALSE, FALSE, sizeof(given)),
                  .queries = g_array_new(FALSE, FALSE, sizeof(bw_sel4_query)),
                  .mmios = g_array_new(FALSE, FALSE, sizeof(bw_sel4_mmio)),
                  .irqs = g_array_new(FALSE, FALSE, sizeof(bw_sel4_value))};

    find_given(&m);
    find_clashes(&m);
    add_queries(&m);
    add_virtual_interface(&m);
    add_ram(&m);
    add_registers(&m);
    add_irqs(&m);
    fill(&m, model);
    vm->model = model;
    g_array_free(m.given, TRUE);
    g_array_free(m.queries, TRUE);
    g_array_free(m.mmios, TRUE);
    g_array_free(m.irqs, TRUE);
}

/* ---- files of the build ---- */

static const char *in_images(const bw_sel4_planner *p, const char *file)
{
    const char *slash = strrchr(file, '/');

    return bw_arena_printf(p->arena, "${CAMKES_VM_IMAGES_DIR}/%s/%s", p->plan->section->platform.text,
                           slash ? slash + 1 : file);
}

static void add_files(const bw_sel4_planner *p, GArray *files)
{
    for (uint32_t i = 0; i < p->plan->vm_count; i++) {
        const bw_sel4_plan_vm *vm = &p->plan->vms[i];
        const bw_sel4_text *initrd = &vm->section->initrd.file;
        const bw_place place = vm->section->name.place;
        const char *dtb = bw_arena_printf(p->arena, "${CMAKE_CURRENT_SOURCE_DIR}/%s/%s.dtb",
                                          p->plan->section->platform.text, vm->name);
        bw_sel4_file kernel = {.name = vm->model->kernel_name,
                               .path = text_at(in_images(p, vm->section->kernel.text), vm->section->kernel.place)};
        bw_sel4_file tree = {.name = vm->model->dtb_name, .path = text_at(dtb, place)};

        g_array_append_val(files, kernel);
        if (initrd->text) {
            const bw_sel4_file disk = {.name = vm->model->initrd_name,
                                       .path = text_at(in_images(p, initrd->text), initrd->place)};
            g_array_append_val(files, disk);
            tree.from_initrd = true;
            tree.address = vm->model->initrd_addr;
        }
        g_array_append_val(files, tree);
    }
}

void bw_sel4_plan_model(bw_sel4_planner *p)
{
    bw_sel4_plan *plan = p->plan;
    bw_sel4_app *app = bw_arena_new(p->arena, bw_sel4_app);
    GArray *files = g_array_new(FALSE, FALSE, sizeof(bw_sel4_file));
    const char **supported = bw_arena_array(p->arena, const char *, 2);

    supported[0] = plan->section->platform.text;
    app->directory = plan->section->directory;
    app->platform = plan->section->platform.text;
    app->tree = p->tree;
    app->planned = true;
    app->narrow = !p->is_64;
    app->virtual_gic = plan->section->virtual_gic.given ? (unsigned)plan->section->virtual_gic.value : 2;
    app->supported = supported;
    app->supported_place = plan->section->platform.place;
    app->vms = bw_arena_array(p->arena, bw_sel4_vm, plan->vm_count);
    for (uint32_t i = 0; i < plan->vm_count; i++)
        model_vm(p, &plan->vms[i], &app->vms[app->vm_count++]);
    add_files(p, files);
    app->files = bw_arena_dup(p->arena, files->data, files->len * sizeof(bw_sel4_file));
    app->file_count = files->len;
    app->reserved = bw_arena_array(p->arena, bw_sel4_region, plan->vm_count);
    for (uint32_t i = 0; i < plan->vm_count; i++)
        ((bw_sel4_region *)(uintptr_t)app->reserved)[app->reserved_count++] =
            (bw_sel4_region){.base = plan->vms[i].ram.base, .size = plan->vms[i].ram.size};
    bw_sel4_resolve_queries(app);
    plan->app = app;
    g_array_free(files, TRUE);
}
