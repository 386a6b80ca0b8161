#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the guest of examples/plank with a real Linux on QEMU, and then with one false description each: every one must
be found, once, at its line. Needs QEMU, a cross compiler and Debian's arm64 kernel, which `boot --guest` fetches once
(31 MB); skipped, saying why, where one of them cannot be had.

usage: guest.py PROGRAM [PART OF A NAME…]    (PROGRAM also in $BOARDWRIGHT)
"""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TIMEOUT = 300  # seconds a boot, sanitizers and a busy machine included
NOT_HAD = ('simulator-missing', 'compiler-missing', 'guest-kernel-missing')

# Name, code, file and a part of the line that is found, edits (file, from, to), more arguments.
LIES = [
    ('the console interrupts under another number', 'guest-interrupt', 'plank_a53.dts', 'interrupts = <0 5 4>;',
     [('plank_a53.dts', 'interrupts = <0 1 4>;', 'interrupts = <0 5 4>;')], []),
    ('the network interrupts under another number', 'guest-interrupt', 'plank_a53.dts', 'interrupts = <0 45 1>;',
     [('plank_a53.dts', 'interrupts = <0 47 1>;', 'interrupts = <0 45 1>;')], []),
    ('the console is elsewhere', 'guest-silent', 'support.yml', '',
     [('plank_a53.dts', 'serial@9000000', 'serial@9050000'), ('plank_a53.dts', '<0x0 0x9000000 0x0 0x1000>', '<0x0 0x9050000 0x0 0x1000>')],
     []),
    ('more memory than the machine has', 'guest-memory-absent', 'support.yml', 'ram: 256 MiB',
     [('plank_a53.dts', '<0x0 0x40000000 0x0 0x40000000>', '<0x0 0x40000000 0x0 0x80000000>')], []),
    ('more CPUs than the machine has', 'guest-differs', 'support.yml', 'vcpus: 2',
     [('support.yml', 'memory: 1 GiB, cpus: 4', 'memory: 1 GiB, cpus: 1')], []),
    ('CPUs of another kind', 'guest-differs', 'plank_a53.dts', 'compatible = "arm,cortex-a72";',
     [('plank_a53.dts', '"arm,cortex-a53";', '"arm,cortex-a72";')], []),
    ('an early console that is not granted', 'guest-access', 'support.yml', 'devices: ',
     [('support.yml', 'debug init', 'earlycon=pl011,0x9010000 debug init')], []),
    ('a console that is not there', 'guest-silent', 'support.yml', '',
     [('support.yml', 'debug init', 'console=ttyS0 debug init')], []),
    ('a slot of virtio where another device is', 'guest-driver', 'plank_a53.dts', 'compatible = "virtio,mmio";',
     [('plank_a53.dts', 'virtio@a003e00', 'virtio@9030000'), ('plank_a53.dts', '<0x0 0xa003e00 0x0 0x200>', '<0x0 0x9030000 0x0 0x200>'),
      ('plank_a53.dts', 'gpio0: gpio@9030000', 'gpio0: gpio@9040000'), ('plank_a53.dts', '<0x0 0x9030000 0x0 0x1000>', '<0x0 0x9040000 0x0 0x1000>')],
     []),
    ('too little room for the initrd', 'guest-initrd', 'support.yml', 'initrd: {file',
     [('support.yml', 'max-size: 32 MiB', 'max-size: 1 MiB')], []),
    ('a machine that is none for guests', 'guest-machine', 'support.yml', 'machine: raspi3b',
     [('support.yml', 'machine: virt, cpu: cortex-a53, memory: 1 GiB, cpus: 4', 'machine: raspi3b')], []),
    ('an initrd that is damaged', 'guest-stuck', 'support.yml', '', [], ['--initrd', 'damaged.gz']),
]


class NotHad(Exception):
    pass


def boot(program, folder, more):
    command = [program, 'boot', '--json', '--guest', 'vm0', 'plank'] + more
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT)
    if run.returncode not in (0, 1):
        return run.returncode, [], None, run.stderr
    report = json.loads(run.stdout)
    findings = [f for f in report['findings'] if f['severity'] != 'note']
    for f in findings:
        if f['code'] in NOT_HAD:
            raise NotHad(f['message'])
    return run.returncode, findings, (report['boots'] or [None])[0], run.stderr


def copy(folder):
    shutil.copytree(os.path.join(ROOT, 'examples', 'plank'), os.path.join(folder, 'plank'))
    with gzip.open(os.path.join(folder, 'damaged.gz'), 'wb') as out:
        out.write(os.urandom(0x1000) * 256)
    with open(os.path.join(folder, 'damaged.gz'), 'r+b') as out:
        out.seek(0x800)
        out.write(bytes(64))


def edit(folder, name, old, new):
    path = os.path.join(folder, 'plank', name)
    with open(path, encoding='utf-8') as source:
        text = source.read()
    assert old in text, f'{name} has no {old}'
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text.replace(old, new))


def line_of(folder, finding):
    path = os.path.join(folder, finding['place']['file'])
    with open(path, encoding='utf-8') as source:
        return source.read().split('\n')[finding['place']['line'] - 1]


def try_truth(program):
    with tempfile.TemporaryDirectory() as folder:
        copy(folder)
        status, findings, seen, errors = boot(program, folder, [])
        if status != 0 or findings or seen['fails'] or seen['untested'] or seen['holds'] < 14:
            return f'{status} {findings} {seen and seen["claims"]} {errors}', None
        return None, seen


def try_lie(program, lie):
    _, code, name, text, edits, more = lie
    with tempfile.TemporaryDirectory() as folder:
        copy(folder)
        for change in edits:
            edit(folder, *change)
        status, findings, _, errors = boot(program, folder, more)
        if status != 1 or [f['code'] for f in findings] != [code]:
            return f'exit {status}, wanted {code} alone: {[(f["code"], f["message"]) for f in findings]} {errors}'
        found = findings[0]
        if not found['place']['file'].endswith(name) or (text and text not in line_of(folder, found)):
            return f'at {found["place"]["file"]}:{found["place"]["line"]}: {line_of(folder, found)}'
    return None


def main():
    program = os.path.abspath(os.environ.get('BOARDWRIGHT') or sys.argv[1])
    parts = sys.argv[1:] if 'BOARDWRIGHT' in os.environ else sys.argv[2:]
    lies = [lie for lie in LIES if not parts or any(part in lie[0] for part in parts)]
    failed = 0
    print(f'1..{len(lies) + 1}')
    try:
        problem, seen = try_truth(program)
    except NotHad as e:
        for number in range(1, len(lies) + 2):
            print(f'ok {number} # SKIP {e}')
        return 0
    print(('not ok' if problem else 'ok') + ' 1 - the guest of plank comes up as described')
    if problem:
        print('# ' + re.sub(r'\s+', ' ', problem)[:2000])
        failed += 1
    else:
        print(f'# {seen["kernel"]}: {seen["seconds"]["run"]:.1f} s in the machine, {seen["holds"]} claims hold')
    for number, lie in enumerate(lies, 2):
        problem = try_lie(program, lie)
        print(('not ok' if problem else 'ok') + f' {number} - {lie[0]}: {lie[1]}')
        if problem:
            print('# ' + re.sub(r'\s+', ' ', problem)[:2000])
            failed += 1
    return 1 if failed else 0


sys.exit(main())
