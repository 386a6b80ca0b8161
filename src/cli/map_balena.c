/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/map_balena.h"

#include "base/output.h"
#include "cli/boards.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "report/disk_map.h"
#include "systems/balena/check_disk.h"

#include <stdio.h>
#include <string.h>

typedef struct run {
    const bw_options *options;
    const bw_map_balena *wanted;
    const bw_balena_repo *repo;
    const char *target;
    json_t *list;
    GPtrArray *maps; /* of bw_disk_map * */
    bw_balena_said *said;
} run;

static void add(run *r, const bw_balena_device *device, bool flasher)
{
    bw_arena *arena = &r->repo->unit->arena;
    bw_balena_image *image = bw_arena_new(arena, bw_balena_image);

    bw_balena_image_read(image, r->repo, device, flasher, r->wanted->deploy);
    bw_balena_check_image(r->repo, image, r->said);
    if (r->list)
        json_array_append_new(r->list, bw_disk_map_json(image));
    else
        g_ptr_array_add(r->maps, bw_disk_map_of(image, arena));
}

static uint32_t add_devices(run *r)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < r->repo->device_count; i++) {
        const bw_balena_device *d = &r->repo->devices[i];

        if (r->target && strcmp(r->target, d->file) != 0 && (!d->slug || strcmp(r->target, d->slug) != 0))
            continue;
        count++;
        add(r, d, false);
        if (d->flasher)
            add(r, d, true);
    }
    return count;
}

static int write_svg(const run *r, bw_arena *arena)
{
    bw_buffer out = {0};
    int error_number = 0, exit_code = BW_EXIT_OK;

    bw_disk_map_svg((bw_disk_map *const *)r->maps->pdata, r->maps->len, arena, &out);
    if (!bw_write_file(r->wanted->svg, out.data, out.len, &error_number)) {
        fprintf(stderr, "boardwright map: %s cannot be written: %s\n", r->wanted->svg, g_strerror(error_number));
        exit_code = BW_EXIT_TROUBLE;
    }
    bw_buffer_free(&out);
    return exit_code;
}

static void print(const run *r, bw_arena *arena)
{
    for (guint i = 0; i < r->maps->len; i++) {
        bw_buffer out = {0};

        if (i)
            bw_buffer_byte(&out, '\n');
        bw_disk_map_text(r->maps->pdata[i], bw_stdout_style(), arena, &out);
        fwrite(out.data, 1, out.len, stdout);
        bw_buffer_free(&out);
    }
}

static int no_such_type(const run *r)
{
    fprintf(stderr, "boardwright map: the repository has no device type '%s'; it has\n", r->target ? r->target : "");
    for (uint32_t i = 0; i < r->repo->device_count; i++)
        fprintf(stderr, "  %s\n", r->repo->devices[i].file);
    return BW_EXIT_TROUBLE;
}

static int draw(run *r)
{
    bw_arena *arena = &r->repo->unit->arena;

    if (!add_devices(r))
        return no_such_type(r);
    if (r->list) {
        bw_print_json(r->list);
        r->list = NULL;
        return BW_EXIT_OK;
    }
    if (r->wanted->svg)
        return write_svg(r, arena);
    print(r, arena);
    return BW_EXIT_OK;
}

static int map(const bw_options *options, const bw_map_balena *wanted, const char *folder, const char *type)
{
    bw_context *ctx = bw_options_context(options);
    bw_unit *unit = bw_unit_new(ctx);
    bw_findings findings;

    bw_findings_init(&findings, ctx);
    bw_unit_begin(unit, &findings);
    bw_balena_repo *repo = bw_balena_repo_read(unit, folder);
    run r = {
        .options = options,
        .wanted = wanted,
        .repo = repo,
        .target = type ? type : wanted->target,
        .list = options->json ? json_array() : NULL,
        .maps = g_ptr_array_new(),
        .said = bw_balena_said_new(),
    };
    int drawn = draw(&r);
    int said = bw_print_findings_beside(options, &findings);
    g_ptr_array_free(r.maps, TRUE);
    bw_balena_said_free(r.said);
    if (r.list)
        json_decref(r.list);
    bw_balena_repo_free(repo);
    bw_findings_free(&findings);
    bw_unit_free(unit);
    bw_context_free(ctx);
    return MAX(drawn, said);
}

bool bw_map_balena_try(const bw_options *options, const bw_map_balena *wanted, const char *argument, int *exit_code)
{
    bool is_type = g_str_has_suffix(argument, ".coffee");
    char *folder = is_type ? g_path_get_dirname(argument) : g_strdup(argument);
    char *type = is_type ? g_path_get_basename(argument) : NULL;
    bool is_one = bw_balena_is_repo(folder);

    if (type)
        type[strlen(type) - strlen(".coffee")] = '\0';
    if (is_one)
        *exit_code = map(options, wanted, folder, type);
    g_free(type);
    g_free(folder);
    return is_one;
}
