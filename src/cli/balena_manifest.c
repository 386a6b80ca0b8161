/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "json/write.h"
#include "systems/balena/coffee.h"

#include <stdio.h>
#include <string.h>

static char *common_path;

static const GOptionEntry entries[] = {
    {"common", 0, 0, G_OPTION_ARG_FILENAME, &common_path,
     "What the device-types package shares, as JSON; else it is left as it is named", "FILE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "FILE.coffee",
    .summary = "Prints the JSON manifest that balenaOS's build makes of a device type.",
    .description =
        "Texts that all device types share are not part of boardwright: they appear by name, as <%= ETCHER_SD %>.\n"
        "With node and the package, --common has them:\n"
        "  node -e 'require(\"coffee-script/register\"); console.log(JSON.stringify(\n"
        "           require(\"@resin.io/device-types/common\")))' > common.json",
    .groups = BW_OPT_LEVELS,
    .entries = entries,
};

/* The file's name without its folder and ending. @return to be freed. */
static char *file_name(const char *path)
{
    char *name = g_path_get_basename(path);

    if (g_str_has_suffix(name, ".coffee"))
        name[strlen(name) - strlen(".coffee")] = '\0';
    return name;
}

static int manifest(const bw_options *options, const char *path)
{
    static const bw_json_format format = {.sorted = false};
    bw_context *ctx = bw_options_context(options);
    bw_unit *unit = bw_unit_new(ctx);
    bw_findings findings;
    const bw_json *common = NULL;
    const bw_json *made = NULL;

    bw_findings_init(&findings, ctx);
    bw_unit_begin(unit, &findings);
    if (common_path)
        common = bw_json_read_file(ctx, common_path, BW_JSON_STRICT, &unit->arena, &findings);
    if (common || !common_path) {
        const bw_json *exports = bw_coffee_read(unit, path, common);
        char *name = file_name(path);

        made = exports ? bw_coffee_manifest(unit, exports, name, common) : NULL;
        g_free(name);
    }
    int result = bw_print_findings_beside(options, &findings);
    if (bw_has_trouble(&findings))
        result = BW_EXIT_TROUBLE;
    if (made) {
        char *text = bw_json_text_of(made, &format);
        fputs(text, stdout);
        g_free(text);
    }
    bw_findings_free(&findings);
    bw_unit_free(unit);
    bw_context_free(ctx);
    return made || result != BW_EXIT_OK ? result : BW_EXIT_FINDINGS;
}

int bw_balena_manifest(int argc, char **argv)
{
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    if (argc != 2)
        result = bw_usage_error("balena manifest", argc < 2 ? "which device type?" : "one device type at a time");
    else if (g_file_test(argv[1], G_FILE_TEST_IS_DIR))
        result = bw_usage_error("balena manifest", "that is a folder; give the NAME.coffee of one device type");
    else
        result = manifest(&options, argv[1]);
    g_free(common_path);
    bw_options_free(&options);
    return result;
}
