/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/rate.h"

#include "boot/tap.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_MARKS 4
#define GROUP_MAX 64      /* readings at each end that are paired: 4096 slopes */
#define DELAY_LEAST 0.020 /* seconds: measured between writing and reading of a line, both cores of the host busy */
#define TOLERANCE 0.05    /* beyond the interval: clocks of machines that are nearly right */
#define WIDEST 2.0        /* an interval from half to double says nothing of use */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Readings of one timer. */
typedef struct series {
    const bw_tap_mark **marks;
    guint count;
} series;

static double seconds_between(const bw_tap_mark *a, const bw_tap_mark *b)
{
    return (double)(b->time - a->time) / G_USEC_PER_SEC;
}

static double ticks_between(const bw_tap_mark *a, const bw_tap_mark *b)
{
    return (double)b->count - (double)a->count;
}

/* Theil and Sen: the median of the slopes between each early and each late reading. */
static double slope(const series *s)
{
    guint group = MIN(s->count / 2, GROUP_MAX);
    double *slopes = g_new(double, (gsize)group *group);
    size_t count = 0;

    for (guint i = 0; i < group; i++)
        for (guint j = s->count - group; j < s->count; j++) {
            double seconds = seconds_between(s->marks[i], s->marks[j]);

            if (seconds > 0)
                slopes[count++] = ticks_between(s->marks[i], s->marks[j]) / seconds;
        }
    double result = count ? median(slopes, count) : 0;
    g_free(slopes);
    return result;
}

/* What a mark lies off the line through all of them. */
static double residual(const series *s, guint i, double rate)
{
    return seconds_between(s->marks[0], s->marks[i]) - ticks_between(s->marks[0], s->marks[i]) / rate;
}

/* How late lines were: thrice what a typical one lies off the line, or the largest jump between two that follow each
 * other, which is one that came late or several that came at once; and at least what any host may need. */
static double delay(const series *s, double rate)
{
    double *away = g_new(double, s->count);
    double jump = 0;

    for (guint i = 0; i < s->count; i++) {
        away[i] = residual(s, i, rate);
        jump = i > 0 ? MAX(jump, fabs(away[i] - away[i - 1])) : 0;
    }
    double middle = median(away, s->count);
    for (guint i = 0; i < s->count; i++)
        away[i] = fabs(residual(s, i, rate) - middle);
    double result = MAX(3 * median(away, s->count), 1.5 * jump);
    g_free(away);
    return MAX(result, DELAY_LEAST);
}

/* Whether both halves say the same for themselves: a host that was busy once bends the line in one of them. */
static bool halves_agree(const series *s, double described, bool faster)
{
    guint half = s->count / 2;
    double first = slope(&(series){s->marks, half + 1});
    double second = slope(&(series){s->marks + half, s->count - half});
    double limit = described * (faster ? 1 + TOLERANCE : 1 - TOLERANCE);

    return faster ? first > limit && second > limit : first < limit && second < limit && first > 0 && second > 0;
}

static bw_rate judge(const series *s, uint64_t described)
{
    bw_rate r = {.state = BW_RATE_UNSURE};
    const bw_tap_mark *first = s->marks[0];
    const bw_tap_mark *last = s->marks[s->count - 1];
    double ticks = ticks_between(first, last);
    double said = (double)described;

    r.seconds = seconds_between(first, last);
    r.rate = slope(s);
    if (r.rate <= 0 || ticks <= 0)
        return r;
    r.delay = delay(s, r.rate);
    r.low = ticks / (r.seconds + r.delay);
    r.high = r.seconds > r.delay ? ticks / (r.seconds - r.delay) : INFINITY;
    bool faster = said < r.low * (1 - TOLERANCE);
    bool slower = said > r.high * (1 + TOLERANCE);
    if (described == 0)
        r.state = BW_RATE_HOLDS;
    else if (faster || slower)
        r.state = halves_agree(s, said, faster) ? BW_RATE_WRONG : BW_RATE_UNSURE;
    else if (r.high < r.low * WIDEST)
        r.state = BW_RATE_HOLDS;
    return r;
}

bw_rate bw_rate_judge(const GArray *marks, unsigned claim, uint64_t described)
{
    GPtrArray *own = g_ptr_array_new();
    bw_rate r = {.state = BW_RATE_UNSURE};

    for (guint i = 0; i < marks->len; i++)
        if (g_array_index(marks, bw_tap_mark, i).claim == claim)
            g_ptr_array_add(own, &g_array_index(marks, bw_tap_mark, i));
    if (own->len >= LEAST_MARKS)
        r = judge(&(series){(const bw_tap_mark **)own->pdata, own->len}, described);
    g_ptr_array_free(own, TRUE);
    return r;
}

const char *bw_rate_factor(double found, double described)
{
    static const struct {
        double factor;
        const char *words;
    } known[] = {{1e6, "a million times: MHz written as Hz?"}, {1e3, "a thousand times: kHz written as Hz?"},
                 {100, "a hundred times: two zeros too few?"}, {10, "ten times: a zero too few?"},
                 {16, "16 times: is there a prescaler?"},      {8, "8 times: is there a prescaler?"},
                 {4, "4 times: is there a divider?"},          {2, "twice: is there a divider?"},
                 {0.5, "half: is there a divider?"},           {0.25, "a quarter: is there a divider?"},
                 {0.125, "an eighth: is there a prescaler?"},  {0.0625, "a sixteenth: is there a prescaler?"},
                 {0.1, "a tenth: a zero too many?"},           {0.01, "a hundredth: two zeros too many?"},
                 {1e-3, "a thousandth: Hz written as kHz?"},   {1e-6, "a millionth: Hz written as MHz?"}};

    for (size_t i = 0; described > 0 && i < G_N_ELEMENTS(known); i++)
        if (fabs(found / described / known[i].factor - 1) < 0.08)
            return known[i].words;
    return NULL;
}
