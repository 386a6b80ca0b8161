/* SPDX-License-Identifier: Apache-2.0 */
/* One executable out of stub, tables, kernel, initrd and devicetree, and the files that it is made from. */
#include "boot/guest_parts.h"

#include "base/output.h"
#include "base/plan.h"
#include "base/text.h"
#include "boot/guest_files.h"
#include "boot/machine_map.h"
#include "boot/toolchain.h"
#include "image/elf.h"
#include "image/linux_image.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#define STUB_ROOM 0x10000U /* the stub, and behind it the tables */
#define TABLES_ROOM 0xf0000U
#define ROOM (STUB_ROOM + TABLES_ROOM)
#define ALIGN 0x200000U
#define WORDS_MAX 2000 /* of a compiler */
#define PARTS 5

static const char *const flags[] = {"-nostdlib", "-nostartfiles", "-static", "-Wl,--build-id=none", "-Wl,-N", NULL};

/* -- where the stub lies ------------------------------------------------------------------------------ */

/* Before the guest's RAM, where the machine's begins, else behind it. @return 0: there is no room. */
static uint64_t stub_place(const bw_guest_boot *guest, const GArray *map)
{
    const bw_sel4_span *ram = &guest->vm->ram;
    uint64_t first, last;

    if (!bw_machine_map_near(map, ram->base, &first, &last))
        return 0;
    if (ram->base - first >= ROOM)
        return first;
    uint64_t behind = (ram->base + ram->size + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);
    return behind < last && last - behind >= ROOM ? behind : 0;
}

/* -- what the guest reaches --------------------------------------------------------------------------- */

static void add_window(GArray *windows, uint64_t base, uint64_t size, bool memory)
{
    uint64_t start = base & ~(uint64_t)(BW_GUEST_PAGE - 1);
    uint64_t end = (base + size + BW_GUEST_PAGE - 1) & ~(uint64_t)(BW_GUEST_PAGE - 1);
    bw_guest_window window = {start, end - start, memory};

    if (base + size >= base && end > start)
        g_array_append_val(windows, window);
}

/* The distributor, and what a CPU has of its own: the CPU interface of a GICv2, the redistributors of a GICv3. */
static void add_gic(const bw_guest_boot *guest, GArray *windows)
{
    const bw_device *gic = bw_guest_gic(guest->board);

    for (uint32_t i = 0; gic && i < gic->block_count && i < 2; i++)
        if (gic->blocks[i].mapped)
            add_window(windows, gic->blocks[i].address, gic->blocks[i].size, false);
}

/* What somebody else serves on seL4 is served by the machine here. */
static void add_proxied(const bw_guest_boot *guest, GArray *windows)
{
    const bw_device *gic = bw_guest_gic(guest->board);

    for (const bw_node *const *node = guest->vm->proxied; node && *node; node++) {
        const bw_device *device = bw_board_device(guest->board, *node);

        for (uint32_t i = 0; device && device != gic && i < device->block_count; i++)
            if (device->blocks[i].mapped)
                add_window(windows, device->blocks[i].address, device->blocks[i].size, false);
    }
}

static bool is_in_ram(const bw_guest_boot *guest, uint64_t base)
{
    return base - guest->vm->ram.base < guest->vm->ram.size;
}

static GArray *windows_of(const bw_guest_boot *guest)
{
    GArray *windows = g_array_new(FALSE, FALSE, sizeof(bw_guest_window));
    uint32_t count = 0;
    const bw_sel4_grant *grants =
        bw_sel4_grants(guest->plan->app, guest->vm->model, &guest->board->tree->unit->arena, &count);

    for (uint32_t i = 0; i < count; i++)
        if (grants[i].bits < 39 && !is_in_ram(guest, grants[i].base))
            add_window(windows, grants[i].base, UINT64_C(1) << grants[i].bits, false);
    add_proxied(guest, windows);
    add_gic(guest, windows);
    add_window(windows, guest->vm->ram.base, guest->vm->ram.size, true);
    return windows;
}

/* -- the stub ----------------------------------------------------------------------------------------- */

static GPtrArray *command_of(const bw_guest_boot *guest, const bw_toolchain *toolchain, uint64_t place)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(toolchain->compiler));
    for (guint i = 0; i < toolchain->flags->len; i++)
        g_ptr_array_add(argv, g_strdup(toolchain->flags->pdata[i]));
    for (const char *const *flag = flags; *flag; flag++)
        g_ptr_array_add(argv, g_strdup(*flag));
    g_ptr_array_add(argv, g_strdup_printf("-Wl,-Ttext=0x%" PRIx64, place));
    g_ptr_array_add(argv, g_strdup_printf("-DGUEST_ENTRY=0x%" PRIx64, guest->vm->entry));
    g_ptr_array_add(argv, g_strdup_printf("-DGUEST_DTB=0x%" PRIx64, guest->vm->dtb.base));
    g_ptr_array_add(argv, g_strdup_printf("-DGUEST_CPUS=%u", guest->vm->vcpus));
    g_ptr_array_add(argv, g_strdup_printf("-DSTAGE2=0x%" PRIx64, place + STUB_ROOM));
    g_ptr_array_add(argv, g_strdup("-ostub.elf"));
    g_ptr_array_add(argv, g_strdup("stub.S"));
    g_ptr_array_add(argv, NULL);
    return argv;
}

