/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/words.h"

#include <string.h>

/* A word for a shell; ${image} stays what a shell replaces. */
static void put_word(GString *text, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,./:";
    const char *image;

    while ((image = strstr(word, "${image}")) != NULL) {
        char *before = g_strndup(word, (gsize)(image - word));

        put_word(text, before);
        g_string_append(text, "\"$image\"");
        g_free(before);
        word = image + strlen("${image}");
        if (!*word)
            return;
    }
    char *quoted = strspn(word, plain) == strlen(word) ? g_strdup(word) : g_shell_quote(word);
    g_string_append(text, quoted);
    g_free(quoted);
}

GString *bw_words_script(const bw_machine *machine, const char *image_name, const char *comment, unsigned gdb_port)
{
    char **argv = bw_simulator_command(machine, "${image}", gdb_port);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text,
                           "#!/bin/sh\n# Runs %s by hand; the console is this terminal.\n"
                           "image=$(dirname \"$0\")/%s\nexec",
                           comment, image_name);
    for (char **word = argv; *word; word++) {
        g_string_append_c(text, ' ');
        put_word(text, *word);
    }
    g_strfreev(argv);
    return g_string_append_c(text, '\n');
}

char *bw_words_command(const bw_machine *machine, const char *image, unsigned gdb_port)
{
    char **argv = bw_simulator_command(machine, image, gdb_port);
    GString *text = g_string_new(NULL);

    for (char **word = argv; *word; word++) {
        if (text->len)
            g_string_append_c(text, ' ');
        put_word(text, *word);
    }
    g_strfreev(argv);
    return g_string_free(text, FALSE);
}

GString *bw_words_log(const bw_boot_run *run)
{
    static const char *const names[BW_CHANNEL_COUNT] = {"first serial port",  "second serial port", "third serial port",
                                                        "fourth serial port", "semihosting",        "standard error"};
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; run && i < BW_CHANNEL_COUNT; i++) {
        const GString *said = run->texts[i];

        if (i > 0 && said->len == 0)
            continue;
        if (i > 0)
            g_string_append_printf(text, "==> %s <==\n", names[i]);
        g_string_append_len(text, said->str, (gssize)said->len);
        if (said->len && said->str[said->len - 1] != '\n')
            g_string_append_c(text, '\n');
    }
    if (run && run->registers)
        g_string_append_printf(text, "==> registers at the end <==\n%s\n", run->registers);
    if (run && run->map)
        g_string_append_printf(text, "==> memory map <==\n%s\n", run->map);
    return text;
}
