/* SPDX-License-Identifier: Apache-2.0 */
/* A repository of customer board support, with the hardware contract and the tests: build --system balena. */
#include "systems/balena/write.h"

#include "dts/print.h"
#include "systems/balena/template.h"

#include <string.h>

/*
 * The files. In a path `@NAME@` stands for a value; `when` names a value that must not be empty. What each is for:
 * docs/balena.md.
 */
static const struct {
    const char *template, *path, *when;
} files[] = {
    {"README.md.in", "README.md", NULL},
    {"commit-template.in", "commit-template", NULL},
    {"gitignore.in", "balena-@FAMILY@/.gitignore", NULL},
    {"gitmodules.in", "balena-@FAMILY@/.gitmodules", NULL},
    {"LICENSE", "balena-@FAMILY@/LICENSE", NULL},
    {"repo-README.md.in", "balena-@FAMILY@/README.md", NULL},
    {"VERSION.in", "balena-@FAMILY@/VERSION", NULL},
    {"CHANGELOG.md.in", "balena-@FAMILY@/CHANGELOG.md", NULL},
    {"CHANGELOG.yml.in", "balena-@FAMILY@/.versionbot/CHANGELOG.yml", NULL},
    {"repo.yml.in", "balena-@FAMILY@/repo.yml", NULL},
    {"renovate.json.in", "balena-@FAMILY@/.github/renovate.json", NULL},
    {"flowzone.yml.in", "balena-@FAMILY@/.github/workflows/flowzone.yml", NULL},
    {"esr.yml.in", "balena-@FAMILY@/.github/workflows/esr.yml", NULL},
    {"workflow.yml.in", "balena-@FAMILY@/.github/workflows/@MACHINE@.yml", NULL},
    {"device.coffee.in", "balena-@FAMILY@/@MACHINE@.coffee", NULL},
    {"layer.conf.in", "@LAYER@/conf/layer.conf", NULL},
    {"bblayers.conf.sample.in", "@LAYER@/conf/@SAMPLES@/bblayers.conf.sample", NULL},
    {"local.conf.sample.in", "@LAYER@/conf/@SAMPLES@/local.conf.sample", NULL},
    {"machine.conf.in", "@LAYER@/conf/machine/@MACHINE@.conf", "OWN_MACHINE"},
    {"balena-image.inc.in", "@LAYER@/recipes-core/images/balena-image.inc", NULL},
    {"balena-image.bbappend.in", "@LAYER@/recipes-core/images/balena-image.bbappend", NULL},
    {"balena-image-flasher.bbappend.in", "@LAYER@/recipes-core/images/balena-image-flasher.bbappend", "FLASHER"},
    {"u-boot.bbappend.in", "@LAYER@/recipes-bsp/u-boot/@UBOOT_RECIPE@_%.bbappend", "UBOOT"},
    {"balenaos_bootcommand.cfg.in", "@LAYER@/recipes-bsp/u-boot/files/balenaos_bootcommand.cfg", "UBOOT"},
    {"kernel.bbappend.in", "@LAYER@/recipes-kernel/linux/@KERNEL@_%.bbappend", NULL},
    {"resin-init-flasher.bbappend.in", "@LAYER@/recipes-support/resin-init/resin-init-flasher.bbappend", "FLASHER"},
    {"resin-init-flasher-board.bbappend.in", "@LAYER@/recipes-support/resin-init/resin-init-flasher-board.bbappend",
     "BOOT_DEVICE"},
    {"resin-init-flasher-board.in",
     "@LAYER@/recipes-support/resin-init/resin-init-flasher-board/resin-init-flasher-board", "BOOT_DEVICE"},
    {"hostapp-update-hooks.bbappend.in", "@LAYER@/recipes-support/hostapp-update-hooks/hostapp-update-hooks.bbappend",
     NULL},
    {"99-flash-bootloader.in", "@LAYER@/recipes-support/hostapp-update-hooks/files/99-flash-bootloader", "RAWS"},
    {"balena-supervisor.bbappend.in", "@LAYER@/recipes-containers/balena-supervisor/balena-supervisor.bbappend",
     "LED_FILE"},
    {"contract.json.in", "contracts/hw.device-type/@SLUG@/contract.json", NULL},
    {"logo.svg.in", "contracts/hw.device-type/@SLUG@/@SLUG@.svg", NULL},
    {"config.js.in", "tests/config.js", NULL},
};

void bw_balena_add(const bw_balena_type *type, const char *path, GString *text)
{
    char *name = g_strdup_printf("%s/%s", type->job->folder, path);

    bw_plan_add(type->job->plan, name, text->str, text->len);
    g_free(name);
    g_string_free(text, TRUE);
}

static const bw_embedded *template_of(const char *name)
{
    for (const bw_embedded *file = bw_balena_templates; file->path; file++)
        if (strcmp(file->path, name) == 0)
            return file;
    return NULL;
}

/* Templates and values belong together: tests/unit/balena_write.c fills them all. */
static void add_file(const bw_balena_type *type, GHashTable *values, const char *name, const char *path_template)
{
    const bw_embedded *template = template_of(name);
    const char *problem = NULL;
    GString *path = bw_template_fill(path_template, values, &problem);
    GString *text = template ? bw_template_fill(template->text, values, &problem) : NULL;

    if (path && text)
        bw_balena_add(type, path->str, text);
    else
        g_critical("the template %s is broken at \"%s\"", name, problem ? problem : "its name");
    if (path)
        g_string_free(path, TRUE);
}

/* What only Zephyr asks for in /chosen is left out: Linux' checks would warn of it. */
static void add_without_zephyr(GString *out, const char *dts, size_t len)
{
    bool chosen = false;

    for (const char *line = dts, *end = dts + len; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));

        next = next ? next + 1 : end;
        if (strncmp(line, "\tchosen {", 9) == 0)
            chosen = true;
        else if (strncmp(line, "\t};", 3) == 0)
            chosen = false;
        if (!chosen || strncmp(line, "\t\tzephyr,", 9) != 0)
            g_string_append_len(out, line, next - line);
        line = next;
    }
}

static void add_kernel_dts(const bw_balena_type *type)
{
    bw_buffer source = {0};
    GString *text = g_string_new("// SPDX-License-Identifier: Apache-2.0\n");
    char *name = g_path_get_basename(type->dtb);
    char *path = g_strdup_printf("balena-%s/layers/meta-balena-%s/recipes-kernel/linux/files/%.*s.dts", type->family,
                                 type->family, (int)strlen(name) - 4, name);

    g_string_append_printf(text, "/* %s, made by boardwright from its board's description. */\n", type->machine);
    bw_dts_print_readable((bw_tree *)type->job->board->tree, BW_ANNOTATE_NONE, &source);
    add_without_zephyr(text, (const char *)source.data, source.len);
    bw_balena_add(type, path, text);
    bw_buffer_free(&source);
    g_free(path);
    g_free(name);
}

bool bw_balena_build(const bw_system_job *job)
{
    bw_arena arena;
    bw_arena_init(&arena);
    bw_balena_type *type = bw_balena_decide(job, &arena);

    if (type) {
        GHashTable *values = bw_balena_values(type);
        GString *plan = bw_balena_test_plan(type);

        for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
            if (!files[i].when || *(const char *)g_hash_table_lookup(values, files[i].when))
                add_file(type, values, files[i].template, files[i].path);
        if (type->own_dts)
            add_kernel_dts(type);
        bw_balena_add(type, "tests/TEST-PLAN.md", plan);
        g_hash_table_destroy(values);
    }
    bw_arena_free(&arena);
    return type != NULL;
}
