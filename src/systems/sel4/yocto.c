/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/yocto.h"

#include "base/text.h"
#include "board/linux_tty.h"

#include <string.h>

typedef struct known_machine {
    const char *prefix, *collection, *layer, *url, *recipe;
} known_machine;

static const known_machine known_machines[] = {
#define BW_YOCTO_MACHINE(prefix, collection, layer, url, recipe) {prefix, collection, layer, url, recipe},
#include "systems/sel4/yocto.def"
};

typedef struct layer {
    const bw_system_job *job;
    const bw_sel4_plan *plan;
    const char *platform, *machine, *parent, *image, *release;
    const char *collection, *recipe; /* of the kernel */
    const known_machine *known;      /* or NULL */
    bool own_image;                  /* the image's recipe is written here */
} layer;

/* -- what is said, and what follows ------------------------------------------------------------------- */

static const known_machine *known_of(const char *parent)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_machines); i++)
        if (g_str_has_prefix(parent, known_machines[i].prefix))
            return &known_machines[i];
    return NULL;
}

/* Names of recipes, machines and releases stand in file names and commands. */
static bool is_name(const char *text)
{
    const char *p = text;

    while (*p && (g_ascii_isalnum(*p) || strchr("-_.+", *p)))
        p++;
    return *p == '\0' && p > text && *text != '.' && *text != '-';
}

static bool check_name(const layer *l, const bw_sel4_text *text)
{
    if (!text->text || is_name(text->text))
        return true;
    bw_findings_add(l->job->board->tree->unit->findings, BW_CODE_yocto_name, text->place,
                    "'%s' is no name of a machine, recipe, layer or release", text->text);
    return false;
}

static bool read_section(layer *l)
{
    const bw_sel4_yocto_section *s = &l->plan->section->yocto;
    const bw_sel4_text *const names[] = {&s->machine, &s->requires, &s->image, &s->release, &s->collection, &s->recipe};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (!check_name(l, names[i]))
            return false;
    l->platform = l->plan->section->platform.text;
    l->machine = s->machine.text;
    l->parent = s->requires.text ? s->requires.text : "qemuarm64";
    l->image = s->image.text ? s->image.text : "vm-image-minimal";
    l->own_image = !g_str_has_prefix(l->image, "core-image-");
    l->release = s->release.text ? s->release.text : BW_SEL4_YOCTO_RELEASE;
    l->known = known_of(l->parent);
    l->collection = s->collection.text ? s->collection.text : l->known ? l->known->collection : NULL;
    l->recipe = s->recipe.text ? s->recipe.text : l->known ? l->known->recipe : NULL;
    if (l->collection && l->recipe)
        return true;
    bw_finding *f =
        bw_findings_add(l->job->board->tree->unit->findings, BW_CODE_yocto_machine_unknown, s->requires.place,
                        "which layer has the machine %s, and which recipe its kernel is, is not known", l->parent);
    bw_finding_cure(f, "add collection: NAME (of BBFILE_COLLECTIONS in its layer.conf) and kernel-recipe: NAME");
    return false;
}

/* -- the files -------------------------------------------------------------------------------------- */

static void add_file(const layer *l, const char *path, GString *text)
{
    char *whole = g_strdup_printf("%s/yocto/%s", l->job->folder, path);

    bw_plan_add(l->job->plan, whole, text->str, text->len);
    g_string_free(text, TRUE);
    g_free(whole);
}

static char *layer_path(const layer *l, const char *rest)
{
    return g_strdup_printf("meta-%s-guest/%s", l->platform, rest);
}

static void add_to_layer(const layer *l, const char *rest, GString *text)
{
    char *path = layer_path(l, rest);

    add_file(l, path, text);
    g_free(path);
}

static bool is_core(const layer *l)
{
    return strcmp(l->collection, "core") == 0;
}

static void write_layer_conf(const layer *l)
{
    char *collection = g_strdup_printf("%s-guest", l->platform);
    GString *out =
        g_string_new("# Made by boardwright. Includes are looked up along BBPATH, so the layer stands in it.\n"
                     "BBPATH .= \":${LAYERDIR}\"\n"
                     "BBFILES += \"${LAYERDIR}/recipes-*/*/*.bb ${LAYERDIR}/recipes-*/*/*.bbappend\"\n\n");

    g_string_append_printf(out,
                           "BBFILE_COLLECTIONS += \"%s\"\n"
                           "BBFILE_PATTERN_%s = \"^${LAYERDIR}/\"\n"
                           "BBFILE_PRIORITY_%s = \"10\"\n"
                           "LAYERDEPENDS_%s = \"core\"\n"
                           "LAYERSERIES_COMPAT_%s = \"%s\"\n",
                           collection, collection, collection, collection, collection, l->release);
    if (!is_core(l))
        g_string_append_printf(
            out,
            "\n# Only with the layer whose kernel is appended to: an append without its recipe stops "
            "BitBake.\n"
            "BBFILES_DYNAMIC += \" \\\n"
            "    %s:${LAYERDIR}/dynamic-layers/%s/*/*/*.bb \\\n"
            "    %s:${LAYERDIR}/dynamic-layers/%s/*/*/*.bbappend \\\n"
            "\"\n",
            l->collection, l->collection, l->collection, l->collection);
    add_to_layer(l, "conf/layer.conf", out);
    g_free(collection);
}

