set(supported "lathe")
set(NUM_NODES 2 CACHE STRING "" FORCE)
