/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs: there, of the described kind, and no others. */
#include "boot/isa.h"
#include "boot/judge.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

static bool has_reason(const bw_judge *j, guint i, const char *reason)
{
    return bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS && strcmp(bw_judge_result(j, i)->reason, reason) == 0;
}

/* -- there ------------------------------------------------------------------------------------------ */

/* PSCI's errors, Arm DEN 0022, 5.2.2. */
static const char *psci_word(uint64_t found)
{
    switch ((int32_t)found) {
    case -1:
        return "the firmware cannot start CPUs (NOT_SUPPORTED)";
    case -2:
        return "the firmware knows no CPU of that number (INVALID_PARAMETERS)";
    case -7:
        return "the firmware says that it is not present (NOT_PRESENT)";
    case -8:
        return "the firmware says that it is disabled (DISABLED)";
    default:
        return NULL;
    }
}

static uint32_t described_cpus(const bw_judge *j)
{
    uint32_t count = 0;

    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        count += bw_judge_claim(j, i)->kind == BW_CLAIM_CPU;
    return count;
}

/* Several are one mistake: the number of CPUs. */
static bw_finding *judge_absent(bw_judge *j)
{
    uint32_t absent = 0;
    bw_finding *f = NULL;

    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        absent += bw_judge_claim(j, i)->kind == BW_CLAIM_CPU && has_reason(j, i, "absent");
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        uint64_t number = claim->cpu ? claim->cpu->number : 0;

        if (claim->kind != BW_CLAIM_CPU || !has_reason(j, i, "absent"))
            continue;
        if (f) {
            bw_judge_follow(j, i, f, "cpu %s: number 0x%" PRIx64 " does not run either", claim->name, number);
            continue;
        }
        const char *word = psci_word(bw_judge_result(j, i)->found);
        if (absent > 1)
            f = bw_judge_fail(j, i, BW_CODE_cpu_not_there, NULL,
                              "cpu %s: the description has %u CPUs, the machine runs %u: number 0x%" PRIx64
                              " is not there",
                              claim->name, described_cpus(j), described_cpus(j) - absent, number);
        else
            f = bw_judge_fail(j, i, BW_CODE_cpu_not_there, NULL, "cpu %s: the machine has no CPU of number 0x%" PRIx64,
                              claim->name, number);
        if (word)
            bw_find_note(j->unit, f, bw_judge_span(claim), "%s", word);
    }
    return f;
}

/* No CPU can be started because firmware does not take calls as described: Linux' arm/psci.yaml, method. */
static bw_finding *judge_unanswered(bw_judge *j)
{
    const bw_board *b = j->job->board;
    const bw_prop *method = NULL;
    bw_finding *f = NULL;

    for (uint32_t i = 0; i < b->device_count && !method; i++)
        if (g_str_has_prefix(b->devices[i].compatible ? b->devices[i].compatible : "", "arm,psci"))
            method = bw_node_prop_text(b->devices[i].node, "method");
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        uint64_t number = claim->cpu ? claim->cpu->number : 0;

        if (claim->kind != BW_CLAIM_CPU || !has_reason(j, i, "unanswered"))
            continue;
        if (f) {
            bw_judge_follow(j, i, f, "cpu %s: number 0x%" PRIx64 " does not run either", claim->name, number);
            continue;
        }
        const char *said = method ? bw_prop_string(method) : NULL;
        const char *other = said && strcmp(said, "smc") == 0 ? "hvc" : "smc";
        bool answers = bw_judge_result(j, i)->found != 0;
        bw_span span = method ? bw_prop_elem_span(method, 0) : bw_judge_span(claim);

        f = bw_judge_fail(j, i, BW_CODE_cpu_not_there, &span,
                          "cpu %s: number 0x%" PRIx64 " cannot be started: the firmware does not answer %s%s%s",
                          claim->name, number, said ? said : "the described call", answers ? ", but " : "",
                          answers ? other : "");
        if (answers)
            bw_finding_cure(f, "write \"%s\"", other);
    }
    return f;
}

