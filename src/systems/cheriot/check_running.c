/* SPDX-License-Identifier: Apache-2.0 */
/* What runs the firmware. (C41) */
#include "systems/cheriot/check.h"

/* The program: the first word. A name without a slash is looked up when it is run, on whatever machine that is. */
static void check_program(bw_cheriot_run *run, const bw_json *value)
{
    static const char blanks[] = " \t\r\n";
    const char *command = run->board->run_command + strspn(run->board->run_command, blanks);
    bw_cheriot_word program = {bw_arena_strndup(&run->arena, command, strcspn(command, blanks)), value};
    const char *path = bw_cheriot_path(run, &program, BW_CHERIOT_IN_RUN);

    if (!*program.text)
        bw_findings_add(run->findings, BW_CODE_cheriot_run_command, bw_cheriot_place(run, value),
                        "the command names no program");
    if (!path || !strchr(program.text, '/'))
        return;
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        bw_findings_add(run->findings, BW_CODE_cheriot_run_command, bw_cheriot_place(run, value),
                        "the program %s is not there", path);
    else if (!g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) || g_file_test(path, G_FILE_TEST_IS_DIR))
        bw_findings_add(run->findings, BW_CODE_cheriot_run_command, bw_cheriot_place(run, value),
                        "%s is no program that can be run", path);
}

void bw_cheriot_check_running(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    const bw_json *newer = board->run_command_value;
    const bw_json *older = board->simulator_value;

    if (newer && older) {
        bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_run_command, bw_cheriot_place(run, older),
                                        "simulator is the older name of run_command and is not looked at beside it");
        bw_finding_note(f, bw_cheriot_place(run, newer), "run_command is here");
    }
    /* What is made of a devicetree has `simulator:` in its support.yml. */
    if (!newer && !older && !board->of_devicetree)
        bw_findings_add(run->findings, BW_CODE_cheriot_run_none, bw_cheriot_home(run->board),
                        "nothing says what runs the board's images (run_command)");
    else if (board->run_command)
        check_program(run, newer ? newer : older);
}
