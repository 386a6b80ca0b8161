/* SPDX-License-Identifier: Apache-2.0 */
/* Which memory is for what: code, data, the end of the heap, the start of what can be revoked. */
#include "systems/cheriot/from_tree.h"

/* A run of memory for one purpose. */
typedef struct span {
    const bw_node *node;   /* NULL: none */
    const bw_block *block; /* NULL of a flash whose window its controller says */
    uint64_t first, size;
    uint64_t lead; /* reserved bytes at its beginning */
} span;

static bool find_span(const bw_cheriot_maker *m, const bw_node *node, span *found)
{
    for (uint32_t i = 0; i < m->board->memory_count; i++) {
        const bw_memory *memory = &m->board->memories[i];

        if (memory->node == node && memory->block.size) {
            *found = (span){node, &memory->block, memory->block.address, memory->block.size, 0};
            return true;
        }
    }
    for (uint32_t i = 0; i < m->board->flash_count; i++) {
        const bw_flash *flash = &m->board->flashes[i];

        if (flash->node == node && flash->mapped && flash->size_known) {
            *found = (span){node, NULL, flash->address, flash->size, 0};
            return true;
        }
    }
    return false;
}

/* The memory that support.yml or /chosen names. @return false when none is named, or after an error. */
static bool named_span(bw_cheriot_maker *m, const char *key, const char *chosen, span *found)
{
    const bw_yaml *said = bw_cheriot_say(m, key);

    if (said) {
        const bw_node *node = bw_cheriot_said_node(m, said);

        if (node && find_span(m, node, found))
            return true;
        m->failed = true;
        if (node)
            bw_findings_add(m->findings, BW_CODE_cheriot_no_memory, bw_yaml_place(said),
                            "%s is no memory with an address", said->text);
        return false;
    }
    for (uint32_t i = 0; i < m->board->chosen_count; i++)
        if (strcmp(m->board->chosen[i].name, chosen) == 0 && m->board->chosen[i].node)
            return find_span(m, m->board->chosen[i].node, found);
    return false;
}

/* The only memory that can be written, if there is only one. */
static bool only_span(bw_cheriot_maker *m, const bw_node *code, span *found)
{
    const bw_memory *first = NULL;
    uint32_t count = 0;

    for (uint32_t i = 0; i < m->board->memory_count; i++) {
        const bw_memory *memory = &m->board->memories[i];

        if (memory->unavailable || !memory->block.size || memory->node == code ||
            (memory->kind != BW_MEMORY_RAM && memory->kind != BW_MEMORY_SRAM))
            continue;
        first = first ? first : memory;
        count++;
    }
    if (count == 1)
        return find_span(m, first->node, found);
    m->failed = true;
    if (count == 0) {
        bw_findings_add(m->findings, BW_CODE_cheriot_no_memory, bw_file_place(m->tree->path),
                        "the devicetree has no memory for globals, stacks and heap");
        return false;
    }
    bw_finding *f =
        bw_find_node(m->tree, BW_CODE_cheriot_no_memory, first->node,
                     "there are %u memories, and nothing says which one is for globals, stacks and heap", count);
    for (uint32_t i = 0; i < m->board->memory_count; i++)
        if (m->board->memories[i].node != first->node && !m->board->memories[i].unavailable)
            bw_find_note_node(m->tree, f, m->board->memories[i].node, "%s is another", m->board->memories[i].name);
    bw_finding_cure(f, "name it zephyr,sram in /chosen, or data-memory in cheriot: of support.yml");
    return false;
}

/* What of its beginning nobody may use. */
static uint64_t reserved_lead(const bw_cheriot_maker *m, const span *memory)
{
    uint64_t lead = 0;

    /* By address: one region may begin where the one before ends. */
    for (uint32_t i = 0; i < m->board->reserved_count; i++) {
        const bw_reserved *r = &m->board->reserved[i];

        if (r->is_static && r->no_map && r->node && !r->unavailable && r->address <= memory->first + lead &&
            r->size > memory->first + lead - r->address)
            lead = r->address + r->size - memory->first;
    }
    return lead < memory->size ? lead : 0;
}

static const bw_json *number_at(bw_cheriot_maker *m, const span *memory, uint64_t value, bool size)
{
    if (!memory->block)
        return bw_json_new_number(m->arena, (double)value, NULL);
    return bw_cheriot_address(m, value, memory->block,
                              size ? bw_cheriot_size_cell(memory->block) : bw_cheriot_first_cell(memory->block));
}

static void put_memory(bw_cheriot_maker *m, const char *name, const span *memory)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));

    bw_cheriot_put_in(members, "start", (bw_place){0}, number_at(m, memory, memory->first + memory->lead, false));
    bw_cheriot_put_in(members, "end", (bw_place){0}, number_at(m, memory, memory->first + memory->size, true));
    bw_json *object = bw_json_new_object(m->arena, (const bw_json_member *)(void *)members->data, members->len);
    bw_place place = bw_cheriot_span_place(m, bw_node_span(memory->node));
    if (m->tree->from_source)
        bw_json_locate(object, place);
    g_array_unref(members);
    bw_cheriot_put(m, name, place, object);
}

static void put_heap(bw_cheriot_maker *m, const span *data)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    const bw_yaml *said = bw_cheriot_say(m, "heap-size");
    uint64_t end = data->first + data->size;
    uint64_t size;

    if (bw_yaml_to_size(said, &size))
        bw_cheriot_put_in(members, "start", (bw_place){0},
                          bw_cheriot_said_number(m, size < end ? end - size : 0, said));
    bw_cheriot_put_in(members, "end", (bw_place){0}, number_at(m, data, end, true));
    bw_cheriot_put(m, "heap", (bw_place){0}, bw_cheriot_object(m, members));
}

void bw_cheriot_put_memories(bw_cheriot_maker *m)
{
    span code = {0};
    span data = {0};

    named_span(m, "code-memory", "zephyr,flash", &code);
    if (m->failed ||
        (!named_span(m, "data-memory", "zephyr,sram", &data) && (m->failed || !only_span(m, code.node, &data))))
        return;
    data.lead = reserved_lead(m, &data);
    if (code.node && code.node != data.node) {
        code.lead = reserved_lead(m, &code);
        put_memory(m, "instruction_memory", &code);
        put_memory(m, "data_memory", &data);
    } else {
        put_memory(m, "instruction_memory", &data);
    }
    put_heap(m, &data);
    if (data.lead)
        bw_cheriot_put(m, "revokable_memory_start", (bw_place){0}, number_at(m, &data, data.first, false));
}
