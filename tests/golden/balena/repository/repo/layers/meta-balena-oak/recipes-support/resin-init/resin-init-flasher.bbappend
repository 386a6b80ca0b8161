INTERNAL_DEVICE_KERNEL:oak-x = "nvme?n?"
