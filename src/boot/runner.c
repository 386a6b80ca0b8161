/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/runner.h"

#include "boot/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEXT_MAX (1U << 20)      /* bytes kept of a channel; a probe says some ten KiB */
#define TICK_MS 20               /* how soon the end of the simulator is seen */
#define GRACE_US 300000          /* for the machine to end itself after the report */
#define LAST_LINE_US 1000000     /* for "# end" after the last result */
#define STALLED_US 2000000       /* at the end of all time: it had fallen silent, not gone on and on */
#define STOP_MS 300              /* between asking a simulator to end and killing it */
#define QMP_SECONDS 2.0          /* for all questions to a machine that is stuck */
#define ASK_SECONDS 10.0         /* for starting one to ask it */
#define FIRST_FD 10              /* as the child sees its sockets */
#define MONITOR BW_CHANNEL_COUNT /* index of its socket */

typedef struct runner {
    const bw_boot_run_options *options;
    bw_boot_run *run;
    bw_process process;
    int fds[BW_CHANNEL_COUNT + 1]; /* ours; -1: none, or closed */
    bool flooded;
    bool heard, talked;           /* something is to be answered; all was said */
    gint64 start, last, complete; /* µs; last: when something was said; complete: 0 until it is */
} runner;

/* -- the command line ------------------------------------------------------------------------------- */

static char *with_image(const char *word, const char *image)
{
    GString *text = g_string_new(word);

    g_string_replace(text, "${image}", image, 0);
    return g_string_free(text, FALSE);
}

static void add(GPtrArray *argv, const char *word)
{
    g_ptr_array_add(argv, g_strdup(word));
}

static GPtrArray *machine_words(const bw_machine *machine, const char *image)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < machine->argv->len && machine->argv->pdata[i]; i++)
        g_ptr_array_add(argv, with_image(machine->argv->pdata[i], image));
    return argv;
}

/* No window, nothing that the machine has not by itself, and a reset ends it. */
static void add_bareness(GPtrArray *argv)
{
    add(argv, "-display");
    add(argv, "none");
    add(argv, "-nodefaults");
    add(argv, "-no-reboot");
}

static void add_gdb(GPtrArray *argv, unsigned port)
{
    if (!port)
        return;
    add(argv, "-S");
    add(argv, "-gdb");
    g_ptr_array_add(argv, g_strdup_printf("tcp:127.0.0.1:%u", port));
}

/* A pipe, not a socket: devices of QEMU that do not wait for room (sifive,uart0) send one byte at a time, and a socket
 * is full after less than 300 of them, a pipe after 64 KiB.
 * Appending, because a pipe cannot be truncated. */
static void add_output(GPtrArray *argv, const char *name, unsigned index)
{
    add(argv, "-add-fd");
    g_ptr_array_add(argv, g_strdup_printf("fd=%u,set=%u", FIRST_FD + index, index));
    add(argv, "-chardev");
    g_ptr_array_add(argv, g_strdup_printf("file,id=%s%u,path=/dev/fdset/%u,append=on", name, index, index));
}

static void add_monitor(GPtrArray *argv)
{
    add(argv, "-chardev");
    g_ptr_array_add(argv, g_strdup_printf("socket,id=monitor%u,fd=%u", MONITOR, FIRST_FD + MONITOR));
    add(argv, "-mon");
    g_ptr_array_add(argv, g_strdup_printf("chardev=monitor%u,mode=control", MONITOR));
}

/* Who is talked with can be typed to. */
static void add_dialogue(GPtrArray *argv, unsigned index)
{
    add(argv, "-chardev");
    g_ptr_array_add(argv, g_strdup_printf("socket,id=serial%u,fd=%u", index, FIRST_FD + index));
}

