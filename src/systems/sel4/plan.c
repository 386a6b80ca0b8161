/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/plan_parts.h"

#include "board/arch.h"
#include "systems/sel4/guest_parts.h"
#include "tree/refs.h"
#include "tree/strings.h"

#include <stdarg.h>
#include <string.h>

bw_finding *bw_sel4_plan_error(bw_sel4_planner *p, bw_code code, bw_place place, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = bw_findings_addv(p->findings, code, place, format, ap);
    va_end(ap);
    p->failed = p->failed || (f && f->severity == BW_ERROR);
    return f;
}

/* The one whose lines the CPUs' timer has, else the first with a GIC's name. */
static const bw_node *find_gic(const bw_tree *tree)
{
    const bw_node *named = NULL;

    BW_FOR_NODES (tree, node) {
        const char *compatible = bw_node_string(node, tree->unit->n->compatible);

        if (bw_node_is_compatible(tree, node, "arm,armv8-timer") ||
            bw_node_is_compatible(tree, node, "arm,armv7-timer")) {
            bw_irq_iter iter = bw_irq_begin(tree, node);
            bw_irq irq;

            if (bw_irq_next(&iter, &irq) && irq.controller)
                return irq.controller;
        }
        if (!named && compatible && strstr(compatible, "gic") && !strstr(compatible, "v2m") &&
            bw_node_prop(node, tree->unit->n->interrupt_controller))
            named = node;
    }
    return named;
}

static bool check_arch(bw_sel4_planner *p)
{
    const bw_arch arch = bw_arch_of(p->board);
    const bw_cpu *cpu = p->board->cpu_count ? &p->board->cpus[0] : NULL;

    p->is_64 = arch == BW_ARCH_AARCH64;
    if (arch == BW_ARCH_AARCH64 || arch == BW_ARCH_ARM)
        return true;
    bw_sel4_plan_error(p, BW_CODE_sel4_vm_arch, p->plan->section->vms[0].name.place,
                       "%s cannot run on %s: guests of the CAmkES VM need Arm cores with a hypervisor mode",
                       p->plan->section->vms[0].name.text, cpu && cpu->compatible ? cpu->compatible : "these CPUs");
    return false;
}

static bool has_number(const char *name)
{
    return strncmp(name, "vm", 2) == 0 && name[2] && strspn(name + 2, "0123456789") == strlen(name + 2) &&
           (name[2] != '0' || !name[3]) && strlen(name) < 6;
}

/* CAmkES' macros make vm0, vm1 …; a guest of such a name gets that one, others go by their place in the list. */
static void name_instances(bw_sel4_planner *p)
{
    bw_sel4_plan *plan = p->plan;
    bool all = true;

    for (uint32_t i = 0; i < plan->vm_count; i++)
        all = all && has_number(plan->vms[i].name);
    for (uint32_t i = 0; i < plan->vm_count; i++)
        plan->vms[i].instance = all ? plan->vms[i].name : bw_arena_printf(p->arena, "vm%u", i);
}

static bool is_file_name(const char *name)
{
    return *name && g_ascii_isalpha(*name) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(name);
}

/* What stands in quotes in CMakeLists.txt. */
static void check_file(bw_sel4_planner *p, const bw_sel4_text *file)
{
    static const char fit[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.,@~/ ";

    if (file->text &&
        (!*file->text || strspn(file->text, fit) != strlen(file->text) || g_str_has_suffix(file->text, "/")))
        bw_finding_cure(bw_sel4_plan_error(p, BW_CODE_sel4_layout, file->place,
                                           "'%s' cannot be the name of a guest's file: CMakeLists.txt bears it",
                                           file->text),
                        "use letters, digits and signs that have no meaning in CMake");
}

static void check_names(bw_sel4_planner *p)
{
    const bw_sel4_section *section = p->plan->section;

    if (section->app.text && !is_file_name(section->app.text))
        bw_finding_cure(bw_sel4_plan_error(p, BW_CODE_sel4_layout, section->app.place,
                                           "'%s' cannot be the name of an application: its folder bears it",
                                           section->app.text),
                        "use letters, digits, '_' and '-', a letter first");

    for (uint32_t i = 0; i < section->vm_count; i++) {
        const bw_sel4_text *name = &section->vms[i].name;

        check_file(p, &section->vms[i].kernel);
        check_file(p, &section->vms[i].initrd.file);
        if (!is_file_name(name->text))
            bw_finding_cure(bw_sel4_plan_error(p, BW_CODE_sel4_layout, name->place,
                                               "'%s' cannot be the name of a guest: its files bear it", name->text),
                            "use letters, digits, '_' and '-', a letter first");
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(section->vms[j].name.text, name->text) == 0)
                bw_finding_note(
                    bw_sel4_plan_error(p, BW_CODE_sel4_layout, name->place, "two guests are called '%s'", name->text),
                    section->vms[j].name.place, "the first one is here");
    }
}

static void begin_vms(bw_sel4_planner *p)
{
    bw_sel4_plan *plan = p->plan;

    plan->vms = bw_arena_array(p->arena, bw_sel4_plan_vm, plan->section->vm_count);
    for (uint32_t i = 0; i < plan->section->vm_count; i++) {
        const bw_sel4_vm_section *section = &plan->section->vms[i];
        bw_sel4_plan_vm *vm = &plan->vms[plan->vm_count++];

        vm->section = section;
        vm->name = section->name.text;
        vm->vcpus = section->vcpus.given ? (uint32_t)section->vcpus.value : 1;
        vm->bootargs = section->command_line.text;
    }
    name_instances(p);
}

static void make_guests(bw_sel4_planner *p)
{
    for (uint32_t i = 0; i < p->plan->vm_count; i++) {
        bw_sel4_plan_vm *vm = &p->plan->vms[i];

        vm->guest = bw_sel4_guest_make(p->board, p->gic, vm, p->findings);
        if (vm->guest->dtb_len > vm->dtb.size)
            bw_sel4_plan_error(p, BW_CODE_sel4_layout,
                               vm->section->dtb.size.given ? vm->section->dtb.size.place : vm->section->name.place,
                               "the devicetree of %s has %zu bytes, and its room 0x%llx", vm->name, vm->guest->dtb_len,
                               (unsigned long long)vm->dtb.size);
    }
}

bw_sel4_plan *bw_sel4_plan_make(const bw_board *board, const bw_sel4_section *section, bw_findings *findings)
{
    bw_arena *arena = &board->tree->unit->arena;
    bw_sel4_plan *plan = bw_arena_new(arena, bw_sel4_plan);
    bw_sel4_planner p = {.plan = plan, .board = board, .tree = board->tree, .arena = arena, .findings = findings};

    plan->board = board;
    plan->section = section;
    if (section->vm_count && check_arch(&p)) {
        /* A number in a blob does not say that it names a node: bindings do. */
        if (!board->tree->from_source)
            bw_tree_find_refs((bw_tree *)(uintptr_t)board->tree);
        p.gic = plan->gic = find_gic(board->tree);
        check_names(&p);
        begin_vms(&p);
        bw_sel4_plan_devices(&p);
        bw_sel4_plan_layout(&p);
    }
    if (!p.failed)
        make_guests(&p);
    if (!p.failed)
        bw_sel4_plan_model(&p);
    if (!p.failed)
        return plan;
    bw_sel4_plan_free(plan);
    return NULL;
}

void bw_sel4_plan_free(bw_sel4_plan *plan)
{
    for (uint32_t i = 0; plan && i < plan->vm_count; i++)
        bw_sel4_guest_free(plan->vms[i].guest);
}
