/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of an application that hold whatever its platform is: the layout of a guest's memory, what it is given, and
 * what the build does with what is written. Those of its devices are in check_grants.c.
 * Sources: seL4/camkes-vm, components/VM_Arm/CMakeLists.txt, components/VM_Arm/src/main.c, configurations/vm.h.
 */
#include "systems/sel4/check_app.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#define TWO_MIB 0x200000U

/* ---- which form is in force ---- */

const bw_sel4_setting *bw_sel4_setting_of(const bw_sel4_app *app, const char *name)
{
    const bw_sel4_setting *found = NULL;

    for (uint32_t i = 0; i < app->setting_count; i++)
        if (strcmp(app->settings[i].name, name) == 0)
            found = &app->settings[i];
    return found;
}

bool bw_sel4_is_on(const bw_sel4_setting *setting)
{
    static const char *const yes[] = {"ON", "on", "1", "TRUE", "true", "YES", NULL};

    return setting && g_strv_contains(yes, setting->value);
}

static bool is_among(const char *const *names, const char *name)
{
    return name && g_strv_contains(names, name);
}

bool bw_sel4_is_upstream(const bw_sel4_app *app)
{
    static const char *const names[] = {"tk1",           "tx1",      "tx2",  "exynos5410", "exynos5422",
                                        "qemu-arm-virt", "odroidc2", "rpi4", "zcu102",     NULL};

    return is_among(names, app->platform);
}

/* The old form names three platforms that map one to one. */
bool bw_sel4_maps_one_to_one(const bw_sel4_app *app, const bw_sel4_vm *vm)
{
    static const char *const names[] = {"exynos5410", "exynos5422", "qemu-arm-virt", "tx2", NULL};

    return vm->old_images ? is_among(names, app->platform) : vm->map_one_to_one.value;
}

/* ---- pieces of a guest's memory ---- */

typedef struct piece {
    const char *name;
    const bw_sel4_value *at;
    uint64_t base, size;
} piece;

static bool fits(uint64_t base, uint64_t size)
{
    return size <= UINT64_MAX - base;
}

static bool in_ram(const bw_sel4_vm *vm, const piece *p)
{
    const uint64_t into = p->base - vm->ram_base.value;

    return p->base >= vm->ram_base.value && into <= vm->ram_size.value && p->size <= vm->ram_size.value - into;
}

static bool has_ram(const bw_sel4_vm *vm)
{
    return vm->ram_base.known && vm->ram_size.known && fits(vm->ram_base.value, vm->ram_size.value);
}

static void check_in_ram(const bw_sel4_vm *vm, const piece *p, bw_findings *findings)
{
    bw_finding *f;

    if (!has_ram(vm) || !p->at->known || in_ram(vm, p))
        return;
    f = bw_findings_add(findings, BW_CODE_sel4_vm_outside_ram, p->at->place,
                        "the %s of %s at 0x%" PRIx64 " + 0x%" PRIx64 " is not within its RAM, 0x%" PRIx64
                        " + 0x%" PRIx64,
                        p->name, vm->name, p->base, p->size, vm->ram_base.value, vm->ram_size.value);
    bw_finding_note(f, vm->ram_size.place, "RAM ends at 0x%" PRIx64, vm->ram_base.value + vm->ram_size.value);
}

static char *size_words(uint64_t bytes)
{
    GString *out = g_string_new(NULL);

    bw_text_size(out, bytes);
    return g_string_free(out, FALSE);
}

