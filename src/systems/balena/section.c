/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of `balena:` in support.yml. */
#include "systems/balena/section.h"

#define ROW BW_SCHEMA_ROW
#define ROW_OF BW_SCHEMA_ROW_OF

static const char *const releases[] = {"kirkstone", "scarthgap", NULL};
static const char *const archs[] = {"aarch64", "armv7hf", "amd64", "i386", NULL};
static const char *const states[] = {"new", "released", "development", "discontinued", NULL};
static const char *const tables[] = {"msdos", "gpt", NULL};
/* data.media.altBoot and data.flashProtocol of balena-io/contracts. */
static const char *const media[] = {"sdcard", "usb_mass_storage", "network", "nvme", "sata", NULL};
static const char *const protocols[] = {"usbMassStorage", "RPIBOOT", "jetsonFlash", NULL};

static const bw_schema layer = ROW("layer", BW_TYPE_TEXT, "A folder.", false);
static const bw_schema bsp_rows[] = {
    ROW("url", BW_TYPE_TEXT, "Its repository, by https.", true),
    ROW("branch", BW_TYPE_TEXT, "Its branch; by itself that of the release's name.", false),
    ROW("folder", BW_TYPE_TEXT, "Its folder below `layers/`; by itself the last part of the URL.", false),
    ROW_OF("layers", BW_TYPE_LIST, "Folders in it that are layers; by itself it is one layer.", false, &layer),
    BW_SCHEMA_END,
};
static const bw_schema bsp = ROW_OF("repository", BW_TYPE_MAP, "A repository.", false, bsp_rows);

static const bw_schema kernel_rows[] = {
    ROW("recipe", BW_TYPE_TEXT, "The kernel's recipe; by itself `linux-yocto`.", false),
    ROW("image", BW_TYPE_TEXT, "File of the kernel; by itself `Image`, `zImage` or `bzImage` by the architecture.",
        false),
    ROW("defconfig", BW_TYPE_TEXT, "The kernel's configuration, where `linux-yocto` is built.", false),
    ROW("devicetree", BW_TYPE_TEXT,
        "A devicetree of the kernel's own, as `freescale/imx8mm-evk.dtb`; by itself the board's is put into the "
        "kernel.",
        false),
    BW_SCHEMA_END,
};

static const bw_schema storage_rows[] = {
    ROW("internal", BW_TYPE_TEXT, "Medium that the OS runs from: emmc, nvme, sata and so on; by itself an SD card.",
        false),
    ROW("device", BW_TYPE_TEXT,
        "Names below /dev that the flasher looks for it under, as shell patterns; by itself by the medium's kind.",
        false),
    ROW("flasher", BW_TYPE_BOOL, "Whether a flasher image writes it from another medium.", false),
    {"flash-protocol", BW_TYPE_ENUM, "What writes it from outside, without a flasher.", false, false, NULL, protocols,
     0, 0},
    BW_SCHEMA_END,
};
static const bw_schema medium = {"medium", BW_TYPE_ENUM, "A medium.", false, false, NULL, media, 0, 0};

static const bw_schema file_rows[] = {
    ROW("file", BW_TYPE_TEXT, "Name of the file in the deploy folder.", true),
    ROW("offset", BW_TYPE_SIZE, "Where on the disk.", true),
    ROW("max-size", BW_TYPE_SIZE, "What it may grow to; by itself up to what follows.", false),
    BW_SCHEMA_END,
};
static const bw_schema file = ROW_OF("file", BW_TYPE_MAP, "A file.", false, file_rows);
static const bw_schema bootloader_rows[] = {
    ROW("u-boot", BW_TYPE_TEXT, "File of the boot loader, if it is U-Boot.", false),
    ROW("grub", BW_TYPE_BOOL, "Whether GRUB is started by EFI.", false),
    ROW("recipe", BW_TYPE_TEXT, "U-Boot's recipe; by itself `u-boot`.", false),
    ROW("config", BW_TYPE_TEXT, "U-Boot's configuration, as `plank_defconfig`, if no BSP has the machine.", false),
    ROW("device", BW_TYPE_TEXT, "Block device that it is written to; by itself the disk of the OS.", false),
    ROW("offset", BW_TYPE_SIZE, "Where on the disk.", false),
    ROW("max-size", BW_TYPE_SIZE, "What it may grow to; by itself up to what follows.", false),
    ROW_OF("files", BW_TYPE_LIST, "More files that are written outside of partitions.", false, &file),
    BW_SCHEMA_END,
};

static const bw_schema rows[] = {
    ROW("target", BW_TYPE_TEXT, "The target that runs balenaOS, as `plank/a53`.", true),
    ROW("name", BW_TYPE_TEXT, "Name of the device type for people.", true),
    {"release", BW_TYPE_ENUM, "Release of Yocto.", true, false, NULL, releases, 0, 0},
    ROW("family", BW_TYPE_TEXT, "Family of the board: the repository's name; by itself the machine.", false),
    ROW("machine", BW_TYPE_TEXT, "Yocto's machine; by itself the board's name with '-' for '_'.", false),
    ROW("slug", BW_TYPE_TEXT, "Name of the device type in the cloud; by itself the machine.", false),
    {"arch", BW_TYPE_ENUM, "Architecture; by itself that of the CPUs.", false, false, NULL, archs, 0, 0},
    {"state", BW_TYPE_ENUM, "State of the device type; by itself `new`.", false, false, NULL, states, 0, 0},
    ROW_OF("bsp", BW_TYPE_LIST, "Repositories with the layers of the board support package.", false, &bsp),
    ROW("bsp-machine", BW_TYPE_BOOL, "Whether the BSP has the machine's file; by itself it is written.", false),
    ROW("requires", BW_TYPE_TEXT, "File that the machine's requires; by itself the tune of the CPUs.", false),
    ROW_OF("kernel", BW_TYPE_MAP, "The kernel.", false, kernel_rows),
    ROW_OF("storage", BW_TYPE_MAP, "Where the OS is kept; by itself on an SD card.", false, storage_rows),
    {"boot-media", BW_TYPE_LIST, "Other media that the board starts from; by itself `sdcard` with a flasher.", false,
     true, &medium, NULL, 0, 0},
    ROW_OF("bootloader", BW_TYPE_MAP, "The boot loader.", false, bootloader_rows),
    {"partition-table", BW_TYPE_ENUM, "Kind of the partition table; by itself `msdos`, with GRUB `gpt`.", false, false,
     NULL, tables, 0, 0},
    ROW("boot-size", BW_TYPE_SIZE, "Boot partition; by itself meta-balena's.", false),
    ROW("root-size", BW_TYPE_SIZE, "Each root partition; by itself meta-balena's.", false),
    ROW("state-size", BW_TYPE_SIZE, "State partition; by itself meta-balena's.", false),
    ROW("led", BW_TYPE_TEXT, "LED that identifies the device, by label, alias or path.", false),
    ROW("hdmi", BW_TYPE_BOOL, "Whether a display can be plugged in.", false),
    ROW("wifi", BW_TYPE_BOOL, "Whether it has Wi-Fi.", false),
    ROW("bluetooth", BW_TYPE_BOOL, "Whether it has Bluetooth.", false),
    BW_SCHEMA_END,
};
const bw_schema bw_balena_schema = ROW_OF("balena", BW_TYPE_MAP, "balenaOS.", false, rows);
