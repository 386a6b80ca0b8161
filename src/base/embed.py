#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the files of a folder as a C file, so that an installed boardwright needs no other files.

usage: embed.py FOLDER LIST OUTPUT DEPFILE [FILE…]

A FILE from elsewhere is listed by its name alone.
"""
import os
import sys

KINDS = ('.c', '.h', '.S', '.ld', '.in', '.sh')


def files_below(folder):
    for path, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(KINDS) and not name.startswith('.'):
                yield os.path.join(path, name)


def array_of(data):
    numbers = [str(byte if byte < 128 else byte - 256) for byte in data] + ['0']
    return '\n'.join('    ' + ', '.join(numbers[i:i + 24]) + ',' for i in range(0, len(numbers), 24))


def main():
    folder, name_of_list, output, depfile, *more = sys.argv[1:]
    found = list(files_below(folder)) + more
    with open(output, 'w', encoding='ascii') as out:
        out.write('/* Made by embed.py. */\n#include "base/embedded.h"\n\n')
        for number, path in enumerate(found):
            with open(path, 'rb') as source:
                data = source.read()
            out.write(f'static const char file{number}[] = {{\n{array_of(data)}\n}};\n')
        out.write(f'const bw_embedded {name_of_list}[] = {{\n')
        for number, path in enumerate(found):
            name = os.path.basename(path) if path in more else os.path.relpath(path, folder).replace(os.sep, '/')
            out.write(f'    {{"{name}", file{number}, sizeof file{number} - 1}},\n')
        out.write('    {0, 0, 0},\n};\n')
    # A folder changes when a file comes or goes.
    folders = sorted({os.path.dirname(path) for path in found if path not in more} | {folder})
    with open(depfile, 'w', encoding='utf-8') as out:
        out.write(output + ': ' + ' '.join(path.replace(' ', '\\ ') for path in folders + found) + '\n')


main()
