/* SPDX-License-Identifier: Apache-2.0 */
#include "report/disk_map.h"

#include "report/json_out.h"

static json_t *partitions_of(const bw_balena_disk *disk)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < disk->partition_count; i++) {
        const bw_balena_partition *p = &disk->partitions[i];
        json_t *one = json_object();

        json_object_set_new(one, "number", json_integer(p->number));
        json_object_set_new(one, "label", bw_json_text(p->label));
        json_object_set_new(one, "first", json_integer((json_int_t)p->first));
        json_object_set_new(one, "last", json_integer((json_int_t)p->last));
        if (!disk->sizes.gpt)
            json_object_set_new(one, "type", json_integer(p->type));
        json_object_set_new(one, "deviceSpecific", json_boolean(p->device_specific));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *writes_of(const bw_balena_disk *disk)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < disk->write_count; i++) {
        const bw_balena_write *w = &disk->writes[i];
        json_t *one = json_object();

        json_object_set_new(one, "file", w->file ? bw_json_text(w->file) : json_null());
        json_object_set_new(one, "path", bw_json_text(w->path));
        json_object_set_new(one, "medium", w->medium ? bw_json_text(w->medium) : json_null());
        json_object_set_new(one, "offset", w->offset_known ? json_integer((json_int_t)w->offset) : json_null());
        json_object_set_new(one, "size", w->size ? json_integer((json_int_t)w->size) : json_null());
        json_object_set_new(one, "block", json_integer((json_int_t)w->block));
        json_object_set_new(one, "by", json_string(w->flasher ? "flasher" : w->hook ? "update" : "image"));
        json_object_set_new(one, "conditional", json_boolean(w->maybe));
        if (w->place.file) {
            json_object_set_new(one, "filename", bw_json_text(w->place.file));
            json_object_set_new(one, "line", json_integer(w->place.line));
        }
        json_array_append_new(list, one);
    }
    return list;
}

json_t *bw_disk_map_json(const bw_balena_image *image)
{
    const bw_balena_disk *disk = &image->disk;
    const char *problem = image->unknown ? image->unknown : disk->problem;
    json_t *out = json_object();

    json_object_set_new(out, "deviceType", bw_json_text(image->device->file));
    json_object_set_new(out, "slug", image->device->slug ? bw_json_text(image->device->slug) : json_null());
    json_object_set_new(out, "image", json_string(image->flasher ? "flasher" : "target"));
    json_object_set_new(out, "problem", problem ? bw_json_text(problem) : json_null());
    json_object_set_new(out, "table", json_string(disk->sizes.gpt ? "gpt" : "msdos"));
    json_object_set_new(out, "sectorSize", json_integer(BW_BALENA_SECTOR));
    json_object_set_new(out, "sectors", image->drawn ? json_integer((json_int_t)disk->sectors) : json_null());
    json_object_set_new(out, "partitionsKnown", json_boolean(image->partitions_known));
    json_object_set_new(out, "partitions", image->drawn ? partitions_of(disk) : json_array());
    if (image->drawn && !disk->sizes.gpt)
        json_object_set_new(out, "extendedBootRecords",
                            json_pack("[I, I]", (json_int_t)disk->ebr[0], (json_int_t)disk->ebr[1]));
    json_object_set_new(out, "writes", writes_of(disk));
    return out;
}
