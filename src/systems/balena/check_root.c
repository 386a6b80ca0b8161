/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the root: files that CI reads, submodules, the version. */
#include "systems/balena/check_parts.h"
#include "systems/balena/layers.h"

#include <string.h>

/* ------------------------------------------------------------------------------------ what must be there */

typedef struct item {
    const char *path;
    bool submodule;
    const char *why;
} item;

static const item items[] = {
    {".github", false, "workflows build and release the device types from here"},
    {".versionbot/CHANGELOG.yml", false, "versions are made from it"},
    {".gitignore", false, "manifests are generated into the root"},
    {".gitmodules", false, "layers come as submodules"},
    {"CHANGELOG.md", false, "each version has its heading there"},
    {"LICENSE", false, "the repository is public"},
    {"README.md", false, "the repository is public"},
    {"VERSION", false, "the build takes HOSTOS_VERSION from it"},
    {"repo.yml", false, "CI stops without its type"},
    {"balena-yocto-scripts", true, "barys and CI's scripts are there"},
    {"contracts", true, "CI makes the OS contract of it"},
    {"layers/meta-balena", true, "balenaOS is there"},
    {"layers/meta-openembedded", true, "meta-balena-common has appends to recipes of it"},
    {"layers/poky", true, "BitBake and OpenEmbedded-Core are there"},
};

static bool is_there(const bw_balena_repo *repo, const item *wanted)
{
    const char *path = bw_balena_path(repo, wanted->path);
    const bw_balena_submodule *s = bw_balena_submodule_of(repo, wanted->path);

    if (!wanted->submodule)
        return g_file_test(path, G_FILE_TEST_EXISTS);
    return s || bw_balena_has_names(path);
}

/* Old names and new splits that stand for an item. */
static bool has_instead(const bw_balena_repo *repo, const char *path)
{
    const char *other = strcmp(path, "balena-yocto-scripts") == 0 ? "resin-yocto-scripts"
                        : strcmp(path, "layers/meta-balena") == 0 ? "layers/meta-resin"
                        : strcmp(path, "layers/poky") == 0        ? "layers/openembedded-core"
                                                                  : NULL;
    const item instead = {.path = other, .submodule = true};

    return other && is_there(repo, &instead);
}

static void check_items(const bw_balena_repo *repo)
{
    for (size_t i = 0; i < G_N_ELEMENTS(items); i++) {
        const item *wanted = &items[i];

        if (is_there(repo, wanted) || has_instead(repo, wanted->path))
            continue;
        bw_findings_add(repo->unit->findings, BW_CODE_balena_root_missing,
                        bw_file_place(bw_balena_path(repo, wanted->path)), "the repository has no %s%s: %s",
                        wanted->submodule ? "submodule " : "", wanted->path, wanted->why);
    }
    if (!repo->layer)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_root_missing,
                        bw_file_place(bw_balena_path(repo, "layers")),
                        "the repository has no layer of its own, layers/meta-balena-FAMILY");
    if (!repo->device_count)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_root_missing, bw_file_place(repo->root),
                        "the repository has no device type: there is no .coffee in its root");
}

/* ---------------------------------------------------------------------------------------------- repo.yml */

#define REPO_TYPE "yocto-based OS image"

static const char *scalar(const bw_yaml *value)
{
    return value && value->kind == BW_YAML_SCALAR ? value->text : NULL;
}

static void check_upstream(const bw_balena_repo *repo, const bw_yaml *path)
{
    const char *text = scalar(path);

    if (!text || bw_balena_submodule_of(repo, text) || bw_balena_has_names(bw_balena_path(repo, text)))
        return;
    bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_upstream, bw_yaml_place(path),
                                    "there is no submodule %s whose versions could be followed", text);
    const char *below = bw_arena_join(&repo->unit->arena, "layers/", text, "");
    const bw_balena_submodule *meant = bw_balena_submodule_of(repo, below);
    if (meant)
        bw_finding_cure(f, "write %s", below);
}

