/* SPDX-License-Identifier: Apache-2.0 */
#include "report/show_balena.h"

#include "report/json_out.h"

#include <string.h>

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

static bool lists(const bw_json *list, const char *text)
{
    for (uint32_t i = 0; list && list->kind == BW_JSON_ARRAY && i < list->count; i++)
        if (list->items[i]->kind == BW_JSON_STRING && strcmp(list->items[i]->text, text) == 0)
            return true;
    return false;
}

const bw_balena_device *bw_balena_device_named(const bw_balena_repo *repo, const char *name)
{
    for (int pass = 0; pass < 4; pass++)
        for (uint32_t i = 0; i < repo->device_count; i++) {
            const bw_balena_device *d = &repo->devices[i];
            const bool is = pass == 0   ? strcmp(d->slug, name) == 0
                            : pass == 1 ? strcmp(d->file, name) == 0
                            : pass == 2 ? lists(bw_balena_device_get(d, "aliases"), name)
                                        : d->machine && strcmp(d->machine, name) == 0;
            if (is)
                return d;
        }
    return NULL;
}

/* ---- text ---- */

static void pad(bw_buffer *out, const char *text, glong width)
{
    bw_buffer_text(out, text);
    for (glong i = g_utf8_strlen(text, -1); i < width + 2; i++)
        bw_buffer_byte(out, ' ');
}

static char *lower(const char *state)
{
    return state ? g_ascii_strdown(state, -1) : g_strdup("-");
}

void bw_list_balena_text(const bw_balena_repo *repo, bw_buffer *out)
{
    glong widths[5] = {0};

    for (uint32_t i = 0; i < repo->device_count; i++) {
        const bw_balena_device *d = &repo->devices[i];
        const char *cells[] = {d->slug, or_dash(d->machine), or_dash(d->arch), or_dash(d->state), or_dash(d->image)};

        for (int k = 0; k < 5; k++)
            widths[k] = MAX(widths[k], g_utf8_strlen(cells[k], -1));
    }
    for (uint32_t i = 0; i < repo->device_count; i++) {
        const bw_balena_device *d = &repo->devices[i];
        char *state = lower(d->state);
        const char *cells[] = {d->slug, or_dash(d->machine), or_dash(d->arch), state, or_dash(d->image)};

        for (int k = 0; k < 5; k++)
            pad(out, cells[k], widths[k]);
        bw_buffer_printf(out, "%s\n", or_dash(d->name));
        g_free(state);
    }
}

static void put_releases(const bw_balena_repo *repo, bw_buffer *out)
{
    const bw_balena_layer *layer = repo->layer;

    if (!layer)
        return;
    bw_buffer_printf(out, "layer        layers/%s", layer->name);
    for (const char *const *word = layer->compat; word && *word; word++)
        bw_buffer_printf(out, "%s%s", word == layer->compat ? ", for " : " and ", *word);
    bw_buffer_byte(out, '\n');
}

static void put_submodules(const bw_balena_repo *repo, bw_buffer *out)
{
    for (uint32_t i = 0; i < repo->submodule_count; i++) {
        const bw_balena_submodule *s = &repo->submodules[i];

        bw_buffer_printf(out, "%-12s %s", i ? "" : "submodules", s->path);
        if (*s->commit)
            bw_buffer_printf(out, " %.12s", s->commit);
        if (s->branch)
            bw_buffer_printf(out, " (%s)", s->branch);
        bw_buffer_printf(out, "%s\n", s->present ? "" : ", not here");
    }
}

void bw_show_balena_text(const bw_balena_repo *repo, bw_buffer *out)
{
    bw_buffer_printf(out, "balenaOS     %s\n", or_dash(repo->version));
    put_releases(repo, out);
    put_submodules(repo, out);
    bw_buffer_printf(out, "\n%u device type%s\n", (unsigned)repo->device_count, repo->device_count == 1 ? "" : "s");
    bw_list_balena_text(repo, out);
}

static const char *scalar_of(const bw_json *value)
{
    return value && (value->kind == BW_JSON_STRING || value->kind == BW_JSON_NUMBER) ? value->text : NULL;
}

/* "1", or "primary 4, logical 1". */
static char *partition_of(const bw_balena_device *d)
{
    const bw_json *value = bw_balena_device_get(d, "configuration.config.partition");
    GString *out = g_string_new(scalar_of(value));

    for (uint32_t i = 0; value && value->kind == BW_JSON_OBJECT && i < value->count; i++)
        g_string_append_printf(out, "%s%s %s", i ? ", " : "", value->members[i].name,
                               or_dash(scalar_of(value->members[i].value)));
    return g_string_free(out, FALSE);
}

