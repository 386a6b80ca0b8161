/* SPDX-License-Identifier: Apache-2.0 */
/* Devices whose names have a meaning: uart, clint, plic. (C20 to C22; those of the revoker are in check_revoker.c) */
#include "systems/cheriot/check.h"

#define CLINT_MIN 0xc000U    /* mtime is the last register */
#define CLINT_MIN_SAFE 0x20U /* of the SAFE platform's own layout */
#define PLIC_MIN 0x200008U   /* threshold and claim of the first context */

static void need_length(bw_cheriot_run *run, const bw_cheriot_extent *device, uint64_t least, const char *why)
{
    uint64_t length = device->past - device->first;
    const bw_json *where = device->length.where ? device->length.where : device->end.where;

    if (!device->known || run->bad[device - run->board->devices] || length >= least)
        return;
    bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_device_small, bw_cheriot_place(run, where),
                                    "the device %s has %s, but %s", device->name, bw_cheriot_bytes(run, length), why);
    bw_finding_cure(f, "it needs %s at least", bw_cheriot_bytes(run, least));
}

static void check_uart(bw_cheriot_run *run)
{
    if (!bw_cheriot_device(run->board, "uart"))
        bw_findings_add(run->findings, BW_CODE_cheriot_device_missing,
                        bw_cheriot_place(run, bw_json_get(run->board->document, "devices")),
                        "there is no device uart, which the loader always uses");
}

/* The SAFE platform's define, and its name until 2025. */
static bool is_safe(const bw_cheriot_board *board)
{
    return bw_cheriot_defines(board, "MICROSOFT_CHERIOT_SAFE") || bw_cheriot_defines(board, "IBEX_SAFE");
}

static void check_clint(bw_cheriot_run *run)
{
    const bw_cheriot_extent *clint = bw_cheriot_device(run->board, "clint");

    if (!clint)
        bw_findings_add(run->findings, BW_CODE_cheriot_device_missing,
                        bw_cheriot_place(run, bw_json_get(run->board->document, "devices")),
                        "there is no device clint, which the scheduler's timer always uses");
    else if (is_safe(run->board))
        need_length(run, clint, CLINT_MIN_SAFE, "the timer of this platform has registers up to 0x1f");
    else
        need_length(run, clint, CLINT_MIN, "its register mtime lies at 0xbff8");
}

static void check_plic(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    const bw_cheriot_extent *plic = bw_cheriot_device(board, "plic");

    if (plic)
        need_length(run, plic, PLIC_MIN, "its register claim lies at 0x200004");
    else if (board->interrupt_count)
        bw_findings_add(run->findings, BW_CODE_cheriot_plic_missing, bw_cheriot_place(run, board->interrupts_value),
                        "there %s %u interrupt%s, but no device plic through which %s",
                        board->interrupt_count == 1 ? "is" : "are", board->interrupt_count,
                        board->interrupt_count == 1 ? "" : "s",
                        board->interrupt_count == 1 ? "it could come" : "they could come");
}

/* One mistake, however many devices it leaves missing. */
static void say_no_devices(bw_cheriot_run *run)
{
    const bw_json *devices = bw_json_get(run->board->document, "devices");

    if (devices && devices->count == 0 && (devices->kind == BW_JSON_OBJECT || devices->kind == BW_JSON_ARRAY))
        bw_findings_add(run->findings, BW_CODE_cheriot_device_missing, bw_cheriot_place(run, devices),
                        "the board has no devices: it needs uart and clint at least");
    else if (!devices && !bw_cheriot_is_misspelt(run->board->document, "devices"))
        bw_findings_add(run->findings, BW_CODE_cheriot_device_missing, bw_cheriot_home(run->board),
                        "the board does not say devices: it needs uart and clint at least");
}

void bw_cheriot_check_devices(bw_cheriot_run *run)
{
    if (run->board->device_count == 0) {
        say_no_devices(run);
        return;
    }
    check_uart(run);
    check_clint(run);
    check_plic(run);
}
