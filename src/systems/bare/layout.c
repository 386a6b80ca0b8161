/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an image lies: code and data regions, reserved memory left out. What Zephyr's /chosen says
 * (zephyr,sram, zephyr,flash, zephyr,code-partition) is followed; else the lowest memory that is
 * large enough holds the data, and the first flash the code where RAM is only on the chip.
 */
#include "systems/bare/bare.h"

#include <string.h>

/* Smaller holes between reserved memories are of no use. */
#define GAP_MIN 256

/* RAM of this size is enough for any program without an OS: then the lowest counts, not the largest. */
#define ENOUGH ((uint64_t)16 << 20)

/* RAM from this size on is taken to be beside the chip. */
#define ON_CHIP_MAX ((uint64_t)1 << 20)

#define STACK_SIZE_MCU 0x1000
#define STACK_SIZE 0x4000

typedef struct span {
    uint64_t begin, end; /* end: one past; the last byte of 64 bits is never used */
} span;

static span span_of(uint64_t base, uint64_t size, bool wide)
{
    uint64_t limit = wide ? UINT64_MAX : (uint64_t)1 << 32;
    span s = {MIN(base, limit), limit};

    if (size < limit - s.begin)
        s.end = s.begin + size;
    return s;
}

static bool is_ram(bw_memory_kind kind)
{
    return kind == BW_MEMORY_RAM || kind == BW_MEMORY_SRAM;
}

static const bw_node *chosen(const bw_board *board, const char *name)
{
    for (uint32_t i = 0; i < board->chosen_count; i++)
        if (strcmp(board->chosen[i].name, name) == 0)
            return board->chosen[i].node;
    return NULL;
}

/* -- holes between reserved memories ------------------------------------------------------------ */

static gint compare_spans(gconstpointer a, gconstpointer b)
{
    const span *x = a;
    const span *y = b;

    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static GArray *reserved_spans(const bw_board *board, bool wide)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(span));

    for (uint32_t i = 0; i < board->reserved_count; i++) {
        const bw_reserved *r = &board->reserved[i];

        if (r->is_static && !r->unavailable && r->size) {
            span s = span_of(r->address, r->size, wide);
            g_array_append_val(spans, s);
        }
    }
    g_array_sort(spans, compare_spans);
    return spans;
}

static void add_region(bw_bare_layout *l, uint64_t begin, uint64_t end, const bw_memory *m)
{
    bw_bare_region region = {.base = begin, .size = end - begin, .kind = m->kind, .node = m->node};

    g_array_append_val(l->regions, region);
}

static void add_hole(bw_bare_layout *l, uint64_t begin, uint64_t end, const bw_memory *m)
{
    uint64_t first = begin > UINT64_MAX - 15 ? begin : (begin + 15) & ~(uint64_t)15;

    end &= ~(uint64_t)15;
    if (end > first && end - first >= GAP_MIN)
        add_region(l, first, end, m);
}

static void add_holes(bw_bare_layout *l, const bw_memory *m, const GArray *reserved, bool wide)
{
    span all = span_of(m->block.address, m->block.size, wide);
    uint64_t at = all.begin;

    if (all.begin >= all.end)
        return;
    if (!is_ram(m->kind)) {
        add_region(l, all.begin, all.end, m);
        return;
    }
    bool cut = false;
    for (guint i = 0; i < reserved->len; i++) {
        const span *r = &g_array_index(reserved, span, i);

        if (r->end <= at || r->begin >= all.end)
            continue;
        cut = true;
        if (r->begin > at)
            add_hole(l, at, r->begin, m);
        at = MAX(at, r->end);
    }
    if (!cut)
        add_region(l, all.begin, all.end, m);
    else if (at < all.end)
        add_hole(l, at, all.end, m);
}

/* -- which region is which ---------------------------------------------------------------------- */

static bw_bare_region *region_at(const bw_bare_layout *l, guint i)
{
    return &g_array_index(l->regions, bw_bare_region, i);
}

static void move_to(bw_bare_layout *l, guint from, guint to)
{
    bw_bare_region region = *region_at(l, from);

    g_array_remove_index(l->regions, from);
    g_array_insert_val(l->regions, to, region);
}

/* RAM whose size is left to the boot loader: what else there is, on the chip, does not stand in for it. */
static bool lacks_size(const bw_board *board)
{
    bool sized = false;
    bool unsized = false;

    for (uint32_t i = 0; i < board->memory_count; i++)
        if (board->memories[i].kind == BW_MEMORY_RAM) {
            sized |= board->memories[i].block.size != 0;
            unsized |= board->memories[i].block.size == 0;
        }
    return unsized && !sized;
}