static const bw_balena_contract *contract_of(const bw_balena_repo *repo, const bw_balena_device *d)
{
    for (uint32_t i = 0; i < repo->contract_count; i++) {
        const char *slug = scalar_of(bw_json_get(repo->contracts[i].json, "slug"));
        if (slug && strcmp(slug, d->slug) == 0)
            return &repo->contracts[i];
    }
    return NULL;
}

static const bw_balena_workflow *workflow_of(const bw_balena_repo *repo, const bw_balena_device *d)
{
    for (uint32_t i = 0; i < repo->workflow_count; i++) {
        const bw_balena_workflow *w = &repo->workflows[i];
        const char *built = w->slug ? w->slug : w->machine;
        if (w->builds && built && strcmp(built, d->file) == 0)
            return w;
    }
    return NULL;
}

static void row(bw_buffer *out, const char *name, const char *text)
{
    if (text && *text)
        bw_buffer_printf(out, "%-12s %s\n", name, text);
}

void bw_show_balena_device(const bw_balena_repo *repo, const bw_balena_device *d, bw_buffer *out)
{
    const bw_balena_contract *contract = contract_of(repo, d);
    const bw_balena_workflow *workflow = workflow_of(repo, d);
    const bw_json *aliases = bw_balena_device_get(d, "aliases");
    char *state = lower(d->state);
    char *partition = partition_of(d);
    const bool own = repo->layer && d->machine && g_strv_contains(repo->layer->machines, d->machine);

    row(out, "name", d->name);
    row(out, "slug", d->slug);
    for (uint32_t i = 0; aliases && aliases->kind == BW_JSON_ARRAY && i < aliases->count; i++)
        if (scalar_of(aliases->items[i]) && strcmp(scalar_of(aliases->items[i]), d->slug) != 0)
            row(out, "alias", scalar_of(aliases->items[i]));
    row(out, "arch", d->arch);
    row(out, "state", state);
    if (d->machine)
        bw_buffer_printf(out, "%-12s %s, %s\n", "machine", d->machine,
                         own ? "of the repository's own layer" : "of another layer");
    row(out, "image", d->image);
    row(out, "artifact", d->deploy_artifact);
    row(out, "boot", *partition ? partition : NULL);
    row(out, "file", d->path);
    row(out, "workflow", workflow ? workflow->path : NULL);
    row(out, "contract", contract ? contract->path : NULL);
    g_free(partition);
    g_free(state);
}

/* ---- JSON ---- */

static void set(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, bw_json_text(text));
}

json_t *bw_show_balena_device_json(const bw_balena_repo *repo, const bw_balena_device *d)
{
    const bw_balena_contract *contract = contract_of(repo, d);
    const bw_balena_workflow *workflow = workflow_of(repo, d);
    json_t *object = json_object();

    set(object, "slug", d->slug);
    set(object, "name", d->name);
    set(object, "arch", d->arch);
    set(object, "state", d->state);
    set(object, "machine", d->machine);
    set(object, "image", d->image);
    set(object, "fstype", d->fstype);
    set(object, "artifact", d->deploy_artifact);
    json_object_set_new(object, "flasher", json_boolean(d->flasher));
    set(object, "file", d->path);
    set(object, "workflow", workflow ? workflow->path : NULL);
    set(object, "contract", contract ? contract->path : NULL);
    return object;
}

json_t *bw_show_balena_json(const bw_balena_repo *repo)
{
    json_t *object = json_object();
    json_t *releases = json_array();
    json_t *submodules = json_array();
    json_t *devices = json_array();

    set(object, "repository", repo->root);
    set(object, "family", repo->family);
    set(object, "version", repo->version);
    for (const char *const *word = repo->layer ? repo->layer->compat : NULL; word && *word; word++)
        json_array_append_new(releases, bw_json_text(*word));
    json_object_set_new(object, "releases", releases);
    for (uint32_t i = 0; i < repo->submodule_count; i++) {
        const bw_balena_submodule *s = &repo->submodules[i];
        json_t *submodule = json_object();

        set(submodule, "path", s->path);
        set(submodule, "url", s->url);
        set(submodule, "branch", s->branch);
        set(submodule, "commit", *s->commit ? s->commit : NULL);
        json_object_set_new(submodule, "present", json_boolean(s->present));
        json_array_append_new(submodules, submodule);
    }
    json_object_set_new(object, "submodules", submodules);
    for (uint32_t i = 0; i < repo->device_count; i++)
        json_array_append_new(devices, bw_show_balena_device_json(repo, &repo->devices[i]));
    json_object_set_new(object, "deviceTypes", devices);
    return object;
}
