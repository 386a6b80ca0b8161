SUMMARY = "x"
require a.inc
inherit kernel-balena
FOO:append:plank = " a ${BAR} ${@bb.utils.contains(\"A\", \"b\", \"1\", \"2\", d)}"
BAR ??= "1"
BAR:remove = "1"
BAR[doc] = "x"
do_install:append () {
    dd if=a of=b seek=1
}
python do_x () {
    pass
}
FOO_plank = "2"
FOO_append_plank = " \
  3"
MACHINEOVERRIDES =. "oak:"
FOO += "${FOO}"
addtask x after do_y
