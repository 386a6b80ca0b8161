/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/image.h"

#include "base/plan.h"
#include "base/embedded.h"

#include <errno.h>
#include <string.h>

#define BARE "bare"
#define PROBE "probe"
#define ELF "probe.elf"

/* So much of a compiler's words is enough. */
#define WORDS_MAX 2000

/* For all architectures. Paths are relative to the folder, so that the same sources give the same image anywhere. */
static const char *const common_flags[] = {"-std=c17",
                                           "-ffreestanding",
                                           "-fno-pic",
                                           "-fno-stack-protector",
                                           "-fno-asynchronous-unwind-tables",
                                           "-fno-unwind-tables",
                                           "-fomit-frame-pointer",
                                           "-fno-strict-aliasing",
                                           "-Os",
                                           "-ffunction-sections",
                                           "-fdata-sections",
                                           "-Wall",
                                           "-Wextra",
                                           "-I" BARE,
                                           "-I" PROBE,
                                           NULL};
static const char *const link_flags[] = {"-nostdlib",
                                         "-nostartfiles",
                                         "-static",
                                         "-no-pie",
                                         "-Wl,--gc-sections",
                                         "-Wl,--fatal-warnings",
                                         "-Wl,--defsym=__stack_size=0", /* the probe has its own */
                                         "-Wl,--build-id=none",
                                         "-Wl,-z,noexecstack",
                                         "-Wl,-z,max-page-size=4096",
                                         "-T" PROBE "/probe.ld", /* it inserts into the other */
                                         "-T" BARE "/board.ld",
                                         NULL};

/* -- which sources ------------------------------------------------------------------------------------ */

static const char *arch_name(bw_arch arch)
{
    switch (arch) {
    case BW_ARCH_ARM_M:
        return "arm_m";
    case BW_ARCH_ARM:
        return "arm";
    case BW_ARCH_AARCH64:
        return "aarch64";
    default:
        return "riscv";
    }
}

static bool is_wanted_driver(const bw_claims *claims, const char *path)
{
    return g_ptr_array_find_with_equal_func(claims->drivers, path, g_str_equal, NULL);
}

static bool is_compiled(const char *path)
{
    return g_str_has_suffix(path, ".c") || g_str_has_suffix(path, ".S");
}

/* Common files, headers, those of this architecture ("arch_arm.c", not "arch_arm_m.c"), and the drivers in use. */
static bool is_needed(const bw_claims *claims, const char *path)
{
    const char *arch = arch_name(claims->arch);
    size_t len = strlen(arch);

    if (!is_compiled(path))
        return true;
    if (g_str_has_prefix(path, "drivers/"))
        return is_wanted_driver(claims, path);
    if (g_str_has_prefix(path, "arch_"))
        return strncmp(path + 5, arch, len) == 0 && path[5 + len] == '.';
    return true;
}

/* -- the compiler's command line ---------------------------------------------------------------------- */

static void add_all(GPtrArray *argv, const char *const *words)
{
    for (; *words; words++)
        g_ptr_array_add(argv, g_strdup(*words));
}

static GPtrArray *command_of(const bw_image_job *job, const bw_toolchain *toolchain)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(toolchain->compiler));
    for (guint i = 0; i < toolchain->flags->len; i++)
        g_ptr_array_add(argv, g_strdup(toolchain->flags->pdata[i]));
    add_all(argv, common_flags);
    /* All of the image within 1 MiB: shorter code. */
    if (job->claims->arch == BW_ARCH_AARCH64 && !job->claims->from_flash)
        g_ptr_array_add(argv, g_strdup("-mcmodel=tiny"));
    if (job->semihosting)
        g_ptr_array_add(argv, g_strdup("-DPROBE_SEMIHOSTING"));
    add_all(argv, link_flags);
    for (const bw_embedded *file = bw_probe_files; file->path; file++)
        if (is_needed(job->claims, file->path) && is_compiled(file->path))
            g_ptr_array_add(argv, g_strconcat(PROBE "/", file->path, NULL));
    g_ptr_array_add(argv, g_strdup("claims.c"));
    if (!strstr(toolchain->compiler, "clang"))
        g_ptr_array_add(argv, g_strdup("-lgcc"));
    g_ptr_array_add(argv, g_strdup("-o" ELF));
    g_ptr_array_add(argv, NULL);
    return argv;
}