/* A CPU that is not where it is described, and one that is where none is: one mistake. */
static void judge_extra(bw_judge *j, bw_finding *absent)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        uint64_t number = bw_judge_result(j, i)->found;

        if (claim->kind != BW_CLAIM_CPU || !has_reason(j, i, "extra"))
            continue;
        bw_judge_verdict(j, i)->state = BW_VERDICT_HOLDS; /* this one is there */
        if (absent) {
            bw_find_note(j->unit, absent, bw_node_span(claim->node->parent),
                         "the machine runs a CPU of number 0x%" PRIx64 ", which no node describes", number);
            continue;
        }
        const char *text = bw_arena_printf(
            &j->unit->arena, "the machine runs a CPU of number 0x%" PRIx64 ", which no node describes", number);
        bw_finding *f = bw_judge_say(j, BW_CODE_cpu_undescribed, bw_node_span(claim->node->parent), text);
        bw_finding_subject(f, bw_node_path(j->job->board->tree, claim->node->parent), NULL);
    }
}

/* -- of which kind ---------------------------------------------------------------------------------- */

static const char *part_name(uint64_t part)
{
    static const struct {
        uint32_t part;
        const char *name;
    } parts[] = {
#define BW_CPU_PART(compatible, number) {number, compatible},
#include "boot/drivers.def"
        {0, NULL}};

    for (size_t i = 0; parts[i].name; i++)
        if (parts[i].part == part)
            return parts[i].name;
    return NULL;
}

/* "f, d": letters of misa in @p bits. */
static char *letters(uint64_t bits)
{
    GString *text = g_string_new(NULL);

    for (int bit = 0; bit < 26; bit++)
        if (bits >> bit & 1)
            g_string_append_printf(text, "%s%c", text->len ? ", " : "", 'a' + bit);
    return g_string_free(text, FALSE);
}

static bw_finding *fail_isa(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    uint64_t missing = claim->value & ~r->found & 0x3ffffff;
    bw_finding *f;

    if (r->wanted == 32 || r->wanted == 64)
        return bw_judge_fail(j, i, BW_CODE_cpu_kind, NULL, "cpu %s: the description says %u bits (%s), the CPU has %u",
                             claim->name, (unsigned)r->wanted, claim->cpu->isa, (unsigned)r->found);
    char *lacks = letters(missing);
    char *has = letters(r->found & 0x3ffffff);
    f = bw_judge_fail(j, i, BW_CODE_cpu_kind, NULL,
                      "cpu %s: the description says %s, the CPU does not have %s (misa: %s)", claim->name,
                      claim->cpu->isa, *lacks ? lacks : "it", has);
    g_free(lacks);
    g_free(has);
    return f;
}

static bw_finding *fail_part(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    uint64_t found = bw_judge_result(j, i)->found;
    const char *name = part_name(found);
    const char *said = part_name(claim->value);
    bw_finding *f = bw_judge_fail(
        j, i, BW_CODE_cpu_kind, NULL,
        "cpu %s: the description says %s (part 0x%03" PRIx64 "), the CPU is %s%s0x%03" PRIx64 "%s", claim->name,
        said ? said : "another", claim->value, name ? name : "part ", name ? " (part " : "", found, name ? ")" : "");

    if (name)
        bw_finding_cure(f, "write \"%s\", or name the described CPU to the simulator", name);
    return f;
}

/* Eight equal CPUs with one wrong compatible are one mistake. */
static void judge_kinds(bw_judge *j)
{
    bw_finding *first = NULL;
    guint first_index = 0;

    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);

        if (claim->kind != BW_CLAIM_CPU_KIND || bw_judge_verdict(j, i)->state != BW_VERDICT_FAILS)
            continue;
        if (first && bw_judge_result(j, i)->found == bw_judge_result(j, first_index)->found &&
            claim->value == bw_judge_claim(j, first_index)->value) {
            bw_judge_follow(j, i, first, "cpu %s: so is this one", claim->name);
            continue;
        }
        bw_finding *f = claim->cpu && claim->cpu->isa ? fail_isa(j, i) : fail_part(j, i);
        if (!first) {
            first = f;
            first_index = i;
        }
    }
}

void bw_judge_cpus(bw_judge *j)
{
    bw_finding *unanswered = judge_unanswered(j);
    bw_finding *absent = judge_absent(j);

    judge_extra(j, absent ? absent : unanswered);
    judge_kinds(j);
}
