/* SPDX-License-Identifier: Apache-2.0 */
/* The list of interrupts. (C31 to C34, C45) */
#include "systems/cheriot/check.h"

#define NUMBER_MAX 1023U /* registers of a PLIC */
#define ENUM_MAX 65535U  /* the enumeration's type */
#define PRIORITY_USUAL_MAX 7U

static const bw_json *where_is(const bw_cheriot_interrupt *interrupt, const bw_cheriot_number *number)
{
    return number->where ? number->where : interrupt->value;
}

static const char *name_of(const bw_cheriot_interrupt *interrupt)
{
    return interrupt->name ? interrupt->name : "without a name";
}

/* C32 */
static bool check_number(bw_cheriot_run *run, const bw_cheriot_interrupt *interrupt)
{
    uint64_t number = interrupt->number.value;
    bw_place place = bw_cheriot_place(run, where_is(interrupt, &interrupt->number));

    if (number == 0)
        bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_number, place,
                        "the interrupt %s has the number 0, which a PLIC keeps for \"none\"", name_of(interrupt));
    else if (number > ENUM_MAX)
        bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_number, place,
                        "the interrupt %s has the number %" PRIu64 ", which the enumeration's 16 bits do not hold",
                        name_of(interrupt), number);
    else if (number > NUMBER_MAX)
        bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_number, place,
                        "the interrupt %s has the number %" PRIu64 ", but the last one that a PLIC can have is %u",
                        name_of(interrupt), number, NUMBER_MAX);
    return number != 0 && number <= NUMBER_MAX;
}

/* C33 */
static void check_priority(bw_cheriot_run *run, const bw_cheriot_interrupt *interrupt)
{
    uint64_t priority = interrupt->priority.value;
    bw_place place = bw_cheriot_place(run, where_is(interrupt, &interrupt->priority));

    if (priority == 0)
        bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_priority, place,
                        "the interrupt %s has the priority 0, with which it never comes", name_of(interrupt));
    else if (priority > PRIORITY_USUAL_MAX)
        bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_priority, place,
                        "the interrupt %s has the priority %" PRIu64 "; most controllers have %u at most",
                        name_of(interrupt), priority, PRIORITY_USUAL_MAX);
}

/* C34 */
static void check_edge(bw_cheriot_run *run, const bw_cheriot_interrupt *interrupt)
{
    const bw_json *edge = interrupt->edge_value;

    if (!edge || edge->kind == BW_JSON_TRUE || edge->kind == BW_JSON_FALSE || edge->kind == BW_JSON_NULL)
        return;
    bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_edge_value, bw_cheriot_place(run, edge),
                                    "edge_triggered of %s is %s, which counts as true", name_of(interrupt),
                                    bw_json_kind_name(edge));
    bool meant_false = (edge->kind == BW_JSON_NUMBER && edge->number == 0) ||
                       (edge->kind == BW_JSON_STRING && strcmp(edge->text, "false") == 0);
    bw_finding_cure(f, "write %s", meant_false ? "false" : "true");
}

/* C31: against all that came before. @return whether the number is its own. */
static bool check_duplicates(bw_cheriot_run *run, uint32_t index, GHashTable *names, GHashTable *numbers,
                             bool number_fits)
{
    const bw_cheriot_interrupt *interrupt = &run->board->interrupts[index];
    const bw_cheriot_interrupt *same_name = interrupt->name ? g_hash_table_lookup(names, interrupt->name) : NULL;
    gpointer key = GSIZE_TO_POINTER((gsize)interrupt->number.value);
    const bw_cheriot_interrupt *same_number = number_fits ? g_hash_table_lookup(numbers, key) : NULL;
    bw_finding *f = NULL;

    if (same_name) {
        f = bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_duplicate,
                            bw_cheriot_place(run, interrupt->name_value), "there are two interrupts called %s",
                            interrupt->name);
        bw_finding_note(f, bw_cheriot_place(run, same_name->name_value), "the other one");
    } else if (same_number) {
        f = bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_duplicate,
                            bw_cheriot_place(run, where_is(interrupt, &interrupt->number)),
                            "the interrupts %s and %s have the number %" PRIu64, name_of(same_number),
                            name_of(interrupt), interrupt->number.value);
        bw_finding_note(f, bw_cheriot_place(run, where_is(same_number, &same_number->number)), "%s has it here",
                        name_of(same_number));
    }
    if (interrupt->name && !same_name)
        g_hash_table_insert(names, (gpointer)(uintptr_t)interrupt->name, (gpointer)(uintptr_t)interrupt);
    if (number_fits && !same_number)
        g_hash_table_insert(numbers, key, (gpointer)(uintptr_t)interrupt);
    return !f;
}

/* C45: the first that stands behind a greater one. */
static void check_order(bw_cheriot_run *run)
{
    for (uint32_t i = 1; i < run->board->interrupt_count; i++) {
        const bw_cheriot_interrupt *before = &run->board->interrupts[i - 1];
        const bw_cheriot_interrupt *interrupt = &run->board->interrupts[i];

        if (!before->number.known || !interrupt->number.known || before->number.value <= interrupt->number.value)
            continue;
        bw_findings_add(run->findings, BW_CODE_cheriot_interrupt_order,
                        bw_cheriot_place(run, where_is(interrupt, &interrupt->number)),
                        "the interrupt %s, %" PRIu64 ", stands behind %s, %" PRIu64, name_of(interrupt),
                        interrupt->number.value, name_of(before), before->number.value);
        return;
    }
}

void bw_cheriot_check_interrupts(bw_cheriot_run *run)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *numbers = g_hash_table_new(NULL, NULL);
    bool right = true;

    for (uint32_t i = 0; i < run->board->interrupt_count; i++) {
        const bw_cheriot_interrupt *interrupt = &run->board->interrupts[i];
        bool fits = interrupt->number.known && check_number(run, interrupt);

        right &= check_duplicates(run, i, names, numbers, fits) && fits;
        if (interrupt->priority.known)
            check_priority(run, interrupt);
        check_edge(run, interrupt);
    }
    if (right)
        check_order(run);
    g_hash_table_unref(names);
    g_hash_table_unref(numbers);
}