static void add_channels(GPtrArray *argv, const bw_machine *machine, bool talk)
{
    for (unsigned i = 0; i < BW_SERIALS; i++) {
        if (talk && i == BW_CHANNEL_CONSOLE)
            add_dialogue(argv, i);
        else
            add_output(argv, "serial", i);
        add(argv, "-serial");
        g_ptr_array_add(argv, g_strdup_printf("chardev:serial%u", i));
    }
    if (machine->semihosting) {
        add_output(argv, "semihosting", BW_CHANNEL_SEMIHOSTING);
        add(argv, "-semihosting-config");
        g_ptr_array_add(argv, g_strdup_printf("enable=on,target=native,chardev=semihosting%d", BW_CHANNEL_SEMIHOSTING));
    }
    add_monitor(argv);
}

char **bw_simulator_command(const bw_machine *machine, const char *image, unsigned gdb_port)
{
    GPtrArray *argv = machine_words(machine, image);

    if (machine->qemu) {
        add_bareness(argv);
        add(argv, "-serial");
        add(argv, "stdio");
        if (machine->semihosting) {
            add(argv, "-semihosting-config");
            add(argv, "enable=on,target=native");
        }
        add_gdb(argv, gdb_port);
    }
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

/* -- starting --------------------------------------------------------------------------------------- */

/* Which channels this simulator gets: all, or of a plain command its two outputs. */
static bool has_channel(const bw_machine *machine, unsigned channel)
{
    if (!machine->qemu)
        return channel == BW_CHANNEL_CONSOLE || channel == BW_CHANNEL_ERRORS;
    return channel != BW_CHANNEL_SEMIHOSTING || machine->semihosting;
}

static int number_in_child(const bw_machine *machine, unsigned channel)
{
    if (channel == BW_CHANNEL_ERRORS)
        return STDERR_FILENO;
    if (!machine->qemu)
        return STDOUT_FILENO;
    return (int)(FIRST_FD + channel);
}

/* Ours comes first. What has two directions is a socket: QEMU's monitor, who is talked with. @return 0 or an errno. */
static int make_channel(bool both_ways, int pair[2])
{
    if ((both_ways ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) : pipe2(pair, O_CLOEXEC)) < 0)
        return errno;
    return fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0 ? errno : 0;
}

/* @return 0 or an errno. */
static int start(runner *r, char *const *argv, bool monitor_only)
{
    const bw_machine *machine = r->options->machine;
    bw_process_fd given[BW_CHANNEL_COUNT + 1];
    unsigned count = 0;
    int problem = 0;

    for (unsigned i = 0; i <= BW_CHANNEL_COUNT; i++) {
        int pair[2];

        r->fds[i] = -1;
        if (problem || (monitor_only ? i < BW_CHANNEL_ERRORS : !has_channel(machine, i)))
            continue;
        int theirs = number_in_child(machine, i);
        problem = make_channel(i == MONITOR || (r->options->talk && i == BW_CHANNEL_CONSOLE), pair);
        if (problem)
            continue;
        r->fds[i] = pair[0];
        given[count++] = (bw_process_fd){.ours = pair[1], .theirs = theirs};
    }
    if (!problem)
        problem = bw_process_start(&r->process, (const char *const *)argv, given, count);
    for (unsigned i = 0; i < count; i++)
        close(given[i].ours);
    return problem;
}

static void close_all(runner *r)
{
    for (unsigned i = 0; i <= BW_CHANNEL_COUNT; i++)
        if (r->fds[i] >= 0)
            close(r->fds[i]);
}

/* -- listening -------------------------------------------------------------------------------------- */

static void take_bytes(runner *r, unsigned channel, const char *bytes, size_t len, gint64 now)
{
    GString *text = r->run->texts[channel];

    if (text->len + len > TEXT_MAX) {
        r->flooded = true;
        return;
    }
    g_string_append_len(text, bytes, (gssize)len);
    if (channel == BW_CHANNEL_ERRORS)
        return;
    bw_tap_feed(r->run->taps[channel], bytes, len, now);
    r->heard = true;
    r->last = now;
    if (r->run->first_time < 0)
        r->run->first_time = now - r->start;
}

