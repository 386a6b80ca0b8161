/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/guest.h"

#include "base/text.h"
#include "boot/guest_parts.h"
#include "boot/words.h"
#include "systems/support.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

const bw_boot_run_limits bw_guest_limits = {.first = 30, .silence = 40, .total = 150};

static bw_findings *findings_of(const bw_guest_boot *guest)
{
    return guest->board->tree->unit->findings;
}

/* -- which guest -------------------------------------------------------------------------------------- */

static bool report_unknown(const bw_guest_boot *guest, const char *wanted)
{
    GPtrArray *names = g_ptr_array_new();
    GString *text = g_string_new(NULL);

    for (uint32_t i = 0; i < guest->plan->vm_count; i++) {
        g_ptr_array_add(names, (gpointer)(uintptr_t)guest->plan->vms[i].name);
        g_string_append_printf(text, "%s%s", i ? ", " : "", guest->plan->vms[i].name);
    }
    g_ptr_array_add(names, NULL);
    bw_finding *f = bw_findings_add(findings_of(guest), BW_CODE_guest_unknown, guest->plan->section->place,
                                    guest->plan->vm_count == 0 ? "the section describes no guest"
                                    : wanted                   ? "there is no guest %s; there are: %s"
                                                               : "which guest%s? There are: %s",
                                    wanted ? wanted : "", text->str);
    const char *near = wanted ? bw_nearest(wanted, (const char *const *)names->pdata) : NULL;
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    g_string_free(text, TRUE);
    g_ptr_array_free(names, TRUE);
    return false;
}

static bool choose_vm(bw_guest_boot *guest, const char *wanted)
{
    for (uint32_t i = 0; i < guest->plan->vm_count; i++)
        if (wanted ? strcmp(guest->plan->vms[i].name, wanted) == 0 : guest->plan->vm_count == 1)
            guest->vm = &guest->plan->vms[i];
    return guest->vm || report_unknown(guest, wanted);
}

/* What keeps a guest from being tried at all. */
static bool can_be_heard(const bw_guest_boot *guest)
{
    const bw_sel4_vm_section *section = guest->vm->section;

    if (!guest->vm->guest || !guest->vm->guest->dtb)
        return false;
    if (!guest->vm->initrd.size) {
        bw_findings_add(findings_of(guest), BW_CODE_guest_initrd, section->place,
                        "%s has no initrd, and what looks at the guest from within comes in one", guest->vm->name);
        return false;
    }
    if (!guest->vm->console) {
        bw_findings_add(findings_of(guest), BW_CODE_guest_silent, section->place,
                        "%s is given no console, so nothing of it could be heard", guest->vm->name);
        return false;
    }
    return true;
}

/* -- its kernel and initrd ---------------------------------------------------------------------------- */

