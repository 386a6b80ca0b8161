set(supported "tx2;fakes")
list(APPEND supported "tx1")
if(${PLATFORM} STREQUAL "tx2")
    set(VmVirtioNet ON CACHE BOOL "" FORCE) # of another platform: not spoken of
else()
    set(VmPCISuport ON CACHE BOOL "" FORCE)
endif()
#[[ set(VmNothing ON CACHE BOOL "") ]]
