/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/section.h"

#include "base/text.h"

#include <glib.h>
#include <string.h>

#define ROW BW_SCHEMA_ROW
#define ROW_OF BW_SCHEMA_ROW_OF

/* -- keys ------------------------------------------------------------------------------------------- */

#define ADDRESS(doc)                                                                                                   \
    {                                                                                                                  \
        "address", BW_TYPE_INT, doc, false, false, NULL, NULL, 0, UINT64_C(0xffffffffffff)                             \
    }
#define GUEST_MAX ((uint64_t)1 << 40)

static const char *const drop_or_keep[] = {"drop", "keep", NULL};

static const bw_schema initrd_rows[] = {
    ROW("file", BW_TYPE_TEXT, "Name of the file, a cpio archive that gzip has packed.", true),
    {"max-size", BW_TYPE_SIZE, "Room that is kept for it; by itself the file's own size and a quarter, or 32 MiB.",
     false, false, NULL, NULL, 1, GUEST_MAX},
    ADDRESS("Where it is loaded; by itself below the devicetree, at the end of the guest's RAM."),
    BW_SCHEMA_END,
};
static const bw_schema dtb_rows[] = {
    {"max-size", BW_TYPE_SIZE, "Room that is kept for it; by itself 320 KiB, which the VMM fills.", false, false, NULL,
     NULL, 0x1000, GUEST_MAX},
    ADDRESS("Where it is loaded; by itself at the end of the guest's RAM."),
    BW_SCHEMA_END,
};
static const bw_schema device = ROW("device", BW_TYPE_TEXT, "A device.", false);
static const bw_schema node = ROW("node", BW_TYPE_TEXT, "A node.", false);
static const bw_schema rate = ROW("clock", BW_TYPE_RATE, "Rate of the clock.", false);

static const bw_schema vm_rows[] = {
    ROW("name", BW_TYPE_TEXT, "Name of the virtual machine, which its files bear.", true),
    {"ram", BW_TYPE_SIZE, "Memory of the guest; its place is computed.", true, false, NULL, NULL, 0x200000, GUEST_MAX},
    {"ram-address", BW_TYPE_INT, "Where its memory begins, for the guest and in the machine.", false, false, NULL, NULL,
     0, UINT64_C(0xffffffffffff)},
    ROW("kernel", BW_TYPE_TEXT, "File of the guest's kernel.", true),
    {"kernel-address", BW_TYPE_INT, "Where the kernel is loaded; by itself at the beginning of the memory.", false,
     false, NULL, NULL, 0, UINT64_C(0xffffffffffff)},
    ROW_OF("initrd", BW_TYPE_MAP, "The guest's initial RAM disk.", false, initrd_rows),
    ROW_OF("dtb", BW_TYPE_MAP, "The guest's devicetree.", false, dtb_rows),
    {"vcpus", BW_TYPE_INT, "Virtual CPUs.", false, false, NULL, NULL, 1, 64},
    ROW_OF("devices", BW_TYPE_LIST,
           "Devices that the guest gets, by label, alias, path, or name with unit address; what they cannot work "
           "without comes with them.",
           false, &device),
    ROW_OF("host", BW_TYPE_LIST,
           "Nodes that stay with the host: a fixed clock or regulator stands for them in the guest's devicetree, and "
           "other references to them are taken out.",
           false, &node),
    ROW_OF("proxied", BW_TYPE_LIST,
           "Nodes that the guest sees, though neither their registers nor their interrupts are given to it: somebody "
           "else serves them.",
           false, &node),
    {"soft", BW_TYPE_ENUM,
     "What becomes of providers that devices work with less without (DMA channels, sensors, NVMEM): by itself `drop`.",
     false, false, NULL, drop_or_keep, 0, 0},
    {"iommus", BW_TYPE_ENUM,
     "What becomes of IOMMUs: by itself `drop`, as guest's and physical addresses are the same.", false, false, NULL,
     drop_or_keep, 0, 0},
    ROW_OF("clock-rates", BW_TYPE_NAMED,
           "Rates of clocks that stay with the host and whose rate the devicetree does not say, by the device that "
           "uses them: `serial0`, or `serial0:uartclk` or `serial0:1` for one of several.",
           false, &rate),
    ROW("command-line", BW_TYPE_TEXT, "Command line of the guest's kernel.", false),
    ROW("console", BW_TYPE_TEXT,
        "Device that is the guest's console, or `none`; by itself the board's if the guest gets it, else the first "
        "UART among its devices.",
        false),
    BW_SCHEMA_END,
};
static const bw_schema vm = ROW_OF("vm", BW_TYPE_MAP, "A virtual machine.", false, vm_rows);

