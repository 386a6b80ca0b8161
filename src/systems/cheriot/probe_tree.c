/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/probe_tree.h"

#include "base/text.h"
#include "systems/cheriot/write_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CLINT_SIZE 0xc000 /* with mtime at its end; a shorter one is laid out in a way of its own */

typedef struct writer {
    const bw_cheriot_board *board;
    const bw_yaml *compatibles; /* of support.yml, or NULL */
    GString *out;
    GArray *places; /* of bw_place, a line each */
} writer;

/* -- one line ------------------------------------------------------------------------------------------------------ */

static void line(writer *w, bw_place place, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void line(writer *w, bw_place place, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_string_append_vprintf(w->out, format, ap);
    va_end(ap);
    g_string_append_c(w->out, '\n');
    if (!place.file)
        place = bw_cheriot_home(w->board);
    g_array_append_val(w->places, place);
}

static bw_place home(const writer *w)
{
    return bw_cheriot_home(w->board);
}

static bw_place place_of(const writer *w, const bw_json *value)
{
    return value && value->source ? bw_json_place(value) : home(w);
}

/* -- CPU and memory ------------------------------------------------------------------------------------------------ */

static void add_cpu(writer *w)
{
    const bw_cheriot_number *timer = &w->board->timer_hz;

    line(w, home(w), "\tcpus {");
    line(w, home(w), "\t\t#address-cells = <1>;");
    line(w, home(w), "\t\t#size-cells = <0>;");
    if (timer->known && timer->value <= UINT32_MAX)
        line(w, place_of(w, timer->where), "\t\ttimebase-frequency = <%" PRIu64 ">;", timer->value);
    line(w, home(w), "\t\tbw_cpu: cpu@0 {");
    line(w, home(w), "\t\t\tdevice_type = \"cpu\";");
    line(w, home(w), "\t\t\tcompatible = \"riscv\";");
    line(w, home(w), "\t\t\treg = <0>;");
    line(w, home(w), "\t\t\triscv,isa = \"rv32imc\";");
    line(w, home(w), "\t\t\tbw_cpu_intc: interrupt-controller {");
    line(w, home(w), "\t\t\t\tcompatible = \"riscv,cpu-intc\";");
    line(w, home(w), "\t\t\t\tinterrupt-controller;");
    line(w, home(w), "\t\t\t\t#interrupt-cells = <1>;");
    line(w, home(w), "\t\t\t};");
    line(w, home(w), "\t\t};");
    line(w, home(w), "\t};");
}

/* A size of 4 GiB does not fit into a cell: no board has one. */
static bool fits(const bw_cheriot_extent *extent)
{
    return extent->known && extent->past - extent->first <= UINT32_MAX;
}

static bw_place size_place(const writer *w, const bw_cheriot_extent *extent)
{
    const bw_json *size = extent->length.where ? extent->length.where : extent->end.where;

    return size && size->source ? bw_json_place(size) : place_of(w, extent->value);
}

/* Start and size stand in lines of their own, so that a finding about one of them finds its place. */
static void add_reg(writer *w, const char *tabs, const bw_cheriot_extent *extent)
{
    line(w, extent->place, "%sreg = <", tabs);
    line(w, place_of(w, extent->start.where), "%s\t0x%" PRIx64, tabs, extent->first);
    line(w, size_place(w, extent), "%s\t0x%" PRIx64 ">;", tabs, extent->past - extent->first);
}

static void add_memory(writer *w, const bw_cheriot_extent *extent)
{
    if (!fits(extent))
        return;
    line(w, extent->place, "\t%s: memory@%" PRIx64 " {", extent->name, extent->first);
    line(w, extent->place, "\t\tdevice_type = \"memory\";");
    add_reg(w, "\t\t", extent);
    line(w, extent->place, "\t};");
}

/* -- devices ------------------------------------------------------------------------------------------------------- */

typedef struct uart_kind {
    const char *folder; /* of the SDK's include/platform */
    const char *compatible;
} uart_kind;

/* Whose platform-uart.hh has which registers; both have them in words of 32 bits. */
static const uart_kind uart_kinds[] = {{"generic-riscv", "ns16550a"}, {"synopsis", "snps,dw-apb-uart"}};
/* Of these the probe knows none. */
static const char *const other_uarts[] = {"sunburst"};

static const char *last_part(const char *folder)
{
    const char *slash = strrchr(folder, '/');

    return slash ? slash + 1 : folder;
}

/* The first folder that has a UART's driver is the one that counts. */
static const char *uart_by_drivers(const bw_cheriot_board *board)
{
    for (uint32_t i = 0; i < board->driver_includes.count; i++) {
        const char *folder = last_part(board->driver_includes.items[i].text);

        for (size_t k = 0; k < G_N_ELEMENTS(uart_kinds); k++)
            if (strcmp(folder, uart_kinds[k].folder) == 0)
                return uart_kinds[k].compatible;
        for (size_t k = 0; k < G_N_ELEMENTS(other_uarts); k++)
            if (strcmp(folder, other_uarts[k]) == 0)
                return NULL;
    }
    return NULL;
}

static void add_compatible(writer *w, bw_place place, const char *compatible)
{
    GString *text = g_string_new(NULL);

    bw_text_string(text, compatible);
    line(w, place, "\t\t\tcompatible = %s;", text->str);
    g_string_free(text, TRUE);
}

static void add_kind(writer *w, const bw_cheriot_extent *device)
{
    const bw_yaml *said = w->compatibles ? bw_yaml_get(w->compatibles, device->name) : NULL;
    const char *by_drivers = strcmp(device->name, "uart") == 0 ? uart_by_drivers(w->board) : NULL;
    uint64_t size = device->past - device->first;

    if (said) {
        add_compatible(w, bw_yaml_place(said), said->text);
    } else if (by_drivers) {
        add_compatible(w, device->place, by_drivers);
        line(w, device->place, "\t\t\treg-shift = <2>;");
        line(w, device->place, "\t\t\treg-io-width = <4>;");
    } else if (strcmp(device->name, "clint") == 0 && size >= CLINT_SIZE) {
        add_compatible(w, device->place, "riscv,clint0");
    } else if (strcmp(device->name, "plic") == 0) {
        add_compatible(w, device->place, "riscv,plic0");
    }
}

/* "UartInterrupt" is surely of "uart": the same letters and digits. */
static bool is_interrupt_of(const char *interrupt, const char *device)
{
    size_t len = strlen(device);

    return interrupt && g_ascii_strncasecmp(interrupt, device, len) == 0 && strcmp(interrupt + len, "Interrupt") == 0;
}

static uint64_t last_interrupt(const bw_cheriot_board *board)
{
    uint64_t last = 0;

    for (uint32_t i = 0; i < board->interrupt_count; i++)
        if (board->interrupts[i].number.known)
            last = MAX(last, board->interrupts[i].number.value);
    return MIN(last, 1023);
}

static bool has_plic(const bw_cheriot_board *board)
{
    const bw_cheriot_extent *plic = bw_cheriot_device(board, "plic");

    return plic && fits(plic);
}

static void add_lines(writer *w, const bw_cheriot_extent *device)
{
    if (strcmp(device->name, "clint") == 0 && device->past - device->first >= CLINT_SIZE) {
        line(w, device->place, "\t\t\tinterrupts-extended = <&bw_cpu_intc 3>, <&bw_cpu_intc 7>;");
    } else if (strcmp(device->name, "plic") == 0) {
        line(w, device->place, "\t\t\tinterrupt-controller;");
        line(w, device->place, "\t\t\t#address-cells = <0>;");
        line(w, device->place, "\t\t\t#interrupt-cells = <1>;");
        line(w, device->place, "\t\t\tinterrupts-extended = <&bw_cpu_intc 11>;");
        line(w, device->place, "\t\t\triscv,ndev = <%" PRIu64 ">;", last_interrupt(w->board));
    } else if (has_plic(w->board)) {
        for (uint32_t i = 0; i < w->board->interrupt_count; i++) {
            const bw_cheriot_interrupt *irq = &w->board->interrupts[i];

            if (irq->number.known && irq->number.value <= 1023 && is_interrupt_of(irq->name, device->name)) {
                line(w, place_of(w, irq->number.where), "\t\t\tinterrupts = <%" PRIu64 ">;", irq->number.value);
                return;
            }
        }
    }
}

/* A node's name has no '_'. */
static char *node_name(const char *name)
{
    return g_strdelimit(g_strdup(name), "_", '-');
}

/* Labels of nodes that are no devices. */
static bool is_taken(const char *label)
{
    static const char *const labels[] = {"bw_cpu", "bw_cpu_intc", "instruction_memory", "data_memory", NULL};

    return g_strv_contains(labels, label);
}

static void add_device(writer *w, const bw_cheriot_extent *device)
{
    if (!fits(device) || !bw_cheriot_is_identifier(device->name))
        return;
    char *name = node_name(device->name);

    if (is_taken(device->name))
        line(w, device->place, "\t\t%s@%" PRIx64 " {", name, device->first);
    else
        line(w, device->place, "\t\t%s: %s@%" PRIx64 " {", device->name, name, device->first);
    add_kind(w, device);
    add_reg(w, "\t\t\t", device);
    add_lines(w, device);
    line(w, device->place, "\t\t};");
    g_free(name);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static void add_all(writer *w)
{
    const bw_cheriot_board *board = w->board;
    const bw_cheriot_extent *uart = bw_cheriot_device(board, "uart");
    GString *model = g_string_new(NULL);

    bw_text_string(model, board->name);
    line(w, home(w), "/dts-v1/;");
    line(w, home(w), "/ {");
    line(w, home(w), "\tmodel = %s;", model->str);
    line(w, home(w), "\tcompatible = \"cheriot,board\";");
    line(w, home(w), "\t#address-cells = <1>;");
    line(w, home(w), "\t#size-cells = <1>;");
    line(w, home(w), "\tchosen {");
    if (uart && fits(uart))
        line(w, uart->place, "\t\tstdout-path = &uart;");
    if (fits(bw_cheriot_rw_memory(board)))
        line(w, home(w), "\t\tzephyr,sram = &%s;", bw_cheriot_rw_memory(board)->name);
    line(w, home(w), "\t};");
    add_cpu(w);
    add_memory(w, &board->instruction_memory);
    if (board->data_memory.value)
        add_memory(w, &board->data_memory);
    line(w, home(w), "\tsoc {");
    line(w, home(w), "\t\tcompatible = \"simple-bus\";");
    line(w, home(w), "\t\t#address-cells = <1>;");
    line(w, home(w), "\t\t#size-cells = <1>;");
    line(w, home(w), "\t\tranges;");
    if (has_plic(board))
        line(w, home(w), "\t\tinterrupt-parent = <&plic>;");
    for (uint32_t i = 0; i < board->device_count; i++)
        add_device(w, &board->devices[i]);
    line(w, home(w), "\t};");
    line(w, home(w), "};");
    g_string_free(model, TRUE);
}

static const char *stem(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && !strchr(dot, '/') ? dot : path + strlen(path);
}

bool bw_cheriot_probe_tree_make(const bw_cheriot_board *board, const bw_yaml *section, bw_context *ctx, bw_arena *arena,
                                bw_findings *findings, bw_cheriot_probe_tree *tree)
{
    const char *file = home(&(writer){.board = board}).file;
    writer w = {.board = board,
                .compatibles = section ? bw_yaml_get(section, "compatibles") : NULL,
                .out = g_string_new(NULL),
                .places = g_array_new(FALSE, FALSE, sizeof(bw_place))};

    *tree = (bw_cheriot_probe_tree){.places = w.places};
    add_all(&w);
    tree->target.kind = BW_TARGET_SOURCE;
    tree->target.name = bw_arena_strdup(arena, file);
    tree->target.path = bw_arena_printf(arena, "%.*s.dts", (int)(stem(file) - file), file);
    tree->source = bw_source_add(ctx->sources, tree->target.path, w.out->str, w.out->len);
    g_string_free(w.out, TRUE);
    if (tree->source)
        return true;
    bw_findings_add(findings, BW_CODE_file_unreadable, bw_file_place(tree->target.path),
                    "this name is needed for the devicetree of the board, and is a file of the board itself");
    bw_cheriot_probe_tree_free(tree);
    return false;
}

void bw_cheriot_probe_tree_free(bw_cheriot_probe_tree *tree)
{
    if (tree->places)
        g_array_free(tree->places, TRUE);
    *tree = (bw_cheriot_probe_tree){0};
}

/* -- findings ------------------------------------------------------------------------------------------------------ */

static void move_place(const bw_cheriot_probe_tree *tree, bw_place *place)
{
    bool is_ours = place->source == tree->source || (place->file && strcmp(place->file, tree->target.path) == 0);
    guint row = place->line ? place->line - 1 : 0;

    if (is_ours && row < tree->places->len)
        *place = g_array_index(tree->places, bw_place, row);
}

/* "write <0x80000000 0x8000000>" is how a devicetree says it. */
static void translate_cure(bw_finding *f)
{
    uint64_t first, size;

    if (f->cure && sscanf(f->cure, "write <0x%" SCNx64 " 0x%" SCNx64 ">", &first, &size) == 2) {
        f->cure = NULL;
        bw_finding_cure(f, "start 0x%" PRIx64 ", length 0x%" PRIx64 ": end 0x%" PRIx64, first, size, first + size);
    }
}

void bw_cheriot_probe_tree_move(const bw_cheriot_probe_tree *tree, bw_findings *findings)
{
    for (bw_finding *f = findings->first; f; f = f->next) {
        translate_cure(f);
        move_place(tree, &f->place);
        for (bw_related *r = f->related; r; r = r->next)
            move_place(tree, &r->place);
    }
}