static void check_repo_yml(const bw_balena_repo *repo)
{
    const char *path = bw_balena_path(repo, "repo.yml");

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return;
    const bw_yaml *yaml = bw_yaml_read_file(repo->unit->ctx, path, &repo->unit->arena, repo->unit->findings);
    if (!yaml)
        return;
    const bw_yaml *type = bw_yaml_get(yaml, "type");
    if (!scalar(type) || strcmp(type->text, REPO_TYPE) != 0) {
        bw_finding *f = bw_findings_add(
            repo->unit->findings, BW_CODE_balena_repo_type, type ? bw_yaml_place(type) : bw_file_place(path),
            type ? "type is not '" REPO_TYPE "': CI stops here" : "there is no type: CI stops here");
        bw_finding_cure(f, "write type: '" REPO_TYPE "'");
    }
    const bw_yaml *upstream = bw_yaml_get(yaml, "upstream");
    for (uint32_t i = 0; upstream && upstream->kind == BW_YAML_LIST && i < upstream->count; i++)
        check_upstream(repo, bw_yaml_get(upstream->items[i], "repo"));
    if (upstream && upstream->kind == BW_YAML_MAP)
        check_upstream(repo, bw_yaml_get(upstream, "repo"));
}

/* -------------------------------------------------------------------------------------------- submodules */

static bool is_https(const char *url)
{
    return g_ascii_strncasecmp(url, "https://", 8) == 0;
}

static void check_url(const bw_balena_repo *repo, const bw_balena_submodule *s)
{
    if (!s->in_modules)
        return;
    if (!s->url) {
        bw_findings_add(repo->unit->findings, BW_CODE_balena_submodule_url, s->place,
                        "the submodule %s has no url: it cannot be cloned", s->path);
        return;
    }
    /* A path relative to the repository's own URL is as good as that one. */
    if (is_https(s->url) || g_str_has_prefix(s->url, "./") || g_str_has_prefix(s->url, "../"))
        return;
    bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_submodule_url, s->url_place,
                                    "the submodule %s does not come by https: who has no key for it, or stands behind "
                                    "a firewall, cannot build",
                                    s->path);
    const char *rest = g_str_has_prefix(s->url, "git@github.com:")      ? s->url + strlen("git@github.com:")
                       : g_str_has_prefix(s->url, "git://github.com/")  ? s->url + strlen("git://github.com/")
                       : g_str_has_prefix(s->url, "http://github.com/") ? s->url + strlen("http://github.com/")
                                                                        : NULL;
    if (rest)
        bw_finding_cure(f, "write https://github.com/%s", rest);
}

static void check_listed(const bw_balena_repo *repo, const bw_balena_submodule *s)
{
    if (!repo->index_known)
        return;
    if (s->in_index && !s->in_modules) {
        bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_gitlink, s->place,
                                        "%s is a submodule in git's index (commit %.12s), but has no section here: git "
                                        "does not know where to clone it from",
                                        s->path, s->commit);
        bw_finding_cure(f, "add [submodule \"%s\"] with path = %s and its url", s->path, s->path);
    } else if (s->in_modules && !s->in_index) {
        bw_findings_add(repo->unit->findings, BW_CODE_balena_gitlink, s->place,
                        "%s is no submodule in git's index: nothing is cloned there", s->path);
    }
}

/* Whether a branch is one of a release: "kirkstone", "kirkstone-next", "resin/kirkstone", "dunfell-security". */
static bool is_branch_of(const char *branch, const bw_balena_layer *layer)
{
    for (const char *const *word = layer->compat; word && *word; word++)
        if (strstr(branch, *word))
            return true;
    return false;
}

/* Another release by its name in a branch, or NULL: names of work ("backport_…") say nothing. */
static const char *release_in(const char *branch)
{
    for (const bw_balena_release *r = bw_balena_releases; r->name; r++)
        if (strstr(branch, r->name))
            return r->name;
    return NULL;
}

static void check_branch(const bw_balena_repo *repo, const bw_balena_submodule *s)
{
    if (!s->branch || !repo->layer || !repo->layer->compat || is_branch_of(s->branch, repo->layer))
        return;
    const char *other = release_in(s->branch);
    if (!other)
        return;
    bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_submodule_branch, s->branch_place,
                                    "%s follows the branch %s, but %s is for %s", s->path, s->branch, repo->layer->name,
                                    *repo->layer->compat);
    bw_finding_note(f, repo->layer->compat_place, "the layer's releases");
}

static bool is_balena_fork(const char *url)
{
    return strstr(url, "github.com/balena-os/poky") || strstr(url, "github.com:balena-os/poky");
}

static void check_poky(const bw_balena_repo *repo, const bw_balena_submodule *s)
{
    if (s->url && !is_balena_fork(s->url)) {
        bw_finding *f = bw_findings_add(
            repo->unit->findings, BW_CODE_balena_poky, s->url_place,
            "poky is not balena's fork: many builds at once run into the limits of the Yocto Project's server");
        bw_finding_cure(f, "write https://github.com/balena-os/poky.git");
    }
}

