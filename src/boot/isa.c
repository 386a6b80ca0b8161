/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/isa.h"

#include <glib.h>
#include <string.h>

unsigned bw_isa_xlen(const char *isa)
{
    return g_ascii_strncasecmp(isa, "rv32", 4) == 0 ? 32 : 64;
}

static uint32_t bit_of(char letter)
{
    return (uint32_t)1 << (letter - 'a');
}

/* Extensions that have a bit in misa. B has one only since 2024, and machines differ in whether they set it. */
static bool has_bit(char letter)
{
    return strchr("acdefhimqsuv", letter) != NULL;
}

/* "2p1" behind a letter is its version. */
static const char *after_version(const char *p)
{
    while (g_ascii_isdigit(*p) || (*p == 'p' && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[-1])))
        p++;
    return p;
}

/* Old texts end in "su": modes of the CPU. Newer ones have names that begin with s: "sstc". */
static bool begins_name(const char *p)
{
    char next = (char)g_ascii_tolower(p[1]);

    return *p == 'z' || *p == 'x' || (*p == 's' && g_ascii_isalpha(next) && next != 'u');
}

uint32_t bw_isa_bits(const char *isa)
{
    char *lower = g_ascii_strdown(isa, -1);
    const char *p = lower;
    uint32_t bits = 0;

    if (g_str_has_prefix(p, "rv"))
        for (p += 2; g_ascii_isdigit(*p);)
            p++;
    while (*p) {
        if (begins_name(p)) {
            p += strcspn(p, "_");
        } else if (*p == 'g') {
            bits |= bit_of('i') | bit_of('m') | bit_of('a') | bit_of('f') | bit_of('d');
            p = after_version(p + 1);
        } else if (g_ascii_isalpha(*p)) {
            bits |= has_bit(*p) ? bit_of(*p) : 0;
            p = after_version(p + 1);
        } else {
            p++;
        }
    }
    g_free(lower);
    return bits;
}