static void write_kernel(const layer *l)
{
    GString *append =
        g_string_new("# Made by boardwright. `require`, because `include` is silent when the file is not found: "
                     "then the kernel\n# would have no virtio.\n");
    GString *inc = g_string_new("# Made by boardwright: what every guest's kernel needs, whichever recipe it is of.\n"
                                "FILESEXTRAPATHS:prepend := \"${THISDIR}/files:\"\n");
    GString *fragment =
        g_string_new("# Made by boardwright: devices that a VMM makes, the console on them, an initrd.\n"
                     "CONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_GZIP=y\nCONFIG_DEVTMPFS=y\nCONFIG_DEVTMPFS_MOUNT=y\n"
                     "CONFIG_VIRTIO=y\nCONFIG_VIRTIO_MENU=y\nCONFIG_VIRTIO_MMIO=y\nCONFIG_VIRTIO_PCI=y\n"
                     "CONFIG_VIRTIO_NET=y\nCONFIG_VIRTIO_BLK=y\nCONFIG_VIRTIO_CONSOLE=y\nCONFIG_HVC_DRIVER=y\n");
    char *path = g_strdup_printf("%s%s%srecipes-kernel/linux/%s_%%.bbappend", is_core(l) ? "" : "dynamic-layers/",
                                 is_core(l) ? "" : l->collection, is_core(l) ? "" : "/", l->recipe);
    char *inc_path = g_strdup_printf("recipes-kernel/linux/%s-guest.inc", l->platform);
    char *fragment_path = g_strdup_printf("recipes-kernel/linux/files/%s-guest.cfg", l->platform);

    g_string_append_printf(append, "require %s\n", inc_path);
    g_string_append_printf(inc, "SRC_URI:append:%s = \" file://%s-guest.cfg\"\n", l->machine, l->platform);
    add_to_layer(l, path, append);
    add_to_layer(l, inc_path, inc);
    add_to_layer(l, fragment_path, fragment);
    g_free(path);
    g_free(inc_path);
    g_free(fragment_path);
}

/* "ttyAMA0" of the first guest with a console, or "hvc0". To be freed. */
static char *tty_of(const layer *l)
{
    const bw_board *board = l->plan->board;

    for (uint32_t i = 0; i < l->plan->vm_count; i++) {
        const bw_node *console = l->plan->vms[i].console;
        const char *prefix = console ? bw_linux_tty_prefix(console) : NULL;
        const char *number = "0";

        for (uint32_t k = 0; prefix && k < board->alias_count; k++)
            if (board->aliases[k].node == console && g_str_has_prefix(board->aliases[k].name, "serial") &&
                g_ascii_isdigit(board->aliases[k].name[6]))
                number = board->aliases[k].name + 6;
        if (prefix)
            return g_strconcat(prefix, number, NULL);
    }
    return g_strdup("hvc0");
}

static void write_machine(const layer *l)
{
    GString *out = g_string_new("#@TYPE: Machine\n");
    char *path = g_strdup_printf("conf/machine/%s.conf", l->machine);
    char *tty = tty_of(l);

    g_string_append_printf(out,
                           "#@NAME: guest of %s\n#@DESCRIPTION: a guest of seL4, made from %s\n\n"
                           "# Before the machine itself, so that what is meant for %s holds here, too.\n"
                           "MACHINEOVERRIDES =. \"%s:\"\n"
                           "require conf/machine/%s.conf\n\n"
                           "# The guest's own console: a getty on another waits for ever.\n"
                           "SERIAL_CONSOLES = \"115200;%s\"\n\n"
                           "# The VMM loads kernel and initrd: no boot loader, no image of a disk.\n"
                           "KERNEL_IMAGETYPE = \"Image\"\n"
                           "IMAGE_FSTYPES = \"cpio.gz\"\n"
                           "EXTRA_IMAGEDEPENDS = \"\"\n"
                           "MACHINE_ESSENTIAL_EXTRA_RDEPENDS = \"\"\n"
                           "MACHINE_ESSENTIAL_EXTRA_RRECOMMENDS = \"\"\n",
                           l->platform, l->parent, l->parent, l->parent, l->parent, tty);
    if (strcmp(l->collection, "tegra") == 0)
        g_string_append(
            out,
            "\n# Its class of images stays: the initramfs of meta-tegra is of a type that it has. Nothing of it is "
            "built.\n"
            "TEGRA_INITRAMFS_FSTYPES = \"\"\n"
            "INITRAMFS_FSTYPES = \"cpio.gz\"\n"
            "IMAGE_ROOTFS_SIZE = \"0\"\n"
            "UBOOT_EXTLINUX = \"\"\n");
    add_to_layer(l, path, out);
    g_free(tty);
    g_free(path);
}

