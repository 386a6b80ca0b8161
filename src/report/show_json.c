/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_out.h"
#include "report/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A key whose value is not known is left out. */
static void put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static void put_text(json_t *object, const char *key, const char *text)
{
    if (text)
        put(object, key, bw_json_text(text));
}

/* JSON numbers are doubles to many readers: what may need 64 bits is text. */
static void put_hex(json_t *object, const char *key, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "0x%" PRIx64, value);
    put(object, key, json_string(text));
}

static void put_count(json_t *object, const char *key, uint64_t value)
{
    if (value <= INT64_MAX)
        put(object, key, json_integer((json_int_t)value));
    else
        put_hex(object, key, value);
}

static void put_true(json_t *object, const char *key, bool value)
{
    if (value)
        put(object, key, json_true());
}

static json_t *list_in(json_t *object, const char *key)
{
    json_t *list = json_array();

    put(object, key, list);
    return list;
}

static json_t *object_in(json_t *list)
{
    json_t *object = json_object();

    json_array_append_new(list, object);
    return object;
}

static void put_node(const bw_tree *tree, json_t *object, const char *key, const bw_node *node)
{
    if (node)
        put_text(object, key, bw_node_path(tree, node));
}

static void put_names(json_t *object, const char *path, const char *label)
{
    put_text(object, "path", path);
    put_text(object, "label", label);
}

static void put_block(const bw_tree *tree, json_t *list, const bw_block *b)
{
    json_t *o = object_in(list);

    put_text(o, "name", b->name);
    put_hex(o, "busAddress", b->bus_address.value);
    if (b->mapped)
        put_hex(o, "address", b->address);
    else if (b->has_size)
        put_text(o, "notMapped", bw_translate_reason(tree, &b->translation));
    if (b->has_size)
        put_count(o, "size", b->size);
}

static void put_line(const bw_tree *tree, json_t *list, const bw_line *l)
{
    json_t *o = object_in(list);
    json_t *cells;

    put_text(o, "name", l->name);
    put_node(tree, o, "controller", l->irq.controller);
    put_node(tree, o, "through", l->irq.nexus);
    if (l->number_known)
        put_count(o, "number", l->number);
    put_text(o, "kind", l->kind);
    if (l->trigger != BW_TRIGGER_NONE)
        put_text(o, "trigger", bw_trigger_name(l->trigger));
    if (l->priority_known)
        put_count(o, "priority", l->priority);
    if (!l->irq.controller)
        return;
    cells = list_in(o, "specifier");
    for (uint32_t i = 0; i < l->irq.count; i++)
        json_array_append_new(cells, json_integer(l->irq.cells[i]));
}

static void put_clock(const bw_tree *tree, json_t *list, const bw_clock *c)
{
    json_t *o = object_in(list);
    json_t *cells;

    put_text(o, "name", c->name);
    put_node(tree, o, "provider", c->spec.provider);
    if (c->rate_known)
        put_count(o, "rate", c->rate);
    if (!c->spec.provider || !c->spec.args_known)
        return;
    cells = list_in(o, "specifier");
    for (uint32_t i = 0; i < c->spec.args_there; i++)
        json_array_append_new(cells, json_integer(bw_spec_arg(&c->spec, i)));
}

static void put_available(json_t *object, const bw_node *unavailable)
{
    put(object, "available", json_boolean(!unavailable));
}

static void put_device(const bw_tree *tree, json_t *list, const bw_device *d)
{
    json_t *o = object_in(list);

    put_names(o, d->path, d->label);
    put_text(o, "compatible", d->compatible);
    put_text(o, "title", d->title);
    put_text(o, "status", bw_status_name(d->status));
    put_available(o, d->unavailable);
    if (d->own_rate)
        put_count(o, "frequency", d->own_rate);
    json_t *blocks = list_in(o, "registers");
    for (uint32_t i = 0; i < d->block_count; i++)
        put_block(tree, blocks, &d->blocks[i]);
    json_t *lines = list_in(o, "interrupts");
    for (uint32_t i = 0; i < d->line_count; i++)
        put_line(tree, lines, &d->lines[i]);
    json_t *clocks = list_in(o, "clocks");
    for (uint32_t i = 0; i < d->clock_count; i++)
        put_clock(tree, clocks, &d->clocks[i]);
    put_true(o, "interruptController", d->is_interrupt_controller);
    put_true(o, "gpioController", d->is_gpio);
}

static void put_cpu(json_t *list, const bw_cpu *c)
{
    json_t *o = object_in(list);

    put_names(o, c->path, c->label);
    put_text(o, "compatible", c->compatible);
    if (c->number_known)
        put_hex(o, "number", c->number);
    put_text(o, "enableMethod", c->enable_method);
    put_text(o, "isa", c->isa);
    if (c->frequency)
        put_count(o, "frequency", c->frequency);
    put_available(o, c->unavailable);
}

