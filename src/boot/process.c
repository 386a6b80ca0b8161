/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAR_FD 200 /* above all numbers that a child is told */
#define TICK_US 5000

/* -- in the child, between fork() and exec(): only calls that are safe there ------------------------ */

/* Two steps, since a number that one descriptor is to get may be another's. */
static bool place_fds(const bw_process_fd *fds, unsigned count)
{
    int far[32];

    if (count > G_N_ELEMENTS(far))
        return false;
    for (unsigned i = 0; i < count; i++)
        if ((far[i] = fcntl(fds[i].ours, F_DUPFD_CLOEXEC, FAR_FD)) < 0)
            return false;
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        return false;
    for (unsigned i = 0; i < count; i++)
        if (dup2(far[i], fds[i].theirs) < 0)
            return false;
    return true;
}

static _Noreturn void become(const char *const *argv, const bw_process_fd *fds, unsigned count, pid_t parent,
                             int report)
{
    sigset_t none;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    report = fcntl(report, F_DUPFD_CLOEXEC, FAR_FD);
    if (getppid() == parent && place_fds(fds, count))
        execvp(argv[0], (char *const *)(gpointer)(uintptr_t)argv);
    int problem = errno;
    if (write(report, &problem, sizeof problem) < 0)
        _exit(126);
    _exit(127);
}

/* -- here ------------------------------------------------------------------------------------------- */

/* The pipe is closed by a successful exec, else it tells what went wrong. */
static int wait_for_exec(int pipe)
{
    int problem = 0;
    ssize_t len;

    do
        len = read(pipe, &problem, sizeof problem);
    while (len < 0 && errno == EINTR);
    return len == sizeof problem ? (problem ? problem : EINVAL) : 0;
}

int bw_process_start(bw_process *process, const char *const *argv, const bw_process_fd *fds, unsigned count)
{
    pid_t parent = getpid();
    int report[2];

    *process = (bw_process){0};
    if (pipe2(report, O_CLOEXEC) < 0)
        return errno;
    pid_t pid = fork();
    if (pid == 0)
        become(argv, fds, count, parent, report[1]);
    int problem = pid < 0 ? errno : 0;
    close(report[1]);
    if (pid > 0) {
        setpgid(pid, pid); /* whichever of the two comes first */
        problem = wait_for_exec(report[0]);
    }
    close(report[0]);
    if (pid > 0 && problem)
        waitpid(pid, NULL, 0);
    else if (pid > 0)
        process->pid = pid;
    return problem;
}

bool bw_process_ended(bw_process *process)
{
    if (process->pid == 0 || process->ended)
        return true;
    pid_t pid = waitpid(process->pid, &process->status, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR))
        return false;
    process->ended = true;
    kill(-process->pid, SIGKILL);
    return true;
}

void bw_process_stop(bw_process *process, unsigned patience)
{
    gint64 end = g_get_monotonic_time() + (gint64)patience * 1000;

    if (bw_process_ended(process))
        return;
    kill(-process->pid, SIGTERM);
    while (!bw_process_ended(process)) {
        if (g_get_monotonic_time() >= end)
            kill(-process->pid, SIGKILL);
        g_usleep(TICK_US);
    }
}