static void check_apart(const bw_sel4_vm *vm, const piece *initrd, const piece *dtb, bw_findings *findings)
{
    if (!initrd->at->known || !dtb->at->known || !fits(initrd->base, initrd->size) || !fits(dtb->base, dtb->size) ||
        initrd->base >= dtb->base + dtb->size || dtb->base >= initrd->base + initrd->size)
        return;
    char *room = size_words(dtb->base > initrd->base ? dtb->base - initrd->base : 0);
    char *shared = size_words(initrd->base + initrd->size - MAX(dtb->base, initrd->base));
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_image_overlap, dtb->at->place,
                                    "the devicetree of %s at 0x%" PRIx64 " lies in the room of its initrd, 0x%" PRIx64
                                    " to 0x%" PRIx64 ", whose last %s it cuts off",
                                    vm->name, dtb->base, initrd->base, initrd->base + initrd->size, shared);

    bw_finding_note(f, initrd->at->place, "an initrd of more than %s is overwritten", room);
    bw_finding_cure(f, "put the devicetree at 0x%" PRIx64 " or behind, or the initrd elsewhere",
                    (initrd->base + initrd->size + TWO_MIB - 1) / TWO_MIB * TWO_MIB);
    g_free(shared);
    g_free(room);
}

static bool has_initrd(const bw_sel4_vm *vm)
{
    return !vm->provide_initrd.given || vm->provide_initrd.value;
}

static void check_layout(const bw_sel4_vm *vm, bw_findings *findings)
{
    const uint64_t room = vm->initrd_max_size.known && vm->initrd_max_size.value ? vm->initrd_max_size.value : 1;
    const piece initrd = {"initrd", &vm->initrd_addr, vm->initrd_addr.value, room};
    const piece dtb = {"devicetree", &vm->dtb_addr, vm->dtb_addr.value, BW_SEL4_GUEST_DTB_ROOM};
    const piece entry = {"kernel", &vm->entry, vm->entry.value, 1};

    if (has_initrd(vm)) {
        check_apart(vm, &initrd, &dtb, findings);
        check_in_ram(vm, &initrd, findings);
    }
    check_in_ram(vm, &dtb, findings);
    if (vm->entry.value != UINT64_MAX && vm->entry.value != UINT32_MAX)
        check_in_ram(vm, &entry, findings);
}

static void check_unused(const bw_sel4_vm *vm, bw_findings *findings)
{
    if (vm->old_addresses && vm->initrd_max_size.given)
        bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_unused, vm->initrd_max_size.place,
                                        "initrd_max_size of %s is read by nothing: an initrd that is larger is loaded "
                                        "all the same",
                                        vm->name),
                        "see to it that the file is no larger");
    if (vm->old_addresses && vm->ram_offset.known && vm->ram_offset.value)
        bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_unused, vm->ram_offset.place,
                                        "linux_ram_offset of %s is read by nothing: 0x%" PRIx64 " has no effect",
                                        vm->name, vm->ram_offset.value),
                        "set linux_ram_paddr_base");
}

/* An arm64 Image of Linux 5.10 and later wants to begin at 2 MiB; older ones 512 KiB behind. */
static void check_entry(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    const bool chosen = vm->entry.known && vm->entry.value != UINT64_MAX && vm->entry.value != UINT32_MAX;

    if (bw_sel4_is_upstream(app) || app->narrow || !vm->ram_base.known ||
        vm->ram_base.value > UINT64_MAX - BW_SEL4_ENTRY_OFFSET)
        return;
    const uint64_t entry = chosen ? vm->entry.value : vm->ram_base.value + BW_SEL4_ENTRY_OFFSET;

    if (entry % TWO_MIB == 0)
        return;
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_entry, chosen ? vm->entry.place : vm->ram_base.place,
                                    "the kernel of %s is loaded to 0x%" PRIx64
                                    ", and an arm64 Image of Linux 5.10 or later begins at a multiple of 2 MiB",
                                    vm->name, entry);

    bw_finding_cure(f, "use vm_address_config with \"kernel_entry_addr\" : \"0x%" PRIx64 "\"",
                    (vm->ram_base.value + TWO_MIB - 1) / TWO_MIB * TWO_MIB);
}

/* ---- untyped objects that are the guest's RAM ---- */

