/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/custom_dtb.h"

#include "base/folder.h"
#include "systems/balena/image.h"
#include "systems/balena/raw_writes.h"

#include <inttypes.h>

/* ---- who takes one ---- */

typedef enum how { EQUALS, ENDS_IN, CONTAINS } how;

/* Each with what the supervisor does. */
static const struct {
    how how;
    const char *text;
} patterns[] = {
    {ENDS_IN, "-nano"},
    {ENDS_IN, "-nano-emmc"},
    {ENDS_IN, "-nano-2gb-devkit"},
    {ENDS_IN, "-tx2"},
    {CONTAINS, "-tx2-nx"},
    {CONTAINS, "-agx-orin-"},
    {CONTAINS, "-orin-nx-"},
    {CONTAINS, "-orin-nano-"},
    {CONTAINS, "imx8mm-var-som"},
    {EQUALS, "iot-gate-imx8plus"},
    {EQUALS, "iot-gate-imx8plus-d1d8"},
    {CONTAINS, "imx8m-var-dart"},
    {CONTAINS, "imx8mm-var-dart"},
};

const char *bw_balena_fdt_pattern(const char *slug, bw_arena *arena)
{
    static const char *const words[] = {"is", "ends in", "contains"};

    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        const char *text = patterns[i].text;
        bool met = patterns[i].how == EQUALS    ? strcmp(slug, text) == 0
                   : patterns[i].how == ENDS_IN ? g_str_has_suffix(slug, text)
                                                : strstr(slug, text) != NULL;

        if (met)
            return bw_arena_printf(arena, "%s %s", words[patterns[i].how], text);
    }
    return NULL;
}

static bool is_jetson(const bw_balena_custom_dtb *dtb)
{
    const char *slug = dtb->slug;

    return (dtb->repo && dtb->repo->family && g_str_has_prefix(dtb->repo->family, "jetson")) ||
           strstr(slug, "jetson") || strstr(slug, "-orin-") || strstr(slug, "-tx2") || strstr(slug, "xavier") ||
           g_str_has_suffix(slug, "-nano");
}

/* ---- what is wrong ---- */

static void check_name(bw_unit *unit, const bw_balena_custom_dtb *dtb, bw_place place)
{
    const char *odd = dtb->file;

    while (*odd && (g_ascii_isalnum(*odd) || strchr("._+,-", *odd)))
        odd++;
    if (strchr(dtb->file, '/'))
        bw_findings_add(unit->findings, BW_CODE_balena_devicetree_name, place,
                        "'%s' has a folder: %s takes the file's name alone", dtb->file, BW_BALENA_FDT_VARIABLE);
    else if (!g_str_has_suffix(dtb->file, ".dtb") || strlen(dtb->file) <= 4)
        bw_findings_add(unit->findings, BW_CODE_balena_devicetree_name, place, "'%s' does not end in .dtb", dtb->file);
    else if (*odd)
        bw_findings_add(unit->findings, BW_CODE_balena_devicetree_name, place,
                        "'%s' has '%c', which U-Boot would not take as part of a name", dtb->file, *odd);
}

/* Whether the image has the file that the supervisor writes to; true if that cannot be told. */
static bool has_extra_env(const bw_balena_custom_dtb *dtb)
{
    bw_balena_boot_files files = bw_balena_boot_files_of(dtb->repo, dtb->device, false);

    for (uint32_t i = 0; i < files.count; i++) {
        if (g_pattern_match_simple(files.paths[i], "/extra_uEnv.txt"))
            return true;
    }
    return !files.whole || files.count == 0;
}

/* meta-balena ships the file for whatever has a U-Boot. */
static bool has_uboot(const bw_balena_custom_dtb *dtb)
{
    bw_bb_store *store = bw_balena_store(dtb->repo, dtb->device->machine, NULL);
    const char *const *missing = bw_bb_missing(store);
    bool whole = true; /* what sets them stands in the machine's files */
    bool set = bw_bb_get(store, "UBOOT_MACHINE").text || bw_bb_get(store, "UBOOT_CONFIG").text;

    for (; *missing; missing++)
        whole &= !g_str_has_prefix(*missing, "conf/machine/");
    bw_bb_store_free(store);
    return set || !whole;
}

