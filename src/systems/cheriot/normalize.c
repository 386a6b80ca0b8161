/* SPDX-License-Identifier: Apache-2.0 */
#include "json/make.h"
#include "systems/cheriot/parts.h"

/* The spill size, and an extent's end or length, at most. */
#define MORE_MEMBERS 1

/* A copy whose members can be changed, with room for more. */
static bw_json *copy_of(bw_arena *arena, const bw_json *object, bw_json_member **members)
{
    bw_json *copy = bw_arena_dup(arena, object, sizeof *object);

    *members = bw_arena_array(arena, bw_json_member, object->count + MORE_MEMBERS);
    if (object->count)
        memcpy(*members, object->members, object->count * sizeof **members);
    copy->members = *members;
    return copy;
}

/* An extent as a document has it, with end or length added when only one of them is there. */
static const bw_json *complete(bw_arena *arena, const bw_cheriot_extent *extent)
{
    bw_json_member *members;

    if (!extent->value || extent->value->kind != BW_JSON_OBJECT || !extent->start.known ||
        extent->end.given == extent->length.given || !(extent->end.known || extent->length.known))
        return extent->value;
    bw_json *copy = copy_of(arena, extent->value, &members);
    double start = (double)extent->start.value;
    members[copy->count] = (bw_json_member){.place = extent->place};
    if (extent->end.given) {
        members[copy->count].name = "length";
        members[copy->count].value = bw_json_new_number(arena, (double)extent->end.value - start, NULL);
    } else {
        members[copy->count].name = "end";
        members[copy->count].value = bw_json_new_number(arena, (double)extent->length.value + start, NULL);
    }
    copy->count++;
    return copy;
}

static const bw_json *devices(const bw_cheriot_board *board, const bw_json *object, bw_arena *arena)
{
    bw_json_member *members;

    if (object->kind != BW_JSON_OBJECT)
        return object;
    bw_json *copy = copy_of(arena, object, &members);
    for (uint32_t i = 0; i < copy->count; i++) {
        const bw_cheriot_extent *device = bw_cheriot_device(board, members[i].name);

        if (device)
            members[i].value = complete(arena, device);
    }
    return copy;
}

/* Only those with a name, as the build does; the model has them in the order of the document. */
static const bw_json *fragments(const bw_cheriot_board *board, const bw_json *object, bw_arena *arena)
{
    bw_json_member *members;

    if (object->kind != BW_JSON_OBJECT)
        return object;
    bw_json *copy = copy_of(arena, object, &members);
    for (uint32_t i = 0; i < board->fragment_count && i < copy->count; i++)
        members[i].value = complete(arena, &board->fragments[i].extent);
    return copy;
}

const bw_json *bw_cheriot_normalized(const bw_cheriot_board *board, bw_arena *arena)
{
    bw_json_member *members;
    bw_json *copy = copy_of(arena, board->document, &members);
    const bw_json *spill =
        bw_json_new_number(arena, board->stack_high_water_mark ? BW_CHERIOT_SPILL_MSHWM : BW_CHERIOT_SPILL, NULL);
    bool had_spill = false;

    for (uint32_t i = 0; i < copy->count; i++) {
        const char *name = members[i].name;

        if (strcmp(name, "devices") == 0)
            members[i].value = devices(board, members[i].value, arena);
        else if (strcmp(name, "ldscript_fragments") == 0)
            members[i].value = fragments(board, members[i].value, arena);
        else if (strcmp(name, "instruction_memory") == 0 && board->instruction_memory.value)
            members[i].value = complete(arena, &board->instruction_memory);
        else if (strcmp(name, "data_memory") == 0 && board->data_memory.value)
            members[i].value = complete(arena, &board->data_memory);
        else if (strcmp(name, "trusted_spill_size") == 0)
            members[i].value = spill;
        had_spill |= strcmp(name, "trusted_spill_size") == 0;
    }
    if (!had_spill)
        members[copy->count++] = (bw_json_member){.name = "trusted_spill_size", .value = spill};
    return copy;
}
