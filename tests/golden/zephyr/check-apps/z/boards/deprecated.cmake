set(old_plank_DEPRECATED plank/m33)
