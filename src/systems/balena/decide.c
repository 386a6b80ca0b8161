/* SPDX-License-Identifier: Apache-2.0 */
/* What is decided for a device type, first from support.yml, then from the devicetree, then by custom. */
#include "systems/balena/decide.h"

#include "board/arch.h"
#include "board/linux_tty.h"
#include "tree/cells.h"
#include "tree/strings.h"

#include <string.h>

#define KIB 1024u

static bw_findings *findings_of(const bw_balena_type *type)
{
    return type->job->board->tree->unit->findings;
}

static const char *text_of(const bw_balena_type *type, const char *key)
{
    return bw_yaml_to_text(bw_yaml_get(type->job->section, key));
}

bw_place bw_balena_decision_place(const bw_balena_type *type, const char *key)
{
    const bw_yaml *value = bw_yaml_get(type->job->section, key);

    return bw_yaml_place(value ? value : type->job->section);
}

bool bw_balena_truth(const bw_yaml *map, const char *key)
{
    bool truth = false;

    bw_yaml_to_bool(bw_yaml_get(map, key), &truth);
    return truth;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

/* Yocto's overrides are small letters, digits and '-'; so are slugs. */
static bool is_name(const char *text)
{
    if (!g_ascii_islower(*text) && !g_ascii_isdigit(*text))
        return false;
    for (; *text; text++)
        if (!g_ascii_islower(*text) && !g_ascii_isdigit(*text) && *text != '-')
            return false;
    return true;
}

static char *name_like(const bw_balena_type *type, const char *text)
{
    char *name = bw_arena_strdup(type->arena, text);

    for (char *c = name; *c; c++) {
        *c = g_ascii_tolower(*c);
        if (!g_ascii_islower(*c) && !g_ascii_isdigit(*c))
            *c = '-';
    }
    return name;
}

static bool decide_name(const bw_balena_type *type, const char *key, const char *by_itself, const char **name)
{
    const char *given = text_of(type, key);

    *name = given ? given : by_itself;
    if (is_name(*name))
        return true;
    bw_finding *f =
        bw_findings_add(findings_of(type), BW_CODE_balena_name, bw_balena_decision_place(type, key),
                        "\"%s\" is no %s: small letters, digits and '-', a letter or digit first", *name, key);
    const char *better = name_like(type, *name);
    if (is_name(better))
        bw_finding_cure(f, "%s: %s", key, better);
    return false;
}

static bool decide_names(bw_balena_type *type)
{
    const char *board = name_like(type, type->job->target->board ? type->job->target->board : "board");

    if (!decide_name(type, "machine", board, &type->machine) ||
        !decide_name(type, "slug", type->machine, &type->slug) ||
        !decide_name(type, "family", type->machine, &type->family))
        return false;
    type->name = text_of(type, "name");
    type->state = text_of(type, "state") ? text_of(type, "state") : "new";
    type->release = bw_balena_release_find(text_of(type, "release"));
    return true;
}

/* ---- the CPU --------------------------------------------------------------------------------------------------- */

/* Files of OE-core below conf/machine/include (openembedded-core, kirkstone and scarthgap) and the tune for hard float
 * where the architecture has a choice. */
static const struct {
    const char *cpu, *file, *tune;
} tunes[] = {
    {"arm,cortex-a35", "arm/armv8a/tune-cortexa35.inc", NULL},
    {"arm,cortex-a53", "arm/armv8a/tune-cortexa53.inc", NULL},
    {"arm,cortex-a57", "arm/armv8a/tune-cortexa57.inc", NULL},
    {"arm,cortex-a72", "arm/armv8a/tune-cortexa72.inc", NULL},
    {"arm,cortex-a73", "arm/armv8a/tune-cortexa73.inc", NULL},
    {"arm,cortex-a55", "arm/armv8-2a/tune-cortexa55.inc", NULL},
    {"arm,cortex-a76", "arm/armv8-2a/tune-cortexa76.inc", NULL},
    {"arm,cortex-a5", "arm/armv7a/tune-cortexa5.inc", "cortexa5thf-neon"},
    {"arm,cortex-a7", "arm/armv7a/tune-cortexa7.inc", "cortexa7thf-neon-vfpv4"},
    {"arm,cortex-a8", "arm/armv7a/tune-cortexa8.inc", "cortexa8thf-neon"},
    {"arm,cortex-a9", "arm/armv7a/tune-cortexa9.inc", "cortexa9thf-neon"},
    {"arm,cortex-a15", "arm/armv7a/tune-cortexa15.inc", "cortexa15thf-neon"},
    {"arm,cortex-a17", "arm/armv7a/tune-cortexa17.inc", "cortexa17thf-neon"},
};

static const struct {
    const char *arch, *file, *tune, *image, *kernel_arch, *defconfig;
} by_arch[] = {
    {"aarch64", "arm/arch-armv8a.inc", NULL, "Image", "arm64", "defconfig"},
    {"armv7hf", "arm/arch-armv7a.inc", "armv7athf-neon", "zImage", "arm", "multi_v7_defconfig"},
    {"amd64", "x86/tune-core2.inc", "core2-64", "bzImage", "x86", "x86_64_defconfig"},
    {"i386", "x86/tune-i686.inc", "i686", "bzImage", "x86", "i386_defconfig"},
};

/* Compatible strings of x86 CPUs are those of Zephyr's bindings and the kernel's intel,ce4100. */
static const char *arch_of(const bw_balena_type *type)
{
    const bw_board *board = type->job->board;
    const char *given = text_of(type, "arch");
    const char *cpu = board->cpu_count && board->cpus[0].compatible ? board->cpus[0].compatible : "";

    if (given)
        return given;
    switch (bw_arch_of(board)) {
    case BW_ARCH_AARCH64:
        return "aarch64";
    case BW_ARCH_ARM:
        return "armv7hf";
    default:
        return g_str_has_prefix(cpu, "intel,") || g_str_has_prefix(cpu, "amd,") || strstr(cpu, "x86") ? "amd64" : NULL;
    }
}

static bool decide_cpu(bw_balena_type *type)
{
    const bw_board *board = type->job->board;

    type->arch = arch_of(type);
    if (!type->arch) {
        bw_finding *f =
            bw_findings_add(findings_of(type), BW_CODE_balena_arch, bw_balena_decision_place(type, "target"),
                            "balenaOS runs on aarch64, armv7hf, amd64 and i386; the CPUs of %s are none of "
                            "them",
                            type->job->target->name);
        if (board->cpu_count && board->cpus[0].compatible)
            bw_finding_note(f, bw_file_place(type->job->target->path), "its first CPU is \"%s\"",
                            board->cpus[0].compatible);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(by_arch); i++)
        if (strcmp(by_arch[i].arch, type->arch) == 0) {
            type->kernel_arch = by_arch[i].kernel_arch;
            type->kernel_image = by_arch[i].image;
            type->defconfig = by_arch[i].defconfig;
            type->tune = by_arch[i].tune;
            type->requires = bw_arena_printf(type->arena, "conf/machine/include/%s", by_arch[i].file);
        }
    for (size_t i = 0; board->cpu_count && board->cpus[0].compatible && i < G_N_ELEMENTS(tunes); i++)
        if (strcmp(tunes[i].cpu, board->cpus[0].compatible) == 0) {
            type->tune = tunes[i].tune;
            type->requires = bw_arena_printf(type->arena, "conf/machine/include/%s", tunes[i].file);
        }
    if (text_of(type, "requires")) {
        type->requires = text_of(type, "requires");
        type->tune = NULL;
    }
    return true;
}

/* ---- kernel, BSP ------------------------------------------------------------------------------------------------ */

static void decide_kernel(bw_balena_type *type)
{
    const bw_yaml *kernel = bw_yaml_get(type->job->section, "kernel");
    const char *recipe = bw_yaml_to_text(bw_yaml_get(kernel, "recipe"));
    const char *image = bw_yaml_to_text(bw_yaml_get(kernel, "image"));
    const char *defconfig = bw_yaml_to_text(bw_yaml_get(kernel, "defconfig"));
    const char *dtb = bw_yaml_to_text(bw_yaml_get(kernel, "devicetree"));

    type->kernel = recipe ? recipe : "linux-yocto";
    type->kernel_image = image ? image : type->kernel_image;
    type->defconfig = defconfig ? defconfig : type->defconfig;
    type->own_machine = !bw_balena_truth(type->job->section, "bsp-machine");
    if (dtb || type->loader == BW_BALENA_GRUB) {
        type->dtb = dtb;
        return;
    }
    const char *compatible = type->job->board->compatible_count ? type->job->board->compatible[0] : "";
    const char *comma = strchr(compatible, ',');
    char *vendor = comma ? g_strndup(compatible, (gsize)(comma - compatible)) : g_strdup("boardwright");

    type->own_dts = true;
    type->dtb = bw_arena_printf(type->arena, "%s/%s.dtb", name_like(type, vendor), type->machine);
    g_free(vendor);
}

static const char *folder_of(const bw_balena_type *type, const char *url)
{
    char *name = g_path_get_basename(url);
    const char *folder;

    if (g_str_has_suffix(name, ".git"))
        name[strlen(name) - 4] = '\0';
    folder = bw_arena_strdup(type->arena, name);
    g_free(name);
    return folder;
}

static bool decide_bsp(bw_balena_type *type)
{
    const bw_yaml *list = bw_yaml_get(type->job->section, "bsp");
    bool ok = true;

    type->bsp_count = list ? list->count : 0;
    type->bsps = bw_arena_alloc(type->arena, sizeof *type->bsps * (type->bsp_count + 1));
    for (uint32_t i = 0; i < type->bsp_count; i++) {
        const bw_yaml *url = bw_yaml_get(list->items[i], "url");
        const bw_yaml *layers = bw_yaml_get(list->items[i], "layers");
        const char *folder = bw_yaml_to_text(bw_yaml_get(list->items[i], "folder"));
        const char *branch = bw_yaml_to_text(bw_yaml_get(list->items[i], "branch"));
        uint32_t count = layers ? layers->count : 0;
        const char **names = bw_arena_alloc(type->arena, sizeof *names * (count + 2));

        for (uint32_t k = 0; k < count; k++)
            names[k] = layers->items[k]->text;
        if (!count)
            names[0] = "";
        names[count ? count : 1] = NULL;
        type->bsps[i] = (bw_balena_bsp){url->text, branch ? branch : type->release->name,
                                        folder ? folder : folder_of(type, url->text), names};
        if (!g_str_has_prefix(url->text, "https://")) {
            bw_findings_add(findings_of(type), BW_CODE_balena_bsp, bw_yaml_place(url),
                            "the submodule %s is fetched from \"%s\", not by https", type->bsps[i].folder, url->text);
            ok = false;
        }
    }
    if (type->own_machine || type->bsp_count)
        return ok;
    bw_findings_add(findings_of(type), BW_CODE_balena_bsp, bw_balena_decision_place(type, "bsp-machine"),
                    "a BSP is said to have the machine %s, but `bsp:` names none", type->machine);
    return false;
}

/* ---- media ------------------------------------------------------------------------------------------------------ */

/* Kinds of media and the names that Linux has for their disks. */
static const struct {
    const char *kind, *device;
} kinds[] = {{"emmc", "mmcblk0"}, {"nvme", "nvme?n?"}, {"sata", "sd?"}, {"ssd", "nvme?n? sd?"}, {"usb", "sd?"}};

static bool decide_storage(bw_balena_type *type)
{
    const bw_yaml *storage = bw_yaml_get(type->job->section, "storage");
    const bw_yaml *internal = bw_yaml_get(storage, "internal");
    const bw_yaml *list = bw_yaml_get(type->job->section, "boot-media");
    const char *device = bw_yaml_to_text(bw_yaml_get(storage, "device"));

    type->flasher = bw_balena_truth(storage, "flasher");
    type->flash_protocol = bw_yaml_to_text(bw_yaml_get(storage, "flash-protocol"));
    type->internal = bw_yaml_to_text(internal);
    for (size_t i = 0; type->internal && !device && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].kind, type->internal) == 0)
            device = kinds[i].device;
    type->internal_device = device;

    uint32_t count = list ? list->count : 0;
    const char **names = bw_arena_alloc(type->arena, sizeof *names * (count + 2));
    for (uint32_t i = 0; i < count; i++)
        names[i] = list->items[i]->text;
    if (!count && type->flasher)
        names[count++] = "sdcard";
    names[count] = NULL;
    type->alternatives = names;

    if (type->flasher && !type->internal) {
        bw_findings_add(findings_of(type), BW_CODE_balena_storage, bw_yaml_place(storage),
                        "a flasher writes the OS to internal storage, and `storage:` names none");
        return false;
    }
    if (type->internal && !type->internal_device) {
        bw_findings_add(findings_of(type), BW_CODE_balena_storage, bw_yaml_place(internal),
                        "what Linux calls a disk of the kind \"%s\" is not known", type->internal);
        return false;
    }
    if (type->internal && !type->flasher && !type->flash_protocol) {
        bw_finding *f = bw_findings_add(findings_of(type), BW_CODE_balena_storage, bw_yaml_place(internal),
                                        "nothing writes the OS to the internal %s: there is neither a flasher nor a "
                                        "flash-protocol",
                                        type->internal);
        bw_finding_cure(f, "flasher: true, or the flash-protocol that writes it");
        return false;
    }
    return true;
}

