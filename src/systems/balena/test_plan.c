/* SPDX-License-Identifier: Apache-2.0 */
/* Which of Leviathan's tests a device will see, computed from what its contract will say. */
#include "systems/balena/write.h"

#include <string.h>

typedef enum wish { ALWAYS, BLUETOOTH, LED, HDMI, OTHERS } wish;

/*
 * Tests in their order (balena-os/meta-balena, tests/suites/{os,cloud,hup}/suite.js). A test chooses its devices by a
 * schema over the contract: what that asks for stands here; OTHERS are for slugs that a new board cannot have.
 */
static const struct {
    const char *suite, *test;
    wish needs;
} tests[] = {
    {"os", "secureboot", OTHERS},
    {"os", "device-specific-tests/beaglebone-black", OTHERS},
    {"os", "device-specific-tests/243390-rpi3", OTHERS},
    {"os", "raspberrypi4-eeprom", OTHERS},
    {"os", "power-and-cooling", OTHERS},
    {"os", "overlap_test", ALWAYS},
    {"os", "fingerprint", ALWAYS},
    {"os", "fsck", ALWAYS},
    {"os", "os-release", ALWAYS},
    {"os", "uptime", ALWAYS},
    {"os", "iptables", ALWAYS},
    {"os", "migrate", ALWAYS},
    {"os", "issue", ALWAYS},
    {"os", "chrony", ALWAYS},
    {"os", "kernel-overlap", ALWAYS},
    {"os", "bluetooth", BLUETOOTH},
    {"os", "container-healthcheck", ALWAYS},
    {"os", "variables", ALWAYS},
    {"os", "led", LED},
    {"os", "modem", ALWAYS},
    {"os", "config-json", ALWAYS},
    {"os", "boot-splash", HDMI},
    {"os", "connectivity", ALWAYS},
    {"os", "engine-socket", ALWAYS},
    {"os", "engine-healthcheck", ALWAYS},
    {"os", "under-voltage", ALWAYS},
    {"os", "regulatory-db", ALWAYS},
    {"os", "udev", ALWAYS},
    {"os", "device-tree", OTHERS},
    {"os", "purge-data", ALWAYS},
    {"os", "device-specific-tests/revpi-core-3", OTHERS},
    {"os", "swap", ALWAYS},
    {"os", "internet-sharing", ALWAYS},
    {"os", "safe-reboot", ALWAYS},
    {"os", "disk-watchdog", ALWAYS},
    {"os", "extra-firmware", ALWAYS},
    {"os", "recover-sshd-socket", ALWAYS},
    {"cloud", "preload", ALWAYS},
    {"cloud", "device-specific-tests/hostapd", OTHERS},
    {"cloud", "supervisor", ALWAYS},
    {"cloud", "multicontainer", ALWAYS},
    {"cloud", "ssh-auth", ALWAYS},
    {"cloud", "os-config", ALWAYS},
    {"hup", "rollbacks", ALWAYS},
    {"hup", "smoke", ALWAYS},
};

static const struct {
    const char *suite, *what, *image;
} suites[] = {
    {"os", "an unmanaged device", "balena.img.gz"},
    {"cloud", "a device of a fleet", "balena.img.gz"},
    {"hup", "updates of the host, and back", "balena-image.docker"},
};

/* @return why a test is skipped, or NULL. */
static const char *skipped(const bw_balena_type *type, wish needs)
{
    switch (needs) {
    case BLUETOOTH:
        return type->bluetooth ? NULL : "`data.connectivity.bluetooth` is false";
    case LED:
        return type->led ? NULL : "`data.led` is false";
    case HDMI:
        return type->hdmi ? NULL : "`data.hdmi` is false";
    case OTHERS:
        return "it is for other device types";
    case ALWAYS:
        break;
    }
    return NULL;
}

static void add_suite(const bw_balena_type *type, size_t suite, GString *out)
{
    GString *runs = g_string_new(NULL), *rest = g_string_new(NULL);
    unsigned count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        if (strcmp(tests[i].suite, suites[suite].suite) != 0)
            continue;
        const char *reason = skipped(type, tests[i].needs);
        if (reason) {
            g_string_append_printf(rest, "| `%s` | %s |\n", tests[i].test, reason);
        } else {
            g_string_append_printf(runs, "%s%s", runs->len ? ", " : "", tests[i].test);
            count++;
        }
    }
    g_string_append_printf(out, "\n## %s: %s\n\nImage `%s`. %u tests: %s.\n", suites[suite].suite, suites[suite].what,
                           suites[suite].image, count, runs->str);
    if (rest->len)
        g_string_append_printf(out, "\n| skipped | why |\n|---|---|\n%s", rest->str);
    g_string_free(runs, TRUE);
    g_string_free(rest, TRUE);
}

GString *bw_balena_test_plan(const bw_balena_type *type)
{
    GString *out = g_string_new(NULL);
    const char *usb =
        type->alternatives[0] && strcmp(type->alternatives[0], "usb_mass_storage") == 0 ? "USB stick" : "SD card";

    g_string_printf(out,
                    "# What Leviathan tests on %s\n\n"
                    "A test chooses its devices by the hardware contract; this is what comes of\n"
                    "`contracts/hw.device-type/%s/contract.json`. Copy `config.js` to `tests/suites/` of meta-balena's "
                    "checkout.\n\n"
                    "| | |\n|---|---|\n"
                    "| network | %s |\n"
                    "| medium | %s |\n"
                    "| worker | `testbot`: a rig with the tag `DUT=%s` |\n",
                    type->name, type->slug,
                    type->wifi ? "Wi-Fi: the rig opens an access point (`data.connectivity.wifi` is true)"
                               : "wired: the rig's own port (`data.connectivity.wifi` is false)",
                    type->flasher ? "the flasher on a medium that the rig switches; the device then starts from its own"
                                  : "the image on a medium that the rig switches",
                    type->slug);
    g_string_append_printf(out,
                           "\n## The rig (AutoKit)\n\n"
                           "| variable | value |\n|---|---|\n"
                           "| `TESTBOT_DUT_TYPE` | `%s` |\n"
                           "| `WORKER_TYPE` | `autokit` |\n"
                           "| %s | the port of the rig that the device is on |\n"
                           "| `SD_MUX` | the switch that holds the %s |\n"
                           "| `POWER` | the relay or plug of the device |\n"
                           "%s",
                           type->flasher ? "generic-flasher" : "generic-sd-boot",
                           type->wifi ? "`WIFI_IF`" : "`WIRED_IF`", type->flasher ? usb : "SD card",
                           type->console ? "| `DEV_SERIAL` | the adapter at the device's console |\n" : "");
    for (size_t i = 0; i < G_N_ELEMENTS(suites); i++)
        add_suite(type, i, out);
    return out;
}