static int by_base(const void *a, const void *b)
{
    const bw_sel4_mmio *x = *(const bw_sel4_mmio *const *)a;
    const bw_sel4_mmio *y = *(const bw_sel4_mmio *const *)b;

    return (x->base.value > y->base.value) - (x->base.value < y->base.value);
}

static void check_alignment(const bw_sel4_vm *vm, bw_findings *findings)
{
    for (uint32_t i = 0; i < vm->mmio_count; i++) {
        const bw_sel4_mmio *m = &vm->mmios[i];
        const uint64_t size = (uint64_t)1 << m->bits;

        if (m->base.value % size)
            bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_untyped, m->place,
                                            "0x%" PRIx64 " is no multiple of 0x%" PRIx64
                                            ", so no object of 2^%u bytes can lie there",
                                            m->base.value, size, m->bits),
                            "begin at 0x%" PRIx64 ", or cut it into smaller ones", m->base.value / size * size);
    }
}

static bool touches(const bw_sel4_mmio *m, uint64_t begin, uint64_t end)
{
    return m->base.value < end && m->base.value + m->size.value > begin;
}

/* The untypeds that touch the RAM leave no hole in it. */
static bool check_cover(const bw_sel4_vm *vm, bw_findings *findings)
{
    const uint64_t begin = vm->ram_paddr_base.known ? vm->ram_paddr_base.value : vm->ram_base.value;
    const bw_sel4_mmio *last = NULL;
    bool covered;

    if (!has_ram(vm) || !fits(begin, vm->ram_size.value) || !vm->ram_size.value)
        return false;
    const uint64_t end = begin + vm->ram_size.value;
    const bw_sel4_mmio **all = g_new0(const bw_sel4_mmio *, vm->mmio_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < vm->mmio_count; i++)
        if (vm->mmios[i].untyped && touches(&vm->mmios[i], begin, end))
            all[count++] = &vm->mmios[i];
    qsort(all, count, sizeof(*all), by_base);
    uint64_t reached = begin;
    for (uint32_t i = 0; i < count && all[i]->base.value <= reached; i++) {
        reached = MAX(reached, all[i]->base.value + all[i]->size.value);
        last = all[i];
    }
    covered = reached >= end;
    /* Without any it is given in another way, as a dataport. */
    if (!covered && count) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_untyped, vm->ram_size.place,
                                        "the RAM of %s is 0x%" PRIx64 " to 0x%" PRIx64
                                        ", but no untyped object is given for it from 0x%" PRIx64 " on",
                                        vm->name, begin, end, reached);
        if (last)
            bw_finding_note(f, last->place, "the last one before it is here");
        bw_finding_cure(f, "add \"0x%" PRIx64 ":BITS\" to untyped_mmios", reached);
    }
    g_free(all);
    return covered;
}

static void check_mapping(const bw_sel4_app *app, const bw_sel4_vm *vm, bool covered, bw_findings *findings)
{
    if (!covered || !vm->old_images || bw_sel4_maps_one_to_one(app, vm) || !vm->ram_paddr_base.known ||
        vm->ram_paddr_base.value != vm->ram_base.value)
        return;
    bw_finding_cure(
        bw_findings_add(findings, BW_CODE_sel4_vm_mapping, vm->ram_base.place,
                        "the RAM of %s is meant to lie where the guest sees it, but linux_image_config maps one to one "
                        "only on exynos5422, qemu-arm-virt and tx2, not on %s",
                        vm->name, app->platform),
        "use vm_image_config with \"map_one_to_one\" : true");
}

static void check_cache(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    if (!vm->old_images || bw_sel4_is_upstream(app))
        return;
    bw_finding_cure(
        bw_findings_add(findings, BW_CODE_sel4_vm_cache, vm->place,
                        "linux_image_config cleans the cache only on tx1 and tx2: on %s the guest of %s may "
                        "start, its caches off, with stale bytes of its images",
                        app->platform, vm->name),
        "use vm_image_config with \"clean_cache\" : true");
}

