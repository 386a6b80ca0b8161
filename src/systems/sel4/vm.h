/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A CAmkES VM application: guests, what each is given, and the files of its build.
 *
 *     support.yml (plan.c: layout computed) ─┐
 *                                            ├─► bw_sel4_app ─► check_*.c (S01 to S36) ─► findings
 *     devices.camkes, settings.cmake,        │                └─► write_vm*.c, guest.c (guest devicetree)
 *     CMakeLists.txt (app_*.c: as built)    ─┘
 *
 * Both ways give the same model, so what boardwright writes is held to the checks that others' files are held to. Each
 * value keeps its place: a line of the application, or of support.yml. What cannot be evaluated is marked, said once by
 * whoever read it, and no check speaks of it.
 *
 * Sources: seL4/camkes-vm, components/VM_Arm and configurations/vm.h; seL4/camkes-tool, camkes/parser and
 * camkes/templates/macros.py; seL4/projects_libs, libfdtgen.
 */
#ifndef BW_SYSTEMS_SEL4_VM_H
#define BW_SYSTEMS_SEL4_VM_H

#include "base/finding.h"
#include "systems/sel4/platform.h"

/** A number of the application, as an address or a size in bytes. */
typedef struct bw_sel4_value {
    bool given;
    bool known; /**< evaluated: macros and expressions are numbers in the end */
    uint64_t value;
    bw_place place;   /**< of the value as written */
    const char *text; /**< as written, for messages; or NULL */
} bw_sel4_value;

typedef struct bw_sel4_text {
    const char *text; /**< NULL: not given */
    bw_place place;
} bw_sel4_text;

typedef struct bw_sel4_flag {
    bool given, value;
    bw_place place;
} bw_sel4_flag;

/** A property that a query asks for: "compatible[0]" : "arm,pl011". */
typedef struct bw_sel4_query_prop {
    const char *name;
    int index;           /**< of the string or cell; -1 ("[*]"): the whole list, which is not resolved */
    const char *text;    /**< NULL: a number is wanted */
    bw_sel4_value value; /**< of a cell */
} bw_sel4_query_prop;

/** An entry of dtb([…]): what it is written as, and what it grants. */
typedef struct bw_sel4_query {
    bw_sel4_text path;               /**< of {"path": …}: a regular expression, searched anywhere, ignoring case */
    const char *key;                 /**< "path", "properties", "aliases", "chosen" */
    const bw_sel4_query_prop *props; /**< all of them have to be there; also beside a path */
    uint32_t prop_count;
    bw_place place;       /**< of the entry */
    const bw_node *node;  /**< the first node that it matches, in the kernel's tree; NULL: none, or no tree is known */
    const bw_node *meant; /**< the node of exactly this path, also between ^ and $; or NULL */
    uint32_t matches;     /**< nodes that it matches */
} bw_sel4_query;

/** Device memory by number: "paddr:bits" of untyped_mmios, "paddr:size:bits" of mmios. */
typedef struct bw_sel4_mmio {
    bw_sel4_value base;
    bw_sel4_value size; /**< bytes; of an untyped 2^bits */
    unsigned bits;      /**< of an untyped its size, else of a frame */
    bool untyped;
    bw_place place; /**< of the whole string */
} bw_sel4_mmio;

typedef struct bw_sel4_vm {
    const char *name; /**< "vm0" */
    bw_place place;

    bool old_addresses; /**< linux_address_config, else vm_address_config (or support.yml) */
    bw_sel4_value ram_base, ram_paddr_base, ram_size;
    bw_sel4_value ram_offset, initrd_max_size; /**< of the old form; nothing reads them */
    bw_sel4_value entry;                       /**< kernel_entry_addr; -1 or not given: ram_base + 0x80000 */
    bw_sel4_value initrd_addr, dtb_addr;

    bool old_images; /**< linux_image_config, else vm_image_config (or support.yml) */
    bw_sel4_text kernel_name, dtb_name, initrd_name, dtb_base_name;
    bw_sel4_text bootargs, stdout_path;
    bw_sel4_flag provide_dtb, generate_dtb, provide_initrd, clean_cache, map_one_to_one;

    bw_sel4_value vcpus;
    bw_sel4_query *queries; /**< writable: bw_sel4_resolve_queries() fills in what they match */
    uint32_t query_count;
    const bw_sel4_mmio *mmios; /**< untyped_mmios, then mmios */
    uint32_t mmio_count;
    const bw_sel4_value *irqs; /**< dtb_irqs and irqs */
    uint32_t irq_count;
    uint64_t pool_bytes;        /**< of simple_untypedN_pool, all together */
    bw_sel4_value mempool_size; /**< allocator_mempool_size */
    const char *const *keep;    /**< plat_keep_devices and …_and_subtree, NULL-terminated; or NULL */
} bw_sel4_vm;

