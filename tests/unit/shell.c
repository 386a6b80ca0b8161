/* SPDX-License-Identifier: Apache-2.0 */
/* Shell fragments, followed as far as their words are known. '?' stands for what is not. */
#include "yocto/shell.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *bitbake(void *data, const char *name)
{
    (void)data;
    if (strcmp(name, "MACHINE") == 0)
        return "plank";
    return strcmp(name, "DEPLOY") == 0 ? "\x01" : NULL;
}

static const char *file(void *data, const char *path)
{
    (void)data;
    return g_str_has_suffix(path, "/spec.txt") ? "A:a.bin:10\nB:none.bin:20\nC:c.bin:5" : NULL;
}

static bool function(void *data, const char *name, bw_sh_text *body)
{
    static const char text[] = "dd if=$1 seek=$2\n";

    (void)data;
    *body = (bw_sh_text){.text = text, .len = strlen(text)};
    return strcmp(name, "write_it") == 0;
}

static void note(void *data, const bw_sh_command *command)
{
    GString *out = data;

    if (strcmp(command->words[0], "dd") != 0 && strcmp(command->words[0], "parted") != 0)
        return;
    g_string_append(out, command->maybe ? "maybe " : "");
    for (uint32_t i = 0; i < command->count; i++)
        g_string_append_printf(out, "%s%s", i ? " " : "", command->words[i]);
    g_string_append_c(out, '\n');
}

static bool ran;

static void assert_commands(const char *text, const char *expected)
{
    GString *out = g_string_new(NULL);
    bw_sh_host host = {.data = out, .bitbake = bitbake, .function = function, .file = file, .command = note};
    bw_sh_text piece = {.text = text, .len = strlen(text)};
    bw_arena arena;

    bw_arena_init(&arena);
    bw_sh *sh = bw_sh_new(&host, &arena);
    ran = bw_sh_run(sh, &piece);
    bw_sh_free(sh);
    bw_arena_free(&arena);
    g_strdelimit(out->str, "\x01", '?');
    assert_string_equal(out->str, expected);
    g_string_free(out, TRUE);
}

static void words_are_expanded(void **state)
{
    (void)state;
    assert_commands("dd if=${DEPLOY}/imx-boot-${MACHINE}.bin of=${RAW} seek=33 bs=1K # comment\n",
                    "dd if=?/imx-boot-plank.bin of=? seek=33 bs=1K\n");
    assert_commands("a='x y'; dd $a \"$a\" '$a' \\$a ${a}z ${none:-deft}\n", "dd x y x y $a $a x yz deft\n");
    assert_commands("n=3\ndd seek=$((n * 2 + (4 - 1))) bs=`expr 10 \\* $n`\n", "dd seek=9 bs=30\n");
    assert_commands("dd \\\n  a \\\n  b > /dev/null 2>&1\n", "dd a b\n");
    assert_commands("dd seek=$(expr 9 / 0) $(ls | wc -l) x=$(echo a:b | cut -d ':' -f 2)\n", "dd seek=? ? x=b\n");
}

static void variables_of_a_loop_are_joined(void **state)
{
    (void)state;
    assert_commands("uboot_file=\"u.bin\"\nspl_file=s.bin\nuboot_seek=4\nspl_seek=2\nfiles=\"spl uboot\"\n"
                    "for i in $files; do\n f=$(eval echo \\$${i}_file)\n s=$(eval echo \\$${i}_seek)\n"
                    " if [ ! \"$(md5sum $f)\" = \"$old\" ]; then\n  dd if=/boot/$f seek=$s\n fi\ndone\n",
                    "maybe dd if=/boot/s.bin seek=2\nmaybe dd if=/boot/u.bin seek=4\n");
}

static void a_table_is_walked(void **state)
{
    (void)state;
    assert_commands("partitions=$(cat \"${DEPLOY}/x/spec.txt\")\nSTART=40\nfor n in ${partitions}; do\n"
                    " name=$(echo $n | cut -d ':' -f 1)\n file_name=$(echo $n | cut -d ':' -f 2)\n"
                    " size=$(echo $n | cut -d ':' -f 3)\n path=$(find ${DEPLOY}/b -name $file_name)\n"
                    " END=$(expr ${START} \\+ ${size} \\- 1)\n parted mkpart $name ${START} ${END}\n"
                    " if [ ! \"$file_name\" = \"none.bin\" ]; then\n  dd if=$path seek=${START}\n"
                    " else\n  dd if=/dev/zero count=${size}\n fi\n START=$(expr ${END} \\+ 1)\ndone\n",
                    "parted mkpart A 40 49\ndd if=?/a.bin seek=40\nparted mkpart B 50 69\ndd if=/dev/zero count=20\n"
                    "parted mkpart C 70 74\ndd if=?/c.bin seek=70\n");
}

static void what_is_not_known_is_followed_as_maybe(void **state)
{
    (void)state;
    assert_commands("a=1\nif grep -q x y; then a=2; dd $a; elif [ 1 = 1 ]; then dd e; else dd f; fi\ndd $a\n",
                    "maybe dd 2\nmaybe dd e\ndd ?\n");
    assert_commands("a=1\nwhile read l; do a=2; dd $a $l; done\ndd $a\n", "maybe dd 2 ?\ndd ?\n");
    assert_commands("[ -f x ] && dd a || dd b\n[ 1 = 2 ] && dd c\n! false && dd d\n", "maybe dd a\nmaybe dd b\ndd d\n");
    assert_commands("for i in $nothing; do dd $i; done\n", "maybe dd ?\n");
}

static void cases_are_chosen(void **state)
{
    (void)state;
    assert_commands("case ${MACHINE} in\n pl*) dd a ;;\n *) dd b ;;\nesac\n", "dd a\n");
    assert_commands("case $x in\n a|b) dd a ;;\n (*) dd b ;;\nesac\n", "maybe dd a\nmaybe dd b\n");
}

static void functions_are_called(void **state)
{
    (void)state;
    assert_commands("f() {\n dd $1 $2\n return 0\n dd never\n}\nf a b\nwrite_it c 3\nexit 0\ndd never\n",
                    "dd a b\ndd if=c seek=3\n");
    assert_commands("sed -e 's/a/b/' << EOF | fdisk x\n  x\n dd never\nEOF\ndd behind\n", "dd behind\n");
}

static void what_is_beyond_is_given_up(void **state)
{
    GString *deep = g_string_new("dd a\n");

    (void)state;
    assert_commands("dd a\nif true; then dd b\n", "");
    assert_false(ran);
    assert_commands("f() {\n f\n}\ndd a\nf\ndd b\n", "dd a\n");
    assert_false(ran);
    for (int i = 0; i < 1000; i++)
        g_string_append(deep, "$(");
    assert_commands(deep->str, "");
    g_string_free(deep, TRUE);
    assert_commands("a=xxxxxxxxxxxxxxxx\nfor i in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9; do a=\"$a$a\"; done\ndd $a\n",
                    "");
    assert_false(ran);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_expanded),         cmocka_unit_test(variables_of_a_loop_are_joined),
        cmocka_unit_test(a_table_is_walked),          cmocka_unit_test(what_is_not_known_is_followed_as_maybe),
        cmocka_unit_test(cases_are_chosen),           cmocka_unit_test(functions_are_called),
        cmocka_unit_test(what_is_beyond_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
