/* SPDX-License-Identifier: Apache-2.0 */
/*
 * boards/<vendor>/<board>/: all but the devicetrees.
 *
 * Source: Zephyr 4.1, doc/hardware/porting/board_porting.rst, scripts/schemas/board-schema.yml,
 * scripts/schemas/twister/platform-schema.yaml; cmake/emu/qemu.cmake.
 */
#include "systems/zephyr/write.h"

#include "base/text.h"

#include <string.h>

static const char *const licence = "# SPDX-License-Identifier: Apache-2.0\n\n";

#define KIB 1024
#define MIB (1024 * 1024)

/* ---- words ------------------------------------------------------------------------------------------------ */

void bw_zephyr_add(const bw_system_whole *whole, GString *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *name = g_strdup_vprintf(format, args);
    va_end(args);
    char *path = g_strdup_printf("%s/%s", whole->folder, name);
    bw_plan_add(whole->plan, path, text->str, text->len);
    g_string_free(text, TRUE);
    g_free(path);
    g_free(name);
}

/* What YAML 1.1 takes for text without quotes: a word that begins with a letter and is no other value's name. */
static bool is_plain(const char *text)
{
    static const char *const values[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", NULL};
    char *small = g_ascii_strdown(text, -1);
    bool plain = g_ascii_isalpha(*text) && !g_strv_contains(values, small);

    g_free(small);
    for (const char *p = text; *p && plain; p++)
        plain = g_ascii_isalnum(*p) || strchr("_-./", *p);
    return plain;
}

static void quote(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, c < 0x20 || c == 0x7f ? '?' : (char)c); /* UTF-8 stays */
    }
    g_string_append_c(out, '"');
}

void bw_zephyr_scalar(GString *out, const char *text)
{
    if (is_plain(text))
        g_string_append(out, text);
    else
        quote(out, text);
}

const char *bw_zephyr_arch_name(const bw_zephyr_output *t)
{
    switch (t->arch) {
    case BW_ARCH_ARM_M:
    case BW_ARCH_ARM:
        return "arm";
    case BW_ARCH_AARCH64:
        return "arm64";
    case BW_ARCH_RISCV:
        return "riscv";
    default:
        return NULL;
    }
}

bool bw_zephyr_is_shared(const bw_zephyr_output_board *board)
{
    return board->extends || board->targets->len > 1;
}

/* ---- board.yml -------------------------------------------------------------------------------------------- */

static void add_variants(GString *out, const bw_yml_variant *variants, uint32_t count, int indent)
{
    if (count)
        g_string_append_printf(out, "%*svariants:\n", indent, "");
    for (uint32_t i = 0; i < count && indent < 40; i++) {
        g_string_append_printf(out, "%*s- name: ", indent, "");
        bw_zephyr_scalar(out, variants[i].name);
        g_string_append_c(out, '\n');
        if (variants[i].cpucluster) {
            g_string_append_printf(out, "%*scpucluster: ", indent + 2, "");
            bw_zephyr_scalar(out, variants[i].cpucluster);
            g_string_append_c(out, '\n');
        }
        add_variants(out, variants[i].variants, variants[i].variant_count, indent + 2);
    }
}

static void add_revisions(GString *out, const bw_yml_board *yml)
{
    g_string_append_printf(out, "  revision:\n    format: %s\n", yml->revision_format);
    if (yml->default_revision) {
        g_string_append(out, "    default: ");
        quote(out, yml->default_revision);
        g_string_append_c(out, '\n');
    }
    if (yml->revision_exact)
        g_string_append(out, "    exact: true\n");
    if (yml->revision_count)
        g_string_append(out, "    revisions:\n");
    for (uint32_t i = 0; i < yml->revision_count; i++) {
        g_string_append(out, "    - name: ");
        quote(out, yml->revisions[i].name);
        g_string_append_c(out, '\n');
    }
}

static const char *their_name(const bw_zephyr_output_board *board, const char *soc)
{
    bw_zephyr_their_soc theirs;

    return bw_zephyr_soc_of_theirs(board, soc, &theirs) ? theirs.name : soc;
}

