board_runner_args(probe_rs "--as-cmake-calls=probe-rs")
# board_runner_args(jlnik "--in-a-comment")
board_runner_args(jlink "--device=S1")
include(${ZEPHYR_BASE}/boards/common/jlink.board.cmake)
