/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storage image of the chosen containers, for each storage that the samples have: as it lies in the flash, as Intel
 * HEX at its address, merged with the firmware, and as native_sim's flash.
 */
#include "systems/ocre/write.h"

#include "base/text.h"
#include "image/hex.h"

#include <inttypes.h>
#include <string.h>

/* No larger files are written, and no larger image is held for a hex file that has all of it: bytes. */
#define FILE_MAX ((uint64_t)1 << 30)
#define HEX_MAX ((uint64_t)256 << 20)

/* What the files of one image are made from, kept with the plan. */
typedef struct medium {
    bw_hex hex;       /* the image is file 0, the firmware, if any, file 1 */
    bw_buffer image;  /* of what has no address: no hex */
    uint64_t size;    /* bytes of the partition */
    bool used_is_all; /* the bytes of the image are the blocks in use */
    uint64_t offset;  /* of flash.bin: bytes before it */
} medium;

static void free_medium(void *data)
{
    medium *m = data;

    bw_hex_free(&m->hex);
    bw_buffer_free(&m->image);
    g_free(m);
}

static const bw_buffer *image_of(const medium *m)
{
    return m->hex.files->len ? &((const bw_hex_file *)g_ptr_array_index(m->hex.files, 0))->bytes : &m->image;
}

/* ---- what goes into the files ---- */

static void make_bin(void *user, bw_output *out)
{
    const bw_buffer *image = image_of(user);

    bw_output_write(out, image->data, image->len);
    bw_output_fill(out, 0xff, ((const medium *)user)->size - image->len);
}

static void make_flash(void *user, bw_output *out)
{
    bw_output_fill(out, 0xff, ((const medium *)user)->offset);
    make_bin(user, out);
}

static void make_merged(void *user, bw_output *out)
{
    const bw_hex_style style = {0};

    bw_hex_write(&((const medium *)user)->hex, &style, out);
}

/* The image alone. */
static void make_hex(void *user, bw_output *out)
{
    const medium *m = user;
    const bw_hex_style style = {0};
    bw_hex own = m->hex;

    own.runs = g_array_new(FALSE, FALSE, sizeof(bw_hex_run));
    for (guint i = 0; i < m->hex.runs->len; i++) {
        const bw_hex_run run = g_array_index(m->hex.runs, bw_hex_run, i);

        if (run.file == 0)
            g_array_append_val(own.runs, run);
    }
    bw_hex_write(&own, &style, out);
    g_array_free(own.runs, TRUE);
}

/* ---- the image ---- */

static bw_lfs_node *nodes_of(const bw_ocre_output *o)
{
    bw_lfs_node *list = NULL;

    for (uint32_t i = 0; i < o->containers.count; i++) {
        const bw_ocre_container *c = &o->containers.items[i];
        bw_lfs_node *n = bw_arena_new(o->arena, bw_lfs_node);

        n->name = c->name;
        n->source = c->path;
        n->size = c->source->len;
        n->bytes = c->source->text;
        n->next = list;
        list = n;
    }
    return list;
}

/* Geometry that no library mounts is said by the checks; what is left is said here. */
static bool make_image(bw_ocre_output *o, const bw_ocre_written *w, bw_ocre_product *p, medium *m)
{
    const bw_ocre_place *s = &w->storage;
    bw_lfs_options options = bw_ocre_mount_options(&w->mount);
    bw_lfs_image image = {0};

    options.block_size = s->block;
    options.block_count = (uint32_t)MIN(s->blocks, UINT32_MAX);
    while (options.prog_size > 1 && s->block % options.prog_size)
        options.prog_size /= 2;
    options.inline_max =
        bw_lfs_inline_max(w->mount.cache_size ? w->mount.cache_size : BW_OCRE_FSTAB_SIZE, options.attr_max, s->block);
    const char *problem = bw_lfs_options_problem(o->arena, &options);
    if (problem) {
        bw_findings_add(o->findings, BW_CODE_lfs_geometry, bw_file_place(o->job->target->path),
                        "no image can be made for the storage partition of %s: %s", o->target, problem);
        return false;
    }
    const char *place = o->containers.count ? o->containers.items[0].at->source->path : o->job->target->path;
    if (!bw_lfs_make(bw_ocre_state(o->arena, nodes_of(o)), &options, place, &image, o->findings))
        return false;
    p->used = image.used_count;
    p->unused = image.block_count - image.used_count;
    m->image = image.bytes;
    m->used_is_all = (uint64_t)image.used_count * image.block_size == image.bytes.len;
    m->size = (uint64_t)image.block_count * image.block_size;
    return true;
}

