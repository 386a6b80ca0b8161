/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/boot_guest.h"

#include "cli/boards.h"
#include "cli/boot_files.h"
#include "cli/print.h"
#include "report/guest.h"
#include "systems/support.h"

#include <stdio.h>

static void print(bw_buffer *out)
{
    if (out->len)
        fwrite(out->data, 1, out->len, stdout);
    fflush(stdout);
    bw_buffer_clear(out);
}

static void show_command(const bw_boot_guest_job *job, const bw_guest_boot *guest, bw_boot_guest_result *result)
{
    char *command = bw_guest_command(guest);

    if (job->text)
        printf("%s\n", command);
    else
        result->json = bw_guest_json(guest, NULL);
    if (job->kept) {
        GString *script = bw_guest_script(guest);

        result->trouble = !bw_boot_write_file(job->boot->folder, "run.sh", script, true);
        g_string_free(script, TRUE);
    }
    g_free(command);
}

static void say_how_to_attach(const bw_boot_guest_job *job)
{
    if (job->boot->gdb_port)
        fprintf(stderr,
                "the machine waits at its first instruction, in the stub; attach with\n"
                "  gdb-multiarch %s/stub.elf -ex 'target remote :%u'\n",
                job->boot->folder, job->boot->gdb_port);
}

static void run(const bw_boot_guest_job *job, bw_guest_boot *guest, bw_boot_guest_result *result)
{
    bw_boot_text text = {.style = bw_stdout_style(), .each = job->each};
    char *target = bw_boot_file_name(job->target);
    char *name = g_strdup_printf("%s-guest", target);
    bool ok = true;
    bw_buffer out = {0};

    if (job->text)
        bw_guest_heading(guest, &out);
    print(&out);
    say_how_to_attach(job);
    bw_guest_simulate(guest);
    result->log =
        bw_boot_keep(job->kept ? job->boot->folder : NULL, name, bw_guest_log(guest), bw_guest_script(guest), &ok);
    result->trouble = !ok;
    if (!job->text) {
        result->json = bw_guest_json(guest, result->log);
    } else if (guest->run->end != BW_RUN_STOPPED) {
        bw_guest_lines(guest, &text, &out);
        bw_guest_summary(guest, &result->summary);
    }
    print(&out);
    bw_buffer_free(&out);
    g_free(name);
    g_free(target);
}

bw_boot_guest_result bw_boot_guest(const bw_boot_guest_job *job)
{
    bw_boot_guest_result result = {0};
    const bw_yaml *section = NULL;

    if (!job->support || !bw_support_section(job->support, bw_system_find("sel4"), &section) ||
        !bw_support_means(section, job->target))
        return result;
    result.found = true;
    if (!bw_guest_linux_is_here())
        fprintf(stderr, "fetching Debian's arm64 kernel and busybox, about 31 MB, once\n");
    bw_guest_boot *guest = bw_guest_begin(job->board, job->target, job->support, section, job->wanted, job->boot);
    if (guest && job->dry_run && !job->kept)
        show_command(job, guest, &result);
    else if (guest && bw_guest_build(guest)) {
        if (job->dry_run)
            show_command(job, guest, &result);
        else
            run(job, guest, &result);
    }
    bw_guest_free(guest);
    return result;
}
