;; SPDX-License-Identifier: Apache-2.0
;; One line on the console. Made with: wat2wasm hello.wat -o ../containers/hello.wasm
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  (data (i32.const 16) "\20\00\00\00\11\00\00\00") ;; where the text is, how many bytes it has
  (data (i32.const 32) "hello from plank\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))))