static bool is_better(const bw_bare_region *a, const bw_bare_region *b)
{
    if (a->size >= ENOUGH && b->size >= ENOUGH)
        return a->base < b->base;
    return a->size > b->size;
}

/* Zephyr shares the RAM of some chips between worlds by nodes of /reserved-memory, and chooses one of them. */
static bool take_reserved(bw_bare_layout *l, const bw_board *board, bool wide)
{
    const bw_node *wanted = chosen(board, "zephyr,sram");

    for (uint32_t i = 0; wanted && i < board->reserved_count; i++) {
        const bw_reserved *r = &board->reserved[i];
        span s = span_of(r->address, r->size, wide);
        bw_bare_region region = {.base = s.begin, .size = s.end - s.begin, .kind = BW_MEMORY_SRAM, .node = r->node};

        if (r->node == wanted && r->is_static && !r->unavailable && s.end > s.begin) {
            g_array_insert_val(l->regions, 0, region);
            return true;
        }
    }
    return false;
}

/* The region for data: of the chosen memory's, else of RAM, else of on-chip RAM. */
static bool choose_ram(bw_bare_layout *l, const bw_board *board)
{
    const bw_node *wanted = chosen(board, "zephyr,sram");
    int best = -1;
    unsigned best_rank = 0;

    for (guint i = 0; i < l->regions->len; i++) {
        const bw_bare_region *r = region_at(l, i);
        unsigned rank = wanted && r->node == wanted ? 3 : r->kind == BW_MEMORY_RAM ? 2 : is_ram(r->kind) ? 1 : 0;

        if (rank > best_rank || (rank && rank == best_rank && is_better(r, region_at(l, (guint)best)))) {
            best = (int)i;
            best_rank = rank;
        }
    }
    if (best >= 0)
        move_to(l, (guint)best, 0);
    return best >= 0;
}

static const bw_partition *partition_of(const bw_board *board, const bw_node *node)
{
    for (uint32_t i = 0; node && i < board->flash_count; i++)
        for (uint32_t j = 0; j < board->flashes[i].partition_count; j++)
            if (board->flashes[i].partitions[j].node == node)
                return &board->flashes[i].partitions[j];
    return NULL;
}

/* The memory that a flash is seen through: its own, or its controller's window. */
static int find_flash(const bw_bare_layout *l, const bw_board *board, const bw_node *wanted)
{
    for (guint i = 1; i < l->regions->len; i++) {
        const bw_bare_region *r = region_at(l, i);

        if (wanted ? r->node == wanted : !is_ram(r->kind))
            return (int)i;
    }
    for (uint32_t j = 0; wanted && j < board->flash_count; j++) {
        const bw_flash *flash = &board->flashes[j];

        if (flash->node != wanted || !flash->mapped)
            continue;
        for (guint i = 1; i < l->regions->len; i++)
            if (region_at(l, i)->base == flash->address && !is_ram(region_at(l, i)->kind))
                return (int)i;
    }
    return -1;
}

/* A chosen flash is read through its controller's window even where its own node is disabled, which only says that
 * nothing shall write it (Zephyr: hifive1). */
static bool take_disabled_flash(bw_bare_layout *l, const bw_board *board, const bw_node *wanted, bool wide)
{
    for (uint32_t i = 0; wanted && i < board->flash_count; i++) {
        const bw_flash *flash = &board->flashes[i];
        span s = span_of(flash->address, flash->size, wide);
        bw_bare_region region = {
            .base = s.begin, .size = s.end - s.begin, .kind = BW_MEMORY_FLASH, .node = flash->node};

        if (flash->node == wanted && flash->mapped && flash->size_known && flash->unavailable && s.end > s.begin) {
            g_array_insert_val(l->regions, 1, region);
            return true;
        }
    }
    return false;
}

/* Lets code run from flash if there is one to run from. */
static bool choose_flash(bw_bare_layout *l, const bw_board *board, bool wide, bool alone)
{
    const bw_node *node = chosen(board, "zephyr,flash");
    const bw_partition *partition = alone ? NULL : partition_of(board, chosen(board, "zephyr,code-partition"));

    if (partition && partition->mapped && partition->known && !partition->unavailable) {
        span s = span_of(partition->address, partition->size, wide);
        bw_bare_region region = {
            .base = s.begin, .size = s.end - s.begin, .kind = BW_MEMORY_FLASH, .node = partition->node};

        if (s.end > s.begin) {
            /* The rest of that flash is other partitions': no region of its own. */
            for (guint i = l->regions->len; i-- > 1;) {
                const bw_bare_region *r = region_at(l, i);
                if (!is_ram(r->kind) && r->base <= s.begin && s.begin - r->base < r->size)
                    g_array_remove_index(l->regions, i);
            }
            g_array_insert_val(l->regions, 1, region);
            return true;
        }
    }
    int at = node ? find_flash(l, board, node) : -1;
    if (at < 0 && take_disabled_flash(l, board, node, wide))
        return true;
    if (at < 0)
        at = find_flash(l, board, NULL);
    if (at > 0)
        move_to(l, (guint)at, 1);
    return at > 0;
}

