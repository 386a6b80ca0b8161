/* SPDX-License-Identifier: Apache-2.0 */
/* What a device type says, by itself and against the layer's machines. */
#include "systems/balena/check_parts.h"

#include <stdarg.h>
#include <string.h>

bw_finding *bw_balena_find(const bw_balena_repo *repo, const bw_balena_device *device, bw_code code,
                           const bw_json *value, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = bw_findings_addv(repo->unit->findings, code,
                                     value && value->source ? bw_json_place(value) : device->place, format, ap);
    va_end(ap);
    bw_finding_subject(f, device->file, NULL);
    return f;
}

/* ------------------------------------------------------------------------------------------ types of keys */

typedef enum type { TEXT, BOOL, INTEGER, LIST, LIST_OR_MAP, MAP, PARTITION } type;

static const struct {
    const char *path;
    type type;
} keys[] = {
    {"version", INTEGER},
    {"slug", TEXT},
    {"name", TEXT},
    {"aliases", LIST},
    {"arch", TEXT},
    {"state", TEXT},
    {"community", BOOL},
    {"private", BOOL},
    {"isDefault", BOOL},
    {"supportsBlink", BOOL},
    {"imageDownloadAlerts", LIST},
    {"instructions", LIST_OR_MAP},
    {"stateInstructions", MAP},
    {"options", LIST},
    {"yocto", MAP},
    {"yocto.machine", TEXT},
    {"yocto.image", TEXT},
    {"yocto.fstype", TEXT},
    {"yocto.version", TEXT},
    {"yocto.deployArtifact", TEXT},
    {"yocto.deployFlasherArtifact", TEXT},
    {"yocto.deployRawArtifact", TEXT},
    {"yocto.compressed", BOOL},
    {"configuration", MAP},
    {"configuration.config", MAP},
    {"configuration.config.path", TEXT},
    {"configuration.config.partition", PARTITION},
    {"configuration.operations", LIST},
};

static bool is_integer(const bw_json *value)
{
    return value->kind == BW_JSON_NUMBER && value->number >= 0 && value->number == (double)(int64_t)value->number;
}

/* A number, or {primary, logical}. */
static bool is_partition(const bw_json *value)
{
    if (value->kind != BW_JSON_OBJECT)
        return is_integer(value);
    bool good = value->count > 0;
    for (uint32_t i = 0; i < value->count; i++)
        good &= is_integer(value->members[i].value);
    return good;
}

static bool has_type(const bw_json *value, type wanted)
{
    switch (wanted) {
    case TEXT:
        return value->kind == BW_JSON_STRING;
    case BOOL:
        return value->kind == BW_JSON_TRUE || value->kind == BW_JSON_FALSE;
    case INTEGER:
        return is_integer(value);
    case LIST:
        return value->kind == BW_JSON_ARRAY;
    case LIST_OR_MAP:
        return value->kind == BW_JSON_ARRAY || value->kind == BW_JSON_OBJECT;
    case MAP:
        return value->kind == BW_JSON_OBJECT;
    case PARTITION:
        return is_partition(value);
    }
    return true;
}

static const char *type_name(type wanted)
{
    static const char *const names[] = {"a text",
                                        "true or false",
                                        "a whole number",
                                        "a list",
                                        "a list, or one for each operating system",
                                        "a map",
                                        "a number or primary: and logical: with numbers"};

    return names[wanted];
}

static void check_types(const bw_balena_repo *repo, const bw_balena_device *d)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const bw_json *value = bw_balena_device_get(d, keys[i].path);

        if (!value || has_type(value, keys[i].type))
            continue;
        bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_coffee_type, value, "%s should be %s, but is %s",
                                       keys[i].path, type_name(keys[i].type), bw_json_kind_name(value));
        if (value->kind == BW_JSON_STRING && (strcmp(value->text, "true") == 0 || strcmp(value->text, "false") == 0))
            bw_finding_cure(f, "write %s without quotes", value->text);
    }
}

/* -------------------------------------------------------------------------------------------- known words */