static GString *script_of(GPtrArray *argv)
{
    GString *text = g_string_new("#!/bin/sh\n# Builds the probe again.\ncd \"$(dirname \"$0\")\" || exit 2\nexec");

    for (guint i = 0; i + 1 < argv->len; i++) {
        char *word = g_shell_quote(argv->pdata[i]);
        bool plain = strspn(argv->pdata[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,./") ==
                     strlen(argv->pdata[i]);

        g_string_append_printf(text, " \\\n    %s", plain ? (const char *)argv->pdata[i] : word);
        g_free(word);
    }
    g_string_append_c(text, '\n');
    return text;
}

/* -- writing ------------------------------------------------------------------------------------------ */

static bool add_bare(const bw_image_job *job, bw_plan *plan)
{
    bw_system_job bare = {
        .board = job->board, .target = job->target, .section = job->section, .folder = BARE, .plan = plan};
    bw_findings *before = job->board->tree->unit->findings;

    job->board->tree->unit->findings = job->findings;
    bool ok = bw_bare_write(&bare, true);
    job->board->tree->unit->findings = before;
    return ok;
}

static bool carry_out(const bw_image_job *job, bw_plan *plan)
{
    bw_plan_error error;

    if (bw_plan_compare(plan, &error)) {
        if (!job->force && !bw_plan_report_edited(plan, job->findings))
            return false;
        if (bw_plan_write(plan, job->force, &error))
            return true;
    }
    bw_findings_add(job->findings, BW_CODE_file_unwritable, bw_file_place(error.path), "cannot be written: %s",
                    g_strerror(error.number));
    return false;
}

/* @param argv of the compiler, or NULL. */
static bool write_sources(const bw_image_job *job, GPtrArray *argv)
{
    bw_plan *plan = bw_plan_new(job->folder);
    bool ok = add_bare(job, plan);

    for (const bw_embedded *file = bw_probe_files; file->path; file++) {
        char *path = g_strconcat(PROBE "/", file->path, NULL);

        if (is_needed(job->claims, file->path))
            bw_plan_add(plan, path, file->text, file->len);
        g_free(path);
    }
    bw_plan_add(plan, "claims.c", job->claims->text->str, job->claims->text->len);
    if (argv) {
        GString *script = script_of(argv);

        bw_plan_add(plan, "build.sh", script->str, script->len);
        g_string_free(script, TRUE);
    }
    bw_plan_owns(plan, PROBE);
    bw_plan_owns(plan, BARE);
    ok = ok && carry_out(job, plan);
    bw_plan_free(plan);
    return ok;
}

bool bw_image_write_sources(const bw_image_job *job)
{
    return write_sources(job, NULL);
}

/* -- compiling ---------------------------------------------------------------------------------------- */

static void report_failure(const bw_image_job *job, const bw_toolchain *toolchain, const char *words)
{
    size_t len = strlen(words);
    char *shown = g_strndup(words, MIN(len, WORDS_MAX));

    g_strchomp(shown);
    bw_finding *f = bw_findings_add(job->findings, BW_CODE_compiler_failed, bw_file_place(job->target->path),
                                    "%s could not build the probe: %s%s", toolchain->compiler,
                                    *shown ? shown : "it said nothing", len > WORDS_MAX ? " …" : "");
    bw_finding_cure(f, "the sources and the command line, build.sh, are in %s", job->folder);
    g_free(shown);
}

static bool compile(const bw_image_job *job, const bw_toolchain *toolchain, GPtrArray *argv)
{
    char *words = NULL;
    GError *error = NULL;
    int status = 0;
    bool spawned =
        g_spawn_sync(job->folder, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                     NULL, NULL, &words, &status, &error);
    bool ok = spawned && g_spawn_check_wait_status(status, NULL);

    if (!ok)
        report_failure(job, toolchain, spawned ? words : error->message);
    g_clear_error(&error);
    g_free(words);
    return ok;
}

static bw_image *read_image(const bw_image_job *job, const bw_toolchain *toolchain)
{
    bw_image *image = g_new0(bw_image, 1);
    gsize len = 0;
    GError *error = NULL;
    const char *problem = NULL;

    image->path = g_build_filename(job->folder, ELF, NULL);
    if (!g_file_get_contents(image->path, &image->bytes, &len, &error))
        problem = error->message;
    else if (bw_elf_read(&image->elf, image->bytes, len, &problem))
        return image;
    report_failure(job, toolchain, problem);
    g_clear_error(&error);
    bw_image_free(image);
    return NULL;
}

bw_image *bw_image_build(const bw_image_job *job, const bw_toolchain *toolchain)
{
    GPtrArray *argv = command_of(job, toolchain);
    bool ok = write_sources(job, argv) && compile(job, toolchain, argv);

    g_ptr_array_free(argv, TRUE);
    return ok ? read_image(job, toolchain) : NULL;
}

void bw_image_free(bw_image *image)
{
    if (!image)
        return;
    bw_elf_free(&image->elf);
    g_free(image->bytes);
    g_free(image->path);
    g_free(image);
}
