/* SPDX-License-Identifier: Apache-2.0 */
#include "check/semantic.h"

const bw_check bw_semantic_checks[] = {
    /* What addresses are, before what lies at them. */
    {.code = BW_CODE_unit_address_mismatch, .fn = bw_sem_unit_address, .level = 1},
    {.code = BW_CODE_reg_outside_ranges, .fn = bw_sem_translation, .level = 1},
    {.code = BW_CODE_ranges_overlap, .fn = bw_sem_ranges, .level = 1},
    {.code = BW_CODE_memory_overlap, .fn = bw_sem_memory, .level = 1},
    {.code = BW_CODE_reserved_memory_overlap, .fn = bw_sem_reserved_memory, .level = 1},
    {.code = BW_CODE_partition_overlap, .fn = bw_sem_partitions, .level = 1},
    {.code = BW_CODE_device_overlap, .fn = bw_sem_device_overlap},
    {.code = BW_CODE_duplicate_address, .fn = bw_sem_duplicate_address},
    {.code = BW_CODE_i2c_address_duplicate, .fn = bw_sem_bus_addresses, .level = 1},
    {.code = BW_CODE_spi_chip_select_range, .fn = bw_sem_chip_select},
    {.code = BW_CODE_interrupt_range, .fn = bw_sem_interrupts, .level = 1},
    {.code = BW_CODE_reference_arguments, .fn = bw_sem_references, .level = 1},
    {.code = BW_CODE_names_duplicate, .fn = bw_sem_names, .level = 1},
    {.code = BW_CODE_pinctrl_states, .fn = bw_sem_pinctrl},
    {.code = BW_CODE_chosen_target, .fn = bw_sem_chosen, .level = 1},
    {.code = BW_CODE_alias_disabled, .fn = bw_sem_aliases},
    {.code = BW_CODE_status_value, .fn = bw_sem_status},
    {.code = BW_CODE_boolean_value, .fn = bw_sem_booleans, .level = 1},
    {.code = BW_CODE_regulator_range, .fn = bw_sem_values, .level = 1},
    {0},
};
