/* SPDX-License-Identifier: Apache-2.0 */
#include "check/engine.h"
#include "check/provider.h"
#include "check/semantic.h"

#include <stdio.h>

#define BW_NAME(ident) (&(const size_t){offsetof(bw_known_names, ident)})
#define BW_PROVIDER(ident, cells, may_lack)                                                                            \
    (&(const bw_provider){offsetof(bw_known_names, ident), offsetof(bw_known_names, cells), (may_lack)})

static const bw_check dtc_checks[] = {
#define BW_DTC_CHECK(name, fn, data, level, ...) {BW_CODE_##name, fn, data, level, {__VA_ARGS__}},
#include "check/dtc_checks.def"
#undef BW_DTC_CHECK
};
_Static_assert(BW_DTC_CHECK_COUNT <= BW_DTC_CHECK_MAX, "bw_check_set has room for all checks");

/* -- which checks run, and how loud ------------------------------------------------------------- */

/* Checks that dtc had once; build systems still name them. */
static const char *const retired[] = {"graph_child_address", NULL};

void bw_check_set_init(bw_check_set *set)
{
    memset(set, 0, sizeof *set);
    for (unsigned i = 0; i < BW_DTC_CHECK_COUNT; i++)
        set->level[i] = dtc_checks[i].level;
}

const char *bw_check_dtc_name(unsigned index)
{
    return index < BW_DTC_CHECK_COUNT ? bw_codes[dtc_checks[index].code].dtc : NULL;
}

static int find_check(const char *name)
{
    for (unsigned i = 0; i < BW_DTC_CHECK_COUNT; i++) {
        const bw_code_info *info = &bw_codes[dtc_checks[i].code];

        if (strcmp(info->dtc, name) == 0 || strcmp(info->name, name) == 0)
            return (int)i;
    }
    return -1;
}

static bool needs(unsigned i, unsigned other)
{
    for (int k = 0; k < 3; k++)
        if (dtc_checks[i].needs[k] == other + 1)
            return true;
    return false;
}

static void raise_check(bw_check_set *set, unsigned i, uint8_t bits)
{
    if ((set->level[i] & bits) != bits)
        for (int k = 0; k < 3 && dtc_checks[i].needs[k]; k++)
            raise_check(set, dtc_checks[i].needs[k] - 1U, bits);
    set->level[i] |= bits;
}

static void lower_check(bw_check_set *set, unsigned i, uint8_t bits)
{
    if (set->level[i] & bits)
        for (unsigned other = 0; other < BW_DTC_CHECK_COUNT; other++)
            if (needs(other, i))
                lower_check(set, other, bits);
    set->level[i] &= (uint8_t)~bits;
}

static uint8_t level_bits(bool as_warning, bool as_error)
{
    return (uint8_t)((as_warning ? BW_CHECK_WARN : 0) | (as_error ? BW_CHECK_ERROR : 0));
}

bool bw_check_raise(bw_check_set *set, const char *name, bool as_warning, bool as_error)
{
    int i = find_check(name);

    if (i >= 0)
        raise_check(set, (unsigned)i, level_bits(as_warning, as_error));
    return i >= 0;
}

bool bw_check_lower(bw_check_set *set, const char *name, bool as_warning, bool as_error)
{
    int i = find_check(name);

    if (i >= 0)
        lower_check(set, (unsigned)i, level_bits(as_warning, as_error));
    return i >= 0;
}

bool bw_check_option(bw_check_set *set, const char *argument, bool as_warning, bool as_error)
{
    bool lower = strncmp(argument, "no-", 3) == 0 || strncmp(argument, "no_", 3) == 0;
    const char *name = lower ? argument + 3 : argument;

    for (int i = 0; retired[i]; i++)
        if (strcmp(retired[i], name) == 0)
            return true;
    return lower ? bw_check_lower(set, name, as_warning, as_error) : bw_check_raise(set, name, as_warning, as_error);
}

void bw_check_set_apply(const bw_check_set *set, bw_context *ctx)
{
    for (unsigned i = 0; i < BW_DTC_CHECK_COUNT; i++) {
        uint8_t level = set->level[i];

        ctx->levels[dtc_checks[i].code] = level & BW_CHECK_ERROR  ? BW_ERROR
                                          : level & BW_CHECK_WARN ? BW_WARNING
                                                                  : BW_OFF;
    }
}