bool bw_balena_custom_dtb_check(bw_unit *unit, const bw_balena_custom_dtb *dtb, bw_place place)
{
    uint32_t errors = unit->findings->counts[BW_ERROR];
    bool xavier = strstr(dtb->slug, "xavier") != NULL;

    check_name(unit, dtb, place);
    if (!bw_balena_fdt_pattern(dtb->slug, &unit->arena)) {
        bw_finding *f =
            bw_findings_add(unit->findings, BW_CODE_balena_devicetree_slug, place,
                            "the supervisor sets no custom devicetree on a '%s': its name meets none of the "
                            "patterns%s",
                            dtb->slug, xavier ? "; Xavier has its devicetree in partitions of its own" : "");
        bw_finding_subject(f, dtb->slug, NULL);
    } else if (dtb->repo && dtb->device && dtb->device->machine && !has_extra_env(dtb) && !has_uboot(dtb)) {
        bw_findings_add(unit->findings, BW_CODE_balena_devicetree_env, place,
                        "the boot partition of %s gets no extra_uEnv.txt, without which the supervisor sets nothing",
                        dtb->device->file);
    }
    return unit->findings->counts[BW_ERROR] == errors;
}

/* ---- the page ---- */

/* A file of the layer, from the repository's root; NULL if it has none of that name. */
static const char *in_repo(const bw_balena_custom_dtb *dtb, const char *name)
{
    uint32_t count = 0;
    const char *const *found = dtb->repo ? bw_balena_layer_files(dtb->repo, name, &count) : NULL;
    size_t root = dtb->repo ? strlen(dtb->repo->root) : 0;

    return count ? found[0] + root + (found[0][root] == '/') : NULL;
}

/* The kernel's append: a .bbappend that inherits kernel-balena. */
static const char *kernel_append(const bw_balena_custom_dtb *dtb)
{
    for (uint32_t i = 0; dtb->repo && dtb->repo->layer && i < dtb->repo->layer->file_count; i++) {
        const bw_bb_file *file = dtb->repo->layer->files[i];

        for (uint32_t k = 0; k < file->count; k++) {
            const bw_bb_statement *s = &file->statements[k];

            if (s->kind == BW_BB_INHERIT && (strstr(s->value, "kernel-balena") || strstr(s->value, "kernel-resin")) &&
                strstr(file->path, "recipes-kernel"))
                return file->path + strlen(dtb->repo->root) + 1;
        }
    }
    return NULL;
}

static void put_device(const bw_balena_custom_dtb *dtb, bw_buffer *out)
{
    bw_buffer_printf(
        out,
        "## On one device\n\n"
        "1. Copy the blob to the device's host OS:\n\n"
        "       scp -P 22222 %s root@DEVICE:/mnt/sysroot/active/current/boot/\n\n"
        "   (over balenaCloud: `balena ssh DEVICE_UUID`, and copy it there.)\n"
        "2. In the dashboard, Device Configuration (or Fleet Configuration), add the variable `%s` (older\n"
        "   releases and the documentation call it `%s`) with the value `%s`: the name alone, no folder.\n"
        "3. The supervisor writes `custom_fdt_file=%s` into `extra_uEnv.txt` on the boot partition and reboots.\n"
        "4. Look whether it is in use: `cat /proc/device-tree/model` on the host OS%s%s%s.\n\n"
        "The file lies in the root file system that is in use. An update of the host OS brings another one:\n"
        "ship the file with the OS, as below, or copy it again.\n\n",
        dtb->file, BW_BALENA_FDT_VARIABLE, BW_BALENA_FDT_VARIABLE_OLD, dtb->file, dtb->file,
        dtb->model ? " prints `" : "", dtb->model ? dtb->model : "", dtb->model ? "`" : "");
    bw_buffer_printf(
        out,
        "## Before the first boot\n\n"
        "Add the line of the `extra_uEnv.txt` beside this page to the file of that name on the image's boot\n"
        "partition (`resin-boot`), and set the variable for the fleet as well: the supervisor makes the file agree\n"
        "with its configuration. The blob itself has to be in the root file system's `/boot`.\n\n");
}

