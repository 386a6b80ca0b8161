/* SPDX-License-Identifier: Apache-2.0 */
/* Shell fragments: no text may crash the walk or keep it for long. */
#include "fuzz.h"

#include "yocto/shell.h"

static const char *bitbake(void *data, const char *name)
{
    (void)data;
    return name[0] == 'B' ? "a b\x01" : NULL;
}

static const char *file(void *data, const char *path)
{
    (void)data;
    return path[0] == '/' ? "one:two:3\nfour:five:6\n" : NULL;
}

static bool function(void *data, const char *name, bw_sh_text *body)
{
    *body = *(const bw_sh_text *)data;
    return strcmp(name, "again") == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bw_arena arena;

    bw_arena_init(&arena);
    bw_sh_text text = {.text = bw_arena_strndup(&arena, (const char *)data, size), .len = size};
    const bw_sh_host host = {.data = &text, .bitbake = bitbake, .function = function, .file = file};
    bw_sh *sh = bw_sh_new(&host, &arena);
    bw_sh_run(sh, &text);
    bw_sh_free(sh);
    bw_arena_free(&arena);
    return 0;
}
