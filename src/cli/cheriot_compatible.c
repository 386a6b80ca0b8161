/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cheriot_compatible.h"

#include <glib.h>
#include <string.h>

bool bw_cheriot_compatibles_fit(char *const *texts)
{
    for (; texts && *texts; texts++) {
        const char *sign = strchr(*texts, '=');

        if (!sign || sign == *texts || !sign[1])
            return false;
    }
    return true;
}

bw_cheriot_compatible *bw_cheriot_compatibles(char **texts)
{
    guint count = texts ? g_strv_length(texts) : 0;
    bw_cheriot_compatible *list = count ? g_new0(bw_cheriot_compatible, count + 1) : NULL;

    for (guint i = 0; i < count; i++) {
        char *sign = strchr(texts[i], '=');

        *sign = '\0';
        list[i] = (bw_cheriot_compatible){texts[i], sign + 1};
    }
    return list;
}
