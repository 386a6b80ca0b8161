/* SPDX-License-Identifier: Apache-2.0 */
/* The files beside the devicetree. */
#include "import/parts.h"

#include "base/text.h"
#include "boot/machine.h"

#include <string.h>

/* A text in quotes, as JSON and YAML both read it. */
static void quote(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", c);
        else
            g_string_append_c(out, c >= 0x20 && c < 0x7f ? (char)c : '?');
    }
    g_string_append_c(out, '"');
}

/* Words that YAML 1.1 takes for text without quotes. */
static bool is_plain(const char *text)
{
    static const char *const others[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", NULL};

    if (!g_ascii_isalpha(*text))
        return false;
    for (const char *const *other = others; *other; other++)
        if (g_ascii_strcasecmp(text, *other) == 0)
            return false;
    for (const char *p = text; *p; p++)
        if (!g_ascii_isalnum(*p) && *p != '_' && *p != '-')
            return false;
    return true;
}

static void scalar(GString *out, const char *text)
{
    if (is_plain(text))
        g_string_append(out, text);
    else
        quote(out, text);
}

static void add(const bw_import_job *job, const char *path, GString *text)
{
    bw_plan_add(job->plan, path, text->str, text->len);
    g_string_free(text, TRUE);
}

void bw_import_add_board_yml(const bw_import_job *job, const bw_identity *identity)
{
    GString *out = g_string_new("board:\n  name: ");

    scalar(out, identity->name);
    g_string_append(out, "\n  full_name: ");
    quote(out, identity->title);
    if (identity->vendor) {
        g_string_append(out, "\n  vendor: ");
        scalar(out, identity->vendor);
    }
    g_string_append(out, "\n  socs:\n    - name: ");
    scalar(out, identity->soc);
    g_string_append_c(out, '\n');
    add(job, "board.yml", out);
}

/* @return whether there is a simulator to name. */
static bool add_support_yml(const bw_board *board, const bw_import_job *job, const bw_identity *identity)
{
    bw_machine_guess guess;

    if (!bw_machine_guess_of(board, &guess))
        return false;
    GString *out =
        g_string_new("# What runs the board: known by the compatible of the devicetree's root.\nsimulator:\n");
    g_string_append_printf(out, "  %s/%s:\n    qemu:\n      machine: ", identity->name, identity->soc);
    scalar(out, guess.machine);
    if (guess.cpu) {
        g_string_append(out, "\n      cpu: ");
        scalar(out, guess.cpu);
    }
    if (guess.memory) {
        g_string_append(out, "\n      memory: ");
        bw_text_size(out, guess.memory);
    }
    if (guess.cpus)
        g_string_append_printf(out, "\n      cpus: %" G_GUINT64_FORMAT, guess.cpus);
    if (guess.offset) {
        g_string_append(out,
                        "\n\n# The machine puts a devicetree of its own at the beginning of RAM.\nbare:\n  offset: ");
        bw_text_size(out, guess.offset);
    }
    g_string_append_c(out, '\n');
    add(job, "support.yml", out);
    g_free(guess.machine);
    return true;
}

static void add_readme(const bw_import_job *job, const bw_identity *identity, bool boots)
{
    GString *out = g_string_new("# ");
    char *base = g_path_get_basename(job->target->path);

    bw_text_comment(out, identity->title);
    g_string_append(out, "\n\nImported from `");
    bw_text_comment(out, strcmp(base, "-") == 0 ? "standard input" : base);
    g_string_append_printf(out,
                           "` by `boardwright import`.\n"
                           "\n"
                           "- `board.yml`: who the board is, in Zephyr's hardware model v2. Target `%s/%s`.\n"
                           "- `%s`: the hardware. Compiled again it is the devicetree that it was made from, but for\n"
                           "  the numbers of phandles.\n",
                           identity->name, identity->soc, identity->file);
    if (boots)
        g_string_append(out, "- `support.yml`: the simulator that has this machine.\n");
    g_string_append(out,
                    "- `manifest.sha256`: what was written. A later import leaves files alone that were edited since.\n"
                    "\n"
                    "In this folder:\n"
                    "\n"
                    "    boardwright check .\n"
                    "    boardwright show .\n"
                    "    boardwright map .\n"
                    "    boardwright build . -o out\n");
    if (boots)
        g_string_append(out, "    boardwright boot .\n");
    g_free(base);
    add(job, "README.md", out);
}

void bw_import_add_files(const bw_board *board, const bw_import_job *job, const bw_identity *identity,
                         const bw_import_result *result)
{
    (void)result;
    bw_import_add_board_yml(job, identity);
    add_readme(job, identity, add_support_yml(board, job, identity));
}