static void write_image(const layer *l)
{
    GString *out = g_string_new("SUMMARY = \"Root of a guest of seL4, as an initrd\"\n"
                                "LICENSE = \"Apache-2.0\"\n\n"
                                "inherit core-image\n\n"
                                "IMAGE_INSTALL = \"packagegroup-core-boot\"\n"
                                "IMAGE_LINGUAS = \"\"\n"
                                "# All that the machine wants besides is of the host.\n"
                                "IMAGE_FEATURES = \"\"\n");
    char *path = g_strdup_printf("recipes-core/images/%s.bb", l->image);

    add_to_layer(l, path, out);
    g_free(path);
}

/* -- the page --------------------------------------------------------------------------------------- */

/* From nanbield on the names of root file systems end in ".rootfs". */
static const char *rootfs_suffix(const layer *l)
{
    static const char *const before[] = {"dunfell",   "gatesgarth", "hardknott",  "honister",
                                         "kirkstone", "langdale",   "mickledore", NULL};

    return g_strv_contains(before, l->release) ? "" : ".rootfs";
}

static const char *base_name(const char *path, const char *otherwise)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash ? slash + 1 : path ? path : otherwise;
}

static void add_deploy(const layer *l, GString *out)
{
    for (uint32_t i = 0; i < l->plan->vm_count; i++) {
        const bw_sel4_vm_section *vm = l->plan->vms[i].section;

        g_string_append_printf(out,
                               "cp build/tmp/deploy/images/%s/Image \\\n"
                               "   projects/camkes-vm-images/%s/%s\n",
                               l->machine, l->platform, base_name(vm->kernel.text, "linux"));
        if (vm->initrd.file.text)
            g_string_append_printf(out,
                                   "cp build/tmp/deploy/images/%s/%s-%s%s.cpio.gz \\\n"
                                   "   projects/camkes-vm-images/%s/%s\n",
                                   l->machine, l->image, l->machine, rootfs_suffix(l), l->platform,
                                   base_name(vm->initrd.file.text, "rootfs.cpio.gz"));
    }
}

static void write_page(const layer *l)
{
    GString *out = g_string_new(
        "# The guest's kernel and initrd\n\nMade by boardwright. All commands are of one shell, in the folder "
        "that holds `meta-");

    g_string_append_printf(out, "%s-guest` and the seL4 sources (`projects`).\n\n## Layers\n\n```sh\n", l->platform);
    g_string_append_printf(out, "git clone -b %s https://git.yoctoproject.org/poky\n", l->release);
    if (l->known && l->known->url && strcmp(l->known->collection, l->collection) == 0)
        g_string_append_printf(out, "git clone -b %s %s\n", l->release, l->known->url);
    g_string_append_printf(
        out,
        "```\n\n## Build\n\n`MACHINE` is exported first: an assignment before `.` or `source` is undone when "
        "that returns, and BitBake\nwould build its default machine.\n\n```sh\nexport MACHINE=%s\n"
        ". poky/oe-init-build-env build\n",
        l->machine);
    if (l->known && l->known->layer && strcmp(l->known->collection, l->collection) == 0)
        g_string_append_printf(out, "bitbake-layers add-layer ../%s\n", l->known->layer);
    g_string_append_printf(out,
                           "bitbake-layers add-layer ../meta-%s-guest\nbitbake %s\ncd ..\n```\n\n## Deploy\n\n"
                           "The names are those of links to the newest build.\n\n```sh\n"
                           "mkdir -p projects/camkes-vm-images/%s\n",
                           l->platform, l->image, l->platform);
    add_deploy(l, out);
    g_string_append(out, "```\n");
    if (!l->known)
        g_string_append_printf(
            out, "\nThe layer with the collection `%s`, which has the machine %s, has to be added, too.\n",
            l->collection, l->parent);
    add_file(l, "README.md", out);
}

bool bw_sel4_write_yocto(const bw_system_job *job, const bw_sel4_plan *plan)
{
    layer l = {.job = job, .plan = plan};

    if (!plan->section->yocto.given)
        return true;
    if (!read_section(&l))
        return false;
    write_layer_conf(&l);
    write_kernel(&l);
    write_machine(&l);
    if (l.own_image)
        write_image(&l);
    write_page(&l);
    return true;
}
