/* SPDX-License-Identifier: Apache-2.0 */
/* The devicetree as text: one bus, flat, as the board's file is. */
#include "systems/cheriot/to_tree.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CLINT_STANDARD 0xc000U /* with registers as a CLINT has them */
#define PLIC_MAX 1023U

bool bw_cheriot_fits_tree(const bw_cheriot_extent *extent)
{
    if (!extent->known || extent->first > UINT32_MAX || extent->past - extent->first > UINT32_MAX)
        return false;
    if (!g_ascii_isalpha(extent->name[0]) && extent->name[0] != '_')
        return false;
    for (const char *c = extent->name; *c; c++)
        if (!g_ascii_isalnum(*c) && *c != '_')
            return false;
    return true;
}

uint64_t bw_cheriot_lead(const bw_cheriot_board *board)
{
    const bw_cheriot_extent *memory = bw_cheriot_rw_memory(board);
    const bw_cheriot_extent *code = &board->instruction_memory;
    uint64_t start = board->revokable_memory_start.value;

    if (!board->revokable_memory_start.known || start >= memory->first)
        return 0;
    if (memory != code && code->first < memory->first && code->past > start)
        return 0;
    for (uint32_t i = 0; i < board->device_count; i++)
        if (board->devices[i].known && board->devices[i].first < memory->first && board->devices[i].past > start)
            return 0;
    return memory->first - start;
}

/* -- which interrupt is whose --------------------------------------------------------------------- */

/* A name in small letters, without '_' and, if wanted, without digits. */
static void simplify(GString *out, const char *name, size_t len, bool digits)
{
    g_string_truncate(out, 0);
    for (size_t i = 0; i < len; i++)
        if (g_ascii_isalpha(name[i]) || (digits && g_ascii_isdigit(name[i])))
            g_string_append_c(out, g_ascii_tolower(name[i]));
}

/* Devices by simplified name: the index counted from 1, or AMBIGUOUS. */
#define AMBIGUOUS G_MAXUINT
static GHashTable *devices_by_name(const bw_cheriot_treemaker *m, bool digits)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GString *simple = g_string_new(NULL);

    for (uint32_t i = 0; i < m->board->device_count; i++) {
        const bw_cheriot_extent *device = &m->board->devices[i];

        simplify(simple, device->name, strlen(device->name), digits);
        /* Those of clint and plic go to the CPU. */
        if (simple->len && bw_cheriot_fits_tree(device) && strcmp(device->name, "clint") != 0 &&
            strcmp(device->name, "plic") != 0)
            g_hash_table_insert(table, g_strdup(simple->str),
                                GUINT_TO_POINTER(g_hash_table_contains(table, simple->str) ? AMBIGUOUS : i + 1));
    }
    g_string_free(simple, TRUE);
    return table;
}

static int64_t look_up(GHashTable *table, const char *name)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(table, name));

    return found == 0 || found == AMBIGUOUS ? -1 : (int64_t)found - 1;
}

/* "Uart1Interrupt" is of uart1, "UARTInterrupt" of uart: a suggestion, since the board's file does not say it. */
static int64_t device_of(GHashTable *exact, GHashTable *rough, const char *name)
{
    size_t len = strlen(name);
    GString *simple = g_string_new(NULL);

    if (g_str_has_suffix(name, "Interrupt"))
        len -= strlen("Interrupt");
    simplify(simple, name, len, true);
    int64_t found = look_up(exact, simple->str);
    if (found < 0 && simple->len > 1 && simple->str[simple->len - 1] == '0') {
        /* The first of several may have no number. */
        g_string_truncate(simple, simple->len - 1);
        found = look_up(exact, simple->str);
    }
    if (found < 0) {
        simplify(simple, name, len, false);
        found = look_up(rough, simple->str);
    }
    g_string_free(simple, TRUE);
    return found;
}

static bool can_be_placed(const bw_cheriot_interrupt *interrupt)
{
    return interrupt->name && interrupt->number.known && interrupt->number.value <= UINT32_MAX &&
           interrupt->priority.known && interrupt->priority.value <= UINT32_MAX;
}

