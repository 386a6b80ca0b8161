/* SPDX-License-Identifier: Apache-2.0 */
#include "report/guest.h"

#include "report/json_out.h"
#include "report/report.h"

#include <inttypes.h>

static const bw_guest_claim *claim_at(const bw_guest_boot *guest, guint i)
{
    return &g_array_index(guest->claims, bw_guest_claim, i);
}

/* -- text ------------------------------------------------------------------------------------------- */

void bw_guest_heading(const bw_guest_boot *guest, bw_buffer *out)
{
    bw_buffer_printf(out, "%s, guest %s, on %s: %u claims\n", guest->target->name, guest->vm->name,
                     guest->machine->title, guest->claims->len);
}

void bw_guest_lines(const bw_guest_boot *guest, const bw_boot_text *options, bw_buffer *out)
{
    bool all_untested = guest->untested == guest->claims->len;

    for (guint i = 0; i < guest->claims->len; i++) {
        const bw_guest_claim *claim = claim_at(guest, i);

        if (claim->state != BW_VERDICT_UNTESTED || options->each)
            bw_boot_line(options, claim->state, claim->text, claim->why, out);
    }
    if (guest->untested && !options->each && !all_untested)
        bw_buffer_printf(out, "       %u more were not reached\n", guest->untested);
}

void bw_guest_summary(const bw_guest_boot *guest, bw_buffer *out)
{
    bw_boot_count(guest->held, guest->failed, guest->skipped + guest->untested, guest->claims->len, guest->total_time,
                  out);
}

/* -- JSON ------------------------------------------------------------------------------------------- */

static json_t *json_of_claim(const bw_guest_boot *guest, guint i)
{
    const bw_guest_claim *claim = claim_at(guest, i);
    json_t *o = json_object();

    json_object_set_new(o, "kind", json_string(bw_guest_claim_name(claim->kind)));
    json_object_set_new(o, "claim", bw_json_text(claim->title));
    if (claim->device)
        json_object_set_new(o, "node", bw_json_text(claim->device->path));
    if (!guest->run)
        return o;
    json_object_set_new(o, "verdict", json_string(bw_verdict_state_name(claim->state)));
    if (claim->text != claim->title)
        json_object_set_new(o, "message", bw_json_text(claim->text));
    if (claim->code)
        json_object_set_new(o, "code", json_string(claim->code));
    if (claim->why)
        json_object_set_new(o, "why", bw_json_text(claim->why));
    return o;
}

static json_t *hex(uint64_t number)
{
    char text[24];

    g_snprintf(text, sizeof text, "0x%" PRIx64, number);
    return json_string(text);
}

static json_t *json_of_layout(const bw_guest_boot *guest)
{
    const bw_sel4_plan_vm *vm = guest->vm;
    const bw_sel4_span spans[] = {vm->ram, {vm->entry, guest->linux->header.size}, vm->initrd, vm->dtb};
    static const char *const names[] = {"ram", "kernel", "initrd", "dtb"};
    json_t *o = json_object();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        json_t *span = json_object();

        json_object_set_new(span, "address", hex(spans[i].base));
        json_object_set_new(span, "size", json_integer((json_int_t)spans[i].size));
        json_object_set_new(o, names[i], span);
    }
    return o;
}

static json_t *json_of_facts(const bw_guest_boot *guest)
{
    json_t *list = json_array();

    for (guint i = 0; i < guest->facts->len; i++)
        json_array_append_new(list, bw_json_text(guest->facts->pdata[i]));
    return list;
}

static json_t *json_of_times(const bw_guest_boot *guest)
{
    json_t *o = json_object();

    json_object_set_new(o, "build", json_real((double)guest->build_time / G_USEC_PER_SEC));
    if (guest->run->first_time >= 0)
        json_object_set_new(o, "firstWord", json_real((double)guest->run->first_time / G_USEC_PER_SEC));
    json_object_set_new(o, "run", json_real((double)guest->run->total_time / G_USEC_PER_SEC));
    json_object_set_new(o, "total", json_real((double)guest->total_time / G_USEC_PER_SEC));
    return o;
}

json_t *bw_guest_json(const bw_guest_boot *guest, const char *log)
{
    json_t *o = json_object();
    json_t *claims = json_array();

    json_object_set_new(o, "target", bw_json_text(guest->target->name));
    json_object_set_new(o, "guest", bw_json_text(guest->vm->name));
    json_object_set_new(o, "simulator", bw_json_text(guest->machine->title));
    json_object_set_new(o, "kernel", bw_json_text(guest->linux->title));
    json_object_set_new(o, "layout", json_of_layout(guest));
    for (guint i = 0; i < guest->claims->len; i++)
        json_array_append_new(claims, json_of_claim(guest, i));
    json_object_set_new(o, "claims", claims);
    if (guest->run) {
        json_object_set_new(o, "facts", json_of_facts(guest));
        json_object_set_new(o, "end", json_string(bw_boot_end_name(guest->run->end)));
        json_object_set_new(o, "holds", json_integer(guest->held));
        json_object_set_new(o, "fails", json_integer(guest->failed));
        json_object_set_new(o, "skipped", json_integer(guest->skipped));
        json_object_set_new(o, "untested", json_integer(guest->untested));
        json_object_set_new(o, "seconds", json_of_times(guest));
    }
    if (log)
        json_object_set_new(o, "log", bw_json_text(log));
    return o;
}