static const char *const arches[] = {"aarch64", "armv7hf", "amd64", "i386", "rpi", "i386-nlp", "armel", NULL};
static const char *const images[] = {"balena-image", "balena-image-flasher", "resin-image", "resin-image-flasher",
                                     NULL};
static const char *const fstypes[] = {"balenaos-img", "resinos-img", "docker-image", NULL};
static const char *const states[] = {"released", "new", "discontinued", "development", "experimental", NULL};

/* Names that others give to what is meant. */
static const struct {
    const char *other, *word;
} synonyms[] = {{"arm64", "aarch64"}, {"armv8", "aarch64"}, {"x86_64", "amd64"},
                {"x86-64", "amd64"},  {"armhf", "armv7hf"}, {"armv7", "armv7hf"},
                {"arm", "armv7hf"},   {"x86", "i386"},      {"armv6hf", "rpi"}};

static const char *meant(const char *word, const char *const *known)
{
    for (size_t i = 0; known == arches && i < G_N_ELEMENTS(synonyms); i++)
        if (strcmp(synonyms[i].other, word) == 0)
            return synonyms[i].word;
    return bw_nearest(word, known);
}

static void check_word(const bw_balena_repo *repo, const bw_balena_device *d, const char *path, const char *word,
                       const char *const *known)
{
    if (!word || g_strv_contains(known, word))
        return;
    bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_coffee_value, bw_balena_device_get(d, path),
                                   "there is no %s '%s'", strrchr(path, '.') ? strrchr(path, '.') + 1 : path, word);
    const char *near = meant(word, known);
    if (near)
        bw_finding_cure(f, "write '%s'", near);
}

static void check_words(const bw_balena_repo *repo, const bw_balena_device *d)
{
    check_word(repo, d, "arch", d->arch, arches);
    check_word(repo, d, "yocto.fstype", d->fstype, fstypes);
    char *state = d->state ? g_ascii_strdown(d->state, -1) : NULL;
    check_word(repo, d, "state", state, states);
    g_free(state);
    char **words = g_strsplit_set(d->image ? d->image : "", " \t", -1);
    for (char **word = words; *word; word++)
        if (**word)
            check_word(repo, d, "yocto.image", *word, images);
    g_strfreev(words);
}

static void check_present(const bw_balena_repo *repo, const bw_balena_device *d)
{
    static const struct {
        const char *key, *effect;
    } wanted[] = {{"state", "it has no place in the life of a device type"},
                  {"instructions", "who provisions a device is told nothing"},
                  {"options", "the network cannot be chosen when an image is downloaded"}};
    static const char *const required[] = {"machine", "deployArtifact"};

    for (size_t i = 0; i < G_N_ELEMENTS(required); i++)
        if (!bw_json_get(bw_balena_device_get(d, "yocto"), required[i]))
            bw_balena_find(repo, d, BW_CODE_balena_coffee_required, bw_balena_device_get(d, "yocto"),
                           "yocto.%s is not set: the device type cannot be built", required[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!bw_json_get(d->manifest, wanted[i].key))
            bw_balena_find(repo, d, BW_CODE_balena_coffee_absent, NULL, "%s is not given: %s", wanted[i].key,
                           wanted[i].effect);
}

/* ----------------------------------------------------------------------------------------- names that agree */

bool bw_balena_is_arch(const char *word)
{
    return g_strv_contains(arches, word);
}

/* IMAGE-MACHINE.FSTYPE, of the words of image. A flasher's device type may name the raw image, when it says by
 * deployFlasherArtifact which one the flasher is. */
static void check_artifact(const bw_balena_repo *repo, const bw_balena_device *d)
{
    const bw_json *value = bw_balena_device_get(d, "yocto.deployArtifact");
    char **words = g_strsplit_set(d->image ? d->image : "", " \t", -1);
    GString *expected = g_string_new(NULL);
    bool good = !d->deploy_artifact || !d->machine || !d->fstype || !*words || !g_strv_contains(fstypes, d->fstype);

    if (d->deploy_artifact && strcmp(d->deploy_artifact, "docker-image") == 0)
        good = true;
    for (char **word = words; *word; word++)
        good |= !g_strv_contains(images, *word); /* which was said */
    for (char **word = words; *word && !good; word++) {
        g_string_printf(expected, "%s-%s.%s", *word, d->machine, d->fstype);
        good = strcmp(d->deploy_artifact, expected->str) == 0;
        if (!good && d->flasher && g_str_has_suffix(*word, "-flasher") &&
            bw_balena_device_get(d, "yocto.deployFlasherArtifact")) {
            GString *raw = g_string_new(NULL);
            g_string_printf(raw, "%.*s-%s.%s", (int)(strlen(*word) - strlen("-flasher")), *word, d->machine, d->fstype);
            good = strcmp(d->deploy_artifact, raw->str) == 0;
            g_string_free(raw, TRUE);
        }
    }
    if (!good) {
        bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_artifact, value,
                                       "the build of machine %s makes %s: a file of this name is never deployed",
                                       d->machine, expected->str);
        bw_finding_cure(f, "write '%s'", expected->str);
    }
    g_string_free(expected, TRUE);
    g_strfreev(words);
}