/* ---- sizes, LED, console ------------------------------------------------------------------------------------------
 */

static bool decide_size(bw_balena_type *type, const char *key, uint64_t *kib, bool *own)
{
    const bw_yaml *value = bw_yaml_get(type->job->section, key);
    uint64_t bytes = 0;

    if (!bw_yaml_to_size(value, &bytes))
        return true;
    *own = true;
    *kib = bytes / KIB;
    if (bytes % KIB == 0 && bytes)
        return true;
    bw_findings_add(findings_of(type), BW_CODE_balena_size, bw_yaml_place(value),
                    "%s is 0x%" G_GINT64_MODIFIER "x bytes: partitions are counted in KiB", key, bytes);
    return false;
}

static bool decide_sizes(bw_balena_type *type)
{
    const char *table = text_of(type, "partition-table");

    type->sizes = bw_balena_default_sizes(true, false);
    type->sizes.gpt = table ? strcmp(table, "gpt") == 0 : type->loader == BW_BALENA_GRUB;
    return decide_size(type, "boot-size", &type->sizes.boot, &type->own_sizes[0]) &&
           decide_size(type, "root-size", &type->sizes.root, &type->own_sizes[1]) &&
           decide_size(type, "state-size", &type->sizes.state, &type->own_sizes[2]);
}

