FILESEXTRAPATHS:append := ":${THISDIR}/files"

HOSTAPP_HOOKS:append:reed-hook = " \
    99-resin-uboot \
    99-flash-bootloader \
    99-flash-loader \
    "
