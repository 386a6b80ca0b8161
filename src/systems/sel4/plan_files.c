/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether files of guests that lie beside support.yml are what the VMM loads. That they are not there is no mistake:
 * they may be built later.
 * Source: seL4/seL4_projects_libs, libsel4vm; Linux, Documentation/arch/arm64/booting.rst.
 */
#include "systems/sel4/plan.h"

#include "image/linux_image.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define ABSENT (-1)
#define NO_FILE (-2)

/* @return how many bytes of the file are in @p head, ABSENT, or NO_FILE for a folder and the like. */
static int read_head(const bw_sel4_section *section, const char *name, uint8_t *head, size_t len)
{
    char *path = g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(section->directory, name, NULL);
    FILE *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? fopen(path, "rb") : NULL;
    const int got = file ? (int)fread(head, 1, len, file) : g_file_test(path, G_FILE_TEST_EXISTS) ? NO_FILE : ABSENT;

    if (file)
        fclose(file);
    g_free(path);
    return got;
}

static void check_kernel(const bw_sel4_plan *plan, const bw_sel4_plan_vm *vm, bw_findings *findings)
{
    const bw_sel4_text *file = &vm->section->kernel;
    const char *problem = "it is no file";
    uint8_t head[BW_LINUX_IMAGE_HEADER];
    bw_linux_image image;
    const int got = read_head(plan->section, file->text, head, sizeof head);

    if (got != ABSENT && (got == NO_FILE || !bw_linux_image_read(&image, head, (size_t)got, &problem)))
        bw_findings_add(findings, BW_CODE_guest_kernel_kind, file->place, "%s is no kernel that %s can enter: %s",
                        file->text, vm->name, problem);
}

static void check_initrd(const bw_sel4_plan *plan, const bw_sel4_plan_vm *vm, bw_findings *findings)
{
    const bw_sel4_text *file = &vm->section->initrd.file;
    uint8_t head[2];
    const int got = file->text ? read_head(plan->section, file->text, head, sizeof head) : ABSENT;

    if (got == NO_FILE)
        bw_findings_add(findings, BW_CODE_guest_initrd, file->place, "%s is no file that %s could have as its initrd",
                        file->text, vm->name);
    else if (got != ABSENT && (got < 2 || head[0] != 0x1f || head[1] != 0x8b))
        bw_finding_cure(bw_findings_add(findings, BW_CODE_guest_initrd, file->place,
                                        "%s is not compressed by gzip, and the VMM of %s loads no other initrd",
                                        file->text, vm->name),
                        "compress it: gzip -9");
}

void bw_sel4_check_files(const bw_sel4_plan *plan, bw_findings *findings)
{
    for (uint32_t i = 0; i < plan->vm_count; i++) {
        if (!plan->app->narrow)
            check_kernel(plan, &plan->vms[i], findings);
        check_initrd(plan, &plan->vms[i], findings);
    }
}