static void put_none(const bw_balena_custom_dtb *dtb, bw_buffer *out)
{
    bool xavier = strstr(dtb->slug, "xavier") != NULL;

    bw_buffer_printf(
        out,
        "## Not by the variable\n\n"
        "The supervisor decides by the name of a device type whether `%s` has an effect, and `%s` meets none\n"
        "of its patterns%s. What is left:\n\n"
        "- ship the devicetree with an OS of your own, as below;\n"
        "- or ask for the name to be added in balena-supervisor (`src/config/backends/extra-uEnv.ts`), once the\n"
        "  board's boot loader reads `custom_fdt_file` of `extra_uEnv.txt`.\n\n",
        BW_BALENA_FDT_VARIABLE, dtb->slug,
        xavier ? " (a Xavier's devicetree lies in its A/B partitions, which only an update writes)" : "");
}

static void put_jetson(const bw_balena_custom_dtb *dtb, bw_buffer *out)
{
    const char *recipe = in_repo(dtb, "jetson-dtbs.bb");
    const char *append = kernel_append(dtb);

    bw_buffer_printf(
        out,
        "## With the OS: a pull request to the device type's repository\n\n"
        "Three files, as for the carrier boards that are there:\n\n"
        "1. the blob itself, beside the kernel's append%s%s%s;\n"
        "2. `%s`: add `file://%s` to SRC_URI, and to do_install\n\n"
        "       install -m 0644 ${WORKDIR}/%s ${D}/boot/%s\n\n"
        "3. the kernel's append, if it lists the blobs that it ships.\n\n"
        "Pin multiplexing and the other devicetrees of the firmware (MB1, BPMP, UEFI) are not in this file. They are\n"
        "in QSPI or in partitions, and are written by updates.\n\n",
        append ? " (`" : "", append ? append : "", append ? "`)" : "",
        recipe ? recipe : "recipes-kernel/linux/jetson-dtbs.bb", dtb->file, dtb->file, dtb->file);
}

static void put_others(const bw_balena_custom_dtb *dtb, bw_buffer *out)
{
    const char *append = kernel_append(dtb);
    const char *stem = bw_path_name(dtb->source);
    const char *machine = dtb->device && dtb->device->machine ? dtb->device->machine : dtb->slug;

    bw_buffer_printf(
        out,
        "## With the OS: a pull request to the device type's repository\n\n"
        "1. a patch of the kernel that adds `%s` below `arch/arm64/boot/dts/VENDOR/` (`arch/arm/boot/dts/` for 32\n"
        "   bits) and a line for it in the Makefile there, with what it includes;\n"
        "2. in %s%s%s: the patch in SRC_URI, and\n\n"
        "       KERNEL_DEVICETREE:append:%s = \" VENDOR/%s\"\n\n"
        "   (in a layer for dunfell or older: `KERNEL_DEVICETREE_append_%s`.)\n\n",
        stem, append ? "`" : "", append ? append : "the kernel's append", append ? "`" : "", machine, dtb->file,
        machine);
}

void bw_balena_custom_dtb_page(const bw_balena_custom_dtb *dtb, bw_arena *arena, bw_buffer *out)
{
    const char *pattern = bw_balena_fdt_pattern(dtb->slug, arena);

    bw_buffer_printf(out, "# %s for %s\n\nCompiled from `%s`: %" PRIu64 " bytes", dtb->file, dtb->slug,
                     bw_path_name(dtb->source), dtb->size);
    if (dtb->model)
        bw_buffer_printf(out, ", model `%s`", dtb->model);
    bw_buffer_text(out, ".\n\n");
    if (pattern) {
        bw_buffer_printf(out, "`%s` takes a custom devicetree: its name %s.\n\n", dtb->slug, pattern);
        put_device(dtb, out);
    } else {
        put_none(dtb, out);
    }
    if (is_jetson(dtb))
        put_jetson(dtb, out);
    else
        put_others(dtb, out);
    bw_buffer_text(
        out,
        "Where only the devicetree differs, the maintainers prefer this to another device type. A commit's text ends\n"
        "with `Changelog-entry:` and `Signed-off-by:` lines.\n");
}
