/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/qmp.h"

#include <jansson.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define INPUT_MAX (4U << 20) /* the largest memory tree seen is 100 KiB */

static bool wait_for(const bw_qmp *qmp, short events)
{
    struct pollfd p = {.fd = qmp->fd, .events = events};

    for (;;) {
        gint64 left = qmp->deadline - g_get_monotonic_time();
        int ready = left > 0 ? poll(&p, 1, (int)(left / 1000) + 1) : 0;

        if (ready == 0 || (ready < 0 && errno != EINTR))
            return false;
        if (ready > 0)
            return true;
    }
}

static bool send_all(const bw_qmp *qmp, const char *text)
{
    size_t len = strlen(text);

    while (len) {
        ssize_t n = wait_for(qmp, POLLOUT) ? send(qmp->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

        if (n <= 0 && !(n < 0 && (errno == EAGAIN || errno == EINTR)))
            return false;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return true;
}

/* Messages are one a line. @return the next one, or NULL. */
static json_t *next_message(bw_qmp *qmp)
{
    char *end;

    while ((end = strchr(qmp->input->str, '\n')) == NULL) {
        char bytes[4096];
        ssize_t n = wait_for(qmp, POLLIN) ? recv(qmp->fd, bytes, sizeof bytes, MSG_DONTWAIT) : 0;

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0 || qmp->input->len > INPUT_MAX || memchr(bytes, 0, (size_t)n))
            return NULL;
        g_string_append_len(qmp->input, bytes, n);
    }
    json_t *message = json_loadb(qmp->input->str, (size_t)(end - qmp->input->str), 0, NULL);
    g_string_erase(qmp->input, 0, end - qmp->input->str + 1);
    return message;
}

/* The answer to a command; events in between are dropped. @return what "return" holds, or NULL. */
static json_t *answer(bw_qmp *qmp)
{
    json_t *message;

    while ((message = next_message(qmp)) != NULL) {
        json_t *value = json_object_get(message, "return");
        bool failed = json_object_get(message, "error") != NULL;

        json_incref(value);
        json_decref(message);
        if (value || failed)
            return value;
    }
    return NULL;
}

bool bw_qmp_open(bw_qmp *qmp, int fd, double seconds)
{
    *qmp = (bw_qmp){.fd = fd, .input = g_string_new(NULL)};
    qmp->deadline = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
    json_t *value = send_all(qmp, "{\"execute\":\"qmp_capabilities\"}\n") ? answer(qmp) : NULL;
    json_decref(value);
    return value != NULL;
}

char *bw_qmp_ask(bw_qmp *qmp, const char *question)
{
    json_t *command =
        json_pack("{s:s, s:{s:s}}", "execute", "human-monitor-command", "arguments", "command-line", question);
    char *text = json_dumps(command, JSON_COMPACT);
    GString *result = NULL;

    json_t *value = send_all(qmp, text) && send_all(qmp, "\n") ? answer(qmp) : NULL;
    if (json_is_string(value)) {
        result = g_string_new(json_string_value(value));
        g_string_replace(result, "\r", "", 0);
    }
    json_decref(value);
    json_decref(command);
    free(text);
    return result ? g_string_free(result, FALSE) : NULL;
}

void bw_qmp_free(bw_qmp *qmp)
{
    g_string_free(qmp->input, TRUE);
}