/* Memory of a chip is also called "memory" in a devicetree; but it is small. */
static bool is_on_chip(const bw_bare_region *ram)
{
    return ram->kind == BW_MEMORY_SRAM || ram->size < ON_CHIP_MAX;
}

static bool wants_flash(const bw_bare_layout *l, const bw_board *board, const bw_yaml *section)
{
    const char *said = bw_yaml_to_text(bw_yaml_get(section, "run-from"));

    if (said)
        return strcmp(said, "flash") == 0;
    return l->arch == BW_ARCH_ARM_M || chosen(board, "zephyr,flash") || chosen(board, "zephyr,code-partition") ||
           is_on_chip(region_at(l, 0));
}

/* -- names and sizes ---------------------------------------------------------------------------- */

/* Words that a linker script reads otherwise (GNU ld, ldlex.l of binutils 2.40, as documented in its manual). */
static const char *const script_words[] = {
    "A",
    "ABSOLUTE",
    "ADDR",
    "AFTER",
    "ALIGN",
    "ALIGNOF",
    "ASSERT",
    "AT",
    "BEFORE",
    "BIND",
    "BLOCK",
    "BYTE",
    "CONSTANT",
    "CONSTRUCTORS",
    "COPY",
    "CREATE_OBJECT_SYMBOLS",
    "DATA_SEGMENT_ALIGN",
    "DATA_SEGMENT_END",
    "DATA_SEGMENT_RELRO_END",
    "DEFINED",
    "DSECT",
    "ENTRY",
    "EXCLUDE_FILE",
    "EXTERN",
    "FILL",
    "FLOAT",
    "FORCE_COMMON_ALLOCATION",
    "FORCE_GROUP_ALLOCATION",
    "GROUP",
    "HIDDEN",
    "HLL",
    "INCLUDE",
    "INFO",
    "INHIBIT_COMMON_ALLOCATION",
    "INPUT",
    "INPUT_SECTION_FLAGS",
    "INSERT",
    "KEEP",
    "L",
    "LD_FEATURE",
    "LEN",
    "LENGTH",
    "LOADADDR",
    "LOG2CEIL",
    "LONG",
    "MAP",
    "MAX",
    "MEMORY",
    "MIN",
    "NEXT",
    "NOCROSSREFS",
    "NOCROSSREFS_TO",
    "NOFLOAT",
    "NOLOAD",
    "O",
    "ONLY_IF_RO",
    "ONLY_IF_RW",
    "ORG",
    "ORIGIN",
    "OUTPUT",
    "OUTPUT_ARCH",
    "OUTPUT_FORMAT",
    "OVERLAY",
    "PHDRS",
    "PROVIDE",
    "PROVIDE_HIDDEN",
    "QUAD",
    "READONLY",
    "REGION_ALIAS",
    "SEARCH_DIR",
    "SECTIONS",
    "SEGMENT_START",
    "SHORT",
    "SIZEOF",
    "SIZEOF_HEADERS",
    "SORT",
    "SPECIAL",
    "SQUAD",
    "STARTUP",
    "SUBALIGN",
    "SYSLIB",
    "TARGET",
    "TRUNCATE",
    "TYPE",
    "VERSION",
};

static void name_regions(bw_bare_layout *l, const bw_bare_names *names)
{
    GHashTable *taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(script_words); i++)
        g_free(bw_bare_unique(taken, script_words[i]));
    for (guint i = 0; i < l->regions->len; i++) {
        bw_bare_region *r = region_at(l, i);
        const char *own = bw_bare_name(names, r->node);
        const char *wanted = i == 0 ? "RAM" : i == 1 && l->from_flash ? "FLASH" : own;
        char *safe = g_ascii_isdigit(*wanted) || *wanted == '\0' ? g_strconcat("M", wanted, NULL) : g_strdup(wanted);

        r->name = bw_bare_unique(taken, safe);
        g_free(safe);
    }
    g_hash_table_unref(taken);
}

