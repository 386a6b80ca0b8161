/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each guest's RAM lies, and in it the kernel, the initrd and the devicetree.
 *
 * RAM goes to the end of the board's memory, where the root task takes least, below 4 GiB where it fits: devices whose
 * addresses have 32 bits reach it. It begins where few naturally aligned powers of two make it up. The kernel stands at
 * its beginning, the devicetree at its end, the initrd below.
 * Sources: Documentation/arch/arm64/booting.rst and Documentation/arch/arm/booting.rst of Linux.
 */
#include "systems/sel4/plan_parts.h"

#include "base/bytes.h"
#include "base/powers.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)
#define BLOCK (2 * MIB) /* an arm64 kernel and its devicetree begin at multiples of it */
#define FOUR_GIB ((uint64_t)1 << 32)
#define LOW_MEMORY (512 * MIB) /* a 32-bit kernel reaches its devicetree and initrd there */
#define ZIMAGE_OFFSET 0x8000U  /* of a 32-bit kernel in RAM */
#define KERNEL_MIN (32 * MIB)  /* kept for a kernel whose size is not known */
#define INITRD_MAX (32 * MIB)  /* kept for an initrd whose size is not known */
#define DEVICE_MAX (64 * MIB)  /* registers have no more */
#define HOST_ROOM (64 * MIB)   /* seL4, its devicetree, the root task without the guests' files */

/* ---- spans ---- */

static uint64_t past(bw_sel4_span s)
{
    return s.base + s.size;
}

static bool overlap(bw_sel4_span a, bw_sel4_span b)
{
    return a.size && b.size && a.base < past(b) && b.base < past(a);
}

static bool within(bw_sel4_span inner, bw_sel4_span outer)
{
    return inner.base >= outer.base && inner.size <= outer.size && inner.base - outer.base <= outer.size - inner.size;
}

static uint64_t down(uint64_t value, uint64_t step)
{
    return value & ~(step - 1);
}

static uint64_t up(uint64_t value, uint64_t step)
{
    return value > UINT64_MAX - step ? down(UINT64_MAX, step) : down(value + step - 1, step);
}

static void cut_out(GArray *spans, bw_sel4_span hole)
{
    for (guint i = spans->len; i-- > 0;) {
        const bw_sel4_span s = g_array_index(spans, bw_sel4_span, i);

        if (!overlap(s, hole))
            continue;
        g_array_remove_index(spans, i);
        if (past(hole) < past(s)) {
            const bw_sel4_span behind = {past(hole), past(s) - past(hole)};
            g_array_insert_val(spans, i, behind);
        }
        if (hole.base > s.base) {
            const bw_sel4_span before = {s.base, hole.base - s.base};
            g_array_insert_val(spans, i, before);
        }
    }
}

/* ---- what there is ---- */

/* Something in RAM that no guest can have. */
typedef struct taken {
    bw_sel4_span span;
    const char *what;
    const bw_node *node; /* or NULL */
    bw_place place;      /* or of a guest */
} taken;

typedef struct layout {
    bw_sel4_planner *p;
    GArray *free;  /* of bw_sel4_span, by address */
    GArray *taken; /* of taken */
} layout;

static void take(layout *l, taken t)
{
    cut_out(l->free, t.span);
    g_array_append_val(l->taken, t);
}

static bool is_sane(uint64_t base, uint64_t size)
{
    return size && base <= UINT64_MAX - size;
}

static void find_ram(layout *l)
{
    const bw_board *board = l->p->board;

    for (uint32_t i = 0; i < board->memory_count; i++) {
        const bw_memory *m = &board->memories[i];
        const bw_sel4_span span = {m->block.address, m->block.size};

        if (m->kind == BW_MEMORY_RAM && !m->unavailable && m->block.mapped && is_sane(span.base, span.size)) {
            /* Two nodes that overlap are one memory. */
            cut_out(l->free, span);
            g_array_append_val(l->free, span);
        }
    }
}