/* @return whether there was something to read. */
static bool read_channel(runner *r, unsigned channel)
{
    char bytes[16384];
    gint64 now = g_get_monotonic_time(); /* before the reading: when they were there */
    ssize_t n = read(r->fds[channel], bytes, sizeof bytes);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        close(r->fds[channel]);
        r->fds[channel] = -1;
        return false;
    }
    take_bytes(r, channel, bytes, (size_t)n, now);
    return true;
}

static void listen_for(runner *r, int milliseconds)
{
    struct pollfd polled[BW_CHANNEL_COUNT];

    for (unsigned i = 0; i < BW_CHANNEL_COUNT; i++)
        polled[i] = (struct pollfd){.fd = r->fds[i], .events = POLLIN};
    if (poll(polled, BW_CHANNEL_COUNT, milliseconds) <= 0)
        return;
    for (unsigned i = 0; i < BW_CHANNEL_COUNT; i++)
        if (polled[i].revents)
            read_channel(r, i);
}

/* What was said before the end and is still on its way. */
static void drain(runner *r)
{
    for (unsigned i = 0; i < BW_CHANNEL_COUNT; i++)
        while (r->fds[i] >= 0 && !r->flooded && read_channel(r, i))
            continue;
}

unsigned bw_boot_run_report(const bw_boot_run *run)
{
    unsigned best = BW_CHANNEL_CONSOLE;

    for (unsigned i = 0; i < BW_CHANNEL_ERRORS; i++) {
        const bw_tap *a = run->taps[i];
        const bw_tap *b = run->taps[best];

        if (a->version && (!b->version || a->reported > b->reported || (bw_tap_complete(a) && !bw_tap_complete(b))))
            best = i;
    }
    return best;
}

