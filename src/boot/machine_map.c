/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/machine_map.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX 4096

/* -- reading ---------------------------------------------------------------------------------------- */

static bool is_serial_name(const char *name)
{
    static const char *const words[] = {"uart", "usart", "pl011", "serial", "16550", NULL};
    char *low = g_ascii_strdown(name, -1);
    bool is = false;

    for (const char *const *word = words; *word; word++)
        is = is || strstr(low, *word);
    g_free(low);
    return is;
}

static bool is_nothing_name(const char *name)
{
    return g_ascii_strncasecmp(name, "reserved", 8) == 0 || strstr(name, "unimp") || strstr(name, "_unimplemented");
}

/* "  0000000000000000-00000000003fffff (prio 0, ram): mps.ssram1 @0000000000000000 KVM" */
static bool read_row(const char *line, bw_machine_row *row)
{
    char *end;
    const char *kind = strstr(line, ", ");
    const char *name = strstr(line, "): ");

    if (!kind || !name || kind > name || strncmp(line, "  ", 2) != 0 || !g_ascii_isxdigit(line[2]))
        return false;
    *row = (bw_machine_row){.first = g_ascii_strtoull(line + 2, &end, 16)};
    if (*end != '-')
        return false;
    row->last = g_ascii_strtoull(end + 1, &end, 16);
    if (*end != ' ' || row->last < row->first)
        return false;
    g_strlcpy(row->name, name + 3, sizeof row->name);
    char *offset = strstr(row->name, " @");
    if (offset)
        *offset = '\0';
    g_strchomp(row->name);
    row->is_memory = strncmp(kind + 2, "ram", 3) == 0 || strncmp(kind + 2, "rom", 3) == 0 || /* and romd */
                     g_str_has_prefix(row->name, "tz-mpc-upstream");
    row->is_gate = g_str_has_prefix(row->name, "tz-");
    row->is_serial = is_serial_name(row->name);
    row->is_nothing = !row->is_memory && is_nothing_name(row->name);
    return true;
}

/* How well a view fits: a CPU's own, else all that buses see. */
static int worth_of(const char *heading)
{
    if (strstr(heading, "AS \"cpu-memory-0\""))
        return 3;
    if (strstr(heading, "AS \"cpu-secure-memory-0\""))
        return 2;
    return strstr(heading, "AS \"memory\"") ? 1 : 0;
}

GArray *bw_machine_map_read(const char *text)
{
    GArray *best = g_array_new(FALSE, FALSE, sizeof(bw_machine_row));
    GArray *view = g_array_new(FALSE, FALSE, sizeof(bw_machine_row));
    char **lines = g_strsplit(text ? text : "", "\n", -1);
    int best_worth = 0;
    int worth = 0;

    for (char **line = lines; *line; line++) {
        bw_machine_row row;

        if (strncmp(*line, "FlatView", 8) == 0) {
            worth = 0;
            g_array_set_size(view, 0);
        }
        worth = MAX(worth, worth_of(*line));
        if (read_row(*line, &row) && view->len < ROWS_MAX)
            g_array_append_val(view, row);
        if (worth > best_worth && view->len && (!line[1] || line[1][0] == '\0')) {
            g_array_set_size(best, 0);
            g_array_append_vals(best, view->data, view->len);
            best_worth = worth;
        }
    }
    g_strfreev(lines);
    g_array_free(view, TRUE);
    return best;
}

/* -- questions -------------------------------------------------------------------------------------- */

#define ROW(map, i) (&g_array_index((map), bw_machine_row, (i)))

const bw_machine_row *bw_machine_map_at(const GArray *map, uint64_t address)
{
    for (guint i = 0; i < map->len; i++)
        if (address >= ROW(map, i)->first && address <= ROW(map, i)->last)
            return ROW(map, i)->is_nothing ? NULL : ROW(map, i);
    return NULL;
}

static uint64_t distance(uint64_t first, uint64_t last, uint64_t address)
{
    return address < first ? first - address : address > last ? address - last : 0;
}

bool bw_machine_map_near(const GArray *map, uint64_t address, uint64_t *first, uint64_t *last)
{
    uint64_t nearest = UINT64_MAX;
    bool found = false;

    for (guint i = 0; i < map->len; i++) {
        uint64_t begin = ROW(map, i)->first;

        if (!ROW(map, i)->is_memory)
            continue;
        while (i + 1 < map->len && ROW(map, i + 1)->is_memory && ROW(map, i + 1)->first > ROW(map, i)->last &&
               ROW(map, i + 1)->first - 1 == ROW(map, i)->last)
            i++;
        uint64_t away = distance(begin, ROW(map, i)->last, address);
        if (!found || away < nearest) {
            nearest = away;
            *first = begin;
            *last = ROW(map, i)->last;
            found = true;
        }
    }
    return found;
}

char *bw_machine_map_serials(const GArray *map, unsigned most)
{
    GString *text = g_string_new(NULL);
    unsigned count = 0;

    for (guint i = 0; i < map->len; i++) {
        if (!ROW(map, i)->is_serial || count++ >= most)
            continue;
        g_string_append_printf(text, "%s0x%" PRIx64 " (%s)", text->len ? ", " : "", ROW(map, i)->first,
                               ROW(map, i)->name);
    }
    if (count > most)
        g_string_append_printf(text, " and %u more", count - most);
    char *result = g_string_free(text, FALSE);
    if (count)
        return result;
    g_free(result);
    return NULL;
}

/* AArch64 " PC=…", Arm "R15=…", RISC-V " pc       …". */
bool bw_registers_pc(const char *text, uint64_t *pc)
{
    static const char *const names[] = {" PC=", "R15=", " pc "};

    for (size_t i = 0; text && i < G_N_ELEMENTS(names); i++) {
        const char *at = strstr(text, names[i]);

        if (!at)
            continue;
        at += strlen(names[i]);
        at += strspn(at, " ");
        if (g_ascii_isxdigit(*at)) {
            *pc = g_ascii_strtoull(at, NULL, 16);
            return true;
        }
    }
    return false;
}