/* One entry for each exception and interrupt that a device of the board has (Armv8-M Architecture Reference
 * Manual, B3.30: the table is aligned to its size rounded up to a power of two, 128 bytes at least). */
static void size_vectors(bw_bare_layout *l, const bw_board *board)
{
    uint32_t irqs = 0;

    switch (l->arch) {
    case BW_ARCH_ARM_M:
        for (uint32_t i = 0; i < board->device_count; i++)
            for (uint32_t j = 0; j < board->devices[i].line_count; j++) {
                const bw_line *line = &board->devices[i].lines[j];
                if (line->number_known && line->number < 480)
                    irqs = MAX(irqs, line->number + 1);
            }
        l->vector_bytes = 4 * (16 + irqs);
        for (l->vector_align = 128; l->vector_align < l->vector_bytes; l->vector_align *= 2)
            ;
        break;
    case BW_ARCH_AARCH64: /* VBAR_EL1: Arm ARM D17.2.155, bits 10:0 are 0 */
        l->vector_align = 2048;
        break;
    case BW_ARCH_RISCV: /* mtvec: 4 at least, more where vectored; 256 is enough for CLIC as well */
        l->vector_align = 256;
        break;
    default: /* VBAR: bits 4:0 are 0 */
        l->vector_align = 32;
        break;
    }
}

static void read_decisions(bw_bare_layout *l, const bw_yaml *section)
{
    l->stack_size = l->arch == BW_ARCH_ARM_M || is_on_chip(region_at(l, 0)) ? STACK_SIZE_MCU : STACK_SIZE;
    /* A chip with 8 KiB has no 4 KiB for a stack. */
    while (l->stack_size > 256 && l->stack_size * l->cpu_count > region_at(l, 0)->size / 4)
        l->stack_size /= 2;
    bw_yaml_to_size(bw_yaml_get(section, "stack-size"), &l->stack_size);
    bw_yaml_to_size(bw_yaml_get(section, "heap-size"), &l->heap_size);
    l->stack_size = (l->stack_size + 15) & ~(uint64_t)15;
}

/* Keeps the beginning of the code's region free: for a boot loader's header, or for firmware. */
static void keep_offset(bw_bare_layout *l, const bw_yaml *section)
{
    bw_bare_region *code = region_at(l, l->from_flash ? 1 : 0);
    uint64_t offset = 0;

    bw_yaml_to_size(bw_yaml_get(section, "offset"), &offset);
    if (offset >= code->size) {
        l->problem = "the offset that support.yml asks for is as large as the memory for the code";
        return;
    }
    code->base += offset;
    code->size -= offset;
}

bw_bare_layout *bw_bare_layout_new(const bw_board *board, const bw_bare_names *names, const bw_yaml *section,
                                   bool alone)
{
    bw_bare_layout *l = g_new0(bw_bare_layout, 1);

    l->arch = bw_arch_of(board);
    alone = alone && l->arch == BW_ARCH_ARM_M;
    l->cpu_count = l->arch == BW_ARCH_ARM_M ? 1 : bw_arch_cpu_count(board);
    l->regions = g_array_new(FALSE, FALSE, sizeof(bw_bare_region));
    bool wide = l->arch == BW_ARCH_AARCH64 || l->arch == BW_ARCH_RISCV;
    GArray *reserved = reserved_spans(board, wide);
    for (uint32_t i = 0; i < board->memory_count; i++) {
        const bw_memory *m = &board->memories[i];

        if (!m->unavailable && m->block.size)
            add_holes(l, m, reserved, wide);
    }
    g_array_free(reserved, TRUE);
    if (l->arch == BW_ARCH_OTHER) {
        l->problem = "the CPUs are none that it has a linker script for (Arm Cortex-M, A and R, AArch64, RISC-V)";
        return l;
    }
    if (!take_reserved(l, board, wide) && (lacks_size(board) || !choose_ram(l, board))) {
        l->problem = "the devicetree has no RAM with an address and a size; perhaps the boot loader fills it in";
        return l;
    }
    l->from_flash = wants_flash(l, board, section) && choose_flash(l, board, wide, alone);
    name_regions(l, names);
    size_vectors(l, board);
    read_decisions(l, section);
    if (!alone)
        keep_offset(l, section);
    return l;
}

void bw_bare_layout_free(bw_bare_layout *l)
{
    for (guint i = 0; i < l->regions->len; i++)
        g_free(region_at(l, i)->name);
    g_array_free(l->regions, TRUE);
    g_free(l);
}
