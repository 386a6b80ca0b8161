/* SPDX-License-Identifier: Apache-2.0 */
/* Each device by itself: can a capability hold it, and does it end between words? (C8, C9, C43) */
#include "systems/cheriot/bounds.h"
#include "systems/cheriot/check.h"

static bool can_be_held(uint64_t base, uint64_t length)
{
    return length < BW_CHERIOT_MAX_DEVICE && bw_cheriot_exact(base, length);
}

/* The number that says how long it is. */
static const bw_json *length_value(const bw_cheriot_extent *device)
{
    return device->length.where ? device->length.where : device->end.where;
}

/* A length that is greater than the start and, taken for the end, gives a device that can be held. */
static bool length_is_an_end(const bw_cheriot_extent *device)
{
    return device->length.known && !device->end.given && device->length.value > device->first &&
           can_be_held(device->first, device->length.value - device->first);
}

/* "the largest exact size here is 0x7fc000 (8176 KiB)", or nothing. */
static const char *offer_length(bw_cheriot_run *run, const bw_cheriot_extent *device)
{
    uint64_t length = MIN(device->past - device->first, BW_CHERIOT_MAX_DEVICE - 1);
    uint64_t largest = bw_cheriot_largest(device->first, length);

    if (!largest)
        return NULL;
    return bw_arena_printf(&run->arena, "the largest exact size at 0x%" PRIx64 " is %s", device->first,
                           bw_cheriot_bytes(run, largest));
}

/* What somebody can do who may not change the hardware's description. */
static const char *in_support_yml(const bw_cheriot_run *run)
{
    return run->board->of_devicetree ? "; shrink: or omit: in cheriot: of support.yml make it so" : "";
}

/* Where a device of this length, made exact, could begin: below and above, or nothing when it begins right. */
static const char *offer_base(bw_cheriot_run *run, const bw_cheriot_extent *device, uint64_t length)
{
    uint64_t align = bw_cheriot_alignment(length);
    uint64_t rest = device->first & (align - 1);

    if (!rest)
        return NULL;
    uint64_t near = rest > align / 2 ? device->first - rest + align : device->first - rest;
    if (near + length > (uint64_t)1 << 32)
        near = device->first - rest;
    return bw_arena_printf(&run->arena, "the nearest aligned base for %s is 0x%" PRIx64, bw_cheriot_bytes(run, length),
                           near);
}

static void say_too_large(bw_cheriot_run *run, const bw_cheriot_extent *device)
{
    const char *offer = offer_length(run, device);
    bw_finding *f = bw_findings_add(
        run->findings, BW_CODE_cheriot_bounds, bw_cheriot_place(run, length_value(device)),
        "the device %s has %s, %s: an import table entry holds less than 0x%" PRIx64 " (16 MiB)", device->name,
        bw_cheriot_bytes(run, device->past - device->first), bw_cheriot_range(run, device), BW_CHERIOT_MAX_DEVICE);

    if (length_is_an_end(device))
        bw_finding_cure(f, "write \"end\" for \"length\": a device that ends at 0x%" PRIx64 " has %s",
                        device->length.value, bw_cheriot_bytes(run, device->length.value - device->first));
    else if (offer)
        bw_finding_cure(f, "%s%s", offer, in_support_yml(run));
}

static void say_inexact(bw_cheriot_run *run, const bw_cheriot_extent *device)
{
    uint64_t length = device->past - device->first;
    uint64_t align = bw_cheriot_alignment(length);
    uint64_t rounded = bw_cheriot_round_up(length);
    bool base_wrong = device->first & (align - 1);
    bool length_wrong = length & (align - 1);
    const char *shrink = offer_length(run, device);
    const char *move = offer_base(run, device, rounded);
    bw_finding *f =
        bw_findings_add(run->findings, BW_CODE_cheriot_bounds,
                        bw_cheriot_place(run, length_wrong ? length_value(device) : device->start.where),
                        "no capability can hold the device %s exactly, %s: at a size of %s %s of 0x%" PRIx64,
                        device->name, bw_cheriot_range(run, device), bw_cheriot_bytes(run, length),
                        base_wrong && length_wrong ? "its start and its size have to be multiples"
                        : base_wrong               ? "its start has to be a multiple"
                                                   : "its size has to be a multiple",
                        align);

    if (length_wrong && !base_wrong)
        bw_finding_cure(f, "%s; the next larger one is %s%s", shrink, bw_cheriot_bytes(run, rounded),
                        in_support_yml(run));
    else if (shrink && move)
        bw_finding_cure(f, "%s; %s%s", move, shrink, in_support_yml(run));
    else if (move)
        bw_finding_cure(f, "%s", move);
}

static void check_words(bw_cheriot_run *run, const bw_cheriot_extent *device)
{
    uint64_t length = device->past - device->first;

    if (device->first % 4)
        bw_findings_add(run->findings, BW_CODE_cheriot_device_alignment, bw_cheriot_place(run, device->start.where),
                        "the device %s begins at 0x%" PRIx64 ", %u byte%s behind a word", device->name, device->first,
                        (unsigned)(device->first % 4), device->first % 4 == 1 ? "" : "s");
    else if (length % 4)
        bw_findings_add(run->findings, BW_CODE_cheriot_device_alignment, bw_cheriot_place(run, length_value(device)),
                        "the device %s has %s, which is no whole number of words", device->name,
                        bw_cheriot_bytes(run, length));
}

void bw_cheriot_check_bounds(bw_cheriot_run *run)
{
    for (uint32_t i = 0; i < run->board->device_count; i++) {
        const bw_cheriot_extent *device = &run->board->devices[i];
        uint64_t length = device->past - device->first;

        if (!device->known)
            continue;
        run->bad[i] = !can_be_held(device->first, length);
        if (length >= BW_CHERIOT_MAX_DEVICE)
            say_too_large(run, device);
        else if (run->bad[i])
            say_inexact(run, device);
        else
            check_words(run, device);
    }
}
