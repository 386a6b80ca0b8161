# SPDX-License-Identifier: Apache-2.0
board_runner_args(openocd "--cmd-load=flash write_image erase")
include(${ZEPHYR_BASE}/boards/common/openocd.board.cmake)
