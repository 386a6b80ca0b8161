#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Device types as CoffeeScript reads them, and real repositories of balenaOS against what is known of them.

    balena.py [--update]

* Each .coffee that `build --system balena` writes for the boards of the golden tests is compiled by CoffeeScript
  (Debian's package, or coffee-script of $COFFEE_MODULES), with a stand-in for what the device-types package shares, and
  must have the value that `balena manifest` prints.
* With $COFFEE_MODULES, a folder with node_modules of coffee-script@1.10.0 and @resin.io/device-types@10.5.3, and
  $BALENA_REPOS, a folder of clones of balena-os/balena-*, each real .coffee must give the manifest that the package
  makes, byte for byte but for white space: at least 126 of 130, and none may crash.
* With $BALENA_REPOS `check` of each repository must have the findings of balena-hits.txt; --update writes that table.
  Clones of another date may differ: the date stands in the table, and a repository of another one is skipped.

TAP on standard output; what is not there is skipped with the reason.
"""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
TABLE = os.path.join(HERE, "balena-hits.txt")
GOLDEN = os.path.join(ROOT, "tests", "golden", "balena")
REPOS = os.environ.get("BALENA_REPOS")
MODULES = os.environ.get("COFFEE_MODULES")
MODULES = MODULES and os.path.join(os.path.abspath(MODULES), "node_modules")
NOT_BOARDS = ("balena-board-template", "balena-yocto-scripts")

INSTRUCTIONS = ("CONNECT CONNECT_AND_BOOT WAIT WINDOWS_DISK_IMAGER_SD WINDOWS_DISK_IMAGER_USB ETCHER_SD ETCHER_USB "
                "LINUX_DF_SD LINUX_DF_USB EJECT_SD EJECT_USB SUBSTITUTE_DOWNLOAD DD_BURN_IMAGE_SD DD_BURN_IMAGE_USB "
                "OSX_PLUG_SD OSX_PLUG_USB OSX_UNMOUNT_SD OSX_UNMOUNT_USB BOARD_SHUTDOWN BOARD_REPOWER "
                "REMOVE_INSTALL_MEDIA FLASHER_WARNING").split()


def stand_in():
    """What coffee.h says that each shared value is without the package."""
    def text(name):
        return f"<%= {name} %>"

    return {"instructions": {name: text(name) for name in INSTRUCTIONS},
            "commonImg": {"instructions": [text("ETCHER_SD"), text("EJECT_SD"), text("CONNECT_AND_BOOT")],
                          "initialization": {"common": "commonImg.initialization"}},
            "networkOptions": {"group": {"common": "networkOptions.group"}},
            "sharedOptions": [{"common": "sharedOptions"}]}


# Prints module.exports of a file, or with the package its manifest.
SCRIPT = """
const fs = require('fs'), path = require('path');
const [compiler, common, types, ...files] = process.argv.slice(2);
const coffee = require(compiler);
if (types !== '-') require(path.join(compiler, 'register'));
const made = {};
for (const file of files) {
    const module = {exports: {}};
    const source = coffee.compile(fs.readFileSync(file, 'utf8'), {filename: file});
    const take = types === '-' ? () => JSON.parse(fs.readFileSync(common, 'utf8')) : name => require(
        path.join(path.dirname(types), '..', '..', name));
    new Function('require', 'module', 'exports', source)(take, module, module.exports);
    made[file] = types === '-' ? module.exports
        : require(types).buildManifest(module.exports, path.basename(file, '.coffee'));
}
console.log(JSON.stringify(made));
"""


def compiler():
    """The folder of CoffeeScript, or None."""
    for folder in (MODULES and os.path.join(MODULES, "coffee-script"), "/usr/share/nodejs/coffeescript"):
        if folder and os.path.isdir(folder) and shutil.which("node"):
            return folder
    return None


def compiled(files, common, types="-"):
    with tempfile.NamedTemporaryFile("w", suffix=".js") as script:
        script.write(SCRIPT)
        script.flush()
        done = subprocess.run(["node", "--no-deprecation", script.name, compiler(), common, types, *files],
                              capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "node failed")
    return json.loads(done.stdout)


def manifest_of(exports, name):
    """What the package makes of module.exports, as far as ours have need of it."""
    made = {"slug": exports.get("slug", name), **exports}

    def fill(value):
        if isinstance(value, list):
            return [fill(line) for line in value]
        if isinstance(value, dict):
            return {key: fill(line) for key, line in value.items()}
        return value.replace("<%= TYPE_NAME %>", exports["name"]).replace("<%= TYPE_SLUG %>", made["slug"])

    for key in ("instructions", "stateInstructions"):
        if key in made:
            made[key] = fill(made[key])
    if "state" in made:
        made["state"] = made["state"].upper()
        if made["state"] != "RELEASED":
            made["name"] += f" ({made['state']})"
    made["options"] = made.get("options", []) + [{"common": "sharedOptions"}]
    return made


def own(path, *options):
    done = subprocess.run([PROGRAM, "balena", "manifest", *options, path], capture_output=True, text=True, timeout=60)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"exit": done.returncode, "said": done.stderr}


def generated():
    """What is wrong with the device types that build writes; how many there were."""
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as work:
        common = os.path.join(work, "common.json")
        with open(common, "w", encoding="utf-8") as f:
            json.dump(stand_in(), f)
        env = dict(os.environ, PATH=os.path.dirname(PROGRAM) + os.pathsep + os.environ["PATH"],
                   TESTS=os.path.join(ROOT, "tests"), BUILD=os.path.dirname(PROGRAM))
        for case in sorted(set(glob.glob(os.path.join(GOLDEN, "build-*"))) - {os.path.join(GOLDEN, "build-errors")}):
            folder = os.path.join(work, os.path.basename(case))
            shutil.copytree(case, folder)
            subprocess.run(["sh", "cmd"], cwd=folder, env=env, capture_output=True, timeout=300)
            files = sorted(glob.glob(os.path.join(folder, "**", "*.coffee"), recursive=True))
            if not files:
                wrong.append(f"{os.path.basename(case)} writes no device type")
                continue
            for path, exports in compiled(files, common).items():
                count += 1
                expected = manifest_of(exports, os.path.basename(path)[:-len(".coffee")])
                if own(path) != expected:
                    wrong.append(f"{os.path.relpath(path, work)}: {own(path)} is not {expected}")
    return wrong, count


def real_device_types():
    files = sorted(path for path in glob.glob(os.path.join(REPOS, "balena-*", "*.coffee")))
    types = os.path.join(MODULES, "@resin.io", "device-types")
    wrong = []
    with tempfile.TemporaryDirectory() as work:
        common = os.path.join(work, "common.json")
        subprocess.run(["node", "--no-deprecation", "-e",
                        f"require('{MODULES}/coffee-script/register'); require('fs').writeFileSync('{common}', "
                        f"JSON.stringify(require('{types}/common')))"], check=True, timeout=60)
        # Each by itself: the package changes what it shares between files.
        for path in files:
            expected = compiled([path], common, os.path.join(types, "index"))[path]
            if json.dumps(own(path, "--common", common)) != json.dumps(expected):
                wrong.append(os.path.relpath(path, REPOS))
    return wrong, len(files)


def repositories():
    for folder in sorted(glob.glob(os.path.join(REPOS, "balena-*"))):
        name = os.path.basename(folder)
        if os.path.isdir(os.path.join(folder, "layers")) and name not in NOT_BOARDS:
            yield name, folder


def date_of(folder):
    done = subprocess.run(["git", "-C", folder, "log", "-1", "--format=%cs"], capture_output=True, text=True)
    return done.stdout.strip()


def hits(folder):
    done = subprocess.run([PROGRAM, "check", "--format=json", folder], capture_output=True, text=True, timeout=120)
    counts = collections.Counter(f["code"] for f in json.loads(done.stdout)["findings"])
    return " ".join(f"{code}={count}" for code, count in sorted(counts.items()))


def known_hits():
    table = {}
    with open(TABLE, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                name, date, *found = line.split()
                table[name] = date, " ".join(found)
    return table


def update():
    with open(TABLE, encoding="utf-8") as f:
        head = [line for line in f if line.startswith("#")]
    with open(TABLE, "w", encoding="utf-8") as f:
        f.writelines(head)
        for name, folder in repositories():
            f.write(f"{name} {date_of(folder)} {hits(folder)}".rstrip() + "\n")


def main():
    if sys.argv[1:] == ["--update"]:
        update()
        return 0
    results = []  # (good, text, lines)

    def skip(text, reason):
        results.append((True, f"{text} # SKIP {reason}", []))

    text = "device types that build writes are to CoffeeScript what they are to us"
    if compiler():
        wrong, count = generated()
        results.append((not wrong and count > 0, f"{text}: {count}", wrong))
    else:
        skip(text, "needs node and coffeescript, or $COFFEE_MODULES")
    text = "real device types give the manifests of the device-types package"
    if REPOS and MODULES and shutil.which("node"):
        wrong, count = real_device_types()
        results.append((count > 0 and len(wrong) * 130 <= 4 * count, f"{text}: {count - len(wrong)} of {count}", wrong))
    else:
        skip(text, "needs $BALENA_REPOS, $COFFEE_MODULES and node")
    if REPOS:
        table = known_hits()
        for name, folder in repositories():
            date, expected = table.get(name, ("", ""))
            if date != date_of(folder):
                skip(f"findings of {name}", f"the table is of {date or 'none'}, the clone of {date_of(folder)}")
                continue
            found = hits(folder)
            results.append((found == expected, f"findings of {name}",
                            [] if found == expected else [f"expected {expected}", f"found    {found}"]))
    else:
        skip("findings of real repositories", "needs $BALENA_REPOS, a folder of clones")
    print(f"1..{len(results)}")
    for i, (good, line, more) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {i} - {line}")
        for comment in more:
            print("# " + re.sub(r"\s+", " ", comment))
    return 0 if all(good for good, _, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