/* ---- with the files of the build ---- */

static void check_supplied(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    const bw_sel4_setting *setting = bw_sel4_setting_of(app, "VmDtbFile");
    const bw_sel4_text *lost = vm->bootargs.text && *vm->bootargs.text ? &vm->bootargs : &vm->stdout_path;

    if (!vm->old_images || !bw_sel4_is_on(setting) || !lost->text || !*lost->text)
        return;
    const bool both = lost == &vm->bootargs && vm->stdout_path.text;
    /* The files of camkes-vm-images have a command line of their own. */
    const bw_code code = bw_sel4_is_upstream(app) ? BW_CODE_sel4_vm_unused : BW_CODE_sel4_vm_dtb_supplied;
    bw_finding *f = bw_findings_add(findings, code, lost->place,
                                    "%s of %s %s without effect: its devicetree is a file, and is not changed",
                                    both                    ? "linux_bootcmdline and linux_stdout"
                                    : lost == &vm->bootargs ? "linux_bootcmdline"
                                                            : "linux_stdout",
                                    vm->name, both ? "are" : "is");

    bw_finding_note(f, setting->place, "the file is asked for here");
    bw_finding_cure(f, "write them into /chosen of that file, or use vm_image_config with \"generate_dtb\" : true");
}

/* Whether a devicetree that the build writes the initrd's place into is that of a guest. */
static bool is_tree_of(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_file *file)
{
    const char *name = vm->dtb_name.text ? vm->dtb_name.text : "linux-dtb";

    return app->vm_count == 1 || !file->name.text || strcmp(file->name.text, name) == 0;
}

static void check_initrd_address(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    for (uint32_t i = 0; i < app->file_count; i++) {
        const bw_sel4_value *said = &app->files[i].address;

        if (!said->known || !has_initrd(vm) || !vm->initrd_addr.known || said->value == vm->initrd_addr.value ||
            !is_tree_of(app, vm, &app->files[i]))
            continue;
        bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_initrd_address, said->place,
                                        "the devicetree tells the guest that its initrd is at 0x%" PRIx64
                                        ", but it is loaded to 0x%" PRIx64,
                                        said->value, vm->initrd_addr.value);

        bw_finding_note(f, vm->initrd_addr.place, "the address of %s is here", vm->name);
        bw_finding_cure(f, "write \"0x%" PRIx64 "\"", vm->initrd_addr.value);
    }
}

/* Options of the component, and platforms without which the build switches them off in silence. */
static const struct {
    const char *name;
    const char *platforms; /* with a blank around each; NULL: any */
} options[] = {
    {"VmOnDemandDeviceInstall", NULL},
    {"VmEmmc2NoDMA", NULL},
    {"VmVUSB", " exynos5410 "},
    {"VmPCISupport", " exynos5410 exynos5422 tx2 qemu-arm-virt odroidc2 zcu102 zynqmp "},
    {"VmVirtioNetArping", " exynos5410 exynos5422 tx2 qemu-arm-virt zcu102 zynqmp "},
    {"VmVirtioNetVirtqueue", " exynos5410 exynos5422 tx2 qemu-arm-virt zcu102 zynqmp "},
    {"VmVirtioConsole", " exynos5410 exynos5422 qemu-arm-virt "},
    {"VmVirtUart", " exynos5410 exynos5422 zcu102 zynqmp "},
    {"VmRootfs", NULL},
    {"VmTk1Rootfs", NULL},
    {"VmTk1InitrdRootfs", NULL},
    {"VmTk1EmmcRootfs", NULL},
    {"VmInitRdFile", NULL},
    {"VmDtbFile", NULL},
    {"VmZynqmpPetalinuxVersion", NULL},
};

