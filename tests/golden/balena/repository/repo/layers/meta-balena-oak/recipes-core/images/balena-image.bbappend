BALENA_BOOT_PARTITION_FILES:append = " boot.bin:/boot.bin"
