/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An integration repository of balenaOS: what it holds, as written, with places. Everything that checks, the disk, the
 * custom devicetree and `balena update` ask for is here; nothing here judges.
 *
 *     root files, .gitmodules, git's index ─┐
 *     NAME.coffee (coffee.h) ───────────────┼─► bw_balena_repo ─► check_*.c ─► findings
 *     layers/meta-balena-FAMILY (layer.h) ──┤                 └─► disk.h (per device type)
 *     contracts, workflows ─────────────────┘
 *
 * Names: the **slug** is the device type in the cloud, the **machine** Yocto's MACHINE, the **file** the name of the
 * .coffee without its ending, which the build calls DEVICE_TYPE.
 *
 * Sources: balena-os/balena-yocto-scripts, build/build-device-type-json.sh and automation/; balena-os/meta-balena,
 * meta-balena-common; balena-io/contracts.
 */
#ifndef BW_SYSTEMS_BALENA_REPO_H
#define BW_SYSTEMS_BALENA_REPO_H

#include "base/unit.h"
#include "json/json.h"
#include "yaml/yaml.h"
#include "yocto/bitbake.h"

/** A submodule, as the index (a gitlink) or .gitmodules (a section) knows it. */
typedef struct bw_balena_submodule {
    const char *path;   /**< "layers/poky" */
    bool in_index;      /**< there is a gitlink; known only when index_known */
    bool in_modules;    /**< .gitmodules has a section */
    bool present;       /**< its folder is there and not empty: what it holds may be read */
    const char *url;    /**< or NULL */
    const char *branch; /**< or NULL */
    char commit[41];    /**< of the gitlink, hexadecimal; "" if unknown */
    bw_place place;     /**< of the section's head, else the start of .gitmodules */
    bw_place url_place, branch_place;
} bw_balena_submodule;

/** A device type: one .coffee of the root. */
typedef struct bw_balena_device {
    const char *file; /**< "raspberrypi4-64" of raspberrypi4-64.coffee */
    const char *path;
    const bw_json *manifest; /**< module.exports (coffee.h): values with places in the .coffee; what is undefined is
                                  null. NULL: it could not be read */
    const char *slug;        /**< as given, else the file's name; never NULL */
    const char *name, *arch, *machine, *image, *fstype, *deploy_artifact; /**< or NULL */
    const char *state; /**< in capitals, as the build makes it: "RELEASED"; NULL: not given */
    bw_place place;    /**< of the slug, else of the file */
    bool flasher;      /**< its image is the flasher's: balena-image-flasher or resin-image-flasher */
} bw_balena_device;

/** A value of the manifest by its path, "yocto.machine"; NULL if there is none. */
const bw_json *bw_balena_device_get(const bw_balena_device *device, const char *path);

typedef struct bw_balena_workflow {
    const char *path;
    const char *name;    /**< file name without ending */
    const char *machine; /**< of the input, or NULL */
    const char *slug;    /**< of the input, or NULL */
    bw_place place;      /**< of machine, else of the file */
    bool builds; /**< calls yocto-build-deploy.yml; one that calls it for several machines stands here as often */
    const bw_yaml *with; /**< inputs of that call, or NULL */
    const bw_yaml *yaml;
} bw_balena_workflow;

/** contracts/contracts/hw.device-type/SLUG/contract.json, when the submodule's content is there. */
typedef struct bw_balena_contract {
    const char *folder; /**< name of its folder: should be the slug */
    const char *path;
    const bw_json *json;
} bw_balena_contract;

/** Whether a folder is balena's repository of contracts, or laid out as it: contracts/hw.device-type is there. */
bool bw_balena_is_contracts(const char *folder);
/** Reads all contracts of device types of such a folder. @return how many. */
uint32_t bw_balena_contracts_read(bw_unit *unit, const char *folder, const bw_balena_contract **contracts);
/** Check 46 of one contract, by itself. */
void bw_balena_check_contract(bw_unit *unit, const bw_balena_contract *contract);

/** A release of Yocto, oldest first: `honister` is where override syntax changed, `scarthgap` where samples became
 *  templates. */
typedef struct bw_balena_release {
    const char *name;
    bw_bb_style style;
    bool templates; /**< conf/templates/default instead of conf/samples */
} bw_balena_release;
/** All known ones, in order; ended by a row without a name. */
extern const bw_balena_release bw_balena_releases[];
const bw_balena_release *bw_balena_release_find(const char *name);