/* -- running ------------------------------------------------------------------------------------- */

typedef enum status { NOT_YET, NEEDED_FAILED, PASSED, FAILED } status;

static void run_one(bw_run *run, const bw_check *check)
{
    run->check = check;
    run->failed = false;
    check->fn(run, check);
}

/* As dtc does: what it needs first; a check whose needs failed is not run at all. */
static bool run_dtc_check(bw_run *run, status *done, const bw_check_set *set, unsigned i)
{
    const bw_check *check = &dtc_checks[i];
    bool error = false;

    if (done[i] == NOT_YET) {
        for (int k = 0; k < 3 && check->needs[k]; k++) {
            unsigned other = check->needs[k] - 1U;

            error = error || run_dtc_check(run, done, set, other);
            if (done[other] != PASSED)
                done[i] = NEEDED_FAILED;
        }
        if (done[i] == NOT_YET) {
            run_one(run, check);
            done[i] = run->failed ? FAILED : PASSED;
        }
    }
    return error || (done[i] != PASSED && (set->level[i] & BW_CHECK_ERROR));
}

static bw_run *new_run(bw_tree *tree, const bw_resolve_options *options)
{
    static const bw_resolve_options none;
    bw_run *run = bw_arena_new(&tree->unit->arena, bw_run);

    run->tree = tree;
    run->unit = tree->unit;
    run->n = tree->unit->n;
    run->options = options ? options : &none;
    return run;
}

bool bw_check_run_dtc(bw_tree *tree, const bw_check_set *set, const bw_resolve_options *options)
{
    bw_run *run = new_run(tree, options);
    status done[BW_DTC_CHECK_COUNT] = {NOT_YET};
    bool error = false;

    run->as_dtc = true;
    bw_run_index(run);
    for (unsigned i = 0; i < BW_DTC_CHECK_COUNT && !error; i++)
        if (set->level[i])
            error = run_dtc_check(run, done, set, i);
    tree->resolved = !error;
    return !error;
}

/* What boardwright check runs of dtc's: all that speak, all that those need, and the resolving ones. */
static void mark_wanted(bool *wanted, unsigned i)
{
    wanted[i] = true;
    for (int k = 0; k < 3 && dtc_checks[i].needs[k]; k++)
        mark_wanted(wanted, dtc_checks[i].needs[k] - 1U);
}

/* QEMU's own descriptions for Xilinx machines give reg a priority and describe wiring, not what software sees. */
static bool is_qemu_wiring(const bw_run *run)
{
    return run->use_first[run->n->priority_cells->id] != 0;
}

bool bw_check_run(bw_tree *tree, const bw_resolve_options *options)
{
    static const unsigned resolving[] = {D_duplicate_node_names, D_duplicate_property_names, D_duplicate_label,
                                         D_explicit_phandles,    D_phandle_references,       D_path_references,
                                         D_omit_unused_nodes};
    const bw_context *ctx = tree->unit->ctx;
    uint32_t errors_before = tree->unit->findings->counts[BW_ERROR];
    bw_run *run = new_run(tree, options);
    bool wanted[BW_DTC_CHECK_COUNT] = {false};

    for (unsigned i = 0; i < BW_DTC_CHECK_COUNT; i++)
        if (ctx->levels[dtc_checks[i].code] != BW_OFF || i == D_omit_unused_nodes || i == D_addr_size_cells ||
            i == D_spi_bus_bridge || i == D_i2c_bus_bridge || i == D_pci_bridge || i == D_graph_nodes)
            mark_wanted(wanted, i);
    for (size_t k = 0; tree->resolved && k < sizeof resolving / sizeof *resolving; k++)
        wanted[resolving[k]] = false;
    bw_run_index(run);
    bool names_only = is_qemu_wiring(run);
    for (unsigned i = 0; i < BW_DTC_CHECK_COUNT; i++)
        if (wanted[i] && (i <= D_omit_unused_nodes || !names_only))
            run_one(run, &dtc_checks[i]);
    tree->resolved = true;
    for (const bw_check *check = bw_semantic_checks; check->fn && !names_only; check++)
        if (ctx->levels[check->code] != BW_OFF || check->level)
            run_one(run, check);
    return tree->unit->findings->counts[BW_ERROR] == errors_before;
}
