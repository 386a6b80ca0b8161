/* SPDX-License-Identifier: Apache-2.0 */
/* Source: seL4/camkes-vm, components/VM_Arm/configurations/vm.h; seL4/camkes-vm-examples, apps/Arm. */
#include "systems/sel4/write_vm.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* What a component of a VM takes for itself; several share what one alone would have. */
#define POOL_ALONE "simple_untyped24_pool = 12"
#define POOLS_SHARED "simple_untyped21_pool = 12"

const char *bw_sel4_app_name(const bw_sel4_plan *plan)
{
    if (plan->section->app.text)
        return plan->section->app.text;
    return bw_arena_join(&plan->board->tree->unit->arena, "vm_", plan->section->platform.text, "");
}

/* "VM0" */
static char *prefix(const bw_sel4_plan_vm *vm)
{
    return g_ascii_strup(vm->instance, -1);
}

static void define(GString *out, const char *vm, const char *name, uint64_t value, const char *comment)
{
    char *macro = g_strdup_printf("%s_%s", vm, name);

    g_string_append_printf(out, "#define %-18s 0x%-10" PRIx64, macro, value);
    if (comment)
        g_string_append_printf(out, " /* %s */", comment);
    while (out->len && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
    g_free(macro);
}

static char *size_words(uint64_t bytes)
{
    GString *out = g_string_new(NULL);

    bw_text_size(out, bytes);
    return g_string_free(out, FALSE);
}

static void add_macros(GString *out, const bw_sel4_plan_vm *vm)
{
    char *name = prefix(vm);
    char *ram = size_words(vm->ram.size);
    char *initrd = size_words(vm->initrd.size);
    char *initrd_words = g_strdup_printf("room for %s", initrd);
    char *dtb = size_words(vm->dtb.size);
    char *dtb_words = g_strdup_printf("room for %s", dtb);

    g_string_append_printf(out, "/* %s */\n", vm->name);
    define(out, name, "RAM_BASE", vm->ram.base, "for the guest, and in the machine");
    define(out, name, "RAM_SIZE", vm->ram.size, ram);
    define(out, name, "KERNEL_ENTRY", vm->entry, NULL);
    define(out, name, "INITRD_ADDR", vm->initrd.size ? vm->initrd.base : 0, vm->initrd.size ? initrd_words : "none");
    define(out, name, "DTB_ADDR", vm->dtb.base, dtb_words);
    g_string_append_c(out, '\n');
    g_free(dtb_words);
    g_free(dtb);
    g_free(initrd_words);
    g_free(initrd);
    g_free(ram);
    g_free(name);
}

static void add_addresses(GString *out, const bw_sel4_plan_vm *vm)
{
    static const struct {
        const char *key, *macro;
    } rows[] = {{"ram_base", "RAM_BASE"},       {"ram_paddr_base", "RAM_BASE"},
                {"ram_size", "RAM_SIZE"},       {"kernel_entry_addr", "KERNEL_ENTRY"},
                {"initrd_addr", "INITRD_ADDR"}, {"dtb_addr", "DTB_ADDR"}};
    char *name = prefix(vm);

    g_string_append_printf(out, "        %s.vm_address_config = {\n", vm->instance);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_string_append_printf(out, "            \"%s\" : VAR_STRINGIZE(%s_%s)%s\n", rows[i].key, name, rows[i].macro,
                               i + 1 < G_N_ELEMENTS(rows) ? "," : "");
    g_string_append(out, "        };\n\n");
    g_free(name);
}

static void add_images(GString *out, const bw_sel4_plan_vm *vm)
{
    const bw_sel4_vm *m = vm->model;

    g_string_append_printf(out, "        %s.vm_image_config = {\n", vm->instance);
    g_string_append_printf(out, "            \"kernel_name\" : \"%s\",\n", m->kernel_name.text);
    if (m->initrd_name.text)
        g_string_append_printf(out, "            \"initrd_name\" : \"%s\",\n", m->initrd_name.text);
    g_string_append_printf(out, "            \"dtb_name\" : \"%s\",\n", m->dtb_name.text);
    g_string_append_printf(out, "            \"provide_initrd\" : %s,\n", m->provide_initrd.value ? "true" : "false");
    g_string_append(out, "            /* The command line and the console stand in /chosen of this devicetree. */\n"
                         "            \"provide_dtb\" : true,\n"
                         "            \"generate_dtb\" : false,\n"
                         "            /* The guest starts with its caches off. */\n"
                         "            \"clean_cache\" : true,\n"
                         "            /* What devices read and write is where the guest believes it to be. */\n"
                         "            \"map_one_to_one\" : true\n"
                         "        };\n\n");
}

static void add_queries(GString *out, const bw_sel4_plan_vm *vm)
{
    const bw_sel4_vm *m = vm->model;

    if (!m->query_count) {
        g_string_append_printf(out, "        %s.dtb = dtb([{}]);\n\n", vm->instance);
        return;
    }
    g_string_append_printf(out,
                           "        /* Regular expressions, anchored: each is one node of the kernel's devicetree. */\n"
                           "        %s.dtb = dtb([\n",
                           vm->instance);
    for (uint32_t i = 0; i < m->query_count; i++)
        g_string_append_printf(out, "            {\"path\": \"%s\"}%s\n", m->queries[i].path.text,
                               i + 1 < m->query_count ? "," : "");
    g_string_append(out, "        ]);\n\n");
}

static const char *untyped_comment(const bw_sel4_plan *plan, const bw_sel4_plan_vm *vm, const bw_sel4_mmio *mmio)
{
    const bw_device *gic = plan->gic ? bw_board_device(plan->board, plan->gic) : NULL;

    if (mmio->base.value >= vm->ram.base && mmio->base.value - vm->ram.base < vm->ram.size)
        return "RAM";
    if (gic && gic->block_count > 3 && (gic->blocks[3].address & ~(uint64_t)0xfff) == mmio->base.value)
        return "the GIC's virtual CPU interface";
    return "registers";
}

static void add_untypeds(GString *out, const bw_sel4_plan *plan, const bw_sel4_plan_vm *vm)
{
    const bw_sel4_vm *m = vm->model;

    g_string_append_printf(out, "        %s.untyped_mmios = [\n", vm->instance);
    for (uint32_t i = 0; i < m->mmio_count; i++) {
        char *size = size_words(m->mmios[i].size.value);

        g_string_append_printf(out, "            \"0x%" PRIx64 ":%u\"%s /* %s, %s */\n", m->mmios[i].base.value,
                               m->mmios[i].bits, i + 1 < m->mmio_count ? "," : "",
                               untyped_comment(plan, vm, &m->mmios[i]), size);
        g_free(size);
    }
    g_string_append(out, "        ];\n");
}

static void add_irqs(GString *out, const bw_sel4_plan_vm *vm)
{
    const bw_sel4_vm *m = vm->model;

    if (!m->irq_count)
        return;
    g_string_append_printf(out,
                           "\n        /* Of devices that no query can give. These are taken as level-triggered. */\n"
                           "        %s.dtb_irqs = [",
                           vm->instance);
    for (uint32_t i = 0; i < m->irq_count; i++)
        g_string_append_printf(out, "%s%" PRIu64, i ? ", " : "", m->irqs[i].value);
    g_string_append(out, "];\n");
}

GString *bw_sel4_vm_devices(const bw_sel4_plan *plan)
{
    GString *out = g_string_new("/*\n * What the guests of ");

    bw_text_comment(out, plan->section->platform.text);
    g_string_append(out, " are given, made by boardwright of the board's devicetree and support.yml.\n */\n\n"
                         "#include <configurations/vm.h>\n\n");
    for (uint32_t i = 0; i < plan->vm_count; i++)
        add_macros(out, &plan->vms[i]);
    g_string_append(out, "assembly {\n    composition {}\n    configuration {\n");
    for (uint32_t i = 0; i < plan->vm_count; i++) {
        const bw_sel4_plan_vm *vm = &plan->vms[i];

        if (i)
            g_string_append_c(out, '\n');
        add_addresses(out, vm);
        add_images(out, vm);
        g_string_append_printf(out, "        %s.num_vcpus = %u;\n\n", vm->instance, vm->vcpus);
        add_queries(out, vm);
        add_untypeds(out, plan, vm);
        add_irqs(out, vm);
    }
    g_string_append(out, "    }\n}\n");
    return out;
}

/* ---- the assembly ---- */

static const char *number(const bw_sel4_plan_vm *vm)
{
    return vm->instance + strlen("vm");
}

GString *bw_sel4_vm_camkes(const bw_sel4_plan *plan)
{
    const bool alone = plan->vm_count == 1;
    GString *out = g_string_new("/* Made by boardwright: the guests' own settings are in devices.camkes. */\n\n"
                                "#include <configurations/vm.h>\n\n"
                                "import <std_connector.camkes>;\n"
                                "import <global-connectors.camkes>;\n"
                                "import <vm-connectors.camkes>;\n"
                                "import <VM_Arm/VM.camkes>;\n"
                                "import <devices.camkes>;\n\n"
                                "assembly {\n    composition {\n        VM_GENERAL_COMPOSITION_DEF()\n");

    for (uint32_t i = 0; i < plan->vm_count; i++) {
        const bw_sel4_plan_vm *vm = &plan->vms[i];

        g_string_append_printf(out, "\n        VM_COMPOSITION_DEF(%s)\n", number(vm));
        g_string_append_printf(out, "        connection seL4VMDTBPassthrough %s_dtb(from %s.dtb_self, to %s.dtb);\n",
                               vm->instance, vm->instance, vm->instance);
    }
    g_string_append(out, "    }\n    configuration {\n        VM_GENERAL_CONFIGURATION_DEF()\n");
    for (uint32_t i = 0; i < plan->vm_count; i++) {
        const char *name = plan->vms[i].instance;

        g_string_append_printf(out, "\n        VM_CONFIGURATION_DEF(%s)\n", number(&plan->vms[i]));
        g_string_append_printf(out, "        %s.num_extra_frame_caps = 0;\n", name);
        g_string_append_printf(out, "        %s.extra_frame_map_address = 0;\n", name);
        g_string_append_printf(out, "        %s.cnode_size_bits = 23;\n", name);
        g_string_append_printf(out, "        %s.%s;\n", name, alone ? POOL_ALONE : POOLS_SHARED);
        if (!alone)
            g_string_append_printf(out, "        %s.simple_untyped12_pool = 12;\n", name);
    }
    g_string_append(out, "    }\n}\n");
    return out;
}

/* ---- all of it ---- */

static void add(const bw_system_job *job, const char *app, const char *name, const void *bytes, size_t len)
{
    char *path = g_strdup_printf("%s/app/%s/%s", job->folder, app, name);

    bw_plan_add(job->plan, path, bytes, len);
    g_free(path);
}

static void add_text(const bw_system_job *job, const char *app, const char *name, GString *text)
{
    add(job, app, name, text->str, text->len);
    g_string_free(text, TRUE);
}

static void add_guest(const bw_system_job *job, const char *app, const char *platform, const bw_sel4_plan_vm *vm)
{
    char *dts = g_strdup_printf("%s/%s.dts", platform, vm->name);
    char *dtb = g_strdup_printf("%s/%s.dtb", platform, vm->name);

    add(job, app, dts, vm->guest->dts, vm->guest->dts_len);
    add(job, app, dtb, vm->guest->dtb, vm->guest->dtb_len);
    g_free(dts);
    g_free(dtb);
}

bool bw_sel4_write_vm(const bw_system_job *job, const bw_sel4_plan *plan)
{
    const char *app = bw_sel4_app_name(plan);
    const char *platform = plan->section->platform.text;
    char *devices = g_strdup_printf("%s/devices.camkes", platform);
    char *assembly = g_strdup_printf("%s.camkes", app);

    add_text(job, app, "settings.cmake", bw_sel4_vm_settings(plan));
    add_text(job, app, "CMakeLists.txt", bw_sel4_vm_cmakelists(plan));
    add_text(job, app, assembly, bw_sel4_vm_camkes(plan));
    add_text(job, app, devices, bw_sel4_vm_devices(plan));
    for (uint32_t i = 0; i < plan->vm_count; i++)
        add_guest(job, app, platform, &plan->vms[i]);
    add_text(job, app, "README.md", bw_sel4_vm_readme(plan));
    g_free(assembly);
    g_free(devices);
    return true;
}
