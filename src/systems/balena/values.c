/* SPDX-License-Identifier: Apache-2.0 */
/* What the templates ask for. */
#include "systems/balena/write.h"

#include "base/text.h"

#include <string.h>

static void set(GHashTable *values, const char *name, const char *value)
{
    g_hash_table_insert(values, g_strdup(name), g_strdup(value ? value : ""));
}

static void set_if(GHashTable *values, const char *name, bool condition)
{
    set(values, name, condition ? "1" : "");
}

static void take(GHashTable *values, const char *name, GString *text)
{
    g_hash_table_insert(values, g_strdup(name), g_string_free(text, FALSE));
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static void add_names(const bw_balena_type *type, GHashTable *values)
{
    GString *quoted = g_string_new(type->name);
    char *xml = g_markup_escape_text(type->name, -1);
    GString *json = g_string_new(type->name);

    g_string_replace(quoted, "\\", "\\\\", 0);
    g_string_replace(json, "\\", "\\\\", 0);
    g_string_replace(json, "\"", "\\\"", 0);
    g_string_replace(quoted, "'", "\\'", 0);
    take(values, "NAME_QUOTED", quoted);
    set(values, "NAME_XML", xml);
    take(values, "NAME_JSON", json);
    g_free(xml);
    set(values, "NAME", type->name);
    set(values, "FAMILY", type->family);
    g_hash_table_insert(values, g_strdup("LAYER"),
                        g_strdup_printf("balena-%s/layers/meta-balena-%s", type->family, type->family));
    set(values, "MACHINE", type->machine);
    set(values, "SLUG", type->slug);
    set(values, "ARCH", type->arch);
    set(values, "STATE", type->state);
    set(values, "RELEASE", type->release->name);
    set(values, "SAMPLES", type->release->templates ? "templates/default" : "samples");
    set(values, "VERSION", BW_BALENA_META_VERSION);
}

/* ---- submodules ------------------------------------------------------------------------------------------------- */

static void add_bsps(const bw_balena_type *type, GHashTable *values)
{
    static const struct {
        const char *url, *path;
        bool release; /* its branch is the release's */
    } ours[] = {
        {"https://github.com/balena-os/balena-yocto-scripts.git", "balena-yocto-scripts", false},
        {"https://github.com/balena-io/contracts.git", "contracts", false},
        {"https://github.com/balena-os/meta-balena.git", "layers/meta-balena", false},
        {"https://github.com/balena-os/poky.git", "layers/poky", true},
        {"https://github.com/openembedded/meta-openembedded.git", "layers/meta-openembedded", true},
        {"https://github.com/balena-os/meta-cyclonedx.git", "layers/meta-cyclonedx", true},
    };
    GString *modules = g_string_new(NULL), *layers = g_string_new(NULL), *commands = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        g_string_append_printf(commands, "    git submodule add --force -b %s %s %s\n",
                               ours[i].release ? type->release->name : "master", ours[i].url, ours[i].path);
    for (uint32_t i = 0; i < type->bsp_count; i++) {
        const bw_balena_bsp *bsp = &type->bsps[i];

        g_string_append_printf(modules, "%s[submodule \"layers/%s\"]\n\tpath = layers/%s\n\turl = %s\n\tbranch = %s",
                               i ? "\n" : "", bsp->folder, bsp->folder, bsp->url, bsp->branch);
        g_string_append_printf(commands, "    git submodule add --force -b %s %s layers/%s\n", bsp->branch, bsp->url,
                               bsp->folder);
        for (const char *const *layer = bsp->layers; *layer; layer++)
            g_string_append_printf(layers, "    ${TOPDIR}/../layers/%s%s%s \\\n", bsp->folder, **layer ? "/" : "",
                                   *layer);
    }
    take(values, "BSP_SUBMODULES", modules);
    take(values, "BSP_LAYERS", layers);
    take(values, "SUBMODULE_COMMANDS", commands);
}

/* ---- machine, kernel ----------------------------------------------------------------------------------------------
 */

static void add_machine(const bw_balena_type *type, GHashTable *values)
{
    GString *features = g_string_new("usbhost vfat");
    char *number = g_strdup_printf("%u", type->baud);
    char *argument = type->console ? g_strdup_printf(" console=%s,%u", type->console, type->baud) : g_strdup("");

    if (type->loader == BW_BALENA_GRUB)
        g_string_append(features, " efi");
    if (type->hdmi)
        g_string_append(features, " screen");
    if (type->wifi)
        g_string_append(features, " wifi");
    if (type->bluetooth)
        g_string_append(features, " bluetooth");
    take(values, "FEATURES", features);
    set_if(values, "OWN_MACHINE", type->own_machine);
    set(values, "REQUIRES", type->requires);
    set(values, "TUNE", type->tune);
    set(values, "CONSOLE", type->console);
    set(values, "CONSOLE_ARGUMENT", argument);
    set(values, "BAUD", number);
    g_free(number);
    g_free(argument);
}

static void add_kernel(const bw_balena_type *type, GHashTable *values)
{
    char *dtb = g_path_get_basename(type->dtb ? type->dtb : "");
    size_t len = type->dtb ? strlen(type->dtb) : 0;
    char *path = len > 4 ? g_strdup_printf("%.*s.dts", (int)(len - 4), type->dtb) : g_strdup("");
    char *dts = g_path_get_basename(path);

    set(values, "KERNEL", type->kernel);
    set_if(values, "KERNEL_YOCTO", g_str_has_prefix(type->kernel, "linux-yocto"));
    set(values, "KERNEL_IMAGE", type->kernel_image);
    set(values, "KERNEL_ARCH", type->kernel_arch);
    set(values, "DEFCONFIG", type->defconfig);
    set(values, "DTB", type->dtb);
    set(values, "DTB_NAME", type->dtb ? dtb : "");
    set_if(values, "OWN_DTS", type->own_dts);
    set(values, "DTS_PATH", path);
    set(values, "DTS_NAME", dts);
    set(values, "BOOT_COMMAND", strcmp(type->kernel_image, "Image") == 0 ? "booti" : "bootz");
    g_free(dts);
    g_free(path);
    g_free(dtb);
}

/* ---- boot loader
 * ----------------------------------------------------------------------------------------------------- */

/* Letters that a shell variable's name may have. */
static char *variable_of(const bw_balena_raw *raw, uint32_t index)
{
    GString *name = g_string_new(NULL);

    for (const char *c = raw->file; *c && *c != '.'; c++)
        g_string_append_c(name, g_ascii_isalnum(*c) ? g_ascii_tolower(*c) : '_');
    if (!name->len || g_ascii_isdigit(name->str[0]))
        g_string_prepend(name, "file_");
    if (index)
        g_string_append_printf(name, "_%u", index);
    return g_string_free(name, FALSE);
}

static const char *block_text(const bw_balena_raw *raw)
{
    return raw->block == 1024 ? "1K" : raw->block == BW_BALENA_SECTOR ? "512" : "1";
}

static void add_raws(const bw_balena_type *type, GHashTable *values)
{
    GString *files = g_string_new(NULL), *writes = g_string_new(NULL), *names = g_string_new(NULL);
    GString *variables = g_string_new(NULL), *device_writes = g_string_new(NULL), *flash = g_string_new(NULL);
    bool on_disk = !type->loader_device || type->boot_device;

    for (uint32_t i = 0; i < type->raw_count; i++) {
        const bw_balena_raw *raw = &type->raws[i];
        char *name = variable_of(raw, i);
        /* A boot partition of the eMMC holds the same from its beginning on. */
        uint64_t seek = type->boot_device ? raw->seek - type->raws[0].offset / raw->block : raw->seek;

        g_string_append_printf(files, "    %s:/%s \\\n", raw->file, raw->file);
        if (on_disk)
            g_string_append_printf(writes,
                                   "    # Bytes from 0x%" G_GINT64_MODIFIER "x on\n"
                                   "    dd if=${DEPLOY_DIR_IMAGE}/%s of=${BALENA_RAW_IMG} conv=notrunc bs=%s "
                                   "seek=%" G_GINT64_MODIFIER "u\n",
                                   raw->offset, raw->file, block_text(raw), raw->seek);
        g_string_append_printf(device_writes,
                               "dd if=\"/mnt/boot/%s\" of=\"$device\" conv=fdatasync bs=%" G_GINT64_MODIFIER
                               "u seek=%" G_GINT64_MODIFIER "u\n",
                               raw->file, raw->block, seek);
        g_string_append_printf(variables,
                               "%s_file=\"%s\"\n%s_block_size=%" G_GINT64_MODIFIER
                               "u\n%s_seek_blocks=%" G_GINT64_MODIFIER "u\n%s",
                               name, raw->file, name, raw->block, name, seek, i + 1 < type->raw_count ? "\n" : "");
        g_string_append_printf(names, "%s%s", i ? " " : "", name);
        const char *nth = i ? "_1" : "";
        g_string_append_printf(flash,
                               "BOOTLOADER_FLASH_DEVICE%s:%s = \"%s\"\n"
                               "BOOTLOADER_IMAGE%s:%s = \"%s\"\n"
                               "BOOTLOADER_BLOCK_SIZE_OFFSET%s:%s = \"%" G_GINT64_MODIFIER "u\"\n"
                               "BOOTLOADER_SKIP_OUTPUT_BLOCKS%s:%s = \"%" G_GINT64_MODIFIER "u\"\n",
                               nth, type->machine, type->loader_device ? type->loader_device : "", nth, type->machine,
                               raw->file, nth, type->machine, raw->block, nth, type->machine, raw->seek);
        g_free(name);
    }
    if (!type->raw_count && type->loader_file)
        g_string_append_printf(files, "    %s:/%s \\\n", type->loader_file, type->loader_file);
    set_if(values, "HOOK_NEEDS_LSBLK", type->raw_count && !type->loader_device);
    set_if(values, "RAWS", type->raw_count > 0);
    take(values, "BOOT_FILES", files);
    take(values, "RAW_WRITES", writes);
    take(values, "RAW_VARIABLES", variables);
    take(values, "RAW_NAMES", names);
    take(values, "BOOT_DEVICE_WRITES", device_writes);
    take(values, "FLASH_VARIABLES", flash);
}

static void add_loader(const bw_balena_type *type, GHashTable *values)
{
    bw_balena_sizes by_itself = bw_balena_default_sizes(true, false);
    bool grub = type->loader == BW_BALENA_GRUB;
    bool aarch64 = strcmp(type->arch, "aarch64") == 0, i386 = strcmp(type->arch, "i386") == 0;
    bool moved = type->sizes.device_specific != by_itself.device_specific;
    char *space = moved ? g_strdup_printf("%" G_GINT64_MODIFIER "u", type->sizes.device_specific) : g_strdup("");

    set_if(values, "GRUB", grub);
    set_if(values, "UBOOT", !grub);
    set(values, "EFI_NAME", aarch64 ? "aa64" : i386 ? "ia32" : "x64");
    set(values, "GRUB_TARGET", aarch64 ? "arm64-efi" : i386 ? "i386-efi" : "x86_64-efi");
    set(values, "UBOOT_RECIPE", type->loader_recipe);
    set(values, "UBOOT_CONFIG", type->loader_config);
    set(values, "BOOT_DEVICE", type->boot_device ? type->loader_device : "");
    set(values, "FLASH_DEVICE", type->loader_device && !type->boot_device ? type->loader_device : "");
    set_if(values, "GPT", type->sizes.gpt);
    set(values, "SPACE", space);
    set(values, "BOOT_PART", "1");
    set(values, "ROOT_PART", "2");
    g_free(space);
    add_raws(type, values);
}

static void add_media(const bw_balena_type *type, GHashTable *values)
{
    static const char *const variables[] = {"BALENA_BOOT_SIZE", "IMAGE_ROOTFS_SIZE", "BALENA_STATE_SIZE"};
    const uint64_t kib[] = {type->sizes.boot, type->sizes.root, type->sizes.state};
    GString *sizes = g_string_new(NULL), *medium = g_string_new(NULL), *loader = g_string_new(NULL);
    GString *alternatives = g_string_new(NULL);
    for (const char *const *medium_name = type->alternatives; *medium_name; medium_name++)
        g_string_append_printf(alternatives, "%s\"%s\"", alternatives->len ? ", " : "", *medium_name);
    bool usb = type->alternatives[0] && strcmp(type->alternatives[0], "usb_mass_storage") == 0;

    for (size_t i = 0; i < G_N_ELEMENTS(kib); i++)
        if (type->own_sizes[i])
            g_string_append_printf(sizes, "%s%s:%s = \"%" G_GINT64_MODIFIER "u\"", sizes->len ? "\n" : "", variables[i],
                                   type->machine, kib[i]);
    take(values, "SIZES", sizes);
    g_string_append(medium, type->internal ? type->internal : "SD card");
    if (type->flasher)
        g_string_append_printf(medium, ", written by the flasher from %s", usb ? "a USB stick" : "an SD card");
    take(values, "MEDIUM_TEXT", medium);
    if (type->loader == BW_BALENA_GRUB)
        g_string_append(loader, "GRUB, started by EFI");
    else
        g_string_append_printf(loader, "U-Boot (%s)", type->loader_recipe);
    take(values, "LOADER_TEXT", loader);
    set_if(values, "FLASHER", type->flasher);
    set(values, "MEDIUM", usb ? "USB" : "SD");
    set(values, "MEDIUM_WORD", usb ? "USB stick" : "SD card");
    set(values, "IMAGE", type->flasher ? "balena-image-flasher" : "balena-image");
    set(values, "TEST_IMAGE", type->flasher ? "balena-flasher.img" : "balena.img");
    set(values, "INTERNAL_DEVICE", type->internal_device);
    set(values, "HAS_WIFI", type->wifi ? "true" : "false");
    set(values, "HAS_BLUETOOTH", type->bluetooth ? "true" : "false");
    set(values, "HAS_HDMI", type->hdmi ? "true" : "false");
    set(values, "HAS_INTERNAL", type->internal ? "true" : "false");
    set(values, "DEFAULT_BOOT", type->internal ? "internal" : "sdcard");
    set(values, "FLASH_PROTOCOL", type->flash_protocol);
    take(values, "ALTERNATIVES", alternatives);
    set(values, "WIRED", type->wifi ? "false" : "true");
    set(values, "WIRELESS", type->wifi ? "true" : "false");
}

static void add_led(const bw_balena_type *type, GHashTable *values)
{
    GString *path = g_string_new(NULL);

    /* A colon in a value would be taken for an override's: BitBake's users escape it. */
    if (type->led) {
        g_string_append_printf(path, "/sys/class/leds/%s/brightness", type->led);
        g_string_replace(path, ":", "\\:", 0);
    }
    set(values, "BLINK", type->led ? "true" : "false");
    take(values, "LED_FILE", path);
}

/* What the tool cannot know; Markdown, an item a line. */
static void add_todo(const bw_balena_type *type, GHashTable *values)
{
    GString *todo = g_string_new(NULL);

    if (type->loader == BW_BALENA_UBOOT)
        g_string_append(
            todo, "- U-Boot: `balenaos_bootcommand.cfg` loads kernel and devicetree from the root partition. If the "
                  "board's own boot command does more, take that over. `resin-u-boot` changes the sources of "
                  "U-Boot; an old one, or a vendor's, may need a patch.\n");
    if (type->loader == BW_BALENA_UBOOT && type->own_machine && !type->loader_config)
        g_string_append(todo, "- U-Boot: `UBOOT_MACHINE` is not set. Name it in support.yml: `bootloader: {config: "
                              "…_defconfig}`.\n");
    if (g_str_has_prefix(type->kernel, "linux-yocto"))
        g_string_append_printf(
            todo,
            "- Kernel: `%s` is built with `%s`. Turn the board's drivers on with `BALENA_CONFIGS` in "
            "the kernel's append.\n",
            type->kernel, type->defconfig);
    if (type->own_dts)
        g_string_append(todo, "- Devicetree: it is the board's description as boardwright has it. A node that the "
                              "kernel's bindings name otherwise has no driver.\n");
    if (!type->console)
        g_string_append(todo, "- Console: the devicetree names none whose driver in Linux is known.\n");
    g_string_append(
        todo, "- Tests: take the matrix of the workflow in once a rig has the device.\n"
              "- Logo: it is a drawing; a picture of the board is better.\n"
              "- [Contact balena](https://www.balena.io/contact): the repository moves to balena-os, its jobs are "
              "set up, and the names of repository, device type and contract become final.\n");
    take(values, "TODO", todo);
}

GHashTable *bw_balena_values(const bw_balena_type *type)
{
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    add_names(type, values);
    add_bsps(type, values);
    add_machine(type, values);
    add_kernel(type, values);
    add_loader(type, values);
    add_media(type, values);
    add_led(type, values);
    add_todo(type, values);
    return values;
}