void bw_cheriot_place_interrupts(bw_cheriot_treemaker *m)
{
    const bw_cheriot_extent *plic = bw_cheriot_device(m->board, "plic");
    uint32_t *counts = bw_arena_array(m->arena, uint32_t, m->board->device_count + 1);

    if (!plic || !bw_cheriot_fits_tree(plic))
        return;
    GHashTable *exact = devices_by_name(m, true);
    GHashTable *rough = devices_by_name(m, false);
    for (uint32_t i = 0; i < m->board->interrupt_count; i++) {
        const bw_cheriot_interrupt *interrupt = &m->board->interrupts[i];
        bw_cheriot_placed *p = &m->placed[i];

        if (!can_be_placed(interrupt))
            continue;
        p->there = true;
        p->device = device_of(exact, rough, interrupt->name);
        p->label = p->device < 0 ? m->interrupts_label : m->board->devices[p->device].name;
        p->index = counts[p->device < 0 ? m->board->device_count : p->device]++;
    }
    for (uint32_t i = m->board->interrupt_count; i-- > 0;)
        if (m->placed[i].there) {
            uint32_t *first = &m->first[m->placed[i].device < 0 ? m->board->device_count : m->placed[i].device];

            m->placed[i].next = *first;
            *first = i + 1;
        }
    g_hash_table_unref(exact);
    g_hash_table_unref(rough);
}

/* -- text ----------------------------------------------------------------------------------------- */