static int by_base(gconstpointer a, gconstpointer b)
{
    const bw_sel4_span *x = a;
    const bw_sel4_span *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

/* Banks of RAM that touch are one. */
static void join(GArray *spans)
{
    g_array_sort(spans, by_base);
    for (guint i = 1; i < spans->len;) {
        bw_sel4_span *before = &g_array_index(spans, bw_sel4_span, i - 1);
        const bw_sel4_span s = g_array_index(spans, bw_sel4_span, i);

        if (past(*before) != s.base) {
            i++;
            continue;
        }
        before->size += s.size;
        g_array_remove_index(spans, i);
    }
}

static void take_reserved(layout *l)
{
    const bw_board *board = l->p->board;

    for (uint32_t i = 0; i < board->reserved_count; i++) {
        const bw_reserved *r = &board->reserved[i];

        if (r->is_static && !r->unavailable && is_sane(r->address, r->size))
            take(l,
                 (taken){.span = {r->address, r->size}, .what = r->path ? r->path : "a /memreserve/", .node = r->node});
    }
}

/* Memory nodes of some boards reach over registers, as a Raspberry Pi's do. A block as large as memory itself is no
 * registers, but what a controller of memory has behind it. */
static void take_devices(layout *l)
{
    const bw_board *board = l->p->board;

    for (uint32_t i = 0; i < board->device_count; i++)
        for (uint32_t k = 0; k < board->devices[i].block_count; k++) {
            const bw_block *b = &board->devices[i].blocks[k];
            const bw_sel4_span span = {down(b->address, 0x1000),
                                       up(b->address + b->size, 0x1000) - down(b->address, 0x1000)};

            if (!b->mapped || !is_sane(b->address, b->size) || b->size > DEVICE_MAX)
                continue;
            for (guint f = 0; f < l->free->len; f++)
                if (overlap(g_array_index(l->free, bw_sel4_span, f), span)) {
                    take(l, (taken){.span = span, .what = board->devices[i].path, .node = board->devices[i].node});
                    break;
                }
        }
}

/* ---- files ---- */

/* Size of a file, and its first bytes. @return false if it is not there. */
static bool look_at(const bw_sel4_planner *p, const char *name, uint64_t *size, uint8_t *head, size_t len)
{
    char *path = g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(p->plan->section->directory, name, NULL);
    FILE *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? fopen(path, "rb") : NULL;
    bool ok = false;

    memset(head, 0, len);
    if (file) {
        const size_t got = fread(head, 1, len, file);
        ok = got > 0 && fseek(file, 0, SEEK_END) == 0 && ftell(file) > 0;
        *size = ok ? (uint64_t)ftell(file) : 0;
        fclose(file);
    }
    g_free(path);
    return ok;
}

/* An arm64 Image says what it takes with its bss. */
static uint64_t kernel_size(const bw_sel4_planner *p, const bw_sel4_plan_vm *vm)
{
    uint8_t head[64];
    uint64_t size;

    if (!look_at(p, vm->section->kernel.text, &size, head, sizeof head))
        return 0;
    if (memcmp(head + 56, "ARM\x64", 4) == 0) {
        uint64_t image = 0;

        for (unsigned i = 0; i < 8; i++)
            image |= (uint64_t)head[16 + i] << (8 * i);
        return image > size && image < ((uint64_t)1 << 40) ? image : size;
    }
    return size;
}

static uint64_t initrd_size(bw_sel4_planner *p, const bw_sel4_plan_vm *vm)
{
    const bw_sel4_room *room = &vm->section->initrd;
    uint8_t head[4];
    uint64_t size = 0;

    if (!room->file.text)
        return 0;
    const bool there = look_at(p, room->file.text, &size, head, sizeof head);

    if (there && room->size.given && size > room->size.value)
        bw_sel4_plan_error(p, BW_CODE_sel4_layout, room->size.place,
                           "the initrd of %s has 0x%" PRIx64 " bytes, and its room 0x%" PRIx64, vm->name, size,
                           room->size.value);
    if (room->size.given)
        return up(room->size.value, 0x1000);
    return there ? up(size + size / 4, MIB) : INITRD_MAX;
}

/* ---- where RAM goes ---- */

/* The kernel stands at the beginning of memory, and with it all that the loader brings. */
static void take_host(layout *l)
{
    bw_sel4_plan *plan = l->p->plan;
    uint64_t size = HOST_ROOM;
    uint8_t head[4];

    for (uint32_t i = 0; i < plan->vm_count; i++) {
        const char *files[] = {plan->vms[i].section->kernel.text, plan->vms[i].section->initrd.file.text};

        for (size_t f = 0; f < G_N_ELEMENTS(files); f++) {
            uint64_t len = 0;

            if (files[f] && look_at(l->p, files[f], &len, head, sizeof head))
                size += up(len, MIB);
            else if (files[f])
                size += INITRD_MAX;
        }
    }
    if (!l->free->len)
        return;
    const bw_sel4_span first = g_array_index(l->free, bw_sel4_span, 0);

    plan->kernel = (bw_sel4_span){first.base, MIN(size, first.size)};
    take(l, (taken){.span = plan->kernel, .what = "seL4 and what its loader brings"});
}

static bool best_in(const layout *l, uint64_t size, uint64_t align, uint64_t limit, uint64_t *base)
{
    for (guint i = l->free->len; i-- > 0;) {
        const bw_sel4_span s = g_array_index(l->free, bw_sel4_span, i);
        const uint64_t end = MIN(past(s), limit);

        if (end <= s.base || end - s.base < size)
            continue;
        *base = down(end - size, align);
        if (*base >= s.base)
            return true;
    }
    return false;
}

static uint64_t largest_power(uint64_t size)
{
    return (uint64_t)1 << (63U - (unsigned)__builtin_clzll(size));
}

static uint64_t largest_free(const layout *l)
{
    uint64_t most = 0;

    for (guint i = 0; i < l->free->len; i++)
        most = MAX(most, g_array_index(l->free, bw_sel4_span, i).size);
    return most;
}

static char *size_words(uint64_t bytes)
{
    GString *out = g_string_new(NULL);

    bw_text_size(out, bytes);
    return g_string_free(out, FALSE);
}

static void place_ram(layout *l, bw_sel4_plan_vm *vm)
{
    const bw_sel4_value *ram = &vm->section->ram;
    const uint64_t size = vm->ram.size;

    for (uint64_t align = MIN(largest_power(size), (uint64_t)1 << 30); align >= BLOCK; align /= 2)
        if (best_in(l, size, align, FOUR_GIB, &vm->ram.base) || best_in(l, size, align, UINT64_MAX, &vm->ram.base)) {
            take(l, (taken){.span = vm->ram, .what = vm->name, .place = ram->place});
            return;
        }
    char *wanted = size_words(size);
    char *most = size_words(largest_free(l));
    bw_finding *f =
        l->free->len
            ? bw_sel4_plan_error(l->p, BW_CODE_sel4_layout, ram->place,
                                 "there is no room for the RAM of %s, 0x%" PRIx64 " (%s): the largest piece of "
                                 "memory that is free has %s",
                                 vm->name, size, wanted, most)
            : bw_sel4_plan_error(l->p, BW_CODE_sel4_layout, ram->place,
                                 "there is no room for the RAM of %s: the devicetree says of no RAM that is free",
                                 vm->name);

    if (!l->taken->len)
        bw_finding_cure(f, "add a memory node to the board's devicetree: Linux's leave it to the boot loader");
    for (guint i = 0; i < l->taken->len && i < 8; i++) {
        const taken *t = &g_array_index(l->taken, taken, i);

        if (t->node)
            bw_find_note_node(l->p->tree, f, t->node, "%s takes 0x%" PRIx64 " + 0x%" PRIx64, t->what, t->span.base,
                              t->span.size);
        else
            bw_finding_note(f, t->place.file ? t->place : ram->place, "%s takes 0x%" PRIx64 " + 0x%" PRIx64, t->what,
                            t->span.base, t->span.size);
    }
    g_free(most);
    g_free(wanted);
}

static bool is_in_ram(const bw_board *board, bw_sel4_span span)
{
    for (uint32_t i = 0; i < board->memory_count; i++) {
        const bw_memory *m = &board->memories[i];

        if (m->kind == BW_MEMORY_RAM && !m->unavailable && m->block.mapped &&
            overlap(span, (bw_sel4_span){m->block.address, m->block.size}))
            return true;
    }
    return false;
}

static const taken *taken_at(const layout *l, bw_sel4_span span)
{
    for (guint i = 0; i < l->taken->len; i++)
        if (overlap(g_array_index(l->taken, taken, i).span, span))
            return &g_array_index(l->taken, taken, i);
    return NULL;
}

/* Registers where the guest's RAM is to be. */
static bool find_device(const bw_board *board, bw_sel4_span span, taken *found)
{
    for (uint32_t i = 0; i < board->device_count; i++)
        for (uint32_t k = 0; k < board->devices[i].block_count; k++) {
            const bw_block *b = &board->devices[i].blocks[k];
            const bw_sel4_span block = {b->address, b->size};

            if (b->mapped && is_sane(b->address, b->size) && b->size <= DEVICE_MAX && overlap(block, span)) {
                *found = (taken){.span = block, .what = board->devices[i].path, .node = board->devices[i].node};
                return true;
            }
        }
    return false;
}

static void say_taken(layout *l, const bw_sel4_plan_vm *vm, const taken *t)
{
    const bw_place place = vm->section->ram_address.place;
    bw_finding *f =
        bw_sel4_plan_error(l->p, BW_CODE_sel4_layout, place,
                           "the RAM of %s, 0x%" PRIx64 " + 0x%" PRIx64 ", lies where %s is, 0x%" PRIx64 " + 0x%" PRIx64,
                           vm->name, vm->ram.base, vm->ram.size, t->what, t->span.base, t->span.size);

    if (t->node)
        bw_find_note_node(l->p->tree, f, t->node, "%s is here", t->what);
    else if (t->place.file)
        bw_finding_note(f, t->place, "%s is here", t->what);
    bw_finding_cure(f, "leave ram-address out: then a place is found");
}

/* A place that the user has chosen. One beside all RAM of the board may be a hole that its devicetree leaves on
 * purpose, as upstream platforms have it; half in and half out is none. */
static void check_ram(layout *l, bw_sel4_plan_vm *vm)
{
    const bw_sel4_value *address = &vm->section->ram_address;
    const taken *t;
    taken device;

    vm->ram.base = address->value;
    if (vm->ram.base % 0x1000 || !is_sane(vm->ram.base, vm->ram.size)) {
        bw_finding_cure(bw_sel4_plan_error(l->p, BW_CODE_sel4_layout, address->place,
                                           "0x%" PRIx64 " is no address for the RAM of %s: pages have 4 KiB",
                                           vm->ram.base, vm->name),
                        "begin at 0x%" PRIx64, down(vm->ram.base, BLOCK));
        return;
    }
    t = taken_at(l, vm->ram);
    if (!t && find_device(l->p->board, vm->ram, &device))
        t = &device;
    if (t) {
        say_taken(l, vm, t);
        return;
    }
    bool inside = false;
    for (guint i = 0; i < l->free->len; i++)
        inside = inside || within(vm->ram, g_array_index(l->free, bw_sel4_span, i));
    if (!inside && is_in_ram(l->p->board, vm->ram))
        bw_finding_cure(bw_sel4_plan_error(l->p, BW_CODE_sel4_layout, address->place,
                                           "the RAM of %s, 0x%" PRIx64 " + 0x%" PRIx64
                                           ", is not wholly within memory of the board",
                                           vm->name, vm->ram.base, vm->ram.size),
                        "leave ram-address out: then a place is found");
    take(l, (taken){.span = vm->ram, .what = vm->name, .place = address->place});
}

static void cut_ram(bw_sel4_planner *p, bw_sel4_plan_vm *vm)
{
    bw_sel4_span pieces[64];
    uint64_t base = vm->ram.base, size = vm->ram.size;

    while (size && vm->untyped_count < G_N_ELEMENTS(pieces)) {
        const uint64_t piece = (uint64_t)1 << bw_power_at(base, size, 46);

        pieces[vm->untyped_count++] = (bw_sel4_span){base, piece};
        base += piece;
        size -= piece;
    }
    vm->untypeds = bw_arena_dup(p->arena, pieces, vm->untyped_count * sizeof *pieces);
}

/* ---- what stands in it ---- */

typedef struct thing {
    const char *name;
    const bw_sel4_value *fixed;
    bw_sel4_span *span;
    uint64_t align;
} thing;

static void place_thing(bw_sel4_planner *p, const bw_sel4_plan_vm *vm, const thing *t, const GArray *others)
{
    uint64_t end = past(vm->ram);

    if (!p->is_64)
        end = MIN(end, vm->ram.base + LOW_MEMORY);
    while (end > vm->ram.base && end - vm->ram.base >= t->span->size) {
        const bw_sel4_span try = {down(end - t->span->size, t->align), t->span->size};
        bool hit = false;

        if (try.base < vm->ram.base)
            break;
        for (guint i = 0; i < others->len && !hit; i++) {
            const bw_sel4_span other = g_array_index(others, bw_sel4_span, i);

            hit = overlap(try, other);
            end = hit ? other.base : end;
        }
        if (!hit) {
            t->span->base = try.base;
            return;
        }
    }
    char *ram = size_words(vm->ram.size);
    char *size = size_words(t->span->size);
    bw_sel4_plan_error(p, BW_CODE_sel4_layout, vm->section->ram.place,
                       "the RAM of %s, %s, has no room for its %s of %s beside its kernel", vm->name, ram, t->name,
                       size);
    g_free(size);
    g_free(ram);
}

static void check_thing(bw_sel4_planner *p, const bw_sel4_plan_vm *vm, const thing *t, const GArray *others)
{
    const bw_place place = t->fixed->place;

    if (!is_sane(t->span->base, t->span->size) || !within(*t->span, vm->ram)) {
        bw_sel4_plan_error(p, BW_CODE_sel4_layout, place,
                           "the %s of %s at 0x%" PRIx64 " + 0x%" PRIx64 " is not within its RAM, 0x%" PRIx64
                           " + 0x%" PRIx64,
                           t->name, vm->name, t->span->base, t->span->size, vm->ram.base, vm->ram.size);
        return;
    }
    for (guint i = 0; i < others->len; i++) {
        const bw_sel4_span other = g_array_index(others, bw_sel4_span, i);

        if (!overlap(*t->span, other))
            continue;
        bw_sel4_plan_error(p, BW_CODE_sel4_layout, place,
                           "the %s of %s at 0x%" PRIx64 " + 0x%" PRIx64 " overlaps 0x%" PRIx64 " + 0x%" PRIx64
                           ", which is taken already",
                           t->name, vm->name, t->span->base, t->span->size, other.base, other.size);
        return;
    }
}

static void place_kernel(bw_sel4_planner *p, bw_sel4_plan_vm *vm, uint64_t size, GArray *others)
{
    const bw_sel4_value *said = &vm->section->kernel_address;
    bw_sel4_span kernel = {.size = size};

    if (said->given)
        vm->entry = said->value;
    else if (p->is_64)
        vm->entry = up(vm->ram.base, BLOCK);
    else
        vm->entry = vm->ram.base + ZIMAGE_OFFSET;
    kernel.base = vm->entry;
    if (!is_sane(kernel.base, size) || !within(kernel, vm->ram))
        bw_sel4_plan_error(p, BW_CODE_sel4_layout, said->given ? said->place : vm->section->ram.place,
                           "the kernel of %s, 0x%" PRIx64 " + 0x%" PRIx64 ", is not within its RAM, 0x%" PRIx64
                           " + 0x%" PRIx64,
                           vm->name, kernel.base, size, vm->ram.base, vm->ram.size);
    else if (p->is_64 && said->given && said->value % BLOCK)
        bw_finding_cure(bw_sel4_plan_error(p, BW_CODE_sel4_layout, said->place,
                                           "the kernel of %s is to begin at 0x%" PRIx64
                                           ": an arm64 Image begins at a multiple of 2 MiB",
                                           vm->name, said->value),
                        "use 0x%" PRIx64, up(said->value, BLOCK));
    g_array_append_val(others, kernel);
}

static void find_kernel_room(bw_sel4_plan_vm *vm)
{
    uint64_t end = past(vm->ram);

    if (vm->initrd.size && vm->initrd.base > vm->entry)
        end = MIN(end, vm->initrd.base);
    if (vm->dtb.base > vm->entry)
        end = MIN(end, vm->dtb.base);
    vm->kernel_room = end > vm->entry ? end - vm->entry : 0;
}

static void lay_out(bw_sel4_planner *p, bw_sel4_plan_vm *vm)
{
    GArray *others = g_array_new(FALSE, FALSE, sizeof(bw_sel4_span));
    const uint64_t known = kernel_size(p, vm);
    const uint64_t quarter = down(MAX(vm->ram.size / 4, BLOCK), BLOCK);
    const thing things[] = {{"devicetree", &vm->section->dtb.address, &vm->dtb, BLOCK},
                            {"initrd", &vm->section->initrd.address, &vm->initrd, BLOCK}};

    vm->dtb.size = vm->section->dtb.size.given ? up(vm->section->dtb.size.value, 0x1000) : BW_SEL4_GUEST_DTB_ROOM;
    vm->initrd.size = initrd_size(p, vm);
    place_kernel(p, vm, known ? known : MIN(KERNEL_MIN, quarter), others);
    /* What the user has placed stands first, so that the rest goes around it. */
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < G_N_ELEMENTS(things) && !p->failed; i++) {
            const thing *t = &things[i];

            if (!t->span->size || t->fixed->given != (round == 0))
                continue;
            t->span->base = t->fixed->value;
            if (t->fixed->given)
                check_thing(p, vm, t, others);
            else
                place_thing(p, vm, t, others);
            g_array_append_val(others, *t->span);
        }
    find_kernel_room(vm);
    g_array_free(others, TRUE);
}

/* ---- */

void bw_sel4_plan_layout(bw_sel4_planner *p)
{
    layout l = {.p = p,
                .free = g_array_new(FALSE, FALSE, sizeof(bw_sel4_span)),
                .taken = g_array_new(FALSE, FALSE, sizeof(taken))};
    bw_sel4_plan *plan = p->plan;

    find_ram(&l);
    join(l.free);
    take_reserved(&l);
    take_devices(&l);
    take_host(&l);
    for (uint32_t i = 0; i < plan->vm_count; i++)
        plan->vms[i].ram.size = up(plan->vms[i].section->ram.value, 0x1000);
    for (uint32_t i = 0; i < plan->vm_count; i++)
        if (plan->vms[i].section->ram_address.given)
            check_ram(&l, &plan->vms[i]);
    for (uint32_t i = 0; i < plan->vm_count; i++)
        if (!plan->vms[i].section->ram_address.given)
            place_ram(&l, &plan->vms[i]);
    for (uint32_t i = 0; i < plan->vm_count && !p->failed; i++) {
        cut_ram(p, &plan->vms[i]);
        lay_out(p, &plan->vms[i]);
    }
    g_array_free(l.free, TRUE);
    g_array_free(l.taken, TRUE);
}
