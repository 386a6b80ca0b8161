/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of tests for a board that is plugged in: tests_hw/groups/<board file>-<sample>/. What is waited for are the
 * sample's own words and, of the supervisor, the containers that were put on the board, by their checksums.
 *
 * Source: project-ocre/ocre-runtime, tests_hw/, src/samples/demo/main.c, src/shell/image/ls.c.
 */
#include "systems/ocre/write.h"

#include "base/text.h"

/* What a sample prints when all is well. */
static const char *const mini_words[] = {"powered by Ocre", NULL};
static const char *const demo_words[] = {"powered by Ocre",
                                         "Generic blinking started.",
                                         "Container exited with status 0",
                                         "Subscriber initialized",
                                         "Publisher initialized",
                                         "Subscriber exited with status 0",
                                         "Publisher exited with status 0",
                                         "Demo completed successfully",
                                         NULL};
static const char *const supervisor_words[] = {NULL};
static const char *const *const words[BW_OCRE_SAMPLES] = {mini_words, demo_words, supervisor_words};

static void add_config(const bw_ocre_output *o, const char *group, bw_ocre_sample sample)
{
    GString *out = g_string_new(NULL);
    const char *name = bw_ocre_sample_names[sample];

    g_string_append_printf(out,
                           "{\n"
                           "  \"name\": \"%s on %s\",\n"
                           "  \"description\": \"After the sample %s was flashed to %s\",\n"
                           "  \"setup\": [],\n"
                           "  \"test_suites\": [\n"
                           "    {\n"
                           "      \"name\": \"Console of %s\",\n"
                           "      \"description\": \"What the sample prints when it works\",\n"
                           "      \"test_cases\": [\n"
                           "        {\"name\": \"%s works\", \"exec\": \"python3 testcase.py\"}\n"
                           "      ]\n"
                           "    }\n"
                           "  ],\n"
                           "  \"cleanup\": []\n"
                           "}\n",
                           name, o->target, name, o->target, name, name);
    bw_ocre_add(o, out, "tests_hw/groups/%s/config.json", group);
}

/* A string of Python: what a name or a path of support.yml may hold goes through C's escapes, which Python has, too. */
static void add_string(GString *out, const char *text)
{
    bw_text_string(out, text);
}

static void add_images(GString *out, const bw_ocre_output *o)
{
    for (uint32_t i = 0; i < o->containers.count; i++) {
        const bw_ocre_container *c = &o->containers.items[i];
        char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)c->source->text, c->source->len);

        g_string_append_printf(out, "    '%s',  # ", sum);
        bw_text_comment(out, c->name);
        g_string_append_c(out, '\n');
        g_free(sum);
    }
}

static void add_testcase(const bw_ocre_output *o, const char *group, bw_ocre_sample sample, const char *port)
{
    GString *out = g_string_new(NULL);
    const bool shell = sample == BW_OCRE_SUPERVISOR;

    g_string_append_printf(out,
                           "#!/usr/bin/env python3\n"
                           "# SPDX-License-Identifier: Apache-2.0\n"
                           "\"\"\"After Ocre's sample %s was flashed to %s: what it prints on its console.\"\"\"\n"
                           "import sys\n"
                           "\n"
                           "sys.path.append('../..')\n"
                           "\n"
                           "import pexpect  # noqa: E402\n"
                           "import testlib  # noqa: E402\n"
                           "\n"
                           "PORT = ",
                           bw_ocre_sample_names[sample], o->target);
    add_string(out, port);
    g_string_append(
        out, shell ? "\n# SHA-256 of the images that were put on the board, as `ocre image ls` prints them.\n" : "\n");
    g_string_append(out, "EXPECTED = [\n");
    for (const char *const *word = words[sample]; *word; word++)
        g_string_append_printf(out, "    '%s',\n", *word);
    if (shell)
        add_images(out, o);
    g_string_append(out, "]\n\n\ndef main():\n    connection, console = testlib.setup(PORT)\n");
    if (shell)
        g_string_append(out, "    console.write(b'\\nocre image ls\\n')\n"
                             "    seen = ''\n"
                             "    for _ in range(2):\n"
                             "        answer = console.expect_exact([testlib.shell_prompt, pexpect.TIMEOUT], 30)\n"
                             "        seen += bytes(console.before).decode(errors='ignore')\n"
                             "        if answer == 1:\n"
                             "            print('The shell does not answer')\n"
                             "            testlib.format_runtime_output(seen, 'Failed')\n"
                             "            testlib.full_exit(connection, 1)\n");
    else
        g_string_append(out, "    connection.send_break()\n"
                             "    console.expect([pexpect.EOF, pexpect.TIMEOUT], 45)\n"
                             "    seen = bytes(console.before).decode(errors='ignore')\n");
    g_string_append(out, "    missing = [text for text in EXPECTED if text not in seen]\n"
                         "    for text in missing:\n"
                         "        print(f'Not seen: {text}')\n"
                         "    testlib.format_runtime_output(seen, 'Failed' if missing else 'Entire')\n"
                         "    testlib.full_exit(connection, 1 if missing else 0)\n"
                         "\n"
                         "\n"
                         "if __name__ == '__main__':\n"
                         "    main()\n");
    bw_ocre_add(o, out, "tests_hw/groups/%s/testcase.py", group);
}

void bw_ocre_write_tests(const bw_ocre_output *o)
{
    const bw_yaml *test = bw_yaml_get(o->job->section, "hardware-test");
    const char *port = bw_yaml_to_text(bw_yaml_get(test, "port"));

    for (int i = 0; test && i < BW_OCRE_SAMPLES; i++) {
        if (!o->samples[i].possible)
            continue;
        const char *group = bw_arena_printf(o->arena, "%s-%s", o->stem, bw_ocre_sample_names[i]);
        add_config(o, group, (bw_ocre_sample)i);
        add_testcase(o, group, (bw_ocre_sample)i, port);
    }
}