static void line(GString *out, unsigned depth, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void line(GString *out, unsigned depth, const char *format, ...)
{
    va_list ap;

    while (depth-- > 0)
        g_string_append_c(out, '\t');
    va_start(ap, format);
    g_string_append_vprintf(out, format, ap);
    va_end(ap);
    g_string_append_c(out, '\n');
}

/* "cheriot,sonata-1-1" */
static void root_compatible(GString *out, const char *name)
{
    g_string_append(out, "\tcompatible = \"cheriot,");
    for (const char *c = name; *c; c++)
        g_string_append_c(out, g_ascii_isalnum(*c) ? g_ascii_tolower(*c) : '-');
    g_string_append(out, "\";\n");
}

static void write_head(bw_cheriot_treemaker *m, GString *out)
{
    const bw_cheriot_extent *uart = bw_cheriot_device(m->board, "uart");
    bool two = m->board->data_memory.value != NULL;

    g_string_append(out, "/*\n * ");
    bw_text_comment(out, m->board->name);
    g_string_append(out, ", made by boardwright of the board's description for CHERIoT RTOS. What a devicetree has no\n"
                         " * word for stands in support.yml.\n */\n/dts-v1/;\n\n/ {\n\tmodel = ");
    bw_text_string(out, m->board->name);
    g_string_append(out, ";\n");
    root_compatible(out, m->board->name);
    line(out, 1, "#address-cells = <1>;\n\t#size-cells = <1>;\n");
    line(out, 1, "chosen {");
    if (uart && bw_cheriot_fits_tree(uart))
        line(out, 2, "stdout-path = &uart;");
    line(out, 2, "zephyr,sram = &%s;", two ? m->data_label : m->code_label);
    if (two)
        line(out, 2, "zephyr,flash = &%s;", m->code_label);
    line(out, 1, "};\n");
}

static void write_cpu(bw_cheriot_treemaker *m, GString *out)
{
    const bw_json *cpu = bw_json_get(m->board->document, "cpu");
    bool ibex = cpu && cpu->kind == BW_JSON_STRING && strcmp(cpu->text, "cheriot-ibex") == 0;
    uint64_t rate = m->board->timer_hz.value;

    line(out, 1, "cpus {");
    line(out, 2, "#address-cells = <1>;\n\t\t#size-cells = <0>;");
    if (m->board->timer_hz.known && rate <= UINT32_MAX)
        line(out, 2, "timebase-frequency = <%" PRIu64 ">;", rate);
    else if (m->board->timer_hz.known)
        line(out, 2, "timebase-frequency = /bits/ 64 <%" PRIu64 ">;", rate);
    line(out, 2, "\n\t\t%s: cpu@0 {", m->cpu_label);
    line(out, 3, "device_type = \"cpu\";");
    line(out, 3, "compatible = %s\"riscv\";", ibex ? "\"lowrisc,ibex\", " : "");
    line(out, 3, "reg = <0>;");
    line(out, 3, "riscv,isa = \"rv32emc\";\n");
    line(out, 3, "%s_intc: interrupt-controller {", m->cpu_label);
    line(out, 4, "compatible = \"riscv,cpu-intc\";");
    line(out, 4, "interrupt-controller;");
    line(out, 4, "#interrupt-cells = <1>;");
    line(out, 3, "};\n\t\t};\n\t};\n");
}

static void write_memory(GString *out, const char *label, uint64_t first, uint64_t past)
{
    line(out, 1, "%s: memory@%" PRIx64 " {", label, first);
    line(out, 2, "device_type = \"memory\";");
    line(out, 2, "reg = <0x%" PRIx64 " 0x%" PRIx64 ">;", first, past - first);
    line(out, 1, "};\n");
}

static void write_memories(bw_cheriot_treemaker *m, GString *out)
{
    const bw_cheriot_extent *code = &m->board->instruction_memory;
    const bw_cheriot_extent *data = bw_cheriot_rw_memory(m->board);
    uint64_t lead = bw_cheriot_lead(m->board);

    if (data != code)
        write_memory(out, m->code_label, code->first, code->past);
    write_memory(out, data == code ? m->code_label : m->data_label, data->first - lead, data->past);
    if (!lead)
        return;
    line(out, 1, "reserved-memory {");
    line(out, 2, "#address-cells = <1>;\n\t\t#size-cells = <1>;\n\t\tranges;\n");
    line(out, 2, "/* revokable, but not for programs */");
    line(out, 2, "gap@%" PRIx64 " {", data->first - lead);
    line(out, 3, "reg = <0x%" PRIx64 " 0x%" PRIx64 ">;", data->first - lead, lead);
    line(out, 3, "no-map;\n\t\t};\n\t};\n");
}

/* -- devices -------------------------------------------------------------------------------------- */

static const char *said_compatible(const bw_cheriot_treemaker *m, const char *device)
{
    for (const bw_cheriot_compatible *c = m->compatibles; c && c->device; c++)
        if (strcmp(c->device, device) == 0)
            return c->compatible;
    return NULL;
}

static void write_compatible(bw_cheriot_treemaker *m, GString *out, const bw_cheriot_extent *device)
{
    const char *said = said_compatible(m, device->name);

    if (said) {
        g_string_append(out, "\t\t\tcompatible = ");
        bw_text_string(out, said);
        g_string_append(out, ";\n");
    } else if (strcmp(device->name, "plic") == 0) {
        line(out, 3, "compatible = \"sifive,plic-1.0.0\", \"riscv,plic0\";");
    } else if (strcmp(device->name, "clint") == 0 && device->past - device->first >= CLINT_STANDARD) {
        line(out, 3, "compatible = \"sifive,clint0\", \"riscv,clint0\";");
    } else {
        m->tree->unknown++;
    }
}

/* <1 2>, <3 2> of a list of interrupts; @p number is its first one, counted from 1. */
static void write_interrupts(bw_cheriot_treemaker *m, GString *out, unsigned depth, uint32_t number)
{
    const char *separator = "interrupts = ";

    if (!number)
        return;
    for (unsigned d = 0; d < depth; d++)
        g_string_append_c(out, '\t');
    for (; number; number = m->placed[number - 1].next) {
        const bw_cheriot_interrupt *interrupt = &m->board->interrupts[number - 1];

        g_string_append_printf(out, "%s<%" PRIu64 " %" PRIu64 ">", separator, interrupt->number.value,
                               interrupt->priority.value);
        separator = ", ";
    }
    g_string_append(out, ";\n");
}

static void write_plic(const bw_cheriot_treemaker *m, GString *out)
{
    uint64_t highest = 0;

    for (uint32_t i = 0; i < m->board->interrupt_count; i++)
        if (m->placed[i].there && m->board->interrupts[i].number.value <= PLIC_MAX)
            highest = MAX(highest, m->board->interrupts[i].number.value);
    line(out, 3, "interrupts-extended = <&%s_intc 11>;", m->cpu_label);
    line(out, 3, "interrupt-controller;\n\t\t\t#interrupt-cells = <2>;\n\t\t\t#address-cells = <0>;");
    line(out, 3, "riscv,ndev = <%" PRIu64 ">;", highest);
}

static void write_device(bw_cheriot_treemaker *m, GString *out, const bw_cheriot_extent *device)
{
    line(out, 2, "\n\t\t%s: %s@%" PRIx64 " {", device->name, device->name, device->first);
    write_compatible(m, out, device);
    line(out, 3, "reg = <0x%" PRIx64 " 0x%" PRIx64 ">;", device->first, device->past - device->first);
    if (strcmp(device->name, "plic") == 0)
        write_plic(m, out);
    else if (strcmp(device->name, "clint") == 0 && device->past - device->first >= CLINT_STANDARD)
        line(out, 3, "interrupts-extended = <&%s_intc 3>, <&%s_intc 7>;", m->cpu_label, m->cpu_label);
    else
        write_interrupts(m, out, 3, m->first[device - m->board->devices]);
    line(out, 2, "};");
    m->tree->devices++;
}

static int by_address(const void *a, const void *b)
{
    const bw_cheriot_extent *x = *(const bw_cheriot_extent *const *)a;
    const bw_cheriot_extent *y = *(const bw_cheriot_extent *const *)b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void write_devices(bw_cheriot_treemaker *m, GString *out)
{
    const bw_cheriot_extent **list = bw_arena_array(m->arena, const bw_cheriot_extent *, m->board->device_count + 1);
    const bw_cheriot_extent *plic = bw_cheriot_device(m->board, "plic");
    uint32_t count = 0;

    for (uint32_t i = 0; i < m->board->device_count; i++)
        if (bw_cheriot_fits_tree(&m->board->devices[i]))
            list[count++] = &m->board->devices[i];
    qsort(list, count, sizeof *list, by_address);
    line(out, 1, "soc {");
    line(out, 2, "compatible = \"simple-bus\";\n\t\t#address-cells = <1>;\n\t\t#size-cells = <1>;");
    if (plic && bw_cheriot_fits_tree(plic))
        line(out, 2, "interrupt-parent = <&plic>;");
    line(out, 2, "ranges;");
    for (uint32_t i = 0; i < count; i++)
        write_device(m, out, list[i]);
    line(out, 1, "};");
}

/* Those that no device is called like. */
static void write_others(bw_cheriot_treemaker *m, GString *out)
{
    uint32_t first = m->first[m->board->device_count];
    const char *separator = "interrupt-names = ";

    if (!first)
        return;
    line(out, 1, "\n\t/* of which device they are, the board's description does not say */");
    line(out, 1, "%s: interrupts {", m->interrupts_label);
    line(out, 2, "compatible = \"" BW_CHERIOT_INTERRUPTS "\";");
    line(out, 2, "interrupt-parent = <&plic>;");
    write_interrupts(m, out, 2, first);
    g_string_append(out, "\t\t");
    for (; first; first = m->placed[first - 1].next) {
        g_string_append(out, separator);
        bw_text_string(out, m->board->interrupts[first - 1].name);
        separator = ", ";
    }
    g_string_append(out, ";\n\t};\n");
}

/* Lines that were begun with a line end have their tabs before it. */
static void drop_trailing_tabs(GString *out)
{
    gsize to = 0;

    for (gsize i = 0; i < out->len; i++) {
        if (out->str[i] == '\n')
            while (to && out->str[to - 1] == '\t')
                to--;
        out->str[to++] = out->str[i];
    }
    g_string_truncate(out, to);
}

GString *bw_cheriot_tree_source(bw_cheriot_treemaker *m)
{
    GString *out = g_string_new(NULL);

    write_head(m, out);
    write_cpu(m, out);
    write_memories(m, out);
    write_devices(m, out);
    write_others(m, out);
    g_string_append(out, "};\n");
    drop_trailing_tabs(out);
    return out;
}
