# Names that were replaced.
set(board_DEPRECATED plank)
set(old/ns_DEPRECATED
    plank/m33/ns
)
set(planky_DEPRECATED plank@1.0.0)
set(gone_DEPRECATED nowhere)
