# SPDX-License-Identifier: Apache-2.0
# The application as the port's document describes it; ../README.md says what is wrong with it.

set(supported "tk1;tx1;tx2;exynos5422;qemu-arm-virt;odroidc2;rpi4;orinagx")
if(NOT "${PLATFORM}" IN_LIST supported)
    message(FATAL_ERROR "PLATFORM: ${PLATFORM} is none of ${supported}")
endif()

if(${PLATFORM} STREQUAL "orinagx")
    set(VmPCISupport ON CACHE BOOL "" FORCE)
    set(VmVirtioNet ON CACHE BOOL "" FORCE)
    set(VmInitRdFile ON CACHE BOOL "" FORCE)
    set(VmDtbFile ON CACHE BOOL "" FORCE)
endif()
