#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a littlefs image tag by tag, right or wrong: for tests of the reader. Knows nothing of src/image.

    lfs_blocks.py IMAGE < DESCRIPTION

    image 512 8                     block size, block count: all erased
    block 0 1                       begin the log of block 0, revision 1
    tag TYPE ID DATA…               type3 in hex; ID a number, or - for none
    crc [bad]                       end of a commit; bad: with a wrong checksum
    fcrc N                          says that the N bytes behind the commit are erased
    at BYTE DATA…                   bytes anywhere
    cut BYTES                       length of the file
DATA: "text", u32:NUMBER…, x:hexadecimal, NUMBER*"text"; `super` with VERSION SIZE COUNT NAME FILE ATTR;
`deleted` is the tag's size 0x3ff without data.
"""
import shlex
import struct
import sys
import zlib


def crc32(data, start=0xFFFFFFFF):
    return ~zlib.crc32(data, ~start & 0xFFFFFFFF) & 0xFFFFFFFF


def data_of(words):
    out = b""
    words = list(words)
    while words:
        w = words.pop(0)
        if w == "super":
            major, minor = words.pop(0).split(".")
            out += struct.pack("<I", int(major) << 16 | int(minor))
            out += b"".join(struct.pack("<I", int(words.pop(0), 0)) for _ in range(5))
        elif w.startswith("u32:"):
            out += struct.pack("<I", int(w[4:], 0))
        elif w.startswith("x:"):
            out += bytes.fromhex(w[2:])
        elif "*" in w and w.split("*")[0].isdigit():
            n, text = w.split("*", 1)
            out += text.encode() * int(n)
        else:
            out += w.encode()
    return out


def main():
    size = block = at = previous = crc = 0
    image = bytearray()

    def put(raw, counted=True):
        nonlocal at, crc
        image[block * size + at:block * size + at + len(raw)] = raw
        if counted:
            crc = crc32(raw, crc)
        at += len(raw)

    def tag(kind, number, length):
        nonlocal previous
        value = kind << 20 | number << 10 | length
        put(struct.pack(">I", value ^ previous))
        previous = value

    for line in sys.stdin:
        words = shlex.split(line, comments=True)
        if not words:
            continue
        what, words = words[0], words[1:]
        if what == "image":
            size = int(words[0], 0)
            image = bytearray(b"\xff" * (size * int(words[1], 0)))
        elif what == "block":
            block, at, previous, crc = int(words[0]), 0, 0xFFFFFFFF, 0xFFFFFFFF
            put(struct.pack("<I", int(words[1], 0)))
        elif what == "tag":
            number = 0x3FF if words[1] == "-" else int(words[1])
            if words[2:] == ["deleted"]:
                tag(int(words[0], 16), number, 0x3FF)
            else:
                data = data_of(words[2:])
                tag(int(words[0], 16), number, len(data))
                put(data)
        elif what == "fcrc":
            tag(0x5FF, 0x3FF, 8)
            n = int(words[0], 0)
            put(struct.pack("<II", n, crc32(b"\xff" * n)))
        elif what == "crc":
            tag(0x500, 0x3FF, 4)
            put(struct.pack("<I", crc ^ (1 if words == ["bad"] else 0)), False)
            crc = 0xFFFFFFFF
        elif what == "at":
            data = data_of(words[1:])
            image[int(words[0], 0):int(words[0], 0) + len(data)] = data
        elif what == "cut":
            del image[int(words[0], 0):]
        else:
            sys.exit(f"lfs_blocks.py: {line}")
    with open(sys.argv[1], "wb") as f:
        f.write(image)


main()
