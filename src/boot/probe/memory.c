/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memories: there, whole, writable where they are RAM, and no larger than described.
 *
 * Nothing that the probe itself needs is overwritten: neither its image nor what turns out to be a mirror of it, where
 * an address decoder ignores address lines. All other words get back what they held before.
 */
#include "probe.h"

/* Of board.ld; addresses, not values. */
extern char __image_start[], __rodata_end[], __data_start[], __bss_end[];

enum {
    PAGE = 4096,
    WORD = 4,
    DENSE = 8,   /* pages at each end of which every one is looked at */
    SPREAD = 48, /* pages in between */
    LINES = 8 * sizeof(uintptr_t),
};

/* What a word of memory can turn out to be. */
enum outcome {
    GOOD,
    LEFT_OUT, /* the probe itself, or a hole */
    FAULT,
    DEAD,   /* takes no writing, and reads as nothing is expected to */
    FIXED,  /* takes no writing, but holds something */
    BROKEN, /* some bits */
};

struct finding {
    uintptr_t at;
    uint32_t found, wanted;
    uint64_t cause;
};

/* Markers have a 5a or a5 where a NOR flash would look for a command. */
static uint32_t marker_of(unsigned i)
{
    return (uint32_t)i << 24 | 0x005a00a5 | (~(uint32_t)i & 0xff) << 8;
}

static bool is_within(uintptr_t address, uintptr_t base, uintptr_t size)
{
    return address - base < size;
}

static bool is_own(uintptr_t address)
{
    uintptr_t code = (uintptr_t)__image_start, data = (uintptr_t)__data_start;

    return is_within(address, code, (uintptr_t)__rodata_end - code) ||
           is_within(address, data, (uintptr_t)__bss_end - data);
}

static bool is_left_out(uintptr_t address)
{
    for (unsigned i = 0; i < probe_hole_count; i++)
        if (is_within(address, probe_holes[i].base, probe_holes[i].size))
            return true;
    return is_own(address);
}

/* Whether this address shows what stands at `other`, of the probe's own code or data. */
static bool shows_same(uintptr_t address, uintptr_t other)
{
    uint32_t one, two, all = 0;

    address &= ~(uintptr_t)63;
    other &= ~(uintptr_t)63;
    for (unsigned i = 0; i < 16; i++) {
        if (!probe_load32(address + i * WORD, &one) || !probe_load32(other + i * WORD, &two) || one != two)
            return false;
        all |= one;
    }
    return all != 0;
}

/* Whether writing here would write into the probe, because address lines are missing. */
static bool is_own_mirror(uintptr_t address)
{
    for (unsigned line = 10; line < LINES; line++) {
        uintptr_t other = address & (((uintptr_t)1 << line) - 1);
        uintptr_t data = (uintptr_t)__data_start, code = (uintptr_t)__image_start;

        /* The image itself has higher address lines, too. */
        if (is_own(other | (data >> line << line)) && shows_same(address, other | (data >> line << line)))
            return true;
        if (is_own(other | (code >> line << line)) && shows_same(address, other | (code >> line << line)))
            return true;
    }
    return false;
}

/* Writes two patterns, and restores the word. */
static enum outcome try_word(uintptr_t address, struct finding *f)
{
    static const uint32_t patterns[] = {0x55aa55aa, 0xaa55aa55, 0x5555aaaa};
    uint32_t before, after, changed = 0;
    enum outcome outcome = GOOD;

    f->at = address;
    if (is_left_out(address))
        return LEFT_OUT;
    probe_last_fault.cause = 0;
    if (!probe_load32(address, &before))
        outcome = FAULT;
    else if (is_own_mirror(address))
        return LEFT_OUT;
    for (unsigned i = 0; outcome == GOOD && i < sizeof patterns / sizeof *patterns; i++) {
        if (!probe_store32(address, patterns[i]) || !probe_load32(address, &after)) {
            outcome = FAULT;
        } else if (after != patterns[i]) {
            outcome = BROKEN;
            f->found = after;
            f->wanted = patterns[i];
        } else {
            changed = 1;
        }
    }
    f->cause = probe_last_fault.cause;
    if (outcome == FAULT)
        return outcome;
    probe_store32(address, before);
    if (outcome == BROKEN && !changed && f->found == before)
        outcome = before + 1 > 1 ? FIXED : DEAD; /* all zeros, all ones */
    return outcome;
}

static enum outcome try_read(uintptr_t address, struct finding *f)
{
    uint32_t value;

    f->at = address;
    if (is_left_out(address))
        return LEFT_OUT;
    probe_last_fault.cause = 0;
    if (probe_load32(address, &value))
        return GOOD;
    f->cause = probe_last_fault.cause;
    return FAULT;
}

