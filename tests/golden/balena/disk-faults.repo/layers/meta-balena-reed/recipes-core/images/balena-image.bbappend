BALENA_BOOT_PARTITION_FILES:append:reed-hook = " u-boot-reed.itb:/u-boot.itb"

DEVICE_SPECIFIC_SPACE:reed-space = "5000"

BALENA_BOOT_SIZE:reed-size = "80960"

# ends behind the 4 MiB that the boot partition begins at
device_specific_configuration:reed-table() {
    parted -s ${BALENA_RAW_IMG} unit s mkpart loader 64 9000
}

device_specific_configuration:reed-mkpart() {
    parted -s ${BALENA_RAW_IMG} unit s mkpart primary 64 4095
}

# right on msdos, but a gpt has its entries there
IMAGE_CMD:balenaos-img:append:reed-gpt () {
    dd if=${DEPLOY_DIR_IMAGE}/SPL of=${BALENA_RAW_IMG} conv=notrunc seek=1 bs=1K
}

IMAGE_CMD:balenaos-img:append:reed-boot () {
    dd if=${DEPLOY_DIR_IMAGE}/idbloader.img of=${BALENA_RAW_IMG} conv=notrunc seek=64
    dd if=${DEPLOY_DIR_IMAGE}/u-boot.itb of=${BALENA_RAW_IMG} conv=notrunc seek=16384
}

IMAGE_CMD:balenaos-img:append:reed-two () {
    dd if=${DEPLOY_DIR_IMAGE}/SPL of=${BALENA_RAW_IMG} conv=notrunc seek=2
    dd if=${DEPLOY_DIR_IMAGE}/u-boot.img of=${BALENA_RAW_IMG} conv=notrunc seek=1 bs=1K
}

IMAGE_CMD:balenaos-img:append:reed-signature () {
    dd if=${DEPLOY_DIR_IMAGE}/bl1.bin of=${BALENA_RAW_IMG} conv=notrunc bs=1 count=442
    dd if=${DEPLOY_DIR_IMAGE}/bl1.bin of=${BALENA_RAW_IMG} conv=notrunc skip=1 seek=1
}

IMAGE_CMD:balenaos-img:append:reed-cut () {
    dd if=${DEPLOY_DIR_IMAGE}/u-boot.bin of=${BALENA_RAW_IMG} bs=1K seek=8
}

device_specific_configuration:reed-number() {
    parted -s ${BALENA_RAW_IMG} unit KiB mkpart loader1 32 1024
    parted -s ${BALENA_RAW_IMG} unit KiB mkpart loader2 1024 4096
}

IMAGE_CMD:balenaos-img:append:reed-hook () {
    dd if=${DEPLOY_DIR_IMAGE}/u-boot-reed.itb of=${BALENA_RAW_IMG} conv=notrunc bs=512 seek=64
}
