#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a long run draws while it works: on a terminal only, in one line, gone at the end.

    terminal.py --program build/boardwright

The program runs in a pseudo-terminal; a small model of a terminal shows what a person would see. TAP on standard output.
"""
import argparse
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

BOARDS = 60
GOOD = '/dts-v1/;\n/ {\n\t#address-cells = <1>;\n\t#size-cells = <1>;\n\tmodel = "b";\n\tcompatible = "x,b";\n};\n'
BAD = GOOD.replace('model', 'model = ;\n\tmodel')


def run(program, files, stderr_terminal=True, stdout_terminal=False, columns=80, options=(), **environment):
    """What comes out of standard output and of standard error, of the terminal as it came."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    env = {k: v for k, v in os.environ.items() if k not in ('NO_COLOR', 'COLORTERM')}
    env.update({'TERM': 'xterm', 'LC_ALL': 'C', **environment})
    child = subprocess.Popen([program, 'check', *options, *files], env=env, stdin=subprocess.DEVNULL,
                             stdout=slave if stdout_terminal else subprocess.PIPE,
                             stderr=slave if stderr_terminal else subprocess.PIPE)
    os.close(slave)
    drawn = b''
    while stderr_terminal or stdout_terminal:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        drawn += part
    piped = child.communicate(timeout=60)
    os.close(master)
    return drawn.decode(), b''.join(p for p in piped if p).decode()


def screen(text):
    """The lines that a terminal shows in the end, and the widest that a line ever was."""
    lines, column, widest = [''], 0, 0
    for c in re.sub('\033\\[[0-9;]*[mK]', '', text):
        if c == '\r':
            column = 0
        elif c == '\n':
            lines.append('')
            column = 0
        else:
            lines[-1] = lines[-1][:column].ljust(column) + c + lines[-1][column + 1:]
            column += 1
            widest = max(widest, column)
    return [line.rstrip() for line in lines], widest


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--program', required=True)
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    results = []

    def result(what, ok, seen=''):
        results.append(ok)
        print(f'{"" if ok else "not "}ok {len(results)} - {what}')
        if not ok:
            print('\n'.join('# ' + line for line in repr(seen).split('\\n')))

    with tempfile.TemporaryDirectory(prefix='terminal-') as folder:
        files = []
        for number in range(BOARDS):
            files.append(f'{folder}/board{number:02}.dts')
            with open(files[-1], 'w', encoding='ascii') as f:
                f.write(BAD if number == 30 else GOOD)
        bar = re.compile(rf'\d+ % .*\d+ of {BOARDS} targets')

        drawn, _ = run(program, files)
        lines, _ = screen(drawn)
        result('a terminal shows a bar', bar.search(drawn), drawn)
        result('in colour', '\033[32m#' in drawn or '\033[32m.' in drawn, drawn)
        result('in one line', screen(drawn.split(files[30] + ':')[0])[1] < 80, drawn)
        result('that is gone at the end', not any(bar.search(line) for line in lines) and
               not any('%' in line for line in lines), lines)
        _, piped = run(program, files, stderr_terminal=False)
        result('and leaves what a pipe gets',
               [re.sub(r'\(\d.*', '', line).rstrip() for line in lines if line] ==
               [re.sub(r'\(\d.*', '', line).rstrip() for line in piped.splitlines()], (lines, piped))
        result('a pipe gets no bar', '\r' not in piped and '\033' not in piped and not bar.search(piped), piped)
        drawn, piped = run(program, files, stderr_terminal=False, stdout_terminal=True)
        result('nor does a terminal that is standard output only', '\r' not in piped and not bar.search(drawn + piped),
               (drawn, piped))
        drawn, piped = run(program, files, options=['--json'])
        result('results in a pipe are clean beside a bar on the terminal',
               bar.search(drawn) and piped.startswith('{') and '\r' not in piped, (drawn, piped[:200]))
        drawn, _ = run(program, files, NO_COLOR='1')
        result('NO_COLOR: a bar without escape sequences', bar.search(drawn) and '\033' not in drawn, drawn)
        drawn, _ = run(program, files, TERM='dumb')
        result('a dumb terminal has none', not bar.search(drawn), drawn)
        drawn, _ = run(program, files[:10])
        result('a short run has none', '\r ' not in drawn and ' of 10 ' not in drawn, drawn)
        for columns in (64, 30, 12):
            drawn, _ = run(program, [f for f in files if f != files[30]], columns=columns)
            head = drawn.split('1 board')[0].split(f'{BOARDS - 1} boards')[0]
            result(f'{columns} columns are not left', screen(head)[1] < columns and ' % ' in drawn, drawn)
    print(f'1..{len(results)}')
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