static void add_socs(GString *out, const bw_zephyr_output_board *board)
{
    const bw_yml_board *yml = board->yml;

    g_string_append(out, "  socs:\n");
    for (uint32_t i = 0; yml && i < yml->soc_count; i++) {
        g_string_append(out, "  - name: ");
        bw_zephyr_scalar(out, their_name(board, yml->socs[i].name));
        g_string_append_c(out, '\n');
        add_variants(out, yml->socs[i].variants, yml->socs[i].variant_count, 4);
    }
    if (!yml) {
        const bw_zephyr_output *only = board->targets->pdata[0];

        g_string_append(out, "  - name: ");
        bw_zephyr_scalar(out, their_name(board, only->soc));
        g_string_append_c(out, '\n');
    }
}

static GString *extension_yml(const bw_zephyr_output_board *board)
{
    GString *out = g_string_new("board:\n  extend: ");

    bw_zephyr_scalar(out, board->name);
    g_string_append(out, "\n  variants:\n");
    for (uint32_t i = 0; i < board->yml->variant_count; i++) {
        g_string_append(out, "  - name: ");
        bw_zephyr_scalar(out, board->yml->variants[i].name);
        g_string_append(out, "\n    qualifier: ");
        bw_zephyr_scalar(out, board->yml->variants[i].qualifier);
        g_string_append_c(out, '\n');
    }
    return out;
}

static GString *board_yml(const bw_zephyr_output_board *board)
{
    if (board->extends)
        return extension_yml(board);
    GString *out = g_string_new("board:\n  name: ");

    bw_zephyr_scalar(out, board->name);
    g_string_append(out, "\n  full_name: ");
    bw_zephyr_scalar(out, board->full_name);
    g_string_append(out, "\n  vendor: ");
    bw_zephyr_scalar(out, board->vendor);
    g_string_append_c(out, '\n');
    if (board->yml && board->yml->revision_format)
        add_revisions(out, board->yml);
    add_socs(out, board);
    return out;
}

/* ---- Kconfig ---------------------------------------------------------------------------------------------- */

static GString *kconfig_board(const bw_zephyr_output_board *board)
{
    GString *out = g_string_new(licence);

    g_string_append_printf(out, "config %s\n", board->symbol);
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        g_string_append_printf(out, "\tselect %s", bw_zephyr_soc_symbol(board, t));
        if (bw_zephyr_is_shared(board) || t->cluster)
            g_string_append_printf(out, " if %s", t->symbol);
        g_string_append_c(out, '\n');
    }
    return out;
}

static bool has_qemu(const bw_zephyr_output_board *board)
{
    for (guint i = 0; i < board->targets->len; i++)
        if (((const bw_zephyr_output *)board->targets->pdata[i])->machine)
            return true;
    return false;
}

/* QEMU_TARGET cannot stand in Kconfig.<board>, which the SoC tree reads without the rest. */
static GString *kconfig(const bw_zephyr_output_board *board)
{
    GString *out = g_string_new(licence);

    g_string_append_printf(out, "config %s\n", board->symbol);
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        if (!t->machine)
            continue;
        g_string_append(out, "\tselect QEMU_TARGET");
        if (bw_zephyr_is_shared(board))
            g_string_append_printf(out, " if %s", t->symbol);
        g_string_append_c(out, '\n');
    }
    return out;
}

/* Of QEMU's instruction counting no default fits all: nanoseconds per instruction as a power of two. With several CPUs
 * it would take them one after the other. */
static GString *kconfig_defconfig(const bw_zephyr_output_board *board)
{
    GString *out = g_string_new(licence);

    g_string_append_printf(out, "if %s\n", board->symbol);
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];
        const char *condition = bw_zephyr_is_shared(board) ? t->symbol : NULL;

        if (!t->machine)
            continue;
        if (t->qemu_cpus > 1)
            g_string_append_printf(out, "\nconfig QEMU_ICOUNT\n\tdefault n%s%s\n", condition ? " if " : "",
                                   condition ? condition : "");
        g_string_append_printf(out, "\nconfig QEMU_ICOUNT_SHIFT\n\tdefault %d if QEMU_ICOUNT%s%s\n",
                               t->arch == BW_ARCH_AARCH64 ? 4 : 6, condition ? " && " : "", condition ? condition : "");
    }
    g_string_append_printf(out, "\nendif # %s\n", board->symbol);
    return out;
}