static void check_file_name(const bw_balena_repo *repo, const bw_balena_device *d)
{
    if (!d->machine || strcmp(d->machine, d->file) == 0)
        return;
    for (uint32_t i = 0; i < repo->workflow_count; i++)
        if (repo->workflows[i].slug && strcmp(repo->workflows[i].slug, d->file) == 0)
            return;
    bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_file_name, bw_balena_device_get(d, "yocto.machine"),
                                   "the build looks for %s.json, the manifest of this machine, but this file makes "
                                   "%s.json, and no workflow says slug: %s",
                                   d->machine, d->file, d->file);
    bw_finding_cure(f, "name the file %s.coffee, or give its workflow slug: %s", d->machine, d->file);
}

bool bw_balena_is_slug(const char *text)
{
    if (!g_ascii_islower(*text) && !g_ascii_isdigit(*text))
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static void check_slug(const bw_balena_repo *repo, const bw_balena_device *d)
{
    if (!bw_balena_is_slug(d->slug))
        bw_balena_find(repo, d, BW_CODE_balena_slug, NULL,
                       "the slug '%s' may have small letters, digits and '-' only, and begins with no '-'", d->slug);
    for (const bw_balena_device *other = repo->devices; other < d; other++)
        if (other->manifest && strcmp(other->slug, d->slug) == 0) {
            bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_slug_twice, NULL,
                                           "the slug '%s' is another device type's already", d->slug);
            bw_finding_note(f, other->place, "%s has it too", other->file);
            return;
        }
}

/* ---------------------------------------------------------------------------------------------- the layer */

static bool layer_has(const bw_balena_layer *layer, const char *machine)
{
    return g_strv_contains(layer->machines, machine);
}

/* Whether a layer that came as submodule has a file for a machine: LAYER/conf/machine, or one folder further down. */
static bool submodule_has(const bw_balena_repo *repo, const char *path, const char *machine)
{
    bw_arena *arena = &repo->unit->arena;
    const char *root = bw_balena_path(repo, path);
    const char *file = bw_arena_join(arena, "conf/machine/", machine, ".conf");
    GPtrArray *names = bw_balena_names_in(root);
    bool found = g_file_test(bw_arena_join(arena, root, "/", file), G_FILE_TEST_EXISTS);

    for (guint i = 0; i < names->len && !found; i++) {
        char *below = g_build_filename(root, names->pdata[i], file, NULL);
        found = g_file_test(below, G_FILE_TEST_EXISTS);
        g_free(below);
    }
    g_ptr_array_free(names, TRUE);
    return found;
}

/* Layers that have no machines of boards. */
static bool has_no_machines(const char *path)
{
    static const char *const paths[] = {"layers/meta-balena", "layers/meta-resin",     "layers/meta-openembedded",
                                        "layers/meta-rust",   "layers/meta-cyclonedx", NULL};

    return !g_str_has_prefix(path, "layers/") || g_strv_contains(paths, path);
}

