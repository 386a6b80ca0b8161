#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The order of the house, as CONTRIBUTING.md has it, read from the sources: nothing is run but `--help`.

    house.py [--program build/boardwright]

TAP on standard output; each line that breaks the order follows as a comment.
"""
import argparse
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# A list of data that a folder below takes for its enumeration.
SHARED_DATA = {('base', 'check/findings.def')}

# Findings that no test of the repository fires, with the reason.
UNFIRED = {
    'blob-too-large': 'needs a tree of 2 GiB',
    'omit-unused-nodes': "dtc's name for a step that speaks only where another has spoken",
    'simple-bus-bridge': "dtc's name for a step that has nothing to say",
}

# `boardwright dtc` prints these as dtc does, without a code: what the expected output has instead.
SAID_AS_DTC = {
    'blob-min-size': 'more than the least size asked for',
    'blob-order': 'stands behind a subnode',
    'blob-version': 'there is no blob version',
    'fixup-malformed': 'is not of the form path:property:offset',
    'fixup-path': 'a fixup can only name a label',
    'symbol-path': '/__symbols__ says that',
    'symbol-taken': 'already, so the label of that name',
}


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8', errors='replace') as f:
        return f.read()


def files_below(folder, *endings):
    for at, folders, names in os.walk(os.path.join(ROOT, folder)):
        folders.sort()
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(at, name), ROOT)


def house_order():
    """Folders of src/, lowest first, as they are built. The library's face stands behind the reports."""
    listed = re.search(r'foreach folder : \[(.*?)\]', text_of('src', 'meson.build'), re.S).group(1)
    return re.findall(r"'(\w+)'", listed) + ['api', 'cli']


def includes():
    """(file, line, what it includes) of all includes in quotes that name a folder."""
    for path in files_below('src', '.c', '.h', '.def'):
        if path.startswith('src/boot/probe/'):  # another program, for another machine
            continue
        for number, line in enumerate(text_of(path).splitlines(), 1):
            m = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if m and '/' in m.group(1):
                yield path, number, m.group(1)


def folders_call_only_below():
    order = house_order()
    for path, number, target in includes():
        own, other = path.split('/')[1], target.split('/')[0]
        if other == 'boardwright' or (own, target) in SHARED_DATA:
            continue
        if other not in order:
            yield f'{path}:{number}: "{target}" is in no folder of src/meson.build'
        elif order.index(other) > order.index(own):
            yield f'{path}:{number}: src/{own} stands below src/{other} and includes "{target}"'


def no_system_knows_another():
    for path, number, target in includes():
        own, other = path.split('/')[1:-1], target.split('/')[:-1]
        if own[0] != 'systems' or other[0] != 'systems' or own == other or len(other) == 1:
            continue
        if own[1:] == ['ocre'] and other[1:] == ['zephyr']:  # Ocre builds on Zephyr
            continue
        if path != 'src/systems/systems.c':  # the table of systems
            yield f'{path}:{number}: includes "{target}"'


