FILESEXTRAPATHS:append := ":${THISDIR}/files"

HOSTAPP_HOOKS += "99-resin-uboot"
HOSTAPP_HOOKS:append:plank-emmc = " 99-flash-bootloader"