static enum outcome try(const struct probe_memory *m, uintptr_t offset, struct finding *f)
{
    uintptr_t address = m->base + (offset & ~(uintptr_t)(WORD - 1));

    return m->kind == PROBE_RAM ? try_word(address, f) : try_read(address, f);
}

static bool is_there(enum outcome outcome)
{
    return outcome == GOOD || outcome == LEFT_OUT;
}

/* What is left out could not be tried: a memory does not end behind it, but before it. */
static uintptr_t before_holes(const struct probe_memory *m, uintptr_t good, uintptr_t end)
{
    for (unsigned i = 0; i < probe_hole_count;) {
        const struct probe_hole *hole = &probe_holes[i++];

        if (end && is_within(m->base + end - 1, hole->base, hole->size) && hole->base - m->base < end &&
            hole->base - m->base > good) {
            end = hole->base - m->base;
            i = 0;
        }
    }
    return end;
}

/* The first offset that is not there any more, between one that is and one that is not. */
static uintptr_t find_end(const struct probe_memory *m, uintptr_t good, uintptr_t bad)
{
    struct finding ignored;
    uintptr_t first = good;

    while (bad - good > WORD) {
        uintptr_t middle = good + ((bad - good) >> 1);

        /* Pages first: what ends, ends at a page in most cases. */
        if (bad - good > PAGE && (middle & ~(uintptr_t)(PAGE - 1)) > good)
            middle &= ~(uintptr_t)(PAGE - 1);
        else
            middle &= ~(uintptr_t)(WORD - 1);
        if (middle <= good)
            break;
        if (is_there(try(m, middle, &ignored)))
            good = middle;
        else
            bad = middle;
    }
    return before_holes(m, first, bad);
}

/* Offset of the n-th sample; they grow, and the last is the last word. @return false after the last one. */
static bool sample(const struct probe_memory *m, unsigned n, uintptr_t *offset)
{
    uintptr_t last = m->size - WORD, pages = m->size / PAGE, step = pages / (SPREAD + 1);

    if (pages <= 2 * DENSE + SPREAD) { /* all pages, and the last word */
        *offset = n <= pages && (uintptr_t)n * PAGE <= last ? (uintptr_t)n * PAGE : last;
        return n <= pages + 1 && (n == 0 || (uintptr_t)(n - 1) * PAGE <= last);
    }
    if (n < DENSE)
        *offset = (uintptr_t)n * PAGE;
    else if (n < DENSE + SPREAD) /* another word of each page, so that more address lines take part */
        *offset = (uintptr_t)(n - DENSE + 1) * step * PAGE + (uintptr_t)n * 60 % PAGE / WORD * WORD;
    else if (n < 2 * DENSE + SPREAD)
        *offset = (pages - (2 * DENSE + SPREAD - n)) * PAGE;
    else
        *offset = last;
    return n <= 2 * DENSE + SPREAD;
}

static const char *reason_of(enum outcome outcome, bool first)
{
    if (outcome == BROKEN)
        return "bits";
    if (outcome == FIXED && first)
        return "readonly";
    return first ? "absent" : "short";
}

/* @return true when each sample is there. */
static bool test_samples(const struct probe_memory *m, struct probe_trouble *trouble)
{
    uintptr_t offset, good = 0;

    for (unsigned n = 0; sample(m, n, &offset); n++) {
        struct finding f = {0};
        enum outcome outcome = try(m, offset, &f);

        if (is_there(outcome)) {
            good = outcome == GOOD ? offset : good;
            continue;
        }
        trouble->reason = reason_of(outcome, n == 0);
        trouble->at = f.at;
        trouble->cause = outcome == FAULT ? f.cause : 0;
        if (outcome == BROKEN) {
            trouble->found = f.found;
            trouble->wanted = f.wanted;
            trouble->has_found = true;
        } else if (n > 0) {
            trouble->found = find_end(m, good, offset);
            trouble->at = m->base + (uintptr_t)trouble->found;
            trouble->has_found = true;
        }
        return false;
    }
    return true;
}

/* Address lines: a marker at each power of two, and which of them show up elsewhere. Written all before any is read, so
 * that a bus that remembers its last value does not pass for memory. */