static const bw_schema yocto_rows[] = {
    ROW("machine", BW_TYPE_TEXT, "Name of the guest's Yocto machine.", true),
    ROW("requires", BW_TYPE_TEXT, "Machine that it is made from; by itself `qemuarm64`.", false),
    ROW("image", BW_TYPE_TEXT,
        "Image that is built; by itself `vm-image-minimal`. Its recipe is written unless it is one of core's.", false),
    ROW("release", BW_TYPE_TEXT, "Release of Yocto that the layer is for; by itself `scarthgap`.", false),
    ROW("collection", BW_TYPE_TEXT,
        "Collection (BBFILE_COLLECTIONS) of the layer that has the machine, where it is not known.", false),
    ROW("kernel-recipe", BW_TYPE_TEXT, "Recipe of that machine's kernel, where it is not known.", false),
    BW_SCHEMA_END,
};

static const bw_schema rows[] = {
    ROW("target", BW_TYPE_TEXT, "The target that runs seL4, as `plank/a53`.", true),
    ROW("platform", BW_TYPE_TEXT, "Name of the seL4 platform.", true),
    ROW("app", BW_TYPE_TEXT, "Name of the CAmkES application with the guests; by itself `vm_` and the platform.",
        false),
    ROW("console", BW_TYPE_TEXT,
        "UART that the kernel itself prints to, or `none`; by itself the console of the devicetree.", false),
    ROW("timer-frequency", BW_TYPE_RATE,
        "Rate of the architecture's timer, as CNTFRQ says it; by itself `clock-frequency` of the timer's node.", false),
    {"virtual-gic", BW_TYPE_INT,
     "Newest version of the GIC that libsel4vm makes virtual; by itself 2, as seL4's own has it. With 3 somebody has "
     "added it.",
     false, false, NULL, NULL, 2, 3},
    ROW_OF("vms", BW_TYPE_LIST, "Guests of the CAmkES VM.", false, &vm),
    ROW_OF("yocto", BW_TYPE_MAP, "The Yocto layer with the guest's image.", false, yocto_rows),
    BW_SCHEMA_END,
};
const bw_schema bw_sel4_schema = ROW_OF("sel4", BW_TYPE_MAP, "seL4 and CAmkES VM.", false, rows);

/* -- values ----------------------------------------------------------------------------------------- */

static bw_sel4_text text_of(const bw_yaml *value)
{
    bw_sel4_text text = {.text = bw_yaml_to_text(value)};

    if (text.text)
        text.place = bw_yaml_place(value);
    return text;
}

static bw_sel4_value number_of(const bw_yaml *value, bool (*convert)(const bw_yaml *, uint64_t *))
{
    bw_sel4_value number = {0};

    if (value && convert(value, &number.value)) {
        number.given = number.known = true;
        number.place = bw_yaml_place(value);
        number.text = value->text;
    }
    return number;
}

static bw_sel4_texts texts_of(const bw_yaml *list, bw_arena *arena)
{
    bw_sel4_texts texts = {0};
    const uint32_t count = list && list->kind == BW_YAML_LIST ? list->count : 0;
    bw_sel4_text *items = bw_arena_array(arena, bw_sel4_text, count);

    for (uint32_t i = 0; i < count; i++) {
        items[texts.count] = text_of(list->items[i]);
        texts.count += items[texts.count].text != NULL;
    }
    texts.items = items;
    return texts;
}

static bw_sel4_room room_of(const bw_yaml *map)
{
    return (bw_sel4_room){.file = text_of(bw_yaml_get(map, "file")),
                          .size = number_of(bw_yaml_get(map, "max-size"), bw_yaml_to_size),
                          .address = number_of(bw_yaml_get(map, "address"), bw_yaml_to_int)};
}

static bool is_keep(const bw_yaml *value)
{
    const char *text = bw_yaml_to_text(value);

    return text && strcmp(text, "keep") == 0;
}

static void read_rates(bw_sel4_vm_section *s, const bw_yaml *map, bw_arena *arena)
{
    const uint32_t count = map && map->kind == BW_YAML_MAP ? map->count : 0;

    s->rates = bw_arena_array(arena, bw_sel4_rate, count);
    for (uint32_t i = 0; i < count; i++) {
        bw_sel4_rate *r = &s->rates[s->rate_count];

        r->name = text_of(map->entries[i].key);
        s->rate_count += r->name.text && bw_yaml_to_rate(map->entries[i].value, &r->rate);
    }
}