/** A file that the application's build names: kernel, initrd, devicetree. */
typedef struct bw_sel4_file {
    const char *variable;  /**< of CMake, that holds its path; or NULL */
    bw_sel4_text name;     /**< in the file server: "linux-initrd" */
    bw_sel4_text path;     /**< as written, with variables that are known expanded */
    bw_sel4_value address; /**< of UpdateDtbFromInitrd: where the initrd is said to be */
    bool from_initrd;      /**< a devicetree that UpdateDtbFromInitrd makes */
} bw_sel4_file;

/** An option that settings.cmake sets. */
typedef struct bw_sel4_setting {
    const char *name, *value;
    bw_place place;
    const char *platform; /**< of the if() around it, or NULL */
} bw_sel4_setting;

/** Trees of repositories beside an application, as `repo` lays them out (kernel/, projects/camkes-vm/ …) or as clones
 *  side by side. A member is NULL where the folder is not there. */
typedef struct bw_sel4_sources {
    const char *root;
    const char *kernel;        /**< of seL4/seL4 */
    const char *camkes_vm;     /**< of seL4/camkes-vm */
    const char *projects_libs; /**< of seL4/seL4_projects_libs */
    const char *images;        /**< CAMKES_VM_IMAGES_DIR */
} bw_sel4_sources;

/** A row of a table in a page beside the application that names an address. */
typedef struct bw_sel4_said {
    bw_sel4_text name; /**< of the first cell */
    bw_sel4_value base;
    bw_sel4_value size; /**< may be missing */
} bw_sel4_said;

typedef struct bw_sel4_app {
    bool narrow;                    /**< 32-bit CPUs: guests' kernels are a zImage, 32 KiB behind RAM's beginning */
    bool planned;                   /**< of support.yml: the platform's own files are written with it */
    const char *directory;          /**< of the application, or of support.yml */
    const char *platform;           /**< "orinagx" */
    unsigned virtual_gic;           /**< newest GIC that the VMM makes virtual; 0: 2, as upstream */
    const bw_tree *tree;            /**< the kernel's devicetree, which dtb() asks; NULL: not known */
    const bw_sel4_platform *kernel; /**< what the kernel takes of it; NULL: not known */
    const bw_sel4_region *reserved; /**< what is kept from the kernel by an overlay that the tree does not have yet: of
                                       a plan, the RAM of its guests */
    uint32_t reserved_count;
    bw_sel4_vm *vms;
    uint32_t vm_count;
    const bw_sel4_file *files;
    uint32_t file_count;
    const bw_sel4_setting *settings;
    uint32_t setting_count;
    const char *const *supported; /**< platforms that settings.cmake lists, NULL-terminated; or NULL */
    bw_place supported_place;

    const char *root_dtb;           /**< CAMKES_ROOT_DTB_FILE_PATH: a blob that dtb() asks instead; or NULL */
    const bw_tree *linux_tree;      /**< Linux's devicetree of the same board; NULL: not known */
    const bw_sel4_sources *sources; /**< NULL: not known */
    bw_sel4_value nodes;            /**< NUM_NODES, KernelMaxNumNodes: CPUs that the kernel uses */
    bw_sel4_value max_irq;          /**< MAX_IRQ of the platform: the highest interrupt that the kernel knows */
    const bw_sel4_said *said;       /**< in pages beside the application */
    uint32_t said_count;
    const bw_sel4_text *copied; /**< files that commands in those pages write, below the folder of images */
    uint32_t copied_count;
    const bw_sel4_text *gettys; /**< terminals of SERIAL_CONSOLES of the guest's Yocto machine */
    uint32_t getty_count;
} bw_sel4_app;

/** Where a generated guest devicetree is written, and how much RAM that takes (components/VM_Arm/src/main.c). */
#define BW_SEL4_GUEST_DTB_ROOM 0x50000
/** What kernel_entry_addr -1 means on 64 bits: bytes behind ram_base. */
#define BW_SEL4_ENTRY_OFFSET 0x80000
/** allocator_mempool_size when it is not given. */
#define BW_SEL4_MEMPOOL ((uint64_t)80 << 20)

/** Resolves the queries of all guests against app->tree by the rules of camkes-tool's engine: a regular expression
 *  searched anywhere in the path, ignoring case, in the order of the tree. */
void bw_sel4_resolve_queries(bw_sel4_app *app);

/** One piece of what a guest is given: a naturally aligned power of two of physical addresses. */
typedef struct bw_sel4_grant {
    uint64_t base;
    unsigned bits;
    const bw_sel4_query *query; /**< or NULL */
    const bw_sel4_mmio *mmio;   /**< or NULL */
    const bw_node *node;        /**< of a query */
} bw_sel4_grant;

/** The pieces that queries and mmios of a guest stand for, in their order: reg translated, base rounded down and size
 *  rounded up to 4 KiB each for itself, cut. @return an array in @p arena; @p count of them. */
const bw_sel4_grant *bw_sel4_grants(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_arena *arena, uint32_t *count);

/** All checks of the model: S01 to S36 as far as it holds what they need. Findings go to @p findings. */
void bw_sel4_check_app(const bw_sel4_app *app, bw_findings *findings);

#endif
