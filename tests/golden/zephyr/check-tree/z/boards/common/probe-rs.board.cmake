# SPDX-License-Identifier: Apache-2.0
board_set_flasher_ifnset(probe-rs)
board_set_debugger_ifnset(probe-rs)
board_finalize_runner_args(probe-rs)