static void read_vm(bw_sel4_vm_section *s, const bw_yaml *map, bw_arena *arena)
{
    *s = (bw_sel4_vm_section){
        .name = text_of(bw_yaml_get(map, "name")),
        .ram = number_of(bw_yaml_get(map, "ram"), bw_yaml_to_size),
        .ram_address = number_of(bw_yaml_get(map, "ram-address"), bw_yaml_to_int),
        .kernel = text_of(bw_yaml_get(map, "kernel")),
        .kernel_address = number_of(bw_yaml_get(map, "kernel-address"), bw_yaml_to_int),
        .initrd = room_of(bw_yaml_get(map, "initrd")),
        .dtb = room_of(bw_yaml_get(map, "dtb")),
        .vcpus = number_of(bw_yaml_get(map, "vcpus"), bw_yaml_to_int),
        .devices = texts_of(bw_yaml_get(map, "devices"), arena),
        .host = texts_of(bw_yaml_get(map, "host"), arena),
        .proxied = texts_of(bw_yaml_get(map, "proxied"), arena),
        .keep_soft = is_keep(bw_yaml_get(map, "soft")),
        .keep_iommus = is_keep(bw_yaml_get(map, "iommus")),
        .command_line = text_of(bw_yaml_get(map, "command-line")),
        .console = text_of(bw_yaml_get(map, "console")),
        .place = bw_yaml_place(map),
    };
    read_rates(s, bw_yaml_get(map, "clock-rates"), arena);
}

static const char *directory_of(const bw_yaml *yaml, bw_arena *arena)
{
    const char *dir = yaml && yaml->source ? yaml->source->dir : NULL;

    if (!dir || !*dir)
        return ".";
    return bw_arena_strndup(arena, dir, strlen(dir) > 1 ? strlen(dir) - 1 : 1);
}

const bw_sel4_section *bw_sel4_section_read(const bw_yaml *yaml, bw_arena *arena)
{
    bw_sel4_section *section = bw_arena_new(arena, bw_sel4_section);
    const bw_yaml *vms = bw_yaml_get(yaml, "vms");
    const bw_yaml *yocto = bw_yaml_get(yaml, "yocto");
    const uint32_t count = vms && vms->kind == BW_YAML_LIST ? vms->count : 0;

    section->yaml = yaml;
    section->target = text_of(bw_yaml_get(yaml, "target"));
    section->platform = text_of(bw_yaml_get(yaml, "platform"));
    section->app = text_of(bw_yaml_get(yaml, "app"));
    section->console = text_of(bw_yaml_get(yaml, "console"));
    section->virtual_gic = number_of(bw_yaml_get(yaml, "virtual-gic"), bw_yaml_to_int);
    section->directory = directory_of(yaml, arena);
    if (yaml)
        section->place = bw_yaml_place(yaml);
    section->vms = bw_arena_array(arena, bw_sel4_vm_section, count);
    for (uint32_t i = 0; i < count; i++)
        read_vm(&section->vms[section->vm_count++], vms->items[i], arena);
    section->yocto = (bw_sel4_yocto_section){.given = yocto && yocto->kind == BW_YAML_MAP,
                                             .machine = text_of(bw_yaml_get(yocto, "machine")),
                                             .requires = text_of(bw_yaml_get(yocto, "requires")),
                                             .image = text_of(bw_yaml_get(yocto, "image")),
                                             .release = text_of(bw_yaml_get(yocto, "release")),
                                             .collection = text_of(bw_yaml_get(yocto, "collection")),
                                             .recipe = text_of(bw_yaml_get(yocto, "kernel-recipe"))};
    return section;
}

/* -- nodes ------------------------------------------------------------------------------------------ */

static const char *nearest_alias(const bw_board *board, const char *text)
{
    const char **names = g_new0(const char *, (gsize)board->alias_count + 1);

    for (uint32_t i = 0; i < board->alias_count; i++)
        names[i] = board->aliases[i].name;
    const char *near = bw_nearest(text, names);
    g_free(names);
    return near;
}

static void say_no_node(const bw_board *board, const bw_sel4_text *text, bw_findings *findings)
{
    const char *alias = nearest_alias(board, text->text);
    const char *near = alias ? alias : bw_tree_nearest_label(board->tree, text->text);
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_node_unknown, text->place,
                                    "no node has the label, alias, path or name '%s'", text->text);

    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
}

const bw_node *bw_sel4_section_node(const bw_board *board, const bw_sel4_text *text, bw_findings *findings)
{
    const bw_node *found = bw_board_node(board, text->text);
    const bw_node *other = NULL;

    if (found)
        return found;
    BW_FOR_NODES (board->tree, n) {
        if (strcmp(n->name->text, text->text) != 0)
            continue;
        if (found)
            other = other ? other : n;
        else
            found = n;
    }
    if (!found) {
        say_no_node(board, text, findings);
        return NULL;
    }
    if (!other)
        return found;
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_node_unknown, text->place,
                                    "several nodes are called '%s', %s and %s among them", text->text,
                                    bw_node_path(board->tree, found), bw_node_path(board->tree, other));
    bw_finding_cure(f, "name it by its path");
    return NULL;
}