/* Linux, Documentation/leds/leds-class.rst: `label`, else color:function, else the node's name. */
static const char *led_name(const bw_balena_type *type, const bw_node *node)
{
    const char *label = bw_prop_string(bw_node_prop_text(node, "label"));
    const char *function = bw_prop_string(bw_node_prop_text(node, "function"));
    const bw_prop *color = bw_node_prop_text(node, "color");
    static const char *const colors[] = {"white",      "red", "green",  "blue",   "amber", "violet", "yellow", "ir",
                                         "multicolor", "rgb", "purple", "orange", "pink",  "cyan",   "lime"};

    if (label)
        return label;
    if (!function)
        return bw_arena_strdup(type->arena, node->name->text);
    uint32_t number = UINT32_MAX;

    if (bw_prop_u32(color, &number) != BW_STATE_OK)
        number = UINT32_MAX;
    return bw_arena_printf(type->arena, "%s:%s", number < G_N_ELEMENTS(colors) ? colors[number] : "", function);
}

static bool decide_led(bw_balena_type *type)
{
    const char *led = text_of(type, "led");
    const bw_node *node = led ? bw_board_node(type->job->board, led) : NULL;

    if (!led)
        return true;
    if (!node) {
        bw_findings_add(findings_of(type), BW_CODE_balena_led, bw_balena_decision_place(type, "led"),
                        "%s has no LED that is called \"%s\"", type->job->target->name, led);
        return false;
    }
    type->led = led_name(type, node);
    return true;
}

static void decide_console(bw_balena_type *type)
{
    bw_linux_tty tty = bw_linux_tty_of(type->job->board);

    if (tty.prefix)
        type->console = bw_arena_printf(type->arena, "%s%u", tty.prefix, tty.number);
    type->baud = tty.baud;
}

bw_balena_type *bw_balena_decide(const bw_system_job *job, bw_arena *arena)
{
    bw_balena_type *type = bw_arena_alloc(arena, sizeof *type);

    *type = (bw_balena_type){.job = job, .arena = arena};
    if (!decide_names(type) || !decide_cpu(type) || !decide_storage(type))
        return NULL;
    type->hdmi = bw_balena_truth(job->section, "hdmi");
    type->wifi = bw_balena_truth(job->section, "wifi");
    type->bluetooth = bw_balena_truth(job->section, "bluetooth");
    decide_console(type);
    bool ok = bw_balena_decide_loader_kind(type) && decide_sizes(type);
    if (ok)
        decide_kernel(type);
    /* All that is wrong is said, not just the first. */
    bool loader = ok && bw_balena_decide_loader(type);
    bool bsp = ok && decide_bsp(type);
    bool led = decide_led(type);
    return loader && bsp && led ? type : NULL;
}