/** The repository's own layer (or another one that is present). */
typedef struct bw_balena_layer {
    const char *path;          /**< of its folder */
    const char *name;          /**< "meta-balena-raspberrypi" */
    const bw_bb_file *conf;    /**< conf/layer.conf, or NULL */
    const char *collection;    /**< of BBFILE_COLLECTIONS, or NULL */
    const char *const *compat; /**< releases of LAYERSERIES_COMPAT, NULL-terminated; NULL: not given */
    bw_place compat_place;
    const bw_balena_release *release;   /**< the newest known of compat; NULL: none is known */
    const char *samples;                /**< folder with bblayers.conf.sample, or NULL */
    const bw_bb_file *bblayers, *local; /**< the samples, or NULL */
    const bw_bb_file *const *files;     /**< every .bb, .bbappend, .inc, .bbclass, .conf below it, sorted by path */
    uint32_t file_count;
    const char *const *machines; /**< names of conf/machine/NAME.conf, NULL-terminated */
} bw_balena_layer;

typedef struct bw_balena_repo {
    bw_unit *unit;
    const char *root;      /**< as given */
    bw_source *gitmodules; /**< or NULL */
    const char *family;    /**< "raspberrypi", of the layer's name; or NULL */
    bool index_known;      /**< it is a git repository and its index was read */
    const char *version;   /**< line of VERSION without what follows it, or NULL */
    bw_place version_place;
    bw_balena_submodule *submodules;
    uint32_t submodule_count;
    bw_balena_device *devices; /**< sorted by file name */
    uint32_t device_count;
    bw_balena_workflow *workflows;
    uint32_t workflow_count;
    const bw_balena_contract *contracts; /**< sorted by folder */
    uint32_t contract_count;
    bw_balena_layer *layer;        /**< its own, or NULL */
    struct bw_balena_stack *stack; /**< NULL until bw_balena_stack_of() (layers.h) */
    const char *const *own_files; /**< paths below its layer by their base names, see raw_writes.h; found when asked for */
    uint32_t own_file_count;
    bool own_files_known;
} bw_balena_repo;

/** Whether a folder is such a repository: a .coffee with module.exports in the root, or .gitmodules with
 *  balena-yocto-scripts (or resin-yocto-scripts). */
bool bw_balena_is_repo(const char *folder);

/** Reads a repository into the arena of @p unit. Findings of what cannot be read go to the unit. Never NULL for a
 * folder that bw_balena_is_repo(). */
bw_balena_repo *bw_balena_repo_read(bw_unit *unit, const char *folder);
/** Frees what does not live in the arena. */
void bw_balena_repo_free(bw_balena_repo *repo);

/** The path of something in the repository: ROOT/RELATIVE, in the arena. */
const char *bw_balena_path(const bw_balena_repo *repo, const char *relative);

/** The submodule of a path, or NULL. */
const bw_balena_submodule *bw_balena_submodule_of(const bw_balena_repo *repo, const char *path);

/**
 * What BitBake would have for one machine: bblayers' layers that are present, layer.conf, local.conf's sample, the
 * machine's file (of any layer that is present) and @p files (recipes with their appends, as named without path and
 * version: "balena-image", "u-boot"), in that order. What other layers would add is unknown, and values that need it
 * are not known.
 * @param recipes NULL-terminated names; NULL: configuration only
 * @return to be freed with bw_bb_store_free()
 */
bw_bb_store *bw_balena_store(const bw_balena_repo *repo, const char *machine, const char *const *recipes);

/** All checks: those of docs/balena.md. Findings go to the unit: first those of the repository, then those of each device
 *  type together. */
void bw_balena_check(const bw_balena_repo *repo);

/* Parts of bw_balena_check(), each in its own file check_*.c. */
void bw_balena_check_root(const bw_balena_repo *repo);      /**< 1 to 7, 22 */
void bw_balena_check_devices(const bw_balena_repo *repo);   /**< 8 to 18 */
void bw_balena_check_layer(const bw_balena_repo *repo);     /**< 19 to 24 */
void bw_balena_check_syntax(const bw_balena_repo *repo);    /**< 25 to 32 */
void bw_balena_check_images(const bw_balena_repo *repo);    /**< 33, 34, 39 to 41, 43, 47 */
void bw_balena_check_disk(const bw_balena_repo *repo);      /**< 35 to 38, 42 */
void bw_balena_check_contracts(const bw_balena_repo *repo); /**< 44 to 46 */

#endif