static void put_memory(json_t *list, const bw_memory *m)
{
    json_t *o = object_in(list);

    put_names(o, m->path, m->label);
    put_text(o, "name", m->name);
    put_text(o, "kind", bw_memory_kind_name(m->kind));
    put_hex(o, "address", m->block.address);
    put_count(o, "size", m->block.size);
    put_available(o, m->unavailable);
}

static void put_reserved(json_t *list, const bw_reserved *r)
{
    json_t *o = object_in(list);

    put_names(o, r->path, r->label);
    put_text(o, "name", r->name);
    put_text(o, "compatible", r->compatible);
    if (r->is_static)
        put_hex(o, "address", r->address);
    put_count(o, "size", r->size);
    if (r->alignment)
        put_count(o, "alignment", r->alignment);
    put_true(o, "noMap", r->no_map);
    put_true(o, "reusable", r->reusable);
    put_available(o, r->unavailable);
}

static void put_partition(const bw_flash *f, json_t *list, const bw_partition *p)
{
    json_t *o = object_in(list);

    put_names(o, p->path, p->label);
    put_text(o, "name", p->name);
    if (p->known) {
        put_hex(o, "offset", p->offset);
        put_count(o, "size", p->size);
    }
    if (p->mapped)
        put_hex(o, "address", p->address);
    put_true(o, "readOnly", p->read_only);
    if (p->parent >= 0)
        put_text(o, "within", f->partitions[p->parent].path);
    put_available(o, p->unavailable);
}

static void put_flash(json_t *list, const bw_flash *f)
{
    json_t *o = object_in(list);

    put_names(o, f->path, f->label);
    put_text(o, "compatible", f->compatible);
    if (f->size_known)
        put_count(o, "size", f->size);
    if (f->mapped)
        put_hex(o, "address", f->address);
    if (f->erase_block)
        put_count(o, "eraseBlock", f->erase_block);
    if (f->write_block)
        put_count(o, "writeBlock", f->write_block);
    put_available(o, f->unavailable);
    json_t *partitions = list_in(o, "partitions");
    for (uint32_t i = 0; i < f->partition_count; i++)
        put_partition(f, partitions, &f->partitions[i]);
}

static void put_choices(json_t *object, const char *key, const bw_choice *list, uint32_t count)
{
    json_t *choices = json_object();

    put(object, key, choices);
    for (uint32_t i = 0; i < count; i++) {
        const bw_choice *c = &list[i];
        json_t *o;

        if (!c->text && !c->node)
            continue;
        o = json_object();
        put_text(o, "text", c->text);
        put_text(o, "path", c->path);
        put_text(o, "options", c->options);
        json_t *name = bw_json_text(c->name); /* makes sure that the key is UTF-8 */
        json_object_set_new(choices, json_string_value(name), o);
        json_decref(name);
    }
}

json_t *bw_show_json(const bw_board *b, const bw_target *target)
{
    json_t *o = json_object();
    json_t *list;

    put_text(o, "target", target->name);
    put_text(o, "file", target->path);
    put_text(o, "fullName", target->full_name);
    put_text(o, "vendor", target->vendor);
    put_text(o, "model", b->model);
    list = list_in(o, "compatible");
    for (uint32_t i = 0; i < b->compatible_count; i++)
        json_array_append_new(list, bw_json_text(b->compatible[i]));
    put_count(o, "nodes", b->node_count);
    list = list_in(o, "cpus");
    for (uint32_t i = 0; i < b->cpu_count; i++)
        put_cpu(list, &b->cpus[i]);
    list = list_in(o, "memory");
    for (uint32_t i = 0; i < b->memory_count; i++)
        put_memory(list, &b->memories[i]);
    list = list_in(o, "reservedMemory");
    for (uint32_t i = 0; i < b->reserved_count; i++)
        put_reserved(list, &b->reserved[i]);
    list = list_in(o, "flash");
    for (uint32_t i = 0; i < b->flash_count; i++)
        put_flash(list, &b->flashes[i]);
    list = list_in(o, "devices");
    for (uint32_t i = 0; i < b->device_count; i++)
        put_device(b->tree, list, &b->devices[i]);
    put_choices(o, "aliases", b->aliases, b->alias_count);
    put_choices(o, "chosen", b->chosen, b->chosen_count);
    if (b->console) {
        json_t *console = json_object();

        put(o, "console", console);
        put_text(console, "path", b->console->path);
        put_text(console, "options", b->console->options);
        put_text(console, "chosen", b->console->name);
    }
    return o;
}
