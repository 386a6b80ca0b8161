/* SPDX-License-Identifier: Apache-2.0 */
/* The report: TAP version 14, to the console and to semihosting. */
#include "probe.h"

/* Arm semihosting (ARM IHI 0052); RISC-V's is the same behind another trap. */
enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18, ADP_STOPPED_APPLICATION_EXIT = 0x20026 };

static char line[192];
static unsigned line_len;
static bool console_alive;
static bool begun; /* a line of the report has been written */

static void to_console(void)
{
    for (unsigned i = 0; console_alive && i < line_len; i++)
        console_alive = probe_console.driver->put(&probe_console, (uint8_t)line[i]);
}

static void flush(void)
{
    line[line_len] = '\0';
    if (console_alive)
        to_console();
#ifdef PROBE_SEMIHOSTING
    probe_semihost(SYS_WRITE0, (uintptr_t)line);
#endif
    line_len = 0;
}

static void put(char c)
{
    line[line_len++] = c;
    if (c == '\n' || line_len == sizeof line - 1)
        flush();
}

static void put_text(const char *text)
{
    while (*text)
        put(*text++);
}

static void put_decimal(unsigned number)
{
    char digits[10];
    unsigned n = 0;

    do
        digits[n++] = (char)('0' + number % 10);
    while (number /= 10);
    while (n)
        put(digits[--n]);
}

static void put_hex(uint64_t number)
{
    /* Halves, because a 32-bit machine without a library cannot shift 64 bits by a variable. */
    uint32_t halves[2] = {(uint32_t)(number >> 32), (uint32_t)number};
    bool any = false;

    put_text("0x");
    for (unsigned i = 0; i < 16; i++) {
        uint32_t digit = halves[i / 8] >> (28 - 4 * (i % 8)) & 15;

        any = any || digit || i == 15;
        if (any)
            put("0123456789abcdef"[digit]);
    }
}

/* A name must not end the description and begin a directive. */
static void put_name(const char *name)
{
    for (; *name; name++)
        put(*name == '#' || (uint8_t)*name < ' ' ? '_' : *name);
}

static void put_result(const char *result, unsigned claim, const char *kind, const char *name)
{
    put_text(result);
    put_decimal(claim);
    put_text(" - ");
    put_text(kind);
    put(' ');
    put_name(name ? name : "?");
}

void probe_ok(unsigned claim, const char *kind, const char *name)
{
    if (!claim)
        return;
    put_result("ok ", claim, kind, name);
    put('\n');
}

void probe_skip(unsigned claim, const char *kind, const char *name, const char *reason)
{
    if (!claim)
        return;
    put_result("ok ", claim, kind, name);
    put_text(" # SKIP ");
    put_text(reason);
    put('\n');
}

static void put_value(const char *key, uint64_t value)
{
    put_text(key);
    put_hex(value);
    put('\n');
}

void probe_not_ok(unsigned claim, const char *kind, const char *name, const struct probe_trouble *trouble)
{
    if (!claim)
        return;
    put_result("not ok ", claim, kind, name);
    put_text("\n  ---\n  reason: ");
    put_text(trouble->reason);
    put('\n');
    if (trouble->at)
        put_value("  at: ", trouble->at);
    if (trouble->found || trouble->has_found)
        put_value("  found: ", trouble->found);
    if (trouble->wanted)
        put_value("  wanted: ", trouble->wanted);
    if (trouble->cause)
        put_value("  cause: ", trouble->cause);
    put_text("  ...\n");
}

void probe_mark(unsigned claim, uint64_t count)
{
    put_text("# mark ");
    put_decimal(claim);
    put(' ');
    put_hex(count);
    put('\n');
}

void probe_note(const char *text, const uint64_t *number)
{
    put_text("# ");
    put_text(text);
    if (number) {
        put(' ');
        put_hex(*number);
    }
    put('\n');
}

static void report_console(const struct probe_console *c, bool started)
{
    struct probe_trouble trouble = {.reason = started ? "stuck" : "strange", .at = c->base};

    if (!c->driver)
        return;
    if (console_alive) {
        probe_ok(c->claim, "console", c->name);
        return;
    }
    if (probe_last_fault.cause) {
        trouble.reason = "fault";
        trouble.at = probe_last_fault.address;
        trouble.cause = probe_last_fault.cause;
    }
    probe_not_ok(c->claim, "console", c->name, &trouble);
}

void probe_begin(void)
{
    const struct probe_console *c = &probe_console;
    bool started;

    probe_last_fault.cause = 0;
    started = console_alive = c->driver && c->driver->start(c);
    begun = true;
    put_text("TAP version 14\n1..");
    put_decimal(probe_claim_count);
    put_text("\n# probe 1: ");
    put_text(probe_machine());
    put('\n');
    report_console(c, started);
}

static _Noreturn void end(void)
{
#ifdef PROBE_SEMIHOSTING
    const uintptr_t reason[2] = {ADP_STOPPED_APPLICATION_EXIT, 0};

    /* 32-bit machines give the reason itself, 64-bit ones a block of reason and exit status. */
    probe_semihost(SYS_EXIT, sizeof(uintptr_t) == 8 ? (uintptr_t)reason : reason[0]);
#endif
    if (probe_power.address)
        probe_store(probe_power.address, probe_power.width, probe_power.value);
    probe_power_off();
    for (;;)
        probe_relax();
}

_Noreturn void probe_bail_out(const char *text, uint64_t cause, uint64_t pc, uint64_t address)
{
    static bool bailing; /* what crashes here again would never come to an end */

    if (!bailing) {
        bailing = true;
        if (line_len)
            put('\n');
        if (!begun)
            put_text("TAP version 14\n");
        put_text("Bail out! ");
        put_text(text);
        put_text(": cause ");
        put_hex(cause);
        put_text(", pc ");
        put_hex(pc);
        put_text(", address ");
        put_hex(address);
        put('\n');
    }
    end();
}

_Noreturn void probe_end(void)
{
    put_text("# end\n");
    end();
}