/* A file that the user names, else one of support.yml that is there. To be freed, or NULL. */
static char *find_file(const bw_guest_boot *guest, const char *wanted, const bw_sel4_text *said, bw_place *place)
{
    char *path = NULL;

    *place = said->text ? said->place : guest->vm->section->place;
    if (wanted) {
        *place = bw_file_place(wanted);
        return g_strdup(wanted);
    }
    if (said->text)
        path = g_path_is_absolute(said->text) ? g_strdup(said->text)
                                              : g_build_filename(guest->plan->section->directory, said->text, NULL);
    if (path && g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return path;
    g_free(path);
    return NULL;
}

static bool find_linux(bw_guest_boot *guest, const bw_guest_wanted *wanted)
{
    const bw_sel4_vm_section *section = guest->vm->section;
    bw_place place;
    char *kernel = find_file(guest, wanted->kernel, &section->kernel, &place);

    guest->linux = bw_guest_linux_open(kernel, place, findings_of(guest));
    g_free(kernel);
    guest->initrd_path = find_file(guest, wanted->initrd, &section->initrd.file, &guest->initrd_place);
    return guest->linux != NULL;
}

/* The end of what the kernel may take: the next thing in the guest's RAM. */
static uint64_t kernel_end(const bw_sel4_plan_vm *vm, const char **what)
{
    const struct {
        uint64_t base;
        const char *what;
    } next[] = {{vm->ram.base + vm->ram.size, "the end of its RAM"},
                {vm->initrd.base, "its initrd"},
                {vm->dtb.base, "its devicetree"}};
    uint64_t end = UINT64_MAX;

    for (size_t i = 0; i < G_N_ELEMENTS(next); i++)
        if (next[i].base > vm->entry && next[i].base < end) {
            end = next[i].base;
            *what = next[i].what;
        }
    return end;
}

static const char *size_text(const bw_guest_boot *guest, uint64_t size)
{
    GString *text = g_string_new(NULL);

    bw_text_size(text, size);
    const char *kept = bw_arena_printf(&guest->board->tree->unit->arena, "0x%" PRIx64 " bytes (%s)", size, text->str);
    g_string_free(text, TRUE);
    return kept;
}

/* What the kernel's header asks of its place. */
static bool fits_its_place(const bw_guest_boot *guest)
{
    const bw_linux_image *header = &guest->linux->header;
    const bw_sel4_plan_vm *vm = guest->vm;
    uint64_t size = MAX(header->size, g_mapped_file_get_length(guest->linux->image));
    uint64_t base = vm->entry - header->text_offset;
    const char *what = "";
    uint64_t end = kernel_end(vm, &what);
    bw_place place = vm->section->kernel_address.given ? vm->section->kernel_address.place : vm->section->place;
    bool ok = true;

    if (base % BW_LINUX_IMAGE_ALIGN || vm->entry < header->text_offset) {
        bw_finding *f = bw_findings_add(findings_of(guest), BW_CODE_guest_kernel_place, place,
                                        "the kernel of %s is entered at 0x%" PRIx64 "; its header wants 0x%" PRIx64
                                        " bytes behind a multiple of 2 MiB",
                                        vm->name, vm->entry, header->text_offset);
        uint64_t up = (vm->ram.base + BW_LINUX_IMAGE_ALIGN - 1) & ~(uint64_t)(BW_LINUX_IMAGE_ALIGN - 1);

        bw_finding_cure(f, "enter it at 0x%" PRIx64, up + header->text_offset);
        ok = false;
    }
    if (size > end - vm->entry) {
        bw_findings_add(findings_of(guest), BW_CODE_guest_kernel_place, place,
                        "the kernel of %s takes %s with what it clears, from 0x%" PRIx64 " to 0x%" PRIx64
                        ", but 0x%" PRIx64 " is %s",
                        vm->name, size_text(guest, size), vm->entry, vm->entry + size - 1, end, what);
        ok = false;
    }
    return ok;
}

/* -- begin -------------------------------------------------------------------------------------------- */

/* All compatibles of the guest's tree. */
static void choose_modules(bw_guest_boot *guest)
{
    GPtrArray *names = g_ptr_array_new();

    BW_FOR_NODES (guest->vm->guest->tree, node) {
        const bw_prop *prop = bw_node_prop_text(node, "compatible");
        uint32_t offset = 0;
        const char *text;

        while (prop && (text = bw_prop_next_string(prop, &offset)) != NULL)
            g_ptr_array_add(names, (gpointer)(uintptr_t)text);
    }
    g_ptr_array_add(names, NULL);
    bw_guest_linux_choose(guest->linux, (const char *const *)names->pdata, bw_guest_virtio(guest));
    g_ptr_array_free(names, TRUE);
}

bw_guest_boot *bw_guest_begin(const bw_board *board, const bw_target *target, const bw_yaml *support,
                              const bw_yaml *section, const bw_guest_wanted *wanted, const bw_boot_options *options)
{
    bw_guest_boot *guest = g_new0(bw_guest_boot, 1);
    bw_unit *unit = board->tree->unit;

    *guest = (bw_guest_boot){.board = board, .target = target, .options = options};
    guest->plan = bw_sel4_plan_make(board, bw_sel4_section_read(section, &unit->arena), unit->findings);
    bool ok = guest->plan && choose_vm(guest, wanted->vm) && can_be_heard(guest);
    ok = ok && find_linux(guest, wanted) && fits_its_place(guest);
    if (ok)
        guest->machine = bw_machine_of(board, target, support, &options->machine, unit->findings);
    if (ok && guest->machine && bw_guest_machine_fit(guest)) {
        choose_modules(guest);
        bw_guest_claims_make(guest);
        return guest;
    }
    bw_guest_free(guest);
    return NULL;
}

/* -- build, run --------------------------------------------------------------------------------------- */

bool bw_guest_build(bw_guest_boot *guest)
{
    gint64 start = g_get_monotonic_time();
    bool ok = bw_guest_image_make(guest, findings_of(guest));

    guest->build_time = g_get_monotonic_time() - start;
    return ok;
}

static void count(bw_guest_boot *guest)
{
    unsigned *const counters[] = {&guest->held, &guest->failed, &guest->skipped, &guest->untested};

    for (guint i = 0; i < guest->claims->len; i++)
        ++*counters[g_array_index(guest->claims, bw_guest_claim, i).state];
}

void bw_guest_simulate(bw_guest_boot *guest)
{
    gint64 start = g_get_monotonic_time();
    bool typed = false;
    const bw_boot_talk talk = {.answer = bw_guest_talk, .data = &typed};
    const bw_boot_run_options run = {.machine = guest->machine,
                                     .image = guest->image,
                                     .gdb_port = guest->options->gdb_port,
                                     .limits = guest->options->limits,
                                     .stop = guest->options->stop,
                                     .talk = &talk};

    guest->run = bw_simulate(&run);
    guest->facts = bw_guest_facts_read(guest->run->texts[BW_CHANNEL_CONSOLE]->str);
    bw_guest_judge(guest);
    count(guest);
    guest->total_time = guest->build_time + g_get_monotonic_time() - start;
}

void bw_guest_free(bw_guest_boot *guest)
{
    if (!guest)
        return;
    if (guest->claims)
        g_array_free(guest->claims, TRUE);
    if (guest->facts)
        g_ptr_array_unref(guest->facts);
    bw_boot_run_free(guest->run);
    bw_guest_linux_free(guest->linux);
    bw_machine_free(guest->machine);
    bw_sel4_plan_free(guest->plan);
    g_free(guest->initrd_path);
    g_free(guest->image);
    g_free(guest);
}

/* -- for people ------------------------------------------------------------------------------------- */

char *bw_guest_command(const bw_guest_boot *guest)
{
    char *image = g_build_filename(guest->options->folder ? guest->options->folder : ".", "guest.elf", NULL);
    char *text = bw_words_command(guest->machine, image, guest->options->gdb_port);

    g_free(image);
    return text;
}

GString *bw_guest_script(const bw_guest_boot *guest)
{
    return bw_words_script(guest->machine, "guest.elf", "the guest", guest->options->gdb_port);
}

GString *bw_guest_log(const bw_guest_boot *guest)
{
    return bw_words_log(guest->run);
}
