/* SPDX-License-Identifier: Apache-2.0 */
#include "image/kmod.h"

#include "image/elf.h"

#include <string.h>

bool bw_kmod_read(bw_kmod *kmod, const void *data, size_t len)
{
    const char *problem;
    bw_elf elf;
    size_t size = 0;

    if (!bw_elf_read(&elf, data, len, &problem))
        return false;
    const uint8_t *info = bw_elf_section(&elf, ".modinfo", &size);
    bw_elf_free(&elf);
    *kmod = (bw_kmod){(const char *)info, size};
    return info != NULL;
}

bw_kmod bw_kmod_builtin(const void *data, size_t len)
{
    return (bw_kmod){data, len};
}

/* @return the value of a word, or NULL. */
static const char *value_of(const char *word, const char *key)
{
    const char *equals = strchr(word, '=');
    size_t len = strlen(key);

    if (!equals || (size_t)(equals - word) < len || strncmp(equals - len, key, len) != 0)
        return NULL;
    return equals - len == word || equals[-(ptrdiff_t)len - 1] == '.' ? equals + 1 : NULL;
}

const char *bw_kmod_next(const bw_kmod *kmod, const char *key, size_t *offset)
{
    while (*offset < kmod->len) {
        const char *word = kmod->info + *offset;
        size_t len = strnlen(word, kmod->len - *offset);

        *offset += len + 1;
        if (*offset > kmod->len)
            return NULL; /* its NUL is missing */
        const char *value = value_of(word, key);
        if (value)
            return value;
    }
    return NULL;
}

bool bw_kmod_alias_means(const char *alias, const char *compatible)
{
    const char *at = strncmp(alias, "of:", 3) == 0 ? strchr(alias, 'C') : NULL;
    size_t len = strlen(compatible);

    return at && strncmp(at + 1, compatible, len) == 0 && (at[1 + len] == '\0' || strcmp(at + 1 + len, "C*") == 0);
}
