/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The checks that dtc does not have.
 */
#ifndef BW_CHECK_SEMANTIC_H
#define BW_CHECK_SEMANTIC_H

#include "check/engine.h"

/** In the order in which they run, ended by one without a function. A check whose function serves several
 *  codes has level 1, so that it runs even if its first code is off. */
extern const bw_check bw_semantic_checks[];

bw_check_fn bw_sem_unit_address, bw_sem_translation, bw_sem_ranges; /* addresses.c */
bw_check_fn bw_sem_memory, bw_sem_reserved_memory;                  /* memory.c */
bw_check_fn bw_sem_partitions;                                      /* partitions.c */
bw_check_fn bw_sem_device_overlap, bw_sem_bus_addresses, bw_sem_chip_select, bw_sem_duplicate_address; /* devices.c */
bw_check_fn bw_sem_cpus, bw_sem_memory_nodes, bw_sem_opps, bw_sem_reg_sizes, bw_sem_i2c_reserved;      /* frame.c */
bw_check_fn bw_sem_misspelt;                                                                           /* names.c */
bw_check_fn bw_sem_compatible, bw_sem_partition_labels, bw_sem_supplies, bw_sem_irq_parent_off;        /* hygiene.c */
bw_check_fn bw_sem_interrupts;                               /* interrupts.c */
bw_check_fn bw_sem_references, bw_sem_names, bw_sem_pinctrl; /* references.c */
bw_check_fn bw_sem_chosen, bw_sem_aliases, bw_sem_status;    /* chosen.c */
bw_check_fn bw_sem_booleans, bw_sem_values;                  /* values.c */

#endif