static bool compile(const bw_guest_boot *guest, GPtrArray *argv, bw_findings *findings)
{
    char *words = NULL;
    GError *error = NULL;
    int status = 0;
    bool spawned =
        g_spawn_sync(guest->options->folder, (char **)argv->pdata, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &words, &status, &error);
    bool ok = spawned && g_spawn_check_wait_status(status, NULL);

    if (!ok)
        bw_findings_add(findings, BW_CODE_compiler_failed, bw_file_place(guest->target->path),
                        "%s could not build the guest's stub: %.*s", (const char *)argv->pdata[0], WORDS_MAX,
                        spawned ? words : error->message);
    g_clear_error(&error);
    g_free(words);
    return ok;
}

/* -- files -------------------------------------------------------------------------------------------- */

static bool report_unwritable(const char *path, int number, bw_findings *findings)
{
    bw_findings_add(findings, BW_CODE_file_unwritable, bw_file_place(path), "cannot be written: %s",
                    g_strerror(number));
    return false;
}

static bool write_sources(const bw_guest_boot *guest, const bw_buffer *initrd, const bw_buffer *tables,
                          bw_findings *findings)
{
    bw_plan *plan = bw_plan_new(guest->options->folder);
    const bw_sel4_guest *tree = guest->vm->guest;
    bw_plan_error error;
    size_t len;
    const char *stub = bw_guest_file("stub.S", &len);

    bw_plan_add(plan, "stub.S", stub, len);
    bw_plan_add(plan, "stage2.bin", tables->data, tables->len);
    bw_plan_add(plan, "guest.dts", tree->dts, tree->dts_len);
    bw_plan_add(plan, "guest.dtb", tree->dtb, tree->dtb_len);
    bw_plan_add(plan, "initrd.cpio", initrd->data, initrd->len);
    bool ok = bw_plan_compare(plan, &error);
    if (ok && !guest->options->force && !bw_plan_report_edited(plan, findings))
        ok = false;
    else if (!ok || !bw_plan_write(plan, guest->options->force, &error))
        ok = report_unwritable(error.path, error.number, findings);
    bw_plan_free(plan);
    return ok;
}

/* The stub's segment, then all that the machine finds in its memory. */
static bool join(bw_guest_boot *guest, uint64_t place, const bw_buffer *initrd, const bw_buffer *tables,
                 bw_findings *findings)
{
    const bw_sel4_plan_vm *vm = guest->vm;
    char *path = g_build_filename(guest->options->folder, "stub.elf", NULL);
    char *bytes = NULL;
    gsize len = 0;
    const char *problem = "it cannot be read";
    bw_elf elf = {0};
    int number;

    bool ok = g_file_get_contents(path, &bytes, &len, NULL) && bw_elf_read(&elf, bytes, len, &problem);
    if (ok && elf.segments->len == 0) {
        problem = "it has no segment";
        ok = false;
    }
    if (!ok)
        bw_findings_add(findings, BW_CODE_compiler_failed, bw_file_place(path), "the guest's stub: %s", problem);
    if (ok) {
        const bw_elf_segment *s = &g_array_index(elf.segments, bw_elf_segment, 0);
        const bw_elf_part parts[PARTS] = {
            {s->load, bytes + s->offset, s->file_size},
            {place + STUB_ROOM, tables->data, tables->len},
            {vm->entry, g_mapped_file_get_contents(guest->linux->image), g_mapped_file_get_length(guest->linux->image)},
            {vm->initrd.base, initrd->data, initrd->len},
            {vm->dtb.base, vm->guest->dtb, vm->guest->dtb_len},
        };
        bw_buffer out = {0};

        bw_elf_write_aarch64(&out, elf.entry, parts, PARTS);
        guest->image = g_build_filename(guest->options->folder, "guest.elf", NULL);
        ok = bw_write_file_unsynced(guest->image, out.data, out.len, &number) ||
             report_unwritable(guest->image, number, findings);
        bw_buffer_free(&out);
    }
    bw_elf_free(&elf);
    g_free(bytes);
    g_free(path);
    return ok;
}

/* -- the initrd --------------------------------------------------------------------------------------- */

