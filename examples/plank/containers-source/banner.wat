;; SPDX-License-Identifier: Apache-2.0
;; A picture of the board, line by line. Made with: wat2wasm banner.wat -o ../containers/banner.wasm
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  (global $line i32 (i32.const 41)) ;; bytes of one
  (data (i32.const 64)
    "+--------------------------------------+\n"
    "| [m33]     [a53 a53 a53 a53]   [rv32] |\n"
    "|   |              |               |   |\n"
    "| psram  nor     ddr  emmc        ram  |\n"
    "|  o led    o key            plank 1.1 |\n"
    "+--------------------------------------+\n")
  (func (export "_start")
    (local $at i32)
    (local.set $at (i32.const 64))
    (loop $next
      (i32.store (i32.const 16) (local.get $at))
      (i32.store (i32.const 20) (global.get $line))
      (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))
      (local.set $at (i32.add (local.get $at) (global.get $line)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 310))))))