/* ---- hex ---- */

/* Hex files that are not sparse have the erased blocks, too. */
static void pad(medium *m)
{
    size_t more = (size_t)(m->size - m->image.len);

    memset(bw_buffer_reserve(&m->image, more), 0xff, more);
    m->image.len += more;
}

static void say_over_storage(const bw_ocre_output *o, const bw_hex_run *run, const char *path, uint64_t first,
                             uint64_t last)
{
    bw_finding *f =
        bw_findings_add(o->findings, BW_CODE_ocre_code_over_storage, bw_file_place(path),
                        "the firmware's 0x%08" PRIx64 "–0x%08" PRIx64 " reaches into the storage partition of %s, "
                        "0x%08" PRIx64 "–0x%08" PRIx64,
                        run->address, run->address + run->len - 1, o->target, first, last);

    bw_finding_cure(f, "link it against a code partition that ends before the storage "
                       "(zephyr,code-partition, CONFIG_USE_DT_CODE_PARTITION=y), or place the storage elsewhere");
}

/* Also where the image leaves blocks out: the firmware would be erased with the first file that is stored there. */
static bool is_apart(const bw_ocre_output *o, const bw_ocre_place *s, const medium *m)
{
    for (guint i = 0; i < m->hex.runs->len; i++) {
        const bw_hex_run *run = &g_array_index(m->hex.runs, bw_hex_run, i);

        if (run->file == 0 || run->address >= s->address + s->size || run->address + run->len <= s->address)
            continue;
        say_over_storage(o, run, ((const bw_hex_file *)g_ptr_array_index(m->hex.files, run->file))->path, s->address,
                         s->address + s->size - 1);
        return false;
    }
    return true;
}

static void refuse_size(const bw_ocre_output *o, const bw_ocre_place *s, const char *what, const char *cure)
{
    GString *size = g_string_new(NULL);

    bw_ocre_add_bytes(size, s->size);
    bw_finding *f =
        bw_findings_add(o->findings, BW_CODE_lfs_geometry, bw_file_place(o->job->target->path),
                        "the storage partition of %s has %s: %s is not written", o->target, size->str, what);
    bw_finding_cure(f, "%s", cure);
    g_string_free(size, TRUE);
}

static bool make_hexes(bw_ocre_output *o, const bw_ocre_place *s, bw_ocre_product *p, medium *m, const char *bin_path)
{
    const char *firmware = o->job->firmware;
    bool sparse = bw_ocre_is_set(o->job->section, "sparse");

    if (!sparse || !m->used_is_all) {
        if (m->size > HEX_MAX) {
            refuse_size(o, s, "a hex file with all of it", "sparse: true leaves out what is not in use");
            return false;
        }
        pad(m);
    }
    if (!bw_hex_add_bytes(&m->hex, bin_path, &m->image, s->address) ||
        (sparse && !m->used_is_all && !bw_hex_make_sparse(&m->hex)))
        return false;
    p->has_hex = true;
    if (!firmware)
        return bw_hex_resolve(&m->hex, BW_HEX_OVERLAP_ERROR);
    p->has_merged = true;
    return bw_hex_add(&m->hex, firmware) && is_apart(o, s, m) && bw_hex_resolve(&m->hex, BW_HEX_OVERLAP_ERROR);
}

static bool wants_hex(const bw_ocre_output *o)
{
    return o->job->firmware || bw_ocre_is_set(o->job->section, "merge-hex");
}

static void say_unmapped(const bw_ocre_output *o)
{
    const bw_yaml *merge = bw_yaml_get(o->job->section, "merge-hex");

    bw_findings_add(
        o->findings, BW_CODE_ocre_merge_unmapped, merge ? bw_yaml_place(merge) : bw_file_place(o->job->target->path),
        "no CPU address reaches the storage partition of %s, so it has no place in a merged.hex", o->target);
}