static bool take_users(const bw_guest_boot *guest, bw_buffer *out, bw_findings *findings)
{
    char *bytes = NULL;
    gsize len = 0;
    GError *error = NULL;

    if (!guest->initrd_path)
        return true;
    if (!g_file_get_contents(guest->initrd_path, &bytes, &len, &error)) {
        bw_findings_add(findings, BW_CODE_guest_initrd, guest->initrd_place, "%s cannot be read: %s",
                        guest->initrd_path, error->message);
        g_clear_error(&error);
        return false;
    }
    /* Archives follow each other; ours, whose /init counts, begins at a block. */
    bw_buffer_add(out, bytes, len);
    bw_buffer_zeros(out, (512 - out->len % 512) % 512);
    g_free(bytes);
    return true;
}

static bool fits(bw_guest_boot *guest, const bw_buffer *initrd, bw_findings *findings)
{
    uint64_t room = guest->vm->initrd.size;

    guest->initrd_size = initrd->len;
    if (initrd->len <= room)
        return true;
    GString *have = g_string_new(NULL);
    bw_text_size(have, room);
    bw_findings_add(findings, BW_CODE_guest_initrd, guest->initrd_place,
                    "the initrd of %s has room for %s (0x%" PRIx64 " bytes), and takes 0x%zx bytes%s", guest->vm->name,
                    have->str, room, initrd->len,
                    guest->initrd_path ? ", our first process included" : " with our first process alone");
    g_string_free(have, TRUE);
    return false;
}

/* -- together ----------------------------------------------------------------------------------------- */

static bool build_stub(bw_guest_boot *guest, uint64_t place, bw_findings *findings)
{
    bw_toolchain *toolchain = bw_toolchain_find(guest->board, guest->options->compiler, findings);
    bool ok = false;

    if (toolchain) {
        GPtrArray *argv = command_of(guest, toolchain, place);

        ok = compile(guest, argv, findings);
        g_ptr_array_free(argv, TRUE);
    }
    bw_toolchain_free(toolchain);
    return ok;
}

static bool make_tables(const bw_guest_boot *guest, uint64_t place, bw_buffer *tables, bw_findings *findings)
{
    GArray *windows = windows_of(guest);
    bool ok =
        bw_guest_stage2(tables, place + STUB_ROOM, (const bw_guest_window *)(gpointer)windows->data, windows->len);

    g_array_free(windows, TRUE);
    if (ok && tables->len <= TABLES_ROOM)
        return true;
    bw_findings_add(findings, BW_CODE_guest_machine, guest->vm->section->place,
                    ok ? "what %s is granted is too scattered for tables of 960 KiB"
                       : "something that %s is granted lies beyond the 512 GiB that can be tried",
                    guest->vm->name);
    return false;
}

static bool report_no_room(const bw_guest_boot *guest, bw_findings *findings)
{
    bw_findings_add(findings, BW_CODE_guest_machine, guest->vm->section->place,
                    "the RAM of %s leaves no 1 MiB of the machine's memory for what runs it", guest->vm->name);
    return false;
}

/* A QEMU wants something to run before it can be asked what it has. */
static GArray *ask_map(const bw_guest_boot *guest)
{
    static const uint8_t nothing[4] = {0};
    const bw_elf_part part = {guest->vm->ram.base, nothing, sizeof nothing};
    char *path = g_build_filename(guest->options->folder, "nothing.elf", NULL);
    char *answer = NULL;
    bw_buffer out = {0};
    int number;

    bw_elf_write_aarch64(&out, part.address, &part, 1);
    if (bw_write_file_unsynced(path, out.data, out.len, &number))
        answer = bw_simulator_ask(guest->machine, path, "info mtree -f");
    GArray *map = bw_machine_map_read(answer ? answer : "");
    g_remove(path);
    g_free(answer);
    g_free(path);
    bw_buffer_free(&out);
    return map;
}

bool bw_guest_image_make(bw_guest_boot *guest, bw_findings *findings)
{
    GArray *map = ask_map(guest);
    bw_buffer initrd = {0}, tables = {0};
    bool ok = bw_guest_judge_place(guest, map);
    uint64_t place = ok ? stub_place(guest, map) : 0;

    ok = ok && (place || report_no_room(guest, findings)) && take_users(guest, &initrd, findings) &&
         bw_guest_initrd_make(guest->linux, &initrd, findings) && fits(guest, &initrd, findings) &&
         make_tables(guest, place, &tables, findings) && write_sources(guest, &initrd, &tables, findings) &&
         build_stub(guest, place, findings) && join(guest, place, &initrd, &tables, findings);
    bw_buffer_free(&initrd);
    bw_buffer_free(&tables);
    g_array_free(map, TRUE);
    return ok;
}