/* Whether an entry of BBLAYERS is a folder or in it: "…/layers/poky/meta" of "layers/poky". */
static bool is_entry_of(const char *entry, const char *path)
{
    const char *at = strstr(entry, path);

    return at && (at == entry || at[-1] == '/') && (!at[strlen(path)] || at[strlen(path)] == '/');
}

/* A layer that is cloned and never built with. A private one may bring samples of its own, which barys prefers; what
 * was said of meta-rust says this too. */
static void check_used(const bw_balena_repo *repo, const bw_balena_submodule *s)
{
    const bw_balena_stack *stack = bw_balena_stack_of(repo);

    if (!g_str_has_prefix(s->path, "layers/") || strcmp(s->path, "layers/meta-rust") == 0 || !stack->count ||
        !repo->layer || !repo->layer->bblayers || (!s->present && g_str_has_prefix(s->path, "layers/meta-balena-")))
        return;
    for (uint32_t i = 0; i < stack->count; i++)
        if (is_entry_of(stack->layers[i].entry, s->path))
            return;
    bw_finding *f =
        bw_findings_add(repo->unit->findings, BW_CODE_balena_layer_unused, s->place,
                        "no layer of the submodule %s is in bblayers.conf.sample: it is cloned for nothing", s->path);
    bw_finding_note(f, bw_file_place(repo->layer->bblayers->path), "the layers of the build");
}

static void check_submodules(const bw_balena_repo *repo)
{
    for (uint32_t i = 0; i < repo->submodule_count; i++) {
        const bw_balena_submodule *s = &repo->submodules[i];

        check_listed(repo, s);
        check_used(repo, s);
        /* Where poky comes from is said once. */
        if (strcmp(s->path, "layers/poky") != 0 || !s->url || is_balena_fork(s->url))
            check_url(repo, s);
        else
            check_poky(repo, s);
        if (strcmp(s->path, "layers/poky") == 0 || strcmp(s->path, "layers/meta-openembedded") == 0)
            check_branch(repo, s);
        if (strcmp(s->path, "layers/meta-rust") == 0)
            bw_findings_add(repo->unit->findings, BW_CODE_balena_meta_rust, s->place,
                            "meta-rust is not needed any more: meta-balena-rust of meta-balena stands in its place");
    }
}

/* ----------------------------------------------------------------------------------------------- version */

/* X.Y.Z or X.Y.Z+revN. */
static bool is_version(const char *text)
{
    for (int part = 0; part < 3; part++) {
        if (!g_ascii_isdigit(*text))
            return false;
        while (g_ascii_isdigit(*text))
            text++;
        if (part < 2 && *text++ != '.')
            return false;
    }
    if (g_str_has_prefix(text, "+rev") && g_ascii_isdigit(text[4]))
        for (text += 4; g_ascii_isdigit(*text); text++)
            ;
    return *text == '\0';
}

/* Whether a line of the changelog is `# vVERSION`, with what may follow. */
static bool has_heading(const bw_source *changelog, const char *version)
{
    char *heading = g_strdup_printf("# v%s", version);
    const size_t len = strlen(heading);
    bool found = false;

    for (const char *at = strstr(changelog->text, heading); at && !found; at = strstr(at + 1, heading))
        found = (at == changelog->text || at[-1] == '\n') && !g_ascii_isgraph(at[len]);
    g_free(heading);
    return found;
}

static void check_version(const bw_balena_repo *repo)
{
    if (!repo->version)
        return;
    if (!is_version(repo->version)) {
        bw_findings_add(repo->unit->findings, BW_CODE_balena_version, repo->version_place,
                        "'%s' is no version of the form X.Y.Z or X.Y.Z+revN", repo->version);
        return;
    }
    const bw_source *changelog = bw_source_open(repo->unit->ctx->sources, bw_balena_path(repo, "CHANGELOG.md"), NULL);
    if (changelog && !has_heading(changelog, repo->version))
        bw_findings_add(repo->unit->findings, BW_CODE_balena_changelog, repo->version_place,
                        "CHANGELOG.md has no heading '# v%s' of this version", repo->version);
}

void bw_balena_check_root(const bw_balena_repo *repo)
{
    check_items(repo);
    check_repo_yml(repo);
    check_submodules(repo);
    check_version(repo);
}
