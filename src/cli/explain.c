/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char *example_fence(const char *example)
{
    /* Examples of board.yml and support.yml begin with a key or a list item; those of DTS never do. */
    return strchr(example, ';') || strchr(example, '#') || strchr(example, '{') ? "dts" : "yaml";
}

static void print_lines(const char *prefix, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");

        printf("%s%.*s\n", prefix, (int)len, text);
        text += len;
        text += *text == '\n';
    }
}

/* Wraps at 90 columns; bytes of UTF-8 sequences after the first take no column. */
static void print_wrapped(const char *text)
{
    int column = 0;

    while (*text) {
        size_t len = strcspn(text, " \n");
        int width = 0;

        for (size_t i = 0; i < len; i++)
            width += ((unsigned char)text[i] & 0xC0) != 0x80;
        if (column > 0 && column + 1 + width > 90) {
            putchar('\n');
            column = 0;
        }
        column += printf("%s", column > 0 ? " " : "") + width;
        printf("%.*s", (int)len, text);
        text += len;
        if (*text == '\n') {
            putchar('\n');
            column = 0;
        }
        text += *text != '\0';
    }
    putchar('\n');
}

static void explain(bw_code code)
{
    const bw_code_info *info = &bw_codes[code];

    printf("%s (%s%s)%s%s%s\n\n", info->name, bw_severity_name(info->severity),
           info->severity == BW_OFF ? " unless asked for" : "", info->dtc ? ", dtc's check " : "",
           info->dtc ? info->dtc : "", "");
    printf("%s.\n\n", info->title);
    print_wrapped(info->text);
    if (info->example[0]) {
        puts("\nExample:\n");
        print_lines("    ", info->example);
    }
    if (info->cure[0]) {
        putchar('\n');
        printf("Cure: ");
        print_wrapped(info->cure);
    }
}

static void list_all(void)
{
    for (int i = 0; i < BW_CODE_COUNT; i++)
        printf("%-28s %-8s %s\n", bw_codes[i].name, bw_severity_name(bw_codes[i].severity), bw_codes[i].title);
}

static void print_markdown(void)
{
    puts("<!-- Made by `boardwright explain --markdown` from src/check/findings.def. Do not edit. -->\n"
         "# Findings\n\n"
         "Each finding has a code. `boardwright explain CODE` prints the same text; `-W CODE=LEVEL` sets its level\n"
         "(`off`, `note`, `warning`, `error`). A check that dtc has too answers to dtc's name as well.\n\n"
         "| code | level | dtc's name | |\n|---|---|---|---|");
    for (int i = 0; i < BW_CODE_COUNT; i++) {
        const bw_code_info *c = &bw_codes[i];
        printf("| [`%s`](#%s) | %s | %s%s%s | %s |\n", c->name, c->name, bw_severity_name(c->severity),
               c->dtc ? "`" : "", c->dtc ? c->dtc : "", c->dtc ? "`" : "", c->title);
    }
    for (int i = 0; i < BW_CODE_COUNT; i++) {
        const bw_code_info *c = &bw_codes[i];
        printf("\n## %s\n\n**%s.** %s\n", c->name, c->title, c->text);
        if (c->example[0])
            printf("\n```%s\n%s\n```\n", example_fence(c->example), c->example);
        if (c->cure[0])
            printf("\n*Cure:* %s\n", c->cure);
    }
}

static int explain_one(const char *name)
{
    bw_code code;

    if (bw_code_find(name, &code)) {
        explain(code);
        return BW_EXIT_OK;
    }
    const char *names[2 * BW_CODE_COUNT + 1];
    size_t count = 0;
    for (int i = 0; i < BW_CODE_COUNT; i++) {
        names[count++] = bw_codes[i].name;
        if (bw_codes[i].dtc)
            names[count++] = bw_codes[i].dtc;
    }
    names[count] = NULL;
    const char *near = bw_nearest(name, names);
    return bw_usage_error("explain", "there is no finding '%s'%s%s%s", name, near ? "; did you mean '" : "",
                          near ? near : "", near ? "'?" : "");
}

int bw_cmd_explain(int argc, char **argv)
{
    gboolean markdown = FALSE;
    gboolean names = FALSE;
    const GOptionEntry entries[] = {
        {"markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, "All findings as Markdown: docs/findings.md", NULL},
        {"names", 0, 0, G_OPTION_ARG_NONE, &names, "Only the codes, one a line", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "[CODE…]",
        .summary = "Explains findings: what they mean, an example, the cure. CODE is the word in brackets at the\n"
                   "end of a finding, or dtc's name of the check. Without CODE all findings are listed.",
        .entries = entries,
    };
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    result = BW_EXIT_OK;
    if (markdown)
        print_markdown();
    else if (names)
        for (int i = 0; i < BW_CODE_COUNT; i++)
            puts(bw_codes[i].name);
    else if (argc == 1)
        list_all();
    for (int i = 1; i < argc; i++) {
        if (i > 1)
            putchar('\n');
        if (explain_one(argv[i]) != BW_EXIT_OK)
            result = BW_EXIT_TROUBLE;
    }
    bw_options_free(&options);
    return result;
}
