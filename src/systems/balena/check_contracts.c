/* SPDX-License-Identifier: Apache-2.0 */
/* Hardware contracts by themselves and against the device types, and workflows. */
#include "systems/balena/check_parts.h"

#include <string.h>

/* ------------------------------------------------------------------------------------ reading a contract */

static const bw_json *at(const bw_balena_contract *c, const char *path)
{
    char **parts = g_strsplit(path, ".", 8);
    const bw_json *value = c->json;

    for (char **part = parts; *part && value; part++)
        value = bw_json_get(value, *part);
    g_strfreev(parts);
    return value;
}

static const char *text_at(const bw_balena_contract *c, const char *path)
{
    const bw_json *value = at(c, path);

    return value && value->kind == BW_JSON_STRING ? value->text : NULL;
}

static bool lists(const bw_json *list, const char *text)
{
    for (uint32_t i = 0; list && list->kind == BW_JSON_ARRAY && i < list->count; i++)
        if (list->items[i]->kind == BW_JSON_STRING && strcmp(list->items[i]->text, text) == 0)
            return true;
    return false;
}

const bw_balena_contract *bw_balena_contract_of(const bw_balena_repo *repo, const char *slug)
{
    for (uint32_t i = 0; i < repo->contract_count; i++) {
        const char *own = text_at(&repo->contracts[i], "slug");
        if (strcmp(own ? own : repo->contracts[i].folder, slug) == 0)
            return &repo->contracts[i];
    }
    for (uint32_t i = 0; i < repo->contract_count; i++)
        if (lists(at(&repo->contracts[i], "aliases"), slug))
            return &repo->contracts[i];
    return NULL;
}

static bw_finding *find(bw_unit *unit, const bw_balena_contract *c, bw_code code, const bw_json *value,
                        const char *text)
{
    return bw_findings_add(unit->findings, code, value ? bw_json_place(value) : bw_file_place(c->path), "%s", text);
}

/* ---------------------------------------------------------------------------------- a contract by itself */

static const char *const arches[] = {"aarch64", "armv7hf", "amd64", "i386", "i386-nlp", "rpi", NULL};
static const char *const boots[] = {"internal", "sdcard", "image", NULL};
static const char *const alt_boots[] = {"sdcard", "usb_mass_storage", "network", "nvme", "sata", "internal", NULL};
static const char *const protocols[] = {"jetsonFlash", "RPIBOOT", "usbMassStorage", "edisonFlash", NULL};

static void check_word(bw_unit *unit, const bw_balena_contract *c, const bw_json *value, const char *what,
                       const char *const *known)
{
    if (value->kind == BW_JSON_STRING && g_strv_contains(known, value->text))
        return;
    bw_finding *f =
        bw_findings_add(unit->findings, BW_CODE_balena_contract_value, bw_json_place(value), "%s is %s%s%s%s", what,
                        value->kind == BW_JSON_STRING ? "'" : bw_json_kind_name(value),
                        value->kind == BW_JSON_STRING ? value->text : "", value->kind == BW_JSON_STRING ? "'" : "",
                        ", which nothing understands");
    const char *near = value->kind == BW_JSON_STRING ? bw_nearest(value->text, known) : NULL;
    if (near)
        bw_finding_cure(f, "write '%s'", near);
    else if (value->kind == BW_JSON_STRING && strcmp(value->text, "emmc") == 0)
        bw_finding_cure(f, "write 'internal'");
    (void)c;
}

static void check_words(bw_unit *unit, const bw_balena_contract *c)
{
    static const struct {
        const char *path;
        const char *const *known;
        bool required;
    } words[] = {
        {"data.arch", arches, true}, {"data.media.defaultBoot", boots, true}, {"data.flashProtocol", protocols, false}};
    static const char *const types[] = {"hw.device-type", NULL};
    const bw_json *type = at(c, "type");
    const bw_json *version = at(c, "version");
    const bw_json *other = at(c, "data.media.altBoot");

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        const bw_json *value = at(c, words[i].path);
        if (value)
            check_word(unit, c, value, words[i].path, words[i].known);
        else if (words[i].required)
            bw_findings_add(unit->findings, BW_CODE_balena_contract_value,
                            at(c, "data") ? bw_json_place(at(c, "data")) : bw_file_place(c->path), "%s is not given",
                            words[i].path);
    }
    if (type)
        check_word(unit, c, type, "type", types);
    else
        find(unit, c, BW_CODE_balena_contract_value, NULL, "type is not given");
    if (version && version->kind != BW_JSON_STRING)
        find(unit, c, BW_CODE_balena_contract_value, version, "version is no text: versions are compared as text");
    for (uint32_t i = 0; other && other->kind == BW_JSON_ARRAY && i < other->count; i++)
        check_word(unit, c, other->items[i], "data.media.altBoot", alt_boots);
}

