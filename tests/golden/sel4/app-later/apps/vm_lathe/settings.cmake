set(supported "lathe")
set(NUM_NODES 1 CACHE STRING "" FORCE)
set(VmPCISupport ON CACHE BOOL "" FORCE)
