/* SPDX-License-Identifier: Apache-2.0 */
/* Intel HEX: what is read without a fault and written again must be read to the same bytes. */
#include "fuzz.h"

#include "image/hex.h"

#include <glib/gstdio.h>
#include <unistd.h>

static bool same(const bw_hex *a, const bw_hex *b)
{
    uint64_t total[2] = {0, 0};
    const bw_hex *both[2] = {a, b};
    GString *bytes[2] = {g_string_new(NULL), g_string_new(NULL)};

    for (int i = 0; i < 2; i++)
        for (guint r = 0; r < both[i]->runs->len; r++) {
            const bw_hex_run *run = &g_array_index(both[i]->runs, bw_hex_run, r);

            for (uint64_t n = 0; n < run->len; n++) {
                uint64_t address = run->address + n;
                g_string_append_len(bytes[i], (const char *)&address, sizeof address);
                g_string_append_c(bytes[i], (char)bw_hex_bytes(both[i], run)[n]);
            }
            total[i] += run->len;
        }
    bool equal = total[0] == total[1] && g_string_equal(bytes[0], bytes[1]);
    g_string_free(bytes[0], TRUE);
    g_string_free(bytes[1], TRUE);
    return equal;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned choice = fuzz_choice(data, size);
    char *folder = g_dir_make_tmp("fuzz-hex-XXXXXX", NULL);
    char *in = g_build_filename(folder, "in.hex", NULL);
    char *out = g_build_filename(folder, "out.hex", NULL);
    int error_number;
    fuzz_run run;
    bw_hex first, second;

    fuzz_begin(&run, choice);
    g_file_set_contents(in, (const char *)data, (gssize)size, NULL);
    bw_hex_init(&first, run.ctx, &run.findings);
    bw_hex_init(&second, run.ctx, &run.findings);
    bool good = bw_hex_add(&first, in);
    fuzz_promise(good || run.findings.counts[BW_ERROR] > 0, "who reads no file says why", &run);
    if (good && bw_hex_resolve(&first, (bw_hex_overlap)(choice % 3))) {
        bw_hex_style style = {.record_len = choice / 3 % 256, .crlf = choice & 1};
        bw_output *o = bw_output_open(out, &error_number);

        bw_hex_start(&first, &style.start_kind, &style.start);
        bw_hex_write(&first, &style, o);
        bw_output_close(o, true, &error_number);
        fuzz_promise(bw_hex_add(&second, out) && bw_hex_resolve(&second, BW_HEX_OVERLAP_ERROR) && same(&first, &second),
                     "what was written reads to the same bytes", &run);
    }
    bw_hex_free(&first);
    bw_hex_free(&second);
    fuzz_end(&run);
    g_unlink(in);
    g_unlink(out);
    g_rmdir(folder);
    g_free(in);
    g_free(out);
    g_free(folder);
    return 0;
}
