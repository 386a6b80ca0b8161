/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show_balena.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "report/show_balena.h"

#include <stdio.h>

typedef struct opened {
    bw_context *ctx;
    bw_unit *unit;
    bw_findings findings;
    bw_balena_repo *repo;
} opened;

static void open_repo(opened *o, const bw_options *options, const char *folder)
{
    o->ctx = bw_options_context(options);
    o->unit = bw_unit_new(o->ctx);
    bw_findings_init(&o->findings, o->ctx);
    bw_unit_begin(o->unit, &o->findings);
    o->repo = bw_balena_repo_read(o->unit, folder);
}

/* @return the exit status, after what was said while reading. */
static int close_repo(opened *o, const bw_options *options, bw_buffer *out, json_t *json)
{
    int result = bw_print_findings_beside(options, &o->findings);

    if (bw_has_trouble(&o->findings))
        result = BW_EXIT_TROUBLE;
    if (out->len)
        fwrite(out->data, 1, out->len, stdout);
    if (json)
        bw_print_json(json);
    bw_buffer_free(out);
    bw_balena_repo_free(o->repo);
    bw_findings_free(&o->findings);
    bw_unit_free(o->unit);
    bw_context_free(o->ctx);
    return result;
}

bool bw_show_balena_try(const bw_options *options, const char *argument, char **names, int *exit_code)
{
    bw_buffer out = {0};
    json_t *json = NULL;
    bool all = true;
    opened o;

    if (!bw_balena_is_repo(argument))
        return false;
    open_repo(&o, options, argument);
    if (options->json)
        json = *names ? json_array() : bw_show_balena_json(o.repo);
    else if (!*names)
        bw_show_balena_text(o.repo, &out);
    for (; *names; names++) {
        const bw_balena_device *device = bw_balena_device_named(o.repo, *names);

        if (!device) {
            fprintf(stderr, "boardwright show: there is no device type %s\n", *names);
            all = false;
        } else if (json) {
            json_array_append_new(json, bw_show_balena_device_json(o.repo, device));
        } else {
            if (out.len)
                bw_buffer_byte(&out, '\n');
            bw_show_balena_device(o.repo, device, &out);
        }
    }
    *exit_code = close_repo(&o, options, &out, json);
    if (!all && *exit_code == BW_EXIT_OK)
        *exit_code = BW_EXIT_FINDINGS;
    return true;
}

bool bw_list_balena_try(const bw_options *options, const char *argument, int *exit_code)
{
    bw_buffer out = {0};
    json_t *json = NULL;
    opened o;

    if (!bw_balena_is_repo(argument))
        return false;
    open_repo(&o, options, argument);
    if (options->json) {
        json = json_array();
        for (uint32_t i = 0; i < o.repo->device_count; i++)
            json_array_append_new(json, bw_show_balena_device_json(o.repo, &o.repo->devices[i]));
    } else {
        bw_list_balena_text(o.repo, &out);
    }
    *exit_code = close_repo(&o, options, &out, json);
    return true;
}
