/* SPDX-License-Identifier: Apache-2.0 */
/* What a machine says on its console: in one piece and cut in two, it must be the same report. And what QEMU says of
 * it. */
#include "fuzz.h"

#include "boot/machine_map.h"
#include "boot/tap.h"

static bool same(const bw_tap *a, const bw_tap *b)
{
    return a->planned == b->planned && a->reported == b->reported && a->ended == b->ended &&
           g_strcmp0(a->bail_out, b->bail_out) == 0 && a->marks->len == b->marks->len &&
           memcmp(a->results->data, b->results->data, a->results->len * sizeof(bw_tap_result)) == 0;
}

static void ask_map(const char *text)
{
    GArray *map = bw_machine_map_read(text);
    uint64_t first, last, pc;

    if (bw_machine_map_near(map, 0x20000000, &first, &last))
        fuzz_promise(first <= last, "memory that is near has an end behind its beginning", NULL);
    (void)bw_registers_pc(text, &pc);
    g_free(bw_machine_map_serials(map, 2));
    g_array_free(map, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned choice = fuzz_choice(data, size);
    unsigned claims = choice % 20;
    size_t cut = size ? (choice / 20) % size : 0;
    bw_tap *whole = bw_tap_new(claims);
    bw_tap *parts = bw_tap_new(claims);

    bw_tap_feed(whole, (const char *)data, size, 1);
    bw_tap_feed(parts, (const char *)data, cut, 1);
    bw_tap_feed(parts, (const char *)data + cut, size - cut, 1);
    bw_tap_finish(whole);
    bw_tap_finish(parts);
    fuzz_promise(same(whole, parts), "a report cut in two is the same report", NULL);
    fuzz_promise(whole->reported <= claims, "no more results than claims", NULL);
    (void)bw_tap_result_of(whole, claims + 1);
    char *text = g_strndup((const char *)data, size);
    ask_map(text);
    g_free(text);
    bw_tap_free(whole);
    bw_tap_free(parts);
    return 0;
}