def only_cli_prints():
    says = re.compile(r'\b(?:printf|vprintf|puts|putchar|perror|g_print|g_printerr|exit)\s*\(|\b(?:stdout|stderr)\b')
    for path in files_below('src', '.c', '.h'):
        if path.startswith(('src/cli/', 'src/boot/probe/')):
            continue
        text = re.sub(r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', lambda m: '\n' * m.group().count('\n'), text_of(path), flags=re.S)
        for number, line in enumerate(text.splitlines(), 1):
            if says.search(line):
                yield f'{path}:{number}: {line.strip()}'


def table_has_each_folder():
    table = re.findall(r'^\| ((?:`src/[^|]*`,? ?)+)\|', text_of('CONTRIBUTING.md'), re.M)
    rows = [re.findall(r'`src/(\w+)/', row) for row in table]
    order = house_order()
    for folder in order:
        if not any(folder in row for row in rows):
            yield f'CONTRIBUTING.md: its table of folders lacks src/{folder}'
    above = len(order)
    for row in rows:
        for folder in row:
            if folder not in order:
                yield f'CONTRIBUTING.md: src/{folder} is no folder of src/meson.build'
            elif order.index(folder) >= above:
                yield f'CONTRIBUTING.md: src/{folder} stands in another place than in src/meson.build'
        above = min([order.index(f) for f in row if f in order], default=above)


def each_source_is_built():
    for path in files_below('src', '.c'):
        if path.startswith('src/boot/probe/'):
            continue
        folder, rest = path.split('/', 2)[1:]
        lists = ['src/meson.build', 'meson.build', f'src/{folder}/meson.build']
        if not any(os.path.exists(os.path.join(ROOT, l)) and f"{rest}'" in text_of(l) for l in lists):
            yield f'{path}: in no meson.build'


def anchor_of(heading):
    return re.sub(r'[^\w\- ]', '', heading.strip().lower().replace('`', '')).replace(' ', '-')


def links_lead_somewhere():
    pages = [p for p in os.listdir(ROOT) if p.endswith('.md')] + list(files_below('docs', '.md'))
    for page in sorted(pages):
        prose = re.sub(r'^```.*?^```', '', text_of(page), flags=re.S | re.M)
        for link in re.findall(r'\]\(([^)\s]+)\)', prose):
            if re.match(r'\w+:', link):
                continue
            path, _, anchor = link.partition('#')
            target = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            if not os.path.exists(os.path.join(ROOT, target)):
                yield f'{page}: {link}: there is no {target}'
            elif anchor and target.endswith('.md'):
                headings = re.findall(r'^#+ (.*)$', text_of(target), re.M)
                if anchor not in map(anchor_of, headings):
                    yield f'{page}: {link}: {target} has no such heading'


def tested_codes():
    """Codes that a test expects, whether as text, as JSON, in a table of faults or by its name in C."""
    codes, idents = set(), set()
    for path in files_below('tests/golden', 'expected'):
        text = text_of(path)
        codes.update(re.findall(r'\[([a-z][a-z0-9-]+)\]', text))
        codes.update(re.findall(r'"code": "([a-z0-9-]+)"', text))
        codes.update(code for code, words in SAID_AS_DTC.items() if words in text)
    for folder in ('tests/faults', 'tests/lies'):
        for path in files_below(folder, '.txt'):
            codes.update(re.findall(r'^\s*expect ([a-z0-9-]+)', text_of(path), re.M))
    for path in files_below('tests', '.c'):
        idents.update(re.findall(r'\bBW_CODE_(\w+)', text_of(path)))
    return codes, idents


def each_finding_is_tested():
    codes, idents = tested_codes()
    for ident, code in re.findall(r'^BW_FINDING\((\w+), "([^"]+)"', text_of('src/check/findings.def'), re.M):
        tested = code in codes or ident in idents
        if not tested and code not in UNFIRED:
            yield f'src/check/findings.def: no test expects {code}'
        elif tested and code in UNFIRED:
            yield f'tests/house.py: {code} is tested; take it out of the list'


def each_finding_is_made():
    made = set()
    for path in files_below('src', '.c', '.h', '.def'):
        if path != 'src/check/findings.def':
            made.update(re.findall(r'\b\w+\b', text_of(path)))
    for ident in re.findall(r'^BW_FINDING\((\w+),', text_of('src/check/findings.def'), re.M):
        if ident not in made and 'BW_CODE_' + ident not in made:
            yield f'src/check/findings.def: nothing makes {ident}'


def manual_has_each_option(program):
    """The manual spells an option "Fl -name"; what all commands have may stand in its part on options."""
    manual = set(re.findall(r'(?:Fl|,) -([\w-]+)', text_of('docs', 'boardwright.1')))
    commands = re.findall(r'^BW_COMMAND\((\w+)', text_of('src', 'cli', 'commands.def'), re.M)
    for command in commands:
        name = command.replace('_', '-')
        if name == 'dtc':  # has the options of the dtc of others, which have their own manual
            continue
        told = subprocess.run([program, name, '--help'], capture_output=True, text=True, timeout=60, check=False)
        if told.returncode:
            continue  # not in this build
        texts = {name: told.stdout}
        for verb in re.findall(r'^  ([a-z][a-z0-9-]+)  ', told.stdout, re.M):
            more = subprocess.run([program, name, verb, '--help'], capture_output=True, text=True, timeout=60,
                                  check=False)
            if more.returncode == 0:
                texts[f'{name} {verb}'] = more.stdout
        for words, text in texts.items():
            for option in sorted(set(re.findall(r'^\s+(?:-\S, )?--([a-z][\w-]+)', text, re.M)) - manual - {'help-all'}):
                yield f'docs/boardwright.1: lacks --{option} of {words}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', default=os.path.join(ROOT, 'build', 'boardwright'))
    args = parser.parse_args()
    tests = [
        ('a folder includes only what stands below it', folders_call_only_below),
        ('no system knows another', no_system_knows_another),
        ('only the commands print and exit', only_cli_prints),
        ('the table of folders has each, in their order', table_has_each_folder),
        ('each source is built', each_source_is_built),
        ('the links of the documents lead somewhere', links_lead_somewhere),
        ('each finding is expected by a test', each_finding_is_tested),
        ('each finding is made somewhere', each_finding_is_made),
        ('the manual has each option', lambda: manual_has_each_option(os.path.abspath(args.program))),
    ]
    print(f'1..{len(tests)}')
    failed = 0
    for number, (what, test) in enumerate(tests, 1):
        broken = list(test())
        print(f'{"not " if broken else ""}ok {number} - {what}')
        for line in broken:
            print(f'# {line}')
        failed += bool(broken)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