static void check_logo(bw_unit *unit, const bw_balena_contract *c)
{
    const bw_json *url = at(c, "assets.logo.url");

    if (!url || url->kind != BW_JSON_STRING) {
        find(unit, c, BW_CODE_balena_contract_logo, url ? url : at(c, "assets"), "there is no assets.logo.url");
        return;
    }
    if (strstr(url->text, "://"))
        return;
    char *folder = g_path_get_dirname(c->path);
    char *path = g_build_filename(folder, url->text, NULL);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        bw_findings_add(unit->findings, BW_CODE_balena_contract_logo, bw_json_place(url),
                        "the logo %s does not lie beside the contract", url->text);
    g_free(path);
    g_free(folder);
}

void bw_balena_check_contract(bw_unit *unit, const bw_balena_contract *c)
{
    const bw_json *slug = at(c, "slug");
    const bw_json *wifi = at(c, "data.connectivity.wifi");

    if (!c->json)
        return;
    if (c->json->kind != BW_JSON_OBJECT) {
        find(unit, c, BW_CODE_balena_contract_value, c->json, "a contract is an object");
        return;
    }
    if (!text_at(c, "slug"))
        find(unit, c, BW_CODE_balena_contract_folder, slug, "the contract has no slug");
    else if (strcmp(slug->text, c->folder) != 0)
        bw_findings_add(unit->findings, BW_CODE_balena_contract_folder, bw_json_place(slug),
                        "the slug is '%s', but the folder is %s: who looks for the slug's folder finds nothing",
                        slug->text, c->folder);
    check_words(unit, c);
    check_logo(unit, c);
    if (!wifi || (wifi->kind != BW_JSON_TRUE && wifi->kind != BW_JSON_FALSE))
        find(unit, c, BW_CODE_balena_contract_wifi,
             wifi                         ? wifi
             : at(c, "data.connectivity") ? at(c, "data.connectivity")
                                          : at(c, "data"),
             "data.connectivity.wifi is neither true nor false: the tests set up no network at all, not even a wired "
             "one");
}

/* ------------------------------------------------------------------------------ against the device type */

static void check_arch(const bw_balena_repo *repo, const bw_balena_device *d, const bw_balena_contract *c)
{
    const bw_json *arch = at(c, "data.arch");

    if (!d->arch || !bw_balena_is_arch(d->arch) || !arch || arch->kind != BW_JSON_STRING ||
        strcmp(d->arch, arch->text) == 0)
        return;
    bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_contract_arch, bw_balena_device_get(d, "arch"),
                                   "the device type is %s, its contract says %s", d->arch, arch->text);
    bw_finding_note(f, bw_json_place(arch), "the contract");
}

/* A flasher boots from other media and writes itself into the internal one, unless the image is written over a cable.
 */
static void check_flasher(const bw_balena_repo *repo, const bw_balena_device *d, const bw_balena_contract *c)
{
    const char *boot = text_at(c, "data.media.defaultBoot");
    const bw_json *other = at(c, "data.media.altBoot");
    const bool has_other = other && other->kind == BW_JSON_ARRAY && other->count;
    const bool promised = boot && strcmp(boot, "internal") == 0 && has_other && !at(c, "data.flashProtocol");

    if (!boot || !g_strv_contains(boots, boot) || !d->image || promised == d->flasher)
        return;
    bw_finding *f = bw_balena_find(
        repo, d, BW_CODE_balena_contract_flasher, bw_balena_device_get(d, "yocto.image"),
        promised
            ? "the image is no flasher, but the contract says that the board boots from internal storage, which is "
              "written by booting other media"
            : "the image is a flasher, but by the contract the board is not provisioned by one");
    bw_finding_note(f, bw_json_place(at(c, "data.media")),
                    "defaultBoot internal, an altBoot and no flashProtocol make "
                    "a flasher");
}

