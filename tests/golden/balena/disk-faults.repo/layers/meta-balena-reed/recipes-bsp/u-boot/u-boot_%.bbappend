BALENA_BOOT_PART:reed-number = "0x3"
BALENA_DEFAULT_ROOT_PART:reed-number = "0x5"
