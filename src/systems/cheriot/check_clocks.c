/* SPDX-License-Identifier: Apache-2.0 */
/* The timer and the scheduler's ticks. (C35 to C38) */
#include "systems/cheriot/check.h"

#define HARDWARE_MIN 1000000U   /* Hz; thread.h asserts it */
#define SUNBURST_KHZ_MAX 65535U /* the I2C driver keeps kHz in 16 bits */
#define SUNBURST_BAUD 921600U   /* what its UART driver takes when nothing else is said */

/* C35. @return whether there is a rate to go on with. */
static bool check_rate(bw_cheriot_run *run, const bw_cheriot_number *rate, const char *key)
{
    if (!rate->given && bw_cheriot_is_misspelt(run->board->document, key))
        return false;
    if (!rate->given)
        bw_findings_add(run->findings, BW_CODE_cheriot_clock, bw_cheriot_home(run->board), "the board does not say %s",
                        key);
    else if (rate->known && rate->value == 0)
        bw_findings_add(run->findings, BW_CODE_cheriot_clock, bw_cheriot_place(run, rate->where), "%s is 0", key);
    return rate->known && rate->value > 0;
}

/* The nearest rate that divides both, downwards: 1 always does. */
static uint64_t dividing_rate(uint64_t timer, uint64_t tick)
{
    for (uint64_t rate = MIN(tick, 1000); rate > 1; rate--)
        if (1000 % rate == 0 && timer % rate == 0)
            return rate;
    return 1;
}

/* C36 */
static void check_division(bw_cheriot_run *run, uint64_t timer, uint64_t tick)
{
    bw_place place = bw_cheriot_place(run, run->board->tickrate_hz.where);
    bw_finding *f = NULL;

    if (tick > 1000)
        f = bw_findings_add(run->findings, BW_CODE_cheriot_tick_division, place,
                            "at %" PRIu64 " ticks a second a tick is 0 ms for the system", tick);
    else if (1000 % tick)
        f = bw_findings_add(run->findings, BW_CODE_cheriot_tick_division, place,
                            "at %" PRIu64 " ticks a second a tick is %.3f ms, but counts as %" PRIu64 " ms", tick,
                            1000.0 / (double)tick, 1000 / tick);
    else if (timer % tick)
        f = bw_findings_add(run->findings, BW_CODE_cheriot_tick_division, place,
                            "%" PRIu64 " ticks a second do not divide the timer's %" PRIu64
                            " counts: each second %" PRIu64 " are left over",
                            tick, timer, timer % tick);
    uint64_t near = f ? dividing_rate(timer, tick) : 0;
    if (near > tick / 4 || near >= 100)
        bw_finding_cure(f, "%" PRIu64 " Hz divides both", near);
}

/* C37 */
static void check_speed(bw_cheriot_run *run, uint64_t timer)
{
    if (run->board->simulation || timer >= HARDWARE_MIN)
        return;
    bw_findings_add(run->findings, BW_CODE_cheriot_timer_slow, bw_cheriot_place(run, run->board->timer_hz.where),
                    "the timer counts %" PRIu64 " Hz, less than the %u Hz that a board needs which is no simulation",
                    timer, HARDWARE_MIN);
}

static bool uses_sunburst(const bw_cheriot_board *board)
{
    for (uint32_t i = 0; i < board->driver_includes.count; i++)
        if (strstr(board->driver_includes.items[i].text, "/platform/sunburst"))
            return true;
    return false;
}

/* C38: of the UART the divisor is baud * 2^20 / clock. */
static void check_sunburst(bw_cheriot_run *run, uint64_t timer)
{
    bw_place place = bw_cheriot_place(run, run->board->timer_hz.where);

    if (!uses_sunburst(run->board))
        return;
    if (timer / 1000 > SUNBURST_KHZ_MAX)
        bw_findings_add(run->findings, BW_CODE_cheriot_driver_clock, place,
                        "timer_hz is %" PRIu64 " kHz, but the Sunburst I2C driver holds %u kHz at most", timer / 1000,
                        SUNBURST_KHZ_MAX);
    else if (((uint64_t)SUNBURST_BAUD << 20) / timer > UINT16_MAX)
        bw_findings_add(run->findings, BW_CODE_cheriot_driver_clock, place,
                        "at timer_hz %" PRIu64 " the divisor of the Sunburst UART for %u baud needs more than 16 bits",
                        timer, SUNBURST_BAUD);
}

void bw_cheriot_check_clocks(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    uint64_t timer = board->timer_hz.value;
    uint64_t tick = board->tickrate_hz.value;
    bool timer_fits = check_rate(run, &board->timer_hz, "timer_hz");
    bool tick_fits = check_rate(run, &board->tickrate_hz, "tickrate_hz");

    if (timer_fits && tick_fits && tick > timer) {
        bw_finding *f = bw_findings_add(
            run->findings, BW_CODE_cheriot_clock, bw_cheriot_place(run, board->tickrate_hz.where),
            "the scheduler shall tick %" PRIu64 " times a second, but the timer counts only %" PRIu64 " times", tick,
            timer);
        bw_finding_note(f, bw_cheriot_place(run, board->timer_hz.where), "timer_hz is here");
        return;
    }
    if (timer_fits && tick_fits)
        check_division(run, timer, tick);
    if (timer_fits)
        check_speed(run, timer);
    if (timer_fits)
        check_sunburst(run, timer);
}