static void check_aliases(const bw_balena_repo *repo, const bw_balena_device *d, const bw_balena_contract *c)
{
    const bw_json *own = bw_balena_device_get(d, "aliases");
    const bw_json *known = at(c, "aliases");

    for (uint32_t i = 0; own && own->kind == BW_JSON_ARRAY && i < own->count; i++) {
        const bw_json *alias = own->items[i];

        if (alias->kind != BW_JSON_STRING || strcmp(alias->text, d->slug) == 0 || lists(known, alias->text))
            continue;
        bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_contract_alias, alias,
                                       "the contract does not have the alias '%s'", alias->text);
        bw_finding_note(f, known ? bw_json_place(known) : bw_file_place(c->path), "the contract's aliases");
    }
}

static void check_device(const bw_balena_repo *repo, const bw_balena_device *d)
{
    const bw_balena_contract *c = bw_balena_contract_of(repo, d->slug);

    if (!c && bw_balena_is_slug(d->slug))
        bw_balena_find(repo, d, BW_CODE_balena_contract_missing, NULL,
                       "there is no contract for '%s' in contracts: CI cannot make its OS contract, and no test plan",
                       d->slug);
    if (!c)
        return;
    bw_balena_check_contract(repo->unit, c);
    if (!c->json)
        return;
    check_arch(repo, d, c);
    check_flasher(repo, d, c);
    check_aliases(repo, d, c);
    bw_balena_check_led(repo, d, c);
}

/* -------------------------------------------------------------------------------------------- workflows */

/* What the build calls DEVICE_TYPE. */
static const char *built(const bw_balena_workflow *w)
{
    return w->slug ? w->slug : w->machine;
}

static bool is_plain(const char *text)
{
    return text && !strstr(text, "${{");
}

static const bw_balena_device *device_of_file(const bw_balena_repo *repo, const char *file)
{
    for (uint32_t i = 0; i < repo->device_count; i++)
        if (strcmp(repo->devices[i].file, file) == 0)
            return &repo->devices[i];
    return NULL;
}

/* Whether a workflow is there for a device type. One whose file has another name than its machine, which is said, may
 * be meant by the machine. */
static bool builds(const bw_balena_repo *repo, const bw_balena_workflow *w, const bw_balena_device *d)
{
    if (!w->builds)
        return false;
    if (!is_plain(built(w)) || strcmp(built(w), d->file) == 0)
        return true;
    return d->machine && strcmp(built(w), d->machine) == 0 && !device_of_file(repo, built(w));
}

static void check_workflow(const bw_balena_repo *repo, const bw_balena_workflow *w)
{
    for (uint32_t k = 0; k < repo->device_count; k++)
        if (builds(repo, w, &repo->devices[k]))
            return;
    bw_findings_add(repo->unit->findings, BW_CODE_balena_workflow_orphan, w->place,
                    "the workflow builds %s, but there is no %s.coffee", built(w), built(w));
}

/* A workflow with the device type's name that builds something else was spoken of. */
static void check_built(const bw_balena_repo *repo, const bw_balena_device *d)
{
    if (!d->state || strcmp(d->state, "RELEASED") != 0)
        return;
    for (uint32_t i = 0; i < repo->workflow_count; i++) {
        const bw_balena_workflow *w = &repo->workflows[i];

        if (builds(repo, w, d) || (w->builds && strcmp(w->name, d->file) == 0))
            return;
    }
    bw_balena_find(repo, d, BW_CODE_balena_workflow_missing, bw_balena_device_get(d, "state"),
                   "the device type is released, but no workflow builds it, as the others here have one");
}

static void check_workflows(const bw_balena_repo *repo)
{
    bool any = false;

    for (uint32_t i = 0; i < repo->workflow_count; i++)
        if (repo->workflows[i].builds) {
            any = true;
            check_workflow(repo, &repo->workflows[i]);
        }
    for (uint32_t i = 0; i < repo->device_count && any; i++)
        check_built(repo, &repo->devices[i]);
}

void bw_balena_check_contracts(const bw_balena_repo *repo)
{
    check_workflows(repo);
    for (uint32_t i = 0; i < repo->device_count && repo->contract_count; i++)
        if (repo->devices[i].manifest)
            check_device(repo, &repo->devices[i]);
}
