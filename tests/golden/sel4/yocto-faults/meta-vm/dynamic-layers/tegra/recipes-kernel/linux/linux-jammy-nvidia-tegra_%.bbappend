FILESEXTRAPATHS:prepend = "${THISDIR}/${PN}:"
FILESEXTRAPATHS:prepend := "${THISDIR}/files"
include recipes-kernel/linux/linux-virtio.inc
require recipes-kernel/linux/linux-there.inc
SRC_URI += "file://virtio.cfg"
SRC_URI_append = " file://there.cfg"
IMAGE_INSTALL:append = "strace"