/* The variant that Zephyr's boards call smp runs one kernel on all CPUs; any other leaves all but one alone. */
static bool is_smp(const bw_zephyr_output *t)
{
    return t->cpu_count > 1 && g_str_has_suffix(t->qualifiers, "/smp");
}

static GString *defconfig(const bw_system_whole *whole, const bw_zephyr_output_board *board, const bw_zephyr_output *t)
{
    GString *out = g_string_new(licence);

    if (t->has_console)
        g_string_append(out, "CONFIG_SERIAL=y\nCONFIG_CONSOLE=y\nCONFIG_UART_CONSOLE=y\n");
    if (t->arch == BW_ARCH_AARCH64)
        g_string_append_printf(out, "CONFIG_ARM_ARCH_TIMER=y\n");
    g_string_append_printf(out, "CONFIG_XIP=%c\n", t->from_flash ? 'y' : 'n');
    if (bw_zephyr_has_worlds(board, t))
        g_string_append_printf(out, "CONFIG_ARM_TRUSTZONE_M=y\nCONFIG_TRUSTED_EXECUTION_%s=y\n",
                               bw_zephyr_is_nonsecure(t) ? "NONSECURE" : "SECURE");
    if (is_smp(t))
        g_string_append_printf(out, "%sCONFIG_SMP=y\nCONFIG_MP_MAX_NUM_CPUS=%u\n",
                               t->arch == BW_ARCH_AARCH64 ? "CONFIG_CACHE_MANAGEMENT=y\n" : "", t->cpu_count);
    if (t->configs && *t->configs) {
        bw_arena arena;

        bw_arena_init(&arena);
        g_string_assign(out, bw_zephyr_merge_configs(whole->ctx, out->str, t->configs, &arena));
        bw_arena_free(&arena);
    }
    return out;
}

/* ---- board.cmake ------------------------------------------------------------------------------------------ */

/* A word of CMake's, in quotes where it needs them. */
static void cmake_word(GString *out, const char *word)
{
    bool plain = *word != '\0';

    for (const char *p = word; *p && plain; p++)
        plain = g_ascii_isalnum(*p) || strchr("_-./,=:+", *p);
    if (plain) {
        g_string_append(out, word);
        return;
    }
    g_string_append_c(out, '"');
    for (; *word; word++) {
        if (strchr("\"\\$;", *word))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *word == '\n' ? ' ' : *word);
    }
    g_string_append_c(out, '"');
}

static const char *qemu_suffix(const bw_zephyr_output *t)
{
    switch (t->arch) {
    case BW_ARCH_AARCH64:
        return "aarch64";
    case BW_ARCH_RISCV:
        return t->is_64 ? "riscv64" : "riscv32";
    default:
        return "arm";
    }
}

static void add_qemu(GString *out, const bw_zephyr_output *t, const char *indent)
{
    const char *bios = t->bios ? t->bios : t->arch == BW_ARCH_RISCV ? "none" : NULL;

    g_string_append_printf(out, "%sset(SUPPORTED_EMU_PLATFORMS qemu)\n%sset(QEMU_binary_suffix %s)\n", indent, indent,
                           qemu_suffix(t));
    if (t->arch == BW_ARCH_AARCH64)
        g_string_append_printf(out, "%sset(QEMU_ARCH aarch64)\n", indent);
    if (t->cpu) {
        g_string_append_printf(out, "%sset(QEMU_CPU_TYPE_${ARCH} ", indent);
        cmake_word(out, t->cpu);
        g_string_append(out, ")\n");
    }
    g_string_append_printf(out, "%sset(QEMU_FLAGS_${ARCH}\n%s  -nographic\n%s  -machine ", indent, indent, indent);
    cmake_word(out, t->machine);
    if (t->cpu)
        g_string_append_printf(out, "\n%s  -cpu ${QEMU_CPU_TYPE_${ARCH}}", indent);
    if (bios) {
        g_string_append_printf(out, "\n%s  -bios ", indent);
        cmake_word(out, bios);
    }
    if (t->memory)
        g_string_append_printf(out, "\n%s  -m %" G_GUINT64_FORMAT, indent, MAX(t->memory / MIB, 1));
    if (t->qemu_cpus)
        g_string_append_printf(out, "\n%s  -smp %" G_GUINT64_FORMAT, indent, t->qemu_cpus);
    for (const char *const *arg = t->args; arg && *arg; arg++) {
        g_string_append_printf(out, "\n%s  ", indent);
        cmake_word(out, *arg);
    }
    g_string_append_printf(out, "\n%s)\n%sboard_set_debugger_ifnset(qemu)\n", indent, indent);
}

