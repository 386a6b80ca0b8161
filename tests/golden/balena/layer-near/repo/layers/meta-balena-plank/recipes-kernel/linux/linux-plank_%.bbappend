inherit kernel-balena
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
SRC_URI += "file://0001-plank.patch;striplevel=1 file://${MACHINE}.cfg"
RDEPENDS:${PN} += "plank-firmware"
BALENA_CONFIGS:append = " plank"
BALENA_CONFIGS[plank] = "CONFIG_PLANK=y"