static const char *add_made(const bw_ocre_output *o, const bw_ocre_product *p, const char *name, bw_plan_maker *make,
                            medium *m)
{
    const char *path = bw_arena_printf(o->arena, "%s/%s/%s", o->job->folder, p->folder, name);

    bw_plan_add_made(o->job->plan, path, make, m);
    return path;
}

static void remark(const bw_ocre_output *o, const bw_ocre_product *p)
{
    const bw_ocre_place *s = &p->of->storage;
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s: %u of %" PRIu64 " blocks used, %u free, ", p->folder, p->used, s->blocks,
                           p->unused);
    bw_ocre_add_bytes(line, (uint64_t)p->unused * s->block);
    if (s->mapped)
        g_string_append_printf(line, "; at 0x%08" PRIx64, s->address);
    if (s->mapped && s->has_formula && s->formula != s->address)
        g_string_append_printf(line, " (Ocre's own build computes 0x%08" PRIx64 ")", s->formula);
    g_ptr_array_add(o->job->remarks, g_string_free(line, FALSE));
}

static bool make_product(bw_ocre_output *o, bw_ocre_product *p)
{
    const bw_ocre_place *s = &p->of->storage;
    medium *m = g_new0(medium, 1);

    bw_hex_init(&m->hex, o->board->tree->unit->ctx, o->findings);
    bw_plan_keep(o->job->plan, m, free_medium);
    if (s->size > FILE_MAX || (o->simulated && s->offset > FILE_MAX - s->size)) {
        refuse_size(o, s, "an image of it", "make the partition smaller: containers are some KiB");
        return false;
    }
    if (!make_image(o, p->of, p, m))
        return false;
    if (wants_hex(o) && !s->mapped && !o->simulated) {
        say_unmapped(o);
        return false;
    }
    const char *bin = bw_arena_printf(o->arena, "%s/user_data.bin", p->folder);
    if (s->mapped && wants_hex(o) && !make_hexes(o, s, p, m, bin))
        return false;
    add_made(o, p, "user_data.bin", make_bin, m);
    if (p->has_hex)
        add_made(o, p, "user_data.hex", make_hex, m);
    if (p->has_merged)
        add_made(o, p, "merged.hex", make_merged, m);
    if (o->simulated) {
        m->offset = s->offset;
        p->has_flash = true;
        add_made(o, p, "flash.bin", make_flash, m);
    }
    remark(o, p);
    return true;
}

/* ---- which images ---- */

static bool is_same(const bw_ocre_place *a, const bw_ocre_place *b)
{
    return a->offset == b->offset && a->size == b->size && a->block == b->block && a->mapped == b->mapped &&
           a->address == b->address;
}

/* Samples with preloaded containers first; mini writes its only one itself. */
static void group(bw_ocre_output *o)
{
    static const bw_ocre_sample order[] = {BW_OCRE_SUPERVISOR, BW_OCRE_DEMO, BW_OCRE_MINI};

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        const bw_ocre_written *w = &o->samples[order[i]];
        uint32_t k = 0;

        if (!w->possible || !w->storage.known)
            continue;
        while (k < o->product_count && !is_same(&o->products[k].of->storage, &w->storage))
            k++;
        if (k < o->product_count)
            o->products[k].samples =
                bw_arena_printf(o->arena, "%s, %s", bw_ocre_sample_names[order[i]], o->products[k].samples);
        else if (order[i] != BW_OCRE_MINI || k == 0)
            o->products[o->product_count++] = (bw_ocre_product){.samples = bw_ocre_sample_names[order[i]], .of = w};
    }
    for (uint32_t k = 0; k < o->product_count; k++)
        o->products[k].folder =
            o->product_count == 1
                ? "storage"
                : bw_arena_printf(o->arena, "storage/%s", bw_ocre_sample_names[o->products[k].of->verdict->sample]);
}

bool bw_ocre_write_images(bw_ocre_output *o)
{
    bool good = true;

    group(o);
    for (uint32_t k = 0; k < o->product_count && good; k++)
        good = make_product(o, &o->products[k]);
    return good;
}
