/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "base/output.h"
#include "systems/balena/update.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *release_name;
static gboolean fix;

static const GOptionEntry entries[] = {
    {"release", 0, 0, G_OPTION_ARG_STRING, &release_name, "Release of Yocto to move to (scarthgap)", "NAME"},
    {"fix", 0, 0, G_OPTION_ARG_NONE, &fix, "Change the files; else the changes are printed as a diff", NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "REPO",
    .summary = "Says what a repository needs to move to a newer release of Yocto and meta-balena.",
    .description =
        "What is certain is printed as a diff that git apply takes, or done with --fix: names of the older override\n"
        "style, LAYERSERIES_COMPAT, the list of layers and where it lies, names of classes, branches of submodules,\n"
        "partition sizes of machines in the field. Submodules are not moved to other commits.",
    .groups = BW_OPT_LEVELS,
    .entries = entries,
};

/* ---- writing ---- */

static bool write_change(const bw_balena_repo *repo, const bw_balena_file_change *c)
{
    char *to = g_strconcat(repo->root, "/", c->new_path, NULL);
    char *from = g_strconcat(repo->root, "/", c->path, NULL);
    const bool moves = strcmp(c->path, c->new_path) != 0;
    GString *text = bw_balena_changed_text(c);
    int error = 0;
    bool done = false;

    if (moves && access(to, F_OK) == 0)
        fprintf(stderr, "boardwright: %s is there already: %s stays\n", to, from);
    else if (!bw_write_file(to, text->str, text->len, &error))
        fprintf(stderr, "boardwright: %s: %s\n", to, g_strerror(error));
    else if (moves && unlink(from) != 0)
        fprintf(stderr, "boardwright: %s: %s\n", from, g_strerror(errno));
    else
        done = true;
    if (done && moves) { /* its folder goes with the last file in it */
        char *folder = g_path_get_dirname(from);
        rmdir(folder);
        g_free(folder);
    }
    g_string_free(text, TRUE);
    g_free(from);
    g_free(to);
    return done;
}

static bool write_changes(const bw_balena_updates *update)
{
    bool all = true;

    for (guint i = 0; i < update->files->len; i++)
        all &= write_change(update->repo, update->files->pdata[i]);
    return all;
}

static void print_changes(const bw_balena_updates *update)
{
    GString *diff = g_string_new(NULL);

    for (guint i = 0; i < update->files->len; i++)
        bw_balena_change_diff(update->files->pdata[i], diff);
    fwrite(diff->str, 1, diff->len, stdout);
    g_string_free(diff, TRUE);
}

/* ---- the command ---- */

static int update_repo(const bw_options *options, const char *folder, const bw_balena_release *to)
{
    bw_context *ctx = bw_options_context(options);
    bw_unit *unit = bw_unit_new(ctx);
    bw_findings reading, findings;
    int result;

    bw_findings_init(&reading, ctx);
    bw_findings_init(&findings, ctx);
    bw_unit_begin(unit, &reading);
    bw_balena_repo *repo = bw_balena_repo_read(unit, folder);
    unit->findings = &findings; /* what cannot be read is for `check` to say */
    bw_balena_updates *update = bw_balena_update_make(repo, to);
    result = bw_print_findings_beside(options, &findings);
    if (!fix)
        print_changes(update);
    else if (!write_changes(update))
        result = BW_EXIT_TROUBLE;
    if (fix && result != BW_EXIT_TROUBLE)
        printf("%u files changed, %u names converted\n", update->files->len, update->names);
    bw_balena_update_free(update);
    bw_balena_repo_free(repo);
    bw_findings_free(&findings);
    bw_findings_free(&reading);
    bw_unit_free(unit);
    bw_context_free(ctx);
    return result;
}

int bw_balena_update(int argc, char **argv)
{
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    const bw_balena_release *to = bw_balena_release_find(release_name ? release_name : "scarthgap");
    if (argc != 2)
        result = bw_usage_error("balena update", argc < 2 ? "which repository?" : "one repository at a time");
    else if (!to)
        result = bw_usage_error("balena update", "that is no release of Yocto that is known");
    else if (!bw_balena_is_repo(argv[1]))
        result = bw_usage_error("balena update", "that is no integration repository of balenaOS");
    else
        result = update_repo(&options, argv[1], to);
    g_free(release_name);
    bw_options_free(&options);
    return result;
}
