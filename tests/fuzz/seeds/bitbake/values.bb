A = "1"
A += "2"
A:append:plank = " 3"
A:remove = "2"
B ?= "${A} ${C}"
C ??= "${@bb.utils.contains('A', '1', 'yes', 'no', d)}"
D := "${@d.getVar('A').replace('1', 'one') if d.getVar('B') == '' or 'x' in ['x', 'y'] else ' '.join(d.getVar('A').split())}"
FILES:${PN} = "f"
F[doc] = "a flag"
OVERRIDES .= ":${MORE}"
MORE = "late"
A:late = "${${N}}"
N = "B"
unset C
do_install:append:plank () {
    dd if=a of=b
}
python __anonymous () {
    pass
}
def f(d):
    return 1