/* What flashes and debugs a real board. */
static void add_runners(GString *out, const bw_zephyr_output_board *board)
{
    const bw_yaml *runners = bw_yaml_get(board->section, "runners");

    for (uint32_t i = 0; runners && i < runners->count; i++) {
        const bw_yaml *args = bw_yaml_get(runners->items[i], "args");
        const char *name = bw_yaml_to_text(bw_yaml_get(runners->items[i], "name"));

        if (args && args->count) {
            g_string_append_printf(out, "board_runner_args(%s", name);
            for (uint32_t j = 0; j < args->count; j++) {
                g_string_append_c(out, ' ');
                cmake_word(out, bw_yaml_to_text(args->items[j]));
            }
            g_string_append(out, ")\n");
        }
        g_string_append_printf(out, "include(${ZEPHYR_BASE}/boards/common/%s.board.cmake)\n", name);
    }
}

static bool wants_runners(const bw_zephyr_output_board *board)
{
    const bw_yaml *runners = bw_yaml_get(board->section, "runners");

    return runners && runners->count;
}

static GString *board_cmake(const bw_zephyr_output_board *board)
{
    GString *out = g_string_new(licence);

    if (!bw_zephyr_is_shared(board) && has_qemu(board)) {
        add_qemu(out, board->targets->pdata[0], "");
    } else {
        for (guint i = 0; i < board->targets->len; i++) {
            const bw_zephyr_output *t = board->targets->pdata[i];

            if (!t->machine)
                continue;
            g_string_append_printf(out, "if(CONFIG_%s)\n", t->symbol);
            add_qemu(out, t, "  ");
            g_string_append(out, "endif()\n");
        }
    }
    if (board->extends) /* real hardware is flashed as the base says */
        return out;
    if (has_qemu(board) && wants_runners(board))
        g_string_append_c(out, '\n');
    add_runners(out, board);
    return out;
}

/* ---- twister ---------------------------------------------------------------------------------------------- */

static void add_supported(GString *out, const bw_zephyr_output_board *board, const bw_zephyr_output *t)
{
    const bw_yaml *given = bw_yaml_get(board->section, "supported");

    if (given ? given->count : t->features->len)
        g_string_append(out, "supported:\n");
    for (uint32_t i = 0; given && i < given->count; i++) {
        g_string_append(out, "  - ");
        bw_zephyr_scalar(out, bw_yaml_to_text(given->items[i]));
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; !given && i < t->features->len; i++)
        g_string_append_printf(out, "  - %s\n", (const char *)t->features->pdata[i]);
}