static void check_machine(const bw_balena_repo *repo, const bw_balena_device *d)
{
    const char *absent = NULL;

    if (!d->machine || !repo->layer || layer_has(repo->layer, d->machine))
        return;
    for (uint32_t i = 0; i < repo->submodule_count; i++) {
        const bw_balena_submodule *s = &repo->submodules[i];

        if (has_no_machines(s->path))
            continue;
        if (s->present && submodule_has(repo, s->path, d->machine))
            return;
        if (!s->present && (!absent || strcmp(absent, "layers/poky") == 0))
            absent = s->path;
    }
    const bw_json *value = bw_balena_device_get(d, "yocto.machine");
    if (absent)
        bw_balena_find(repo, d, BW_CODE_balena_machine_external, value,
                       "the machine %s is of a layer that is not here (%s is empty): what it sets is not checked",
                       d->machine, absent);
    else
        bw_balena_find(repo, d, BW_CODE_balena_machine_missing, value,
                       "no layer has conf/machine/%s.conf: the build stops", d->machine);
}

/* Whether some file of the layer takes in conf/machine/NAME.conf. */
static bool is_included(const bw_balena_layer *layer, const char *machine)
{
    char *file = g_strdup_printf("%s.conf", machine);
    bool found = false;

    for (uint32_t i = 0; i < layer->file_count && !found; i++)
        for (uint32_t k = 0; k < layer->files[i]->count && !found; k++) {
            const bw_bb_statement *s = &layer->files[i]->statements[k];
            if (s->kind != BW_BB_INCLUDE && s->kind != BW_BB_REQUIRE)
                continue;
            const char *at = strstr(s->value, file);
            found = at && (at == s->value || at[-1] == '/') && !at[strlen(file)];
        }
    g_free(file);
    return found;
}

static void check_unused_machines(const bw_balena_repo *repo)
{
    if (!repo->layer || !repo->device_count)
        return;
    for (const char *const *machine = repo->layer->machines; *machine; machine++) {
        bool used = is_included(repo->layer, *machine);

        for (uint32_t i = 0; i < repo->device_count && !used; i++)
            used = !repo->devices[i].manifest || strcmp(repo->devices[i].file, *machine) == 0 ||
                   (repo->devices[i].machine && strcmp(repo->devices[i].machine, *machine) == 0);
        if (used)
            continue;
        const char *path = bw_arena_printf(&repo->unit->arena, "%s/conf/machine/%s.conf", repo->layer->path, *machine);
        bw_findings_add(repo->unit->findings, BW_CODE_balena_machine_unused, bw_file_place(path),
                        "no device type is built for the machine %s", *machine);
    }
}

static void check_yocto_version(const bw_balena_repo *repo, const bw_balena_device *d)
{
    const bw_json *value = bw_balena_device_get(d, "yocto.version");
    const bw_balena_layer *layer = repo->layer;

    if (!value || value->kind != BW_JSON_STRING || !layer || !layer->compat || !layer->release)
        return;
    const char *release = g_str_has_prefix(value->text, "yocto-") ? value->text + strlen("yocto-") : value->text;
    if (g_strv_contains(layer->compat, release))
        return;
    bw_finding *f = bw_balena_find(repo, d, BW_CODE_balena_yocto_version, value, "version says %s, but %s is for %s",
                                   value->text, layer->name, layer->release->name);
    bw_finding_note(f, layer->compat_place, "the layer's releases");
    bw_finding_cure(f, "write 'yocto-%s'", layer->release->name);
}

void bw_balena_check_devices(const bw_balena_repo *repo)
{
    for (uint32_t i = 0; i < repo->device_count; i++) {
        const bw_balena_device *d = &repo->devices[i];

        if (!d->manifest)
            continue;
        check_types(repo, d);
        check_words(repo, d);
        check_present(repo, d);
        check_artifact(repo, d);
        check_file_name(repo, d);
        check_slug(repo, d);
        check_machine(repo, d);
        check_yocto_version(repo, d);
    }
    check_unused_machines(repo);
}
