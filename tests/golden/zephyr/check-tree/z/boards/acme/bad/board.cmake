board_runner_args(jlnik "--device=S1")
include(${ZEPHYR_BASE}/boards/common/jlnik.board.cmake)