static GString *twister_yaml(const bw_zephyr_output_board *board, const bw_zephyr_output *t)
{
    GString *out = g_string_new("identifier: ");
    GString *name = g_string_new(board->full_name);
    const char *arch = bw_zephyr_arch_name(t);

    if (bw_zephyr_is_shared(board))
        g_string_append_printf(name, " (%s)", t->qualifiers);
    bw_zephyr_scalar(out, t->name);
    g_string_append(out, "\nname: ");
    bw_zephyr_scalar(out, name->str);
    g_string_append_printf(out, "\nvendor: ");
    bw_zephyr_scalar(out, board->vendor);
    g_string_append_printf(out, "\ntype: %s\n", t->machine ? "qemu" : "mcu");
    if (t->machine)
        g_string_append(out, "simulation:\n  - name: qemu\n");
    if (arch)
        g_string_append_printf(out, "arch: %s\n", arch);
    g_string_append(out, "toolchain:\n  - zephyr\n");
    if (t->arch == BW_ARCH_ARM_M)
        g_string_append(out, "  - gnuarmemb\n");
    else
        g_string_append(out, "  - cross-compile\n");
    if (t->ram_size)
        g_string_append_printf(out, "ram: %" G_GUINT64_FORMAT "\n", t->ram_size / KIB);
    /* code runs from RAM where there is no flash */
    if (t->flash_size || t->ram_size)
        g_string_append_printf(out, "flash: %" G_GUINT64_FORMAT "\n",
                               (t->flash_size ? t->flash_size : t->ram_size) / KIB);
    add_supported(out, board, t);
    g_string_free(name, TRUE);
    return out;
}

/* ---- doc -------------------------------------------------------------------------------------------------- */

static void add_size(GString *out, const char *what, uint64_t bytes)
{
    if (!bytes)
        return;
    if (bytes % MIB == 0)
        g_string_append_printf(out, "- %s: %" G_GUINT64_FORMAT " MiB\n", what, bytes / MIB);
    else
        g_string_append_printf(out, "- %s: %" G_GUINT64_FORMAT " KiB\n", what, bytes / KIB);
}

static GString *doc_page(const bw_zephyr_output_board *board)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, ".. zephyr:board:: %s\n\nHardware\n********\n", board->name);
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        g_string_append_printf(out, "\n``%s``:\n\n", t->name);
        if (t->core || t->isa) {
            g_string_append_printf(out, "- %u × ", t->cpu_count);
            bw_text_comment(out, t->core ? t->core : t->isa);
            g_string_append_c(out, '\n');
        }
        add_size(out, "RAM", t->ram_size);
        add_size(out, "Flash", t->flash_size);
    }
    g_string_append(out, "\nSupported Features\n==================\n\n.. zephyr:board-supported-hw::\n"
                         "\nProgramming and Debugging\n*************************\n");
    if (!wants_runners(board) && !has_qemu(board))
        g_string_append(out, "\nNothing is set up yet: board.cmake is where a runner goes.\n");
    else
        g_string_append(out, "\n.. zephyr:board-supported-runners::\n");
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        g_string_append_printf(out,
                               "\n.. zephyr-app-commands::\n   :zephyr-app: samples/hello_world\n   :board: %s\n"
                               "   :goals: build%s\n",
                               t->name, t->machine ? " run" : "");
    }
    return out;
}

/* ---- the folder ------------------------------------------------------------------------------------------- */

void bw_zephyr_write_board(const bw_system_whole *whole, const bw_zephyr_output_board *board)
{
    const char *folder = board->folder;

    bw_zephyr_add(whole, board_yml(board), "%s/board.yml", folder);
    bw_zephyr_add(whole, kconfig_board(board), "%s/Kconfig.%s", folder, board->name);
    if (has_qemu(board))
        bw_zephyr_add(whole, kconfig(board), "%s/Kconfig", folder);
    if (has_qemu(board))
        bw_zephyr_add(whole, kconfig_defconfig(board), "%s/Kconfig.defconfig", folder);
    if (has_qemu(board) || wants_runners(board))
        bw_zephyr_add(whole, board_cmake(board), "%s/board.cmake", folder);
    if (!board->extends)
        bw_zephyr_add(whole, doc_page(board), "%s/doc/index.rst", folder);
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        bw_zephyr_add(whole, g_string_new(t->dts), "%s/%s.dts", folder, t->stem);
        bw_zephyr_add(whole, defconfig(whole, board, t), "%s/%s_defconfig", folder, t->stem);
        bw_zephyr_add(whole, twister_yaml(board, t), "%s/%s.yaml", folder, t->stem);
        for (uint32_t j = 0; j < t->more_count; j++)
            bw_zephyr_add(whole, g_string_new(t->more[j].text), "%s/%s", folder, t->more[j].name);
    }
}
