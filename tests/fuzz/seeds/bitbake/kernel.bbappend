inherit kernel-resin
FILESEXTRAPATHS_prepend := "${THISDIR}/files:"
FILES_${PN}_append = " ${FILES_${PN}-dev}"
RDEPENDS_kernel-base = ""
BALENA_CONFIGS_append = " plank"
BALENA_CONFIGS[plank] = "CONFIG_PLANK=y"
SRC_URI_remove_plank_class-target = "file://x"
SOME_NAME_with_words = "stays"

do_install_append() {
    install -d ${D}
}

python do_look_append() {
    d.setVar('FILES_' + 'x', '')
}
