/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: their registers answer, and say what they are. */
#include "probe.h"

/* Where something else is than what is described, or nothing: no driver may touch it. */
static uintptr_t impostors[32];
static unsigned impostor_count;

static void note_impostor(const struct probe_device *device)
{
    if (impostor_count < sizeof impostors / sizeof *impostors)
        impostors[impostor_count++] = device->blocks[0].base;
}

bool probe_is_impostor(uintptr_t base)
{
    for (unsigned i = 0; i < impostor_count; i++)
        if (impostors[i] == base)
            return true;
    return false;
}

/* Some buses take accesses of one width only. */
static bool answers(const struct probe_block *block)
{
    uint64_t value;

    for (unsigned width = 4; width; width /= 2)
        if (block->size >= width && block->base % width == 0 && probe_load(block->base, width, &value))
            return true;
    return false;
}

/* A controller of interrupts is started at the same time: what cannot be is none of its kind. */
static bool is_strange(const struct probe_device *device)
{
    for (unsigned i = 0; i < probe_intc_count; i++) {
        const struct probe_intc *c = &probe_intcs[i];

        if (!c->driver || !c->block_count || c->blocks[0].base != device->blocks[0].base)
            continue;
        probe_last_fault.cause = 0;
        return (!c->parent || probe_start_controller(c->parent)) && !probe_start_controller(c) &&
               !probe_last_fault.cause;
    }
    return false;
}

/* A timer is started, too: its registers lie far apart, and all of them must be there. */
static bool is_whole_timer(const struct probe_device *device)
{
    for (unsigned i = 0; i < probe_timer_count; i++) {
        const struct probe_timer *t = &probe_timers[i];

        if (!t->driver || !t->base || t->base != device->blocks[0].base)
            continue;
        probe_last_fault.cause = 0;
        return t->driver->start(t) || !probe_last_fault.cause;
    }
    return true;
}

static void test_registers(const struct probe_device *device, bool *there)
{
    struct probe_trouble strange = {.reason = "strange", .at = device->blocks[0].base};

    *there = true;
    for (unsigned i = 0; i < device->block_count; i++)
        if (!answers(&device->blocks[i])) {
            struct probe_trouble trouble = {
                .reason = "fault", .at = device->blocks[i].base, .cause = probe_last_fault.cause};

            *there = false;
            note_impostor(device);
            probe_not_ok(device->claim, "device", device->name, &trouble);
            return;
        }
    if (is_strange(device)) {
        probe_not_ok(device->claim, "device", device->name, &strange);
    } else if (!is_whole_timer(device)) {
        struct probe_trouble trouble = {
            .reason = "fault", .at = probe_last_fault.address, .cause = probe_last_fault.cause};

        note_impostor(device);
        probe_not_ok(device->claim, "device", device->name, &trouble);
    } else {
        probe_ok(device->claim, "device", device->name);
    }
}

static void test_ids(const struct probe_device *device)
{
    for (unsigned i = 0; i < device->id_count; i++) {
        const struct probe_id *id = &device->ids[i];
        struct probe_trouble trouble = {0};
        uint32_t value;

        if (id->block >= device->block_count || id->offset + 4 > device->blocks[id->block].size)
            continue; /* described too small; the host's check speaks of it */
        trouble.at = device->blocks[id->block].base + id->offset;
        if (!probe_load32((uintptr_t)trouble.at, &value)) {
            trouble.reason = "fault";
            trouble.cause = probe_last_fault.cause;
        } else if ((value & id->mask) != id->value) {
            trouble.reason = "other";
            trouble.found = value & id->mask;
            trouble.wanted = id->value;
            trouble.has_found = true;
        } else {
            continue;
        }
        note_impostor(device);
        probe_not_ok(device->id_claim, "id", device->name, &trouble);
        return;
    }
    probe_ok(device->id_claim, "id", device->name);
}

static void test_device(const struct probe_device *device)
{
    bool there;

    test_registers(device, &there);
    if (!there)
        probe_skip(device->id_claim, "id", device->name, "its registers do not answer");
    else if (device->id_claim)
        test_ids(device);
}

/* Devices that differ in their addresses alone share a row. */
static void test_row(const struct probe_device *row)
{
    struct probe_device one = *row;
    struct probe_block block = *row->blocks;

    one.blocks = &block;
    for (unsigned i = 0; i < row->repeat; i++) {
        test_device(&one);
        block.base += row->step;
        one.claim = (uint16_t)(one.claim + row->claim_step);
        one.id_claim = (uint16_t)(one.id_claim ? one.id_claim + row->claim_step : 0);
    }
}

void probe_test_devices(void)
{
    for (unsigned i = 0; i < probe_device_count; i++)
        if (probe_devices[i].repeat)
            test_row(&probe_devices[i]);
        else
            test_device(&probe_devices[i]);
}
