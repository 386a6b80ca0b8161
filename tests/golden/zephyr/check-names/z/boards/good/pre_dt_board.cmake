list(APPEND EXTRA_DTC_OVERLAY_FILE good_extra.overlay)