/* What is typed is short, and QEMU reads it at once; what does not fit was typed to nobody. */
static void answer(runner *r)
{
    const bw_boot_talk *talk = r->options->talk;

    if (!talk || !r->heard)
        return;
    r->heard = false;
    const char *text = talk->answer(talk->data, r->run, &r->talked);
    if (text && r->fds[BW_CHANNEL_CONSOLE] >= 0)
        send(r->fds[BW_CHANNEL_CONSOLE], text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool report_complete(const runner *r, bool *last_line)
{
    *last_line = true;
    if (r->options->talk)
        return r->talked;
    const bw_tap *tap = r->run->taps[bw_boot_run_report(r->run)];

    *last_line = tap->ended || tap->bail_out;
    return bw_tap_complete(tap);
}

static bool is_past(gint64 now, gint64 since, double seconds)
{
    return seconds > 0 && (double)(now - since) > seconds * G_USEC_PER_SEC;
}

/* @return whether the run is over; then run->end says how. */
static bool is_over(runner *r)
{
    const bw_boot_run_limits *limits = &r->options->limits;
    gint64 now = g_get_monotonic_time();
    bool last_line;

    if (r->options->stop && *r->options->stop) {
        r->run->end = BW_RUN_STOPPED;
        return true;
    }
    if (report_complete(r, &last_line)) {
        r->run->end = BW_RUN_COMPLETE;
        r->complete = r->complete ? r->complete : now;
        return now - r->last > (last_line ? GRACE_US : LAST_LINE_US) || r->flooded;
    }
    if (r->flooded)
        r->run->end = BW_RUN_FLOODED;
    else if (is_past(now, r->start, limits->total))
        r->run->end = r->run->first_time < 0       ? BW_RUN_SILENT
                      : now - r->last > STALLED_US ? BW_RUN_STALLED
                                                   : BW_RUN_TIMEOUT;
    else if (r->run->first_time < 0 && is_past(now, r->start, limits->first))
        r->run->end = BW_RUN_SILENT;
    else if (r->run->first_time >= 0 && is_past(now, r->last, limits->silence))
        r->run->end = BW_RUN_STALLED;
    else
        return false;
    return true;
}

static void listen_to_the_end(runner *r)
{
    while (!is_over(r)) {
        listen_for(r, TICK_MS);
        answer(r);
        if (bw_process_ended(&r->process)) {
            bool last_line;

            drain(r);
            answer(r);
            r->run->exited = true;
            r->run->status = r->process.status;
            r->run->end = r->flooded ? BW_RUN_FLOODED : BW_RUN_DIED;
            if (report_complete(r, &last_line))
                r->run->end = BW_RUN_COMPLETE;
            return;
        }
    }
}

/* -- after it --------------------------------------------------------------------------------------- */

/* A machine that is stuck can say where. */
static void question(runner *r)
{
    bw_qmp qmp;

    if (r->fds[MONITOR] < 0 || r->run->exited || r->run->end == BW_RUN_COMPLETE || r->run->end == BW_RUN_STOPPED)
        return;
    if (bw_qmp_open(&qmp, r->fds[MONITOR], QMP_SECONDS)) {
        r->run->registers = bw_qmp_ask(&qmp, "info registers");
        r->run->map = bw_qmp_ask(&qmp, "info mtree -f");
    }
    bw_qmp_free(&qmp);
}

bw_boot_run *bw_simulate(const bw_boot_run_options *options)
{
    runner r = {.options = options, .run = g_new0(bw_boot_run, 1)};
    GPtrArray *argv = machine_words(options->machine, options->image);

    for (unsigned i = 0; i < BW_CHANNEL_COUNT; i++)
        r.run->texts[i] = g_string_new(NULL);
    for (unsigned i = 0; i < BW_CHANNEL_ERRORS; i++)
        r.run->taps[i] = bw_tap_new(options->claims);
    if (options->machine->qemu) {
        add_bareness(argv);
        add_channels(argv, options->machine, options->talk != NULL);
        add_gdb(argv, options->gdb_port);
    }
    g_ptr_array_add(argv, NULL);
    r.run->first_time = -1;
    r.start = r.last = g_get_monotonic_time();
    r.run->error = start(&r, (char **)argv->pdata, false);
    if (r.run->error) {
        r.run->end = BW_RUN_NOT_STARTED;
    } else {
        listen_to_the_end(&r);
        question(&r);
        bw_process_stop(&r.process, STOP_MS);
        drain(&r);
        for (unsigned i = 0; i < BW_CHANNEL_ERRORS; i++)
            bw_tap_finish(r.run->taps[i]);
    }
    r.run->total_time = (r.complete ? r.complete : g_get_monotonic_time()) - r.start;
    close_all(&r);
    g_ptr_array_free(argv, TRUE);
    return r.run;
}

void bw_boot_run_free(bw_boot_run *run)
{
    if (!run)
        return;
    for (unsigned i = 0; i < BW_CHANNEL_COUNT; i++)
        g_string_free(run->texts[i], TRUE);
    for (unsigned i = 0; i < BW_CHANNEL_ERRORS; i++)
        bw_tap_free(run->taps[i]);
    g_free(run->registers);
    g_free(run->map);
    g_free(run);
}

char *bw_simulator_ask(const bw_machine *machine, const char *image, const char *text)
{
    bw_boot_run_options options = {.machine = machine};
    runner r = {.options = &options};
    char *result = NULL;
    bw_qmp qmp;

    if (!machine->qemu)
        return NULL;
    GPtrArray *argv = machine_words(machine, image);
    add_bareness(argv);
    add_monitor(argv);
    add(argv, "-S");
    g_ptr_array_add(argv, NULL);
    if (start(&r, (char **)argv->pdata, true) == 0) {
        if (bw_qmp_open(&qmp, r.fds[MONITOR], ASK_SECONDS))
            result = bw_qmp_ask(&qmp, text);
        bw_qmp_free(&qmp);
        bw_process_stop(&r.process, STOP_MS);
    }
    close_all(&r);
    g_ptr_array_free(argv, TRUE);
    return result;
}
