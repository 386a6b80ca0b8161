SRC_URI += "file://0001-plank.patch"
RDEPENDS_${PN} += "plank-firmware"
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
 BALENA_CONFIGS:append = " plank"