static void say_unknown(const bw_sel4_setting *s, bw_findings *findings)
{
    const char *names[G_N_ELEMENTS(options) + 1] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        names[i] = options[i].name;
    const char *near = bw_nearest(s->name, names);
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_option_unknown, s->place,
                                    "%s is no option of CAmkES' virtual machine: it has no effect", s->name);

    if (strcmp(s->name, "VmVirtioNet") == 0)
        bw_finding_cure(f, "its modules have options of their own: VmVirtioNetArping, VmVirtioNetVirtqueue");
    else if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
}

static void check_setting(const bw_sel4_app *app, const bw_sel4_setting *s, bw_findings *findings)
{
    char *padded = g_strdup_printf(" %s ", app->platform);
    size_t i = 0;

    while (i < G_N_ELEMENTS(options) && strcmp(options[i].name, s->name) != 0)
        i++;
    if (i == G_N_ELEMENTS(options)) {
        /* Applications have options of their own, which do not begin like this. */
        if (g_str_has_prefix(s->name, "Vm"))
            say_unknown(s, findings);
    } else if (bw_sel4_is_on(s) && options[i].platforms && !strstr(options[i].platforms, padded)) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_option_forced, s->place,
                                        "%s is switched off again by the build, in silence: it is only for%.*s",
                                        s->name, (int)strlen(options[i].platforms) - 1, options[i].platforms);

        bw_finding_cure(f,
                        "add KernelPlatform… of %s to DEPENDS of the option in components/VM_Arm/CMakeLists.txt of "
                        "camkes-vm",
                        app->platform);
    }
    g_free(padded);
}

static void check_platform(const bw_sel4_app *app, bw_findings *findings)
{
    const char *near;

    if (!app->supported || !*app->supported || is_among(app->supported, app->platform))
        return;
    near = bw_nearest(app->platform, app->supported);
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_platform, app->supported_place,
                                    "%s has a devices.camkes, but is not in the list of platforms", app->platform);
    if (near)
        bw_finding_cure(f, "add it; or was '%s' meant?", near);
    else
        bw_finding_cure(f, "add it");
}

static void check_file(const bw_sel4_app *app, const bw_sel4_text *name, const char *what, bw_findings *findings)
{
    const char **names = g_new0(const char *, app->file_count + 1);
    guint count = 0;

    for (uint32_t i = 0; i < app->file_count; i++)
        if (app->files[i].name.text)
            names[count++] = app->files[i].name.text;
    if (name->text && *name->text && count && !g_strv_contains(names, name->text)) {
        const char *near = bw_nearest(name->text, names);
        bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_file_missing, name->place,
                                        "no AddToFileServer() gives the %s '%s' to the file server", what, name->text);

        if (near)
            bw_finding_cure(f, "did you mean '%s'?", near);
    }
    g_free(names);
}

static void check_vm(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    check_layout(vm, findings);
    check_unused(vm, findings);
    check_entry(app, vm, findings);
    check_alignment(vm, findings);
    check_mapping(app, vm, check_cover(vm, findings), findings);
    check_cache(app, vm, findings);
    check_supplied(app, vm, findings);
    check_initrd_address(app, vm, findings);
    check_file(app, &vm->kernel_name, "kernel", findings);
    check_file(app, &vm->initrd_name, "initrd", findings);
    check_file(app, &vm->dtb_name, "devicetree", findings);
    check_file(app, &vm->dtb_base_name, "devicetree", findings);
}

void bw_sel4_check_app(const bw_sel4_app *app, bw_findings *findings)
{
    check_platform(app, findings);
    for (uint32_t i = 0; i < app->setting_count; i++)
        check_setting(app, &app->settings[i], findings);
    for (uint32_t i = 0; i < app->vm_count; i++)
        check_vm(app, &app->vms[i], findings);
    bw_sel4_check_grants(app, findings);
    bw_sel4_check_nodes(app, findings);
    bw_sel4_check_linux(app, findings);
    bw_sel4_check_consoles(app, findings);
    bw_sel4_check_irqs(app, findings);
    bw_sel4_check_room(app, findings);
    bw_sel4_check_sources(app, findings);
}
