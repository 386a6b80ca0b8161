/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the tests, and what a C compiler expects to find even where there is no C library. */
#include "probe.h"

volatile struct probe_fault probe_last_fault;

_Noreturn void probe_main(void)
{
    probe_begin();
    probe_test_cpus();
    probe_test_memories();
    probe_test_devices();
    probe_test_console();
    probe_test_timers();
    probe_test_extra_cpus();
    probe_end();
}

_Noreturn void probe_crash(const char *what, uint64_t cause, uint64_t pc, uint64_t address)
{
    probe_interrupts(false);
    probe_bail_out(what, cause, pc, address);
}

bool probe_load32(uintptr_t address, uint32_t *value)
{
    uint64_t wide;
    bool there = probe_load(address, 4, &wide);

    *value = there ? (uint32_t)wide : 0;
    return there;
}

bool probe_store32(uintptr_t address, uint32_t value)
{
    return probe_store(address, 4, value);
}

/* gcc calls these for copies of structs and for arrays that begin with zeros. */
__attribute__((used)) void *memset(void *to, int byte, size_t len);
__attribute__((used)) void *memcpy(void *restrict to, const void *restrict from, size_t len);

void *memset(void *to, int byte, size_t len)
{
    for (volatile uint8_t *p = to; len; len--)
        *p++ = (uint8_t)byte;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    volatile uint8_t *p = to;

    for (const uint8_t *q = from; len; len--)
        *p++ = *q++;
    return to;
}
