/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/write_vm.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static void add_size(GString *out, uint64_t bytes)
{
    g_string_append_printf(out, "0x%" PRIx64 " (", bytes);
    bw_text_size(out, bytes);
    g_string_append_c(out, ')');
}

static void add_row(GString *out, const char *what, uint64_t base, uint64_t size, const char *note)
{
    g_string_append_printf(out, "| %s | 0x%" PRIx64 " | 0x%" PRIx64 " | ", what, base, base + size - 1);
    add_size(out, size);
    g_string_append_printf(out, " | %s |\n", note);
}

static void add_layout(GString *out, const bw_sel4_plan_vm *vm)
{
    g_string_append(out, "| what | from | to | size | |\n|---|---|---|---|---|\n");
    add_row(out, "RAM", vm->ram.base, vm->ram.size, "the guest sees it where it is in the machine");
    add_row(out, "kernel", vm->entry, vm->kernel_room, "loaded and entered here; the size is what is free for it");
    if (vm->initrd.size)
        add_row(out, "initrd", vm->initrd.base, vm->initrd.size, "its room");
    add_row(out, "devicetree", vm->dtb.base, vm->dtb.size, "its room");
    g_string_append_c(out, '\n');
}

static const char *fate_words(bw_sel4_fate fate)
{
    static const char *const words[] = {
        [BW_SEL4_GIVEN] = "given",      [BW_SEL4_SHOWN] = "in the devicetree", [BW_SEL4_VIRTUAL] = "virtual",
        [BW_SEL4_STUBBED] = "replaced", [BW_SEL4_DROPPED] = "not there",
    };

    return words[fate];
}

/* A cell of a table: what Markdown takes for something else is not in names of nodes. */
static void add_cell(GString *out, const char *text)
{
    const gsize from = out->len;
    char **steps = g_strsplit(text, " → ", -1);
    char *plain = g_strjoinv(" -> ", steps);

    bw_text_comment(out, plain);
    g_free(plain);
    g_strfreev(steps);
    for (gsize i = from; i < out->len; i++)
        if (out->str[i] == '|' || out->str[i] == '`')
            out->str[i] = '/';
}

static void add_nodes(GString *out, const bw_sel4_guest *guest)
{
    g_string_append(out, "| node | | why |\n|---|---|---|\n");
    for (uint32_t i = 0; i < guest->verdict_count; i++) {
        const bw_sel4_verdict *v = &guest->verdicts[i];

        g_string_append(out, "| `");
        add_cell(out, v->path);
        g_string_append_printf(out, "` | %s | ", fate_words(v->fate));
        add_cell(out, v->reason);
        g_string_append(out, " |\n");
    }
    g_string_append_c(out, '\n');
}

static void add_files(GString *out, const bw_sel4_plan *plan)
{
    g_string_append(out, "## Files that somebody else makes\n\n| file | where the build looks for it |\n|---|---|\n");
    for (uint32_t i = 0; i < plan->vm_count; i++) {
        const bw_sel4_vm_section *s = plan->vms[i].section;
        const bw_sel4_text *files[] = {&s->kernel, &s->initrd.file};

        for (size_t f = 0; f < G_N_ELEMENTS(files); f++) {
            const char *slash = files[f]->text ? strrchr(files[f]->text, '/') : NULL;

            if (!files[f]->text)
                continue;
            g_string_append_printf(out, "| %s of %s | `${CAMKES_VM_IMAGES_DIR}/%s/", f ? "initrd" : "kernel",
                                   plan->vms[i].name, plan->section->platform.text);
            add_cell(out, slash ? slash + 1 : files[f]->text);
            g_string_append(out, "` |\n");
        }
    }
    g_string_append_c(out, '\n');
}

static void add_reserved(GString *out, const bw_sel4_plan *plan)
{
    g_string_append(out,
                    "The guests' RAM must not be memory that the kernel hands out. Its overlay keeps it:\n\n```dts\n"
                    "/ {\n\treserved-memory {\n\t\t#address-cells = <2>;\n\t\t#size-cells = <2>;\n\t\tranges;\n");
    for (uint32_t i = 0; i < plan->vm_count; i++) {
        const bw_sel4_span *ram = &plan->vms[i].ram;

        g_string_append_printf(out,
                               "\n\t\tguest@%" PRIx64 " {\n\t\t\treg = <0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64
                               " 0x%" PRIx64 ">;\n\t\t\tno-map;\n\t\t};\n",
                               ram->base, ram->base >> 32, ram->base & UINT32_MAX, ram->size >> 32,
                               ram->size & UINT32_MAX);
    }
    g_string_append(out, "\t};\n};\n```\n\n");
}

GString *bw_sel4_vm_readme(const bw_sel4_plan *plan)
{
    GString *out = g_string_new("# ");

    g_string_append(out, bw_sel4_app_name(plan));
    g_string_append(out, "\n\nA CAmkES application with ");
    g_string_append_printf(out, "%u Linux guest%s on ", plan->vm_count, plan->vm_count == 1 ? "" : "s");
    add_cell(out, plan->board->model ? plan->board->model : plan->section->platform.text);
    g_string_append(out, ", made by boardwright. The folder goes into `apps/Arm` of camkes-vm-examples.\n\n");
    for (uint32_t i = 0; i < plan->vm_count; i++) {
        const bw_sel4_plan_vm *vm = &plan->vms[i];

        g_string_append_printf(out, "## %s\n\n%u virtual CPU%s, devicetree of %zu bytes (`%s/%s.dts`).\n\n", vm->name,
                               vm->vcpus, vm->vcpus == 1 ? "" : "s", vm->guest->dtb_len, plan->section->platform.text,
                               vm->name);
        add_layout(out, vm);
        add_nodes(out, vm->guest);
    }
    g_string_append(out, "## Memory\n\n");
    add_reserved(out, plan);
    add_files(out, plan);
    return out;
}
