/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `boardwright dtc`: the command line, output and exit status of dtc 1.8.1, so that a build system
 * can be pointed at it. Exit: 0, also with warnings; 1 what cannot be read, written or understood;
 * 2 errors of checks without -f.
 */
#include "base/output.h"
#include "check/check.h"
#include "cli/commands.h"
#include "cli/dtc_report.h"
#include "dts/dts.h"
#include "dts/print.h"
#include "fdt/fdt.h"
#include "tree/sort.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

enum { EXIT_FATAL = 1, EXIT_CHECKS = 2 };

typedef struct arguments {
    const char *input, *output, *in_format, *out_format, *depfile;
    GPtrArray *include_dirs; /* -i, ends with NULL once parsed */
    bw_fdt_write_options write;
    bw_fdt_generate_options generate;
    bw_check_set checks;
    unsigned quiet, annotate;
    bool force, sort;
} arguments;

static const struct option long_options[] = {
    {"quiet", no_argument, NULL, 'q'},
    {"in-format", required_argument, NULL, 'I'},
    {"out", required_argument, NULL, 'o'},
    {"out-format", required_argument, NULL, 'O'},
    {"out-version", required_argument, NULL, 'V'},
    {"out-dependency", required_argument, NULL, 'd'},
    {"reserve", required_argument, NULL, 'R'},
    {"space", required_argument, NULL, 'S'},
    {"pad", required_argument, NULL, 'p'},
    {"align", required_argument, NULL, 'a'},
    {"boot-cpu", required_argument, NULL, 'b'},
    {"force", no_argument, NULL, 'f'},
    {"include", required_argument, NULL, 'i'},
    {"sort", no_argument, NULL, 's'},
    {"phandle", required_argument, NULL, 'H'},
    {"warning", required_argument, NULL, 'W'},
    {"error", required_argument, NULL, 'E'},
    {"symbols", no_argument, NULL, '@'},
    {"local-fixups", no_argument, NULL, 'L'},
    {"auto-alias", no_argument, NULL, 'A'},
    {"annotate", no_argument, NULL, 'T'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "Usage: dtc [options] [input file]\n"
    "\n"
    "Devicetree compiler with the options of dtc. Without a file, or with -, it reads standard input.\n"
    "\n"
    "  -I, --in-format FORMAT    dts (source), dtb (blob) or fs (a directory as /proc/device-tree);\n"
    "                            guessed from the file if not given\n"
    "  -O, --out-format FORMAT   dts, dtb, yaml, asm or null (only check); guessed from the output's name,\n"
    "                            else dtb for source and dts for the others\n"
    "  -o, --out FILE            output, - is standard output\n"
    "  -d, --out-dependency FILE write the names of all files read, for make\n"
    "  -i, --include DIR         look for /include/ and /incbin/ files there too; repeatable\n"
    "  -V, --out-version N       version of the blob: 1, 2, 3, 16 or 17 (the usual one)\n"
    "  -R, --reserve N           room for N more entries in the reserve map\n"
    "  -S, --space BYTES         pad the blob up to a size\n"
    "  -p, --pad BYTES           add zero bytes at the end\n"
    "  -a, --align BYTES         round the blob's size up to a multiple of a power of two\n"
    "  -b, --boot-cpu N          number of the boot CPU in the blob's header\n"
    "  -H, --phandle FORM        epapr (phandle), legacy (linux,phandle) or both\n"
    "  -s, --sort                sort nodes and properties by name\n"
    "  -@, --symbols             add /__symbols__, so that overlays can be applied\n"
    "  -L, --local-fixups        add /__fixups__ and /__local_fixups__\n"
    "  -A, --auto-alias          add an alias for each label\n"
    "  -T, --annotate            dts to dts: say where each line comes from; twice: with columns\n"
    "  -W, --warning [no-]CHECK  switch a check on (or off) as a warning\n"
    "  -E, --error [no-]CHECK    switch a check on (or off) as an error\n"
    "  -f, --force               write the output even if checks fail\n"
    "  -q, --quiet               no warnings; -qq no errors either; -qqq nothing\n"
    "  -h, --help                show this\n"
    "  -v, --version             show the version\n";

static int fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int fatal(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fputs("FATAL ERROR: ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    return EXIT_FATAL;
}

/* -- arguments ---------------------------------------------------------------------------------- */

static bool number(char option, const char *text, uint32_t *value)
{
    char *end;

    errno = 0;
    long long n = strtoll(text, &end, 0);
    if (errno || end == text || *end || n < INT32_MIN || n > UINT32_MAX) {
        fatal("Invalid argument \"%s\" to -%c option", text, option);
        return false;
    }
    *value = (uint32_t)n;
    return true;
}

static bool phandle_format(arguments *a, const char *text)
{
    if (strcmp(text, "legacy") == 0)
        a->generate.phandles = BW_PHANDLE_LEGACY;
    else if (strcmp(text, "epapr") == 0)
        a->generate.phandles = BW_PHANDLE_EPAPR;
    else if (strcmp(text, "both") == 0)
        a->generate.phandles = BW_PHANDLE_BOTH;
    else
        fatal("Invalid argument \"%s\" to -H option", text);
    return a->generate.phandles != 0;
}

static bool check_option(arguments *a, const char *text, bool error)
{
    if (bw_check_option(&a->checks, text, !error, error))
        return true;
    fatal("Unrecognized check name \"%s\"", text);
    return false;
}

/* @return false if the option is wrong, which was said then. */
static bool option(arguments *a, int letter, char *value)
{
    switch (letter) {
    case 'I':
        a->in_format = value;
        return true;
    case 'O':
        a->out_format = value;
        return true;
    case 'o':
        a->output = value;
        return true;
    case 'd':
        a->depfile = value;
        return true;
    case 'i':
        g_ptr_array_add(a->include_dirs, value);
        return true;
    case 'V':
        if (!number('V', value, &a->write.version))
            return false;
        if (a->write.version == 0) /* which the writer takes for the usual one */
            fatal("Unknown device tree blob version %s", value);
        return a->write.version != 0;
    case 'R':
        return number('R', value, &a->write.reserve_slots);
    case 'S':
        return number('S', value, &a->write.min_size);
    case 'p':
        return number('p', value, &a->write.pad);
    case 'a':
        if (!number('a', value, &a->write.align))
            return false;
        if (a->write.align != 0 && (a->write.align & (a->write.align - 1)) == 0)
            return true;
        fatal("Invalid argument \"%s\" to -a option: it is no power of two", value);
        return false;
    case 'b':
        a->write.boot_cpuid_set = true;
        return number('b', value, &a->write.boot_cpuid);
    case 'H':
        return phandle_format(a, value);
    case 'W':
        return check_option(a, value, false);
    case 'E':
        return check_option(a, value, true);
    case 'f':
        a->force = true;
        return true;
    case 'q':
        a->quiet++;
        return true;
    case 's':
        a->sort = true;
        return true;
    case '@':
        a->generate.symbols = true;
        return true;
    case 'L':
        a->generate.fixups = true;
        return true;
    case 'A':
        a->generate.aliases = true;
        return true;
    case 'T':
        a->annotate++;
        return true;
    default:
        return false;
    }
}

/* @return -1 to go on, else the exit status. */
static int parse(arguments *a, int argc, char **argv)
{
    int letter;

    optind = 1;
    while ((letter = getopt_long(argc, argv, "qI:O:o:V:d:R:S:p:a:fb:i:H:sW:E:@LAThv", long_options, NULL)) != -1) {
        if (letter == 'h') {
            fputs(help_text, stdout);
            return 0;
        }
        if (letter == 'v') {
            puts("Version: DTC 1.8.1 (boardwright " BW_VERSION ")");
            return 0;
        }
        if (letter == '?') {
            fputs(help_text, stderr);
            return EXIT_FATAL;
        }
        if (!option(a, letter, optarg))
            return EXIT_FATAL;
    }
    if (argc > optind + 1) {
        fprintf(stderr, "%s\nError: more than one input file: %s, %s\n", help_text, argv[optind], argv[optind + 1]);
        return EXIT_FATAL;
    }
    a->input = argc > optind ? argv[optind] : "-";
    g_ptr_array_add(a->include_dirs, NULL);
    if (a->write.min_size && a->write.pad)
        return fatal("Can't set both -p and -S");
    return -1;
}

/* -- formats ------------------------------------------------------------------------------------ */

static const char *format_of_name(const char *name, const char *otherwise)
{
    static const char *const known[][2] = {{".dts", "dts"}, {".yaml", "yaml"}, {".dtbo", "dtb"}, {".dtb", "dtb"}};
    const char *suffix = strrchr(name, '.');

    for (size_t i = 0; suffix && i < G_N_ELEMENTS(known); i++)
        if (strcasecmp(suffix, known[i][0]) == 0)
            return known[i][1];
    return otherwise;
}

static const char *format_of_input(const char *path)
{
    unsigned char magic[4];
    struct stat st;

    if (stat(path, &st) != 0)
        return "dts";
    if (S_ISDIR(st.st_mode))
        return "fs";
    FILE *f = S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
    if (!f)
        return "dts";
    size_t n = fread(magic, 1, sizeof magic, f);
    fclose(f);
    if (n < sizeof magic)
        return "dts";
    return bw_fdt_is_blob(magic, n) ? "dtb" : format_of_name(path, "dts");
}

/* @return -1, or the exit status. */
static int choose_formats(arguments *a)
{
    if (!a->in_format)
        a->in_format = format_of_input(a->input);
    bool source = strcmp(a->in_format, "dts") == 0;
    if (!a->out_format)
        a->out_format = format_of_name(a->output, source ? "dtb" : "dts");
    if (a->annotate && (!source || strcmp(a->out_format, "dts") != 0))
        return fatal("--annotate requires -I dts -O dts");
    if (!source && strcmp(a->in_format, "dtb") != 0 && strcmp(a->in_format, "fs") != 0)
        return fatal("Unknown input format \"%s\"", a->in_format);
    static const char *const outputs[] = {"dts", "dtb", "yaml", "asm", "null", NULL};
    if (!g_strv_contains(outputs, a->out_format))
        return fatal("Unknown output format \"%s\"", a->out_format);
    if (strcmp(a->out_format, "yaml") == 0 && !source)
        return fatal("YAML output format requires dts input format");
    return -1;
}

/* -- reading and writing ------------------------------------------------------------------------ */

static bw_tree *read_blob(const arguments *a, bw_unit *unit)
{
    int error = 0;
    bw_source *source = bw_source_open(unit->ctx->sources, a->input, &error);

    if (source)
        return bw_fdt_read(unit, source);
    bw_findings_add(unit->findings, BW_CODE_file_unreadable, bw_file_place(a->input), "cannot be read: %s",
                    g_strerror(error));
    return NULL;
}

static bw_tree *read_tree(const arguments *a, bw_unit *unit)
{
    bw_dts_options options = {.dialect = BW_DIALECT_DTC, .dts_dirs = (const char *const *)a->include_dirs->pdata};

    if (strcmp(a->in_format, "dtb") == 0)
        return read_blob(a, unit);
    if (strcmp(a->in_format, "fs") == 0)
        return bw_fdt_read_dir(unit, a->input);
    return bw_dts_read(unit, a->input, &options);
}

static void add_escaped(bw_buffer *out, const char *path)
{
    for (; *path; path++) {
        if (*path == ' ')
            bw_buffer_byte(out, '\\');
        bw_buffer_byte(out, (uint8_t)*path);
    }
}

/* "output: input include…" for make. */
static int write_dependencies(const arguments *a, const bw_unit *unit)
{
    bw_buffer text = {0};
    uint32_t count = 0;
    int error = 0;
    const char *const *files = strcmp(a->in_format, "dts") == 0 ? bw_dts_files(unit, &count) : NULL;

    add_escaped(&text, a->output);
    bw_buffer_byte(&text, ':');
    if (strcmp(a->in_format, "dtb") == 0) {
        bw_buffer_byte(&text, ' ');
        add_escaped(&text, strcmp(a->input, "-") == 0 ? "<stdin>" : a->input);
    }
    for (uint32_t i = 0; i < count; i++) {
        bw_buffer_byte(&text, ' ');
        add_escaped(&text, files[i]);
    }
    bw_buffer_byte(&text, '\n');
    bool written = bw_write_file_unsynced(a->depfile, text.data, text.len, &error);
    bw_buffer_free(&text);
    return written ? -1 : fatal("Couldn't open dependency file %s: %s", a->depfile, g_strerror(error));
}

static bool make_output(const arguments *a, bw_tree *tree, bw_buffer *out)
{
    if (strcmp(a->out_format, "dtb") == 0)
        return bw_fdt_write(tree, &a->write, out);
    if (strcmp(a->out_format, "asm") == 0)
        return bw_fdt_write_asm(tree, &a->write, out);
    if (strcmp(a->out_format, "yaml") == 0)
        return bw_dts_print_yaml(tree, out);
    if (strcmp(a->out_format, "dts") == 0)
        bw_dts_print(tree,
                     a->annotate > 1 ? BW_ANNOTATE_FULL
                     : a->annotate   ? BW_ANNOTATE_LINES
                                     : BW_ANNOTATE_NONE,
                     out);
    return true;
}

/* bw_write_file() leaves a file alone that holds the bytes already, and makes folders; make wants to see
 * that its target was made anew, and a wrong folder is an error of dtc. */
static int write_file(const char *path, const bw_buffer *out)
{
    char *folder = g_path_get_dirname(path);
    struct stat st;
    int error = 0;
    bool written = true;

    if (stat(folder, &st) != 0)
        error = errno;
    else
        written = bw_write_file_unsynced(path, out->data, out->len, &error);
    g_free(folder);
    if (!written || error)
        return fatal("Couldn't open output file %s: %s", path, g_strerror(error));
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        utimensat(AT_FDCWD, path, NULL, 0);
    return 0;
}

static int write_output(const arguments *a, const bw_buffer *out)
{
    if (strcmp(a->output, "-") != 0)
        return write_file(a->output, out);
    if ((out->len == 0 || fwrite(out->data, 1, out->len, stdout) == out->len) && fflush(stdout) == 0)
        return 0;
    return fatal("Error writing standard output: %s", g_strerror(errno));
}

/* -- the command -------------------------------------------------------------------------------- */

static int compile(const arguments *a, bw_unit *unit, bw_findings *findings, bw_buffer *out)
{
    bw_dtc_report report = {.quiet = a->quiet, .nowhere = strcmp(a->output, "-") == 0 ? "<stdout>" : a->output};
    bw_tree *tree = read_tree(a, unit);
    int status;

    bw_dtc_report_print(&report, findings);
    if (!tree || tree->broken) {
        bool unread = findings->last && findings->last->code == BW_CODE_file_unreadable;
        bool source = strcmp(a->in_format, "dts") == 0;

        return fatal("%s", unread   ? "Couldn't open the input"
                           : source ? "Syntax error parsing input tree"
                                    : "Unable to read input tree");
    }
    if (a->depfile && (status = write_dependencies(a, unit)) >= 0)
        return status;
    if (a->write.boot_cpuid_set)
        tree->boot_cpuid = a->write.boot_cpuid;

    bw_resolve_options resolve = {.phandles = a->generate.phandles,
                                  .keep_labelled = a->generate.symbols,
                                  .fixups = a->generate.fixups || tree->plugin};
    bool passed = bw_check_run_dtc(tree, &a->checks, &resolve);
    bw_dtc_report_print(&report, findings);
    if (!passed && !a->force) {
        fputs("ERROR: Input tree has errors, aborting (use -f to force output)\n", stderr);
        return EXIT_CHECKS;
    }
    if (!passed && a->quiet < 3)
        fputs("Warning: Input tree has errors, output forced\n", stderr);

    bool made = bw_fdt_generate(tree, &a->generate);
    if (a->sort)
        bw_tree_sort(tree);
    made = made && make_output(a, tree, out);
    bw_dtc_report_print(&report, findings);
    return made ? write_output(a, out) : fatal("No output was made");
}

int bw_cmd_dtc(int argc, char **argv)
{
    arguments a = {.output = "-", .include_dirs = g_ptr_array_new()};
    bw_findings findings;
    bw_buffer out = {0};

    bw_check_set_init(&a.checks);
    int status = parse(&a, argc, argv);
    if (status < 0)
        status = choose_formats(&a);
    if (status < 0) {
        bw_context *ctx = bw_context_new();
        bw_unit *unit = bw_unit_new(ctx);

        bw_check_set_apply(&a.checks, ctx);
        bw_findings_init(&findings, ctx);
        bw_unit_begin(unit, &findings);
        status = compile(&a, unit, &findings, &out);
        bw_unit_free(unit);
        bw_findings_free(&findings);
        bw_context_free(ctx);
    }
    bw_buffer_free(&out);
    g_ptr_array_free(a.include_dirs, TRUE);
    return status;
}