static bool test_lines(const struct probe_memory *m, struct probe_trouble *trouble)
{
    static uintptr_t at[LINES + 1];
    static uint32_t before[LINES + 1];
    uintptr_t off = 0;
    unsigned count = 0;
    bool good = true;

    /* All addresses lie as far behind a power of two as the image is long: so their mirrors lie beside the image. */
    while (off < m->size && is_left_out(m->base + off))
        off += PAGE;
    for (unsigned line = 0; line <= LINES; line++) {
        uintptr_t distance = line ? (uintptr_t)1 << (line - 1) : 0;

        if (distance % WORD || distance >= m->size || off >= m->size - distance ||
            is_left_out(m->base + off + distance) || is_own_mirror(m->base + off + distance))
            continue;
        if (!probe_load32(m->base + off + distance, &before[count]))
            continue;
        at[count++] = m->base + off + distance;
    }
    for (unsigned i = count; i-- > 0;)
        probe_store32(at[i], marker_of(i));
    for (unsigned i = 0; i < count && good; i++) {
        uint32_t found;

        if (!probe_load32(at[i], &found) || found == marker_of(i))
            continue;
        good = false;
        trouble->reason = "bits";
        trouble->at = at[i];
        trouble->found = found;
        trouble->wanted = marker_of(i);
        trouble->has_found = true;
        for (unsigned j = 0; j < count; j++)
            if (found == marker_of(j) && j != i) {
                trouble->reason = "alias";
                trouble->at = at[j > i ? j : i];
                trouble->found = at[j > i ? j : i] - at[j > i ? i : j];
                trouble->wanted = 0;
            }
    }
    for (unsigned i = count; i-- > 0;)
        probe_store32(at[i], before[i]);
    return good;
}

/* Common Flash Interface (JEDEC JESD68.01): after 98h at 55h, "QRY" at 10h, each once a chip beside the others on the
 * bus. Chips take the command on 8 or 16 lines each; a flash that the probe runs from is left alone. */
static bool test_cfi(const struct probe_memory *m, struct probe_trouble *trouble)
{
    static const char query[3] = "QRY";
    static const uint32_t commands[] = {0x98, 0x9898, 0x980098, 0x98989898};
    uint64_t value;

    if (!m->cfi || m->size < 0x100 * m->cfi || is_within((uintptr_t)__image_start, m->base, m->size))
        return true;
    for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++) {
        unsigned matches = 0;

        if (m->cfi < 4 && commands[i] >> 8 * m->cfi)
            break;
        if (!probe_store(m->base + 0x55 * m->cfi, m->cfi, commands[i]))
            break;
        for (unsigned n = 0; n < 3; n++)
            matches += probe_load(m->base + (0x10 + n) * m->cfi, m->cfi, &value) && (value & 0xff) == (uint8_t)query[n];
        probe_store(m->base, m->cfi, 0xffffffff); /* back to what it holds: Intel's way and AMD's */
        probe_store(m->base, m->cfi, 0xf0f0f0f0);
        probe_store(m->base, m->cfi, 0xffffffff);
        if (matches == 3)
            return true;
    }
    trouble->reason = "absent";
    trouble->at = m->base;
    return false;
}

static void test_memory(const struct probe_memory *m)
{
    struct probe_trouble trouble = {0};

    if (m->size < WORD)
        probe_skip(m->claim, "memory", m->name, "smaller than a word");
    else if (test_samples(m, &trouble) && (m->kind == PROBE_RAM ? test_lines(m, &trouble) : test_cfi(m, &trouble)))
        probe_ok(m->claim, "memory", m->name);
    else
        probe_not_ok(m->claim, "memory", m->name, &trouble);
}

/* Whether a word outside is one of the inside, seen again because address lines are missing. */
static bool is_mirror(const struct probe_memory *m, uintptr_t address)
{
    uint32_t before, found;
    bool mirror = false;

    if (!probe_load32(address, &before))
        return false;
    for (unsigned line = 2; line < LINES && !mirror; line++) {
        uintptr_t other = m->base + ((address - m->base) & (((uintptr_t)1 << line) - 1));

        if (!is_within(other, m->base, m->size) || is_left_out(other))
            continue;
        mirror = true;
        for (unsigned i = 1; i <= 2 && mirror; i++)
            mirror = probe_store32(address, marker_of(i)) && probe_load32(other, &found) && found == marker_of(i);
    }
    probe_store32(address, before);
    return mirror;
}

static void test_outside(const struct probe_memory *m, unsigned claim, const char *kind, uintptr_t address)
{
    struct finding f = {0};
    enum outcome outcome;
    struct probe_trouble trouble = {.reason = "answers", .at = address};

    if (!claim)
        return;
    outcome = m->kind == PROBE_RAM ? try_word(address, &f) : try_read(address, &f);
    if (m->kind != PROBE_RAM && outcome == GOOD)
        probe_skip(claim, kind, m->name, "reading alone does not tell what it is");
    else if (outcome == GOOD && !is_mirror(m, address))
        probe_not_ok(claim, kind, m->name, &trouble);
    else
        probe_ok(claim, kind, m->name);
}

void probe_test_memories(void)
{
    for (unsigned i = 0; i < probe_memory_count; i++) {
        const struct probe_memory *m = &probe_memories[i];

        if (m->claim)
            test_memory(m);
        test_outside(m, m->end_claim, "end", m->base + m->size);
        test_outside(m, m->start_claim, "start", m->base - WORD);
    }
}
